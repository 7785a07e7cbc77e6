"""Files that programs print as written: only those, and only where the program is one that means it."""

from pathlib import Path

import pytest

from tests.distill.lines import CWD, begun

RAILS = (
    "      invoke  active_record\n      create    app/models/user.rb\n   identical    app/a.rb\n"
    "      create    app/views/users\n      create    app/views/users/_form.erb\n      insert    config/routes.rb"
)
HOOKS = "black....Failed\n- hook id: black\n- files were modified by this hook\n\nreformatted src/a.py"


def told(folder: Path, command: str, output: str, code: int = 0) -> str:
    lines = begun()
    lines.bash(command, output, code=code)
    files = lines.distilled(folder).files
    kinds = (("+", files.created), ("~", files.modified), ("-", files.deleted))
    moved = [f"{item.old}>{item.new}" for item in files.renamed]
    return " ".join(sorted([f"{sign}{path}" for sign, paths in kinds for path in paths] + moved))


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("cd api && uv run black .", "reformatted /home/dev/app/a.py\nreformatted b.py\ndone", "~a.py ~api/b.py"),
        ("pnpm -C web exec prettier --write .", "a.ts 12ms\nb.ts 3ms (unchanged)", "~web/a.ts"),
        ("pnpm --filter web exec prettier --write .", "a.ts 12ms\nb.ts 3ms (unchanged)", ""),
        ("isort src", "Fixing /home/dev/app/src/a.py", "~src/a.py"),
        ("npx prettier --write .", "a.ts 12ms\nb.ts 3ms (unchanged)", "~a.ts"),
        ("npm run format", "> app@1.0.0 format\n> prettier --write .\n\na.ts 12ms\nb.ts 3ms (unchanged)", "~a.ts"),
        ("gofmt -l -w .", "cmd/a.go\nb.go\n", "~b.go ~cmd/a.go"),
        ("rubocop -a", "lib/a.rb:1:2: C: [Corrected] Style/X: y\nlib/b.rb:1:2: C: Style/Z: y", "~lib/a.rb"),
        ("rails g scaffold user", RAILS, "+app/models/user.rb +app/views/users/_form.erb ~config/routes.rb"),
        ("npx ng g c x", "CREATE src/x.ts (20 bytes)\nUPDATE src/m.ts (9 bytes)", "+src/x.ts ~src/m.ts"),
        ("alembic revision -m x", "  Generating /home/dev/app/m/1_x.py ...  done", "+m/1_x.py"),
        ("python manage.py makemigrations", "Migrations for 's':\n  s/migrations/02_x.py", "+s/migrations/02_x.py"),
        ("php artisan make:model P", "   INFO  Model [app/Models/P.php] created successfully.", "+app/Models/P.php"),
        ("mix ecto.gen.migration x", "* creating priv/repo\n* creating priv/repo/1_x.exs", "+priv/repo/1_x.exs"),
        ("npm init -y", "Wrote to /home/dev/app/package.json:\n\n{}", "+package.json"),
        ("mv -v d/*.md g/", "renamed 'd/a.md' -> 'g/a.md'", "d/a.md>g/a.md"),
        ("rm -v *.bak", "removed 'a.bak'\nremoved 'b.bak'", "-a.bak -b.bak"),
        ("cd d && find . -size 0 -print -delete", "./a\n./b/c\nfind: 'x'", "-d/a -d/b/c"),
    ],
)  # fmt: skip
def test_what_they_print_is_listed(tmp_path: Path, command: str, output: str, wanted: str) -> None:
    """Formatters, generators and the verbose mv and rm name what they wrote, from where they ran."""
    assert told(tmp_path, command, output) == wanted


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("black --check .", "would reformat a.py"),
        ("black --check .", "reformatted a.py"),
        ("cat build.log", "reformatted a.py\nCREATE src/x.ts (20 bytes)\n      create    app/a.rb"),
        ("docker compose run web rails g model x", RAILS),
        ("git log --format=%s", "Fixing a.py"),
        ("npx prettier --write .", "a.ts 12ms\nb.ts 3ms"),
        ("npx prettier --check . ", "a.ts 12ms\nb.ts 3ms (unchanged)"),
        ("gofmt -l .", "a.go\n"),
        ("rails g model x --pretend", RAILS),
        ("python manage.py makemigrations --dry-run", "Migrations for 's':\n  s/migrations/0002_x.py\n"),
        ("rails new x", "\n".join(f"      create  a{at}.rb" for at in range(90))),
    ],
)
def test_what_is_only_shown_is_not(tmp_path: Path, command: str, output: str) -> None:
    """Checks, trials, logs, other machines and whole new projects list no file."""
    assert told(tmp_path, command, output) == ""


