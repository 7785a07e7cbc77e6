"""The quick look at a stored distillation says what reading all of it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread import distillation_glance as glance
from spread.distillation import Distillation
from spread.distillation_fields import ProjectRef
from spread.errors import DistillationError

NASTY = (
    '"',
    "\\",
    '\\"',
    "\n",
    "\r\n",
    "[project]",
    '\nid = "other"\n',
    "+++",
    "\n+++\n",
    "x = [",
    "ä",
    "\u2028",
    "'''",
)
SAID = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), max_size=5).map("".join)


def stored(goal: str, branch: str, machine: str = "desk") -> str:
    return Distillation(
        id="6f1c.1", session_id="6f1c", revision=1, goal=goal, machine=machine, summary=goal, state="failing",
        project=ProjectRef(id="example.org/us/parser", branch=branch), ended_at="2023-11-14T22:00:00Z",
    ).to_markdown()  # fmt: skip


@given(goal=SAID, branch=SAID)
def test_fields_are_those_of_the_whole(goal: str, branch: str) -> None:
    """Whatever stands in them, also what looks like a field or a table of its own."""
    text = stored(goal, branch)
    whole = Distillation.from_markdown(text)
    assert glance.fields(text) == {
        "schema": "claude-spread/distillation/1", "id": whole.id, "session_id": whole.session_id, "goal": whole.goal,
        "state": whole.state, "machine": whole.machine, "started_at": whole.started_at, "ended_at": whole.ended_at,
        "project.id": whole.project.id, "project.branch": whole.project.branch,
    }  # fmt: skip
    assert glance.said(text)[0] == glance.fields(text)


def test_a_field_of_another_table_is_none() -> None:
    """What the first table or the project lacks is not taken from a later one."""
    text = '+++\nsession_id = "s"\ngoal = 3\n\n[project]\nid = "p"\n\n[agent]\nbranch = "b"\nstate = "x"\n\n+++\n'
    assert glance.fields(text) == {"session_id": "s", "project.id": "p"}
    assert glance.fields('+++\nsession_id = "s"\nstate = "un"said"\n+++\n') == {"session_id": "s"}


@pytest.mark.parametrize(
    "text", ["", "+++\n", '+++\nsession_id = "s"\n', '+++\nx = "s"\n+++\nsession_id = "s"\n']
)
def test_what_is_no_distillation(text: str) -> None:
    """A file without both fences and a session between them is none."""
    with pytest.raises(DistillationError):
        glance.fields(text)
