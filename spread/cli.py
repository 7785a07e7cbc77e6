"""The command line: parsers here, each command imported only when it runs.

Exit codes: 0 done, 1 failed as explained, 2 usage, 3 our bug, 130 interrupted.
"""

import sys

try:
    import argparse
    import contextlib
    import os
    import signal
    from collections.abc import Sequence
    from typing import NoReturn

    from spread import __version__
    from spread.errors import (
        EXIT_BUG,
        EXIT_FAILED,
        EXIT_INTERRUPTED,
        EXIT_USAGE,
        DistillationError,
        SpreadError,
        StoreError,
        UsageError,
    )
    from spread.paths import Paths
except KeyboardInterrupt:  # they take as long as a quick person to change his mind
    sys.stderr.write("\nspread: interrupted\n")
    raise SystemExit(130) from None

EVERYDAY = """\
claude-spread: your Claude Code session follows you to your other machine

  spread pair                 on one machine: shows a code (and `spread pair CODE` on the other)
  spread status               which peers, by which route, what is owed
  spread inbox                hand-offs received; `spread show latest` reads one
  spread share                hand this session over once, by code: prints it
  spread receive CODE         take what the code stands for

`spread COMMAND --help` tells more; `spread demo` shows it all on this machine."""

EXIT_CODES = "exit codes: 0 done, 1 failed as explained, 2 usage, 3 our bug, 130 interrupted"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"see `{self.prog} --help`")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 10**6:
        raise argparse.ArgumentTypeError(f"{text} is not a number of things to show")
    return int(text)


