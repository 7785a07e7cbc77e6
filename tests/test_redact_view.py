"""How a text's words are found: the same whether the text is looked through whole or in blocks of lines."""

import base64
import random
import re

import pytest

from spread.redact import FINDERS, Redactor
from spread.redact_folds import refolded
from spread.redact_joints import joined_lines
from spread.redact_tokens import long_words
from spread.redact_view import BLOCK_CHARS, Lowered
from tests.redact_samples import known, pem

PARTS = ("login", "login:", "set login", "log", "7z", "--user", "é", "user", "net user")
PLAIN = (
    "a word ", "Login as\n", "the user\n", "Café ", "net user x\n", "7z a\n", "set login: b\n", "c --user d\n",
)  # fmt: skip


@pytest.fixture
def rng() -> random.Random:
    return random.Random(20261128)


def found(low: Lowered, part: str) -> list[int]:
    return [each.start() for each in re.finditer(re.escape(part), low)]


@pytest.mark.parametrize("rare", PLAIN)
def test_what_stands_in_few_blocks_is_found_there(rare: str, rng: random.Random) -> None:
    """Each place of each part is found, in order, wherever it stands in a long text."""
    filler = "".join(rng.choice(("some line of text\n", "x = y + 1\n", "ünd\n")) for _ in range(9_000))
    pieces = [filler[: rng.randrange(BLOCK_CHARS)] + rng.choice((rare, *PLAIN)) for _ in range(9)]
    low = Lowered.of(filler + "".join(pieces))
    assert len(low.blocks) > 9
    for part in PARTS:
        assert low.places(part) == found(low, part)
        assert low.has(part) == bool(found(low, part))
    assert low.places("login", "user") == sorted(found(low, "login") + found(low, "user"))


def test_where_data_stands_all_is_looked_through() -> None:
    """A long word of letters and digits hides nothing from who looks for a part of it that stands elsewhere, too."""
    word = "abc1" * 8 + "login9"
    low = Lowered.of(f"{word}\n" + "plain text\n" * BLOCK_CHARS + "login")
    assert low.places("login") == [len(word) - 6, len(low) - 5]
    assert Lowered.of(word).places("login") == []


def test_long_words_come_once_in_the_order_of_the_text() -> None:
    """What is long enough for a token is kept, once; what a hash consists of is not."""
    text = "é second_long_word_12 short first_long_word_12 (second_long_word_12) sha256-" + "aB3/" * 11
    assert long_words(text).split("\n") == ["second_long_word_12", "first_long_word_12"]


@pytest.mark.parametrize("lines", [399, 2_000])
def test_the_lines_of_a_picture_are_not_put_together(lines: int, rng: random.Random) -> None:
    """However long a picture is, its lines are no parts of a token; a broken token behind it is put together."""
    picture = base64.encodebytes(rng.randbytes(lines * 57)).decode()
    token = known(rng, "github classic").text
    text = f"{picture}\n\nit is {token[:20]}\n{token[20:]}\n"
    assert len(joined_lines(text, frozenset())[1]) < 5
    assert token[24:] not in Redactor().text(text)
    assert Redactor().text(picture) == picture


def test_lines_folded_in_two_places_have_nothing_to_do_with_each_other(rng: random.Random) -> None:
    """A key that begins where lines are folded ends there or goes on to the end of these lines, not in others."""
    begin, *body, _ = pem(rng, "BEGIN RSA PRIVATE KEY").split("\n")
    first = f"here is the first half of a key that was cut off, by somebody else {begin}\n{body[0]}"
    last = f"{body[-1]}{body[-1]} key of\n{body[-1]}\n-----END RSA PRIVATE KEY-----"
    text = f"{first}\n\nnot a part\n\n{last}\n"
    spans = [text[start:stop] for start, stop, _ in refolded(text, Lowered.of(text), FINDERS)]
    assert f"{begin}\n{body[0]}" in spans
    assert not any("not a part" in span for span in spans)


def test_a_secret_in_each_of_many_folded_lines_goes(rng: random.Random) -> None:
    """Where many lines are folded, what stands over each of the folds is found and nothing else goes."""
    values = ["".join(rng.choices("abcdefghijkmnpqrstuvwxyz", k=6)) + f"{n:03}Xy" for n in range(40)]
    lines = [f"so that you can do it at last, and do it well, the password is {value}" for value in values]
    text = "\n\n".join(f"{line[:66]}\n{line[66:]}" for line in lines)
    out = Redactor().text(text)
    assert not [value for value in values if value[3:] in out]
    assert out.count("so that you can do it at last, and do it well, the password is ") == 40
