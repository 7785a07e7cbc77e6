"""What our entries say, and how they are known again."""

import shutil
import subprocess
from pathlib import Path

import pytest

from spread import settings
from tests.conftest import need

SHELLS = [
    "dash",
    "bash",
    "busybox",
    *filter(shutil.which, ("zsh", "fish", "tcsh")),
]  # the last where they are
ODD = ["a b", "it's", "$HOME", "`x`", "a\\b", "end\\", '"q"', "!x", "é", "*", "#", "a\nb", "-n", "'", "\\'"]


def test_known_again() -> None:
    """Each form is known as ours, for any home, in shell and exec form."""
    for home in ("", "/srv/a b", "/it's"):
        for group in settings.entries(home, windows=False).values():
            assert settings.is_ours(group["hooks"][0])
    for group in settings.entries(r"C:\Us ers\x", r"C:\py\python.exe", windows=True).values():
        assert settings.is_ours(group["hooks"][0])


@pytest.mark.parametrize(
    "entry",
    [
        None, "x", [], {}, {"command": 1}, {"command": "sh ~/hooks/stop"}, {"command": 'ls "$SPREAD_HOME"'},
        {"command": "echo hooks/stop $SPREAD_HOME"}, {"command": "python", "args": ["hook.py"]}, {"args": [1]},
    ],
)  # fmt: skip
def test_others_are_not(entry: object) -> None:
    """Nothing else is, not even what looks a little like it."""
    assert not settings.is_ours(entry)


@pytest.mark.parametrize("word", ODD)
@pytest.mark.parametrize("shell", SHELLS)
def test_a_quoted_word_is_one_word(shell: str, word: str) -> None:
    """In every shell."""
    need(shutil.which(shell), f"the shell {shell}")
    command = [shell, "sh", "-c"] if shell == "busybox" else [shell, "-c"]
    script = f"printf %s. {settings.quote(word)}"
    done = subprocess.run([*command, script], capture_output=True, text=True, check=True)
    assert done.stdout == word + "."


@pytest.mark.parametrize("name", ODD)
def test_a_home_of_any_name(tmp_path: Path, name: str) -> None:
    """The command finds the shim, tells it its home, and ends in exit 0 whatever the shim does."""
    home = tmp_path / name
    (home / "hooks").mkdir(parents=True)
    (home / "hooks" / "stop").write_text('printf %s "$SPREAD_HOME"; exit 2\n')
    command = settings.command("stop", str(home))
    for env in ({}, {"SPREAD_HOME": ""}):
        done = subprocess.run(["sh", "-c", command], capture_output=True, env=env, cwd="/", text=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, str(home), "")
    gone = subprocess.run(["sh", "-c", command], capture_output=True, env={"SPREAD_HOME": "/none"}, text=True)
    assert (gone.returncode, gone.stdout, gone.stderr) == (0, "", "")
