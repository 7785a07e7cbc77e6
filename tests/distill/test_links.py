"""Links of a report."""

import pytest

from spread.distill.links import short
from spread.distill.reports import pieces

LONG = "/home/dev/projects/acme/lights/packages/core/src/lamps/hall"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("See [a.py](src/a.py).", "See src/a.py."),
        ("See [a.py:12](src/a.py#L12-L14).", "See src/a.py#L12-L14."),
        ("See [`a.py`](src/a.py:12).", "See src/a.py:12."),
        (f"See [a.py]({LONG}/a.py:302).", "See a.py:302."),
        (f"See [hall/a.py]({LONG}/a.py).", "See hall/a.py."),
        ("See [the lamp](src/a.py).", "See [the lamp](src/a.py)."),
        ("Go to [lamp.example](https://lamp.example).", "Go to https://lamp.example."),
        ("As [the docs](https://lamp.example/docs) say.", "As [the docs](https://lamp.example/docs) say."),
        ("It is shut. ([lamp.example](https://lamp.example/a/8?utm_source=x))", "It is shut."),
        ("It is [#8](https://github.com/acme/lights/issues/8).", "It is acme/lights#8."),
        ("It is [PR #8](https://github.com/acme/lights/pull/8#top).", "It is acme/lights#8."),
        ("It is [acme/lights#8: dim](https://github.com/acme/lights/issues/8).", "It is acme/lights#8: dim."),
        ("It is [this](https://github.com/acme/lights/issues/8).", "It is [this](https://github.com/acme/lights/issues/8)."),
        ("No link (a) [b] here.", "No link (a) [b] here."),
    ],
)  # fmt: skip
def test_a_link_in_few_signs(line: str, told: str) -> None:
    """A path, an issue by its number; where a name says more than the target, both."""
    assert short(line) == told


def test_a_line_with_a_link_to_a_long_path_is_told() -> None:
    """Its path looks like a key, which no line is told with."""
    said = f"- [dim.py]({LONG}/dim.py:29) maps the colours of the hall lamp to its switches."
    assert [part.text for part in pieces(said)] == [
        "dim.py:29 maps the colours of the hall lamp to its switches."
    ]
