# ruff: noqa: RUF001  (the quotes and signs that agents write)
"""What an agent only said it was at."""

import pytest

from spread.distill.found import explanation
from spread.distill.heard import AGENT, Heard
from spread.distill.intents import stated
from spread.distill.said import Log
from spread.distill.turns import Turn, turn_of
from spread.distillation_codec import shorten
from spread.transcript_events import Prompt


def _told(turns: list[Turn], heard: list[Heard]) -> str:
    return Log(turns, heard).laid_out(
        "", lambda turn, most, safe: shorten(safe(turn.prompt.text), most), str
    )(400)


@pytest.mark.parametrize(
    "text",
    [
        "I'm checking whether the cache of the lamp is warm.",
        "I’m also reading the loader, because that is where the colours are parsed.",
        "I am now running the tests of the lamp once more.",
        "Next I'm looking for a lamp that somebody has already.",
        "For the lamp, I'll inspect its settings so we can dim it.",
        "I'm going to pull the list of lamps next and then compare the two.",
        "I'm doing one last check that the lamp is off.",
        "I'm adding the lamp to the list of the hall.",
        "Before we begin, let me launch the tools for the lamps.",
        "Good catch - let me check the lamp for cracks.",
        "I'm pushing the branch now; this should show whether the hook is gone.",
        "I'll give the lamp another colour.",
        "Let me fix them directly — they're small ones.",
        "Ich prüfe jetzt, ob die Lampe noch brennt.",
        "Als nächstes suche ich nach der zweiten Lampe.",
        "Je vais vérifier si la lampe est encore allumée.",
        "Voy a revisar si la lámpara sigue encendida.",
        "Vou verificar se a lâmpada ainda está acesa.",
        "Ora controllo se la lampada è ancora accesa.",
        "Ik controleer nu of de lamp nog brandt.",
        "Сейчас проверю, горит ли ещё лампа.",
        "让我检查一下这盏灯。",
        "ランプの状態を確認します。",
        "램프의 상태를 확인하겠습니다.",
    ],
)
def test_what_it_is_at_tells_nothing(text: str) -> None:
    """Looking or changing, now or next, in what languages agents speak."""
    assert stated(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "I'm leaving the shades alone, as nobody asked for them.",
        "I'm not running all the tests for a change of the notes.",
        "I'm adding only the red lamp to the list of the hall.",
        "I'm writing the list by hand instead of generating it.",
        "I'll use the lamp of the hall, which keeps the cellar dark.",
        "I'll add a note rather than changing what the lamp does.",
        "Since the lamp is lit, I'm going to put it on a shelf of its own.",
        "I'm unable to reach the lamp in the cellar.",
        "I'm running as root inside the lamp's own box.",
        "I'm reading this as a wish for warmer light.",
        "I'm open to either of the two lamps.",
        "We're reading the list twice for each lamp.",
        "I'm running the lamp and it flickers each time.",
        "Let me look at the lamp more closely - it seems that the fuse is cracked.",
        "I'm finding that the lamp flickers in the cold.",
        "The lamp I'm checking has no shade at all.",
        "Say which lamp you want, and I'll look for it.",
        "(It depends on how the lamp is wired - I'll check that later.)",
        "Ich prüfe nicht, ob die Lampe brennt.",
        "このランプは毎朝テストを実行します。",
        "ランプは点灯していることを確認しました。",
        "İ the lamp is lit, and i'm checking it now.",
    ],
)
def test_what_it_decided_or_found_tells(text: str) -> None:
    """What it let be, or why it went a way, no change shows; and a state is none of a deed."""
    assert stated(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("The lamp in the hall is broken, so I’m checking the one above.", "The lamp in the hall is broken…"),
        ("There are two lamps in the hall; I'll verify which is lit.", "There are two lamps in the hall…"),
        ("It is the fuse of the lamp — let me read its label.", "It is the fuse of the lamp…"),
        (
            "I'm checking the lamp now; the safer way is to dim it by hand.",
            "the safer way is to dim it by hand.",
        ),
    ],
)
def test_a_half_that_tells_stays(text: str, left: str) -> None:
    """As it stands there, so that it is found again when secrets are looked for."""
    assert stated(text) == left
    assert left.removesuffix("…") in text


def test_notes_on_the_way_are_not_told_once_it_went_on() -> None:
    """Their findings are, and what was decided."""
    heard = [
        (3, "The hall lamp has a cracked fuse. I'm checking the fuse of the cellar lamp, too.", AGENT),
        (5, "The cellar lamp is wired to the hall, so I'm inspecting the switch between them.", AGENT),
        (7, "I'm leaving the garden lamp alone, because its fuse is new.", AGENT),
        (9, "Both lamps burn again.", AGENT),
    ]
    told = _told([turn_of(Prompt(1, "mend the lamps"), "", None)], heard)
    assert "I'm checking" not in told
    assert "inspecting" not in told
    assert "The hall lamp has a cracked fuse." in told
    assert "The cellar lamp is wired to the hall…" in told
    assert "I'm leaving the garden lamp alone" in told


def test_the_last_that_was_said_tells_what_was_under_way() -> None:
    """Nobody knows else."""
    heard = [(3, "The hall lamp has a cracked fuse. I'm checking the fuse of the cellar lamp, too.", AGENT)]
    told = _told([turn_of(Prompt(1, "mend the lamps"), "", None)], heard)
    assert "I'm checking the fuse of the cellar lamp, too." in told


def test_of_a_failure_is_told_why_not_what_came_next() -> None:
    """The sentence that explains it, without what the agent was at then."""
    assert explanation("The lamp's query met a cracked fuse; I'm retrying that with a new one.") == (
        "The lamp's query met a cracked fuse…"
    )
