"""Files that are unpacked, copied or set up, as the program says it: no other line of an output is one."""

from pathlib import Path

import pytest

from tests.distill.lines import CWD, begun


def told(folder: Path, command: str, output: str, code: int = 0) -> str:
    lines = begun()
    lines.bash(command, output, code=code)
    files = lines.distilled(folder).files
    kinds = (("+", files.created), ("~", files.modified), ("-", files.deleted))
    return " ".join(sorted(f"{sign}{path}" for sign, paths in kinds for path in paths))


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("mkdir -p third && tar -xvf a.tar -C third", "p/\np/a.c\np/b.c", "+third/p/a.c +third/p/b.c"),
        ("tar xvzf a.tgz", "x p/\nx p/a.c", "+p/a.c"),
        ("unzip a.zip -d f", "Archive:  a.zip\n   creating: f/\n  inflating: f/a.ttf  ", "+f/a.ttf"),
        ("cd api && unzip -o a.zip && ls", " extracting: b c.txt  \nd.txt", "+api/b c.txt"),
        ("go mod init example.org/x", "go: creating new go.mod: module example.org/x", "+go.mod"),
        ("npx tsc --init", "\nCreated a new tsconfig.json with:\n  target: es2016", "+tsconfig.json"),
        ("npx prisma init", "✔ Your Prisma schema was created at db/schema.prisma", "+db/schema.prisma"),
        (
            "npx drizzle-kit generate",
            "[✓] Your SQL migration file ➜ drizzle/0001_x.sql 🚀",
            "+drizzle/0001_x.sql",
        ),
        ("uv init --lib x", "Initialized project `x` at `/home/dev/app/x`", "+x/pyproject.toml"),
        ("uv init", "Initialized project `app`", "+pyproject.toml"),
        (
            "cargo new --name q crates/q --lib",
            "    Creating library `q` package",
            "+crates/q/Cargo.toml +crates/q/src/lib.rs",
        ),
        ("cargo init", "     Created binary (application) `app` package", "+Cargo.toml +src/main.rs"),
        ("npx shadcn@latest add b", "✔ Created 1 file:\n  - ui/b.tsx\n", "+ui/b.tsx"),
        ("composer require a/b", "./composer.json has been updated", "~composer.json"),
        (
            "dotnet add A.csproj package B",
            "info : PackageReference for package 'B' version '4' added to file '/home/dev/app/A.csproj'.",
            "~A.csproj",
        ),
        ("dos2unix a.sh", "dos2unix: converting file a.sh to Unix format...", "~a.sh"),
    ],
)
def test_what_a_program_says_that_it_wrote(tmp_path: Path, command: str, output: str, wanted: str) -> None:
    """Each as it says it, below the folder it was told to write to."""
    assert told(tmp_path, command, output) == wanted


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("tar -xvf a.tar && ls", "p/a.c\nb"),
        ("tar tvf a.tar", "-rw-r--r-- x/y 10 2026-01-01 00:00 a.c"),
        ("tar xvf a.tar --strip-components=1", "p/a.c"),
        ("tar xf a.tar", "tar: Removing leading `/' from member names"),
        ("unzip -l a.zip", "  Length      Date    Time    Name\n    1  2026-01-01 00:00   A.woff2"),
        ("cat a.txt", "  inflating: f/a.ttf"),
        ("npx shadcn@latest add b --dry-run", "✔ Created 1 file:\n  - ui/b.tsx\n"),
        ("ssh box 'unzip a.zip'", "  inflating: f/a.ttf"),
        ("aws s3 ls s3://b; cat a.log", "download: s3://b/x to y.txt"),
        ("cargo build", "    Created binary (application) `app` package"),
        ("go mod tidy", "go: finding module for package x"),
    ],
)
def test_what_says_nothing_of_the_kind(tmp_path: Path, command: str, output: str) -> None:
    """Lists, trials, other machines and what others print beside it make no file."""
    assert told(tmp_path, command, output) == ""


def test_what_failed_to_unpack_is_not_told(tmp_path: Path) -> None:
    """How far it came nobody knows."""
    assert told(tmp_path, "unzip a.zip", "  inflating: a.ttf  \nerror: bad zip", code=2) == ""


def test_files_removed_through_a_pipe_are_told_when_it_says_them(tmp_path: Path) -> None:
    """They stand in no command line."""
    assert told(tmp_path, "ls *.c | xargs rm -v", "removed 'a.c'\nremoved 'b.c'") == "-a.c -b.c"


def _checked(folder: Path, command: str) -> bool | None:
    lines = begun()
    lines.edit(f"{CWD}/a.py")
    lines.bash("pytest -q", "4 passed in 0.02s")
    lines.bash(command)
    return lines.distilled(folder).validation.after_last_edit


@pytest.mark.parametrize(
    "command",
    [
        "tar -xzf patch.tgz",
        "tar xf a.tar",
        "tar -C src -xf a.tar",
        "curl -sL https://example.com/a.tgz | tar xz",
        "cd web && tar --extract -f ../a.tar",
        "unzip -qo a.zip",
        "unzip a.zip -d src",
        "7z x a.7z",
        "Expand-Archive a.zip -DestinationPath src",
    ],
)
def test_what_is_unpacked_in_the_project_was_not_checked(tmp_path: Path, command: str) -> None:
    """An archive puts files there, whether it lists them or not."""
    assert _checked(tmp_path, command) is False


@pytest.mark.parametrize(
    "command",
    [
        "tar -tzf dist.tgz",
        "tar -xzf a.tgz -C /tmp/x",
        "tar -xOf a.tar p/a.c",
        "cd /tmp/x && tar xf a.tar",
        "unzip -l a.zip",
        "unzip -p a.zip b.txt",
        "unzip -q a.zip -d dist",
        "7z l a.7z",
    ],
)
def test_what_is_unpacked_elsewhere_changes_nothing(tmp_path: Path, command: str) -> None:
    """Nor does an archive that is only listed, shown or made."""
    assert _checked(tmp_path, command) is True


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("aws s3 cp s3://b/a.json conf/a.json", "download: s3://b/a.json to conf/a.json", "+conf/a.json"),
        ("aws s3 cp conf/a.json s3://b/a.json", "upload: conf/a.json to s3://b/a.json", ""),
        (
            "cd conf && gsutil cp gs://b/a.json .",
            "Copying gs://b/a.json to file://./a.json...",
            "+conf/a.json",
        ),
        ("cat log.txt", "download: s3://b/a.json to conf/a.json", ""),
    ],
)
def test_what_comes_from_a_bucket(tmp_path: Path, command: str, output: str, wanted: str) -> None:
    """The programs for it name where they put it."""
    assert told(tmp_path, command, output) == wanted
