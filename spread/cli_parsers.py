"""The parsers of the command line.

Only the parser of the command that is asked for is built: all of them would take longer than some commands run.
"""

import argparse
from collections.abc import Callable, Iterable
from typing import Any, Final, NoReturn

from spread import __version__
from spread.errors import UsageError

EVERYDAY: Final = """\
claude-spread: your Claude Code session follows you to your other machine

  spread pair                 on one machine: shows a code (and `spread pair CODE` on the other)
  spread status               which peers, by which route, what is owed
  spread inbox                hand-offs received; `spread show latest` reads one
  spread share                hand this session over once, by code: prints it
  spread receive CODE         print what the code stands for

`spread COMMAND --help` tells more; `spread demo` shows it all on this machine."""

MEANT: Final = {"history": "log"}  # what other tools call it

EXIT_CODES: Final = "exit codes: 0 done, 1 failed as explained, 2 usage, 3 our bug, 130 interrupted"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"see `{self.prog} --help`")

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse; what is left over is told by the command that it was given to."""
        found, rest = self.parse_known_args(args, namespace)
        if rest:
            words = list(args or ())
            after = found.command in words and rest[0] in words[words.index(found.command) :]
            told = self._commands()[found.command] if after else self
            options = [text for action in told._actions for text in action.option_strings]
            near = [_nearest(text.partition("=")[0], options) for text in rest if text.startswith("--")]
            hint = f"{_did_you_mean(next(filter(None, near), ''))}see `{told.prog} --help`"
            raise UsageError(f"unrecognized arguments: {' '.join(rest)}", hint=hint)
        return found

    def _commands(self) -> dict[str, argparse.ArgumentParser]:
        """Return the parsers of the commands."""
        kinds = [action for action in self._actions if isinstance(action, argparse._SubParsersAction)]
        return dict(kinds[0].choices) if kinds else {}

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if isinstance(action, argparse._SubParsersAction) and value not in action.choices:
            near = MEANT.get(value) or _nearest(value, action.choices)
            raise UsageError(
                f"there is no command {value}", hint=f"{_did_you_mean(near)}see `{self.prog} --help`"
            )
        super()._check_value(action, value)


def _nearest(text: str, known: Iterable[str]) -> str:
    """Return what was most likely meant, "" if nothing is near."""
    import difflib

    return next(iter(difflib.get_close_matches(text, known, n=1)), "")


def _did_you_mean(text: str) -> str:
    return f"did you mean `{text}`? " if text else ""


def _minutes(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number of minutes") from None


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 10**6:
        raise argparse.ArgumentTypeError(f"{text} is not a number of things to show")
    return int(text)


# Takes the name of a command, what it does, and an example; returns its parser.
_Command = Callable[[str, str, str], argparse.ArgumentParser]


class _Unasked(argparse.ArgumentParser):
    """Stands in for the parser of a command that is not asked for."""

    def __init__(self) -> None:
        pass

    def add_argument(self, *_args: Any, **_kwargs: Any) -> Any:
        """Leave it out."""

    def add_mutually_exclusive_group(self, **_kwargs: Any) -> Any:
        """Return what leaves out all that is added to it."""
        return self


def parsers(first: str = "") -> argparse.ArgumentParser:
    """Return the parser of a command line.

    Args:
        first: Its first word: if that is a command, only what belongs to it is built.
    """
    top, found = _parsers(lambda name: name == first)
    return top if found else _parsers(lambda _name: True)[0]


def _parsers(is_asked: Callable[[str], bool]) -> tuple[argparse.ArgumentParser, bool]:
    """Return the parser of the commands that are asked for, and whether there are any."""
    top = _Parser(prog="spread", description=EVERYDAY, formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("--version", action="version", version=f"claude-spread {__version__}")
    _quiet(top, False)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser, prog="spread")

    def command(name: str, text: str, example: str) -> argparse.ArgumentParser:
        if not is_asked(name):
            return _Unasked()
        made = commands.add_parser(
            name, help=text, description=text, epilog=f"example: {example}\n{EXIT_CODES}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        _quiet(made, argparse.SUPPRESS)
        return made

    for add in (_hand_over, _machines, _engine, _hand_offs, _setting_up, _completion, _relay):
        add(command)
    return top, bool(commands.choices)


def _quiet(parser: argparse.ArgumentParser, default: object) -> None:
    text = "print results and errors only"
    parser.add_argument("-q", "--quiet", action="store_true", default=default, help=text)


def _as_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def _narrowed(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--peer", metavar="NAME", help=f"only {what} this peer")
    parser.add_argument(
        "--project", metavar="PROJECT", help="only of this project; a part of its name will do"
    )
    parser.add_argument(
        "-n", dest="count", type=_count, default=20, metavar="COUNT", help="at most so many (20)"
    )
    _as_json(parser)


def _place(parser: argparse.ArgumentParser) -> None:
    text = "in your own settings (default), or in this project's"
    parser.add_argument("--scope", choices=("user", "project"), default="user", help=text)


def _hand_over(command: _Command) -> None:
    """Add what hands a session over once."""
    command("demo", "the main job on this machine: two homes, one relay, a bundled session", "spread demo")

    one = command(
        "distill", "boil a transcript down; no network, nothing stored", "spread distill 6f1c -o handoff.md"
    )
    one.add_argument("source", metavar="TRANSCRIPT|SESSION", help="a .jsonl file, or a session id")
    one.add_argument("--format", choices=("md", "json"), default="md")
    one.add_argument("--audit", action="store_true", help="show what redaction removed, masked, instead")
    one.add_argument("-o", dest="output", metavar="FILE", help="write there instead of stdout")

    one = command(
        "share", "hand over this project's session (or FILE, or - for stdin) once", "spread share --relay"
    )
    one.add_argument("file", nargs="?", metavar="FILE|-")
    one.add_argument("--session", metavar="ID", help="this session instead of the newest")
    one.add_argument("--narrative-file", metavar="F", help="JSON that Claude wrote of it (- is stdin)")
    route = one.add_mutually_exclusive_group()
    route.add_argument("--lan", action="store_true", help="on the local network (the default)")
    route.add_argument("--relay", nargs="?", const="", metavar="URL", help="through a relay")
    one.add_argument("--passphrase-file", metavar="F", help="protect with its first line (- is stdin)")
    one.add_argument("--keep-open", type=_minutes, metavar="MIN", help="serve several receivers for so long")
    _as_json(one)

    one = command(
        "receive",
        "print what was shared under a code or passphrase",
        "spread receive a7f3b2-amber-tiger-lamp",
    )
    one.add_argument("code", nargs="?", metavar="CODE", help="as the other machine shows it (- is stdin)")
    one.add_argument("--relay", nargs="?", const="", metavar="URL", help="through a relay")
    one.add_argument("--room", metavar="ID", help="the room, when a passphrase is used")
    one.add_argument("--host", metavar="HOST:PORT", help="connect there instead of searching the network")
    one.add_argument("--passphrase-file", metavar="F", help="its first line is the passphrase (- is stdin)")
    one.add_argument("-o", dest="output", metavar="FILE", help="write there instead of stdout")
    _as_json(one)


def _machines(command: _Command) -> None:
    """Add what decides whom this machine trusts."""
    one = command(
        "pair", "pair two machines for good", "spread pair    # there: spread pair a7f3b2-amber-tiger-lamp"
    )
    one.add_argument("code", nargs="?", metavar="CODE", help="as the other machine shows it (- is stdin)")
    one.add_argument("--name", help="what this machine is called from now on")
    one.add_argument("--relay", metavar="URL", help="meet at this relay and use it with this peer")
    one.add_argument("--teammate", action="store_true", help="the other machine is somebody else's")

    one = command(
        "peers", "list the machines we are paired with, or NAME, or limit it to some projects",
        "spread peers laptop --projects . 'github.com/acme/*'",
    )  # fmt: skip
    one.add_argument("name", nargs="?", metavar="NAME")
    one.add_argument(
        "--projects", nargs="+", metavar="PROJECT",
        help="NAME gets turns of these only: keys as in hand-offs, `*` is anything; . this directory; all; none",
    )  # fmt: skip
    _as_json(one)
    command("unpair", "trust a machine no longer", "spread unpair laptop").add_argument(
        "name", metavar="NAME"
    )


def _engine(command: _Command) -> None:
    """Add what runs the engine and tells of it."""
    one = command("sync", "run the engine here until it is stopped", "spread sync --once")
    one.add_argument("--once", action="store_true", help="do what can be done now, then return")
    one.add_argument("--detached", action="store_true", help=argparse.SUPPRESS)

    _as_json(command("status", "routes, peers, and what is owed and why", "spread status"))
    for name, text in (("pause", "send nothing until resumed"), ("resume", "send again")):
        which = command(name, text, f"spread {name} --project").add_mutually_exclusive_group()
        which.add_argument("--project", action="store_true", help="only this directory's project")
        which.add_argument("--peer", metavar="NAME", help="only to this peer")


def _hand_offs(command: _Command) -> None:
    """Add what shows hand-offs."""
    _as_json(command("inbox", "list received hand-offs", "spread inbox"))
    one = command("show", "show a hand-off, received or sent", "spread show latest")
    one.add_argument("id", metavar="ID")
    one.add_argument("--web", action="store_true", help="as a page in the browser, as `spread ui` does")
    _as_json(one)
    one = command(
        "accept", "give a received hand-off to the next session of its project", "spread accept 6f1c"
    )
    one.add_argument("id", metavar="ID")
    one = command("forget", "delete a hand-off, received or sent", "spread forget 6f1c")
    one.add_argument("id", metavar="ID")
    _as_json(one)

    one = command("ui", "a page on this machine: machines, debts, hand-offs, search", "spread ui")
    one.add_argument("--port", type=int, default=0, metavar="N", help="listen there (default: any free port)")
    one.add_argument("--no-open", action="store_true", help="print the address, and start no browser")
    _narrowed(
        command("log", "what went where and when, by which route", "spread log --peer laptop -n 50"),
        "to or from",
    )
    one = command("search", "find hand-offs by words, received and sent", "spread search date parser")
    one.add_argument(
        "words", nargs="+", metavar="WORDS", help="all of them must be there; the last may be a beginning"
    )
    _narrowed(one, "from")


def _setting_up(command: _Command) -> None:
    """Add what checks, installs and takes out."""
    _as_json(command("doctor", "check everything, and tell the fix of what is wrong", "spread doctor"))
    one = command(
        "statusline", "a segment for the client's status line", "spread statusline -- ~/.claude/my-line.sh"
    )
    one.add_argument(
        "words", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="print ours behind this one's output"
    )

    one = command(
        "install", "put our hooks and skills into Claude Code's settings", "spread install --statusline"
    )
    _place(one)
    one.add_argument("--service", action="store_true", help="also keep an engine running, as a service")
    one.add_argument("--statusline", action="store_true", help="also show a segment in the status line")
    _as_json(one)
    one = command("uninstall", "take out what `spread install` put in", "spread uninstall")
    _place(one)
    one.add_argument("--service", action="store_true", help="the service too, if another install remains")
    one.add_argument("--purge", action="store_true", help="from everywhere, and delete all we keep")
    one.add_argument("--yes", action="store_true", help="do not ask before --purge")
    _as_json(one)


def _completion(command: _Command) -> None:
    """Add what completes commands in a shell."""
    one = command("completion", "complete commands and names with the Tab key", "spread completion --install")
    one.add_argument(
        "shell",
        nargs="?",
        choices=("bash", "zsh", "fish"),
        help="print the script of this shell, or install it",
    )
    which = one.add_mutually_exclusive_group()
    which.add_argument("--install", action="store_true", help="for this shell (default: the one you use)")
    which.add_argument("--uninstall", action="store_true", help="take it out again")


def _relay(command: _Command) -> None:
    """Add the relay."""
    one = command("relay", "host a relay", "spread relay --port 9784 --store sqlite:relay.db")
    one.add_argument("--host", default="", help="address to listen on (default: all)")
    one.add_argument("--port", type=int, help="default 9784, or RELAY_PORT")
    one.add_argument(
        "--store", metavar="memory|sqlite:PATH|redis://…", help="where mail is kept (default: SQLite)"
    )
    one.add_argument("--cert", metavar="FILE", help="speak TLS with this certificate chain (PEM)")
    one.add_argument("--key", metavar="FILE", help="its key (PEM)")
    one.add_argument(
        "--metrics", nargs="?", const="127.0.0.1:9785", metavar="[HOST:]PORT", help="serve /metrics there"
    )
