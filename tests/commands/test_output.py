"""What every command prints: plain lines for scripts, colours and tables on a terminal of any width, our errors.

One home with a peer and a few hand-offs; commands run in this process, a terminal is a stream that says it is one. One
test has a real terminal.
"""

import contextlib
import io
import json
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from spread import cli, cli_parsers, history, peers, store, store_inbox, store_sent
from spread.commands import terminal
from spread.distillation import Distillation
from spread.distillation_fields import ProjectRef, Validation
from spread.paths import Paths
from spread.ui import heads
from tests.e2e.world import LIBRARY
from tests.pairs import Home, paired

NOW = 1_700_000_000.0  # 2023-11-14 22:13:20 UTC
PROJECT = "example.org/us/parser"
NEW, SEEN, SENT, OWED = "6f1c0a2b-0001", "6f1c1a2b-0002", "7a1c0a2b-0003", "7a1c1a2b-0004"
GOAL = "make the parser accept ISO dates with a time zone, also those of before 1970"
SHORT = "make the parser accept ISO dates with a time zone, also those of… [failing]"
GOES = "(goes with the next session, or now with `spread sync`)"
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|9[0-7])[;m]")
WIDTHS = (40, 160)
LISTING = (
    "status",
    "inbox",
    "peers",
    "log",
    "search pars",
    f"show {NEW}",
    f"show {SENT}",
    "",
    "doctor",
    "--help",
)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Shown:
    """What a command printed, as it came and without what colours it."""

    code: int
    out: str
    err: str

    @property
    def plain(self) -> str:
        return ESCAPE.sub("", self.out)


Show = Callable[..., Shown]


def page(session: str, revision: int = 1, goal: str = GOAL) -> str:
    """Return a hand-off with all kinds of lines."""
    return Distillation(
        id=f"{session}.{revision}", session_id=session, revision=revision, goal=goal, machine="desk",
        project=ProjectRef(id=PROJECT, branch="main"), state="failing", ended_at="2023-11-14T22:00:00Z",
        decisions=("keep `dateutil` out of it, since it guesses",), last_request="> mend **it** [red]now[/red]",
        validation=Validation("pytest -q", "failed", 1, "L40", True, "E   assert 1 == 2"),
        evidence={"goal": ("L3",), "decisions": ("L12",), "last_request": ("L30",)},
    ).to_markdown()  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A machine with a peer, two hand-offs received, one sent and one owed; the clocks stand in UTC."""
    home, _ = paired(tmp_path, now=NOW)
    paths = home.paths
    Path(paths.config).write_text('name = "desk"\nrelay = ""\nlan = false\n', encoding="utf-8")
    monkeypatch.setenv("SPREAD_HOME", paths.home)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("CLAUDECODE", raising=False)
    time.tzset()
    for session, revision in ((SEEN, 1), (NEW, 2)):
        store_inbox.accept(paths, "laptop", page(session, revision), expected=(session, revision), own=True)
    for at, (folder, name) in enumerate(((paths.inbox_new, NEW + ".2"), (paths.inbox_new, SEEN + ".1"))):
        os.utime(Path(folder, f"laptop.{name}.md"), (NOW - at, NOW - at))
    os.replace(Path(paths.inbox_new, f"laptop.{SEEN}.1.md"), Path(paths.inbox_seen, f"laptop.{SEEN}.1.md"))
    for session in (SENT, OWED):
        store.put(paths, "laptop", session, 1, page(session, goal="write tests"))
        os.utime(Path(paths.outbox, "laptop", f"{session}.1.md"), (NOW, NOW))
    store_sent.settle(paths, "laptop", SENT, 1)
    title = "write tests [failing]"
    for at, record in enumerate((
        history.Record(0, "received", "laptop", NEW, 2, "lan", PROJECT, SHORT),
        history.Record(0, "sent", "laptop", SENT, 1, "relay", PROJECT, title),
        history.Record(0, "receipt", "laptop", SENT, 1, "lan", PROJECT, title),
        history.Record(0, "held", "laptop", OWED, 1, "", PROJECT, title, "all is paused"),
        history.Record(0, "sent", history.BY_CODE, route="lan", title="notes.md"),
    )):  # fmt: skip
        history.append(paths, replace(record, at=NOW + at))
    yield home
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Show:
    """Run a command line in this process, on a terminal of a width or (0) into pipes."""

    def once(line: str, columns: int = 0, **environment: str) -> Shown:
        streams = (Terminal(), Terminal()) if columns else (io.StringIO(), io.StringIO())
        with monkeypatch.context() as patch:
            patch.setattr(terminal, "_quiet", False)
            patch.setattr(sys, "stdout", streams[0])
            patch.setattr(sys, "stderr", streams[1])
            patch.setenv("TERM", "xterm-256color")
            patch.setenv("COLUMNS", str(columns or 80))
            for name, value in environment.items():
                patch.setenv(name, value)
            code = cli.main(line.split())
        return Shown(code, streams[0].getvalue(), streams[1].getvalue())

    return once


# Plain


PLAIN = {
    "inbox": f"""\
