"""What of a report is told."""

from spread.distill.reports import dense, listed, pieces, points

REPORT = """# All done!

I've successfully finished everything you wanted, and it is great!

## What changed
- Raised the pool from 4 to 16 connections in `db/pool.py`
- **Timeout:** kept at 30 s because the proxy needs it
| Step | Result |
|------|--------|
| migrate | 12 tables |

```
secret_block = 1
```
Enjoy your faster service!
"""


def test_points_keep_facts_and_drop_praise() -> None:
    """Numbers, names and reasons are told in their order; praise, headings and code are not."""
    told = points(REPORT, 300)
    assert told == (
        "Raised the pool from 4 to 16 connections in `db/pool.py`; "
        "Timeout: kept at 30 s because the proxy needs it; …migrate: 12 tables"
    )


def test_points_stay_whole_within_the_room() -> None:
    """No part is cut in half; what does not fit is left out, the most telling stays."""
    assert points(REPORT, 60) == "Raised the pool from 4 to 16 connections in `db/pool.py`"
    assert points(REPORT, 5) == ""


def test_points_of_mere_praise() -> None:
    """A report without facts gives its best part all the same."""
    assert points("I've successfully done it all!", 80) == "I've successfully done it all!"


def test_points_leave_out_what_may_be_a_key() -> None:
    """A line that is one long word without spaces is never a part."""
    assert points(f"{'aB3' * 30}\nThe port is 8080 now.", 200) == "The port is 8080 now."


def test_a_link_to_a_file_is_told_by_its_path() -> None:
    """A line with a long one is read, too, and a sentence that begins with a small letter behind it stands alone."""
    file = "harbours/config/lamps/northern-pier.nix"
    said = f"It comes from [{file}]({file}) (and from [line 7]({file}:7)). lampd only restarts if it differs."
    assert [it.text for it in pieces(said)] == [
        f"It comes from {file} (and from [line 7]({file}:7)).",
        "lampd only restarts if it differs.",
    ]


def test_what_follows_an_empty_cell_stands_with_its_column() -> None:
    """It would else be read as of the first one; a corner, an end and a row of another width need none."""
    table = (
        "| Done | Open |\n|---|:---|\n| #1 the pier | #4 the lamp |\n| | **#9** the town |\n| #2 the quay | |"
    )
    assert dense(table).split("\n") == [
        "Done: Open",
        "#1 the pier: #4 the lamp",
        "Open: #9 the town",
        "#2 the quay",
    ]
    corner = "| | lamp | pier |\n|--|--|--|\n| lit | yes | |\n| out | | no |\n| | no |\n\n| a | b |\n| | c |"
    assert dense(corner).split("\n") == ["lamp: pier", "lit: yes", "out: pier: no", "no", "a: b", "b: c"]


def test_a_dense_report_keeps_its_facts() -> None:
    """Bars and rules of tables, the lines of code, bold print and parting words go; what they shape stays."""
    said = (
        "## Result\n| key | value |\n|---|---|\n| **pool** | 16 |\n---\n```\na = 1\nb = 2\nc = 3\nd = 4\n```\n"
        "Run `make`:\n```\nmake all\n```\n\nReady for your next word."
    )
    told = ["Result: key: value", "pool: 16", "`a = 1; b = 2; c = 3; d = 4`", "Run `make`: `make all`"]
    assert dense(said).split("\n") == told
    assert dense("Ready when you are.") == "Ready when you are."
    assert dense("Done.\nLet me know: A or B?") == "Done.\nLet me know: A or B?"


def test_what_only_frames_a_remark_is_left_out() -> None:
    """Some styles of the client draw a box around one."""
    rule = "─" * 40
    said = f"The list is sorted by name.\n\n`★ Insight {rule}`\n- Sorting by name needs no table.\n`{rule}`"
    assert dense(said) == "The list is sorted by name.\n- Sorting by name needs no table."
    assert [it.text for it in pieces(said)] == [
        "The list is sorted by name.",
        "Sorting by name needs no table.",
    ]


def test_points_leave_out_code() -> None:
    """Lines of code outside a fence are no facts."""
    assert (
        points("const size = readAll(4);\n+ retry(3)\nThe port is 8080 now.", 200) == "The port is 8080 now."
    )


def test_items_stand_under_their_heading() -> None:
    """Without it, what was taken out would pass for what is there; a heading that says nothing is left out."""
    said = "**Taken out of the box:**\n- ✓ /etc/vpn/start.sh (2 files)\n- ✓ /etc/vpn/keys (4 files)\n\nIt runs 3 jobs."
    assert points(said, 300) == (
        "Taken out of the box: /etc/vpn/start.sh (2 files); /etc/vpn/keys (4 files). It runs 3 jobs."
    )
    assert points("## Summary\n- the port is 8080", 300) == "the port is 8080"


