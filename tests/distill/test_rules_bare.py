"""Rules that no word marks as such: versions, bounds, qualities and techniques beside a task."""

import pytest

from spread.distill.rules import rules


@pytest.mark.parametrize(
    "said",
    [
        "Mobile first.",
        "TypeScript, strict.",
        "node 18 because the server has it",
        "go 1.19, the build box is old",
        "ruby 3.1 minimum",
        "minSdk stays at 24",
        "keep the bundle < 200k",
        "one request per second max",
        "everything wcag compliant",
        "docstrings google style",
        "css variables not a second stylesheet",
        "bcrypt for everything new",
        "Tone: friendly.",
        "seeds fixed at 7 in every script",
        "the design is approved, nothing moves",
        "only MIT or BSD licensed ones",
        "no changes, only analysis",
        "nothing with async yet",
        "errors go to stderr, always",
        "draw charts as svg, not png",
        "trunk is the base branch, not main",
        "hm, i said simple",
        "i decide what gets merged",
        "Cite your sources.",
        "explain things like i'm a junior",
        "it runs in production, so be careful",
        "uppercase keywords",
        "so wenig code wie möglich",
        "keine englischen Begriffe in der Oberfläche",
        "nichts an den Tabellen ändern",
        "fass dich kurz",
        "respuestas cortas por favor",
        "evite consultas em loops",
        "on utilise toujours le tiret",
        "用中文回答",
        "先说思路再写代码",
        "返答は簡潔に",
        "変数名は英語で",
        "тексты на русском",
    ],
)
def test_a_rule_is_known_by_its_form(said: str) -> None:
    """Its place beside a task does not matter."""
    assert rules(said) == [said]


@pytest.mark.parametrize(
    "said",
    [
        "python 3.12, same error here",
        "node 18 works fine",
        "i am on python 3.9",
        "the counter stays at 0",
        "toggle in the header",
        "dark mode",
        "as links",
        "is it wcag compliant?",
        "this is not compatible",
        "only the test ones",
        "only in safari",
        "nothing that i can see",
        "it fails, always",
        "the request dies, always",
        "postgres is the problem, not redis",
        "the naming is inconsistent",
        "i said the left one",
        "again: TypeError: x is undefined",
        "two tests fixed in the last commit",
        "thanks for everything",
        "nichts passiert beim Klicken",
        "keine Daten in der Tabelle zu sehen",
        "先看看日志",
    ],
)
def test_what_only_looks_like_one_is_none(said: str) -> None:
    """A report, a question, a task."""
    assert rules(said) == []