* 6f1c0a2b  laptop            {PROJECT}  {SHORT}
  6f1c1a2b  laptop            {PROJECT}  {SHORT}
""",
    "log": f"""\
2023-11-14 22:13:24  sent      by code               lan              notes.md
2023-11-14 22:13:23  held      to laptop                    7a1c1a2b  write tests [failing] (all is paused)
2023-11-14 22:13:22  receipt   from laptop           lan    7a1c0a2b  write tests [failing]
2023-11-14 22:13:21  sent      to laptop             relay  7a1c0a2b  write tests [failing]
2023-11-14 22:13:20  received  from laptop           lan    6f1c0a2b  {SHORT}
""",
    "log --peer laptop -n 1": """\
2023-11-14 22:13:23  held      to laptop                    7a1c1a2b  write tests [failing] (all is paused)
""",
    "search tests": f"""\
7a1c0a2b  sent  {PROJECT}  2023-11-14  write tests [failing]
    write tests · {PROJECT} · main · desk
7a1c1a2b  sent  {PROJECT}  2023-11-14  write tests [failing]
    write tests · {PROJECT} · main · desk
""",
    "status": f"""\
desk: engine not running
laptop (FINGERPRINT): no route now (no engine runs); 1 owed since 2023-11-14 22:13:20 {GOES}
inbox: 1 new, 1 seen
""",
    "peers": """\
laptop               FINGERPRINT  own machine, paired 2023-11-14
""",
    "": f"""\
claude-spread: your Claude Code session follows you to your other machine

desk: engine not running
paired with laptop: 1 owed
Claude Code: does not know us yet; next: spread install
inbox: 1 new; next: spread inbox
{cli_parsers.EVERYDAY.partition(chr(10))[2]}
""",
}  # fmt: skip


@pytest.mark.parametrize("line", PLAIN)
def test_into_a_pipe(desk: Home, show: Show, line: str) -> None:
    """Exactly these lines, whatever the width; nothing that colours."""
    shown = show(line)
    told = re.sub(r"\b[0-9a-f]{4} [0-9a-f]{4}\b", "FINGERPRINT", shown.out)
    assert told == PLAIN[line]
    assert shown.code == 0
    assert show(line, COLUMNS="30", FORCE_COLOR="1").out == shown.out
    assert show(f"--quiet {line}" if line else "-q").err == ""


@pytest.mark.parametrize("line", ["inbox", "log", "search tests", "status", "peers", f"show {NEW}", "doctor"])
def test_json(desk: Home, show: Show, line: str) -> None:
    """One document, the same on a terminal; nothing else."""
    shown = show(f"{line} --json", columns=40)
    assert json.loads(shown.out) or line == ""
    assert "\x1b" not in shown.out
    assert shown.err == ""


def test_what_json_tells(desk: Home, show: Show) -> None:
    """Whole ids and every field that a script may go on with."""
    first = json.loads(show("log --json -n 2").out)[1]
    assert (first["id"], first["event"], first["route"], first["why"]) == (
        f"{OWED}.1",
        "held",
        "",
        "all is paused",
    )
    hit = json.loads(show("search iso zone --peer laptop --json").out)[0]
    assert (hit["id"], hit["peer"], hit["received"], hit["project"]) == (f"{NEW}.2", "laptop", True, PROJECT)
    assert "time zone" in hit["snippet"]


def test_a_page_into_a_pipe(desk: Home, show: Show) -> None:
    """It is the page's Markdown; what was sent is shown as well as what came."""
    shown = show(f"show {NEW}")
    assert shown.out.startswith("# Session 6f1c0a2b")
    assert "- keep `dateutil` out of it, since it guesses (L12)\n" in shown.out
    assert shown.err == f"from laptop, {PROJECT} main\n"
    assert show(f"show {OWED}").err == f"sent by this machine, {PROJECT} main\n"


