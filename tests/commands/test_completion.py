"""The Tab key in real shells: what is offered, how fast, and how it comes into a shell and out of it again."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from spread import peers, store, store_inbox, store_sent
from spread.commands import completion
from spread.paths import Paths
from tests.commands.conftest import Run
from tests.conftest import need
from tests.e2e.world import LIBRARY
from tests.pairs import Home, handoff, paired

SHELLS = ("bash", "zsh", "fish")
PROMPT = "READY> "
STARTUP = {
    "bash": (".bashrc", f"PS1='{PROMPT}'\n"), "zsh": (".zshrc", f"PS1='{PROMPT}'"),
    "fish": (".config/fish/config.fish", f"function fish_prompt; echo -n '{PROMPT}'; end\nset -g fish_greeting\n"),
}  # fmt: skip
PATIENCE_S = 60.0
ID = "6f1c0a2b-0001"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A machine with a peer and a hand-off, and a user's folder with a start-up file for each shell."""
    home, _ = paired(tmp_path, now=time.time())
    Path(home.paths.config).write_text('relay = ""\n', encoding="utf-8")
    text = handoff(ID, 2, goal="mend it", project="example.org/us/parser")
    store_inbox.accept(home.paths, "laptop", text, expected=(ID, 2), own=True)
    monkeypatch.setenv("SPREAD_HOME", home.paths.home)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("ZDOTDIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, text in STARTUP.values():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return home


class Shell:
    """An interactive shell in a pseudo-terminal."""

    def __init__(self, name: str, folder: Path) -> None:
        self._main, other = pty.openpty()
        env = {
            **os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "TERM": "xterm",
            "COLUMNS": "200", "PYTHONPATH": LIBRARY, "HOME": str(folder),
        }  # fmt: skip
        self.process = subprocess.Popen(
            ["setsid", "--ctty", "--wait", name, "-i"], env=env, cwd=folder, stdin=other, stdout=other, stderr=other
        )  # fmt: skip
        os.close(other)
        self._shown = b""

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._main, text.encode())

    def wait_for(self, pattern: str) -> None:
        """Return when the screen shows something new."""
        end = time.monotonic() + PATIENCE_S
        while not re.search(pattern, self._plain()):
            ready, _, _ = select.select([self._main], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"no {pattern!r} in {self._shown!r}"
            self._shown += os.read(self._main, 65536)  # maybe to the middle of a character or a colour
        self._shown = b""

    def _plain(self) -> str:
        """Return what came, without what colours it and moves the cursor."""
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\r", "", self._shown.decode(errors="replace"))

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        os.close(self._main)


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, desk: Home, run: Run, tmp_path: Path) -> Iterator[Shell]:
    """A shell that was made to complete by the one command."""
    name = str(request.param)
    need(shutil.which(name), f"the shell {name}")
    need((Path(sys.executable).parent / "spread").exists(), "spread beside the interpreter")
    assert run("completion", name, "--install").code == 0
    made = Shell(name, tmp_path)
    yield made
    made.close()


def test_tab(shell: Shell) -> None:
    """Commands, options, peers' names, ids of hand-offs, projects."""
    shell.wait_for(re.escape(PROMPT))
    for typed, completed in (
        ("spread unp\t", "spread unpair "), ("lap\t", "laptop"), ("\x15spread show 6f\t", f"show {ID}.2"),
        ("\x15spread log --proj\t", "--project"), (" exam\t", "example.org/us/parser"),
        ("\x15spread pause --peer l\t", "--peer laptop"),
    ):  # fmt: skip
        shell.type(typed)
        shell.wait_for(re.escape(completed.split()[-1]) if "\x15" not in typed else re.escape(completed))


