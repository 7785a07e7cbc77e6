"""What a field of a distillation is on the page: its items or lines, each with what it rests on."""

import re
from functools import lru_cache
from itertools import zip_longest
from typing import Final

from spread.distillation_codec import shorten
from spread.distillation_fields import NONE, UNKNOWN, Fields
from spread.distillation_files import at_line
from spread.distillation_fit import words_in
from spread.distillation_lean import codes
from spread.distillation_tight import ITEM_CHARS
from spread.distillation_told import ELSEWHERE, RECORD

RULE_WORDS: Final = 200  # of all of them
TODO_CHARS: Final = 360
COMMIT_CHARS: Final = 56  # of each of more than a few
REFUSED_CHARS: Final = 60  # of a refused call beside a rule
ASKED_CHARS: Final = 140  # of the question that one answers
_REFUSED: Final = re.compile(r"- denied: ([^“”]{1,400}); user: “")
_ASKED: Final = re.compile(r"- ([^“”]{1,400}) → “")
_REPLY: Final = re.compile(r"(?:yes|yeah|yep|no|nope|ok(?:ay)?|sure)(?:[,.;:!]| but\b)", re.I)
_LIFTED: Final = re.compile(r"- rule “[^”]{1,600}” \(L\d+\) no longer holds")
_LINE: Final = re.compile(r"\bL\d+\b")
_REMARKS: Final = re.compile(
    rf"(?:{re.escape(ELSEWHERE)})?(?: \([0-9a-f]{{7,40}} until a rewrite, L\d+\))?(?: \(L\d+\))?\Z"
)
# Of a call that was refused, the work on the prompt goes on.
_NEWER: Final = re.compile(r"\(newer, said on refusing the plan, (L\d+)\)\Z")
SAME_CHARS: Final = 60  # of a request that is the goal
UNTICKED: Final = " (never ticked off; may be done)"  # ends a todo that the page only names
NO_ANSWER: Final = " (no final answer)"
NOTHING_SAID: Final = " (no answer; the agent's report is older)"
MOST_UNTICKED: Final = 3
UNTICKED_CHARS: Final = 60


def request_of(it: Fields) -> list[str]:
    """Return the last request; where it is the goal, not in its words."""
    lines, goal = it.lines_of("last_request"), it.lines_of("goal")
    answered = f" (answered {it.lines_of('answer')[0]})" if it.answered else NO_ANSWER
    if not it.answered and is_older(it.lines_of("summary"), lines):
        answered = NOTHING_SAID
    said = it.last_request.splitlines()  # none where nothing could be shown of it
    newer = _NEWER.search(said[0]) if len(said) > 1 else None
    if newer and it.answered and not is_older((newer[1],), it.lines_of("answer")):
        newer = None
    request = text_lines(it.last_request, lines, "" if newer else answered)
    if lines[:1] == goal[:1] and lines and said and said[-1][:SAME_CHARS] in it.goal:
        request[-1] = f"as the goal{at_line(lines, 0)}{'' if newer else answered}"
    if newer:  # what was said last is what the agent last spoke to
        request[0] += answered
    return request


