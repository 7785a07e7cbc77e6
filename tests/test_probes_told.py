"""How many of the points that answers need a page tells."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.distill.lines import Lines
from tests.probes_told import MARKS, PROBES, Share, mark_of, statements

FOUND = "The lamp daemon waits 40 seconds because the pier closes its socket late."


def test_a_statement_that_the_log_tells_is_known_again(tmp_path: Path) -> None:
    """By its beginning, however the blanks in it stand; another one is not."""
    lines = Lines()
    lines.user("why is the lamp late?")
    lines.say(FOUND)
    for ask in ("and now the docs of the harbour", "and the map of the piers"):
        lines.user(ask)
        lines.say("The chart is drawn anew.")
    told = set(statements(Path(lines.save(tmp_path))))
    assert mark_of(FOUND.replace(" ", "  ")) in told
    assert mark_of("The lamp daemon waits 4 seconds because the pier closes its socket late.") not in told


def test_each_question_counts_as_one() -> None:
    """Of its points those count that stand above the log or in it."""
    share = Share().and_([(True, []), (False, ["a"]), (False, ["b"]), (False, [])], {"a"})
    assert share == Share(1, 0.25, 0.5)
    assert share.and_([(False, ["a", "c"])], {"c"}) == Share(2, 0.25, 1.5)


@pytest.mark.parametrize("name", json.loads(MARKS.read_text("utf-8")))
def test_each_point_of_a_marked_file_has_its_marks(name: str) -> None:
    """As many as its key has points."""
    marked = json.loads(MARKS.read_text("utf-8"))[name]
    probes = tomllib.loads((PROBES / f"{name}.toml").read_text("utf-8"))["probe"]
    assert {each["id"]: len(each["must"]) for each in probes} == {
        key: len(has) for key, has in marked.items()
    }
