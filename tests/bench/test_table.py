"""The table of all figures: what is met and missed, and how it is written down."""

import json
import re
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench import growth, peers, table
from tests.bench.table import BEGIN, END, LIMIT, Result, Row


@pytest.mark.parametrize(
    ("row", "ratio", "met"),
    [
        (Row("a", "ms", 50, 100, "bare", 60), 0.5, True),
        (Row("a", "ms", 50, 100, "bare", 40), 0.5, False),
        (Row("a", "ms", 50, 100, "bare", 0.6, LIMIT), 0.5, True),
        (Row("a", "/s", 50, 100, "bare", 0.6, LIMIT, least=True), 0.5, False),
        (Row("a", "/s", 50, target=50, least=True), None, True),
        (Row("a", "ms", 50, 10, "bare", 1 / 3, "other", peers={"other": 200}), 0.25, True),
        (Row("a", "ms", 90, 10, "bare", 1 / 3, "other", peers={"other": 200}), 0.45, False),
        (Row("a", "ms", 90, 10, "bare", 1 / 3, "other"), None, None),  # the other one is not installed
        (Row("a", "ms", 90), None, None),
    ],
)
def test_a_target_is_met_or_missed(row: Row, ratio: float | None, met: bool | None) -> None:
    """A target is of the figure, of its ratio to the limit, or to a peer; without that peer nothing is claimed."""
    assert (row.ratio, row.met) == (ratio, met)
    assert (
        row.cells()[-1]
        == {True: "met", False: "MISSED", None: "-" if row.target is None else "not measured"}[met]
    )


def test_a_result_is_written_and_read(tmp_path: Path) -> None:
    """JSON holds all that the table needs; what is missed is told with its reason, what was left out is told."""
    rows = [Row("fast", "ms", 1, target=2), Row("slow", "ms", 3, target=2, why="it | sleeps")]
    result = Result({"sleep": rows}, {"croc": "not installed"}, "2026-03-01", "a machine", 0.5)
    file = tmp_path / "result.json"
    file.write_text(result.as_json())
    assert table.read(file) == result
    assert [row["met"] for row in json.loads(result.as_json())["groups"]["sleep"]] == [True, False]
    shown = result.as_markdown()
    assert "2026-03-01: a machine; load at the start 0.5. Targets met: 1 of 2." in shown
    assert "| slow | 3 ms |" in shown
    assert "- slow: it | sleeps" in shown
    assert "croc (not installed)" in shown


def test_the_readme_shows_it_between_two_markers() -> None:
    """What stood there is replaced, what stands around it stays; without markers nothing is written."""
    text = f"above\n{BEGIN}\nold\n{END}\nbelow\n"
    assert table.put_between(text, "new\n") == f"above\n{BEGIN}\nnew\n{END}\nbelow\n"
    with pytest.raises(ValueError, match="begin"):
        table.put_between("no markers", "new\n")
    readme = (bench.ROOT / "README.md").read_text(encoding="utf-8")
    assert table.put_between(readme, "new\n").count("new\n") >= 1


def test_the_readme_counts_its_own_rows() -> None:
    """How many targets are met is what its rows say, whoever has put some of them in anew; reasons are of rows."""
    shown = (bench.ROOT / "README.md").read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in shown.splitlines()
        if line[:2] == "| "
    ]
    verdicts = [row[-1] for row in rows]
    met, missed = verdicts.count("met"), verdicts.count("MISSED")
    assert f"Targets met: {met} of {met + missed}." in shown
    assert set(verdicts) == {"met", "MISSED", "-", "met?", ""}
    assert [row[0].strip("*") for row in rows if row[-1] == ""] == list(bench.GROUPS)
    reasons = re.findall(r"^- (.*?): ", shown, re.MULTILINE)
    assert set(reasons) <= {row[0] for row in rows if row[-1] == "MISSED"}


def test_no_name_of_a_machine_is_told() -> None:
    """Processor, cores and system are; host and folders are not."""
    import socket

    assert socket.gethostname() not in table.machine()
    assert "cores" in table.machine()


def test_groups_make_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A group's rows are printed as they come; one that cannot be measured, or fails, is told and ends no other."""
    result = Result()
    growing = table.show(growth.peers(tmp_path, (1, 2), 2), result.groups.setdefault("growth", []))
    assert [row.what for row in growing] == [f"a turn for {n} peers, owed and sealed, CPU" for n in (1, 2)]
    assert growing[1].ratio is not None
    assert "a turn for 2 peers" in capsys.readouterr().out


def test_what_cannot_be_measured_ends_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told why; what failed makes the run fail as well."""

    def unavailable(group: str, quick: bool) -> list[Row]:
        if group == "hooks":
            raise peers.Unavailable("no shell")
        if group == "redact":
            raise AssertionError
        return [Row(group, "ms", 1)]

    monkeypatch.setattr(bench, "rows_of", unavailable)
    result = Result()
    assert bench.measure(["hooks", "turn"], True, result)
    assert (result.left_out, [row.what for row in result.groups["turn"]]) == ({"hooks": "no shell"}, ["turn"])
    assert not bench.measure(["redact"], True, result)
    assert "the rest of redact" in result.left_out


def test_nothing_but_loopback_is_spoken_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no network of our own, no peer is started."""
    monkeypatch.delenv(peers.MARK, raising=False)
    assert not peers.has_own_network()
    assert not any(peers.has(name) for name in ("magic-wormhole", "scp", "syncthing"))
