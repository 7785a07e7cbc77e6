"""Which commands validate."""

import pytest

from spread.distill import tools
from spread.distill.runs import may_validate
from spread.distill.tools import kind_of


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("pytest tests -q", "test"),
        ("python3 -m pytest", "test"),
        ("python -m unittest", "test"),
        ("uv run pytest", "test"),
        ("poetry run mypy .", "types"),
        ("npm test", "test"),
        ("npm run typecheck", "types"),
        ("pnpm --filter api test", "test"),
        ("yarn lint", "lint"),
        ("npx vitest run", "test"),
        ("bun run test", "test"),
        ("pnpm exec eslint .", "lint"),
        ("npm run build", "build"),
        ("npm run format-check", "lint"),
        ("go test ./...", "test"),
        ("go vet ./...", "lint"),
        ("cargo clippy", "lint"),
        ("cargo build", "build"),
        ("make", "build"),
        ("make test", "test"),
        ("mise run test:ci", "test"),
        ("just check", "lint"),
        ("./gradlew test", "test"),
        ("mvn verify", "test"),
        ("dotnet build", "build"),
        ("swift test", "test"),
        ("mix test", "test"),
        ("bundle exec rspec", "test"),
        ("docker compose exec app pytest", "test"),
        ("nix develop -c cargo test", "test"),
        ("./scripts/run-tests.sh", "test"),
        ("bash scripts/lint.sh", "lint"),
        ("bash -n install.sh", "lint"),
        ("node --check a.js", "types"),
        ("cmake --build out", "build"),
        ("prettier --check .", "lint"),
        ("ruff format --check .", "lint"),
        ("terraform validate", "lint"),
        ("pre-commit run -a", "lint"),
        ("npx ng test", "test"),
        ("php artisan test", "test"),
        ("python3 manage.py test app", "test"),
        ("python manage.py migrate", ""),
        ("python -m py_compile a.py", "types"),
        ("coverage run -m pytest", "test"),
        ("python -m coverage run -m pytest", "test"),
        ("uv run --with x pytest", "test"),
        ("dune runtest", "test"),
        ("rebar3 ct", "test"),
        ("gleam test", "test"),
        ("meson test -C out", "test"),
        ("clj -M:test", "test"),
        ("clj -M:dev", ""),
        ("ruby -Itest test/a_test.rb", "test"),
        ("julia -e using_Pkg;Pkg.test()", "test"),
        ("Rscript -e devtools::test()", "test"),
        ("prove -l t", "test"),
        ("mvn -q -DskipTests package", "build"),
        ("webpack --mode production", "build"),
        ("webpack serve", ""),
        ("esbuild a.ts --watch", ""),
        ("php -l a.php", "types"),
        ("cargo fmt --check", "lint"),
        ("cargo fmt", ""),
        ("mix format --check-formatted", "lint"),
        ("terraform fmt -check", "lint"),
        ("isort --check .", "lint"),
        ("ty check", "types"),
        ("swift format lint", "lint"),
        ("npm install", ""),
        ("npm ci", ""),
        ("npm run dev", ""),
        ("pytest --version", ""),
        ("pytest --collect-only", ""),
        ("go run ./cmd/test", ""),
        ("git commit -m test", ""),
        ("grep -r test .", ""),
        ("ls tests", ""),
        ("cat pytest.ini", ""),
        ("prettier --write .", ""),
        ("ruff format .", ""),
        ("echo test", ""),
        ("xargs -0 -n 20 ruff check", "lint"),
        ("xargs -r -I {} npx eslint {}", "lint"),
        ("xargs grep pytest", ""),
        ("python test.py", ""),
        ("", ""),
    ],
)
def test_kind_of(command: str, kind: str) -> None:
    """Commands of many ecosystems are recognised; what only mentions a test is not one."""
    assert kind_of(command.split()) == kind


def test_every_validation_is_seen_at_a_glance() -> None:
    """What a quick look takes for no validation is not read at all."""
    verbs = [f"{name} {verb}" for name, each in tools._VERBS.items() for verb in each]
    for command in [
        *tools._ALONE,
        *verbs,
        "prettier -c .",
        "npm run unit",
        "black --check .",
        "cmake --build out",
    ]:
        assert not kind_of(command.split()) or may_validate(command), command
