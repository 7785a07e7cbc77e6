# ruff: noqa: RUF001  (prompts hold punctuation of other scripts on purpose)
"""What is left for later, forbidden no more and objected to, in other languages than English."""

from pathlib import Path

import pytest

from spread.distill.later import put_off, wished_later
from spread.distill.prompts import objects, refutes
from tests.distill.lines import CWD, Lines


@pytest.mark.parametrize(
    "said",
    [
        "The gate stands. The lamps of the gate are next.",
        "Brama stoi. Opisu lamp jeszcze nie ma.",
        "문이 다 됐습니다. 램프 설명은 아직 쓰지 않았습니다.",
        "Das Tor steht. Die Anleitung fehlt noch.",
        "Das Tor steht. Die Lampen sind noch nicht gesetzt.",
        "La puerta está lista. Falta documentar las lámparas.",
        "O portão está pronto. Ainda não testei as lâmpadas.",
        "La porte est prête. Les lampes ne sont pas encore posées.",
        "Ворота готовы. Осталось описать лампы в документации.",
        "门已经做好了。灯的说明还没写，也还没提交。",
        "門はできました。ランプの説明はまだ書いていません。",
    ],
)
def test_what_a_report_leaves_for_later(said: str) -> None:
    """The second sentence alone says that something is still to be done."""
    (left,) = put_off(said)
    assert said.endswith(left)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("The gate stands. Next: set the lamps, then oil it.", "set the lamps, then oil it."),
        ("Das Tor steht. Offen ist noch: die Lampen setzen.", "die Lampen setzen."),
        ("Das Tor steht. Es bleibt noch: die Lampen setzen.", "die Lampen setzen."),
        ("O portão está pronto. Falta ainda: acender as lâmpadas.", "acender as lâmpadas."),
        ("La puerta está lista. Queda por hacer: poner las lámparas.", "poner las lámparas."),
        ("La porte est prête. Reste encore : poser les lampes.", "poser les lampes."),
        ("La porta è pronta. Resta da fare: accendere le lampade.", "accendere le lampade."),
        ("Brama stoi. Do zrobienia pozostaje: osadzić lampy.", "osadzić lampy."),
        ("Ворота готовы. Осталось сделать: повесить лампы.", "повесить лампы."),
        (
            "门已经做好了。剩下：把灯挂在门的两边，然后上油再检查一遍。",
            "把灯挂在门的两边，然后上油再检查一遍。",
        ),
    ],
)
def test_what_stands_behind_a_word_for_what_is_left(said: str, left: str) -> None:
    """The word itself is not told again."""
    assert put_off(said) == [left]


@pytest.mark.parametrize("said", ["Next: `make lamps` printed two lines.", "The one next: a lamp."])
def test_what_comes_next_in_a_list_is_not_put_off(said: str) -> None:
    """Only a sentence that begins so names a step, and no command that was tried."""
    assert put_off(said) == []


@pytest.mark.parametrize(
    "said",
    [
        "The lamp is next to the gate.",
        "Das Tor steht, und die Lampen brennen wieder.",
        "門はできました。",
        "灯已经写好了，全部测试通过。",
    ],
)
def test_a_report_that_leaves_nothing(said: str) -> None:
    """What is done is not left for later."""
    assert put_off(said) == []


