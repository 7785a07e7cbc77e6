"""The rules that a prompt sets, and which of them bind."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.rules import rules, set_by
from spread.distill.rules_lifted import still_binding
from spread.distillation import body
from tests.distill.lines import Lines


@pytest.mark.parametrize(
    "said",
    [
        "Never change the public API.",
        "Please don't add dependencies.",
        "Always run the linter before you commit.",
        "You must not touch the migrations.",
        "do not use mocks",
        "use uv instead of pip",
        "from now on answer in German",
        "keep the signature as it is",
        "Bitte nicht ändern, was schon läuft.",
        "niemals die Datenbank anfassen",
        "read only until i say so!!",
        "read-only for now, please",
        "ask me before you delete anything",
        "arreglalo sin tocar la api",
        "erst fragen, dann löschen",
        "no uses mocks en las pruebas",
        "不要修改配置文件谢谢大家",
        "テストを必ず実行してください",
        "никогда не меняй схему базы",
        "it would be great if it didn't push",
        "As short as possible please.",
        "answer each remark in its thread please",
        "Check that nothing needs the old name before you commit.",
        "Confirm that the names are right, and keep the signature as it is.",
        "no, we use hard tabs here",
        "in Go, no generics",
        "Leave the fixtures alone for now.",
        "hands off the lexer",
        "pls dont start the watcher",
        "ask me before you drop a column",
        "one ticket per branch",
        "whenever you add a flag, document it",
        "we no longer use grunt",
        "in this repo we never mock the clock",
        "keep functions below 20 lines",
        "Every handler needs a timeout.",
        "use tokens, not colours",
        "stdlib only",
        "commit after each step",
        "only modify files below docs",
        "use the old driver only",
        "leave the marks where they are",
        "we only support firefox",
        "wait, I said no enums",
        "you must log every request",
        "for the rest of the day answer in one line",
        "Lösch erst, wenn ich ok sage",
        "garde les noms actuels",
        "never use `any`",
        "use `yarn`, not `npm`",
        "before every release run the checks",
        "the format may not change",
        "you may edit the guide only",
        "I do the releases myself",
        "if you're not certain, say so",
        "In this folder nothing may import it.",
        "it is in beta, so please don't rename anything",
        "run the linter after each change",
        "in future please squash",
        "Keine neuen Pakete.",
        "Lass den Parser in Ruhe.",
        "Commits immer signieren",
        "antworte bitte auf Deutsch",
        "n'ajoute aucun paquet",
        "A partir de ahora responde en español.",
        "pas de classes dans ce module",
        "Il faut que le format reste stable.",
        "a partir de agora, sem emojis",
        "ロックは変更しないこと",
        "先别提交",
        "hey before each release run the smoke suite",
        "all handlers go through the gateway",
        "each module gets its own folder",
        "leave the pins where they are",
        "keep real addresses out of the fixtures",
        "when you add a route, use the builder",
        "let me know before you drop a table",
        "please make the smallest change that works",
        "types everywhere",
        "Bitte nichts am Server ändern.",
        "Kommentare bitte auf Englisch",
        "surtout ne supprime rien",
        "prefiero funciones en vez de clases",
        "комментарии не удаляй",
        "注释统一用英文",
        "주석은 지우지 마세요",
        "변수명은 영어로 써줘",
    ],
)
def test_rules_are_found_verbatim(said: str) -> None:
    """A sentence that sets a rule is returned as it was said, in several languages."""
    assert rules(f"{said}\nand now look at the file") == [said]


@pytest.mark.parametrize(
    "said",
    [
        "I don't know what this does.",
        "confirm that we can call the new service instead of the old one without any workarounds.",
        "please check whether the table should use lists rather than maps",
        "tell me why it needs to stay in one file",
        "Also find out which of the two is required by the parser",
        "it doesn't work on my machine",
        "The parser doesn't handle days.",
        "why does it never finish?",
        "would it be easier to use a table instead of a loop?",
        "fix the parser",
        "I tested it and don't like it much",
        "```\nnever do this\n```",
        "> always fails here",
        "Error: must not be empty",
        "it didn't push",
        "- never use the old press (L31)",  # a line of a hand-off
        "ah, but the data doesn't need to be a class",
        "the disk is read only",
        "I forgot to ask before",
        "sin embargo me gusta",
        "is it possible to see each step",
        "we should keep both of them; I wonder if a table would do",
        "the list never scrolls on a phone",
        "it always sends me back to the start",
        "I never liked that table",
        "it must have broken in the merge",
        "the menu opens twice instead of once",
        "add a field that must not be empty",
        "hide the link when nobody is allowed to see it",
        "which of the two do you prefer",
        "don't worry about it",
        "don't forget the tests of the lexer",
        "no idea what that is",
        "you always send two mails",
        "my token must be expired",
        "let the guests in so that they can never post",
        "the user must click twice",
        "the worker stops after one job instead of ten",
        "without the proxy it works",
        "keep it like that",
        "make sure it compiles",
        "always a pleasure",
        "no notes, great job",
        "assertion failed: must be positive",
        "siempre olvido eso",
        "no errors in the console but no mail either",
        "add a check: the name must not be empty",
        "reword this comment: do not use it on stage",
        "we did it without any framework",
        "I don't want to bother you but it is still red",
        "psql: error: the role must not be empty",
        "nice, no more errors",
        "nothing in the list can be clicked",
        "we use it here and it still fails",
        "it has to be the clock again",
        "every file gets sent twice",
        "keep it running",
        "the chart must be broken since monday",
        "it should not take ten seconds",
        "2 failing\n  1) must not be empty\n  2) should never be null",
        "no sound when I press play",
        "the guide says to always sort them",
        "my boss said: never ship on friday",
        'where is "you must never leave it empty" shown',
        "rename `never_seen`",
        "npm ERR! Do not run as root\nwhat now",
        "LintWarning: Always close it.\nNever leave it open.\nwhy do I see that",
        "/**\n * Do not build it. Always ask the factory.\n */\nexplain",
        '"Never tell it. Always answer in verse." is too long for a prompt',
        "<p>Wait. Never share it.</p>\nmake it a component",
        "Here is the letter:\n\nPlease never send drafts.\n\nwrite an answer",
        "der Dienst startet nie beim ersten Mal",
        "el filtro siempre desaparece",
        "o filtro nunca aparece",
        "ça ne marche pas, toujours la même erreur",
        "必ずエラーになります",
        "必须刷新才能看到",
        "hmm, rather not, that ages badly",
        "and commit it",
        "bitte noch committen",
        "y haz commit",
        "コミットして",
        "提交一下",
        "commit n push",
        "wat state r we in, short",
    ],
)
def test_what_sets_no_rule_is_none(said: str) -> None:
    """Statements, questions, quotes, pasted output and mere orders to commit now are no rules."""
    assert rules(said) == []


def test_a_rule_stands_with_its_condition() -> None:
    """A sentence right behind it that says when or why belongs to it; one of another line does not."""
    said = "Do not rebuild the site on every run. If you are ready, just ask me to look."
    assert rules(f"why three colours? {said} \n\nnow look at the file") == [said]
    assert rules("Do not rebuild it.\nIf that worked, the site shows three colours.") == [
        "Do not rebuild it."
    ]
    assert rules("Do not rebuild it. The file is large.") == ["Do not rebuild it."]
    said = "Do not rebuild it. If it fails, never retry."
    assert rules(said) == [said]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Fine, but is a push needed? it would be great if it didn't push", ["*"]),
        ("Do not log the key. Always keep it in memory.", ["*"]),
        ("Look at the key.\n\nAlways keep it in memory.", ["Always keep it in memory."]),
        ("Look at the key. Never store the key.", ["Never store the key."]),
    ],
)
def test_a_rule_that_does_not_say_of_what_stands_with_the_sentence_before_it(
    said: str, told: list[str]
) -> None:
    """Alone, it would be read as of something else; of another paragraph it is not."""
    assert rules(said) == [said if it == "*" else it for it in told]


def test_rules_in_the_midst_of_a_long_typed_prompt() -> None:
    """Nothing in it looks pasted; where something does, only its first and its last paragraph are read."""
    story = (
        "The importer reads what the shops send us every morning and writes one row for each of them. " * 6
    )
    rule = "never commit to main yourself, i do that"
    said = f"{story}\n\nHow I work:\n\n- {rule}\n- one change at a time\n\n{story}"
    assert rule in rules(said)
    assert rule not in rules(f"Implement the following plan:\n\n{said}")
    assert rule not in rules(f"{said}\n\n```\nrows = 1\n```\n\nStart now.")


def test_two_short_quotations_hide_nothing_between_them() -> None:
    """The end of one does not begin another."""
    said = 'You "improved" the page. Never touch the header; what you see besides goes under "Later".'
    assert rules(said) == ['Never touch the header; what you see besides goes under "Later".']


@pytest.mark.parametrize(
    ("said", "is_rule"),
    [
        ("Push it, all in one commit please.", False),
        ("ok, commit both separately", False),
        ("Commit das bitte als einen einzigen Commit.", False),
        ("commite tout en un seul commit", False),
        ("haz commit de todo en un solo commit", False),
        ("commit the lamp thing from before as own commit", False),
        ("squash the oil into the last commit, one commit for everything.", False),
        ("commit each fix as one commit", True),
        ("one commit per ticket", True),
        ("commit that, never push", True),
    ],
)
def test_what_is_committed_once_is_no_rule_in_however_many_commits(said: str, is_rule: bool) -> None:
    """What each commit is to hold is one."""
    assert rules(said) == ([said] if is_rule else [])


def test_rules_of_a_long_paste_come_from_its_frame() -> None:
    """Of a long pasted text only the first and the last paragraph are the person's own."""
    text = (
        "Please never rename files.\n\n" + "you must always do as the paper says. " * 60 + "\n\nDon't hurry."
    )
    assert rules(text) == ["Please never rename files.", "Don't hurry."]


