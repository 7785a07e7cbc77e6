"""Attacks by text that takes long to read: front matter, and whatever a pattern of ours looks at."""

import hashlib
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Final

import pytest

from spread import (
    distillation,
    distillation_files,
    distillation_glance,
    distillation_parts,
    distillation_tight,
    distillation_worth,
    redact,
    redact_known,
)
from spread.distill import (
    asked,
    background,
    distill,
    documents,
    errors,
    failing,
    failure,
    filled,
    gist,
    git_commands,
    idle,
    messages,
    place_tell,
    proof,
    reported,
    ruled_text,
    signs,
    wired,
)
from spread.distill.files import FileLedger
from spread.distill.index import Index
from spread.distillation import MAX_BYTES, Distillation
from spread.distillation_fields import Files, Validation
from spread.distillation_told import LEFT, OBJECTED
from spread.errors import DistillationError, SpreadError
from spread.redact import Redactor
from spread.transcript_events import Call
from tests.attacks.harness import withstands
from tests.distill.lines import CWD, Lines

PATIENCE_S = 1.0  # CPU; what is in proportion takes a tenth


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Stop what takes longer, in CPU time, with a TimeoutError; patterns and Python code can be stopped so."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def is_slow(work: Callable[[], object]) -> bool:
    """Tell whether something takes longer than it may."""
    try:
        with stopped_after(PATIENCE_S):
            work()
    except TimeoutError:
        return True
    return False


