"""`spread completion`: what the Tab key offers in bash, zsh and fish, and how it comes into them.

The shells ask us at each press (argcomplete's protocol), so names of peers and ids of hand-offs are those of now.
"""

import argparse
import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Final

from spread import store, store_sent
from spread.commands import terminal
from spread.errors import SpreadError, UsageError
from spread.paths import Paths, write_atomic

SHELLS: Final = ("bash", "zsh", "fish")
MAX_OFFERED: Final = 200
# zsh completes nothing of others before this has run; a second time would take a tenth of a second
ZSH: Final = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i; }\n"


def run(paths: Paths, shell: str | None, *, install: bool, uninstall: bool) -> int:
    """Print a shell's script, or put it where the shell finds it, or take it out of there."""
    if shell is None and not (install or uninstall):
        raise UsageError(
            "which shell?", why="none is named", hint="spread completion --install, or name bash, zsh or fish"
        )
    shell = shell or _own_shell()
    if uninstall:
        gone = _uninstall(paths, shell)
        terminal.result(
            f"{shell} completes nothing of ours any more"
            if gone
            else f"{shell} did not complete anything of ours"
        )
    elif install:
        where = _install(paths, shell)
        terminal.result(f"{shell} completes commands, names and ids ({where}); next: open a new {shell}")
    else:
        terminal.result(script(shell).rstrip("\n"))
    return 0


def script(shell: str) -> str:
    """Return what makes a shell ask us."""
    from argcomplete import shell_integration

    return (ZSH if shell == "zsh" else "") + shell_integration.shellcode(["spread"], shell=shell)


def _own_shell() -> str:
    name = os.path.basename(os.environ.get("SHELL", ""))
    if name not in SHELLS:
        raise UsageError(
            f"cannot complete in {name or 'an unknown shell'}", why="only bash, zsh and fish are known",
            hint="name the shell: spread completion bash --install",
        )  # fmt: skip
    return name


# -- into the shells ---------------------------------------------------------------------------------------


def _install(paths: Paths, shell: str) -> str:
    """Put the script where the shell finds it; return that place."""
    if shell == "fish":
        path = _fish()
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write_atomic(path, script(shell).encode("utf-8"), mode=0o644)
        return path
    paths.make()
    os.makedirs(paths.completion, mode=0o700, exist_ok=True)
    write_atomic(os.path.join(paths.completion, f"spread.{shell}"), script(shell).encode("utf-8"))
    path, line = _startup(shell), _line(paths, shell)
    if line not in _read(path):
        is_new = not os.path.lexists(path)
        with open(
            path, "ab"
        ) as handle:  # as it is, wherever it is: it may be a link into the user's own collection
            handle.write(line if is_new else b"\n" + line)  # by which `_uninstall` knows it
    return path


def _uninstall(paths: Paths, shell: str) -> bool:
    """Take out what `_install` has put in, to the byte; tell whether it was there."""
    if shell == "fish":
        return _unlink(_fish())
    path, line = _startup(shell), _line(paths, shell)
    before = _read(path)
    if before == line:  # we made it: one that was there would begin with a line of its own, or an empty one
        _unlink(path)
    elif line in before:
        real = os.path.realpath(path)
        rest = before.replace(b"\n" + line, b"").replace(line, b"")
        write_atomic(real, rest, mode=os.stat(real).st_mode & 0o777)
    return _unlink(os.path.join(paths.completion, f"spread.{shell}")) or line in before


def take_all(paths: Paths) -> list[str]:
    """Take it out of all shells; return those that it was in."""
    ours = [shell for shell in ("bash", "zsh") if _uninstall(paths, shell)]
    with contextlib.suppress(FileNotFoundError):
        if _read(_fish()) == script("fish").encode("utf-8"):  # else it is another's, or was changed
            os.unlink(_fish())
            ours.append("fish")
    return ours


def _line(paths: Paths, shell: str) -> bytes:
    import shlex

    path = shlex.quote(os.path.join(paths.completion, f"spread.{shell}"))
    return f"[ -r {path} ] && . {path}  # claude-spread: completion\n".encode("utf-8", "surrogateescape")


def _startup(shell: str) -> str:
    """Return the file that an interactive shell reads when it starts."""
    home = os.path.expanduser("~")
    if shell == "zsh":
        return os.path.join(os.environ.get("ZDOTDIR") or home, ".zshrc")
    return os.path.join(home, ".bashrc")


def _fish() -> str:
    config = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(config, "fish", "completions", "spread.fish")


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as handle:
            return handle.read()
    except FileNotFoundError:
        return b""


def _unlink(path: str) -> bool:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    return True


# -- what is offered ---------------------------------------------------------------------------------------


def answer(parser: argparse.ArgumentParser, paths: Paths) -> None:
    """Answer a shell that asks how a line may go on; does not return."""
    import argcomplete

    for name, command in _commands(parser):
        for action in command._actions:
            offered = _offered(name, action.dest, paths)
            if offered is not None:
                action.completer = offered  # type: ignore[attr-defined]  # where argcomplete looks for it
    argcomplete.autocomplete(parser, always_complete_options=False)


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def _offered(command: str, dest: str, paths: Paths) -> Callable[..., object] | None:
    """Return what offers the values of an argument; None where argparse knows them, or they are files."""
    if (command, dest) in (("unpair", "name"), ("peers", "name")) or dest == "peer":
        return lambda **_: _peers(paths)
    if dest == "id":
        return lambda prefix, **_: _ids(paths, prefix)
    if dest in ("project", "projects") and command in ("log", "search", "peers"):
        return lambda **_: _projects(paths)
    if dest in ("code", "room", "host", "relay", "words", "count", "keep_open", "name", "session"):
        return lambda **_: ()  # nothing can be known, and files would be wrong
    return None


def _peers(paths: Paths) -> list[str]:
    """Return the peers' names: those of their files, since reading them takes longer."""
    names = os.listdir(paths.peers) if os.path.isdir(paths.peers) else []
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml") and name[0] != ".")


def _ids(paths: Paths, prefix: str) -> dict[str, str]:
    """Return the ids that may be meant, what is pending first, each with what it is about."""
    items = sorted(store.received(paths), key=lambda item: item.seen) + store_sent.sent(paths)
    fits = [item for item in items if item.id.startswith(prefix)][:MAX_OFFERED]
    offered = {"latest": "what came last"} if "latest".startswith(prefix) and items else {}
    return offered | {item.id: _about(item) for item in fits}


def _about(item: store.Received) -> str:
    from spread import claude  # late, as above

    with contextlib.suppress(SpreadError):
        return claude.sanitise(store.glance(item).get("goal", ""), 60)
    return ""


def _projects(paths: Paths) -> list[str]:
    found = set()
    for item in (*store.received(paths)[:MAX_OFFERED], *store_sent.sent(paths)[:MAX_OFFERED]):
        with contextlib.suppress(SpreadError):
            found.add(store.glance(item).get("project.id", ""))
    return sorted(found - {""})
