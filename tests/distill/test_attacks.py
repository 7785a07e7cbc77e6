"""What a transcript holds to harm who distils it, or to make the page say what is not so."""

import time
from pathlib import Path

import pytest

from spread.distill import distill, files, heard
from spread.distill.effect import Effect
from spread.distill.net import _widened
from spread.distill.reader import MOST_COMMANDS
from spread.distill.shell import split
from spread.distill.variables import MOST_CHARS, MOST_WORDS, spelled
from spread.distill.words import unframed
from spread.distillation_told import OF_DEEDS
from spread.transcript import DENIED
from tests.distill.lines import CWD, Lines

MANY = "9" * 5_000  # digits, more than the language takes for a number


def _begun() -> Lines:
    lines = Lines()
    lines.user("please mend the parser of the lists")
    lines.edit(f"{CWD}/parser.py")
    return lines


@pytest.mark.parametrize(
    ("command", "output", "code"),
    [
        ("pytest", f"FAILED tests/test_a.py::test_one - x\n==== {MANY} failed in 0.1s ====", 1),
        (f"go test ./... | head -n {MANY} ; true", "ok  \tapp/a\t(cached)", 0),
        ("pytest | head -\u00b2", "3 passed", 0),
        ("cargo test", f"test result: FAILED. {MANY} passed; {MANY} failed; 0 ignored", 101),
        ("pytest; echo exit code: $?", f"exit code: {MANY}", 0),
        ("git commit -am x", f"[main abc1234] x\n {MANY} files changed, 1 insertion(+)", 0),
        (f"git reset --soft HEAD~{MANY}", "", 0),
    ],
)
def test_a_number_of_thousands_of_digits_is_no_obstacle(
    tmp_path: Path, command: str, output: str, code: int
) -> None:
    """What the language takes for no number is none, wherever a number is read; the rest is told all the same."""
    lines = _begun()
    lines.bash(command, output, code=code)
    lines.bash("git add parser.py && git commit -m 'a list'", "[main abc1235] a list\n 1 file changed")
    assert distill(lines.save(tmp_path), machine="box").goal


@pytest.mark.parametrize(
    ("command", "output", "code"),
    [
        ("quux --version 2>/dev/null || echo none", "none", 0),
        ("cd nowhere && quux add", "bash: cd: nowhere: No such file or directory", 1),
        ("quux add", "denied", None),
        ("test -f a && quux add || true", "", 0),
    ],
)
def test_a_program_is_not_there_where_nothing_shows_that_it_ran(
    tmp_path: Path, command: str, output: str, code: int | None
) -> None:
    """Neither a line that hides it, one that did not get there, nor a call that was denied is a run of it."""
    lines = _begun()
    lines.bash("quux add", "bash: quux: command not found", code=127)
    if code is None:
        lines.tool("Bash", {"command": command}, f"{DENIED} ({output})", error=True)
    else:
        lines.bash(command, output, code=code)
    lines.say("I go on with the parser.")
    assert "later it was there" not in distill(lines.save(tmp_path), machine="box").to_markdown()


def test_the_end_of_a_conflict_answers_nothing_but_that(tmp_path: Path) -> None:
    """What else failed before and after it began has no answer, and what was given up did not work."""
    lines = _begun()
    lines.bash("make deploy", "Error: the host hung up", code=2)
    lines.bash("git rebase main", "CONFLICT (content): Merge conflict in a.py", code=1)
    lines.bash("make deploy", "Error: the host hung up", code=2)
    line = lines.bash("git rebase --abort")
    page = distill(lines.save(tmp_path), machine="box").to_markdown()
    assert page.count(f"ended with `git rebase --abort` (L{line})") >= 1
    assert "worked: `git rebase --abort`" not in page
    assert "the host hung up; ended" not in page


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_frames_with_many_places_take_no_time(lines: int) -> None:
    """Each of a frame's colons may be the one before the number of its line."""
    text = "no, see\n\n\n" + ("call @ " + ":1" * 20_000 + "\n") * lines
    begun = time.process_time()
    assert (unframed(text) == text) == (lines < 3)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("begins", OF_DEEDS)
@pytest.mark.parametrize("hides", ["", " ", "\u200b"])
def test_a_todo_is_no_deed(tmp_path: Path, begins: str, hides: str) -> None:
    """However its text begins, what the agent ticked off stands among what it ticked off, in quotes."""
    lines = _begun()
    todo = {"content": f"{hides}{begins}`brew install bellows`", "status": "completed", "activeForm": "x"}
    lines.tool("TodoWrite", {"todos": [todo]}, "ok")
    lines.say("The lists are read.")
    told = lines.page(tmp_path).partition("## Ticked off as planned, or reported")[2]
    assert told.partition("##")[0].strip().startswith(f"- “{begins}`brew install bellows`”")


def test_replacing_everywhere_does_not_grow_what_is_kept() -> None:
    """Edits that double a text each time leave nothing of it to be kept."""
    came = ["a" * 1_000, "short"]
    for _ in range(40):
        _widened(came, "a", "aa", True)
    assert came == ["short"]


