"""What many tests need. Nothing here may leave loopback."""

import os
import signal
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest

import spread
from spread.paths import Paths
from tests import steady
from tests.harness.client import Sandbox, find_client

ROOT = Path(__file__).resolve().parent.parent
LAN = Path(__file__).resolve().parent / "lan" / "two-hosts.sh"
LAN_UNABLE = 77  # two-hosts.sh: this machine cannot do it
SWITCHES = ("SPREAD_OFF", "CLAUDE_PROJECT_DIR", "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_ENTRYPOINT")


# A busy machine makes no test fail. What a test says for itself overrides this.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

steady.use()

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a shell's background job; programs inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


def required() -> bool:
    """Tell whether a test that cannot run here is a failure, as it is in CI."""
    return any(os.environ.get(name, "") not in ("", "0", "false") for name in ("CI", "SPREAD_REQUIRE_ALL"))


def need(condition: object, reason: str) -> None:
    """Skip the test unless `condition` holds; fail it where everything is required."""
    if condition:
        return
    if required():
        pytest.fail(f"required here: {reason}")
    pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where everything is required (an expected failure stays one)."""
    report = yield
    if report.skipped and required() and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but everything is required here: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Do the same for a module that skips itself as a whole."""
    report = yield
    if report.skipped and required():
        report.outcome = "failed"
        report.longrepr = f"skipped, but everything is required here: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _own_environment(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test, and all it starts, away from the user's own home and from real interfaces."""
    monkeypatch.setenv("SPREAD_HOME", str(tmp_path_factory.getbasetemp() / "no-such-home"))
    monkeypatch.setenv("SPREAD_INTERFACES", "127.0.0.1")
    for limit in ("project.GIT_TIMEOUT_S", "project_since.LIMIT_S"):  # of a person who waits
        monkeypatch.setattr(f"spread.{limit}", 60.0)
    for name in SWITCHES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """A new SPREAD_HOME (in the environment too), without a relay."""
    paths = Paths(tmp_path / "spread home")
    paths.make()
    Path(paths.config).write_text('relay = ""\n', encoding="utf-8")
    monkeypatch.setenv("SPREAD_HOME", paths.home)
    return paths


@pytest.fixture(scope="session")
def bundle() -> Path:
    """The folder with `hooks`, `skills` and `settings.example.json`: the wheel's, or the checkout's."""
    inside = Path(spread.__file__).parent / "_bundle"
    return inside if inside.is_dir() else Path(spread.__file__).parent.parent


@pytest.fixture
def claude_box(tmp_path: Path) -> Iterator[Sandbox]:
    """The real client in a HOME of its own, with a stub of its API."""
    need(find_client(), "the claude client; set CLAUDE_BIN")
    with Sandbox(tmp_path / "box") as box:
        yield box


@pytest.fixture(scope="session")
def lan() -> Path:
    """The script that makes private LANs (tests/lan/README.md), where this machine can run it."""
    probe = subprocess.run([LAN, "run", "--timeout", "60", "--", "true"], capture_output=True, text=True)
    need(probe.returncode != LAN_UNABLE, f"network namespaces: {probe.stderr.strip()}")
    assert probe.returncode == 0, probe.stderr
    return LAN


@pytest.fixture
def plain_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without settings of git, and nothing about git in the environment."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return home
