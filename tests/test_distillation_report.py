"""How the page shows the last report."""

from spread.distillation_report import LINE_CHARS, MOST_WORDS, WORDS, lines_of


def test_every_item_of_a_long_list_is_shown() -> None:
    """Rather the beginning of each than the first ones whole; what follows from them is told at more length."""
    items = [f"- item {at} does {'much ' * 30}" for at in range(12)]
    told = lines_of(
        "\n".join(["All twelve are written:", *items, f"My pick is the third, as {'it ' * 20}wins."])
    )
    text = " ".join(told)
    assert all(f"item {at} does" in text for at in range(12))
    assert len(text.split()) <= WORDS * 1.2
    assert told[-1].startswith("My pick is the third")
    assert len(told[-1]) > 60


def test_a_short_report_is_told_as_it_is() -> None:
    """Only signs that say nothing are left out, and items share a line."""
    report = "🎉 Done. What changed:\n- ✅ a: yes\n- b: ❌ no\n1. first\nSo it is."
    assert lines_of(report) == ["Done. What changed: a: yes; b: ❌ no; 1. first", "So it is."]
    assert max(map(len, lines_of("word " * 200))) <= LINE_CHARS


def test_a_long_line_keeps_its_last_sentence() -> None:
    """What stands between it and the first ones goes, with a mark."""
    middle = "The lock matters for that as they all write at once to the same file. " * 5
    told = lines_of(f"They run within the phase of the session. {middle}No phase of their own is needed.")
    assert told[0].startswith("They run within the phase of the session. The lock")
    assert told[0].endswith(" …No phase of their own is needed.")
    assert len(told[0]) <= LINE_CHARS


def test_both_sentences_of_a_line_are_begun() -> None:
    """Where neither has room; a number of a list ends no sentence."""
    lines = [
        f"Made anew: all of these{' and those' * 14}. The script {'of old ' * 14}fails {at}."
        for at in range(2)
    ]
    lines += [f"1. Keep{' it' * 90}." for _ in range(3)]
    told = lines_of("\n".join(["Done now.", "So it is.", *lines]))
    assert all(line.startswith("Made anew") and "… The script" in line for line in told[2:4])
    assert told[4].startswith("1. Keep it it")


def test_what_stands_below_long_lists_is_told() -> None:
    """Advice and offers end a report; of lists the ends go for it, not all of them, with a mark."""
    items = [f"- item {at} does {'much ' * 30}" for at in range(30)]
    told = lines_of("\n".join(["All thirty are written:", *items, "I would take B for now.", "Ready."]))
    assert told[-2:] == ["I would take B for now.", "Ready."]
    assert len(" ".join(told).split()) <= MOST_WORDS
    assert "item 2 does" in " ".join(told)
    assert told[-3].endswith("…")
    at_end = lines_of("\n".join(["Written:", *items]))
    assert "item 29" in " ".join(at_end)


def test_no_gap_is_marked_where_there_is_none() -> None:
    """Two sentences follow each other; the second has what the first one leaves."""
    told = lines_of(f"I see what it is. Merging takes all of the fields{' and more' * 40}.")[0]
    assert told.startswith("I see what it is. Merging takes all")
    assert LINE_CHARS * 0.9 < len(told) <= LINE_CHARS


def test_the_same_report_is_looked_through_once() -> None:
    """A page is written more than once, and most revisions come with the report of the one before."""
    assert lines_of("It is done.\nAll tests pass.") is lines_of("It is done.\n" + "All tests pass.")
