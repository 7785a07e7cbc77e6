"""Which changes commits took: what `git add` and `git commit` were given, against the files a session changed.

Where it cannot be known, a commit took everything: a change is told as left out only when that is certain.
"""

import re
from collections.abc import Callable, Collection, Container, Iterable
from dataclasses import dataclass, field
from typing import Final

from spread.distill import git_lines
from spread.distill.carried import MAX_COMMITS, MAX_LISTED, clear, exactly, held, listed, may_tell, shown_of
from spread.distill.files import absolute
from spread.distill.newest import drop_oldest
from spread.distill.shell import UNKNOWABLE, Simple
from spread.distillation_letters import number
from spread.distillation_paths import is_within, within_any

MAX_TAKEN: Final = 400
MAX_HIDDEN: Final = 20

_IGNORED: Final = re.compile(r"ignored by one of your \.gitignore files:\n((?:(?!hint:).+\n?)+)")
_COUNT: Final = re.compile(r"(?m)^ (\d+) files? changed")
_WITH_VALUE: Final = frozenset(
    ("--message", "--file", "--author", "--date", "--template", "--reuse-message", "--reedit-message", "--fixup",
     "--squash", "--trailer", "--cleanup", "--pathspec-from-file")
)  # fmt: skip
_CHOSEN_BY_HAND: Final = frozenset(("-p", "--patch", "-i", "--interactive", "-e", "--edit"))
_OTHERS: Final = frozenset(
    ("rebase", "merge", "cherry-pick", "am", "revert", "pull", "stash", "apply", "read-tree")
)
# A status: ` M a.py`, `?? dir/`, `R  a -> b`; and in long form with words or, for what is untracked, a tab.
_SHORT: Final = re.compile(r"(?m)^(?=.?[MADRCUT?])[ MADRCUT?]{2} \"?(.+?)\"?$")
_STAGED: Final = re.compile(r"(?m)^[MADRC] {2}\"?(.+?)\"?$")
_NEW: Final = re.compile(r"(?m)^\?\? \"?(.+?)\"?$")
_LONG: Final = re.compile(
    r"(?m)^\s+(?:modified|new file|deleted|renamed|both modified|typechange):\s+(.+?)(?: \([^()\n]{0,80}\))?$"
)
_TABBED: Final = re.compile(r"(?m)^\t(?!\w+(?: \w+)?: )(.+)$")
_UPWARDS: Final = re.compile(r"^(?:\.\.?/)+")
_IS_LONG: Final = re.compile(r"(?m)^(?:On branch |HEAD detached |nothing to commit, working tree clean)")
_KEEPS_INDEX: Final = frozenset(("--soft", "-h", "--help"))
_INDEX: Final = frozenset(("--staged", "-S"))
_QUIET: Final = frozenset(("cd", "echo", "true", "sleep"))
# What a commit and a log in one line each print.
_OF_COMMITS: Final = re.compile(
    r"(?m)^(?:\[[^\]\n]* [0-9a-f]{7,40}\] .*| \d+ files? changed.*| (?:create|delete) mode .*|[0-9a-f]{7,40} .*)(?:\n|\Z)"
)
_OF_GIT: Final = frozenset(("git", "head", "tail"))


