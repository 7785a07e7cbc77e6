"""What commands installed, cloned or set, and which files programs wrote."""

import re
from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.inline import BLIND, MANIFEST, may_write, written
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
        (
            "curl -fsSL https://example.org/install.sh | sudo bash -s -- -y",
            "done",
            ["curl -fsSL https://example.org/install.sh | bash"],
        ),
        (
            'sh -c "$(curl -fsSL https://example.org/a.sh)"',
            "",
            ["sh -c $(curl -fsSL https://example.org/a.sh)"],
        ),
        ("curl -s https://example.org/a.json | jq .", "", []),
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


@pytest.mark.parametrize("log", ["", "Warning: jq 1.7 is already installed"])
@pytest.mark.parametrize("queued", [False, True])
@pytest.mark.parametrize(("code", "counts"), [("0", True), ("1", False)])
def test_installed_by_a_call_whose_result_is_lost(
    tmp_path: Path, code: str, counts: bool, queued: bool, log: str
) -> None:
    """A notice names the call by what it was to do, and tells that it ended well, unless its log says otherwise."""
    lines = Lines()
    lines.user("install jq")
    given = {"command": "brew install jq", "description": "Install the filter"}
    lines.call("Bash", given)
    lines.say("It runs.")
    if log:
        lines.bash("tail -5 /tmp/a/tasks/b1.output", log)
    notice = (
        "<task-notification>\n<task-id>b1</task-id>\n<status>completed</status>\n<summary>Background command"
        f' "Install the filter" completed (exit code {code})</summary>\n</task-notification>'
    )
    if queued:
        lines.queue("enqueue", notice)
    else:
        lines.user(notice)
    lines.say("Done.")
    told = lines.page(tmp_path)
    assert ("- ran on the machine: `brew install jq` (L" in told) == (counts and not log)
    assert "`brew install jq`: its result is not in the record" not in told
    assert 'in the background `brew install jq`: Background command "Install the filter"' in told


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


@pytest.mark.parametrize(
    ("script", "effects"),
    [
        ("os.remove('a.py')\nos.rename(\"b.py\", 'c.py')",
         [("delete", "a.py", "", True), ("rename", "b.py", "c.py", True)]),
        ("if os.path.exists('a'): os.remove('a')", [("delete", "a", "", False)]),
        ("shutil.copy('a.py', 'old')\nshutil.move('b', 'd/e')",
         [("copy", "a.py", "old/", True), ("rename", "b", "d/e", True)]),
        ("Path('a').unlink(); Path('b.c').rename('d.c')", [("delete", "a", "", True), ("rename", "b.c", "d.c", True)]),
        ("shutil.rmtree('out', ignore_errors=True)", [("tree", "out", "", False)]),
        ("for p in gone: os.remove(p)\nos.rename(a, 'b')\nos.remove(f'{x}.py')", []),
    ],
)  # fmt: skip
def test_files_that_programs_take_away(script: str, effects: list[tuple[str, str, str, bool]]) -> None:
    """Where the paths stand in the command line; what is asked for before may not have been there."""
    source = PY.format(script)
    told = [
        (effect.kind, effect.path, effect.other, effect.sure)
        for effect, _ in written(source, split(source), "")
    ]
    assert told == effects
    assert may_write(source)


def test_files_that_node_takes_away() -> None:
    """Its functions have names of their own."""
    source = "node -e \"fs.rmSync('d', {force: true}); fs.renameSync('a', 'b'); fs.copyFileSync('c', 'e')\""
    told = [(effect.kind, effect.path, effect.other) for effect, _ in written(source, split(source), "")]
    assert told == [("tree", "d", ""), ("rename", "a", "b"), ("copy", "c", "e")]


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


def test_what_was_made_and_deleted_again_is_not_told(tmp_path: Path) -> None:
    """What else was set up on the machine is."""
    for gone in (True, False):
        lines = Lines()
        lines.user("try another generator for the pages")
        lines.bash("npm create lamp@latest -- --template plain lamp-doc", "Project initialized!")
        lines.bash(
            "cd lamp-doc && npm run build", "ERROR in pages/a.md: unknown tag note\nBuild failed", code=1
        )
        lines.bash("pip install lamp-doc", "Successfully installed lamp-doc-1.0")
        lines.user("we stay with the old one")
        lines.bash("rm -rf lamp-doc" if gone else "ls lamp-doc")
        lines.bash("hugo --minify", "Pages | 231\nTotal in 1990 ms")
        lines.say("So be it.")
        told = made(lines, tmp_path)
        assert any("npm create lamp" in text for text in told.completed) is not gone
        assert any("pip install lamp-doc" in text for text in told.completed)


def test_where_infrastructure_was_changed_is_told(tmp_path: Path) -> None:
    """Which environment a tool acts on is only said by the folder that it runs in."""
    lines = Lines()
    lines.user("apply it to staging")
    lines.edit(f"{CWD}/envs/staging/main.tf")
    lines.bash("cd envs/staging && terraform apply -auto-approve", "Apply complete!")
    lines.bash("terraform -chdir=envs/test apply -auto-approve", "Apply complete!")
    lines.bash("terraform apply plan.bin", "Apply complete!")
    page = body(made(lines, tmp_path).to_markdown())
    assert "`cd envs/staging && terraform apply -auto-approve`" in page
    assert "`terraform apply plan.bin`" in page