def test_items_stand_under_a_line_that_names_them_in_bold_print() -> None:
    """Else those of a name that is left out would be read as the last one's."""
    said = "**lamp-9** (12.5 lumen)\n- runs for 40 hours a charge\n\n"
    said += "**lamp-2** (7.0 lumen)\n- fits in the pocket of a coat"
    assert [(it.text, it.under) for it in pieces(said)][1::2] == [
        ("runs for 40 hours a charge", "lamp-9 (12.5 lumen)"),
        ("fits in the pocket of a coat", "lamp-2 (7.0 lumen)"),
    ]


def test_a_sentence_stays_with_its_condition() -> None:
    """What holds only in a case is told with the case, or not at all."""
    said = "- If the lock is taken, the writer waits 2 s. Will then fail with `EBUSY`.\n"
    assert points(said, 300) == "If the lock is taken, the writer waits 2 s. Will then fail with `EBUSY`."
    assert "EBUSY" not in points(said, 60)
    assert "EBUSY" not in points(
        f"- If the lock is taken, the writer waits. {'x ' * 150}Fails with `EBUSY`.", 300
    )


def test_a_label_stands_with_what_it_labels() -> None:
    """A label of one or two words is too short to be told alone, and what follows it says little without."""
    told = points("**The fix.** `convert()` reads the text in both forms. It keeps edits.", 300)
    assert told.startswith("The fix. `convert()` reads")


def test_what_did_not_follow_at_once_begins_with_an_ellipsis() -> None:
    """Two sentences that stood apart are not read as one thought, nor are those of two sections."""
    said = (
        "## Limit of the lock\nThe lock of `cache.db` is dropped after 30 s. Nobody sees that.\n"
        "It was like that before, too, and it is all fine.\n\nA writer of `cache.db` then waits 2 s.\n"
    )
    assert points(said, 120) == (
        "Limit of the lock: The lock of `cache.db` is dropped after 30 s. …A writer of `cache.db` then waits 2 s."
    )
    near = said.replace("Nobody sees that.\n", "").replace(
        "It was like that before, too, and it is all fine.\n", ""
    )
    assert "…" not in points(near, 300)
    other = f"{said}\n## Reset of a broken file\nThat makes `cache.db` anew from 12 parts.\n"
    assert "Reset of a broken file: That makes" in points(other, 300)
    fenced = "The port is 8080 in `a.toml`.\n```\nport = 8080\n```\nThe host is 10.0.0.1 in `a.toml`."
    assert points(fenced, 300) == "The port is 8080 in `a.toml`. …The host is 10.0.0.1 in `a.toml`."


def test_a_ticked_line_before_a_list_is_no_item_of_the_one_above() -> None:
    """What was kept must not be read as removed; an item with a tick that leads to nothing stays one."""
    said = "So it stands now:\n\n✓ **Removed:**\n- the old parser\n\n✅ Preserved:\n- the writer of lists\n"
    said += "✓ tests pass: 12 of 12"
    found = [(part.under, part.text) for part in pieces(said)]
    assert ("Removed", "the old parser") in found
    assert ("Preserved", "the writer of lists") in found
    assert ("Preserved", "tests pass: 12 of 12") in found


def test_a_list_stands_under_the_sentence_before_it() -> None:
    """The sentences before it tell themselves, not twice; one of a word or two does not say of what it is."""
    said = "The race is not what matters here. What matters is old state:\n- the hook never fires then"
    told = [(piece.under, piece.text) for piece in pieces(said)]
    assert told[0] == ("", "The race is not what matters here.")
    assert told[-1] == (
        "What matters is old state",
        "the hook never fires then",
    )
    said = "The hook ends before the agent does. This causes:\n- empty checkpoints in the record"
    assert pieces(said)[-1].under == "The hook ends before the agent does. This causes"
    parts = [(piece.under, piece.text, piece.place) for piece in pieces(said)]
    assert listed(parts[:1] + parts[-1:]) == f"{parts[0][1]} This causes: {parts[-1][1]}"
    assert listed(parts[-1:]) == f"{parts[-1][0]}: {parts[-1][1]}"


def test_what_is_offered_in_a_list_stands_under_the_offer_alone() -> None:
    """The sentences before it tell themselves, however short it is."""
    said = "The lock file is mended and pushed. All tests pass here. Want me to:\n1. Wait for the nightly build?\n"
    assert [piece.under for piece in pieces(said) if "nightly" in piece.text] == ["Want me to"]


def test_a_colour_that_begins_a_line_is_no_heading() -> None:
    """Only marks with a blank behind them are of one."""
    assert points("#c0ffee is the colour of the lamps now.", 200) == "#c0ffee is the colour of the lamps now."