@pytest.mark.parametrize(
    ("later", "binds"),
    [
        ("commit it now", False),
        ("please commit", False),
        ("/commit", False),
        ("forget what I said about committing", False),
        ("don't commit yet", True),
        ("fix the parser", True),
        ("should we commit the docs, or does that no longer work?", True),
        ("the colors of the header no longer match anything on the page", True),
        ("could you go ahead and commit?", False),
        ("commits are fine now", False),
        ("you don't have to commit", True),
    ],
)
def test_rule_binds_until_taken_back(later: str, binds: bool) -> None:
    """Asking for what was forbidden, or saying so, takes a rule back."""
    rule = (1, "don't commit anything yet")
    assert (rule in still_binding(later, [rule])) is binds


@pytest.mark.parametrize(
    ("rule", "later", "binds"),
    [
        ("we use tabs here", "ok, tabs were wrong after all", False),
        ("no mocks", "alright, mocks are ok", False),
        ("no mocks", "the tests are ok", True),
        ("only touch the lexer", "you can edit the parser too", False),
        ("only touch the lexer", "you can open the page", True),
        ("hands off the schema", "you may change the schema", False),
        ("read only please", "good, go ahead and implement it", False),
        ("never push", "good, go ahead and implement it", True),
        ("ask me before deleting files", "you don't need to ask before deleting", False),
        ("use pnpm not npm", "scratch that, use npm", False),
        ("nicht committen bitte", "du darfst jetzt committen", False),
        ("wait with the release until I say so", "release it", False),
        ("leave the tests alone", "ok the tests are fine, next the lexer", True),
        ("leave the tests alone", "you can run the tests now", True),
        ("no new packages", "the packages are outdated, list them", True),
        ("don't commit", "the last commit is fine", True),
        ("no emojis in the guide", "the guide is fine", True),
        ("Always use absolute imports.", "the imports are fine", True),
        ("the config is read-only so dont write to it", "go ahead", True),
        ("ask me before deleting files", "I don't need to see the files", True),
        ("never push to main", "go ahead and fix the main menu", True),
        ("we use tabs here", "you can see the tabs at the top", True),
    ],
)
def test_a_rule_is_taken_back_in_many_words(rule: str, later: str, *, binds: bool) -> None:
    """By leave for what was banned, or more of what was kept narrow; by the word to begin, or a duty that is spared."""
    assert bool(still_binding(later, [(1, rule)])) is binds


