"""What hook and status line load while the user waits; by name, not by time, so that it never flakes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import spread
from spread.paths import Paths

REPOSITORY = Path(spread.__file__).parent.parent
HEAVY = {
    "argparse", "asyncio", "concurrent", "contextlib", "dataclasses", "datetime", "email", "enum", "hashlib", "http",
    "inspect", "json", "logging", "pathlib", "random", "re", "shutil", "socket", "ssl", "subprocess", "tempfile",
    "threading", "tomllib", "typing", "urllib",
}  # fmt: skip


def loaded(code: str, stdin: str = "{}\n", **environment: str) -> set[str]:
    """Return the modules a fresh interpreter has loaded after `code`, beyond those it starts with."""
    script = (
        "import sys; before = set(sys.modules)\n"
        f"sys.path.insert(0, {str(REPOSITORY)!r})\n{code}\n"
        "print('\\n'.join(sorted(set(sys.modules) - before)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], check=True, capture_output=True, text=True, input=stdin,
        env={**os.environ, **environment}, timeout=30,
    )  # fmt: skip
    return set(done.stderr.split())


def foreign(modules: set[str]) -> set[str]:
    return {name for name in modules if name.split(".")[0] not in sys.stdlib_module_names | {"spread"}}


def test_importing_the_hook_loads_next_to_nothing() -> None:
    """The hook itself needs no module that takes a millisecond."""
    modules = loaded("import spread.hook")
    assert "spread.hook" in modules
    assert modules & HEAVY == set()
    assert foreign(modules) == set()


def test_the_project_resolver_is_as_light() -> None:
    """The resolver, which the hook needs when something waits, brings nothing heavy either, also when it runs git."""
    modules = loaded(f"import spread.project; spread.project.resolve({str(REPOSITORY)!r})")
    assert "spread.project" in modules
    assert modules & HEAVY == set()


def test_an_idle_hook_loads_no_json(tmp_path: Path) -> None:
    """With nothing paired the hook ends before it reads its input."""
    modules = loaded("import spread.hook; spread.hook.main()", SPREAD_HOME=str(tmp_path / "none"))
    assert modules & HEAVY == set()


@pytest.mark.parametrize("waits", [False, True])
def test_the_status_line_is_as_light(home: Paths, waits: bool) -> None:
    """Even with something pending only what the project needs is loaded, not `json`."""
    Path(home.peers, "laptop.toml").touch()
    if waits:
        Path(home.inbox_new, "laptop.s.1.md").touch()
    payload = json.dumps({"workspace": {"project_dir": str(REPOSITORY)}})
    modules = loaded("import spread.statusline; spread.statusline.main([])", payload, SPREAD_HOME=home.home)
    assert "spread.statusline" in modules
    assert ("spread.project" in modules) == waits
    assert modules & HEAVY == set()
    assert foreign(modules) == set()


def test_the_measure_sees_what_is_loaded() -> None:
    """The check can fail: a heavy module and a foreign one are seen."""
    assert {"json", "re"} <= loaded("import json") & HEAVY
    assert foreign({"json", "spread.hook", "zeroconf._core"}) == {"zeroconf._core"}
    assert json.loads("{}") == {}


def test_a_code_is_shown_before_what_carries_it_is_loaded(tmp_path: Path) -> None:
    """The other side starts as soon as it has the code of a text: nothing slow, and no package, comes before that."""
    (tmp_path / "notes.md").write_text("weeks are seven days long")
    code = f"""
from spread.commands import share
from spread.paths import Paths
told = []
def stop(*arguments):
    told.append(str(arguments[0]))
    raise KeyboardInterrupt
share._tell = stop
try:
    share.run(Paths({str(tmp_path)!r}), {str(tmp_path / "notes.md")!r}, session=None, relay=None,
              passphrase_file=None, keep_open_min=None, as_json=False)
except KeyboardInterrupt:
    assert told[0].count("-") == 3, told
else:
    raise AssertionError("no code was shown")
"""
    modules = loaded(code)
    assert foreign(modules) == set()
    assert modules & {"asyncio", "ssl", "subprocess", "email", "tomllib", "spread.redact"} == set()