# On a terminal


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("line", LISTING)
def test_on_a_terminal(desk: Home, show: Show, line: str, columns: int) -> None:
    """It fits, has colours where there is something to colour; with NO_COLOR it has the same words."""
    shown = show(line, columns)
    if line != "--help":  # argparse's own, which fits most screens
        assert max(len(text.rstrip()) for text in shown.plain.splitlines()) <= columns
        assert COLOUR.search(shown.out)
    without = show(line, columns, NO_COLOR="1")
    assert not COLOUR.search(without.out)
    if line != "doctor":  # it measures
        assert without.plain == shown.plain
    assert shown.code == (1 if line == "doctor" else 0)


@pytest.mark.parametrize("columns", WIDTHS)
def test_what_a_terminal_shows_at_least(desk: Home, show: Show, columns: int) -> None:
    """However narrow it is: what a person needs to go on."""
    for line, texts in {
        "inbox": ("*  6f1c0a2b", "   6f1c1a2b", "make the"), "log": ("to laptop", "from laptop", "notes.md"),
        "search pars": ("6f1c0a2b", "parser"), "status": ("desk: engine not running", "laptop", "1 new, 1 seen"),
        "peers": ("laptop", "FINGERPRINT"), "": ("spread pair", "spread receive CODE", "1 owed", "1 new"),
    }.items():  # fmt: skip
        told = show(line, columns).plain
        for text in texts:
            assert text in told or (text == "FINGERPRINT" and re.search(r"[0-9a-f]{4} [0-9a-f]{4}", told)), (
                line,
                told,
            )


def test_a_wide_terminal_shows_a_table(desk: Home, show: Show) -> None:
    """With heads; a narrow one leaves columns out instead of breaking lines, or of telling nothing in each."""
    wide, narrow = show("log", 160).plain.splitlines(), show("log", 40).plain.splitlines()
    assert wide[0].split() == ["WHEN", "WHAT", "PEER", "ROUTE", "ID", "TITLE"]
    assert narrow[0].split() == ["WHAT", "PEER", "TITLE"]
    assert show("log", 60).plain.splitlines()[0].split() == ["WHAT", "PEER", "ID", "TITLE"]
    for line, title in (("log", "write tests [failing]"), ("inbox", SHORT)):
        for columns in (60, 72, 80):
            told = show(line, columns).plain
            assert title[: terminal.LEAST_CUT - 1] in told, (line, columns, told)
    assert len(wide) == len(narrow) == 6


def test_a_page_on_a_terminal(desk: Home, show: Show) -> None:
    """Headings without marks, evidence dimmed, text of the hand-off as it is: none of it is markup to us."""
    shown = show(f"show {NEW}", 100)
    assert "\nDecisions, newest" in shown.plain
    assert "## " not in shown.plain
    assert "• keep `dateutil` out of it, since it guesses (L12)" in shown.plain
    assert re.search(r"\x1b\[[0-9;]*2m\(L12\)", shown.out)
    assert "\n▏ make the parser" in shown.plain
    assert "[red]now[/red]" in shown.plain


def test_nothing_received_steers_a_terminal(desk: Home, show: Show) -> None:
    """Neither in a title nor in a name of a project, in lists and in the page."""
    evil = "\x1b]0;owned\x07\x1b[2J[bold]x[/bold] \u202etxet"
    text = page("6f1c9a2b-0009", goal="evil").replace("evil", json.dumps(evil)[1:-1])
    Path(desk.paths.inbox_new, "laptop.6f1c9a2b-0009.1.md").write_text(text, encoding="utf-8")
    for line in ("inbox", "search bold", "show 6f1c9a2b"):
        for columns in (0, 100):
            out = show(line, columns).out
            assert "[bold]x[/bold]" in ESCAPE.sub("", out), line
            for bad in ("\x1b]", "\x1b[2J", "\u202e", "\x07"):
                assert bad not in out, line


