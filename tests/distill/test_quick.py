"""What is looked for quickly is what the patterns find that say what is meant."""

import re
import time

from hypothesis import example, given
from hypothesis import strategies as st

from spread.distill.edits import _COMMENT, _SIGNS, _comment
from spread.distill.git import _CHANGED
from spread.distill.idle import _EMPTY, _EMPTY_LINES, ran
from spread.distill.inline import _opened
from spread.distill.net_tell import MOST_SAID, _Spoken
from spread.distill.patched import _MAKES, _NOT, _may_make, made_anew
from spread.distill.plans import unnumbered
from spread.distill.ruled_text import _FIRM, _LEADS, _VERY, hints_in
from spread.distill.undone import _DEFINED, _defined
from spread.distill.wired import _MAY_IMPORT, _may_import
from spread.distill.words import _STOP, stems_once, unfenced
from spread.distillation_letters import Words
from spread.distillation_paths import _IN_PATH, FAR, speaks_of

WORDS = Words(r"[^\W\d_]{3,}|\d[\d.,:]*\d|\d")
NAMES = Words(r"[^\W\d]{4,}")
LINES = st.lists(
    st.sampled_from(["/", "//", "#", "!", "*", "*/", "/*", '"""', "--", " ", "\t", "ab", "word", "é"]),
    min_size=1,
).map("".join)
PARTS = (
    "def ",
    "class",
    "fun",
    "func",
    "function",
    "sub",
    "my_",
    "\n",
    " ",
    "(it) ",
    "parse_all",
    "types",
    "x",
)
CODE = st.lists(st.sampled_from(PARTS)).map("".join)
RULING = (
    "Never", "almost always", "MUST", "mustn't", "do", "not", "don\u2019t", "dont", "may", "forbidden", "prohibited",
    "allowed", "is", "are", "required", "mandatory", "refuses", "under no circumstances", "no exceptions", "only",
    "after", "the", "avoid", "before", "you", "commit", "niemals", "immer", "nie", "main", "nunca", "siempre",
    "jamais", "toujours", "sempre", "mai", "nooit", "altijd", "никогда", "всегда", "нельзя", "обязательно", "不要",
    "不能", "不得", "必须", "禁止", "务必", "必ず",
    "絶対", "してはいけ", "ないでください", "하지 마", "반드시", "금지", "**", ": ", "word",
)  # fmt: skip
EMPTY = re.compile(f"(?mi){_EMPTY_LINES.pattern[5:]}|{_EMPTY.pattern[4:]}")
BLANK = "\n" * 100_000 + "0 passing"
TOLD = (
    "Ran 0 tests in 0.0s", "OK", "# tests 0", "# fail 0", "no tests ran", "No Tests Found.", "0 passed, 0 failed",
    "10 passing", "0 passing", "Tests: 3 skipped, 3 total", "  Tests  2 todo (2)", "== 3 skipped in 0.1s ==",
    "make: x is up to date.", "collected 0 items", "1 passed, 1 skipped", "FAIL a", "",
)  # fmt: skip
OTHER = (
    "niemals", "nie", "noch immer", "immer", "auf keinen fall", "bitte", "kein", "nicht", "nur", "noch",
    "anfassen", "nunca", "siempre", "no", "uses", "toques", "cambies", "hagas", "modifiques", "evita",
    "jamais", "toujours", "ne", "n'est", "fait", "pas", "plus", "sempre", "mai", "main", "non", "usare",
    "toccare", "modificare", "nooit", "altijd", "aldrig", "alltid", "keine", "wir", "nutzen", "hier",
    "darfst", "lass", "in ruhe", "muss", "bleiben", "frag", "ab jetzt", "los tests", "deben", "quedar",
    "solo", "usa", "sin", "nada", "de", "il faut", "que", "doit", "rester", "on utilise", "ici", "laisse",
    "tranquille", "sans", "os", "devem", "ser", "mexe", "apenas", "pergunte", "antes", "sem",
)  # fmt: skip
DEMANDS = (
    "always", "never", "must", "should", "not", "no", "mocks", "nothing", "in", "one", "file", "only",
    "read", "use", "we", "here", "tabs", "spaces,", "keep", "answers", "short", "before", "each", "commit",
    "ask", "me", "let", "do", "the", "leave", "alone", "as is", "when", "you", "are", "unsure", "whenever",
    "change", "i", "will", "myself", "remember:", "that", "minimal", "diff", "same", "style", "follow",
    "guide", "until", "friday,", "please", "line", "length", "max", "80", "chars", "it", "has", "have",
    "to", "be", "if", "don't", "want", "explain", "every", "prefer", "would", "rather", "separate",
    "branch", "a", "in this", "repo", "wait", "for", "my", "ok", "skip", "now", "answer", "english", "per",
    "than", "instead", "of",
)  # fmt: skip
MAKING = (
    "wrote ",
    "Written ",
    "exporting ",
    "generated ",
    "created ",
    "saved ",
    "emitted ",
    "Copied ",
    "not ",
    "a.py",
    "\n",
    "x",
)


@given(st.text())
@example("plain words, 12.5 of them")
@example("größer — über 3 ½ Straßen")
@example("dashes — and “quotes” ✓ only")
def test_words_of_ascii_letters_are_those_of_any(text: str) -> None:
    """The quick pattern finds what the general one does."""
    assert WORDS.of(text) == WORDS.any.findall(text)
    assert NAMES.of(text) == NAMES.any.findall(text)


@given(LINES)
@example("# says what is done")
@example("////a")
@example("##! no comment")
@example("//!///")
@example("/* one line */")
def test_a_comment_says_what_the_pattern_finds(line: str) -> None:
    """The quick way reads the same text as the pattern."""
    line = line.strip()
    if line[:1] in _SIGNS and line:
        found = _COMMENT.fullmatch(line)
        assert _comment(line) == (found[1] if found else "")


