"""A formatter or a generator of code after a pass: what it changed, nothing has checked."""

import time
from pathlib import Path

import pytest

from spread.distill import distill
from spread.distillation import Distillation, body
from tests.distill.lines import CWD, Lines

PASSED = "4 passed in 0.02s"


def _made(tmp_path: Path, *then: tuple[str, str], before: str = "pytest -q") -> tuple[Distillation, str]:
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(f"{CWD}/a.py")
    lines.bash(before, PASSED)
    for command, output in then:
        lines.bash(command, output)
    lines.say("Done.")
    made = distill(lines.save(tmp_path), machine="box")
    return made, body(made.to_markdown())


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("uv run ruff format .", "1 file reformatted, 3 files left unchanged"),
        ("npx biome format --write", "Formatted 9 files in 4ms. Fixed 2 files."),
        ("npx prettier --write src", "src/a.ts 12ms (unchanged)\nsrc/b.ts 3ms"),
        ("gofmt -l -w .", "cart/a.go"),
        ("terraform fmt", "main.tf"),
        ("dart format .", "Formatted a.dart\nFormatted 9 files (1 changed) in 0.1 seconds."),
        ("swiftformat .", "3/12 files formatted."),
    ],
)
def test_what_was_reformatted_was_not_checked(tmp_path: Path, command: str, output: str) -> None:
    """Where it says that it changed files, nothing passed on the files as they are."""
    made, page = _made(tmp_path, (command, output))
    assert made.state == "needs verification"
    assert made.validation.after_last_edit is False
    named = command.removeprefix("uv run ")
    assert f"but files changed after it, only by `{command}`" in page or f"only by `{named}`" in page
    made, page = _made(tmp_path, (command, output), ("pytest -q", PASSED))
    assert made.state == "validated"
    assert "only by" not in page


@pytest.mark.parametrize(
    "command",
    [
        "cargo fmt",
        "gofmt -w .",
        "npm run gen",
        "go generate ./...",
        "npx eslint --fix .",
        "npx jscodeshift -t a.js src",
        "cargo fix",
        "vendor/bin/pint",
        "swiftformat .",
        "python scripts/gen_schema.py",
        "node tools/generate.mjs",
        "cargo update",
        "bundle update rails",
        "npm audit fix",
        "uv lock --upgrade",
        "npx prisma migrate dev",
        "rm -rf app/legacy",
        "make proto",
        "npx openapi-typescript api.yaml -o src/api.ts",
        "npx changeset version",
        "npx create-vite@latest web",
    ],
)
def test_what_may_have_changed_is_said(tmp_path: Path, command: str) -> None:
    """Most say nothing of what they changed: it is told that they ran, and what passed before is not relied on."""
    made, page = _made(tmp_path, (command, ""))
    assert made.state == "needs verification"
    assert f"- `{command}` ran after test passed, and may have changed files (L6)" in page
    made, page = _made(tmp_path, (command, ""), ("pytest -q", PASSED))
    assert made.state == "validated"
    assert "may have changed" not in page


@pytest.mark.parametrize(
    ("status", "output", "settles"),
    [
        ("git status", "On branch main\nnothing to commit, working tree clean", True),
        ("git status --short", " M a.py", True),
        ("git status -s", "", True),
        ("git status --short", " M a.py\n M b.py", False),
        ("git status --short", " M a.py\n?? gen/", False),
        ("git status", "Changes not staged for commit:\n\tmodified:   a.py\n", True),
        ("git status", "Changes not staged for commit:\n\tmodified:   a.py\n\tmodified:   b.py\n", False),
        ("git status --short | head -3", "", False),
        ("git log -1", "", False),
    ],
)
def test_a_status_tells_that_nothing_was_written(
    tmp_path: Path, status: str, output: str, settles: bool
) -> None:
    """Where git lists nothing but what the session had edited itself, the generator left all as it was."""
    made, page = _made(tmp_path, ("go generate ./...", ""), (status, output))
    assert (made.state == "validated") is settles
    assert ("may have changed" in page) is not settles


def test_a_status_after_a_commit_tells_nothing(tmp_path: Path) -> None:
    """What was written anew is in the commit then."""
    done = ("git commit -am fix", "[main 1a2b3c4] fix\n 3 files changed, 1 insertion(+)")
    made, _ = _made(tmp_path, ("go generate ./...", ""), done, ("git status --short", ""))
    assert made.state == "needs verification"


