"""Which lines of an output tell why a call failed."""

from spread.distill.errors import causes

THROWN = """Exit code 1
node:assert:90
  throw new AssertionError(obj);
  ^

AssertionError [ERR_ASSERTION]: the lamp is dark
    at Object.<anonymous> (/home/dev/app/test.js:5:8)

Node.js v20.18.0"""


def test_the_line_of_code_that_throws_is_no_cause() -> None:
    """What it threw is told below it."""
    assert causes(THROWN) == ["AssertionError [ERR_ASSERTION]: the lamp is dark"]