def is_older(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether the line that one part first rests on stands before that of another."""
    at, than = (int(lines[0][1:]) if lines and lines[0][1:].isdigit() else 0 for lines in (one, other))
    return 0 < at < than


def are_shown(rules: list[str]) -> bool:
    """Tell whether the page has room for all rules."""
    return sum(map(words_in, rules)) <= RULE_WORDS


def rules_of(it: Fields) -> tuple[list[str], set[str]]:
    """Return the rules, each given on refusing a call or in answer to a question with that, and those lifted; and the
    decisions that so say nothing more."""
    beside = [*zip(items_of(it, "decisions"), it.lines_of("decisions"), strict=False)]
    refused = {line: (item, found[1]) for item, line in beside if (found := _REFUSED.match(item))}
    asked = {line: found[1] for item, line in beside if (found := _ASKED.match(item))}
    rules, told = items_of(it, "constraints"), set[str]()
    for at, (text, line) in enumerate(zip(it.constraints, it.lines_of("constraints"), strict=False)):
        item, what = refused.get(line, ("", ""))
        if what:
            rules[at] = (
                f"- {text} (on refusing {codes(what.removeprefix('Bash '), REFUSED_CHARS)}){at_line((line,), 0)}"
            )
            if f"“{text}”" in item:
                told.add(item)
        elif line in asked and _REPLY.match(text):  # alone it would hold for everything
            rules[at] = f"- {text} (to: {shorten(asked[line], ASKED_CHARS)}){at_line((line,), 0)}"
    lifted = [item for item in items_of(it, "decisions") if _LIFTED.match(item)]
    return [*rules, *lifted], told.union(lifted)


@lru_cache(400)  # a page is written more than once, and most of it comes again at the next revision
def short_commit(item: str) -> str:
    """Return a commit with its subject cut; what became of it and its line stay."""
    found = _REMARKS.search(item)
    at = found.start() if found else len(item)
    return shorten(item[:at], COMMIT_CHARS) + item[at:]


def items_of(it: Fields, name: str) -> list[str]:
    """Return the items of a field, each with its line."""
    # Only what is never cut keeps a line that stands within.
    return list(_numbered(getattr(it, name), it.lines_of(name), name != "uncertainties"))


@lru_cache(64)
def _numbered(values: tuple[str, ...], lines: tuple[str, ...], cut: bool) -> tuple[str, ...]:
    """Return items, each with its line."""
    each = zip_longest(values, lines[: len(values)], fillvalue="")
    return tuple([_with_line(text, line, cut) for text, line in each])


@lru_cache(1_000)  # nearly all come again at the next revision
def _with_line(text: str, line: str, cut: bool) -> str:
    """Return an item with its line, unless it names that at its end, or, where it is never cut, anywhere."""
    text = shorten(text, ITEM_CHARS)
    within = line and not cut and line in text and line in _LINE.findall(text)
    named = not line or within or text.endswith((f"({line})", f"…{line})"))
    return f"- {text}{'' if named else f' ({line})'}"


def text_lines(value: str, lines: tuple[str, ...], note: str = "", *, first: bool = False) -> list[str]:
    """Return the lines of a text, the last one with what it rests on, or the first one."""
    if value in (UNKNOWN, NONE) or not value.strip():
        return [value.strip() or NONE]
    quoted = [line for line in value.splitlines() if line.strip()]
    at = at_line(lines, 0)
    if first and len(quoted) > 1:
        return [quoted[0] + at, *quoted[1:-1], quoted[-1] + note]
    return [*quoted[:-1], quoted[-1] + (at if at not in f" {quoted[-1]}" else "") + note]


def prose(lines: list[str]) -> list[str]:
    """Return lines so that none of them can pass for a heading of ours or a fence."""
    return [line if line in (UNKNOWN, NONE) else f">{line}" for line in lines if line.strip()]


def logged(context: str) -> tuple[list[str], list[str]]:
    """Return the log, and what else is on record."""
    log, _, record = f"\n{context}".partition(f"\n{RECORD}\n")
    return prose(log.splitlines()), prose(record.splitlines())


def todos_of(it: Fields) -> list[str]:
    """Return the todos, what is in work first; those that may be done are named in short, many of them counted."""
    order = {"in_progress": 0, "pending": 1}
    ranked = sorted(enumerate(it.todos), key=lambda pair: order.get(pair[1].status, 2))
    out = [
        f"- [{todo.status}] {shorten(todo.text, TODO_CHARS)}{at_line(it.lines_of('todos'), at)}"
        for at, todo in ranked
        if not todo.text.endswith(UNTICKED)
    ]
    old = [todo.text.removesuffix(UNTICKED) for _, todo in ranked if todo.text.endswith(UNTICKED)]
    named = "; ".join(shorten(text, UNTICKED_CHARS) for text in old)
    told = named if len(old) <= MOST_UNTICKED else f"{len(old)}"
    return [*out, f"- never ticked off, may be done: {told}"] if old else out
