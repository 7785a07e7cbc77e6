"""Texts of which nothing can be shown."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distillation_page import render
from tests.distill.lines import Lines


@pytest.mark.parametrize("text", ["\u202e", "\x00\x01", "\x1b[31m"])
def test_a_request_of_nothing_to_see(text: str, tmp_path: Path) -> None:
    """A page is made all the same."""
    lines = Lines()
    lines.user(text)
    made = distill(lines.save(tmp_path), machine="m")
    assert made.last_request == ""
    assert render(made)
