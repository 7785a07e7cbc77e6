"""The command line: each command is imported only when it runs.

Exit codes: 0 done, 1 failed as explained, 2 usage, 3 our bug, 130 interrupted.
"""

import _signal  # type: ignore[import-not-found]  # what `signal` is made of: to load that takes a while
import sys

try:
    if hasattr(_signal, "pthread_sigmask"):  # Ctrl-C waits for the imports: they drop it at some points
        _before = _signal.pthread_sigmask(_signal.SIG_BLOCK, (_signal.SIGINT,))
    import _thread
    import argparse
    import atexit
    import contextlib
    import errno
    import io
    import os
    import signal
    import time
    from collections.abc import Iterable, Sequence
    from typing import TYPE_CHECKING, Final, NoReturn

    from spread import __version__
    from spread.cli_parsers import EVERYDAY, parsers
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

    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_SETMASK, _before)
    if TYPE_CHECKING:
        from _typeshed import ReadableBuffer
except KeyboardInterrupt:  # they take as long as a quick person to change his mind
    sys.stderr.write("\nspread: interrupted\n")
    raise SystemExit(130) from None

AGAIN_S: Final = 0.01  # until what dropped an interrupt is left
STDOUT: Final = "standard output"


def _give_back(a: argparse.Namespace) -> None:
    """In `--relay CODE` the code is no address: `--relay` may stand alone, and what follows is the argument."""
    name = "file" if a.command == "share" else "code"
    if getattr(a, name) is not None:
        raise _no_relay(a.relay)
    setattr(a, name, a.relay)
    a.relay = ""


def _no_relay(given: str) -> UsageError:
    return UsageError(f"{given} is no relay's address", hint="it looks like wss://relay.example")


def _run(arguments: argparse.Namespace, paths: Paths) -> int:
    """Run the chosen command; imports only what it needs."""
    a = arguments
    if a.command in ("share", "receive") and a.relay:
        if "://" not in a.relay:
            _give_back(a)
        elif not a.relay.startswith(("ws://", "wss://")):
            raise _no_relay(a.relay)
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
            if a.projects is None:
                return peers.run(paths, name=a.name, as_json=a.json)
            if a.name is None:
                raise UsageError(
                    "--projects says of no machine",
                    hint="name it before: spread peers NAME --projects PROJECT",
                )
            return peers.limit(paths, a.name, a.projects)
        case "sync":
            from spread.commands import sync

            return sync.run(paths, once=a.once, detached=a.detached)
        case "status":
            from spread.commands import status

            return status.run(paths, as_json=a.json)
        case "pause" | "resume":
            from spread.commands import pause

            return pause.run(paths, pausing=a.command == "pause", project_only=a.project, peer=a.peer)
        case "inbox" | "show" | "accept" | "forget":
            from spread.commands import inbox

            if a.command == "inbox":
                return inbox.run(paths, as_json=a.json)
            if a.command == "accept":
                return inbox.accept(paths, a.id)
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
    _complain(["", "spread: interrupted"])
    return EXIT_INTERRUPTED


