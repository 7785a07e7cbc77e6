"""Where the repositories stood when git and gh last told of them: pushes, ahead and behind, pull requests."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from spread.distill.files import FileLedger, relative
from spread.distill.git_commands import RENAMES, unsent, worked
from spread.distill.git_lines import at_lines, deleted_by, sent_by
from spread.distill.newest import drop_oldest
from spread.distill.operands import value_of
from spread.distill.place import Place
from spread.distill.place_tell import is_of_checks, place_told, pushed_since, standing
from spread.distill.requested import (
    Boxes,
    Home,
    boxes_of,
    boxes_told,
    home_of,
    is_elsewhere,
    listed,
    may_hold,
    pushed_to,
    repository_of,
)
from spread.distill.shell import UNKNOWABLE
from spread.distill.tags import Tags, pushed_with
from spread.distillation_paths import is_within, may_be_one
from spread.distillation_told import DETACHED
from spread.transcript_events import Call

MAX_PLACES: Final = 4
MAX_REQUESTS: Final = 6
MAX_DROPPED: Final = 8
MAX_HOMES: Final = 24
MAX_UNTRACKED: Final = 8
TITLE_CHARS: Final = 200
LIST_LIMIT: Final = 30  # of `gh pr list`, unless told otherwise
_NEW: Final = re.compile(r"(?m)^\?\? \"?(\S.*?)\"?\s*$")
_NEW_LIST: Final = re.compile(r"(?m)^Untracked files:\n(?:  \(.*\n)?((?:\t.+\n?)+)")
_ENDS: Final = re.compile(r"\bgit (?:-C \S+ )?status\b[^;&|\n]*\Z")
_URL: Final = re.compile(r"https?://\S{1,200}/(?:pull|merge_requests)/(\d+)\b")
_NUMBER: Final = re.compile(r'"number":\s*(\d+)|(?m:^number:\s*(\d+))')
_STATE: Final = re.compile(r'"state":\s*"(OPEN|CLOSED|MERGED)"|(?m:^state:\s*(OPEN|CLOSED|MERGED))')
_CHECK: Final = re.compile(r"(?m)^(\S[^\t\n]*)\t(pass|fail|pending|skipping|cancel)\t")
_MERGED: Final = re.compile(r'"mergedAt":\s*"\d')
_DID_MERGE: Final = re.compile(
    r"(?m)^\S (?:Merged|(?:Squashed|Rebased) and merged) pull request \S{0,200}#(\d+)\b"
)
_MERGES: Final = re.compile(r"Merge pull request #(\d+) from ")
_NO_FILTER: Final = frozenset(("-R", "--repo", "-s", "--state", "--json", "-L", "--limit"))
_OPEN: Final = ("opened", "open", "updated")
_DONE: Final = {
    "merge": "merged",
    "close": "closed",
    "reopen": "reopened",
    "ready": "marked ready for review",
}
_TEXTS: Final = {"title": ("--title", "-t"), "body": ("--body", "-b", "--body-file", "-F")}
_DROPPED: Final = re.compile(r"Deleted branch (\S+) \(was ")
_BY_HOST: Final = re.compile(r"✓ Deleted (local |remote )?branch (\S+)")
THERE: Final = " on the remote"
_AWAY: Final = RENAMES | {"-d", "-D", "--delete"}
_MAKES: Final = frozenset(("-f", "--force", "-q", "--quiet", "--no-track"))  # with others it lists
_MAIN: Final = ("main", "master", "develop", "trunk")  # are there already; with force they are only moved
_ON: Final = re.compile(r"(?m)^On branch (\S+)$|^## (?!HEAD |No commits|Initial )(\S+?)(?:\.\.\.\S+.*)?$")
_OFF: Final = re.compile(r"(?m)^HEAD detached (?:at|from) ")
SEEMS_MERGED: Final = "merged, as it seems"
_GONE: Final = "no longer among the open ones"
_ENDED: Final = ("merged", "closed", "no longer")
_PART: Final = re.compile(r"[^.!?\n]+[.!?]?")
_TOLD_MERGED: Final = re.compile(
    r"(?:#|\bpr |\bpull request )#?(?P<number>\d+)\b.{0,40}\bmerged\b|\bmerged (?:it\b|(?:the |my |our |that |this )?(?:pr|pull request)\b(?! #?\d))|"
    r"\bmerged (?:the )?(?:pr |pull request )?#(?P<other>\d+)|\b(?:pr|pull request|it)(?:'s| is| was| got| has been)(?: now| already| just)? merged\b|"
    r"^\s*(?:(?:ok|okay|yes|yep|done|just|is|all)[ ,]+)*(?:merged|gemerge?d|gemergt|mergeado|mergée?)(?= ?(?:[,.!]|$|and\b|now\b|und\b|y\b|et\b))",
    re.I,
)
_MAY_BE_MERGED: Final = re.compile(r"merge[adé]|gemerg", re.I)
_UNSURE: Final = re.compile(
    r"\b(?:if|once|when|whenever|after|until|before|unless|should|will|would|could|can|want|to be|not|never|yet)\b|n't\b",
    re.I,
)


@dataclass(slots=True)
class Repositories:
    """The work trees that git ran in, by their directories, and the pull requests gh told of."""

    places: dict[str, Place] = field(default_factory=dict)
    requests: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)  # the repository that gh was given for each of these
    homes: dict[str, Home] = field(default_factory=dict)  # of each
    last: str = ""  # the place of the last commit
    texts: dict[str, dict[str, int]] = field(default_factory=dict)  # of each: what was written, with lines
    titles: dict[str, str] = field(default_factory=dict)  # of each
    boxes: dict[str, Boxes] = field(default_factory=dict)  # of the text of each
    dropped: dict[str, int] = field(default_factory=dict)  # branches deleted here
    aside: dict[str, int] = field(default_factory=dict)  # branches made here without a switch to them
    nested: dict[str, int] = field(default_factory=dict)  # work trees inside another one, with lines
    tags: dict[str, Tags] = field(default_factory=dict)  # of each work tree

    def top_of(self, here: str, root: str) -> str:
        """Return the top of the work tree of a directory, as far as is known."""
        top = root if root and is_within(here, root) else here
        if self.nested and (inner := [each for each in self.nested if is_within(here, each)]):
            return max(inner, key=len)
        for known in self.places:
            if top.startswith(known) and top[len(known) : len(known) + 1] in ("", "/"):
                return known
        return top

    def at(self, here: str, root: str, *, new: bool = False) -> Place | None:
        """Return the known work tree of a directory, or a new one if that is wanted."""
        return self.place(here, root) if new else self.places.get(self.top_of(here, root))

    def place(self, here: str, root: str) -> Place:
        """Return the work tree of a directory: the session's own, a known one around it, or a new one."""
        top = self.top_of(here, root)
        if top not in self.places:
            drop_oldest(self.places, 2 * MAX_PLACES - 1)
            self.places[top] = Place()
        return self.places[top]

    def committed(
        self, line: int, commit: tuple[str, str], branch: str, here: str, root: str, *, amends: bool
    ) -> None:
        it = self.place(here, root)
        it.since += 0 if amends and it.since else 1
        it.linear -= 1 if amends and it.linear else 0
        it.committed(line, commit, branch)
        self.last = next(top for top, known in self.places.items() if known is it)

    def pushed(self, call: Call, here: str, root: str, branch: str) -> bool:
        """Note a push and tell whether it succeeded: git told what it sent, or nothing speaks against it."""
        sent = sent_by(call.output, branch)
        if sent or worked(call):
            it = self.place(here, root)
            it.pushed(call.line, sent, pushed_to(call.output), branch)
            return True
        if (how := unsent(call.output)) and (known := self.at(here, root)):
            known.refused, known.refusal = call.line, how
        return False

    def status(self, call: Call, loose: list[str], here: str, root: str, *, outdated: bool = False) -> None:
        """Take over what a status says of the branch and of changes not committed."""
        text = call.output
        it = self.place(here, root)
        new = _NEW.findall(text)
        for block in _NEW_LIST.findall(text):
            new += [line.strip() for line in block.splitlines()]
        it.status, it.loose, it.stands = call.line, [*dict.fromkeys(loose)], standing(text)
        it.new = [*dict.fromkeys(new)][:MAX_UNTRACKED]
        it.ends = not call.agent and _ENDS.search(str(call.input.get("command") or "")) is not None
        it.outdated, it.at_top = outdated, here == self.top_of(here, root)
        if on := _ON.search(text):
            it.stands_on(on[1] or on[2])
        elif _OFF.search(text):
            it.detached = True

    def goes_on(self, line: int) -> None:
        """Note that a sub-agent went on with git, all of whose record has one line: a commit there may be newer."""
        for it in self.places.values():
            it.outdated = it.outdated or it.status == line

    def added(self, words: list[str]) -> None:
        """Take over what a `git add` put among the tracked files, wherever it ran."""
        every = any(word in ("-A", "--all", ".", "*", ":/", "./") for word in words)
        ends = [word.rstrip("/*").removeprefix("./") for word in words if not word.startswith("-")]
        for it in self.places.values():
            it.new = [
                path
                for path in it.new
                if not every and not any(may_be_one(path.rstrip("/"), end) for end in ends if end)
            ]

    def gh(self, words: list[str], call: Call) -> None:
        """Take over what `gh pr …` says: created, merged, closed, state, checks."""
        verb, text = (words[2] if len(words) > 2 else ""), call.output
        url, number, state = _URL.search(text), _NUMBER.findall(text), _STATE.findall(text)
        given = next(
            (word.rpartition("/")[2] for word in words[3:] if re.fullmatch(r"#?\d+|http\S+/\d+", word)), ""
        )
        key = given.lstrip("#") or (
            next(filter(None, number[0])) if len(number) == 1 else url[1] if url else ""
        )
        if key:
            self.asked[key] = repository_of(words)
            self.homes[key] = home_of(words, text, self.homes.pop(key, None))
            drop_oldest(self.homes, MAX_HOMES)
        if verb == "list":
            self._list(words, call)
        elif verb == "checks" and (found := _CHECK.findall(text)):
            own = self.only_open()  # that of another branch would be called by its number
            self._checks(key or own * bool(own and self.homes[own].branch), call.line, found)
        elif verb == "merge" and (done := _DID_MERGE.search(text)):  # though to delete the branch may fail
            self.note(done[1], call.line, "merged")
        elif not call.ok or not key:
            return
        elif verb == "edit":
            self._written(key, words, call.line)
            if self.texts.get(key, {}).get("body") == call.line:
                self._boxes(key, call)
        elif verb == "create" and url:
            as_draft = " as a draft" if "--draft" in words or "-d" in words else ""
            into = value_of(words, ("--base", "-B"))
            self.note(key, call.line, f"opened{as_draft}{into and f' into {into}'}")
            self._title(key, words)
            self._boxes(key, call)
        elif verb in _DONE:
            automatic = verb == "merge" and "--auto" in words
            self.note(key, call.line, "set to merge when its checks pass" if automatic else _DONE[verb])
        elif verb == "view" and _MERGED.search(text):
            self.note(key, call.line, "merged")
        elif verb == "view" and len(state) == 1:
            draft = re.search(r'"isDraft":\s*true', text)
            self.note(key, call.line, f"{next(filter(None, state[0])).lower()}{', a draft' if draft else ''}")

    def _written(self, key: str, words: list[str], line: int) -> None:
        """Take over that the title or the body of a pull request was written again: who does so keeps it up."""
        titled, known = value_of(words, _TEXTS["title"])[:TITLE_CHARS], self.titles.get(key)
        for part, switches in _TEXTS.items():
            again = part == "title" and titled == known
            if not again and any(word.partition("=")[0] in switches for word in words):
                self.texts.setdefault(key, {})[part] = line
        self._title(key, words)
        drop_oldest(self.texts, MAX_REQUESTS)

    def _title(self, key: str, words: list[str]) -> None:
        """Keep what a pull request was titled."""
        if titled := value_of(words, _TEXTS["title"]):
            self.titles[key] = titled[:TITLE_CHARS]
        drop_oldest(self.titles, MAX_REQUESTS)

    def _boxes(self, key: str, call: Call) -> None:
        """Take over which boxes the text of a pull request leaves unticked, as far as the command holds it."""
        self.boxes.pop(key, None)
        if boxes := boxes_of(call):
            self.boxes[key] = boxes
        drop_oldest(self.boxes, MAX_REQUESTS)

    def only_open(self, push: int = 0) -> str:
        """Return the number of the one pull request that was open when last seen, an empty string where it is not one.

        Of those that a push, or with none given any, may have gone to.
        """
        open_ = [
            key
            for key, (_, state) in self.requests.items()
            if (state.startswith(_OPEN) or is_of_checks(state)) and self.may_hold(key, push)
        ]
        return open_[0] if len(open_) == 1 else ""

    def may_hold(self, key: str, push: int = 0) -> bool:
        """Tell whether a push, or with none given any, may have gone to a pull request."""
        return may_hold(self.homes.get(key, Home()), self.places, push)

    def name_of(self, key: str, root: str = "") -> str:
        """Return how a pull request is called: with its repository where that is another one."""
        home = self.homes.get(key, Home())
        elsewhere = is_elsewhere(home, {root: Place(), **self.places})
        return f"{home.repository * elsewhere}#{key}" if key else "of this branch"

    def renamed(self, old: str, new: str, here: str, root: str) -> None:
        """Take over a branch's new name, by which all work trees know it; without an old one it is that of this one."""
        it = self.at(here, root)
        for each in self.places.values() if old else [it] if it else ():
            each.renamed(old, new)

    def deleted(self, line: int, output: str, source: str) -> None:
        """Take over which branches git deleted."""
        for found in at_lines(_DROPPED, output, "Deleted branch "):
            self.aside.pop(found[1], self.dropped.pop(found[1], None))
            self.dropped[found[1]] = line
        gone = [f"{it[2]}{THERE * (it[1] == 'remote ')}" for it in at_lines(_BY_HOST, output, "✓ Deleted ")]
        gone += [f"{name}{THERE}" for name in deleted_by(output, source, [*chain(*self.tags.values())])]
        self.dropped |= dict.fromkeys(gone, line)
        drop_oldest(self.dropped, MAX_DROPPED)

    def branched(self, line: int, words: list[str]) -> None:
        """Take over what `git branch` made or took away: where it works it may say nothing."""
        switches = {word for word in words[2:] if word.startswith("-")}
        names = [word for word in words[2:] if word not in switches]
        if switches & _AWAY:
            kept = switches & RENAMES and len(names) == 2 and names[0] in self.aside
            for name in names:
                self.aside.pop(name, None)
            if kept:
                self.aside[names[1]] = line
        elif names and not (switches - _MAKES or names[0] in _MAIN or UNKNOWABLE.search(names[0])):
            self.aside.pop(names[0], None)
            self.aside[names[0]] = line
            drop_oldest(self.aside, MAX_DROPPED)

    def said(self, line: int, text: str) -> None:
        """Take over that the user says a pull request is merged: the one he names, or the only one there is."""
        for part in _PART.findall(text) if self.requests and _MAY_BE_MERGED.search(text) else ():
            if part.endswith("?") or _UNSURE.search(part) or not (found := _TOLD_MERGED.search(part)):
                continue
            key = (
                found["number"]
                or found["other"]
                or (next(iter(self.requests)) if len(self.requests) == 1 else "")
            )
            if key in self.requests:
                self.note(key, line, "merged, by the user's words")

    def merges(self, line: int, output: str) -> None:
        """Take over which of the known pull requests git lists as merged."""
        for key in _MERGES.findall(output):
            if key in self.requests and not self.requests[key][1].startswith("merged"):
                self.note(key, line, "merged, by git's log")

    def _list(self, words: list[str], call: Call) -> None:
        """Take over a list of pull requests; a whole one of the open ones tells of those that are missing, too."""
        rows = listed(call.output)
        if rows is None or not call.ok:
            return
        for key, state in rows.items():
            if state and key in self.requests:
                self.note(key, call.line, state)
        wanted = value_of(words, ("-s", "--state")) or "open"
        narrowed = {word.partition("=")[0] for word in words if word.startswith("-")} - _NO_FILTER
        if wanted != "open" or narrowed or len(rows) >= LIST_LIMIT:
            return
        for key, (_, state) in list(self.requests.items()):
            same = key and self.asked.get(key, "") == repository_of(words)
            if same and key not in rows and not state.startswith(_ENDED):
                self.note(key, call.line, _GONE)

    def _checks(self, key: str, line: int, found: list[tuple[str, str]]) -> None:
        if self.requests.get(key, (0, ""))[1].startswith(_ENDED):
            return
        failed = [name for name, how in found if how == "fail"]
        open_ = sum(how == "pending" for _, how in found)
        told = f"{len(failed)} of {len(found)} checks failed: {', '.join(failed[:3])}" if failed else ""
        waits = f"{open_} of {len(found)} checks pending" if open_ else ""
        self.note(key, line, "; ".join(filter(None, (told, waits))) or f"all {len(found)} checks passed")

    def note(self, key: str, line: int, state: str) -> None:
        """Take over how a pull request stands."""
        before, told = self.requests.pop(key, (0, ""))
        if "check" in told and (state == _GONE or state.startswith(SEEMS_MERGED)):
            state += f"; before that {told} (L{before})"
        self.requests[key] = (line, state)
        drop_oldest(self.requests, MAX_REQUESTS)

    def lacks(self, done: str) -> str:
        """Return since when no push (or commit) is seen, an empty string when one is.

        Args:
            done: `pushed` or `committed`.
        """
        if done == "committed":
            return "" if any(it.commit for it in self.places.values()) else " before this"
        it = self.places.get(self.last)
        if it is not None:
            none = it.since and not pushed_with(self.tags.values(), it.commit)
            return f" after the last commit{it.sha and ', '}{it.sha} (L{it.commit})" if none else ""
        return "" if any(known.push for known in self.places.values()) else " before this"

    def told(
        self, root: str, files: FileLedger, changed: Collection[str] | None = None
    ) -> list[tuple[int, str]]:
        """Return (line, text) of how each repository and pull request stood when last seen.

        Args:
            changed: What git itself lists as changed now in the session's own; None where it is not at hand.
        """
        out = []
        for top, it in list(self.places.items())[-MAX_PLACES:]:
            if text := place_told(it, files, changed if top == root else None):
                where = relative(top, root) if top != root else ""
                on = DETACHED if it.detached else it.branch and f"branch {it.branch}"
                name = " in ".join(filter(None, (on, where)))
                last = max(it.commit, it.push, it.status, it.other, it.quiet, it.back, it.refused) or it.at
                out.append((last, f"repository{name and f', {name}'}: {text}"))
        for key, (line, state) in self.requests.items():
            since = pushed_since(state, line, self.places.values()) if self.may_hold(key) else ""
            told = f"pull request {self.name_of(key, root)} when last seen: {state}{since}"
            out.append((line, f"{told}{self._texts_told(key, line)}"))
        if self.dropped:
            out.append((max(self.dropped.values()), f"branches deleted here: {', '.join(self.dropped)}"))
        if self.aside:
            names = ", ".join(f"{name} (L{line})" for name, line in self.aside.items())
            out.append((max(self.aside.values()), f"branches made here beside it: {names}"))
        return out

    def _texts_told(self, key: str, seen: int) -> str:
        """Tell which texts of a pull request were written again, and whether a commit came after that."""
        if self.requests[key][1].startswith(_ENDED):
            return ""
        texts = self.texts.get(key, {})
        again = [f"{part} (L{line})" for part, line in texts.items() if line > seen]
        told = f"; written later: {', '.join(again)}" if again else ""
        body = texts.get("body", 0)
        later = max((it.commit for it in self.places.values() if it.push), default=0) > body > 0
        told += boxes_told(self.boxes.get(key))
        return f"{told}; its text (L{body}) is older than the last commit" if later else told
