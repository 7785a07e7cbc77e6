"""What git itself said in a session: commits, branch, and files that only its output tells of."""

import re
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from spread.distill import commits, git_commands, git_files, nested, put_aside, replies, resets, stuck, tags
from spread.distill.arrived import arrived
from spread.distill.files import absolute
from spread.distill.git_commands import Gits, gits_of, is_refused, source_of
from spread.distill.git_index import changes, follow
from spread.distill.git_kept import GitKept
from spread.distill.git_lines import at_lines
from spread.distill.git_listed import changed_by
from spread.distill.log import (
    MOVES,
    NEW_BRANCH,
    Shown,
    head_after,
    ids_of,
    melts,
    moves_after,
    of_branches,
    rewrites,
    shown,
    stays,
)
from spread.distill.newest import drop_oldest
from spread.distill.place import Place, has_merged, taken_over
from spread.distill.put_back import RESTORED, put_back
from spread.distill.shell import Simple
from spread.distillation_paths import is_within
from spread.distillation_told import ELSEWHERE
from spread.transcript_events import Call

_COMMIT: Final = re.compile(r"(?m)^\[(\S+|detached HEAD)(?: \(root-commit\))? ([0-9a-f]{7,40})\] (.*)$")
_CHANGED: Final = re.compile(r'(?m)^(?: ?M{1,2} {1,2}|[ \t]+modified:[ \t]+)"?(\S(?:.*[^\s"])?)')
_REPLAYS: Final = {"rebase", "pull", "merge"}  # these list commits of others, too
_TAKES: Final = ("merge", "pull", "reset", "rebase", "cherry-pick")  # what was left elsewhere is here then
MAX_TAGGED: Final = 8  # work trees
MOST_MADE: Final = 400  # commits of one call
_CD: Final = re.compile(r"\s*cd\s+(\"[^\"]+\"|/\S+|[A-Za-z]:\S+)\s*&&")


