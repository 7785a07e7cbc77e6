"""What a command line does to files, read from the command itself.

Not a shell: enough of its grammar to find the simple commands, their words and redirections. What
cannot be known from the text (variables, globs, loops) yields no effect rather than a guess.
"""

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise, takewhile
from typing import Final

from spread.distill.cmdlets import CMDLETS, effects_of, is_part
from spread.distill.effect import MAYBE, SWEPT, Effect
from spread.distill.once import of_line
from spread.distill.operands import (
    FETCHERS,
    GIT_CHANGES,
    copied,
    copied_folder,
    deleted,
    fetched,
    in_place,
    made,
    moved,
    moved_nothing,
    of_git,
    of_show,
    options,
)
from spread.distill.reader import ASSIGN, Reader, bare
from spread.distill.simple import NEAR, note_unsure, stops_at, went_on
from spread.distill.simple import UNKNOWABLE as UNKNOWABLE
from spread.distill.simple import Simple as Simple
from spread.distill.spelling import PATH_CHARS
from spread.distill.unpacked import NAMING, put_in, swept
from spread.distill.untaken import Branches, may_leave, said, taken

MAX_COMMAND_CHARS: Final = 100_000

_GRAMMAR: Final = re.compile(r"[^\w \t\r./,:=@%+~-]")


@of_line
def split(source: str) -> list[Simple]:
    """Return the simple commands of a command line, in order; the same objects for the same line, so leave them as they are."""
    if not _GRAMMAR.search(source):
        words = source.split()
        return [_stripped(Simple(words, end=len(source)))] if words else []
    out = Reader().read(source[:MAX_COMMAND_CHARS])
    note_unsure(out)
    out = taken(out) if may_leave(source) else out
    ran = [it for at, it in pairwise((Simple(), *out)) if not is_part(at.words, at.joint, it.words)]
    return _kept(ran)


def _kept(found: list[Simple]) -> list[Simple]:
    """Return the commands without what is none; of what stands in brackets the last one has what follows them."""
    out: list[Simple] = []
    sets: list[tuple[str, str, bool]] = []
    for item in found:
        words = item.words
        if _stripped(item).words or item.writes:
            item.sets, sets = sets, []
            out.append(item)
            continue
        for word in words if words is not item.words else ():
            if found_name := ASSIGN.match(word):
                asked = out and out[-1].joint in ("&&", "||") and out[-1].name in ("[", "[[", "test")
                plain = not (asked or item.unsure or "+" in found_name[0])
                sets.append((found_name[0].rstrip("+="), word[found_name.end() :], plain))
        if out and (out[-1].ends or out[-1].joint) == ")":
            out[-1].ends = item.joint
    return out


def _stripped(item: Simple) -> Simple:
    """Drop keywords, assignments and wrappers in front of the command proper."""
    item.words, item.into = bare(item.words, item.into)
    item.name = item.words[0].rpartition("/")[2] if item.words else ""
    return item


