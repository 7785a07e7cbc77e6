"""The page of a distillation that has a narrative: which parts of its texts Claude told, and what they say anew."""

import re
from typing import Final

MARK: Final = "agent: "
CARRIERS: Final = "ssh|wsl|docker|podman|kubectl"  # begin what only carries a command to where it runs
CONTEXT: Final = "Context: "
SAID_SO: Final = "user: “"  # begins what a prompt states, as decisions quote it; the log has the prompt
SAID: Final = "; the agent: “"  # begins what the agent said of something, right after
THOUGHT: Final = f"{SAID}(thought) "  # likewise, where it told it to nobody
OBJECTED: Final = "user objected: "  # begins an objection among what was rejected
REWORKED: Final = "agent, then editing "  # begins what it said before it edited again what it had tried
OWN: Final = "their own “"  # begins an earlier wish of theirs that they object to
ELSEWHERE: Final = " (by a log, by no call here)"  # ends a commit that others made, or another session
HOLDS: Final = " (in it: "  # begins the files of a commit, behind its subject
UNLISTED: Final = "may have written are not listed"  # says of sub-agents that their files are missing
STANDS: Final = "stands in "  # begins what a document says, among what was done
RULED: Final = "rule read in "  # begins rules that a file or a skill sets, with its name, among what was done
HANDED: Final = "the hand-off of session "  # begins the name of one, as the place of rules
LINK: Final = "pull request http"  # begins one that was linked, among what was done
CHANGED: Final = "net edit of "  # begins what the edits of a file came to, among what was done
MACHINE: Final = "ran on the machine: "  # begins what was installed, cloned or set there, among what was done
OF_DEEDS: Final = (STANDS, RULED, LINK, CHANGED, MACHINE)  # a todo that begins like these is none of them
WHICH: Final = "which option?"  # stands for a question that the agent did not put in words
UNDONE: Final = "all edits taken back: "  # begins files of whose edits nothing is left
RECORD: Final = "On record besides:"  # stands in a context between the log and what calls did and showed
REFUSED_PLAN: Final = "plan rejected"  # begins what was said of a plan, which was then changed
REPORT_HEADING: Final = "The agent's last report, unchecked"
BEFORE_REPORT: Final = "(before that, L"  # begins what the agent said before a short one, with its line
LEFT: Final = "changed, in no commit seen: "  # begins files, among what is not proved and as what comes next
UNRECOGNISED: Final = (
    " of them with no edit recognised (a script or somebody else)"  # behind a count of files
)
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
SAME_SHARE: Final = 0.6
MAX_COMPARED: Final = 100  # told items that others are compared with; Claude tells far fewer
_REPORT: Final = re.compile(r"^\(its last message(?:, (L\d+))?:\)$", re.MULTILINE)
_DULL: Final = frozenset(
    ("the", "user", "said", "agent", "asked", "and", "that", "was", "for", "with", "failed")
)
_WORD: Final = re.compile(r"[^\W_]{3,}|\d+")


def joined(told: str, context: str, report: str, line: str) -> str:
    """Return the text of a summary: what is told, what else is, and the agent's last message as it was."""
    if context:  # not into the document's context, which holds the user's words
        told = f"{told}\n{CONTEXT}{context}".strip()
    if told and report:
        told += f"\n(its last message{f', {line}' if line else ''}:)\n{report}"
    return told or report


def parted(summary: str) -> tuple[str, str, str]:
    """Return what `joined` has joined: what is told, what else is, and the last message with its line."""
    found = _REPORT.search(summary)
    if found is None and f"\n{CONTEXT}" not in f"\n{summary}":
        return summary, "", ""
    told = summary[: found.start()] if found else summary
    report = summary[found.end() :].strip() if found else ""
    before, _, context = f"\n{told}".partition(f"\n{CONTEXT}")
    return (
        before.strip(),
        context.strip(),
        f"{report} ({found[1]})" if found and found[1] and report else report,
    )


def ordered(items: list[str]) -> tuple[list[str], int]:
    """Return the items of a list, told ones first, others that say the same left out; and how many are told."""
    told = [item for item in items if item.startswith(f"- {MARK}")]
    words = [_words(item) for item in told[:MAX_COMPARED]]
    known = set(told)
    others = [item for item in items if item not in known and not _is_said(_words(item), words)]
    return told + others, len(told)


def unmarked(item: str) -> str:
    """Return a told item without its mark, for a list of nothing but such."""
    return f"- {item.removeprefix(f'- {MARK}')}"


def _is_said(words: set[str], told: list[set[str]]) -> bool:
    return len(words) > 3 and any(len(words & each) >= SAME_SHARE * len(words) for each in told)


def _words(item: str) -> set[str]:
    return set(_WORD.findall(item.lower())) - _DULL