def test_what_a_hook_reformatted_counts_though_the_commit_failed(tmp_path: Path) -> None:
    """The commit that a hook stops leaves what it wrote."""
    assert told(tmp_path, "git commit -m x", HOOKS, code=1) == "~src/a.py"


def test_a_generator_that_failed_counts_for_nothing(tmp_path: Path) -> None:
    """Nobody knows what it took back."""
    assert told(tmp_path, "rails g scaffold user", RAILS, code=1) == ""


def test_what_rm_says_it_removed_though_it_failed(tmp_path: Path) -> None:
    """One file that was not there does not keep the others."""
    output = "removed 'a.py'\nrm: cannot remove 'b.py': No such file or directory"
    assert told(tmp_path, "ls; rm -v a.py b.py", output, 1) == "-a.py"


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("find . -name '*.bak' -delete", "+src/a.py"),
        ("find src -type f -name '*.bak' -exec rm -f {} +; ls", "+src/a.py"),
        ("find . -name '*.bak' -type f -print -delete | wc -l", "+src/a.py"),
        ("find lib docs -name '*.bak' -delete", "+src/a.py +src/b.bak"),
        ("find . -name '*.bak' -mtime +3 -delete", "+src/a.py +src/b.bak"),
        ("find . -name '*.bak'", "+src/a.py +src/b.bak"),
        ("find src -name '*.bak' -exec cat {} +", "+src/a.py +src/b.bak"),
    ],
)
def test_what_find_deletes_by_name(tmp_path: Path, command: str, wanted: str) -> None:
    """Of the files that the session knows, those below the directory with such a name."""
    lines = begun()
    for path in ("src/a.py", "src/b.bak"):
        lines.write(f"/home/dev/app/{path}")
    lines.bash(command)
    assert " ".join(f"+{path}" for path in lines.distilled(tmp_path).files.created) == wanted


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("cargo fmt -- -l", "/home/dev/app/src/lib.rs", "~src/lib.rs"),
        ("cd infra && terraform fmt -recursive", "a/main.tf\nmain.tf", "~infra/a/main.tf ~infra/main.tf"),
        ("zig fmt src", "src/main.zig", "~src/main.zig"),
        ("shfmt -l -w .", "bin/run.sh", "~bin/run.sh"),
        (
            "dart format .",
            "Formatted lib/a.dart\nFormatted 3 files (1 changed) in 0.2 seconds.",
            "~lib/a.dart",
        ),
        ("dotnet format -v n", "  Formatted code file '/home/dev/app/A.cs'.", "~A.cs"),
        ("vendor/bin/php-cs-fixer fix", "   1) src/A.php\n\nFixed 1 of 3 files in 0.1 seconds", "~src/A.php"),
        ("./vendor/bin/pint", "  FIXED .. 3 files, 1 style issue fixed\n  ✓ src/A.php braces", "~src/A.php"),
        ("terraform fmt -check", "main.tf", ""),
        ("cargo fmt -- --verbose", "Formatting /home/dev/app/src/lib.rs", ""),
        ("terraform fmt && ls", "main.tf", ""),
        ("npx eslint --fix .", "/home/dev/app/a.js\n  1:1  error  no", ""),
    ],
)
def test_formatters_that_name_what_they_changed(
    tmp_path: Path, command: str, output: str, wanted: str
) -> None:
    """Each says it in its own way; what only looks, names all or is not alone in its line tells nothing."""
    assert told(tmp_path, command, output) == wanted


@pytest.mark.parametrize(
    ("command", "output", "state"),
    [
        ("goimports -l -w . && git status --short", "b.go\n M a.go\n M b.go", "needs verification"),
        ("goimports -l -w . && git status --short", " M a.go", "validated"),
        ("cargo fmt -- -l", "src/lib.rs", "needs verification"),
    ],
)
def test_what_passed_before_a_file_was_formatted(
    tmp_path: Path, command: str, output: str, state: str
) -> None:
    """A check saw other contents than those that a formatter names as changed after it, whatever a status lists."""
    lines = begun()
    lines.edit(f"{CWD}/a.go")
    lines.bash("go test ./...", "ok  \tx\t0.1s")
    lines.bash(command, output)
    lines.say("Done.")
    assert lines.distilled(tmp_path).state == state
