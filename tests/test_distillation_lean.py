# ruff: noqa: E501  (a table of cases folded over lines is harder to read than a long line)
"""How an item of a list is told in few words, and what a list leaves out first."""

from collections.abc import Callable
from pathlib import Path

import pytest

from spread.distill import distill
from spread.distillation import body
from spread.distillation_also import brief
from spread.distillation_fit import fit
from spread.distillation_lean import lean, passed
from spread.distillation_worth import worth
from tests.distill.lines import Lines

DENIED = "The user doesn't want to proceed with this tool use. the user said:\n"
CAUSE = (
    "The hook is looked for under its old name because the list of them was read before it was renamed there."
)


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (
            "- When both of them write at once, how shall we keep them apart? → “b” = Short turns with a lock (not: A folder each; No lock) (L7)",
            "- chose Short turns with a lock (not: A folder each; No lock) (L7)",
        ),
        (
            "- And where should the notes of both of them live? → “a” = Hybrid (not: Git only) (L7)",
            "- …both of them live? → Hybrid (not: Git only) (L7)",
        ),
        (
            "- which option? → “c” = Hybrid: Notes are kept in git and read from a copy beside it. (L7)",
            "- chose Hybrid: Notes are kept in git and read from a copy beside it. (L7)",
        ),
        (
            "- Which? → “fine, but log it” = Silent fallback (recommended) (not: Fail) (L7)",
            "- “fine, but log it” = Silent fallback (not: Fail) (L7)",
        ),
        (
            "- Where shall the notes of both of them go? → “Local file in the repo”: next to the code (not: A wiki; The issue) (L7)",
            "- chose “Local file in the repo” (not: A wiki; The issue) (L7)",
        ),
        (
            "- `make test` failed: no such hook; the agent: “The hook was renamed.”; passed after editing b.go (+`hook()`) (L9) (L8)",
            "- `make test`: no such hook; the agent: “The hook was renamed.”; passed after editing b.go (L8)",
        ),
        (
            "- `cd /srv/app && make test 2>&1 | tail -30` failed 2 times since L4: src/a/b.go:14:2: no such hook; passed after editing b.go (+`hook()`) (L9) (L8)",
            "- `make test` 2 times since L4: no such hook; passed after editing b.go (+`hook()`) (L8)",
        ),
        (
            "- `ssh root@192.0.2.7: opkg remove vpn-client` failed: vpn-client is needed by vpn-page; then worked: `opkg remove vpn-page` (L9) (L8)",
            "- `ssh: opkg remove vpn-client`: vpn-client is needed by vpn-page; then worked: `opkg remove vpn-page` (L8)",
        ),
        (
            f"- `make test` failed: no such hook; the agent: “(thought) {CAUSE}”; passed after editing b.go (L9) (L8)",
            f"- `make test`: no such hook; the agent: “(thought) {CAUSE[:-7]}…”; passed after editing b.go (L8)",
        ),
        ("- user: “put it elsewhere” (L7)", ""),
    ],
)
def test_an_item_in_few_words(item: str, told: str) -> None:
    """What was taken and what was not, what failed and what helped stay; anything else is left to others."""
    assert lean(item) == told


def test_a_refused_edit_is_told_with_what_it_would_have_written() -> None:
    """Also when the user only asks about it: it was refused."""
    item = "- denied: Edit `…/cli/notes_test.go` to write `any`; user: “are these the way to go?” (L7)"
    assert brief(item) == "denied `any` in notes_test.go: “are these the way to go?” (L7)"
    assert worth(item) > worth("- user: “are these the way to go?” (L7)")


def test_what_nothing_helped_against_comes_before_slips_in_code() -> None:
    """A compiler names the place, which is mended there; a test that failed tells more."""
    ended = "- `knip` failed: ERROR: unknown key 'ignoreUnlisted'; never seen to pass (L5)"
    test = "- `go test` failed: TestHooks: hooks_test.go:12: got 6 hooks, want 5; passed after editing hooks.go (L9) (L5)"
    slip = "- `go vet` failed: hooks.go:12:2: declared and not used: hooks; passed after editing hooks.go (L9) (L5)"
    left = "- `git checkout main` failed: fatal: it is checked out elsewhere (L5)"
    gone = "- `git checkout main` failed: fatal: it is checked out elsewhere; the same later worked (L9) (L5)"
    assert worth(ended) > worth(slip)
    assert worth(left) > worth(gone)
    assert worth(test) > worth(slip)


