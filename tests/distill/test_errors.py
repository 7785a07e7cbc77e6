"""Which lines of an output tell why a call failed."""

import pytest

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


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        (
            "a.c:4:14: warning: unused 'x' [-Wunused]\n./a\nmalloc(): corrupted top size\nmake: *** [check] Aborted",
            "malloc(): corrupted top size",
        ),
        (
            "There was 1 failure:\n\n1) LampTest::testLit\nFailed asserting that 9 is identical to 10.",
            "Failed asserting that 9 is identical to 10.",
        ),
        ("a.c:4:14: warning: unused 'x'\nb.c:9:5: error: 'y' undeclared", "b.c:9:5: error: 'y' undeclared"),
        (
            "/x/A.cs(5,19): warning CS8618: must be set\n/x/B.cs(7,1): error CS1002: ; expected",
            "/x/B.cs(7,1): error CS1002: ; expected",
        ),
        (
            "a.c:4:1: warning: unused\nmake: *** [run] Segmentation fault",
            "make: *** [run] Segmentation fault",
        ),
        (
            "==7==ERROR: AddressSanitizer: heap-use-after-free on x\nREAD of size 2",
            "==7==ERROR: AddressSanitizer: heap-use-after-free on x",
        ),
        ("running\nWARNING: DATA RACE\nRead by goroutine 7", "WARNING: DATA RACE"),
    ],
)
def test_what_a_compiled_program_died_of_is_the_cause_and_no_warning_is(output: str, cause: str) -> None:
    """Compilers warn on the way; the fault comes after that."""
    assert causes(f"Exit code 2\n{output}")[0] == cause


HELD = """remote: error: GH013: Repository rule violations found for refs/heads/lamps.
remote: - GITHUB PUSH PROTECTION
remote:   \u2014\u2014\u2014\u2014\u2014\u2014\u2014\u2014
remote:     - Push cannot contain secrets
remote:       \u2014\u2014 Lamp API Token \u2014\u2014\u2014\u2014\u2014\u2014
remote:        locations:
remote:          - commit: 1a2b3c41a2b3c41a2b3c41a2b3c41a2b3c41a2b3
remote:            path: tests/test_gate.py:32
remote:
remote:       \u2014\u2014 Gate Key \u2014\u2014\u2014\u2014\u2014\u2014
remote:        locations:
remote:          - commit: 1a2b3c41a2b3c41a2b3c41a2b3c41a2b3c41a2b3
remote:            path: tests/test_gate.py:220
remote:          - commit: 1a2b3c41a2b3c41a2b3c41a2b3c41a2b3c41a2b3
remote:            path: tests/test_gate.py:222
 ! [remote rejected] lamps -> lamps (push declined due to repository rule violations)"""


def test_where_a_host_found_secrets_is_the_cause() -> None:
    """A push that is refused for another place is another failure: what was mended before is no longer in the way."""
    found = (
        "secrets at tests/test_gate.py:32 Lamp API Token, :220, :222 Gate Key, in 1a2b3c4, by push protection"
    )
    assert causes(HELD)[0] == found
    bare = "\n".join(line for line in HELD.splitlines() if "path: " not in line)
    assert causes(bare)[0].endswith("for refs/heads/lamps. Push cannot contain secrets")