@dataclass(slots=True)
class Index:
    """What is staged, and which paths are known to be in a commit (or clean) with all changes up to a line."""

    staged: list[str] = field(default_factory=list)  # paths, and directories with all that is below
    taken: dict[str, int] = field(default_factory=dict)
    dirty: dict[str, int] = field(default_factory=dict)  # paths that a status listed, with its line
    floor: int = 0  # nothing is known of changes up to this line
    ignored: dict[str, int] = field(default_factory=dict)  # what git said it ignores, with lines
    # New, never added, and a whole status did not list it.
    unlisted: dict[str, int] = field(default_factory=dict)
    listed: list[str] = field(default_factory=list)  # what the last status or diff listed, as it spelled it
    fresh: list[str] = field(default_factory=list)  # those of them that are untracked
    listed_at: int = 0  # the line of that
    holds: dict[str, list[str]] = field(default_factory=dict)  # the files of commits, by their ids

    def add(self, words: list[str], here: str, top: str) -> None:
        """Take over a `git add`, `git rm` or `git mv`.

        Args:
            words: What follows the verb.
            top: The work tree that `here` is in.
        """
        flags = [word for word in words if word.startswith("-") and word != "--"]
        paths = [word for word in words if not word.startswith("-")]
        if "--dry-run" in flags or "-n" in flags:
            return
        if not paths or not _CHOSEN_BY_HAND.isdisjoint(flags):
            self.staged.append(top)
        for path in paths:
            known = not UNKNOWABLE.search(path) and not path.startswith(":")
            self.staged.append(absolute(path, here) if known else top)
            forced = not {"-f", "--force"}.isdisjoint(flags)
            for hidden in (self.ignored, self.unlisted) if forced else (self.unlisted,):
                for each in [each for each in hidden if is_within(each, self.staged[-1])]:
                    del hidden[each]

    def commit(
        self,
        words: list[str],
        here: str,
        top: str,
        line: int,
        output: str,
        sha: str = "",
        changed: Callable[[], dict[str, int]] = dict,
        made: Container[str] = (),
    ) -> None:
        """Take over a commit that succeeded.

        Args:
            sha: Its id, where it is known.
            changed: Returns what the session changed; mostly nobody need know.
            made: Those of them that are new.
        """
        whole, paths = _given(words)
        if paths:
            self.add(paths, here, top)
        count = _COUNT.findall(output) if " changed" in output else []
        named = set(self.staged)
        own = sha and (whole or named) and "--amend" not in words  # else somebody else staged what it holds
        if own and may_tell(output):
            given = {top} if whole else named
            one_by_one = [] if whole else exactly(given, output)
            self.shows(sha, one_by_one or self._held(given, output, top, changed(), made, whole))
        self.listed.clear()
        few = bool(count) and number(count[-1]) > len(named) and all(_is_file(path) for path in named)
        made_here = [f"{top}/{path}" for what, path in git_lines.listed(output) if what == "create"]
        for path in (top,) if whole or few or not named else (*named, *made_here):
            self._took(path, line)
        self.staged.clear()

    def _held(
        self,
        given: set[str],
        output: str,
        top: str,
        changed: dict[str, int],
        made: Container[str],
        whole: bool,
    ) -> list[str]:
        """Return the files of a commit by what was listed before it and what was changed, none where these disagree."""
        low = max(self.floor, self.taken.get(top, 0))  # what is older than that is in a commit
        newer = {path: at for path, at in changed.items() if at > low or path in self.dirty}
        left, listed = self.left(newer, {top: 1}), self.listed
        if whole:  # of tracked files
            left = {path: at for path, at in left.items() if path not in made or self._may_have(path)}
            listed = [path for path in listed if path not in self.fresh]
        late = [path for path, at in left.items() if at > self.listed_at]
        return held(given, output, (listed, late), left, top)

    def new_files(self) -> list[str]:
        """Return what the last status listed as untracked, without whole directories."""
        return [path for path in self.fresh if not path.endswith("/")]

    def shows(self, sha: str, paths: list[str]) -> None:
        """Note the files of a commit."""
        if sha and clear(paths):
            self.holds[sha] = paths
            drop_oldest(self.holds, MAX_COMMITS)

    def looked(self, verb: str, words: list[str], output: str, top: str, line: int) -> None:
        """Take over which files a diff lists, or a commit that is shown."""
        if verb == "diff":
            names = listed(output)
            if names and all(word.startswith("-") or word == "HEAD" for word in words):
                self.listed, self.listed_at = names[:MAX_LISTED], line
        else:
            self.shows(*shown_of(words, output, top))

    def loose(self, paths: list[str], line: int, *, staged: bool) -> None:
        """Take over that changes are in no commit any more."""
        self.dirty.update(dict.fromkeys(paths, line))
        self.staged += paths if staged else []

    def all_of(self, top: str, line: int) -> None:
        """Nothing in a work tree is certain to be uncommitted."""
        self._took(top, line)

    def all(self, line: int) -> None:
        """Nothing anywhere is certain to be uncommitted."""
        self.floor = max(self.floor, line)

    def other(self, verb: str, words: list[str], top: str, line: int) -> None:
        """Take over another git command; what may have committed or put aside changes leaves nothing certain."""
        looks = words[:1] in (["list"], ["show"])
        back = verb == "stash" and words[:1] in (["pop"], ["apply"])  # which commits nothing
        if (verb in _OTHERS and not (looks or back)) or (verb == "reset" and "--hard" in words):
            self._took(top, line)
        if (verb == "reset" and _KEEPS_INDEX.isdisjoint(words)) or (verb == "stash" and not looks):
            self.staged.clear()  # or, of some paths, a part of it: then a commit may hold all that changed
        elif verb == "restore" and not _INDEX.isdisjoint(words):
            self.staged = [
                path for path in self.staged if not any(path.endswith(f"/{word}") for word in words)
            ]

    def ignores(self, output: str, here: str, line: int, asked: Collection[str] = ()) -> None:
        """Take over what git says it ignores: on refusing to add it, or asked by `git check-ignore` for it (`asked`)."""
        paths = [path.strip() for block in _IGNORED.findall(output) for path in block.splitlines()]
        for each in output.splitlines() if asked else ():
            rule, tabbed, path = each.partition("\t")
            if (path if tabbed else each) in asked and ":!" not in rule:
                folder = rule.split(":", 2)[-1].strip("/") if tabbed else ""
                paths.append(folder if folder and is_within(path, folder) else path or each)
        for path in paths:
            place = absolute(path, here)
            self._took(place, 10**9)
            self.ignored[place] = line
        drop_oldest(self.ignored, MAX_HIDDEN)

    def hidden(self, paths: Collection[str]) -> list[tuple[int, str, list[str]]]:
        """Return the line, whether git said so, and what of these paths is ignored, or the directory that is."""
        near = within_any(paths, self.ignored)
        said = {each: line for each, line in self.ignored.items() if _holds_any(each, near)}
        seen = {
            path: line
            for path, line in self.unlisted.items()
            if path in paths and not any(is_within(path, each) for each in said)
        }
        told = (
            ("ignored by git", said),
            ("never added, in no status listed (ignored by git?)", seen),
        )
        return [(max(found.values()), how, list(found)) for how, found in told if found]

    def status(
        self,
        words: list[str],
        commands: list[Simple],
        output: str,
        top: str,
        line: int,
        changed: list[str],
        made: Container[str] = (),
    ) -> None:
        """Take over which of the changed paths a status lists, and which a whole one does not: committed, or ignored.

        Args:
            made: Those of them that are new.
        """
        below = f"{top}/"
        inside = [path for path in changed if path.startswith(below) or path == top]
        self._lists(_listed(output), output, line, inside)
        put = _by_name(f"/{_UPWARDS.sub('', path)}" for path in _put_in(output))
        before = {*self.staged} if put else set[str]()
        self.staged += [path for path in inside if put and _ends_so(path, put) and path not in before]
        whole = _lists_all(words, commands, output)
        above = _folders([path for path in inside if self.dirty.get(path) == line] if whole else [])
        for path in inside if whole else ():
            if self.dirty.get(path) != line and path not in above:
                if path in made and not self.floor and not self._may_have(path):
                    self.unlisted[path] = line
                self._took(path, line)
        drop_oldest(self.unlisted, MAX_HIDDEN)

    def _lists(self, told: list[str], output: str, line: int, inside: list[str]) -> None:
        """Note what a status lists, and which of the changed paths of its work tree are among that."""
        if told:
            self.listed, self.listed_at = [path.rpartition(" -> ")[2] for path in told[:MAX_LISTED]], line
            self.fresh = _TABBED.findall(output) if _IS_LONG.search(output) else _NEW.findall(output)
            del self.fresh[MAX_LISTED:]
        ends = {f"/{_UPWARDS.sub('', end)}" for path in told for end in path.split(" -> ")}
        tails, folders = _by_name(ends), [end for end in ends if end.endswith("/")]
        every = not ends.isdisjoint(("/", "/./"))
        for path in inside:
            if every or _ends_so(path, tails) or any(folder in path for folder in folders):
                self.dirty[path] = line

    def _may_have(self, path: str) -> bool:
        """Tell whether a path may be staged or in a commit."""
        return any(is_within(path, each) for each in (*self.staged, *self.taken))

    def left(self, changed: dict[str, int], tops: dict[str, int], since: int = 0) -> dict[str, int]:
        """Return the changed paths, with their lines, that are in no commit though their work tree had one.

        Where only another work tree had one, those that a status listed.

        Args:
            tops: The work trees with commits, each with the line of its last.
            since: What was changed up to this line may be in commits that nobody saw.
        """
        out = dict[str, int]()
        known = dict[str, tuple[bool, int]]()  # by path: whether a work tree there has a commit, up to where

        def stands(path: str) -> tuple[bool, int]:
            places: list[str] = []
            found = (False, max(self.floor, since))
            while path not in known:
                places.append(path)
                if "/" not in path:
                    break
                path = path.rpartition("/")[0]
            else:
                found = known[path]
            for place in reversed(places):
                found = (found[0] or bool(tops.get(place)), max(found[1], self.taken.get(place, 0)))
                known[place] = found
            return found

        low, anywhere = max(self.floor, since), any(tops.values())
        for path, line in changed.items():
            last = max(line, self.dirty.get(path, 0))
            if last <= low or last <= self.taken.get(path, 0):
                continue  # taken itself, wherever it stands
            folder, below, _ = path.rpartition("/")
            had, until = (known.get(folder) or stands(folder)) if below else (False, low)
            if (had or tops.get(path) or (anywhere and path in self.dirty)) and until < last:
                out[path] = line
        return out

    def known_up_to(self, path: str) -> int:
        """Return the line up to which the changes of a file may be in a commit."""
        last = max(self.floor, self.taken.get(path, 0))
        while "/" in path:
            path = path.rpartition("/")[0]
            last = max(last, self.taken.get(path, 0))
        return last

    def held_since(self, paths: Iterable[str], line: int) -> Iterable[str]:
        """Return those of many files whose changes may be in a commit of a line or a later one."""
        if self.floor >= line:
            return paths
        return within_any(paths, {place for place, at in self.taken.items() if at >= line})

    def _took(self, path: str, line: int) -> None:
        self.taken.pop(path, None)
        self.taken[path] = line
        if len(self.taken) > MAX_TAKEN:
            self.floor = max(self.floor, self.taken.pop(next(iter(self.taken))) % 10**9)


