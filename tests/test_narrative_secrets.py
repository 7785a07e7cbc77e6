"""No narrative repeats a secret of its session, from wherever it comes: nothing in its own words says what it is."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from spread import enrich
from spread.commands import share_content
from spread.distill import distill
from spread.distillation import Distillation
from spread.narrative import merge
from spread.narrative_source import source_of
from spread.redact import Redactor
from tests.distill.lines import Lines
from tests.test_narrative import document

WORD = "Velvet" + "-Tapir" + "#73"
PHRASE = "kumquat " + "purple wagon"


def printed(lines: Lines) -> None:
    lines.bash("printenv DB_PASSWORD", WORD)


def shown_with_its_name(lines: Lines) -> None:
    lines.bash("cat deploy/settings.ini", f"[db]\nuser = app\npassword = {WORD}\n")


def typed_by_the_agent(lines: Lines) -> None:
    lines.bash(f"mysql -uapp -p{WORD} weeks < dump.sql")


def told_by_the_user(lines: Lines) -> None:
    lines.user(f"The database password is {WORD}, use it.")


def given_for_the_hand_off(lines: Lines) -> None:
    lines.user(f"<command-name>/distill-share</command-name>\n<command-args>{PHRASE}</command-args>")


def shared(made: Distillation, path: str, told: str, monkeypatch: pytest.MonkeyPatch) -> Distillation:
    """Return what `/distill-share` makes of a narrative on stdin."""
    redactor = Redactor()
    made = distill(path, machine="m", redactor=redactor)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(told.encode())))
    return share_content._told(made, "-", redactor, path)


def enriched(made: Distillation, path: str, told: str, monkeypatch: pytest.MonkeyPatch) -> Distillation:
    """Return what the engine makes of a client's answer."""
    return enrich._merged(made, json.loads(told), source_of(path), path)


@pytest.mark.parametrize("way", [shared, enriched])
@pytest.mark.parametrize(
    "known", [printed, shown_with_its_name, typed_by_the_agent, told_by_the_user, given_for_the_hand_off]
)
def test_what_the_session_knows_as_a_secret(
    known: Callable[[Lines], None],
    way: Callable[..., Distillation],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A narrative that repeats one bare, in whatever field, is told without it; the rest of it stays."""
    lines = Lines()
    lines.user("Let the parser read weeks.")
    known(lines)
    lines.say("The parser reads weeks now.")
    path = lines.save(tmp_path)
    told = {
        "summary": f"Weeks were read as {WORD} before, or {PHRASE.title()}.",
        "decisions": [f"Zones came with {WORD} and `{PHRASE}`.", "Weeks begin on Mondays."],
        "next": f"Try {WORD}; then {PHRASE.upper()}.",
    }
    made = way(distill(path, machine="m"), path, json.dumps(told), monkeypatch)
    assert made.distiller.enriched
    assert "Weeks begin on Mondays." in made.decisions[-1]
    page = made.to_markdown().lower()
    secret = PHRASE if known is given_for_the_hand_off else WORD
    assert secret.lower() not in page
    assert secret == PHRASE or PHRASE in page
    assert "[redacted:" in page


def test_what_it_says_itself() -> None:
    """What one item tells as a password is one in every other."""
    told = {"decisions": [f"We took {WORD} for it."], "summary": f"The admin password is {WORD}."}
    merged, _ = merge(document(), told)
    assert WORD not in merged.to_markdown()
    assert merged.redactions["password"] == 1
    assert merged.redactions["said-elsewhere"] == 1


def test_what_is_no_secret_there(tmp_path: Path) -> None:
    """A word that looks like one but stands in the record without any such name is told."""
    lines = Lines()
    lines.bash("make release", f"built {WORD} for all\npassword = ${{DB_PASSWORD}}\n")
    merged, _ = merge(document(), {"decisions": [f"It builds {WORD}."]}, transcript=lines.save(tmp_path))
    assert f"agent: It builds {WORD}." in merged.decisions[-1]