def effects(
    commands: list[Simple], *, ok: bool, reached: int = -1, output: str | None = None, loud: bool = False
) -> Iterator[tuple[Effect, str]]:
    """Yield what the commands did to files, each with the directory (relative or absolute) it was done in.

    Paths may hold `*` and `?` where something was deleted or moved.

    Args:
        ok: Whether the line as a whole succeeded. If not, only what no failure before it can have prevented is told,
            of other things than writes only what itself did not fail.
        loud: Whether what a line that failed printed holds no word of those programs that say so when they fail.
        output: What they printed, which may tell that a command ran that else may not have.
        reached: Where in a line that failed a command stands that certainly ran.
    """
    if not any(map(_may_change, commands)):
        return
    folders: set[str] = set()
    written: set[str] = set()
    stops = stops_at(commands)
    unmasked = next(
        (at for at, item in enumerate(commands) if item.joint not in (";", "\n", "|")), len(commands)
    )
    unmasked = min(unmasked, stops)
    done = went_on(commands, unmasked) if loud and not ok else -1
    broken = max(
        (
            at
            for at, item in enumerate(commands)
            if item.start < reached and item.joint != "&&" and (at < stops or item.joint not in (";", "\n"))
        ),
        default=-1,
    )
    branches, output = Branches(commands, output), output or ""
    # What only goes elsewhere is not among the placed.
    place = {id(item): at for at, item in enumerate(commands)}
    for item, here in placed(commands):
        at = place[id(item)]
        if item.branch in branches.untaken:
            continue
        written.update([path for path, _ in item.writes])
        through = (item.start < reached and at > broken) or at <= done
        if not (ok or through or at <= unmasked):
            continue
        if ok and output and branches.fell(at):
            continue
        if item.joint == "||" and at + 1 < len(commands) and said(commands[at + 1], output):
            continue  # what stands for its failing was printed
        if output and item.name == "git" and moved_nothing(item.words, output):
            continue
        maybe = bool(item.writes or item.name in _CHANGERS) and _may_not_write(commands, at, output)
        if item.words[:1] != ["[["]:
            for path, appends in item.writes:
                if _OF_LOOP.fullmatch(path) and is_placed(path, here) and not item.unsure:
                    yield Effect("modify", path, by=">>" if appends else ">"), here or ""
                elif not UNKNOWABLE.search(path) and is_placed(path, here):
                    kind = "append" if appends else "write"
                    kind = (item.name == "git" and of_show(item.words, path)) or kind
                    kind = MAYBE if maybe or branches.may_not(item, path) else kind
                    yield Effect(kind, path, typed=item.heredoc and item.name == "cat"), here or ""
        if not (ok or through or (item.joint in (";", "\n") and at < len(commands) - 1)):
            continue
        if item.name in _CHANGERS or ("-" in item.name and item.name.lower() in CMDLETS):
            before = commands[max(at - NEAR, 0) : at]
            here = _gone(here, item.into) if item.into else here
            for effect in _command(item) if item.name in _CHANGERS else effects_of(item.words):
                unknowable = _BUT_PATTERNS if effect.kind in _WITH_PATTERNS else UNKNOWABLE
                if effect.kind == "rename" and effect.path in written and _came_from(effect, before):
                    if not UNKNOWABLE.search(effect.path):
                        yield Effect("delete", effect.path, sure=False), here or ""
                    effect = Effect("modify", effect.other)
                elif effect.kind == "write" and _is_read(effect.path, before):
                    effect.kind = "modify"
                if effect.kind in _MOVING and _HIDDEN.search(effect.path) and _FILE.search(effect.other):
                    again = any(effect.other in each.words[1:] for each in before)
                    effect = Effect("modify" if again else "write", effect.other)
                if unknowable.search(effect.path) or UNKNOWABLE.search(
                    (effect.kind != SWEPT and effect.other) or "x"
                ):
                    continue
                if effect.kind == "revert" and not effect.sure and "Switched to " in output:
                    continue  # it was a branch
                effect.sure = effect.sure and not _may_skip(commands, at)
                effect.by = item.name
                if effect.kind in _WRITING and (maybe or branches.may_not(item, effect.other or effect.path)):
                    effect = Effect(MAYBE, effect.other or effect.path)
                if effect.kind == "folder":
                    folders.add(effect.path)
                if effect.other in folders:
                    effect.other += "/"
                if is_placed(effect.path, here) and is_placed(effect.other or "/", here):
                    yield effect, here or ""


def _may_change(item: Simple) -> bool:
    """Tell quickly whether a command may change files: most only run or show something."""
    if item.name == "git":
        return bool(item.writes) or not GIT_CHANGES.isdisjoint(item.words)
    return bool(item.writes) or item.name in _CHANGERS or "-" in item.name


def _came_from(effect: Effect, before: list[Simple]) -> bool:
    """Tell whether what was moved was made of the file in whose place it came, as in `jq . a > b && mv b a`."""
    return any(
        effect.other in item.words and any(path == effect.path for path, _ in item.writes) for item in before
    )


def _may_skip(commands: list[Simple], at: int) -> bool:
    """Tell whether a command may not have done it though its line worked: in a branch, after a test, its errors hidden."""
    item, before = commands[at], commands[max(at - 1, 0)]
    asked = before.joint == "&&" and before.name in _TESTS
    if _is_second(item, before):
        return False
    return item.unsure or ((asked or item.quiet) and item.joint not in ("", "&&"))


