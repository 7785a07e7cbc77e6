"""What is heard in a session and kept: lines, words, and whose they are; what is taken back goes again."""

import re
from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import Final

from spread.distill.edits import relaid, relaid_in
from spread.distill.once import of_line

KEPT_CHARS: Final = 40_000  # of the agent's words: the newer ones tell what counts now
MOST_CHARS: Final = 3 * KEPT_CHARS  # until the oldest go
LONG: Final = 1_000  # characters
MANY: Final = 1_000
DECISION_CHARS: Final = 300  # are kept of one
FENCE: Final = "```"
GAP: Final = "…"  # stands where a line was, as a sentence may go on over lines
HEAD_ROWS: Final = 2  # of a table
RUN_CHARS: Final = 300  # of a command that ran

AGENT: Final = "agent"
SUB_AGENT: Final = "sub-agent"
THOUGHT: Final = "agent, thought only"
COMMAND: Final = "text of the command"
DECIDED: Final = "decided"
DENIED: Final = "denied: "  # begins a decision that is one
RAN: Final = "ran"
EDITED: Final = "edit of"
COMMENTED: Final = "comment in"
PLANNED: Final = "plan, not deeds"
THE_PLAN: Final = "the plan (not what was done)"
MESSAGE: Final = "commit message claims"  # what was to be done when it was written, not what the edits did
UNSENT: Final = "message of a commit without a result"
TEXT: Final = "text claims"  # of a pull request, an issue and the like
STATING: Final = (AGENT, SUB_AGENT, MESSAGE, UNSENT, TEXT)  # whose statements may be told beside the log

_HEADING: Final = re.compile(r"(#{1,6}) ")
_ASIDE: Final = re.compile(
    r"^#{1,6} (?:usage |key |more |an? |the )*(?:examples?|benefits|advantages)\b", re.I | re.M
)
_ARGUMENTS: Final = "ARGUMENTS:"  # behind all of its text stands what the command was given

BECAME: Final = " → `"  # before what an edit put in
_SUBSTITUTES: Final = re.compile(r"(?<!\w)s([/#|,@!])((?:(?!\1)[^\n]){2,80})\1")  # of sed

_said = itemgetter(1)
Heard = tuple[int, str, str]  # the line, the words, and whose they are: AGENT's, a sub-agent's, a plan's


def keep(heard: list[Heard], line: int, said: str, who: str = AGENT) -> None:
    """Add words to what was heard; the oldest go when there are more than KEPT_CHARS."""
    heard.append((line, said[:KEPT_CHARS], who))
    if len(heard) % 32 == 0 or (len(said) > LONG and sum(map(len, map(_said, heard))) > MOST_CHARS):
        over, gone = sum(map(len, map(_said, heard))) - KEPT_CHARS, 0
        while over > 0:
            over -= len(heard[gone][1])
            gone += 1
        del heard[:gone]
        if len(heard) > MANY:  # what nothing is left of takes no room, so it would never go
            heard[:] = [item for item in heard if item[1]]


def ending(text: str, most: int) -> str:
    """Return whole lines from the end of a text, in at most so many characters; none out of the midst of a fenced piece.

    What stands behind that would else be taken for code, and code for what was said.
    """
    if len(text) <= most:
        return text
    start = text.find("\n", len(text) - most) + 1
    last = text[start or -most :]
    if sum(line.lstrip().startswith(FENCE) for line in text[: -len(last)].splitlines()) % 2:
        _, _, behind = last.partition(FENCE)
        last = behind.partition("\n")[2] or last
    return last


def ordering(text: str) -> str:
    """Return the text of a command without the parts that only give an example of what it orders, or praise it."""
    if not _ASIDE.search(text):
        return text
    out, level = list[str](), 0  # of the heading of such a part
    fenced = False  # in code a comment looks like a heading
    for line in text.splitlines():
        fenced ^= line.lstrip().startswith(FENCE)
        if fenced:
            pass
        elif heading := _HEADING.match(line):
            if not 0 < level < len(heading[1]):
                level = len(heading[1]) if _ASIDE.match(line) else 0
        elif line.startswith(_ARGUMENTS):
            level = 0
        if not level:
            out.append(line)
    return "\n".join(out)