def _given(words: list[str]) -> tuple[bool, list[str]]:
    """Return whether a commit was told to take all that changed, and which paths it was given."""
    whole, paths, skip = False, list[str](), False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("--"):
            whole = whole or word == "--all"
            skip = word in _WITH_VALUE
        elif word.startswith("-"):
            whole = whole or "a" in word or word in _CHOSEN_BY_HAND
            skip = word[-1] in "mFCct"
        else:
            paths.append(word)
    return whole, paths


def _folders(paths: list[str]) -> set[str]:
    """Return the folders that paths are in, up to the root."""
    out = {path.rpartition("/")[0] for path in paths}
    while more := {path.rpartition("/")[0] for path in out} - out:
        out |= more
    return out


def _lists_all(words: list[str], commands: list[Simple], output: str) -> bool:
    """Tell whether a status shows all that there is, so that what it does not list is clean."""
    if any(not word.startswith("-") or word.startswith(("-u", "--untracked")) for word in words):
        return False
    at = next((at for at, item in enumerate(commands) if "status" in item.words[1:4]), None)
    if at is None or commands[at].joint == "|":
        return False
    alone = all(item.name in _QUIET or not {"status", "add"}.isdisjoint(item.words) for item in commands)
    if not alone and all(item.name in _QUIET or item.name in _OF_GIT for item in commands):
        output = _OF_COMMITS.sub("", output)
        alone = all(_SHORT.match(line) for line in output.splitlines())
    return _IS_LONG.search(output) is not None or (alone and _is_short(output))