def _complain(lines: Iterable[str]) -> None:
    """Write to stderr, if it is there and takes it: the exit code tells the same."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.write("\n".join(lines) + "\n")


def _main(argv: Sequence[str] | None) -> int:
    paths = Paths()
    os.umask(0o077)  # what we write is the user's alone; what is asked for with -o too
    try:
        argv = [*(sys.argv[1:] if argv is None else argv)]
        if argv[:1] == ["help"]:  # as many programs have it
            argv = [*argv[1:2], "--help"]
        is_asked = "_ARGCOMPLETE" in os.environ
        parser = parsers("" if is_asked else "".join(argv[:1]))
        if is_asked:  # a shell asks how the line may go on
            from spread.commands import completion

            completion.answer(parser, paths)
        arguments = parser.parse_args(argv)
        if arguments.quiet:
            from spread.commands import terminal

            terminal.be_quiet()
        code = _run(arguments, paths)
        if sys.stdout is not None:
            sys.stdout.flush()  # while what fails can still be told
        return code
    except SpreadError as problem:
        _complain(_told(problem))
        return problem.exit_code
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return EXIT_FAILED
    except SystemExit as leave:  # --help, --version
        return leave.code if isinstance(leave.code, int) else EXIT_USAGE
    except OSError as problem:  # a full disk, a read-only home, a file where a directory should be
        _complain(_refused(problem, paths).lines())
        return EXIT_FAILED
    except Exception as problem:
        missing = _missing(problem) if isinstance(problem, ModuleNotFoundError) else None
        _complain((missing or _bug(paths, problem)).lines())
        return EXIT_FAILED if missing else EXIT_BUG


def _refused(problem: OSError, paths: Paths) -> SpreadError:
    """Return what says that the system did not let us; a write that finds no room does not say where."""
    no_room = problem.errno in (errno.ENOSPC, errno.EDQUOT)
    if problem.filename == STDOUT:
        return SpreadError(
            f"cannot write to {STDOUT}",
            why=problem.strerror or "",
            hint="make room on its disk" if no_room else "",
        )
    full = no_room and problem.filename is None
    return SpreadError(
        f"cannot write in {paths.home}" if full else f"cannot use {problem.filename or 'a file'}",
        why=problem.strerror or type(problem).__name__,
        hint="make room on its disk, or set SPREAD_HOME to a directory on another one" if full
        else "check its permissions and owner, and the disk's free space",
    )  # fmt: skip


class _Output(io.FileIO):
    """Standard output, whose failures name it: else they could be those of any file."""

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except OSError as problem:
            problem.filename = STDOUT
            raise


def _named(stdout: io.TextIOWrapper) -> io.TextIOWrapper:
    """Return the same as `stdout`, with failures that name it."""
    stdout.flush()
    raw = _Output(stdout.fileno(), "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw), stdout.encoding, stdout.errors,
        line_buffering=stdout.line_buffering or stdout.write_through,
    )  # fmt: skip


def _told(problem: SpreadError) -> list[str]:
    """Return an error's lines; what a peer's file says, and ids that its machine chose, are quoted for Claude."""
    if not isinstance(problem, DistillationError | StoreError):
        return problem.lines()
    from spread.commands import audience

    first, *more = problem.lines()
    return audience.shielded([first, *map(audience.Theirs, more)])


def _no_locks() -> SpreadError:
    return SpreadError(
        "this command does not run on Windows yet", why="it needs file locks as Linux and macOS have them",
        hint="install claude-spread and Claude Code in WSL, which is a Linux",
    )  # fmt: skip


def _missing(problem: ModuleNotFoundError) -> SpreadError | None:
    """Return what to do where a module is not there, None where that is our fault."""
    package = (problem.name or "").partition(".")[0]
    if package == "fcntl":
        return _no_locks()
    if package in ("", "spread", *sys.stdlib_module_names):
        return None
    return SpreadError(
        f"the package {package} is missing", why=f"{sys.executable} does not have what claude-spread needs",
        hint=f"in a checkout: {sys.executable} -m pip install .",
    )  # fmt: skip


def _bug(paths: Paths, problem: Exception) -> SpreadError:
    """Write the traceback to a log of its own; what is shown names the file."""
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


def _unraisable(dropped: "sys.UnraisableHookArgs") -> None:
    """Send Ctrl-C again where Python drops it: in a destructor, or where a weak reference ends, as in each import."""
    if dropped.exc_type is KeyboardInterrupt:
        _thread.start_new_thread(_interrupt_again, ())
    else:
        sys.__unraisablehook__(dropped)


def _interrupt_again() -> None:
    time.sleep(AGAIN_S)
    os.kill(os.getpid(), signal.SIGINT)


def script() -> NoReturn:
    """Run the command line of this process, and end it."""
    if os.name == "posix":
        sys.unraisablehook = _unraisable
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout = _named(sys.stdout)
    # a locale without our signs, a file's name that is no text; the latter may go out in UTF-8 as it came
    if sys.stdout is not None and (sys.stdout.encoding, sys.stdout.errors) != ("utf-8", "surrogateescape"):
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a process has a TextIOWrapper
    try:
        code = _main(None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done; what is left must not end in a traceback
    except _interrupts():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # all was left in order; once this exception is let go, what was only half made complains about its end
        _end(_interrupted())
    atexit._run_exitfuncs()
    _end(code)


def _end(code: int) -> NoReturn:
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:  # whoever reads it has gone, or the disk is full
            code = code or EXIT_FAILED
    os._exit(code)  # taking all modules apart, one by one, would take a tenth of the time a command needs


if __name__ == "__main__":
    script()