def replaced(heard: list[Heard], who: str, old: str, new: str) -> None:
    """Take out of what was written into a file the lines that an edit of it replaces; what is only laid out anew stays."""
    before, after = ({line.strip() for line in text.splitlines()} for text in (old, new))
    gone = before - after - {""}
    went, _ = relaid(gone, after - before)
    for at, (line, said, whose) in enumerate(heard if went else ()):
        if whose == who:
            heard[at] = (line, relaid_in(said, went), whose)
    gone -= went.keys()
    for at, (line, said, whose) in enumerate(heard if gone else ()):
        if whose == who and any(text in said for text in gone):
            parts = [GAP if text.strip() in gone else text for text in said.splitlines()]
            left = "\n".join(parts) if any(text not in ("", GAP) for text in parts) else ""
            heard[at] = (line, left, whose)


def written(old: str, new: str) -> str:
    """Return what an edit of prose wrote: paragraphs and rows of tables that were not there, and the headings between."""
    known = {line.strip() for line in old.splitlines()}
    lines = new.splitlines()
    bare = [*map(str.strip, lines)]
    _, same = relaid(known.difference(bare), set(bare) - known)
    same |= {"", *known}
    if same.issuperset(bare):
        return ""
    out = list[str]()
    for some, group in groupby(zip(lines, bare, strict=True), lambda each: bool(each[1])):
        part = [*group]
        if some and (part[0][1][0] == "#" or any(text not in same for _, text in part)):
            out.append("")
            out += [
                line
                for at, (line, text) in enumerate(part)
                if at < HEAD_ROWS or text[0] != "|" or text not in same
            ]
        else:
            fences = [line for line, text in part if text.startswith(FENCE)]
            out += fences if len(fences) % 2 else []  # else code and text would be turned round
    return "\n".join(out).strip("\n")


def forget(heard: list[Heard], who: str, gone: list[str]) -> None:
    """Take lines out of what was written into a file that hold any of these texts."""
    for at, (line, said, whose) in enumerate(heard if gone else ()):
        if whose == who and any(text in said for text in gone):
            left = [text for text in said.splitlines() if not any(each in text for each in gone)]
            heard[at] = (line, "\n".join(left), whose)


def rewritten(heard: list[Heard], label: str) -> None:
    """Forget what edits told of a file that is now written as a whole, or is gone."""
    of = {f"in {label}", f"{COMMENTED} {label}", f"{EDITED} {label}"}
    heard[:] = [item for item in heard if item[2] not in of]


@of_line
def _replaces(command: str) -> set[str]:
    """Return what a command line has `sed` replace."""
    found = _SUBSTITUTES.findall(command) if "sed " in command else ()
    return {old.replace("\\", "") for _, old in found}


def substituted(heard: list[Heard], label: str, command: str) -> None:
    """Forget what edits put into a file where a command then put something else."""
    olds = _replaces(command)
    if not olds:
        return
    who = f"{EDITED} {label}"
    heard[:] = [
        item
        for item in heard
        if item[2] != who or not any(map(item[1].rpartition(BECAME)[2].__contains__, olds))
    ]


def short_names(whos: set[str]) -> dict[str, str]:
    """Return speakers that are files by their bare names, where only one file has that name."""
    files = {who.rpartition(" ")[2] for who in whos if "/" in who and not who.startswith(PLANNED)}
    names = Counter(file.rpartition("/")[2] for file in files)
    return {
        who: who.replace(file, name)
        for who in whos
        if (file := who.rpartition(" ")[2]) in files and names[name := file.rpartition("/")[2]] == 1
    }
