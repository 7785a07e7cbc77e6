"""What commands installed, cloned or set, and which files programs wrote."""

import re
from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.inline import BLIND, MANIFEST, written
from spread.distill.machine import KEPT, may_act, note
from spread.distill.shell import split
from spread.distillation import Distillation, body
from tests.distill.lines import CWD, Lines


def made(lines: Lines, folder: Path) -> Distillation:
    return distill(lines.save(folder), machine="box")


@pytest.mark.parametrize(
    ("source", "output", "told"),
    [
        ("brew install jq", "Pouring jq", ["brew install jq"]),
        ("cd /tmp && sudo apt-get install -y ripgrep", "", ["apt-get install -y ripgrep"]),
        ("npm install -g left-pad", "added 1 package", ["npm install -g left-pad"]),
        ("npm install", "added 90 packages", []),
        (
            "git clone https://example.org/a.git",
            "Cloning into 'a'...",
            ["git clone https://example.org/a.git"],
        ),
        ("defaults write com.example.dock size 36", "", ["defaults write com.example.dock size 36"]),
        ("systemctl --user enable sync.timer", "", ["systemctl --user enable sync.timer"]),
        ("systemctl status sync.timer", "", []),
        ("gh secret set TOKEN --body kept-from-all", "", ["gh secret set TOKEN"]),
        ("git status && git log", "", []),
        ("pip install requests | tail -1", "ERROR: No matching distribution", []),
        ("python -m pip install -r need.txt", "Successfully", ["python -m pip install -r need.txt"]),
        ("py -m pip list", "", []),
        ("brew install jq", "Warning: jq 1.7 is already installed", []),
        ("brew install jq", "fetching\n\n  curl: FATAL: no route", []),
        ("brew install jq", "see notes on errors: none, jq: a filter", ["brew install jq"]),
        ("brew install --help", "", []),
        ("yes '' | npx create-shop@latest web --ts", "Success!", ["npx create-shop@latest web --ts"]),
        ("npx -y @shop/create-web web", "", ["npx -y @shop/create-web web"]),
        ("npx create-shop web", "? Which style should it have? \u203a - Use arrow-keys.", []),
        ("npx @shop/cli new web", "", ["npx @shop/cli new web"]),
        ("npx eslint src", "", []),
        ("pnpm dlx create-shop web", "", ["pnpm dlx create-shop web"]),
        ("npm create shop@latest web -- --ts", "", ["npm create shop@latest web -- --ts"]),
        ("npm init -y", "", []),
        ("cargo new --lib till", "Created library `till` package", ["cargo new --lib till"]),
        ("django-admin startproject shop .", "", ["django-admin startproject shop ."]),
        ("rails new shop", "", ["rails new shop"]),
        ("kubectl get pods -n web", "", []),
        ("kubectl -n web rollout status deploy/till", "", []),
        ("kubectl -n web rollout restart deploy/till", "", ["kubectl -n web rollout restart deploy/till"]),
        (
            "kubectl --context=far -n web delete pod -l app=till",
            "",
            ["kubectl --context=far -n web delete pod -l app=till"],
        ),
        ("kubectl -n web apply -f a.yaml --dry-run=server", "", []),
        (
            "kubectl create secret generic till --from-literal=key=kept",
            "",
            ["kubectl create secret generic till"],
        ),
        ("argocd app sync till", "", ["argocd app sync till"]),
        ("argocd app get till", "", []),
    ],
)
def test_what_is_changed_on_the_machine(source: str, output: str, told: list[str]) -> None:
    """Only what is certain to have been done."""
    seen: dict[str, int] = {}
    if may_act(source):
        note(seen, 5, split(source), output)
    assert list(seen) == told
    for at in range(60):
        note(seen, at, split(f"brew install tool{at}"), "")
    assert len(seen) == KEPT


def test_a_session_that_changed_no_file_but_the_machine(tmp_path: Path) -> None:
    """It is no session without a change; what failed is none, and in the background it counts when it ends well."""
    lines = Lines()
    lines.user("install the tools, please")
    lines.bash("git clone https://example.org/a.git /tmp/a", "Cloning into '/tmp/a'...")
    lines.say("I look at it.")
    assert made(lines, tmp_path).state == "no change"
    at = lines.bash("brew install jq", "Pouring jq")
    lines.bash("brew install nothing-such", "Error: No available formula", code=1)
    started = "Command running in background with ID: b1"
    lines.tool("Bash", {"command": "brew install fd"}, started, twin={"backgroundTaskId": "b1"})
    lines.say("They are being installed.")
    value = made(lines, tmp_path)
    assert value.state == "needs verification"
    files = body(value.to_markdown()).partition("## Files\n")[2].partition("\n\n")[0]
    assert files.startswith(
        "changed: none observed\n- ran on the machine: `git clone https://example.org/a.git /tmp/a` (L"
    )
    assert files.endswith(f", `brew install jq` (L{at})")
    lines.user(
        "<task-notification>\n<task-id>b1</task-id>\n<status>completed</status>\n"
        '<summary>Background command "fd" completed (exit code 0)</summary>\n</task-notification>'
    )
    lines.say("All are there.")
    assert "`brew install fd` (L" in body(made(lines, tmp_path).to_markdown())