@given(CODE)
@example("def parse_all(): class Reader_of")
def test_definitions_are_those_that_the_pattern_finds(code: str) -> None:
    """The quick way finds the same names as the pattern."""
    assert _defined(code) == _DEFINED.findall(code)


@given(st.lists(st.sampled_from(["```", "`", "a", "\n", " code "])).map("".join))
def test_fences_go_with_what_they_hold(text: str) -> None:
    """The quick way leaves the same text as the pattern, with fences that never end, too."""
    assert unfenced(text, "\n") == re.sub(r"```.*?(?:```|\Z)", "\n", text, flags=re.S)


@given(st.lists(st.sampled_from(["1", "12", "→", " ", "       ", "text", "\n"])).map("".join))
def test_numbers_of_lines_go(text: str) -> None:
    """The quick way takes the same numbers off as the pattern."""
    text = f"1→{text}"
    assert unnumbered(text) == re.sub(r"(?m)^ {0,7}\d+→", "", text)


SAID = st.lists(
    st.sampled_from([*"/.~$- \n", "..", "x.py", "xx.py", "x.pyc", "parse", "web", "é", "“"]), max_size=12
).map("".join)


@given(st.lists(SAID, max_size=3), st.sampled_from(["x.py", "parse", "my x.py", ".py", "."]))
def test_how_often_a_name_is_said(texts: list[str], name: str) -> None:
    """As often as in all that was said, whatever stands around it."""
    assert _Spoken(texts).count(name) == min("\n".join(texts).count(name), MOST_SAID)


def _plainly_speaks_of(text: str, path: str) -> bool:
    folder, _, name = path.rpartition("/")
    above = {"", ".", "..", "~", folder.rpartition("/")[2]}
    before = re.compile(f"{_IN_PATH.pattern}\\Z")
    for found in re.finditer(f"(?={re.escape(name)})", text):
        way = before.search(text, max(0, found.start() - FAR), found.start())
        told = way[0] if way else "/"
        if told.endswith("/") and ("$" in told or told.rstrip("/").rpartition("/")[2] in above):
            return True
    return False


@given(SAID, st.sampled_from(["web/x.py", "x.py", "a/web/x.py", "/x.py"]))
@example("see other/x.py, then web/x.py", "web/x.py")
@example("see $DIR/sub/x.py", "web/x.py")
def test_words_that_name_a_file(said: str, path: str) -> None:
    """As a pattern that looks at all that stands before the name finds it."""
    assert speaks_of(said, path) == _plainly_speaks_of(said, path)


@given(st.lists(st.sampled_from(RULING)).map(" ".join))
def test_a_rule_is_never_passed_over(text: str) -> None:
    """What one of the patterns finds in a text, however it is marked up, the quick look does not rule out."""
    low = text.replace("**", "").replace("\u2019", "'").lower()
    if _FIRM.search(low) or _VERY.search(low) or _LEADS.search(low):
        low = text.replace("**", "").replace("\u2019", "'").lower()
        assert any(hint in low for hint in hints_in(text))


@given(st.lists(st.sampled_from(TOLD)).map("\n".join))
def test_what_ran_nothing_goes_line_by_line(output: str) -> None:
    """Line by line goes what one pattern over all lines would find, but for blank ones."""
    one, other = EMPTY.sub("", output), ran(output)
    assert other == output or [it for it in one.split("\n") if it] == [it for it in other.split("\n") if it]


@given(st.lists(st.sampled_from(MAKING)).map("".join))
@example("wrote a.py")
@example("a.py was not written")
@example("wrote a.pynot a.py")
def test_what_is_made_anew_is_never_passed_over(output: str) -> None:
    """An output that a quick look rules out says in no line that something was made."""
    if any(map(_MAKES.search, output.splitlines())):
        assert _may_make(output)
    made = [line for line in output.splitlines() if _MAKES.search(line) and not _NOT.search(line)]
    assert made_anew(output, ["/w/b.py"]) == []
    assert made_anew(output, ["/w/a.py"]) == [] or any("a.py" in line for line in made)


@given(st.text())
@example("Größe, naïve — “plain” words_and 12 more; İstanbul")
@example("plain — words ✓ of ASCII\ud800 only")
def test_telling_words_are_those_of_the_pattern(text: str) -> None:
    """Words taken from a text of plain letters are those that the pattern for any letters finds."""
    words = set(re.findall(r"[^\W\d_]{3,}", text.lower())) - _STOP
    assert stems_once(text) == {word[:6] for word in words}


@given(
    st.lists(
        st.sampled_from(("import", "export", "from", "} ", "#include", " = ", "require", "(", "a.b"))
    ).map("".join)
)
def test_an_import_is_never_passed_over(line: str) -> None:
    """The words that are looked for first stand in every line that the pattern fits."""
    assert _may_import(line) == (_MAY_IMPORT.match(line) is not None)


def test_blank_lines_are_read_once() -> None:
    """Nor a hundred thousand of them, nor as many blanks in one line, hold anything up."""
    began = time.process_time()
    assert ran(f"# tests 1{BLANK}").startswith("# tests 1\n")
    assert not _CHANGED.findall(BLANK)
    assert [name[-1] for name in _CHANGED.findall(f" M a{' ' * len(BLANK)}b")] == ["b"]
    assert time.process_time() - began < 2


def test_many_files_of_one_script_are_looked_at_once() -> None:
    """Each that it writes is not looked for in all of it."""
    began = time.process_time()
    assert len(_opened("".join(f"open('a{at}', 'w'); " for at in range(4000)), "")) == 4000
    assert time.process_time() - began < 1
