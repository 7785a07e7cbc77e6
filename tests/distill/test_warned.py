"""What calls that worked said against what was set."""

from pathlib import Path

import pytest

from spread.distill import distill
from tests.distill.lines import CWD, Lines

SET = ("lampctl set pier.dim_limit='3'", "set")
WARNS = "reloaded\n[!] section pier specifies unknown option 'dim_limit'"
SAID = f"a call that worked said of `dim_limit`, which was set here: “{WARNS.partition(chr(10))[2]}”"


@pytest.mark.parametrize(
    ("steps", "is_told"),
    [
        ([SET, ("lampctl reload", WARNS)], True),
        ([("lampctl reload", WARNS)], False),
        ([SET, ("lampctl reload", WARNS.replace("unknown", "new"))], False),
        ([SET, ("lampctl reload", WARNS), ("lampctl delete pier.dim_limit", "deleted")], False),
        ([("lampctl show dim_limit", "none"), ("lampctl reload", WARNS)], False),
        (
            [SET, ("lampctl list", '{"dim_limit": 404, "message": "unknown"}')],
            False,
        ),  # a key is no remark on it
        ([SET, ("lampctl reload", f"{WARNS}\n{'x' * 9_000}")], False),
        # These did not work.
        ([SET, ("lampctl reload | tail -2", "error: unknown option 'dim_limit'")], False),
        ([SET, ("lampctl test | tail -2", "E   ImportError: cannot import name 'dim_limit'")], False),
    ],
)
def test_a_setting_that_is_not_known(tmp_path: Path, steps: list[tuple[str, str]], is_told: bool) -> None:
    """Only of what the session set, and until a later command speaks of it."""
    lines = Lines()
    lines.user("dim the pier")
    for source, output in steps:
        lines.bash(source, output)
    lines.say("The pier is dimmed.")
    assert (SAID in distill(lines.save(tmp_path), machine="box").uncertainties) == is_told


def test_a_setting_of_a_file(tmp_path: Path) -> None:
    """What a program warns of it after the edit that brought it in is told."""
    lines = Lines()
    lines.user("dim the pier")
    lines.tool(
        "Edit",
        {"file_path": f"{CWD}/pier.cfg", "old_string": "[pier]", "new_string": "[pier]\ndim_limit = 3"},
    )
    lines.bash("lampctl reload", WARNS)
    assert SAID in distill(lines.save(tmp_path), machine="box").uncertainties
