"""Files that programs say they wrote."""

from pathlib import Path

import pytest

from tests.distill.lines import CWD, Lines


def _files(tmp_path: Path, *calls: tuple[str, str]) -> list[str]:
    """Return the lines of the page on files after commands with what they printed."""
    lines = Lines()
    lines.user("build the shop, please")
    lines.edit(f"{CWD}/src/a.ts")
    for source, output in calls:
        lines.bash(source, output)
    lines.say("Done.")
    return lines.page(tmp_path).partition("## Files\n")[2].partition("\n\n")[0].splitlines()


def test_what_a_build_made(tmp_path: Path) -> None:
    """It is told below the changed files, once, and is no change of the session: git may well ignore it."""
    calls = (
        (
            "npm run lamps",
            f"Generating…\nSuccessfully exported 12 lamps to {CWD}/out/lamps.json\n✓ Wrote {CWD}/out/hue.json (2 kB)",
        ),
        ("npm run icons", f'Saved the icons as "{CWD}/static/icons.svg".'),
        ("npm run lamps", f"Successfully exported 12 lamps to {CWD}/out/lamps.json"),
    )
    told = _files(tmp_path, *calls)
    assert told[0].startswith("- modified: src/a.ts (L")
    assert len(told) == 2
    assert told[1].startswith("- programs say they wrote: out/{hue.json, lamps.json}, static/icons.svg (L")


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("cat notes.log", f"Wrote {CWD}/out/a.json"),
        ("npm run a", f"I wrote {CWD}/out/a.json"),
        ("npm run a", "Wrote /elsewhere/out/a.json"),
        ("npm run a", "Wrote out/a.json"),  # nobody knows from where
        ("npm run a", f"Wrote {CWD}/out"),
        ("npm run a", f"Wrote 0 lamps to {CWD}/out/a.json"),
        ("npm run a", f"Wrote {CWD}/node_modules/.cache/a.json"),
        ("npm run a", f"Saved {CWD}/src/a.ts"),  # told among the modified
        ("npm run a", f"Created https://example.org{CWD}/a.json"),
    ],
)
def test_what_is_no_file_of_the_project(tmp_path: Path, source: str, output: str) -> None:
    """What is only read, lies elsewhere or is told already."""
    assert len(_files(tmp_path, (source, output))) == 1


def test_what_was_deleted_again(tmp_path: Path) -> None:
    """It is there no more."""
    wrote = ("npm run a", f"Wrote {CWD}/out/a.json")
    assert "programs say" not in "".join(_files(tmp_path, wrote, ("rm out/a.json", "")))


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("lamp configure --local && jq . .lamp/a.json", "✓ Settings updated (.lamp/a.json)\n{}"),
        ("lamp export --to .lamp/a.json", "Wrote .lamp/a.json (2 kB)"),
        ("lamp export --to=.lamp/a.json", "3 lamps\nAll lamps saved to `.lamp/a.json`."),
        ("cd .lamp && lamp export --to a.json", "Successfully exported to a.json"),
    ],
)
def test_what_the_command_names_as_well(tmp_path: Path, source: str, output: str) -> None:
    """A path from where the command ran counts where the command names the same."""
    assert _files(tmp_path, (source, output))[1].startswith("- programs say they wrote: .lamp/a.json (L")


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("lamp export", "Wrote .lamp/a.json"),
        ("lamp export --to data.json", "Wrote a.json"),
        ("lamp export --to .lamp/a.json --dry", "Would have updated .lamp/a.json"),
        ("lamp export --to .lamp/a.json", "Not updated .lamp/a.json"),
        ("lamp export --to .lamp/a.json", "updated .lamp/a.json of all the lamps there are"),
        ("git show HEAD:.lamp/a.json", "Wrote .lamp/a.json"),
        ("cd ..; cd x; lamp export --to .lamp/a.json", "Wrote .lamp/a.json"),
    ],
)
def test_what_is_not_sure_to_be_that(tmp_path: Path, source: str, output: str) -> None:
    """Another path, one that is only shown, or of which nobody knows from where."""
    assert len(_files(tmp_path, (source, output))) == 1