@pytest.mark.parametrize("line", ["log", "search parser"])
def test_for_claude_what_others_wrote_is_quoted(desk: Home, show: Show, line: str) -> None:
    """Every line with a title stands behind the mark of a quotation, on a terminal too; JSON is refused."""
    shown = show(line, 100, CLAUDECODE="1")
    lines = [text for text in shown.out.splitlines() if "make the" in text or "write tests" in text]
    assert lines
    assert all(text.startswith("| ") for text in lines)
    assert show(f"{line} --json", CLAUDECODE="1").code == 2


def test_a_dumb_terminal_gets_plain_lines(desk: Home, show: Show) -> None:
    """As in an editor's shell."""
    assert "\x1b" not in show("inbox", 80, TERM="dumb").out


@pytest.mark.parametrize("no_color", ["", "1"])
def test_on_a_real_terminal(desk: Home, no_color: str) -> None:
    """The same as above, with a process and a pseudo-terminal."""
    main, other = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "60", "PYTHONPATH": LIBRARY, "NO_COLOR": no_color}
    with subprocess.Popen(
        [sys.executable, "-m", "spread.cli", "inbox"], env=env, stdin=other, stdout=other, stderr=other
    ) as process:
        os.close(other)
        shown = b""
        with contextlib.suppress(OSError):  # the other end is closed
            while more := os.read(main, 65536):
                shown += more
        os.close(main)
        assert process.wait(20) == 0
    assert "6f1c0a2b" in shown.decode()
    assert bool(COLOUR.search(shown.decode())) is not bool(no_color)


# Nothing there


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("inbox", "the inbox is empty\n"), ("log", "nothing was sent or received yet\n"),
        ("search x", "nothing fits\n"), ("log --project x", "nothing fits\n"),
        ("log --peer x", "nothing fits; no peer is called x (known peers: none)\n"),
        ("search --peer x y", "nothing fits; no peer is called x (known peers: none)\n"),
        ("peers", "no peers yet; next: spread pair\n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("columns", [0, 60])
def test_an_empty_home(home: Paths, show: Show, line: str, said: str, columns: int) -> None:
    """Nothing on stdout, one line that says so; nothing of it with --quiet."""
    shown = show(line, columns)
    assert (shown.code, shown.out, shown.err) == (0, "", said)
    assert show(f"{line} -q", columns).err == ""


def test_one_that_goes_on_is_named_by_what_that_is_about(desk: Home, show: Show) -> None:
    """Wherever hand-offs are listed: the name of another session would fill the line."""
    ident, goal = (
        "8e1c0a2b-0000",
        "by the hand-off of session 7a1c0a2b-0000.1 from machine desk: trim it (L5)",
    )
    store_inbox.accept(desk.paths, "laptop", page(ident, 1, goal=goal), expected=(ident, 1), own=True)
    assert "goes on: trim it [failing]" in show("inbox").out
    assert "goes on: trim it [failing]" in show("search trim").out
    (head,) = filter(
        None, map(heads.read, [one for one in store.received(desk.paths) if one.session == ident])
    )
    assert head.title == "goes on: trim it"


def test_neither_received_nor_sent(desk: Home, show: Show) -> None:
    """Where something was sent, too, the error does not say that only the inbox was looked into."""
    shown = show("show nosuch")
    assert "error: no hand-off nosuch, received or sent\n" in shown.err
    assert "hint: see `spread inbox` and `spread log`\n" in shown.err


def test_alone_on_a_new_machine(tmp_path: Path, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to do first, and leaves nothing behind."""
    monkeypatch.setenv("SPREAD_HOME", str(tmp_path / "new"))
    shown = show("")
    assert "paired with: no machine yet; next: spread pair\n" in shown.out
    assert "Claude Code: does not know us yet; next: spread install\n" in shown.out
    assert not (tmp_path / "new").exists()


def test_alone_with_the_plugin(
    home: Paths, show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hooks that come with the plugin are known before the first of them has run."""
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "client"))
    assert "does not know us yet" in show("").out
    (tmp_path / "client").mkdir()
    (tmp_path / "client" / "settings.json").write_text('{"enabledPlugins": {"spread@claude-spread": true}}')
    assert "does not know us yet" not in show("").out