_FILL = MAX_BYTES - 1024
SLOW = {
    "escapes without an end": 'a = "' + '\\"' * (_FILL // 2),
    "a key of many parts": "a." * (_FILL // 2) + "a = 1",
    "a key in an inline table": "x = {" + "a." * (_FILL // 2) + "a = 1}",
    "a key behind a string": 'x = {b = "=", ' + "a." * (_FILL // 2) + "a = 1}",
    "a key between long strings": 'x = {s = """a"b""", ' + "a." * (_FILL // 2) + 'a = 1, t = """a"b"""}',
    "a key after a long string": 'x = {s = """\n""", ' + "a." * (_FILL // 2) + "a = 1}",
}


def _page_of(piece: str) -> Distillation:
    """Return a hand-off in which every text that may be long is this piece, over and over."""
    text = piece * (1_500 // len(piece))
    items = tuple(f"- {number} {text}" for number in range(25))
    return Distillation(
        id="s.1", session_id="s", revision=1, goal=text, last_request=text, next=text, summary=text * 10,
        constraints=items, decisions=items, failed=items, completed=items, uncertainties=items, context=text * 10,
        validation=Validation(command=piece * (30_000 // len(piece)), outcome="failed", failure=text * 3),
    )  # fmt: skip


PIECES = (
    "`x` failed ", "`x` failed: ", "`x` failed; then ", " → “", "a → “b” = ", "a” ", "a” = ", "a” (not: ", ": ", " = ",
    f"{OBJECTED}“", "” (to: ", ") ", ")", "; the agent: “", "(", "`", "“", " ", "\t", "  | head ", "| ", "- ", "#",
    "\u2705 ",
    "do the same or ", "I? ", "$ ", "a. ", "A) ", "[x](", "**", "L1 ", "(L1", "x/", "\u3002",
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_a_hand_off_that_is_slow_to_show(piece: str) -> None:
    """Whatever a peer repeats in its hand-off, the page is made in time: an engine makes it as it takes mail in."""
    made = _page_of(piece)
    assert not is_slow(made.to_markdown)


def test_items_with_many_ways_to_take_them_apart() -> None:
    """A failure is taken apart from the left, once; by trying every way it would take for ever."""
    every_way = re.compile(r"(?P<what>.*?`[^`]*`.*?failed[^:;`]*)(?P<why>: .*?)?(?P<then>; then\b.*)?$", re.S)

    def backtracking(text: str) -> dict[str, str] | None:
        found = every_way.match(text)
        return found.groupdict("") if found else None

    def attack() -> bool:
        for kept in (distillation_worth.worth, distillation_tight.tight):
            kept.cache_clear()
        failed = tuple(f"{number}{'`' * 400}{'failed' * 125};" for number in range(3))
        return is_slow(Distillation(id="s.1", session_id="s", revision=1, failed=failed).to_markdown)

    withstands(attack, (distillation_parts, "failure", backtracking))


@pytest.mark.parametrize("which", SLOW)
def test_front_matter_that_is_slow_to_read(which: str) -> None:
    """A hand-off of the size that is allowed takes no longer than its size says, whatever stands in it."""

    def attack() -> bool:
        def read() -> None:
            with pytest.raises(DistillationError):
                Distillation.from_markdown(f"+++\n{SLOW[which]}\n+++\n")

        return is_slow(read)

    first = re.compile(r'"(?:[^"\\]|\\.)*(?P<end>")|(?P<rest>$)')  # the first version's
    if which.startswith("escapes"):
        withstands(attack, (distillation, "_QUOTED", first))
    else:
        withstands(attack, (distillation, "_readable", lambda front: None))


HOSTILE = (
    " ",
    "\t",
    "\n",
    " \n",
    ".",
    "-",
    "_",
    "a-",
    "a.",
    "x{x => ",
    "/",
    "<",
    "code",
    "- ",
    "<<x\n",
    "https://",
    '\\"',
    "# ",
    "(",
    "[",
    "mv a b;",
)


def test_a_stored_hand_off_without_end() -> None:
    """A damaged file, of quotes that open and never close, is looked through once."""
    text = '+++\nsession_id = "s"\nsummary = "' + '\\"' * (_FILL // 2) + "\n+++\n"
    every_start = re.compile(r'"((?:[^"\\]|\\.)*+)(")')
    withstands(
        partial(is_slow, lambda: distillation_glance.said(text)), (distillation_glance, "_TEXT", every_start)
    )


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_transcript_that_is_slow_to_distil(tmp_path: Path, piece: str) -> None:
    """Whatever a tool prints, a page says or a person pastes, distilling it takes no longer than its size says."""
    text = piece * (32_000 // len(piece))
    lines = Lines()
    lines.user(f"fix it {text}")
    lines.bash("git status && git log --oneline && git commit -m x && git push", text)
    lines.bash("pytest -q", text, code=1)
    lines.bash(f"pytest -q{text}x", "1 passed")
    lines.bash(text, "done")
    lines.tool("Read", {"file_path": f"{CWD}/CLAUDE.md"}, text)
    lines.say(text)
    path = lines.save(tmp_path)
    assert not is_slow(lambda: distill(path, machine="desk"))


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_text_that_is_slow_to_redact(piece: str) -> None:
    """Nor does redaction, of 256 KB."""
    text = piece * (MAX_BYTES // len(piece))
    assert not is_slow(lambda: Redactor().text(text))


def test_a_project_with_very_many_secrets(tmp_path: Path) -> None:
    """A clone's `.env` may name thousands; each is found, and a text is not looked through for each of them."""
    drawn = [hashlib.sha256(bytes([number % 256, number // 256])).hexdigest()[:14] for number in range(8_000)]
    (tmp_path / ".env").write_text("".join(f"T{number}_TOKEN={each}x\n" for number, each in enumerate(drawn)))
    known = Redactor(redact_known.secrets_around({}, str(tmp_path)))
    text = "".join(f"line {number} of what a program says\n" for number in range(2_000))

    def attack() -> bool:
        try:
            with stopped_after(PATIENCE_S):
                said = known.text(f"{text}{drawn[7]}x and {drawn[6]}… {drawn[1][:7]}\n{drawn[1][7:]}x")
        except SpreadError:  # redaction tells no cause
            return True
        return any(drawn[number][7:] in said for number in (7, 6, 1))

    withstands(attack, (redact, "MANY_KNOWN", 1_000_000))


@pytest.mark.parametrize("fill", [" ", "\t", "\n", " \n", "+"])
@pytest.mark.parametrize("quote", ['"', "'", '".', '"+', '" \\\n'])
def test_a_quote_before_blanks(quote: str, fill: str) -> None:
    """What may join two halves of a token is looked through once, where no second half comes."""
    assert not is_slow(lambda: Redactor().text(f"x = {quote}{fill * 20_000}x"))


@pytest.mark.parametrize("piece", ["htpasswd\t-b", "\t-bhtpasswd", "otp is ", "password="])
def test_commands_and_words_on_end(piece: str) -> None:
    """For each of them what stands behind is looked at near it, not up to where it ends."""
    assert not is_slow(lambda: Redactor().text(piece * (24_000 // len(piece))))


KEY_WORDS = (
    "password",
    "passwort is",
    "login",
    "credentials",
    "zugangsdaten",
    "mnemonic",
    "passphrase set",
    "htpasswd -b",
)


@pytest.mark.parametrize("fill", [" ", "\t", "b"])
@pytest.mark.parametrize("word", KEY_WORDS)
def test_a_key_word_before_blanks(word: str, fill: str) -> None:
    """What may stand between a word and its secret is looked through once, where no secret comes."""
    assert not is_slow(lambda: Redactor().text(f"x {word}{fill * 30_000}\n"))


_MANY: Final = 25_000
LONG_OUTPUTS = {
    "tests that are none": "Ran 0 tests\n" + "- tests 0\n" * (_MANY // 5),
    "empty lines after none": "tests 0\n" + "\n" * _MANY,
    "packages that passed": f"ok {'a/' * _MANY}x y",
    "packages that failed": f"FAIL\t{'a/' * _MANY}x y",
    "digits after a count": f"Executed 1 test, with {'1' * 2 * _MANY}\nDONE ",
    "digits after a sum": f" Summary [1s] 1 test run: 1 passed{'1' * 2 * _MANY}",
    "digits in brackets": f"ok | 1 passed ({'1' * 2 * _MANY}",
    "failures among counts": f"1 test{', 1 a, 1 failed' * _MANY}:",
}


@pytest.mark.parametrize("which", LONG_OUTPUTS)
def test_an_output_of_a_check_that_is_slow_to_judge(which: str) -> None:
    """Whatever a runner counts, its output is looked through once."""
    output = LONG_OUTPUTS[which]
    assert not is_slow(lambda: (idle.ran(output), failure.counts_of(output)))


SAID = {
    "digits": f"1 error {'1' * 3 * _MANY}",
    "a run over and over": "Test run with 1 test " * 2 * _MANY,
    "a count over and over": f"{'Executed 1 of 1 ' * 2 * _MANY} SUCCESSES",
}


@pytest.mark.parametrize("which", SAID)
def test_a_line_that_is_slow_to_judge(which: str) -> None:
    """However long a line of a runner is, it is looked through once."""
    assert not is_slow(
        lambda: [sign.search(SAID[which]) for sign in (signs.TEST_FAIL, signs.FAIL, signs.PASS)]
    )


def test_folders_in_folders_without_end(tmp_path: Path) -> None:
    """A line that goes down and down names paths as long as a system allows, and no longer."""
    lines = Lines()
    lines.user("please mend the parser of the lists")
    lines.bash("; ".join(f"cp a{at} b{at} && cd {'x' * 30}{at}" for at in range(600)), "")
    path = lines.save(tmp_path)
    made: list[Distillation] = []
    assert not is_slow(lambda: made.append(distill(path, machine="desk")))
    assert made[0].files.created[0] == "b0"


NAMES = {
    "blank lines": "--- FAIL: \n" + "\t    \n" * (_MANY // 5),
    "numbers and titles": " failing\n" + "  1) a\n" * (_MANY // 10) + f"  1) a{' b' * _MANY}",
    "a title without end": " failing\n  1) a\n" + "       b\n" * (_MANY // 10),
    "a cell without end": f"| FAIL |\na{' ' * _MANY}b",
    "a list of what failed": "  2 failed\n" * (_MANY // 10) + "    a:1:1 \u203a b\n" * (_MANY // 10),
    "a heading on headings": "There was 1 failure:\n" * (_MANY // 20),
    "dashes": ": FAILED:\n" + f"{'-' * 70}\na\n" * (_MANY // 70),
    "a test that holds tests": "--- FAIL: " + "a/" * _MANY,
    "steps that did not pass": "not ok 1 - a\n  b\n" * (_MANY // 10),
    "parts of a name": f"FAILED {'a::' * 2 * _MANY}[",
    "parameters": f"FAILED a::b{'[::a::' * _MANY}",
    "failures on one line": "{" + '"Action":"fail",' * _MANY,
    "steps on one line": f"[FAIL] a{' [It] a' * _MANY} ",
    "times on one line": f"  Failed a{' [' * 2 * _MANY}",
    "packages": f"[ERROR] {'a.$.' * _MANY} <<< ",
    "dots": f"FAIL (\n1/1 a{'...a' * _MANY}",
    "places and lines": "\u2500\u2500 Failure (a" + "): a \u2500" * _MANY + " a",
}


@pytest.mark.parametrize("which", NAMES)
def test_names_of_tests_that_are_slow_to_find(which: str) -> None:
    """However a runner lists what failed, its output is looked through once."""
    output = NAMES[which]
    assert not is_slow(lambda: (failing.names_of(output), proof.broke_down(output)))


def test_a_list_in_a_long_report_that_is_slow_to_shorten() -> None:
    """Where the name of a file ends is looked for once."""
    assert not is_slow(lambda: gist.gist(f"It is so.\n- `{'. ' * 2 * _MANY}\n", 4_000))


REPORTS = {
    "brackets": f"`a`\nfiles changed {'()' * 3_000}x",
    "brackets that close late": f"`a`\nfiles changed {'(' * _MANY}{')' * _MANY}x",
    "blanks": f"-{' ' * 2 * _MANY}`",
}


@pytest.mark.parametrize("which", REPORTS)
def test_a_report_that_is_slow_to_read(which: str) -> None:
    """Whatever a sub-agent lists, each line is looked through once."""
    assert not is_slow(lambda: reported.named_by(REPORTS[which]))


def test_a_form_put_back_with_empty_lines() -> None:
    """What was answered is looked for line by line."""
    call = Call(1, "", "AskUserQuestion", {"questions": []}, "")
    call.words = "Questions asked:" + "\n" * 2 * _MANY + '- "a"' + "\n" * 2 * _MANY
    assert not is_slow(lambda: asked.still_asked(call))


def test_many_files_in_statuses_and_reports() -> None:
    """Paths are looked up by the names of their files, not one by one."""
    paths = [f"/p/d{number}/f{number}.py" for number in range(_MANY)]
    status = "\n".join(f"M  {path[3:]}" for path in paths[:8_000])
    report = "Files changed:\n" + "\n".join(f"- `other{number}.py`" for number in range(40))
    files, index = FileLedger(modified=dict.fromkeys(paths, 1)), Index()

    def work() -> None:
        for line in range(2):
            index.status([], [], status, "/p", line + 2, paths)
            files.reported(report, "/p", line + 2)

    assert not is_slow(work)
    assert len(index.staged) == 8_000


def test_many_prompts_that_still_wait(tmp_path: Path) -> None:
    """Each finds its place among the prompts without a look at all of them."""
    lines = Lines()
    for number in range(8_000):
        lines.queue("enqueue", f"text {number}")
    lines.user("please mend the parser of the archive")
    path = lines.save(tmp_path)
    assert not is_slow(lambda: distill(path, machine="desk"))


def test_many_documents_of_a_shell_without_an_end() -> None:
    """Where each ends is known from one look at all lines."""
    source = "git commit -F - " + "<<A\n" * _MANY
    assert not is_slow(lambda: messages.message_of(source, []))


@pytest.mark.parametrize("source", ["cat > a.py <<" + "a" * 8 * _MANY, "cat > a.py " + "<<a" * 4 * _MANY])
def test_documents_of_a_shell_that_are_slow_to_find(source: str) -> None:
    """A mark that no line ends, and marks without number."""
    assert not is_slow(lambda: filled.text_for(source, "a.py"))


PROMPTS = {
    "a name without end": f"<command-name>{' ' * _MANY}",
    "arguments of blanks": f"<command-name>x</command-name><command-args>{' ' * 4 * _MANY}x</command-args>",
    "a command without end": f"<bash-input>{' ' * _MANY}",
    "an editor's words without end": "<ide_selection> " * 20 * _MANY,
    "reminders without end": "x" + " <system-reminder>" * 4 * _MANY,
}


@pytest.mark.parametrize("which", PROMPTS)
def test_a_prompt_that_is_slow_to_take_apart(which: str, tmp_path: Path) -> None:
    """What the client wraps is found from its two ends."""
    lines = Lines()
    lines.user("please mend the parser")
    lines.user(PROMPTS[which])
    path = lines.save(tmp_path)
    assert not is_slow(lambda: distill(path, machine="m"))


CODE = ("from  " + "." * 4 * _MANY, f"from{' ' * 2 * _MANY}x", f"import a from{' ' * 2 * _MANY}x")


@pytest.mark.parametrize("text", CODE)
def test_an_import_that_is_slow_to_find(text: str) -> None:
    """Dots and blanks are looked at once."""
    assert not is_slow(lambda: wired.imports_of([text]))


RULED = {
    "a heading": f"# rules\n\n- never a\n\n# a{'#' * 4 * _MANY}x\n",
    "what closes no heading": f"# rules{'*' * 4 * _MANY}x\n",
}


@pytest.mark.parametrize("which", RULED)
def test_rules_that_are_slow_to_read(which: str, tmp_path: Path) -> None:
    """However a project's own file of rules is written, it is looked through once."""
    lines = Lines()
    lines.user(f"please follow these\n{RULED[which]}")
    lines.tool("Read", {"file_path": f"{CWD}/CLAUDE.md"}, RULED[which])
    path = lines.save(tmp_path)
    assert not is_slow(lambda: (distill(path, machine="m"), list(ruled_text.rules_of(RULED[which]))))


def test_words_of_a_remote_without_end() -> None:
    """Marks after `remote:` are looked at once."""
    output = f"remote: error: a\nremote:{'-' * 4 * _MANY}\n ! [remote rejected] a -> a (b)\n"
    assert not is_slow(lambda: errors.causes(output))


def test_a_message_of_blank_lines() -> None:
    """Who signed it is looked for line by line."""
    source = f"git commit -F - <<'X'\n{chr(10) * 4 * _MANY}a\nX\n"
    assert not is_slow(lambda: messages.message_of(source, []))


def test_a_document_of_blank_lines() -> None:
    """Where a fence may stand is looked at line by line."""
    given = {"old_string": "x", "new_string": "\n" * 4 * _MANY + "y"}
    assert not is_slow(lambda: documents.note({}, Call(1, "", "Edit", given, ""), "a.md"))


LINES = {
    "a pipe without end": "npm run x" + "|a" * (_MANY // 2),
    "what is reached after much": "a && " * (_MANY // 5) + "pytest; b",
    "what is made of files": "; ".join(f"jq . a > b{at} && mv b{at} c{at}" for at in range(_MANY // 50)),
    "files into folders": "; ".join(f"mkdir d{at}; mv a b{at}" for at in range(_MANY // 20)),
}


@pytest.mark.parametrize("which", LINES)
@pytest.mark.parametrize("code", [0, 1])
def test_many_commands_on_one_line(which: str, code: int, tmp_path: Path) -> None:
    """What one does is not held against each of the others."""
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(f"{CWD}/a.py")
    lines.bash(LINES[which], "1 failed" if code else "3 passed", code=code)
    path = lines.save(tmp_path)
    assert not is_slow(lambda: distill(path, machine="m"))


@pytest.mark.parametrize("text", [f"m{'...a' * 62}/", "m" + "..." * 80 + "a/"])
def test_an_upstream_that_is_slow_to_find(text: str) -> None:
    """The name of one is short."""
    assert not is_slow(lambda: place_tell.standing(text + "x" * 10 * _MANY + " y"))


def test_an_address_without_an_end(tmp_path: Path) -> None:
    """Of a pull request's the way to its number is short."""
    lines = Lines()
    lines.user("please mend the parser")
    lines.bash("gh pr create --fill", "https://" * 2 * _MANY)
    path = lines.save(tmp_path)
    assert not is_slow(lambda: distill(path, machine="m"))


LOGS = {
    "decorations without an end": "abc1234 (a\n" * 20_000,
    "notes behind a file": f"On branch main\n\tmodified: a{' (b)' * 2 * _MANY} c\n",
    "notes without an end": f"On branch main\n\tmodified: a{' (b' * 4 * _MANY}\n",
}


@pytest.mark.parametrize("which", LOGS)
def test_what_git_lists_that_is_slow_to_read(which: str) -> None:
    """Each line of a log or a status is looked through once."""
    output = LOGS[which]
    commits = [("abc1234", "a")]

    def work() -> None:
        git_commands.below(output, commits)
        Index().status([], [], output, "/p", 2, [])

    assert not is_slow(work)


def test_paths_that_no_system_has(tmp_path: Path) -> None:
    """Nobody edited a file of such a name."""
    lines = Lines()
    lines.user("please mend the parser")
    for name in ("~#/" * 4 * _MANY, "a/" * 3_000):
        lines.edit(f"{CWD}/{name}")
        lines.bash(f"echo x > {name}; mv a.py {name}")
    lines.edit(f"{CWD}/a.py")
    path = lines.save(tmp_path)
    made: list[Distillation] = []
    assert not is_slow(lambda: made.append(distill(path, machine="m")))
    assert [*made[0].files.modified, *made[0].files.created] == ["a.py"]


def test_folders_of_temporary_files_without_an_end() -> None:
    """Where one is named is looked for once in a path that a peer names."""
    files = Files(modified=("~x/" * 2 * _MANY,))
    made = Distillation(id="s.1", session_id="s", revision=1, files=files)
    assert not is_slow(made.to_markdown)


def test_files_left_whose_names_are_one_word_without_end() -> None:
    """Where a path may stand is looked for once in a word."""
    files = Files(modified=("a/b.py",))
    shown: list[str] = []
    item = f"- {LEFT}a/b.py, {'a' * 2 * _MANY}"
    assert not is_slow(lambda: shown.extend(distillation_files.named_short([item], files)))
    assert shown == [item.replace("a/b.py", "b.py")]


def test_a_command_of_blanks_in_the_background() -> None:
    """What stands behind it is looked for once in a run of blanks."""
    running: background.Background = {}
    assert not is_slow(lambda: background.begun(running, 1, "b1", f"npm run dev{' ' * 4 * _MANY}x &"))
    assert running