def _by_name(ends: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return ends of paths by the name that each ends in: few of many can be that of one path."""
    found = dict[str, list[str]]()
    for end in ends:
        found.setdefault(end.rpartition("/")[2], []).append(end)
    return {name: tuple(each) for name, each in found.items()}


def _ends_so(path: str, ends: dict[str, tuple[str, ...]]) -> bool:
    return path.endswith(ends.get(path.rpartition("/")[2], ()))


def _put_in(output: str) -> list[str]:
    """Return what a status lists as staged, whoever did that: a merge stages what it brings."""
    if not _IS_LONG.search(output):
        return [path.rpartition(" -> ")[2] for path in _STAGED.findall(output)]
    block = output.partition("Changes to be committed:\n")[2].partition("\n\n")[0]
    return [path.rpartition(" -> ")[2] for path in _LONG.findall(block)]


def _listed(output: str) -> list[str]:
    """Return what a status lists, in its spelling."""
    if _IS_LONG.search(output):
        return [*_LONG.findall(output), *_TABBED.findall(output)]
    return _SHORT.findall(output)


def _is_short(output: str) -> bool:
    """Tell whether an output is a status in short form; what wraps git may tell it in its own way, and only in part."""
    return not output.strip() or bool(_SHORT.search(output)) or output.startswith("## ")


def _holds_any(place: str, paths: Collection[str]) -> bool:
    below = f"{place.rstrip('/')}/"
    return place in paths or any(path.startswith(below) for path in paths)


def _is_file(path: str) -> bool:
    return "." in path.rpartition("/")[2]