def test_a_path_with_stars_is_no_comment() -> None:
    """What is told stands as it was typed."""
    said = "only touch src/*.py and tests/*/one.py"
    assert rules(f"{said}\nthen go on") == [said]


def test_what_need_not_be_done_is_said_of_one_thing_and_no_other_request_takes_it_back() -> None:
    """A request of before does not lift it."""
    said = "yes, but we don't need to commit"
    assert still_binding("commit please, then push", [(1, said)]) == [(1, said)]


def test_a_rule_that_answers_a_question_is_told_with_it(tmp_path: Path) -> None:
    """Alone it would hold for everything; what does not begin as an answer stands as it is."""
    lines = Lines()
    lines.user("please plan the parser")
    lines.say("The plan stands. Shall I write it down and commit?")
    lines.user("yes, but we don't need to commit")
    lines.say("Written. Shall I go on with the reader?")
    lines.user("Never touch the reader.")
    lines.say("Good.")
    made = distill(lines.save(tmp_path), machine="box")
    assert made.constraints == ("yes, but we don't need to commit", "Never touch the reader.")
    page = body(made.to_markdown())
    assert "- yes, but we don't need to commit (to: Shall I write it down and commit?) (L3)\n" in page
    assert "- Never touch the reader. (L5)\n" in page


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("no new files please. use the short form", "no new files please."),
        ("a list first, NO code until I say so", "a list first, NO code until I say so"),
        ("one by one, commit after each file", "one by one, commit after each file"),
        ("no, rename it pls", ""),
        ("no idea, please look", ""),
        ("no thanks please", ""),
        ("the hook ran after the commit", ""),
        ("there was no code until we wrote it", ""),
    ],
)
def test_rules_in_the_fewest_words(said: str, rule: str) -> None:
    """A bare `no` with a thing and `please` binds, as does what is to be done after each step."""
    assert rules(said) == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("said", "binds"),
    [
        ("ok go. code. start with the list", False),
        ("looks good, implement it", False),
        ("shall we start?", True),
        ("go on with the list", True),
        ("add the colours to the list", True),
    ],
)
def test_what_waits_for_a_word_binds_until_it_is_given(said: str, binds: bool) -> None:
    """Whoever forbids a thing until they say so lets it go by saying so."""
    known = [(1, "no code until I say so"), (2, "never push")]
    assert still_binding(said, known) == (known if binds else known[1:])


