"""How quotations get shorter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread.distillation_quote import parts_of, quote

LIST = (
    "it ends with that one, I looked it up. A) we know that the user closed the whole of the window. "
    "B) I want to do this as a part of its own (later)"
)


def test_each_part_of_a_list_is_told() -> None:
    """The one with the wish the most; the others are cut."""
    assert quote(LIST, 400) == LIST
    cut = quote(LIST, 130)
    assert cut.endswith("B) I want to do this as a part of its own (later)")
    assert " A) we know" in cut
    assert "…" in cut
    assert len(cut) <= 140
    assert quote(LIST, 40).endswith("… B) I want to do this as a part…")


def test_the_sentence_with_the_wish_is_told() -> None:
    """Where another one stands before it at length, that is left out; the mark says so."""
    said = f"It is there{' as it was' * 9}. Please leave the old one alone, it is in use."
    assert quote(said, 60) == "…Please leave the old one alone, it is in use."
    one = f"that seems a good way{' indeed' * 9}, though I feel we might want to change it"
    assert quote(one, 60) == "…though I feel we might want to change it"
    unmarked = f"it was the same {'as it had been ' * 9}when we did not want it to be so"
    assert quote(unmarked, 60) == "…been when we did not want it to be so"


def test_each_sentence_with_a_wish_is_told() -> None:
    """Not the first one whole and the second one not at all; what wishes for nothing goes first."""
    first, second = (
        "we want all the sources of a session with their names",
        "if there are hooks we want these as well",
    )
    said = (
        f"{first}, empty or not, as they are. It is so today. {second}, and the commands beside them in full."
    )
    cut = quote(said, 120)
    assert first[:40] in cut
    assert second in cut
    assert "today" not in cut
    assert len(cut) <= 130


def test_a_sentence_that_is_too_long_keeps_its_beginning() -> None:
    """What it begins with is what was chosen, though a clause that turns it stands at its end."""
    said = "we should tell of the part that was changed I believe, not of all that there is in the whole of the record"
    assert quote(said, 60) == "we should tell of the part that was changed I believe…"


def test_one_dash_is_within_a_sentence() -> None:
    """Only more of them make a list."""
    said = "it is named badly as it counts the steps (those of the day) - we keep the others for long"
    assert parts_of(said) == [said]
    assert quote(said, 60) == "it is named badly as it counts… we keep the others for long"


def test_no_bracket_is_merely_opened() -> None:
    """Where it is cut after a word or two."""
    assert (
        quote(f"it counts all of the steps there are (ephemeral {'or other ' * 9}ones)", 50)
        == "it counts all of the steps there are…"
    )


def test_what_is_stated_after_another_cut_is_told() -> None:
    """An ellipsis ends a sentence, too."""
    said = f"It is there as it was{' before' * 12}… I want it to open with the first prompt only"
    assert quote(said, 70) == "…I want it to open with the first prompt only"


@pytest.mark.parametrize("said", ["- one thing - two things - three", "“a b” “c d” “e f”", "1) a 2) b 3) c"])
def test_parts_of_a_list(said: str) -> None:
    """Dashes, numbers, letters, and quotations beside each other."""
    assert len(parts_of(said)) == 3


@given(st.text(alphabet="aA1).- want”“\n", max_size=300), st.integers(20, 200))
def test_any_quotation_gets_short(said: str, most: int) -> None:
    """Whatever stands in it; of long ones only a beginning is looked at."""
    assert len(quote(said, most)) <= max(2 * most, 80)
    assert len(quote(said * 20_000, most)) <= max(2 * most, 80)


def test_a_short_sentence_before_the_one_with_the_wish_stays() -> None:
    """It may say what is wrong; a long one leaves the wish its room."""
    wish = "You should read lists in lists, as the writer puts them out whenever a table holds another table."
    assert quote(f"The import loses rows. {wish}", 90).startswith(
        "The import loses rows. You should read lists"
    )
    far = f"The import loses rows. It was fine in May, of all months. {wish}"
    assert quote(far, 90).startswith("The import loses rows. …You should read")
    long = "The import of the tables that came from the other office loses a row now and then."
    assert quote(f"{long} {wish}", 90).startswith("…You should read lists")


def test_the_end_of_a_first_sentence_that_hardly_has_room_is_told() -> None:
    """It may be what the sentence speaks of; a much longer one is cut, and one before the wish, too."""
    first, more = "The lamp is lit with the long match.", "Here is what the log of it says today, all of it."
    assert quote(f"{first} {more}", 30) == f"{first} …"
    assert quote(f"{first} {more}", 26).endswith("…")
    assert first not in quote(f"{first} {more}", 26)
    assert first not in quote(f"{first} I want it lit at nine.", 30)