@dataclass(slots=True)
class GitLedger(GitKept):
    """Feed it the shell calls that ran git, in order; it completes `files` from what a commit lists."""

    def add(self, call: Call, commands: list[Simple], root: str) -> None:
        """Take over one call; `root` is the top of the work tree, as far as is known."""
        moved = _CD.match(source_of(call))
        here = absolute(moved[1].strip('"'), call.cwd) if moved else absolute(call.cwd, "")
        gits = gits_of(commands, absolute(call.cwd, ""))
        self.tried.update(git_commands.attempts(gits, commands))
        nested.note(self.repos.nested, self.repos.places, call, gits, root, self.branch)
        if any(words[1] == "commit" for words, _ in gits):
            self.refused = git_commands.came_to_nothing(commands, call)
        for at, (words, place) in enumerate(gits):
            after = words[1] == "status" and any(each[1] == "commit" for each, _ in gits[at:])
            self._verb(words, call, place or here, root, commits=after)
            self.conflict = stuck.after(words, call, self.conflict)
        self._beside(call, commands, gits)
        late = moves_after(gits)
        for words, place in gits[: len(gits) - len(late)] if call.ok else ():
            self._move(words, call, gits, place or here, root)
        found, made_in = self._new_commits(call, gits, here, root)
        for words, place in late if call.ok else ():
            self._move(words, call, gits, place or here, root)
        if alive := of_branches(call, gits):
            for it in self.repos.places.values():
                it.stale = [sha for sha in it.stale if sha not in alive]
        if listed := shown(call, commands, gits):
            self._listed(call.line, *listed, root, moved=bool(late))
        verbs = {words[1] for words, _ in gits}
        quiet = "commit" in verbs and not self.refused  # it need not say anything
        if found or quiet or ("commit" in source_of(call) and git_files.has_list(call.output)):
            self._commit(call, made_in, root, own="commit" in verbs or not verbs & _REPLAYS)
        of_tags = {place or here for words, place in gits if words[1] in ("tag", "push")}
        if (
            len(tops := {self.repos.top_of(place, root) for place in of_tags}) == 1
        ):  # else whose they are nothing tells
            top = tops.pop()
            known = self.repos.tags.get(top, {})
            tags.note(known, call, commands, gits, self.branch)
            if known:
                self.repos.tags[top] = known
                drop_oldest(self.repos.tags, MAX_TAGGED)
        self._ends_on(call, gits, here, root)
        index, files, stood = self.index, self.files, (self.stashed, self.stash)
        follow(index, files, self.repos.top_of, call, commands, gits, root, found, self.refused, stood)
        reverts = bool(found) and "revert" in verbs
        git_files.take_reverted(files, self.commits, index.holds, call.line, new=reverts)
        files.held |= self._held()
        unseen = [it for it in self.repos.places.values() if it.quiet == call.line]
        if (found or unseen) and any(git_commands.takes_all(words) for words, _ in gits):
            files.held |= {*files.modified}

    def _beside(self, call: Call, commands: list[Simple], gits: Gits) -> None:
        """Take over what concerns others: pull requests, answers, branches deleted, checks left out, files brought."""
        requests = [item for item in commands if item.name == "gh" and item.words[1:2] == ["pr"]]
        for item in requests[-git_commands.MOST_GITS :]:
            self.repos.gh(item.words, call)
        if "gh " in source_of(call):
            replies.note(self.comments, commands, call)
        if "eleted" in call.output and "--dry-run" not in source_of(call):
            self.repos.deleted(call.line, call.output, source_of(call))
        if "Merge pull request #" in call.output:
            self.repos.merges(call.line, call.output)
        if call.ok:
            for told in (each for words, _ in gits for each in git_commands.noted(words)):
                self.switches[told] = self.switches.get(told, (0, 0))[0] + 1, call.line
            if any(words[1] in ("pull", "merge") for words, _ in gits) and " | " in call.output:
                arrived(self.repos, self.files, call, self.branch)

    def _new_commits(self, call: Call, gits: Gits, here: str, root: str) -> tuple[list[str], str]:
        """Take over the commits of a call; return the ids that git told, and where they were made, as far as is known."""
        found = [made.groups() for made in at_lines(_COMMIT, call.output, "[")][-MOST_MADE:]
        places = [place or here for words, place in gits if words[1] == "commit"]
        ran_in = {*places} or {place or here for _, place in gits}
        made_in = ran_in.pop() if len(ran_in) == 1 else here
        each = places if len(places) == len(found) else [made_in] * len(found)
        amend = git_commands.amending(gits, len(found))
        for (branch, sha, subject), where, amends in zip(found, each, amend, strict=True):
            loose, it = branch.startswith("detached"), self.repos.place(where, root)
            again = loose and any(words[1] == "rebase" for words, _ in gits)
            before, since = self.branch, it.since
            self.branch, self.branched = "" if loose else branch, call.line
            self._committed(call, (sha, subject), where, root, again=again, amends=amends)
            it.detached = loose and not again
            if again:
                self.branch = before  # it comes back to its branch
                it.replays(sha, since, stopped=self.conflict[1] == "rebase")
        if not found and places:
            self._quiet_commit(call, gits, made_in, root)
        return [sha for _, sha, _ in found], made_in

    def _ends_on(self, call: Call, gits: Gits, here: str, root: str) -> None:
        """Take over which branch a call ends on, and what it pushed of its commits."""
        if went := git_commands.switched(call, gits):
            (self.branch, new, place), self.branched = went, call.line
            self.repos.aside.pop(self.branch, None)
            it = self.repos.at(place or here, root)
            if it and not self.branch:
                it.branch = ""
            elif it:
                it.switched(self.branch, new=new)
                it.sha, it.linear = (it.sha, it.linear) if place and call.ok else ("", 0)  # gh went there
        for words, place in gits:
            known = self.repos.tags.get(self.repos.top_of(place or here, root), {})
            if words[1] == "push" and tags.are_all(words, call, known, self.branch):
                self.done |= {"push"} if tags.pushed_with([known], call.line) else set()
            elif words[1] == "push" and git_commands.sends(words):
                self.done |= {"push"} if self.repos.pushed(call, place or here, root, self.branch) else set()
            elif words[1] in _TAKES:
                it = self.repos.at(place or here, root, new=has_merged(call))
                self.done.update(it.arrived(words, call) if it else ())
                self.merging = taken_over(self.repos.places.values(), words, call, self.merging)
        if call.ok and (names := git_commands.renamed(gits)) and not is_refused(call.output):
            before, name, place = names
            self.branch = name if before in ("", self.branch) else self.branch
            self.repos.renamed(before, name, place or here, root)

    def _verb(self, words: list[str], call: Call, here: str, root: str, *, commits: bool) -> None:
        """Take over what one git command did besides committing and pushing.

        Args:
            commits: Whether the call commits after that.
        """
        verb, top = words[1], self.repos.top_of(here, root)
        if self.changed and " changed" in call.output and git_commands.takes_all(words):
            names = git_files.from_top(self.files, self.changed, *self.changed_at)
            self.staged.update(git_files.all_staged(self.files, names, self._loses(here, root), call))
        if verb == "add" and call.ok:
            changed = git_files.from_top(self.files, self.changed + self.index.new_files(), *self.changed_at)
            self.staged.update(dict.fromkeys(git_files.staged_by(words[2:], here, changed), call.line))
            self.repos.added(words[2:])
        elif verb == "status":
            self.changed, self.changed_at = _CHANGED.findall(call.output), (here, top)
            self.repos.status(call, self.changed, here, root, outdated=commits)
        elif verb == "diff" and (names := changed_by(words[2:], call)):
            self.changed, self.changed_at = names, (here, top)
        elif verb == "rm" and call.ok and ("rm '" in call.output or "--cached" in words):
            git_files.take_removed(self.files, call, words[2:], here, root, self.untracked)
        elif verb in ("checkout", "restore") and call.ok:
            put_back(self.files, call, words, here, self._loses(here, root), self.index.staged)
        if verb == "commit" and not self.refused:
            self.done.add(verb)
        if verb == "reset" and "--hard" in words and call.ok and (lost := self._loses(here, root)):
            self.reset = call.line
            resets.lose(self.files, lost, words, call.line, {*self.index.staged} - self.untracked)
        elif verb == "stash":
            stood, lost = (self.stashed, self.stash), self._loses(here, root)
            self.stashed, self.stash = put_aside.stashed(stood, words[2:], call, self.files, lost)
            if call.ok and words[2:3] in (["pop"], ["apply"]):  # a commit in between took none of it
                self.index.loose(stood[1], call.line, staged=False)
        elif verb == "branch" and call.ok and not is_refused(call.output):
            self.repos.branched(call.line, words)
            it = self.repos.places.get(top)
            name, ids = resets.abandoned(it, words, call.output) if it else ("", [])
            if it and ids:
                self.drop(it, ids, call.line)
                resets.leave(self.files, self.index, it, name, ids, call.line)

    def _loses(self, here: str, root: str) -> list[str]:
        """Return the files of a work tree that were edited after the last commit."""
        last = max([0, *map(itemgetter(0), self.commits), *(it.quiet for it in self.repos.places.values())])
        top = self.repos.top_of(here, root)
        return [path for path, line in changes(self.files).items() if line > last and is_within(path, top)]

    def _quiet_commit(self, call: Call, gits: Gits, here: str, root: str) -> None:
        """Take a commit's id from the log or the push behind it where its own line was not shown; else it is not known."""
        if self.refused or git_commands.commits_with("--dry-run", call, gits):
            return
        amends = git_commands.commits_with("--amend", call, gits)
        logged = git_commands.logged(source_of(call), gits, call.output)
        it = self.repos.place(here, root)
        self.branch = git_commands.switched_before("commit", call, gits) or it.branch or self.branch
        older = git_commands.below(call.output, logged * (not amends))
        commits.take_hidden(self.commits, older, call.line, it)
        for each in logged[::-1]:
            self._committed(call, each, here, root, amends=amends)
        if not logged:
            it.hides(call.line, git_commands.subject_of(gits), self.branch, amends=amends)

    def _reverted(self, call: Call, of: str, it: Place) -> None:
        """Take over a revert of a commit whose own line was not shown."""
        subject = (
            "" if it.hidden else commits.reverted(self.commits, it.sha if of in git_commands.HERE else of)
        )
        it.hides(call.line, subject, it.branch or self.branch, amends=False)
        self.done.add("commit")
        if subject:
            git_files.take_back(self.files, [*self.commits, (call.line, "", subject)], self.index.holds)

    def _committed(
        self, call: Call, commit: tuple[str, str], here: str, root: str, *, amends: bool, again: bool = False
    ) -> None:
        """Take over a commit whose id is known; one that amends takes the place of the one before it, seen or not.

        Args:
            again: A rebase printed it, which makes none but of those that were there.
        """
        it = self.repos.place(here, root)
        if again or (amends := amends and not it.unseen()):
            own = commits.by_subject(self.commits, it.stale if again else it.made).get(commit[1])
            self.drop(it, [own[0]] if own else it.made[-1:] if amends else [], call.line)
        self.commits.append((call.line, *commit))
        self.repos.committed(call.line, commit, self.branch, here, root, amends=amends or again)

    def _move(self, words: list[str], call: Call, gits: Gits, here: str, root: str) -> None:
        """Take over that HEAD went elsewhere, and which commits were rewritten."""
        verb = words[1]
        reverts = git_commands.summed_revert(gits, call.output) if verb == "revert" else ""
        it = self.repos.at(here, root, new=reverts != "")
        if it and reverts:
            self._reverted(call, reverts, it)
        if it and "--abort" in words:
            self.drop(it, it.replayed, call.line)
        if it is None or verb not in MOVES or "--abort" in words or resets.is_in_vain(verb, call.output):
            return
        pulled = verb == "pull" and "Successfully rebased" in call.output
        if verb in ("checkout", "switch"):
            if stays(words) or RESTORED.search(call.output):
                it.linear *= NEW_BRANCH.isdisjoint(words)  # the one before a new one keeps its commits
                return
        elif pulled or verb in ("rebase", "reset", "filter-branch"):
            if not (pulled or rewrites(words)):
                return
            it.since = min(it.since, 1) if melts(words) else it.since
            aside = self.repos.aside.values()
            if verb == "reset" and (back := resets.fallen(it, words, call.output, aside)):
                if resets.is_aside(it, aside):
                    commits.set_aside(self.commits, it, back, call.line)
                else:
                    it.fell = [*commits.of(self.commits, back), *it.fell]
                    self.drop(it, back, call.line)
                stay, top = commits.last_of(self.commits, it.made), self.repos.top_of(here, root)
                resets.undo(self.files, self.index, it, back, words, call.line, aside, (stay, top))
            elif verb == "reset" and it.back and resets.brings_back(it, words, call.output):
                self.commits += resets.redo(self.files, it, call.line, call.output)
            elif it.made and (it.linear or not resets.is_even(words)):
                # What a pull finds on the other side it leaves as it is.
                on = verb == "rebase" and (git_commands.switched_before(verb, call, gits) or it.branch)
                it.rewrites(call.line, it.unsent() if pulled else it.made_on(on or ""), resets.alone(words))
                self.drop(it, commits.remade(self.commits, it), call.line)
        it.sha, it.at, it.based, it.linear = head_after(verb, call.output), call.line, False, 0
        it.detached = bool(it.sha) if verb in ("checkout", "switch") else it.detached and verb != "rebase"

    def _listed(self, line: int, log: Shown, place: str, root: str, *, moved: bool) -> None:
        """Take over what a log of HEAD shows: the head, new ids of rewritten commits, commits nobody here made."""
        top = self.repos.top_of(place, root)
        it = self.repos.places.get(top) or (self.repos.place(place, root) if top == root else None)
        if it is None or not it.names(log.commits, 0 if moved else line):
            return
        ids = ids_of(log.commits)
        commits.take_helped(self.commits, self.helped, line, log.commits, it)
        fresh = it.fresh(ids, whole=log.whole)
        if fresh or it.stale:
            elsewhere = not it.hidden and not it.stale and len(fresh) > it.below
            added = len(fresh) if it.hidden or not it.stale else 0  # else they may be rewritten ones
            own = commits.by_subject(self.commits, it.made)
            again = {
                at: own[subject]
                for at, (_, subject) in enumerate(log.commits)
                if subject in own and ids[at] not in it.made
            }
            gone = [sha for sha, _ in again.values()]
            gone += it.missing(ids, whole=log.whole)
            self.drop(it, gone, line)
            for at in sorted({*again, *fresh}, reverse=True):
                sha, subject = log.commits[at]
                if subject:
                    told = again[at][1] if at in again else subject + ELSEWHERE * elsewhere
                    self.commits.append((line, sha, told))
                    it.adds(ids[at])
            commits.put_in_order(self.commits, it.made, ids if again or it.below else [])
            if fresh and not elsewhere:
                it.commit = line if it.quiet == line else it.commit or line
            if elsewhere and fresh:
                it.other = line
                self.index.all_of(top, line)
            since = it.since + added
            it.since = since if it.push else len(it.made) if log.whole else min(since, len(it.made))
        it.saw(line, log.commits[0][0], ids)

    def _commit(self, call: Call, here: str, root: str, *, own: bool) -> None:
        """Take from a commit's own list what scripts made, moved or removed, and what was staged by name.

        Args:
            own: Whether the session committed, not a rebase or merge that told of others' commits.
        """
        git_files.take_staged(self.files, self.staged, self.untracked, self.index.new_files(), call.line)
        if own:
            git_files.take_listed(self.files, self.repos, call.output, call.line, here, root, self.untracked)
