"""The words by which the page knows what an item tells: what made the distillation begins or ends it with these."""

from typing import Final

CARRIERS: Final = "ssh|wsl|docker|podman|kubectl"  # begin what only carries a command to where it runs
SAID_SO: Final = "user: “"  # begins what a prompt states, as decisions quote it; the log has the prompt
SAID: Final = "; the agent: “"  # begins what the agent said of something, right after
THOUGHT: Final = f"{SAID}(thought) "  # likewise, where it told it to nobody
LOOKS: Final = " (a look)"  # ends how a call failed that only asked something
OBJECTED: Final = "user objected: "  # begins an objection among what was rejected
REWORKED: Final = "agent, then editing "  # begins what it said before it edited again what it had tried
BACK: Final = " back as it was"  # follows the file's name there, where that took back the edit before
OWN: Final = "their own “"  # begins an earlier wish of theirs that they object to
WISHED: Final = "their wish: "  # begins what they had asked for, of which they speak after the agent's answer
WONDERED: Final = "their question: "  # likewise, where that only wanted to know
ELSEWHERE: Final = " (by a log, by no call here)"  # ends a commit that others made, or another session
ASIDE: Final = " (on a branch made before a reset, L{})"  # ends one that is not on the branch it was made on
DETACHED: Final = "detached HEAD"  # stands for a branch
HOLDS: Final = " (in it: "  # begins the files of a commit, behind its subject
NAMELESS: Final = "edited, names not seen: "  # begins files that only a pattern or a list stands for
UNLISTED: Final = "may have written are not listed"  # says of sub-agents that their files are missing
STANDS: Final = "stands in "  # begins what a document says, among what was done
RULED: Final = "rule read in "  # begins rules that a file or a skill sets, with its name, among what was done
HANDED: Final = "the hand-off of session "  # begins the name of one, as the place of rules
GIVEN: Final = f"by {HANDED}"  # begins a goal that one says, with its machine and a colon behind
LINK: Final = "pull request http"  # begins one that was linked, among what was done
CHANGED: Final = "net edit of "  # begins what the edits of a file came to, among what was done
OTHERS: Final = "(changed since, L{})"  # by somebody else, after the session wrote it
BETWEEN: Final = "(others too, L{})"  # changed it, before an edit of the session
MACHINE: Final = "ran on the machine: "  # begins what was installed, cloned or set there, among what was done
BUILT: Final = "programs say they wrote: "  # begins the files that outputs tell of, among what was done
NAMED: Final = "named in answers: "  # begins the files that the agent points to, among what was done
OF_DEEDS: Final = (
    STANDS,
    RULED,
    LINK,
    CHANGED,
    MACHINE,
    BUILT,
    NAMED,
)  # a todo that begins like these is none of them
WHICH: Final = "which option?"  # stands for a question that the agent did not put in words
UNDONE: Final = "all edits taken back: "  # begins files of whose edits nothing is left
RECORD: Final = "On record besides:"  # stands in a context between the log and what calls did and showed
REFUSED_PLAN: Final = "plan rejected"  # begins what was said of a plan, which was then changed
REPORT_HEADING: Final = "The agent's last report, unchecked"
BEFORE_REPORT: Final = "(before that, L"  # begins what the agent said before a short one, with its line
LEFT: Final = "changed, in no commit seen: "  # begins files, among what is not proved and as what comes next
# Stands behind a count of files.
UNRECOGNISED: Final = " of them with no edit recognised (a script or somebody else)"
OTHERWISE: Final = "; now another error"  # ends what a check failed for before, with the line
EARLIER: Final = "passed before the last edits"  # begins which checks did
OLDER_CUT: Final = ", older ones may be cut"  # of todos, after how many are open
LATE: Final = "files changed after the last validation"  # begins which, among what is not proved
HIDDEN: Final = "whether the last validation passed cannot be known"  # begins why
NOT_SEEN: Final = "not seen in this session"  # begins what was never done
ALSO: Final = "also passed after the last edit: "  # begins checks, among what is not proved
WORD: Final = "the user's last word on whether it works"  # begins it, likewise
NO_PUSH: Final = "no push is seen"  # of a repository, after its name
PUSHED: Final = "pushed"  # likewise
UNTESTED: Final = "no edit of a test seen; code changed"  # begins which, as what comes next
SEE: Final = "see what came of "  # begins a call without a result, likewise
TO_WRITE: Final = "write "  # begins what files such a call was to write, behind it
UNFINISHED: Final = "the last request was not finished"  # begins that, likewise
A_TEST_RUN: Final = "a test run"  # ends it
UNCHECKED: Final = "no test or build was run after the last edit"  # begins that, as what comes next
TITLED: Final = "(session titled “"  # begins the last line of a goal, where the session has a title