def test_dull_items_go_first() -> None:
    """Orders to go on and slips make room for others, which then need not be cut, and are counted."""
    long = "keep the old files of the client beside the new ones, as older versions of it read them still"
    slip = "- Edit `/a/b.py` failed: String to replace not found in file.; a later try worked (L6) (L5)"
    items = ["- user: “commit that now please” (L9)", f"- user: “{long}” (L8)", slip]
    made = fit(items, 30, rest=True)
    assert made.items == [items[1]]
    assert made.left == 2
    assert fit(items, 44, rest=True).items[:2] == items[:2]  # in few words, where there is room


def test_a_rule_given_on_refusing_stands_with_what_was_refused(tmp_path: Path) -> None:
    """Once, among the rules."""
    lines = Lines()
    lines.user("make the tool answer without a person there")
    lines.tool("Bash", {"command": "tool --skip-all-checks run"}, f"{DENIED}don't use that flag", error=True)
    lines.say("Understood, I leave the flag out and look for another way.")
    path = tmp_path / "t.jsonl"
    path.write_text("\n".join(lines.raw) + "\n")
    page = body(distill(str(path), machine="desk").to_markdown())
    assert "- don't use that flag (on refusing `tool --skip-all-checks run`) (L3)" in page
    assert "- denied: " not in page


def test_a_diagnosis_is_told_with_edits_that_followed(tmp_path: Path) -> None:
    """What it says may be mended since, or not at all; told in short too."""
    cause = "The counts are taken after the edits of the agent."
    for edits, told in (
        (True, f"agent's diagnosis: “{cause}” (edits followed)"),
        (False, f"agent's diagnosis: “{cause}” (no edit since)"),
    ):
        lines = Lines()
        lines.user("why are the counts of the agent wrong?")
        at = lines.say(f"I see the issue. {cause} Let me fix that.")
        if edits:
            given = {
                "file_path": "/home/dev/app/counts.py",
                "old_string": "after()",
                "new_string": "before()",
            }
            lines.tool("Edit", given, "The file /home/dev/app/counts.py has been updated.")
        lines.say("The counts are right now, as far as I can see it from here.")
        path = tmp_path / "t.jsonl"
        path.write_text("\n".join(lines.raw) + "\n")
        assert distill(str(path), machine="desk").failed == (told,)
        assert brief(f"- {told} (L{at})") == f"{told} (L{at})"


def test_an_option_of_no_name_says_what_it_means() -> None:
    """Where neither the question nor its name tells anything."""
    told = brief(
        "- which option? → “c” = Hybrid: Notes are kept in git and are read from a copy beside it all. (L7)"
    )
    assert told == "chose Hybrid: Notes are kept in git and are read… (L7)"


@pytest.mark.parametrize("shown", [lean, brief])
def test_an_option_that_is_code_is_told_whole(shown: Callable[[str], str]) -> None:
    """Its colon explains nothing, and its bracket stands beside nothing."""
    named = shown(
        "- Which do you like? → “I think B” = `lamp(fog: true)`: as one object (not: `fog: true`) (L7)"
    )
    assert "= `lamp(fog: true)` (not: `fog: true`) (L7)" in named


def test_an_option_that_was_not_taken_keeps_the_name_it_is_told_by() -> None:
    """A name that would be cut away stays where it is short: the words before it may be those of the others, too."""
    beside = " (not: Store the lamps in a separate new `lamps.json` file beside it; Look them up when they are asked for, each)"
    assert (
        passed(beside, 40)
        == " (not: Store the lamps in a separate new `lamps.json`…; Look them up when they are asked…)"
    )
    longer = beside.replace("lamps.json", "lamps-of-the-harbour.json")
    assert (
        passed(longer, 40) == " (not: Store the lamps in a separate new…; Look them up when they are asked…)"
    )


def test_few_words_of_the_agent_leave_more_to_the_error() -> None:
    """What they do not need of their share, the error gets: its end names what was wrong."""
    error = "ERROR: Validation error: Unrecognized key(s) in object: 'ignoreTheUnlisted'"
    item = f"- `npx inkcheck` failed: {error}; the agent: “The wrong name again.”; the same later worked (L8) (L7)"
    assert "'ignoreTheUnlisted'; the agent: “The wrong name again.”" in lean(item)
