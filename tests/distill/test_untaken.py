"""Which commands of a line did not run though the line worked."""

from time import process_time

import pytest

from spread.distill.effect import MAYBE
from spread.distill.shell import effects, split
from spread.distill.untaken import may_leave

ASKS = "if [ -f c ]; then"


def wrote(source: str, output: str | None = None) -> list[str]:
    """Return the files that a line wrote, those it only may have with a question mark."""
    found = effects(split(source), ok=True, output=output)
    return [f"{each.path}{'?' if each.kind == MAYBE else ''}" for each, _ in found]


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("while false; do echo x > a; done; echo y > b", ["b"]),
        ("until true; do echo x > a; done\necho y > b", ["b"]),
        ("while true; do echo x > a; break; done", ["a"]),
        ("if false; then echo x > a; fi; echo y > b", ["b"]),
        ("if false\nthen\n  echo x > a\nelif test -f c; then\n  echo z > c\nfi", ["c"]),
        ("if true; then echo x > a; else echo y > b; fi", ["a"]),
        ("if true; then if false; then echo x > a; fi; echo y > b; fi; echo z > c", ["b", "c"]),
        ("if false && true; then echo x > a; fi", ["a"]),  # no constant, as far as is looked
        ("false && echo x > a && echo y > b; echo z > c", ["c"]),
        ("echo x > a; exit 0; echo y > b", ["a"]),
        ("cd . || exit 1; echo y > b", ["b"]),
        ("cd . || { echo no; exit 1; }; echo y > b", ["b"]),
        ("(exit 0); echo y > b", ["b"]),
        ("stop() { exit 1; }; echo y > b", ["b"]),
        ("fi; done; echo y > b", ["b"]),
        ("then echo x > a; if", ["a"]),
    ],
)
def test_what_is_never_reached(source: str, paths: list[str]) -> None:
    """A constant tells, or an `exit` that nothing stands before on its line."""
    assert wrote(source) == paths


@pytest.mark.parametrize(
    ("source", "output", "paths"),
    [
        (f"{ASKS} echo x > a; echo has; else echo y > b; echo none; fi", "none\n", ["b"]),
        (f"{ASKS} echo x >> a; else echo 'it is missing'; fi", "it is missing", []),
        (f"{ASKS} echo x >> a; else echo 'it is missing'; fi", "", ["a"]),
        (f"{ASKS} echo x >> a; else echo 'it is missing'; fi", None, ["a?"]),
        (f"{ASKS} echo x > a; echo 'made it'; fi", "", []),
        (f"{ASKS} echo x > a; echo 'made it'; fi | wc -l", "1", ["a"]),
        (f"{ASKS} echo x > a; echo 'made it'; fi", "Command running in background with ID: b1", ["a"]),
        (f"{ASKS} echo x > a; echo 'made it'; fi > log", "", ["a", "log"]),
        (f"({ASKS} echo x > a; echo 'made it'; fi) | wc -l", "1", ["a"]),
        (
            f"for f in a b; do {ASKS} echo x > a; echo one; else echo y > b; echo two; fi; done",
            "one\ntwo",
            ["a", "b"],
        ),
    ],
)
def test_what_an_output_tells_of_branches(source: str, output: str | None, paths: list[str]) -> None:
    """A branch whose words were printed ran, one whose words were not did not; else nobody knows."""
    assert wrote(source, output) == paths


def test_one_of_two_branches() -> None:
    """Which one ran nobody knows: a file that both write was written, another one only may have been."""
    assert wrote(f"{ASKS} echo x > a; else echo y > b; fi", "") == ["a?", "b?"]
    assert wrote(f"{ASKS} echo x >> a; else echo y > a; fi", "") == ["a", "a"]
    assert wrote(f"{ASKS} cp t a; else echo y > b; fi", "") == ["a?", "b?"]
    assert wrote(f"{ASKS} echo x > a; fi", "") == ["a"]


def test_most_lines_are_not_looked_at() -> None:
    """Nothing of them can be left out."""
    assert not may_leave("git add . && git commit -m 'x' && git push")


@pytest.mark.parametrize(
    "source",
    [
        "if " * 30_000,
        "if a; then b; fi | x; " * 4_000,
        "if a\nthen\n" * 3_000 + "fi | x\n" * 3_000,
        "if a; then b; " + "elif a; then b > c; " * 4_000 + "else b; fi",
    ],
)
def test_endless_conditionals(source: str) -> None:
    """A hostile line takes no time, and nobody knows of it what ran."""
    started = process_time()
    assert "?" not in "".join(wrote(source, "done"))
    assert process_time() - started < 2