@pytest.mark.parametrize(
    ("asked", "later"),
    [
        (
            "not today. monday: light the lamps, then open the gate",
            "monday: light the lamps, then open the gate",
        ),
        ("赤いほうで。続きは明日やります。", "続きは明日やります。"),
        ("先这样。明天再做灯。", "明天再做灯。"),
        ("Так хорошо. Завтра поставим лампы у ворот.", "Завтра поставим лампы у ворот."),
        (
            "light the lamps, as a part of the gate, but tomorrow. thanks",
            "light the lamps, as a part of the gate, but tomorrow.",
        ),
        (
            "close the gate now; next session: light the lamps at the pier",
            "next session: light the lamps at the pier",
        ),
        ("add the lamps to the plan, not now", "add the lamps to the plan, not now"),
        ("i'll light the lamps, but tomorrow", ""),
        ("tell me about the lamps that burn later", ""),
        ("light the lamps", ""),
        ("明らかに赤いほうがいい。", ""),
    ],
)
def test_what_the_last_request_puts_off_is_open(tmp_path: Path, asked: str, later: str) -> None:
    """That it is answered does not mean that nothing is left to do."""
    assert wished_later(asked) == ([later] if later else [])
    lines = Lines()
    lines.user("build the gate of the pier")
    lines.edit(f"{CWD}/gate.py")
    lines.say("The gate stands.")
    lines.user(asked)
    lines.say("All right.")
    told = lines.distilled(tmp_path).next
    assert (f"the user put off: “{later}”" in told) is bool(later)
    assert ("no question or todo is open" in told) is not bool(later)


def test_what_the_user_was_to_decide_the_reply_that_speaks_of_it_settles(tmp_path: Path) -> None:
    """Without a mark of a question, too; of another thing it says nothing."""
    for asked, left in (("paint a lamp red, but tomorrow", False), ("close the gate", True)):
        lines = Lines()
        lines.user("build the gate of the pier")
        lines.edit(f"{CWD}/gate.py")
        lines.say("The gate stands.\n\nStill open: whether to add a red lamp at the end (your call).")
        lines.user(asked)
        lines.say("All right.")
        assert ("left for later: “whether to add a red lamp" in lines.distilled(tmp_path).next) is left


@pytest.mark.parametrize(
    ("leave", "binds"),
    [
        ("Du darfst jetzt auch committen.", False),
        (
            "Du darfst jetzt auch committen, ein Commit pro Thema, Nachrichten auf Deutsch, ohne Umlaute.",
            False,
        ),
        ("Du darfst jetzt auch pushen.", True),
    ],
)
def test_leave_with_small_words_takes_back_a_ban_with_its_reason(
    tmp_path: Path, leave: str, binds: bool
) -> None:
    """What leave goes on to restrict is a rule in its turn."""
    lines = Lines()
    lines.user("Bau das Tor. Nicht committen, das mache ich selbst.")
    lines.edit(f"{CWD}/gate.py")
    lines.say("Es steht.")
    lines.user(leave)
    lines.say("Gut.")
    rules = lines.distilled(tmp_path).constraints
    assert ("Nicht committen, das mache ich selbst." in rules) is binds
    assert (leave in rules) is ("ohne" in leave)


@pytest.mark.parametrize(
    ("said", "is_so"),
    [
        ("в master нельзя было! верни как было", True),
        ("pourquoi tu as supprimé le dossier ??", True),
        ("インデックスは頼んでいません。外してください。", True),
        ("cria a branch a partir da origin. ah não tem origin. só cria a branch", False),
        ("no hay lámparas en la puerta, ponlas", False),
        ("нет, версия должна быть 1.4.1", True),
        ("нет, спасибо", False),
        ("nie, ma być 58%", True),
        ("아니, 2로 해줘", True),
        ("不是，应该是2", True),
    ],
)
def test_what_objects(said: str, is_so: bool) -> None:
    """To ask why something was done objects to it; what is not there does not."""
    assert objects(said) is is_so


def test_a_wish_is_not_a_word_against_all() -> None:
    """What has no blanks is not short by that, and a ban says nothing of what was done; a bare "no" does."""
    assert not refutes(
        "hmm playing it that is too much make it eight and dont ever touch the files of the artist"
    )
    assert refutes("hmm playing it that is too much and they don't stop at the wall")
    assert not refutes("我觉得还是不要这个了，删掉，猫在家")
    assert refutes("不要")
    assert refutes("还是不行，灯不亮，门也打不开")
