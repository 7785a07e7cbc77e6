"""What the tests of the real client share."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from spread import resources
from spread.paths import Paths
from tests.conftest import ROOT, need
from tests.harness.client import Sandbox
from tests.harness.home import make_project, set_up


@pytest.fixture
def box(claude_box: Sandbox, home: Paths, bundle: Path) -> Iterator[Sandbox]:
    """The client with the example settings, a home that is set up, and an engine that seems to run."""
    make_project(claude_box.project)
    for name in resources.HOOKS:
        shutil.copy(bundle / "hooks" / name, home.hooks)
    claude_box.settings(json.loads((bundle / "settings.example.json").read_text()))
    set_up(home)
    Path(home.engine_pid).write_text(f"{os.getpid()}\n")
    with open(home.engine_lock, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield claude_box


@pytest.fixture
def plugin() -> Path:
    """The checkout, which is the plugin."""
    need((ROOT / ".claude-plugin").is_dir(), "a checkout")
    return ROOT