def test_variables_that_hold_others_do_not_grow_without_end() -> None:
    """Each stands for ten of the one before it; from some length on they are not known."""
    source = "a=xxxxxxxx; " + "; ".join(f"{chr(98 + at)}={f'${chr(97 + at)}' * 10}" for at in range(20))
    told = [
        word for item in spelled(f"{source}; rm $d $v", split(f"{source}; rm $d $v")) for word in item.words
    ]
    assert max(map(len, told)) <= MOST_CHARS
    assert told[-1] == "$v"


def test_a_loop_of_thousands_of_commands_is_left_as_it_is() -> None:
    """Not each of them is written out for each value."""
    source = f"for x in {' '.join(map(str, range(40)))}; do {'rm $x;' * 10_000} done"
    assert len(spelled(source, split(source))) <= 10_000 + MOST_WORDS


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("black a;", "reformatted " + "a" * 500_000),
        ("python makemigrations", "Migrations for 'x'\n" + "  a/migrations/1_x.py\n" * 20_000),
        ("git submodule status;", f" {'0' * 40} a (b)\n" * 10_000),
        ("git rm a b c d e;", "".join(f"rm 'a/{at}'\n" for at in range(30_000))),
        ("gh pr checks 1;", "a\tpass\t1\n" * 40_000),
        (f"git {'-C a ' * 19_000} mv b c", "x"),
        ("terraform plan", "x" + "\n" * 300_000 + " to destroy"),
    ],
)
def test_many_commands_and_a_long_output_take_little_time(command: str, output: str, tmp_path: Path) -> None:
    """An output is not looked through for each of thousands of commands."""
    lines = _begun()
    lines.bash(command * (60_000 // len(command)) if command.endswith(";") else command, output)
    start = time.process_time()
    lines.distilled(tmp_path)
    assert time.process_time() - start < 5


def test_a_secret_is_not_parted_where_values_differ(tmp_path: Path) -> None:
    """Without how it begins it would not be known as one."""
    secret = "glpat" + "-" + "q4rU7eCsR9z5y1nPQmVx"
    lines = _begun()
    call = {"file_path": f"{CWD}/m.py", "old_string": f"key =  {secret}", "new_string": f"key = {secret}  x"}
    lines.tool("Edit", call)
    assert secret[6:] not in lines.distilled(tmp_path).to_markdown()


def test_a_secret_said_once_is_told_nowhere(tmp_path: Path) -> None:
    """What the session names as its password goes too where it stands alone, shortened or on one line."""
    secret = "Kofi" + "Luma" + "4471"
    lines = Lines()
    lines.user(f"please mend the parser\n\ndatabase:\n  password: |\n    {secret}\n")
    lines.bash(f"./login app {secret}", f"{secret} is wrong", code=1)
    lines.say(f"Is it {secret}?")
    lines.user("yes, and go on")
    lines.say(f"Done. Next: try {secret} again.")
    made = lines.distilled(tmp_path)
    assert secret not in made.to_markdown()
    assert "Done." in made.to_markdown()
    assert made.redactions


def test_thousands_of_commands_are_not_all_read() -> None:
    """What each of them does is held against the others: nobody types so many, nor writes to so many files with one."""
    for source in ("rm a; " * 10_000, "(" * 50_000, "> a " * 20_000):
        read = split(source)
        assert len(read) + sum(len(item.writes) for item in read) <= MOST_COMMANDS + 1
    begun = split("cat <<'X' > a\n" + "rm b; \n" * 10_000 + "X\npytest")
    assert [item.name for item in begun] == ["cat", "pytest"]


def test_what_sed_replaces_is_read_once_of_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not once for each file that the line writes."""
    looked: list[str] = []

    class Counted:
        def findall(self, source: str) -> list[tuple[str, str]]:
            looked.append(source)
            return []

    monkeypatch.setattr(heard, "_SUBSTITUTES", Counted())
    lines = _begun()
    lines.bash("; ".join(f"sed -i s/one/two/ f{at}" for at in range(60)))
    assert "f59" in lines.distilled(tmp_path).files.modified
    assert len(looked) == 1


def test_very_many_files_are_not_looked_through_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of them lie in a folder is asked for each that moves, until they were looked through too often."""
    monkeypatch.setattr(files, "MOST_LOOKED", 1_000)
    ledger = files.FileLedger()
    for at in range(200):
        ledger.apply(Effect("copy", f"a{at}", f"d/b{at}"), "/w", at)
        ledger.apply(Effect("rename", f"d/b{at}", f"e/b{at}"), "/w", at)
    assert ledger.looked < 1_500
    assert len(ledger.created) == 200


def test_what_is_heard_is_bounded_at_all_times() -> None:
    """Not only after some more of it, whatever one text comes to."""
    kept: list[heard.Heard] = []
    for at in range(31):
        heard.keep(kept, at, "a" * 200_000)
        assert sum(len(said) for _, said, _ in kept) <= heard.MOST_CHARS
    assert kept