def _is_second(item: Simple, before: Simple) -> bool:
    """Tell whether a command stands for the failing of one that was to do the same, as in `git mv a b || mv a b`."""
    given = [word for word in item.words[1:] if word[:1] != "-"]
    same = bool(given) and before.words[-len(given) :] == given
    return same and before.joint == "||" and not (before.unsure or item.quiet)


def _may_not_write(commands: list[Simple], at: int, output: str) -> bool:
    """Tell whether a command may well not have run: only where another fails, or after a mere question with more behind it."""
    item, before = commands[at], commands[max(at - 1, 0)]
    if item.spare:
        after = commands[at + 1] if at + 1 < len(commands) else Simple()
        return not (
            (after.spare and said(after, output)) or (before.name == "echo" and said(before, output) is False)
        )
    asked = _asks(before) or (before.unsure and not item.unsure)  # as in `! grep x a && …`
    return before.joint == "&&" and asked and item.joint not in ("", "&&")


def _asks(item: Simple) -> bool:
    """Tell whether a command only asks something, so that it failing is nothing out of the way."""
    return item.name in _TESTS or (item.name in GREPS and any("q" in word for word in item.words[1:3]))


def _is_read(path: str, before: list[Simple]) -> bool:
    """Tell whether what was written came from the same file: through a pipe, as in `jq . a | sponge a`, or by PowerShell."""
    piped = takewhile(lambda item: item.joint in ("|", ")"), reversed(before))
    got = [item for item in before if "Get-Content" in item.words]
    return any(path in item.words[1:] for item in (*piped, *got))


def placed(commands: list[Simple]) -> Iterator[tuple[Simple, str | None]]:
    """Yield commands, but those that go elsewhere, with the directory that each runs in, None where that cannot be told."""
    here: str | None = ""
    before: str | None = None
    closed = False
    pushed: list[str | None] = []
    outside: list[str | None] = []
    for item in commands:
        while len(outside) < item.depth:
            outside.append(here)
        if closed and len(outside) == item.depth > 0:  # another bracket right behind one
            here = outside[-1]
        while len(outside) > item.depth:
            here = outside.pop()
        closed = item.joint == ")"
        if item.name == "popd":
            before, here = here, pushed.pop() if pushed else None
        elif item.name in _MOVES and len(item.words) < 3:
            if item.name == "pushd":
                pushed.append(here)
            to = item.words[1].replace("\\", "/") if len(item.words) > 1 else "~"
            before, here = here, before if to == "-" else _gone(here, to)
        elif item.name not in _MOVES:
            yield item, here


def _gone(here: str | None, to: str) -> str | None:
    if "rev-parse --show-toplevel" in to:
        return ""
    if UNKNOWABLE.search(to) or not is_placed(to, here):
        return None
    gone = posixpath.join(here or "", to)
    # No system has a longer one, and many of them would fill the memory.
    return gone if len(gone) <= PATH_CHARS else None


def is_placed(path: str, here: str | None) -> bool:
    """Tell whether it is known where a path is."""
    return here is not None or path.startswith(("/", "~")) or path[1:2] == ":"


_CHANGERS: Final = frozenset(
    ("rm", "unlink", "mv", "cp", "touch", "tee", "sed", "gsed", "perl", "ruby", "curl", "wget", "git", "install", "ln", "dd", "sponge", "mkdir",
     "yq", "trash", "scp", "docker", "tar", "zip", "pandoc", "find", *NAMING)
)  # fmt: skip
_MOVES: Final = frozenset(("cd", "pushd", "Set-Location", "Push-Location"))
_TESTS: Final = frozenset(("[", "[[", "test", "which", "type", "-v", "cmp"))  # `command -v`
GREPS: Final = frozenset(("grep", "egrep", "rg"))
_MOVING: Final = frozenset(("rename", "copy"))
_HIDDEN: Final = re.compile(r"[$`]")  # what it stands for is not known, yet it is one file
_FILE: Final = re.compile(r"\.[A-Za-z]\w{0,9}$")
# Where output goes to such a one, a loop over the pattern wrote to each of its files.
_OF_LOOP: Final = re.compile(r"[\w./@+-]*[*?][\w./@+*?-]*\.\w+")
_WRITING: Final = frozenset(("write", "append", "touch", "modify", "copy"))
_WITH_PATTERNS: Final = frozenset(("delete", "tree", "rename", "modify", SWEPT))
# Brackets stand for one letter, or are part of a name, as routes have them: `[id].ts`.
_BUT_PATTERNS: Final = re.compile(
    r"[$`{}\n]|^-$|^&|^/dev/|\[(?!id\])(?:[^\]]{1,2}|[^\]]-[^\]]{1,20}|[!^][^\]]{1,20})\]"
)


