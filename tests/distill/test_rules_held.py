# ruff: noqa: RUF001  (letters of other languages)
"""Rules that say how a thing is held, and what the user types to be remembered."""

from pathlib import Path

import pytest

from spread.distill.rules import rules, set_by
from spread.distill.rules_lifted import still_binding
from tests.distill.lines import Lines


@pytest.mark.parametrize(
    "said",
    [
        "latency matters, p99 under a tenth of a second",
        "log levels matter: warn is for things we act on",
        "invoice numbers are never recycled",
        "enum values are never renumbered",
        "passwords are never logged",
        "the page size stays 50",
        "add the flag, timeout stays at 30",
        "please add no new tables",
        "do it with no extra services",
        "no !important",
        "no !default flags",
        "# prefer composition over inheritance",
        "on garde la version 3, pas de montée",
        "on conserve la base",
        "exported types need a comment",
        "new endpoints require an integration test",
        "rebase onto trunk, not master",
        "sessions end after an hour, that's a legal requirement",
        "старые файлы не удалять",
        "take the new one. coverage at least 85%",
        "write a script for the table. only draft, never send",
        "drop step 2. strings go in one file",
        "the stubs are generated, so edit the generator",
        "write a tool that lists the disks, must work on alpine",
        "write a page that shows the map, no extra libraries",
        "escape every argument",
        "move the sum, server side only, the page stays light",
        "our memory budget is 64mb",
        "there's a date helper, use that",
        "niets aan de api wijzigen",
        "alle Tests müssen immer grün sein",
        "差分は最小限で",
        "每改一处都跑测试",
        "honour the rate limits",
        "ruby 3.1 is what the server runs",
        "if something needs root tell me",
        "please don't work around the lock",
        "usa lo que hay, nada de lodash",
        "deja el menú como está",
        "lascia stare la testata",
        "коммиты поменьше",
        "объясняй подробно",
        "書き方は既存のコードに合わせて",
        "写法要和现有的一致",
        "기존 스타일에 맞춰줘",
        "not the whole folder, only files you changed",
        "rollback has to work",
        "but no data changes in the same release",
        "we do squash merges",
        "Beträge mit zwei Stellen, das bleibt so",
        "blijf uit de map met modellen",
        "antwoord kort",
        "na elke wijziging de tests draaien",
        "de migraties niet aanpassen",
        "foutmeldingen in het nederlands",
        "geen jquery gebruiken",
        "her commitden önce testleri çalıştır",
        "testler geçmeden merge etme",
        "ekran adları ingilizce kalsın",
    ],
)
def test_how_a_thing_is_held(said: str) -> None:
    """What matters, what is never done to a thing and where a setting stays bind without an order."""
    assert "".join(rules(said)) in {said.lstrip("# "), said.partition(". ")[2]}


@pytest.mark.parametrize(
    "said",
    [
        "details matter, but it is slow",
        "what matters, i think, is the first row",
        "order matters, it seems",
        "mails are never sent",
        "users are never logged out",
        "the rows are never overwritten by the second run, why",
        "the counter stays 0",
        "the memory stays at 400 mb",
        "there are no new rows in the table",
        "we got no more answers from it",
        "with no new data it crashes",
        "# of rows is wrong",
        "#12 never closes the file",
        "on garde le même problème",
        "on reste bloqué sur la page",
        "new tests need a fix",
        "the page needs a docstring",
        "push to staging, not working",
        "is that a legal requirement?",
        "решил миграции не трогать",
        "it took at least 20 seconds",
        "the build ran at least 3 times",
        "the client is generated and compiles",
        "can you always see what it prints, or only what i paste?",
        "serwer nie odpowiada",
        "formularz nie zapisuje daty",
        "de knop doet het niet",
        "write a check that warns when it is full, must not block",
        "serwer dalej nie wstaje",
        "eksport nie drukuje strony",
        "there's a bug, use it to test",
        "tests are red, must be the clock",
        "no data in the table",
        "we do have the file",
        "na elke wijziging crasht hij",
        "ik kan niet pushen",
        "her commitden sonra çöküyor",
        "geen idee waarom",
        "sayfa açılmıyor",
    ],
)
def test_how_a_thing_is(said: str) -> None:
    """A complaint says what never happens, and a report what stays so; neither binds."""
    assert rules(said) == []


def test_what_is_to_be_remembered_binds(tmp_path: Path) -> None:
    """A line for the memory is a rule as it stands, and no request; an agent's line of that form is nothing."""
    lines = Lines()
    lines.user("please mend the parser of the lists")
    lines.user("<user-memory-input>the staging box is called heron</user-memory-input>")
    lines.say("<user-memory-input>the box is blue</user-memory-input>")
    lines.edit("/home/dev/app/a.py")
    made = lines.distilled(tmp_path)
    assert list(made.constraints) == ["the staging box is called heron"]
    assert "heron" not in str(made.last_request)


def test_long_texts_to_be_remembered_are_read_like_others() -> None:
    """Of more than a line, and of what is no prompt, not all is a rule."""
    assert set_by("hello there\nnever use tabs", "memory") == ["never use tabs"]
    assert set_by("never use tabs", "plan") == []


@pytest.mark.parametrize(
    ("later", "last", "binds"),
    [
        ("ok forget that, pandas is fine", 3, False),
        ("actually scratch that, let's use a queue", 3, False),
        ("ok forget that, pandas is fine", 5, True),
        ("forget that bug, the other one is ok", 3, True),
        ("forget that, show me the log first", 3, True),
    ],
)
def test_what_was_said_just_before_is_taken_back(later: str, last: int, *, binds: bool) -> None:
    """Without a word of the rule "forget that" is of the prompt before, if it gives leave for another way."""
    rule = [(1, "Never push"), (3, "use only the standard library")]
    assert (still_binding(later, rule, last) == rule) is binds


def test_two_rules_of_one_prompt_are_not_taken_back_together() -> None:
    """Of two that were set at once "that" does not say which."""
    rule = [(3, "use only the standard library"), (3, "answer in short sentences")]
    assert still_binding("ok forget that, pandas is fine", rule, 3) == rule


def test_what_is_taken_back_at_once_never_bound() -> None:
    """Who thinks better of it within a prompt sets no rule by what was said first."""
    assert rules("never use mocks. actually no, forget that. fix the list") == []
    assert rules("fix the list. actually no, wait. never use mocks") == ["never use mocks"]
