"""What is kept of git in a session, and what that comes to in the end."""

from dataclasses import dataclass, field
from typing import Final

from spread.distill import commits, git_commands, stuck
from spread.distill.calls import SHELLS
from spread.distill.files import FileLedger
from spread.distill.git_commands import source_of
from spread.distill.git_index import changes
from spread.distill.index import Index
from spread.distill.log import named_in
from spread.distill.place import Place
from spread.distill.replies import Replies
from spread.distill.repo import Repositories
from spread.transcript_events import Call

KEPT_HELPED: Final = 60
_DOING: Final = {"pull request": "open a pull request"}


@dataclass(slots=True)
class GitKept:
    """Commits, branch, index and work trees, as git told of them."""

    files: FileLedger
    commits: list[tuple[int, str, str]] = field(default_factory=list)  # line, id, subject
    branch: str = ""
    branched: int = 0  # the line that told it last
    stashed: int = 0  # the line of a stash that was not brought back
    stash: list[str] = field(default_factory=list)  # the files that it certainly took
    untracked: set[str] = field(default_factory=set)  # left the index alone, though a commit says deleted
    reset: int = 0  # the line of the last hard reset
    done: set[str] = field(default_factory=set)  # what certainly succeeded: commit, push
    tried: set[str] = field(default_factory=set)  # whatever came of it: commit, push, pull request
    refused: bool = False  # whether the last commit that was tried came to nothing
    switches: dict[str, tuple[int, int]] = field(default_factory=dict)  # of `noted`: how often, last line
    staged: dict[str, int] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)  # what a status listed as modified, as it spelled it
    changed_at: tuple[str, str] = ("", "")  # the directory and the top of that status
    repos: Repositories = field(default_factory=Repositories)
    merging: list[str] = field(default_factory=list)  # branches whose merge stopped at a conflict
    index: Index = field(default_factory=Index)
    comments: Replies = field(default_factory=dict)
    helped: list[str] = field(default_factory=list)  # ids that reports of sub-agents name
    conflict: stuck.Stuck = stuck.FREE

    def attempted(self, call: Call) -> list[str]:
        """Note what a call without a result may have done; return it in words."""
        found = git_commands.tried_by(source_of(call)) if call.name in SHELLS else []
        self.tried.update(found)
        return [_DOING.get(what, what) for what in found]

    def reported(self, report: str, order: str) -> None:
        """Take over which commits a sub-agent says it made on its order: a log proves that they are there."""
        if "commit" in report.lower():
            self.helped += named_in(report, order)
            del self.helped[:-KEPT_HELPED]

    def only_reported(self) -> list[str]:
        """Return the ids of commits that sub-agents say they made and that no output of git shows."""
        known = [sha for it in self.repos.places.values() for sha in (*it.made, *it.known)]
        return commits.others(self.helped, self.commits, known)

    def told(self, line: int, said: str) -> None:
        """Take over what the user says of commits and pull requests."""
        if "commit" in said or "merge" in said:
            if did := git_commands.DID.search(said[:2_000]):
                self.index.all(line)
                for it in self.repos.places.values() if did[0].lower().endswith("committed") else ():
                    it.by_user = line
            self.repos.said(line, said[:2_000])

    def left(self, since: int = 0) -> dict[str, int]:
        """Return the changed files that are certainly in no commit, though their work tree had one; with lines.

        Args:
            since: Changes up to this line may be in commits that nobody saw.
        """
        return self.index.left(changes(self.files), self._tops(), since)

    def left_behind(self) -> dict[str, int]:
        """Return what came and went in the session, but is in a commit that no other took it out of again."""
        held = self._held()
        gone = {path: line for path, line in self.files.gone.items() if path in held}
        return self.index.left(gone, self._tops())

    def _held(self) -> set[str]:
        """Return the files that are certainly in commits of the session."""
        return {path for paths in self.index.holds.values() for path in paths}

    def _tops(self) -> dict[str, int]:
        """Return the work trees with commits, each with the line of the last that is known."""
        return {top: max(it.commit, it.other, it.quiet, it.back) for top, it in self.repos.places.items()}

    def drop(self, it: Place, ids: list[str], line: int) -> None:
        """Forget commits that are no longer there."""
        if ids:
            self.files.held.clear()
        commits.drop(self.commits, ids)
        it.drops(ids, line)

    def head(self, root: str, branch: str = "") -> str:
        """Return the id of what is checked out at the top, on the given branch, as far as git told of it since it moved."""
        if (it := self.repos.places.get(root)) is None or not (it.commit or it.other or it.back):
            return ""
        on = {it.branch, self.branch} - {""}
        return it.sha if not branch or not on or branch in on else ""

    def told_commits(self, root: str = "", most: int = 0) -> list[tuple[int, str]]:
        """Return (line, text) of the last commits, or all, with their files where these are certain."""
        void = {sha: it.rewritten for it in self.repos.places.values() for sha in it.stale}
        return commits.told(self.commits[-most:], self.index.holds, void, root)
