"""How paths are spelled."""

import pytest

from spread.distill.spelling import folder_of


@pytest.mark.parametrize(
    ("here", "cwd", "folder"),
    [
        ("", "/home/dev/app", "/home/dev/app"),
        (None, "/home/dev/app", "/home/dev/app"),
        ("web", "/home/dev/app", "/home/dev/app/web"),
        ("../lib", "/home/dev/app", "/home/dev/lib"),
        ("/srv", "/home/dev/app", "/srv"),
        ("web", "C:\\dev\\app", "C:/dev/app/web"),
    ],
)
def test_where_a_command_runs(here: str | None, cwd: str, folder: str) -> None:
    """A line that went nowhere runs where its call did, spelled as the record has it."""
    assert folder_of(here, cwd) == folder
