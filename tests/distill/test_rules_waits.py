"""Rules that hold only for a while, and what ends one."""

from pathlib import Path

import pytest

from spread.distill.rules_back import begun
from spread.distill.rules_lifted import still_binding
from spread.distill.rules_waits import only_looks, waits
from spread.distill.turns import Turn
from spread.transcript_events import Prompt
from tests.distill.lines import CWD, Lines


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("Nothing gets merged until I've read it", "read it, fine. merge it"),
        ("hold off on the migration until Friday", "it's friday, run the migration"),
        ("No tests for now, just make it run.", "good. now write tests for it"),
        ("skip the docs for now", "and now the docs please"),
        ("leave the footer alone for now", "ok now the footer: make it dark"),
        ("don't touch the db schema yet", "you can change the schema now"),
        ("don't deploy before I'm back", "I'm back, deploy"),
        ("please wait with the release", "alright, release it"),
        ("Don't delete anything yet", "ok delete them"),
        ("don't merge this until CI is green", "ci is green, merge it"),
        ("don't push this yet", "push it"),
        ("Don't write the cost section before that", "write it, 700 words"),
        ("noch nicht committen", "so, jetzt committen"),
        ("push das noch nicht", "kannst pushen"),
        ("Fass den Ordner alt/ vorerst nicht an", "alt/ ist jetzt frei, räum da auf"),
        ("mach noch nichts an der Datenbank", "jetzt darfst du an die Datenbank"),
        ("erstmal keine Tests", "jetzt schreib die Tests"),
        ("bitte noch nicht deployen", "deploy es"),
        ("ne pousse pas encore", "c'est bon, tu peux pousser"),
        ("pour l'instant ne touche pas au schéma", "maintenant tu peux modifier le schéma"),
        ("ne déploie pas tout de suite", "vas-y, déploie"),
        ("pas de commit pour l'instant", "ok commite"),
        ("todavía no hagas commit", "vale, haz commit"),
        ("no despliegues aún", "despliega ya"),
        ("de momento no toques el esquema", "ya puedes tocar el esquema"),
        ("ainda não faça deploy", "agora pode fazer o deploy"),
        ("まだプッシュしないで", "プッシュして"),
        ("今はデプロイしないでください", "じゃあデプロイして"),
        ("暂时不要部署", "部署吧"),
        ("先别动数据库", "现在可以改数据库了"),
        ("先不要推送", "推送吧"),
    ],
)
def test_what_was_put_off_is_ordered_or_allowed(rule: str, said: str) -> None:
    """It was to wait, and the wait is over, whatever the language."""
    assert still_binding(said, [(1, rule)]) == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("don't push yet", "did you push?"),
        ("don't push yet", "commit, don't push yet"),
        ("noch nicht pushen", "committen, aber noch nicht pushen"),
        ("ne pousse pas encore", "as-tu poussé ?"),
        ("まだプッシュしないで", "プッシュはまだ?"),
        ("先不要提交", "提交了吗?"),
        ("noch nicht committen", "warum hast du committet?"),
        ("先别动数据库", "数据库为什么这么慢?"),
        ("skip the docs for now", "the docs are outdated"),
        ("leave the footer alone for now", "the footer looks bad"),
        ("Don't commit to main", "commit on the branch"),
        ("Commits auf Deutsch", "jetzt committen"),
        ("keine neuen Abhängigkeiten", "jetzt die Tests"),
        ("no dependencies", "now the tests"),
        ("hold off on the migration until Friday", "the migration file is empty"),
        ("No tests for now", "how many tests are there now?"),
        ("erstmal keine Tests", "die Tests sind alt"),
        ("no toques el README sin preguntarme", "ya puedes cambiar el texto"),
        ("ne touche pas à la prod", "maintenant touche au staging"),
        ("don't deploy before I'm back", "write the deploy script"),
        ("今はデプロイしないでください", "デプロイの手順を書いて"),
        ("未确认之前先不要改代码", "先看看代码"),
        ("Nothing gets merged until I've read it", "I've read the issue, start with the parser"),
        ("don't write code yet", "ok write the docs, the plan is fine"),
        ("leave the footer alone for now", "the footer is broken now"),
    ],
)
def test_what_only_speaks_of_it_ends_nothing(rule: str, said: str) -> None:
    """A question, a report, a ban said again, another thing; nor does an order end what holds for good."""
    assert still_binding(said, [(1, rule)]) == [(1, rule)]


def test_what_was_put_off_is_not_told_when_it_is_over(tmp_path: Path) -> None:
    """It binds nobody any more, and who goes on never knew of it."""
    lines = Lines()
    lines.user("bau den Export ein. Kommentare immer auf Englisch")
    lines.edit("/home/dev/app/export.py")
    lines.user("bitte noch nicht committen")
    lines.say("Gut.")
    assert "- bitte noch nicht committen" in lines.page(tmp_path)
    lines.user("so, jetzt committen")
    page = lines.page(tmp_path)
    assert "- Kommentare immer auf Englisch" in page
    assert "- bitte noch nicht committen" not in page
    assert "no longer holds" not in page


def test_a_rule_for_good_waits_for_nothing() -> None:
    """Each time it is asked for anew."""
    assert not waits("never push before I have read it")
    assert waits("don't push before I have read it")


@pytest.mark.parametrize(
    "said",
    [
        "plan first, dont edit",
        "Don't change anything, only tell me what is wrong.",
        "erst mal nur schauen, nichts ändern",
        "ne change rien, dis-moi seulement ce qui ne va pas",
        "no toques nada, dime solo qué falla",
        "pensa, sem mexer",
        "nic nie zmieniaj, tylko powiedz co jest nie tak",
        "ничего не меняй, только скажи, что не так",
        "先不要改代码",
    ],
)
def test_that_nothing_be_changed_is_of_one_prompt(said: str) -> None:
    """With a change on a later one, which the user ordered, it is over; not with one that came before that."""
    known = [(1, said), (1, "never touch the gate")]
    turns = [Turn(Prompt(1, said)), Turn(Prompt(4, "then give it some"))]
    assert begun(known, turns, 3) == known
    assert begun(known, turns, 6) == known[1:]


@pytest.mark.parametrize(
    "rule",
    [
        "never change anything in the gate without asking",
        "do not change the gate",
        "don't edit files by hand",
        "不要改公共接口",
        "without changes of the gate",
        "nie zmieniaj bramy",
    ],
)
def test_what_forbids_one_thing_holds_on(rule: str) -> None:
    """It is not said of all work, or said for good."""
    assert not only_looks(rule)


def test_a_page_without_the_order_only_to_look(tmp_path: Path) -> None:
    """It stands there until something was changed on a later prompt."""
    lines = Lines()
    lines.user("Please don't change anything. The lamps are always counted by hand.")
    lines.say("The lamp has no oil.")
    assert any("change anything" in rule for rule in lines.distilled(tmp_path).constraints)
    lines.user("give it some")
    theirs = {"type": "edited_text_file", "filename": f"{CWD}/gate.py", "snippet": "1\tx"}
    lines.add({"type": "attachment", "attachment": theirs, "cwd": CWD})
    assert any("change anything" in rule for rule in lines.distilled(tmp_path).constraints)
    lines.edit(f"{CWD}/lamp.py")
    lines.say("It has oil.")
    assert not any("change anything" in rule for rule in lines.distilled(tmp_path).constraints)