def test_what_hooks_changed_was_not_checked(tmp_path: Path) -> None:
    """A hook that says that it modified files has changed what passed before."""
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(f"{CWD}/a.py")
    lines.bash("pytest -q", PASSED)
    said = "black..............................Failed\n- hook id: black\n- files were modified by this hook"
    lines.bash("git commit -am fix", said, code=1)
    made = lines.distilled(tmp_path)
    assert made.state == "needs verification"
    assert made.validation.after_last_edit is False


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("ruff format .", "4 files left unchanged"),
        ("npx prettier --write src", "src/a.ts 12ms (unchanged)"),
        ("cargo fmt --check", ""),
        ("npm run format:check", ""),
        ("vendor/bin/pint --test", ""),
        (
            "cargo update",
            "    Updating crates.io index\n     Locking 0 packages to latest compatible versions",
        ),
        ("npm update", "up to date in 1s"),
        ("uv lock", "Resolved 31 packages in 3ms"),
        ("go mod tidy", ""),
        ("bin/rails db:migrate", ""),
        ("docker compose up", "Started"),
        ("rm -rf dist packages/a/build .cache", ""),
        ("rm -rf /tmp/x $D", ""),
        ("rm -rf node_modules coverage __pycache__", ""),
        ("npm version", ""),
        ("dart format .", "Formatted 9 files (0 changed) in 0.1 seconds."),
        ("swiftformat .", "0/12 files formatted."),
        ("ruff check --fix .", "All checks passed!"),
        ("python scripts/general.py", ""),
        ("python app.py --format json", ""),
        ("git commit -am fix", "[main 1a2b3c4] fix\n 1 file changed, 1 insertion(+)"),
    ],
)
def test_what_changed_nothing_is_not_told(tmp_path: Path, command: str, output: str) -> None:
    """A formatter that found all in order, or only looked, leaves what passed as it was."""
    made, page = _made(tmp_path, (command, output))
    assert made.state == "validated"
    assert "may have changed" not in page
    assert "only by" not in page


def test_a_formatter_before_the_check_of_its_line(tmp_path: Path) -> None:
    """What runs first in a line is checked by what follows there; what runs last is not."""
    changed = "1 file reformatted\n4 passed in 0.02s"
    made, _ = _made(tmp_path, before="pytest -q")
    assert made.state == "validated"
    for command, state in (
        ("ruff format . && pytest -q", "validated"),
        ("pytest -q && ruff format .", "needs verification"),
    ):
        made, _ = _made(tmp_path, (command, changed))
        assert made.state == state


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("npm i left-pad", "added 1 package in 1s"),
        ("cd web && pnpm add -D vitest", "Done in 2.1s"),
        ("cargo add serde", "      Adding serde v1.0.200 to dependencies"),
        ("go get example.com/x@v2", "go: added example.com/x v2.0.0"),
        ("npm version patch", "v1.0.1"),
        ("uv remove httpx", "Resolved 3 packages in 5ms"),
    ],
)
def test_a_dependency_was_taken_in_or_out(tmp_path: Path, command: str, output: str) -> None:
    """The manifest is another one since, and what passed before was not run with it."""
    made, page = _made(tmp_path, (command, output))
    assert (made.state, made.validation.after_last_edit) == ("needs verification", False)
    assert "but files changed after it, only by `" in page
    made, _ = _made(tmp_path, (command, output), ("pytest -q", PASSED))
    assert made.state == "validated"


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("npm i", "added 1 package in 1s"),
        ("npm i -g left-pad", "added 1 package in 1s"),
        ("npm i left-pad", "up to date in 1s"),
        ("npm ci", "added 100 packages in 1s"),
        ("pip install httpx", "Successfully installed httpx-0.27.0"),
        ("go install example.com/x@v2", ""),
    ],
)
def test_what_is_only_fetched_changes_no_file(tmp_path: Path, command: str, output: str) -> None:
    """Without a name, or beside the project, an installation takes what the files say."""
    made, _ = _made(tmp_path, (command, output))
    assert made.state == "validated"


def test_what_says_that_it_had_something_to_do(tmp_path: Path) -> None:
    """Where an update or a migration tells of its work, what passed before is not relied on."""
    for command, output in (
        ("go mod tidy", "go: downloading example.com/y v1.2.0"),
        ("bin/rails db:migrate", "== 20260102 AddX: migrated (0.001s) =="),
    ):
        made, page = _made(tmp_path, (command, output))
        assert made.state == "needs verification"
        assert f"`{command}` ran after test passed" in page


def test_a_folder_of_the_session_may_go(tmp_path: Path) -> None:
    """What it had made to try something in was never part of the work."""
    made, _ = _made(tmp_path, ("mkdir sandbox", ""), ("rm -rf sandbox", ""))
    assert made.state == "validated"


@pytest.mark.parametrize("name", ["gen_" * 50_000, "a-gen-" * 30_000, "gen." * 50_000])
def test_a_name_of_absurd_length_takes_no_time(name: str, tmp_path: Path) -> None:
    """Whatever it is made of: no pattern looks at a place of it again and again."""
    lines = Lines()
    lines.user("mend the cart")
    lines.bash(f"python {name}")
    began = time.process_time()
    lines.distilled(tmp_path)
    assert time.process_time() - began < 1


def test_what_passed_before_real_edits_is_not_told_as_only_reformatted_since(tmp_path: Path) -> None:
    """Of checks from before a formatter each is told with what came after that one."""
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(f"{CWD}/a.ts")
    build = lines.bash("npm run build", "built in 2s")
    lines.edit(f"{CWD}/a.ts")
    test = lines.bash("npm test", "Tests: 4 passed, 4 total")
    lines.bash("npx biome check --write .", "Checked 7 files in 1ms. Fixed 1 file.")
    last = lines.bash("npx biome check .", "Checked 7 files in 1ms. No fixes applied.")
    lines.say("Done.")
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    first, second = (text for text in page.splitlines() if text.startswith("- passed before the last edits"))
    assert f"(L{test + 1})" in first
    assert ", only by `" in first
    assert second == f"- passed before the last edits: build `npm run build` (L{build + 1})"
    assert f"(L{last + 1})" in page.split("## How")[0]
    assert "a test passed only before it" in page