def test_what_no_file_tells_stands_below_the_files(tmp_path: Path) -> None:
    """Who goes on elsewhere has none of these programs; what a generator made is listed nowhere; a manifest is."""
    lines = Lines()
    lines.user("build the shop")
    lines.bash("npx create-shop@latest web", "Success!")
    lines.bash("brew install jq", "Pouring jq")
    lines.bash("npm install left-pad", "added 1 package")
    lines.bash("pip install -r need.txt", "Successfully installed need")
    lines.bash("git worktree add ../other", "Preparing worktree")
    lines.bash("npm install -g serve", "added 9 packages")
    lines.edit(f"{CWD}/web/a.ts")
    files = lines.page(tmp_path).partition("## Files\n")[2].partition("\n\n")[0]
    told = re.sub(r" \(L\d+\)", "", files.splitlines()[-1])
    assert (
        told
        == "- ran on the machine: `npx create-shop@latest web`, `brew install jq`, `npm install -g serve`"
    )


PY = "python3 - <<'E'\n{0}\nE"


@pytest.mark.parametrize(
    ("source", "effects"),
    [
        (PY.format("p='a.py'; s=open(p).read()\nopen(p, 'w').write(s)"), [("modify", "a.py", "")]),
        ("cd web && " + PY.format("Path('b.md').write_text('x')"), [("write", "b.md", "web")]),
        (PY.format("open(f'{name}.py', 'w').write('x')"), []),
        (PY.format("open('a.py').read(); open('b.py', 'r')"), []),
        (PY.format("import sys\np = sys.argv[1]\nopen(p, 'w').write('x')"), [(BLIND, "", "")]),
        ("node -e \"require('fs').writeFileSync('c.json', '1')\"", [("write", "c.json", "")]),
        ("cp a.py /tmp/k && " + PY.format("open('a.py', 'a').write('x')") + "\ncp /tmp/k a.py", []),
        ("cd web && bun add tree", [(MANIFEST, "package.json", "web")]),
        ("npm install -g tree", []),
        ("npm install", []),
        ("cargo add serde", [(MANIFEST, "Cargo.toml", "")]),
    ],
)  # fmt: skip
def test_files_that_programs_write(source: str, effects: list[tuple[str, str, str]]) -> None:
    """Where the path stands in the command line."""
    told = [(effect.kind, effect.path, here) for effect, here in written(source, split(source), "")]
    assert told == effects
    failed = written(source, split(source), "Traceback (most recent call last):")
    assert [effect.kind for effect, _ in failed if effect.kind != MANIFEST] == []


def test_they_are_among_the_changed_files(tmp_path: Path) -> None:
    """The manifest is that of the nearest folder which is known to have one."""
    lines = Lines()
    lines.user("use the other parser")
    lines.tool("Read", {"file_path": f"{CWD}/web/package.json"}, "{}")
    lines.bash("cd web/src && pnpm add tree", "done")
    lines.bash(PY.format("p='a.py'\ns=open(p).read()\nopen(p,'w').write(s)"))
    lines.bash("cd /elsewhere && pnpm add tree", "done")
    lines.bash("pnpm add tree", "done")
    lines.say("Done.")
    assert made(lines, tmp_path).files.modified == ("a.py", "web/package.json")


@pytest.mark.parametrize("at", range(0, 52, 3))
@pytest.mark.parametrize(
    "command", ["pip install {} --index-url https://u:{}@pip.example/simple", "npx create-{} --password={}"]
)
def test_a_secret_where_a_command_is_cut(command: str, at: int, tmp_path: Path) -> None:
    """It is cut after its secrets were taken out: half of one would not be found."""
    secret = "Xk9vQ2" + "mZr7Lp4"
    lines = Lines()
    lines.user("set it up")
    lines.bash(command.format("x" * at, secret), "Success!")
    lines.edit(f"{CWD}/a.py")
    told = made(lines, tmp_path).to_markdown()
    assert "ran on the machine" in told
    assert secret[:6] not in told
