"""How the page shows the last report."""

from spread.distillation_report import LINE_CHARS, WORDS, lines_of


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
