"""Which tags a session made and pushed, and which are gone, as far as git says so or it cannot be otherwise."""

import re
from collections.abc import Iterable
from typing import Final

from spread.distill.files import relative
from spread.distill.git_commands import PUSH_SPOKE, Gits, is_refused, leads_to, may_be_running, unsent, worked
from spread.distill.git_lines import is_tag, of_push
from spread.distill.operands import options
from spread.distill.shell import UNKNOWABLE, Simple
from spread.transcript_events import Call

Tags = dict[str, dict[str, int]]  # by name: what became of each, in order, with the lines

MAX_TAGS: Final = 8
PUSHED: Final = "pushed"
_GONE: Final = "deleted here"
_GONE_THERE: Final = "deleted on the remote"
_VAIN: Final = ("its push failed", "its push was refused")
_ENDS: Final = {  # what is no longer so
    "made": ("moved", _GONE),
    "moved": (_GONE,),
    PUSHED: (*_VAIN, _GONE_THERE),
    _GONE_THERE: _VAIN,
}
_NEW: Final = "[new tag]"
_DELETED: Final = re.compile(r"(?m)^Deleted tag '([^'\n]+)' \(was ")
_MOVED: Final = re.compile(r"(?m)^Updated tag '([^'\n]+)' \(was ")
_LISTS: Final = re.compile(
    r"-[lvn]\d*$|--(?:list|verify|(?:no-)?contains|(?:no-)?merged|points-at|sort|format|column)\b"
)
_VALUED: Final = re.compile(r"-[a-zA-Z]*[mFu]$|--(?:message|file|local-user|cleanup|trailer)$")
_DELETES: Final = frozenset(("-d", "--delete"))
_TRIES: Final = frozenset(("-n", "--dry-run"))
_GOES_ON: Final = (";", "\n")
_PIPES: Final = ("|", "|&")


def note(tags: Tags, call: Call, commands: list[Simple], gits: Gits, branch: str) -> None:
    """Take over what the git commands of a line did with the tags of a work tree.

    Args:
        branch: The one checked out, which may be called as a version is.
    """
    at, source = 0, str(call.input.get("command") or "")
    for words, _ in gits:
        own = (to for to in range(at, len(commands)) if commands[to].words[1 - len(words) :] == words[1:])
        place = next(own, None)
        at = at if place is None else place + 1
        if words[1] == "tag":
            _tagged(tags, call, words[2:], sure=place is not None and _did(commands, place, call))
    pushes = [words[2:] for words, _ in gits if words[1] == "push" and _TRIES.isdisjoint(words)]
    shown = of_push(call.output) if pushes else []
    for what, name in shown:
        if what == _NEW or (name in tags and what[0] != "["):
            _becomes(tags, name, PUSHED, call.line)
        elif what.endswith("rejected]") and name in tags:
            _becomes(tags, name, _VAIN[1], call.line)
        elif what == "[deleted]" and is_tag(name, source, tags):
            _becomes(tags, name, _GONE_THERE, call.line)
    told = {name for _, name in shown}
    for words in pushes:
        for name, goes in _named(words, source, tags):
            if name not in told and (name != branch or name in tags):
                _unshown(tags, call, name, goes=goes)
    others_first = sorted(tags, key=lambda name: "made" in tags[name])
    for name in others_first[: max(len(tags) - MAX_TAGS, 0)]:
        del tags[name]


def _unshown(tags: Tags, call: Call, name: str, *, goes: bool) -> None:
    """Take over what came of a tag that a push names, of which its output says nothing."""
    last = next((what for what in reversed(tags.get(name, {})) if what not in _VAIN and what != _GONE), "")
    if worked(call) and (last == PUSHED) == goes:
        _becomes(tags, name, _GONE_THERE if goes else PUSHED, call.line)
    elif not goes and (how := unsent(call.output)):
        _becomes(tags, name, f"its push {how}", call.line)


def _becomes(tags: Tags, name: str, what: str, line: int) -> None:
    """Take over what became of a tag; of those that are known it is the newest then."""
    it = tags[name] = tags.pop(name, {})
    for ended in (what, *_ENDS.get(what, ())):
        it.pop(ended, None)
    it[what] = line


