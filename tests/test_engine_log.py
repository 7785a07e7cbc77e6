"""The engine's log: bounded, quiet about what repeats, and silent about content."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from spread import engine_log
from spread.engine_log import start_log, where
from spread.paths import Paths


@pytest.fixture
def log(home: Paths) -> Iterator[logging.Logger]:
    """The log of a home; afterwards there is none."""
    start_log(home, "info")
    yield logging.getLogger("spread.engine")
    root = logging.getLogger("spread")
    for handler in root.handlers:
        handler.close()
    root.handlers.clear()
    root.propagate = True


def lines(home: Paths) -> list[str]:
    """Return what was logged."""
    return Path(home.engine_log).read_text().splitlines()


def test_a_warning_that_repeats_is_said_once_an_hour(home: Paths, log: logging.Logger) -> None:
    """For weeks of a broken network one line an hour; another text, or an hour later, is said."""
    for problem in ("no network", "no network", "no relay", "no network"):
        log.warning("cannot send: %s", problem)
    assert [line.split("send: ")[1] for line in lines(home)] == ["no network", "no relay", "no network"]
    for age in (0.0, engine_log.REPEAT_S + 1):
        record = log.makeRecord("spread.engine", logging.ERROR, "f.py", 1, "again", (), None)
        record.created += age
        log.handle(record)
        log.handle(record)
    assert [line.endswith("again") for line in lines(home)].count(True) == 2


def test_the_file_watcher_says_nothing_on_stderr(
    home: Paths, log: logging.Logger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its warnings reach no user: `spread sync --once` prints what it did and nothing else."""
    watcher = logging.getLogger("watchdog")
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # pytest's own would take it
    monkeypatch.setattr(watcher, "handlers", [])
    watcher.getChild("observers").warning("heard")
    assert capsys.readouterr().err  # its words, or that something failed where `spread.net` is loaded
    start_log(home, "info")
    watcher.getChild("observers").warning("not heard")
    assert capsys.readouterr().err == ""


def test_what_is_information_is_said_each_time(home: Paths, log: logging.Logger) -> None:
    """Two hand-offs alike are two."""
    for _ in range(2):
        log.info("stored")
        log.debug("not at this level")
    assert len(lines(home)) == 2


def test_a_log_that_cannot_be_written(
    home: Paths, log: logging.Logger, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is no error, and nothing is printed."""
    Path(home.engine_log).mkdir()
    log.error("nobody hears this")
    assert capfd.readouterr() == ("", "")


def test_where_a_problem_came_from() -> None:
    """Kind and place, and not a word of what it says."""
    with pytest.raises(ValueError, match="a secret") as caught:
        raise ValueError("a secret")
    place = where(caught.value)
    assert place.startswith("ValueError at test_engine_log.py:")
    assert "secret" not in place
    assert where(KeyError("a secret")) == "KeyError"