def _parsers() -> argparse.ArgumentParser:
    def quiet(parser: argparse.ArgumentParser, default: object) -> None:
        text = "print results and errors only"
        parser.add_argument("-q", "--quiet", action="store_true", default=default, help=text)

    def narrowed(parser: argparse.ArgumentParser, what: str) -> None:
        parser.add_argument("--peer", metavar="NAME", help=f"only {what} this peer")
        parser.add_argument(
            "--project", metavar="PROJECT", help="only of this project; a part of its name will do"
        )
        parser.add_argument(
            "-n", dest="count", type=_count, default=20, metavar="COUNT", help="at most so many (20)"
        )
        as_json(parser)

    top = _Parser(prog="spread", description=EVERYDAY, formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("--version", action="version", version=f"claude-spread {__version__}")
    quiet(top, False)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    def command(name: str, text: str, example: str) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name, help=text, description=text, epilog=f"example: {example}\n{EXIT_CODES}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        quiet(made, argparse.SUPPRESS)
        return made

    def as_json(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    command("demo", "the main job on this machine: two homes, one relay, a bundled session", "spread demo")

    one = command(
        "distill", "boil a transcript down; no network, nothing stored", "spread distill 6f1c… -o handoff.md"
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
    one.add_argument("--keep-open", type=float, metavar="MIN", help="serve several receivers for so long")
    as_json(one)

    one = command(
        "receive", "take what was shared under a code or passphrase", "spread receive a7f3b2-amber-tiger-lamp"
    )
    one.add_argument("code", nargs="?", metavar="CODE", help="as the other machine shows it (- is stdin)")
    one.add_argument("--relay", nargs="?", const="", metavar="URL", help="through a relay")
    one.add_argument("--room", metavar="ID", help="the room, when a passphrase is used")
    one.add_argument("--host", metavar="HOST:PORT", help="connect there instead of searching the network")
    one.add_argument("--passphrase-file", metavar="F", help="its first line is the passphrase (- is stdin)")
    one.add_argument("-o", dest="output", metavar="FILE", help="write there instead of stdout")
    as_json(one)

    one = command(
        "pair", "pair two machines for good", "spread pair    # there: spread pair a7f3b2-amber-tiger-lamp"
    )
    one.add_argument("code", nargs="?", metavar="CODE", help="as the other machine shows it (- is stdin)")
    one.add_argument("--name", help="what this machine is called from now on")
    one.add_argument("--relay", metavar="URL", help="meet at this relay and use it with this peer")
    one.add_argument("--teammate", action="store_true", help="the other machine is somebody else's")

    one = command(
        "peers", "list the machines we are paired with, or limit one to some projects",
        "spread peers laptop --projects . 'github.com/acme/*'",
    )  # fmt: skip
    one.add_argument("name", nargs="?", metavar="NAME")
    one.add_argument(
        "--projects", nargs="+", metavar="PROJECT",
        help="NAME gets turns of these only: keys as in hand-offs, `*` is anything; . this directory; all; none",
    )  # fmt: skip
    as_json(one)
    command("unpair", "trust a machine no longer", "spread unpair laptop").add_argument(
        "name", metavar="NAME"
    )

    one = command("sync", "run the engine here until it is stopped", "spread sync --once")
    one.add_argument("--once", action="store_true", help="do what can be done now, then return")
    one.add_argument("--detached", action="store_true", help=argparse.SUPPRESS)

    as_json(command("status", "routes, peers, and what is owed and why", "spread status"))
    for name, text in (("pause", "send nothing until resumed"), ("resume", "send again")):
        which = command(name, text, f"spread {name} --project").add_mutually_exclusive_group()
        which.add_argument("--project", action="store_true", help="only this directory's project")
        which.add_argument("--peer", metavar="NAME", help="only to this peer")

    as_json(command("inbox", "list received hand-offs", "spread inbox"))
    one = command("show", "show a received hand-off", "spread show latest")
    one.add_argument("id", metavar="ID")
    one.add_argument("--web", action="store_true", help="as a page in the browser, as `spread ui` does")
    as_json(one)
    one = command("forget", "delete a received hand-off", "spread forget 6f1c")
    one.add_argument("id", metavar="ID")
    as_json(one)

    one = command("ui", "a page on this machine: machines, debts, hand-offs, search", "spread ui")
    one.add_argument("--port", type=int, default=0, metavar="N", help="listen there (default: any free port)")
    one.add_argument("--no-open", action="store_true", help="print the address, and start no browser")
    narrowed(
        command("log", "what went where and when, by which route", "spread log --peer laptop -n 50"),
        "to or from",
    )
    one = command("search", "find hand-offs by words, received and sent", "spread search date parser")
    one.add_argument(
        "words", nargs="+", metavar="WORDS", help="all of them must be there; the last may be a beginning"
    )
    narrowed(one, "from")

    as_json(command("doctor", "check everything, and tell the fix of what is wrong", "spread doctor"))
    one = command(
        "statusline", "a segment for the client's status line", "spread statusline -- ~/.claude/my-line.sh"
    )
    one.add_argument(
        "words", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="print ours behind this one's output"
    )

    def place(parser: argparse.ArgumentParser) -> None:
        text = "in your own settings (default), or in this project's"
        parser.add_argument("--scope", choices=("user", "project"), default="user", help=text)

    one = command(
        "install", "put our hooks and skills into Claude Code's settings", "spread install --statusline"
    )
    place(one)
    one.add_argument("--service", action="store_true", help="also keep an engine running, as a service")
    one.add_argument("--statusline", action="store_true", help="also show a segment in the status line")
    as_json(one)
    one = command("uninstall", "take out what `spread install` put in", "spread uninstall")
    place(one)
    one.add_argument("--service", action="store_true", help="the service too, if another install remains")
    one.add_argument("--purge", action="store_true", help="from everywhere, and delete all we keep")
    one.add_argument("--yes", action="store_true", help="do not ask before --purge")
    as_json(one)

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
    return top


def _give_back(a: argparse.Namespace) -> None:
    """In `--relay CODE` the code is no address: `--relay` may stand alone, and what follows is the argument."""
    name = "file" if a.command == "share" else "code"
    if getattr(a, name) is not None:
        raise UsageError(f"{a.relay} is no relay's address", hint="it looks like wss://relay.example")
    setattr(a, name, a.relay)
    a.relay = ""


def _run(arguments: argparse.Namespace, paths: Paths) -> int:
    """Run the chosen command; imports only what it needs."""
    a = arguments
    if a.command in ("share", "receive") and a.relay and "://" not in a.relay:
        _give_back(a)
    match a.command:
        case "demo":
            from spread.commands import demo

            return demo.run()
        case "distill":
            from spread.commands import distill

            return distill.run(a.source, form=a.format, output=a.output, audit=a.audit)
        case "share":
            from spread.commands import share

            return share.run(
                paths, a.file, session=a.session, relay=a.relay, passphrase_file=a.passphrase_file,
                keep_open_min=a.keep_open, as_json=a.json, narrative_file=a.narrative_file,
            )  # fmt: skip
        case "receive":
            from spread.commands import receive

            return receive.run(
                paths, a.code, relay=a.relay, room=a.room, host=a.host, passphrase_file=a.passphrase_file,
                output=a.output, as_json=a.json,
            )  # fmt: skip
        case "pair":
            from spread.commands import pair

            return pair.run(paths, a.code, name=a.name, relay=a.relay, teammate=a.teammate)
        case "peers" | "unpair":
            from spread.commands import peers

            if a.command == "unpair":
                return peers.unpair(paths, a.name)
            if (a.name is None) != (a.projects is None):
                raise UsageError("NAME and --projects belong together", hint="see `spread peers --help`")
            return (
                peers.run(paths, as_json=a.json) if a.name is None else peers.limit(paths, a.name, a.projects)
            )
        case "sync":
            from spread.commands import sync

            return sync.run(paths, once=a.once, detached=a.detached)
        case "status":
            from spread.commands import status

            return status.run(paths, as_json=a.json)
        case "pause" | "resume":
            from spread.commands import pause

            return pause.run(paths, pausing=a.command == "pause", project_only=a.project, peer=a.peer)
        case "inbox" | "show" | "forget":
            from spread.commands import inbox

            if a.command == "inbox":
                return inbox.run(paths, as_json=a.json)
            if a.command == "show" and a.web:
                from spread.commands import ui

                return ui.run(paths, wanted=a.id)
            return (inbox.show if a.command == "show" else inbox.forget)(paths, a.id, as_json=a.json)
        case "ui":
            from spread.commands import ui

            if not 0 <= a.port <= 65535:
                raise UsageError(f"{a.port} is no port", hint="see `spread ui --help`")
            return ui.run(paths, port=a.port, launch=not a.no_open)
        case "log":
            from spread.commands import log

            return log.run(paths, peer=a.peer, project=a.project, count=a.count, as_json=a.json)
        case "search":
            from spread.commands import search

            return search.run(paths, a.words, peer=a.peer, project=a.project, count=a.count, as_json=a.json)
        case "completion":
            from spread.commands import completion

            return completion.run(paths, a.shell, install=a.install, uninstall=a.uninstall)
        case "doctor":
            from spread.commands import doctor

            return doctor.run(paths, as_json=a.json)
        case "statusline":
            from spread import statusline

            statusline.main(a.words)
            return 0
        case "install":
            from spread.commands import install

            return install.run(
                paths, scope=a.scope, service=a.service, statusline=a.statusline, as_json=a.json
            )
        case "uninstall":
            from spread.commands import install

            return install.uninstall(
                paths, scope=a.scope, service=a.service, purge=a.purge, yes=a.yes, as_json=a.json
            )
        case "relay":
            from spread.commands import relay

            return relay.run(a.host, a.port, a.store, cert=a.cert, key=a.key, metrics=a.metrics)
    from spread.commands import status

    return status.alone(paths, EVERYDAY)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; expected failures are told, our bugs are logged in full."""
    try:
        return _main(argv)
    except _interrupts():
        return _interrupted()


def _interrupts() -> tuple[type[BaseException], ...]:
    """Return what Ctrl-C raises: asyncio makes something else of it when its main task has not even begun."""
    loaded = sys.modules.get("asyncio")
    return (KeyboardInterrupt, loaded.CancelledError) if loaded is not None else (KeyboardInterrupt,)


def _interrupted() -> int:
    sys.stderr.write("\nspread: interrupted\n")
    return EXIT_INTERRUPTED


def _main(argv: Sequence[str] | None) -> int:
    paths = Paths()
    os.umask(0o077)  # what we write is the user's alone; what is asked for with -o too
    try:
        parser = _parsers()
        if "_ARGCOMPLETE" in os.environ:  # a shell asks how the line may go on
            from spread.commands import completion

            completion.answer(parser, paths)
        arguments = parser.parse_args(argv)
        if arguments.quiet:
            from spread.commands import terminal

            terminal.be_quiet()
        return _run(arguments, paths)
    except SpreadError as problem:
        sys.stderr.write("\n".join(_told(problem)) + "\n")
        return problem.exit_code
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return EXIT_FAILED
    except SystemExit as leave:  # --help, --version
        return leave.code if isinstance(leave.code, int) else EXIT_USAGE
    except OSError as problem:  # a full disk, a read-only home, a file where a directory should be
        told = SpreadError(
            f"cannot use {problem.filename or 'a file'}", why=problem.strerror or type(problem).__name__,
            hint="check its permissions and owner, and the disk's free space",
        )  # fmt: skip
        sys.stderr.write("\n".join(told.lines()) + "\n")
        return EXIT_FAILED
    except Exception as problem:
        sys.stderr.write("\n".join(_bug(paths, problem).lines()) + "\n")
        return EXIT_BUG


def _told(problem: SpreadError) -> list[str]:
    """Return an error's lines; what a peer's file says, and ids that its machine chose, are quoted for Claude."""
    if not isinstance(problem, DistillationError | StoreError):
        return problem.lines()
    from spread.commands import audience

    first, *more = problem.lines()
    return audience.shielded([first, *map(audience.Theirs, more)])


def _bug(paths: Paths, problem: Exception) -> SpreadError:
    """Write the traceback to a log of its own; what is shown names the file."""
    import time
    import traceback

    what = f"a bug in claude-spread: {type(problem).__name__}"
    try:
        paths.make()
        name = os.path.join(paths.log, f"bug-{time.strftime('%Y%m%dT%H%M%S')}.log")
        with open(name, "w", encoding="utf-8") as handle:
            handle.write(f"claude-spread {__version__}, Python {sys.version}, {sys.platform}\n\n")
            # frames only: the exception's own words may hold what was being handled
            handle.write("".join(traceback.format_tb(problem.__traceback__)) + type(problem).__name__ + "\n")
    except OSError:
        return SpreadError(what, hint="please report it, with the command you ran")
    return SpreadError(what, why=f"the traceback is in {name}", hint="please report it with that file")


def script() -> NoReturn:
    """Run the command line of this process."""
    try:
        code = _main(None)
    except (
        KeyboardInterrupt
    ):  # all was left in order; what was only half made must not complain about its end
        _interrupted()
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        os._exit(EXIT_INTERRUPTED)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done; what is left must not end in a traceback
    sys.exit(code)


if __name__ == "__main__":
    script()
