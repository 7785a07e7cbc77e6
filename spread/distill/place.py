"""A work tree as git told of it: its head, its commits, and how a status said it stands."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from spread.distill.git_lines import head_sent
from spread.distill.log import ID_CHARS
from spread.distill.newest import drop_oldest
from spread.transcript_events import Call

MAX_KNOWN: Final = 80  # ids of commits
_ANY: Final = ("-", "@{-1}", "FETCH_HEAD", "ORIG_HEAD")  # names that may stand for any branch
_JOINS: Final = ("merge", "pull")
MERGED: Final = "Merge made by the "  # with a commit of its own
_JOINED: Final = (MERGED, "\nFast-forward")


def has_merged(call: Call) -> bool:
    """Tell whether git says that it made a commit to take over others."""
    return bool(call.ok) and MERGED in call.output


@dataclass(slots=True)
class Place:
    """One work tree: what was committed in it, pushed from it, and how a status told it stands."""

    branch: str = ""
    commit: int = 0  # the line of the last commit
    sha: str = ""  # of HEAD as git told it last, empty when it went elsewhere since
    at: int = 0  # the line that told it
    # The first characters of the ids of its commits, oldest first.
    made: list[str] = field(default_factory=list)
    # Those of them that a rewrite changed, nobody saw into what.
    stale: list[str] = field(default_factory=list)
    rewritten: int = 0  # the line of that
    # The last of those, where a rewrite took in no commit of others: all new ones above what stands are made of them.
    near: list[str] = field(default_factory=list)
    back_to: int = 0  # and how many commits it went back
    # Those that a rebase made which has not come to its end.
    replayed: list[str] = field(default_factory=list)
    void: dict[str, int] = field(default_factory=dict)  # ids of commits that are gone, with the line of that
    hidden: int = 0  # commits whose id was not shown so far
    quiet: int = 0  # the line of the last of those
    said: str = ""  # its subject
    quiet_on: str = ""  # and its branch
    below: int = 0  # commits whose ids were not shown, with one above them whose was
    known: list[str] = field(default_factory=list)  # ids that a log showed
    based: bool = False  # whether what a log shows above these must be new
    linear: int = 0  # so many of its last commits came with no move of HEAD between them that was seen
    first: int = 0  # the line of the first of these
    back: int = 0  # the line where commits were taken back
    backs: int = 0  # how many
    fell: list[tuple[int, str, str]] = field(default_factory=list)  # these, oldest first: line, id, subject
    lost: list[str] = field(default_factory=list)  # files that were as before them then
    other: int = 0  # the line of the last log with a commit that nobody here made
    since: int = 0  # commits after the last push
    where: dict[str, str] = field(default_factory=dict)  # the branch that each of `made` was made on
    taken: list[str] = field(default_factory=list)  # the branches that were taken over, `*` for any
    squashed: list[str] = field(default_factory=list)  # those whose changes came here without their commits
    detached: bool = False  # HEAD is on no branch
    on: str = ""  # the branch of these, where another one was switched to since
    push: int = 0
    source: str = ""  # the branch that it was pushed from, `-` for one whose name is not known
    to: list[str] = field(default_factory=list)  # the bare names of the repositories it went to
    sent: str = ""  # what the last push told: `a..b main -> main`
    refused: int = 0  # the line of a push after it that came to nothing
    refusal: str = ""  # and how, in words
    status: int = 0  # the line of the last status
    by_user: int = 0  # the line where the user says that they committed
    stands: str = ""
    outdated: bool = False  # whether a commit of the same call came after it
    ends: bool = False  # whether it was the last command of its call, after all that this one changed
    loose: list[str] = field(default_factory=list)  # what that status listed as changed
    new: list[str] = field(default_factory=list)  # and as untracked
    joined: int = 0  # the line of the last merge or pull that brought something
    joining: str = ""  # which of the two that was
    merged: int = 0  # the line of the last of these that made a commit of its own
    gone: int = 0  # the line where git took this work tree away
    at_top: bool = False  # it ran at the top, so a bare name in it stands there

    def fresh(self, ids: list[str], *, whole: bool) -> list[int]:
        """Return the places in a log of HEAD, newest first, of commits that came after what was known."""
        old = {*self.known, *self.made}
        first = next((at for at, sha in enumerate(ids) if sha in old), None)
        if self.hidden:
            return list(range(min(self.hidden, len(ids) if first is None else first)))
        if self.stale:
            end = len(ids) if whole else first if first and self.is_within(first) else 0
            return [at for at, sha in enumerate(ids[:end]) if sha not in old]
        if not self.based:
            return []
        if self.linear and (base := [at for at, sha in enumerate(ids) if sha in self.made[-self.linear :]]):
            return [at for at in range(base[-1]) if ids[at] not in old]
        return list(range((len(ids) if len(ids) <= len(self.known) else 1) if first is None else first))

    def is_within(self, count: int) -> bool:
        """Tell whether so many new commits are what a rewrite made of its own: HEAD has not moved since."""
        return count <= self.back_to and self.at <= self.rewritten

    def missing(self, ids: list[str], *, whole: bool) -> list[str]:
        """Return those that a rewrite changed and that a log of HEAD, newest first, shows to be no longer there."""
        if whole or self.hidden:
            return [sha for sha in self.stale if sha not in ids]
        old = {*self.known, *self.made}
        first = next((at for at, sha in enumerate(ids) if sha in old), None)
        if first is None or not self.is_within(first):
            return []
        return [sha for sha in self.stale if sha in self.near and sha not in ids]

    def unsent(self) -> list[str]:
        """Return those of its commits that came after the last push."""
        return self.made[-self.since :] if self.since else [] if self.push else [*self.made]

    def parted(self) -> dict[str, int]:
        """Return how many of the commits since the last push were made on each branch; nothing where that is not known."""
        names = [self.where.get(sha, "") for sha in self.unsent()] if self.since else []
        return Counter(names) if "" not in names and len(names) == self.since else {}

    def made_on(self, branch: str) -> list[str]:
        """Return those of its commits that may be on a branch: not what is known to have been made on another alone."""
        here = {"", branch, *self.taken}
        every = not branch or "*" in here
        return [sha for sha in self.made if every or self.where.get(sha, "") in here]

    def drops(self, ids: list[str], line: int) -> None:
        """Take over that commits are no longer there."""
        each = (self.made, self.stale, self.replayed)
        self.made, self.stale, self.replayed = ([sha for sha in shas if sha not in ids] for shas in each)
        self.void |= dict.fromkeys(ids, line)
        drop_oldest(self.void, MAX_KNOWN)

    def rewrites(self, line: int, ids: list[str], back: int = 0) -> None:
        """Take over that some of its commits were made anew, nobody saw into what; not those that this began with.

        Args:
            back: How many commits from HEAD that took in, where no commit of others came in.
        """
        self.stale, self.rewritten, self.hidden = [sha for sha in ids if sha not in self.replayed], line, 0
        self.near, self.back_to = self.stale[-back:] if back else [], back

    def replays(self, sha: str, since: int, *, stopped: bool) -> None:
        """Take over a commit that a rebase printed: others stand on top, or will once it is brought to its end.

        Args:
            since: How many came after the last push before this one.
            stopped: Whether it waits for that.
        """
        self.sha = ""
        if stopped:
            self.since, self.replayed = since, [*self.replayed, sha[:ID_CHARS]]

    def made_of(self, ids: list[str]) -> list[str]:
        """Return those of some ids that are of commits made here."""
        return [sha for sha in self.made if sha in ids]

    def unseen(self) -> bool:
        """Tell whether the last commit is one whose id was not shown, and no other that was changed unseen."""
        return self.hidden > (self.made[-1:] != [] and self.made[-1] in self.stale)

    def hides(self, line: int, subject: str, branch: str, *, amends: bool) -> None:
        """Take over a commit whose id was not shown."""
        if amends and self.made and not self.unseen():
            self.stale, self.rewritten = [*self.stale, self.made[-1]], line
        self.hidden += 0 if amends and self.hidden else 1
        self.quiet, self.said, self.sha = line, subject or self.said * amends, ""
        self.quiet_on, self.branch = branch, branch or self.branch

    def names(self, log: list[tuple[str, str]], line: int) -> bool:
        """Put in a log's first subject where it shows the id alone of a commit of the same line; whether it can be told.

        What stands there later may be another commit: HEAD may have moved.
        """
        if self.hidden and not log[0][1]:
            log[0] = log[0][0], self.said * (self.quiet == line)
        return bool(log[0][1]) or not self.hidden

    def saw(self, line: int, head: str, ids: list[str]) -> None:
        """Take over the head and the ids of a log."""
        self.sha, self.at, self.hidden, self.below, self.quiet, self.based = head, line, 0, 0, 0, True
        self.stale = [sha for sha in self.stale if sha not in ids]
        self.known += [sha for sha in ids if sha not in self.known]
        del self.known[:-MAX_KNOWN]

    def pushed(self, line: int, sent: str, to: list[str], branch: str) -> None:
        """Take over a push, and the id of HEAD that it tells, where nothing else did: `a..b main -> main`."""
        self.push, self.sent, self.to, self.since, self.source = line, sent, to, 0, self.branch or branch
        sha, source = head_sent(sent)
        if sha and not self.sha and branch and source in (branch, "HEAD"):
            self.sha, self.at = sha, line

    def head(self) -> str:
        """Return how HEAD stands, in words that begin with a comma."""
        if self.sha:
            return (
                f", the last {self.sha}"
                if self.at <= self.commit
                else f", HEAD {self.sha} by git (L{self.at})"
            )
        return f", rewritten since (L{self.rewritten})" if self.stale else ""

    def in_vain(self) -> str:
        """Tell what a push came to that was tried after the last one that sent something."""
        return f"the last push {self.refusal} (L{self.refused})" if self.refused > self.push else ""

    def stands_on(self, branch: str) -> None:
        """Take over the branch that a status shows: the one before it keeps its commits."""
        if self.branch not in ("", branch) and self.where and branch not in self.where.values():
            self.on = self.on or (self.branch if self.since else "")
        self.branch, self.detached = branch, False

    def switched(self, branch: str, *, new: bool) -> None:
        """Take over the branch that was switched to; a new one begins with the commits of the one before."""
        self.detached = False
        self.joined = self.merged = 0
        left = "" if new or not self.since else self.on or self.branch
        left = "" if branch and set(self.parted()) == {branch} else left
        if self.push and not self.source and new:
            self.source = self.branch or "-"
        elif self.source == "-" and not new:  # it may be that one
            self.source = ""
        self.branch, self.on = branch, "" if left == branch else left

    def arrived(self, words: list[str], call: Call) -> list[str]:
        """Take over that what was committed elsewhere is here now, its commits or its changes alone; return what that made.

        After a conflict it may be brought to an end by hand.
        """
        verb, ok = words[1], bool(call.ok)
        self.on = "" if ok and self.on in words and verb in ("merge", "reset") else self.on
        known = {*self.where.values()}
        for word in words[2:] if verb != "pull" else ():
            name = word if word in known else self.where.get(word[:ID_CHARS], "*" if word in _ANY else "")
            if name:
                to = self.squashed if "--squash" in words else self.taken
                to[:] = [*to[1 - MAX_KNOWN :], name]
        if verb == "reset":
            self.merged = 0
        elif ok and verb in _JOINS and any(map(call.output.__contains__, _JOINED)):
            self.joined, self.joining = call.line, verb
            if MERGED in call.output:
                self.merged = call.line
                return ["commit"]
        return []

    def renamed(self, old: str, new: str) -> None:
        """Take over a branch's new name; without an old one it is that of the branch checked out."""
        before = old or self.branch
        for sha in [sha for sha, name in self.where.items() if name == before and name]:
            self.where[sha] = new
        if old in ("", self.branch):
            self.branch = new
        elif old == self.on:
            self.on = new

    def committed(self, line: int, commit: tuple[str, str], branch: str) -> None:
        sha, self.said = commit
        self.commit, self.sha, self.branch, self.at = line, sha, branch or self.branch, line
        self.below, self.hidden, self.on = self.below + self.hidden, 0, ""
        self.detached &= not branch
        self.based = True  # what a log shows above it came after it
        self.first = self.first if self.linear else line
        self.linear += 1
        self.back = self.backs = 0
        self.fell, self.lost = [], []
        self.adds(sha[:ID_CHARS], branch)

    def adds(self, sha: str, branch: str = "") -> None:
        """Keep the id of a commit that was made on a branch; that of one whose id was not shown is known."""
        self.made.append(sha)
        del self.made[:-MAX_KNOWN]
        self.where[sha] = branch or self.quiet_on * (self.hidden > 0)
        drop_oldest(self.where, MAX_KNOWN)


def taken_over(places: Iterable[Place], words: list[str], call: Call, merging: list[str]) -> list[str]:
    """Take over that branches were merged, of whichever work tree: each knows it of its own.

    Args:
        merging: What stopped before at a conflict, as this returns; who gives that up has not merged it.
    """
    if "--abort" in words or words[1] == "reset":
        for it in places:
            if it.branch in merging:
                it.taken.remove(it.branch)
        merging = []
    if not (call.ok or "CONFLICT (" in call.output) or "--abort" in words:
        return merging
    new = [it for it in places if it.branch in words[2:] and it.branch not in it.taken]
    for it in new:
        it.taken.append(it.branch)
    return [] if call.ok else [it.branch for it in new]
