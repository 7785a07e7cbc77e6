"""What the hooks find at a fixed place."""

import os
import stat
import sys
from pathlib import Path

import pytest

import spread
from spread import resources
from spread.paths import Paths


def test_bundled_is_the_plugin(bundle: Path) -> None:
    """The hooks, the skills and the example settings are found, in a checkout as in a wheel."""
    for name in ("hooks", "skills", "settings.example.json"):
        assert Path(resources.bundled(name)) == bundle / name
        assert os.path.exists(resources.bundled(name))


def test_bundled_prefers_the_wheels_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a wheel the plugin lies inside the package; in a checkout beside it."""
    package = tmp_path / "spread"
    (package / "_bundle" / "hooks").mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(package / "resources.py"))
    assert resources.bundled("hooks") == str(package / "_bundle" / "hooks")
    assert resources.bundled("skills") == str(tmp_path / "skills")


def test_remember(tmp_path: Path, bundle: Path) -> None:
    """The interpreter, the library and the hooks are put where the shims look, in a home made for it."""
    paths = Paths(tmp_path / "new")
    resources.remember(paths)
    lines = Path(paths.interpreter).read_text(encoding="utf-8").splitlines()
    assert lines == [sys.executable, str(Path(spread.__file__).parent.parent)]
    assert {"stop", "session-start", "statusline"} <= set(resources.shims()) == set(os.listdir(paths.hooks))
    assert "hooks.json" not in resources.shims()
    for name in resources.shims():
        copy = Path(paths.hooks, name)
        assert copy.read_bytes() == (bundle / "hooks" / name).read_bytes()
        assert stat.S_IMODE(copy.stat().st_mode) == 0o700


def test_remember_again_rewrites_nothing(home: Paths) -> None:
    """A hook may be running its copy: what is right stays untouched."""
    resources.remember(home)
    files = [home.interpreter, *(os.path.join(home.hooks, name) for name in os.listdir(home.hooks))]
    before = [os.stat(path).st_ino for path in files]
    resources.remember(home)
    assert [os.stat(path).st_ino for path in files] == before


def test_remember_mends(home: Paths, bundle: Path) -> None:
    """An interpreter or hook of an earlier version is replaced, and can be run again."""
    resources.remember(home)
    stop = Path(home.hooks, "stop")
    stop.write_bytes(b"#!/bin/sh\n")
    stop.chmod(0o600)
    Path(home.interpreter).write_bytes(b"/gone/python\n/gone\n")
    resources.remember(home)
    assert stop.read_bytes() == (bundle / "hooks" / "stop").read_bytes()
    assert os.access(stop, os.X_OK)
    assert Path(home.interpreter).read_text(encoding="utf-8").startswith(sys.executable)


def test_the_client_is_found_where_it_installs_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service's PATH does not have it; what is on PATH goes first."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert resources.client_program() is None
    for place in (".local/bin", "bin"):
        program = tmp_path / place / "claude"
        program.parent.mkdir(parents=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        assert resources.client_program() == str(program)


@pytest.mark.parametrize(
    ("directory", "name"),
    [
        ("/home/dev/my.app", "-home-dev-my-app"),
        ("/home/dev/\U0001f680é x", "-home-dev-----x"),
        (f"/tmp/{'a' * 120}/é{'b' * 120}", f"-tmp-{'a' * 120}--{'b' * 73}-2zil1b"),
    ],
)
def test_where_the_client_keeps_a_directorys_sessions(
    directory: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the names that the client itself makes: an emoji counts twice, a long path has a hash."""
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path))
    assert resources.sessions_folder(directory) == str(tmp_path / "projects" / name)