def ask(paths: Paths, line: str, tmp_path: Path) -> list[str]:
    """Return what a shell is told when Tab is pressed at the end of a line."""
    told = tmp_path / "told"
    env = {
        **os.environ, "_ARGCOMPLETE": "1", "_ARGCOMPLETE_STDOUT_FILENAME": str(told), "COMP_LINE": line,
        "COMP_POINT": str(len(line)), "SPREAD_HOME": paths.home, "PYTHONPATH": LIBRARY, "_ARGCOMPLETE_IFS": "\n",
    }  # fmt: skip
    code = "import sys; sys.argv[0] = 'spread'; from spread.cli import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return [word.rstrip() for word in told.read_text().split("\n") if word]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("spread unpair ", {"laptop"}), ("spread peers l", {"laptop"}), ("spread resume --peer ", {"laptop"}),
        ("spread show ", {f"{ID}.2", "paid.1", "latest"}), ("spread forget pa", {"paid.1"}),
        ("spread accept pa", {"paid.1"}), ("spread show x", set()),
        ("spread search --project ", {"example.org/us/parser", "example.org/us/it"}), ("spread receive ", set()),
        ("spread distill x --format ", {"md", "json"}), ("spread completion ", {"bash", "zsh", "fish"}),
    ],
)  # fmt: skip
def test_what_is_offered(desk: Home, tmp_path: Path, line: str, words: set[str]) -> None:
    """What there is now; no files where no file is meant."""
    store.put(desk.paths, "laptop", "paid", 1, handoff("paid", 1))
    store_sent.settle(desk.paths, "laptop", "paid", 1)
    assert set(ask(desk.paths, line, tmp_path)) == words


def test_every_command_is_offered(desk: Home, tmp_path: Path) -> None:
    """And every option that is told of."""
    assert {"log", "search", "pair", "completion", "sync"} <= set(ask(desk.paths, "spread ", tmp_path))
    assert {"--peer", "--json", "--quiet"} <= set(ask(desk.paths, "spread log --", tmp_path))
    assert "--detached" not in ask(desk.paths, "spread sync --", tmp_path)


def test_a_home_that_is_not_there(tmp_path: Path) -> None:
    """Nothing is offered, nothing is made, nothing is said."""
    assert ask(Paths(tmp_path / "none"), "spread unpair ", tmp_path) == []
    assert ask(Paths(tmp_path / "none"), "spread show ", tmp_path) == []
    assert not (tmp_path / "none").exists()


def test_tab_loads_nothing_heavy(desk: Home) -> None:
    """A person waits for it: by name, not by time, so that it never flakes."""
    code = (
        "import sys; from spread.paths import Paths; from spread.commands import completion as c; p = Paths()\n"
        "c._peers(p); c._ids(p, ''); c._projects(p); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": LIBRARY},
    )  # fmt: skip
    heavy = {"asyncio", "cryptography", "websockets", "zeroconf", "rich", "tomllib", "sqlite3"}
    assert not heavy & set(done.stdout.split())


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize("before", [None, b"", b"alias x=y", b"alias x=y\n\n"])
def test_in_and_out_again(desk: Home, run: Run, tmp_path: Path, name: str, before: bytes | None) -> None:
    """Twice in is once in; what was there stays to the byte, also behind a link; out twice is no error."""
    path = tmp_path / STARTUP[name][0]
    path.unlink()
    real = path
    if before is not None:
        real = tmp_path / "collection"
        real.write_bytes(before)
        real.chmod(0o640)
        path.symlink_to(real)
    for _ in range(2):
        done = run("completion", name, "--install")
        assert (done.code, done.err) == (0, "")
        assert f"next: open a new {name}" in done.out
    if name != "fish":
        assert path.read_bytes().count(b"claude-spread") == 1
        assert path.read_bytes().startswith(before or b"")
    assert "does" not in run("completion", name, "--uninstall").out
    assert "did not" in run("completion", name, "--uninstall").out
    if before is not None:
        assert path.is_symlink()
        assert real.stat().st_mode & 0o777 == 0o640
        assert real.read_bytes() == before
    else:
        assert not path.exists()
    assert not Path(completion._fish()).exists()


def test_which_shell(desk: Home, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one in use, if it is one of ours."""
    monkeypatch.setenv("SHELL", "/usr/bin/zsh")
    assert run("completion", "--install").out.startswith("zsh completes")
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    told = run("completion", "--install").told()
    assert told["error"] == "cannot complete in tcsh"
    assert "spread completion bash --install" in told["hint"]
    assert peers.load(desk.paths, "laptop")


@pytest.mark.parametrize("name", SHELLS)
def test_the_script_is_printed(home: Paths, run: Run, name: str) -> None:
    """For whoever wants it elsewhere."""
    done = run("completion", name)
    assert done.code == 0
    assert "spread" in done.out
    assert ("compinit" in done.out) == (name == "zsh")