def test_alone_with_a_broken_configuration(home: Paths, show: Show) -> None:
    """The commands are there all the same."""
    Path(home.config).write_text("relay = ")
    shown = show("")
    assert shown.code == 0
    assert f"{home.config} is not valid TOML" in shown.out
    assert "spread receive CODE" in shown.out


def test_alone_when_something_is_wrong(desk: Home, show: Show) -> None:
    """A peer that has gone, what is paused, what is damaged: a word each, and where to read on."""
    peer = peers.load(desk.paths, "laptop")
    peers.end(desk.paths, peer)
    Path(desk.paths.paused).touch()
    Path(desk.paths.peers, "broken.toml").write_text("identity = 1\n")
    Path(desk.paths.checkpoints).rmdir()
    shown = show("")
    for text in (
        "engine not running, paused",
        "laptop: it has unpaired this machine",
        "problems: yes; next: spread status",
    ):
        assert text in shown.out


# Errors


@pytest.mark.parametrize(
    ("line", "code", "error", "hint"),
    [
        ("show nothing", 1, "no hand-off nothing", "spread inbox"),
        ("show 6f1c", 1, "6f1c fits 2 hand-offs", "give more of the id"),
        ("forget nothing", 1, "no hand-off nothing", "spread inbox"),
        (f"forget {OWED}", 1, f"{OWED}.1 is still owed to a peer", "spread unpair"),
        ("log -n 0", 2, "0 is not a number of things to show", "spread log --help"),
        ("log -n x", 2, "x is not a number of things to show", "spread log --help"),
        ("share --keep-open x", 2, "x is not a number of minutes", "spread share --help"),
        ("search", 2, "WORDS", "spread search --help"),
        ("completion", 2, "which shell?", "spread completion --install"),
        ("completion tcsh", 2, "tcsh", "spread completion --help"),
        ("unpair nobody", 1, "nobody", "spread peers"),
        ("pause --peer nobody", 1, "nobody", "spread peers"),
        ("peers nobody --projects all", 1, "nobody", "spread peers"),
        ("peers nobody", 1, "no peer is called nobody", "spread peers"),
        ("peers --projects .", 2, "--projects says of no machine", "spread peers NAME --projects"),
        ("receive nonsense", 2, "that is no code", "a7f3b2-amber-tiger-lamp"),
        ("receive", 2, "a code or a passphrase is needed", "spread receive"),
        ("pair nonsense", 2, "that is no code", "a7f3b2-amber-tiger-lamp"),
        ("share /no/such/file", 1, "cannot read /no/such/file", "check the path"),
        ("share --relay", 2, "no relay is configured", "spread share --relay"),
        ("distill /no/such.jsonl", 1, "cannot read /no/such.jsonl", ""),
        ("distill /dev/null", 1, "cannot read /dev/null", "give the path of a .jsonl file"),
        ("share /no/such.jsonl", 1, "cannot read /no/such.jsonl", ""),
        ("relay --port 70000", 2, "70000 is no port", "spread relay --help"),
        ("relay --store x", 2, "x", ""),
        ("sync --nonsense", 2, "--nonsense", "spread"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("columns", [0, 40])
def test_errors(
    desk: Home, show: Show, monkeypatch: pytest.MonkeyPatch, line: str, code: int, error: str, hint: str, columns: int
) -> None:  # fmt: skip
    """What happened, why and what to do, on stderr, the same everywhere and with --quiet; no jargon."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    shown = show(line, columns)
    assert (shown.code, shown.out) == (code, "")
    told = [text for text in shown.err.splitlines() if text.startswith("spread: ")]
    assert told
    assert told[0].startswith("spread: error: ")
    assert error in told[0]
    assert hint in told[-1]
    assert "\x1b" not in shown.err
    for text in told:
        assert not text.endswith(".")
        assert not re.search(r"Traceback|Errno|Exception|\bNone\b|argument [A-Z]|<class", text), text
    assert show(f"-q {line}", columns).err == shown.err