def _tagged(tags: Tags, call: Call, words: list[str], *, sure: bool) -> None:
    """Take over a `git tag` that makes tags or takes them away.

    Args:
        sure: Whether it certainly worked.
    """
    given = [word for at, word in enumerate(words) if not (at and _VALUED.match(words[at - 1]))]
    flags, names = options(given)
    if not _DELETES.isdisjoint(flags):
        for name in _DELETED.findall(call.output) or (names if sure else ()):
            if not UNKNOWABLE.search(name):
                _becomes(tags, name, _GONE, call.line)
    elif names and not any(map(_LISTS.match, flags)) and not UNKNOWABLE.search(names[0]):
        if names[0] in _MOVED.findall(call.output):
            _becomes(tags, names[0], "moved", call.line)
        elif sure:
            _becomes(tags, names[0], "made", call.line)


def _did(commands: list[Simple], at: int, call: Call) -> bool:
    """Tell whether a `git tag` worked: the exit code says it, a push that only this let run, or git's silence where it ran."""
    item, spoke = commands[at], PUSH_SPOKE.search(call.output)
    pushes = [to for to, each in enumerate(commands) if each.name == "git" and "push" in each.words]
    if item.unsure or may_be_running(call):
        return False
    if spoke and pushes and leads_to(commands, at, pushes[-1]):
        return True
    if (
        call.ok
        and item.joint in ("&&", "")
        and all(each.joint in ("&&", "", *_PIPES) for each in commands[at:])
    ):
        return True
    ran = all(each.joint in _GOES_ON for each in commands[at - 1 : at]) and not any(
        each.name in ("set", "exit") for each in commands[:at]
    )
    shown = (call.ok or call.output.startswith("Exit code ")) and not (
        item.quiet or item.writes or item.joint in _PIPES
    )
    return ran and shown and not is_refused(call.output[: spoke.start()] if spoke else call.output)


def _refs(words: list[str]) -> list[tuple[str, str]]:
    """Return what a push is given to send, and where to: the source is empty where that is to be deleted."""
    refs = [word for word in words if not word.startswith("-")][1:]
    out = list[tuple[str, str]]()
    for at, ref in enumerate(refs):
        source, colon, to = ref.removeprefix("+").partition(":")
        tag = "tags/" * (refs[at - 1 : at] == ["tag"])
        if ref != "tag" or tag:
            out.append(("" if not _DELETES.isdisjoint(words) else source, f"{tag}{to if colon else source}"))
    return out


def _named(words: list[str], source: str, tags: Tags) -> list[tuple[str, bool]]:
    """Return the tags that a push names, and whether it is to delete each."""
    out = [
        (name, not sent)
        for sent, to in _refs(words)
        if not UNKNOWABLE.search(to) and is_tag(name := to.rpartition("tags/")[2], source, tags)
    ]
    every = [name for name, it in tags.items() if "made" in it and _GONE not in it]
    return out + [(name, False) for name in every if "--tags" in words]


def are_all(words: list[str], call: Call, tags: Tags, branch: str) -> bool:
    """Tell whether a push sends tags alone: the branch with what was committed stays as it is there.

    Args:
        words: Of the command.
        branch: The one checked out.
    """
    refs, shown = _refs(words[2:]), of_push(call.output)
    new = {name for what, name in shown if what == _NEW}
    others = {name for _, name in shown} - new - {*tags} | {branch}
    source = str(call.input.get("command") or "")
    if not refs:
        return "--tags" in words
    return all(
        name in new or (name not in others and is_tag(name, source, tags)) or (new and UNKNOWABLE.search(to))
        for _, to in refs
        for name in (to.rpartition("tags/")[2],)
    )


def pushed_with(tags: Iterable[Tags], line: int) -> bool:
    """Tell whether a tag was pushed at a line or later: what was committed by then went with it."""
    return any(it.get(PUSHED, -1) >= line for each in tags for it in each.values())


def told(tags: dict[str, Tags], root: str) -> list[tuple[int, str]]:
    """Return (line, text) of the tags of each work tree, by their directories."""
    out = list[tuple[int, str]]()
    for top, each in tags.items():
        if each:
            where = f"in {relative(top, root)}: " if top != root else ""
            parts = (
                f"{name} {', '.join(f'{what} (L{line})' for what, line in it.items())}"
                for name, it in each.items()
            )
            last = max(line for it in each.values() for line in it.values())
            out.append((last, f"{where}tag{'s' * (len(each) > 1)} {'; '.join(parts)}"))
    return out