def _command(item: Simple) -> Iterator[Effect]:
    words, name = item.words, item.name
    if name == "git":
        yield from of_git(words[1:])
        return
    flags, args = options(words[1:])
    short = "".join(flag[1:] for flag in flags if not flag.startswith("--"))
    if name in ("rm", "unlink", "trash"):
        yield from deleted(flags, args)
    elif name in ("mv", "cp"):
        files = "a" not in short or all(map(_FILE.search, args))
        whole = name == "cp" and not ({"r", "R"}.isdisjoint(short) and files)
        yield from (
            copied_folder(short, args) if whole else moved("rename" if name == "mv" else "copy", words[1:])
        )
    elif name in ("install", "ln", "dd", "touch", "sponge"):
        yield from made(name, words[1:])
    elif name == "mkdir":
        yield from (Effect("folder", path.rstrip("/")) for path in args)
    elif name == "tee":
        for path in args:
            yield Effect("append" if "a" in short else "write", path)
    elif name in ("sed", "gsed") and (
        "i" in short.replace("E", "") or any(flag.startswith("--in-place") for flag in flags)
    ):
        yield from in_place(words[1:])
    elif name in ("perl", "ruby") and "i" in short and "e" in short:
        yield from copied(flags, args[1:])
    elif name == "yq" and ("i" in short or "--inplace" in flags):
        yield from (Effect("modify", path) for path in args[1:])
    elif name in FETCHERS:
        yield from fetched(words)
    elif name == "find":
        yield from swept(words[1:])
    elif name in NAMING:
        yield from put_in(name, words[1:])


# The programs are mv, rm, cp, curl, touch, tee, trash, tar, sed, gsed, ssh, scp, sponge, perl, patch, pandoc, git, gh, unlink, wget, ln, dd,
# docker cp, zip, yq, ruby, install, ed, ex, Vim and awk, those that name or pack what they write, and cmdlets; each alternative begins with its letter, not with `\b`, as the search is twice as fast so.
_CHANGES: Final = re.compile(
    r">(?!\s*/dev/null|&\d)|m(?<!\wm)(?:v|kdir)\b|r(?<!\wr)(?:m|uby)\b|c(?<!\wc)(?:p|url)\b|t(?<!\wt)(?:ouch|ee|rash|ar|runcate)\b|s(?<!\ws)(?:ed|sh|cp|ponge|ort\b[^|;&\n]{0,200}? -o)\b|g(?<!\wg)sed\b"
    r"|p(?<!\wp)(?:erl|atch|andoc)\b|l(?<!\wl)n\b|d(?<!\wd)d\b|z(?<!\wz)(?:ip|std)\b|y(?<!\wy)q\b|e(?<!\we)[dx] |v(?<!\wv)im? [-+]|n(?<!\wn)vim [-+]|i(?<!\wi)n(?:place\b|stall -)|g(?<!\wg)(?:it|h|zip|unzip)\b|b(?<!\wb)zip2\b|x(?<!\wx)z\b|u(?<!\wu)nlink\b|w(?<!\ww)get\b"
    r"|-(?:Item|Content|(?:Out)?File|out|delete|ModuleManifest|Csv|Clixml)\b(?<!Get-Item)(?<!Get-Content)"
)


@of_line
def may_change(source: str) -> bool:
    """Tell quickly whether a command line may change files."""
    return _CHANGES.search(source) is not None