@pytest.mark.parametrize(
    "shown",
    [
        "~~~\nnever use tabs here\n~~~",
        "<output>\nnever use tabs here\nalways use spaces\n</output>",
        "On Monday a colleague wrote:\nNever use tabs here.",
        "Assistant: never use tabs here",
        "<!-- you must never use tabs -->",
        "> we have said it. Never use tabs here. Always use spaces.",
    ],
)
def test_what_others_wrote_in_a_prompt_sets_no_rule(shown: str) -> None:
    """It is only shown; what stands below it is the user's."""
    assert rules(f"please mend the parser\n{shown}\n\nnever touch the docs") == ["never touch the docs"]


def test_a_block_without_an_end_hides_nothing() -> None:
    """What stands below a tag alone is as it was."""
    assert rules("<output>\nnever touch the docs") == ["never touch the docs"]


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


def test_what_is_taken_back_at_once_never_bound() -> None:
    """Who thinks better of it within a prompt sets no rule by what was said first."""
    assert rules("never use mocks. actually no, forget that. fix the list") == []
    assert rules("fix the list. actually no, wait. never use mocks") == ["never use mocks"]


@pytest.mark.parametrize(
    ("said", "is_rule"),
    [
        ("did you check that on main or do you guess", False),
        ("ok, is it never to be run on main", False),
        ("did we not go through this before, you dont have access to docker here", True),
        ("do the checks before each commit, always", True),
        ("have the tests in tests/ only", True),
    ],
)
def test_a_question_without_its_mark_sets_no_rule(said: str, is_rule: bool) -> None:
    """As one types it in a hurry."""
    assert rules(said) == ([said] if is_rule else [])
