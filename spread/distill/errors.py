"""What an output of a failed call says: the line that tells the cause, and what makes two errors the same."""

import re
from functools import lru_cache
from typing import Final

from spread.distill.signs import STRONG, WEAK
from spread.distillation_codec import both_ends, some_of

MAX_CAUSES: Final = 8
CAUSE_CHARS: Final = 300

# Each begins with the sign itself, which is found much faster than what stands before it.
_ESCAPE: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_COLOUR: Final = re.compile(
    r"\[(?<![\w\x1b]\[)\d+(?:;\d+)*m(?:\[\d+(?:;\d+)*m)*"
)  # whose escape sign was lost
_BRAILLE: Final = re.compile("[\u2800-\u28ff]")  # of which spinners are made
_EMPTY: Final = re.compile(
    r"Exit code \d+$|[\W_]*$|#+ \w+$|hint: |at \S+ ?\(|Node\.js v|For more information|Usage: |usage: |Traceback |Rebasing \(|"
    r"Auto-merging |\w+: (?:<tool_use_error>)?$|\$ |// |\* @|"
    r"ok\s+\S+\s+[\d.(]|(?:===|---) (?:RUN|PASS|SKIP)|✓ |✔ |.{0,3}Formatted \d+ files?|Found \d+ (?:error|warning)s?\.?$"
)
_NEVER: Final = re.compile(
    r"\[\w+\] (?:ERROR task failed|\$ )|\?\s+\S+\s+\[no test files\]|\* \w+: \d+$|\d+ issues?[.:]?$|exit status \d|FAIL(?:$|\s+\S+\s+[\d.(])|"
    r"created by \S+ in goroutine \d|goroutine \d+ \[|[\w.*()/-]+\((?:\.\.\.)?\)$|npm warn |\S{1,300}:\d+: \w*Warning: |\S{1,300}?(?::\d+(?::\d+)?|\(\d+(?:,\d+)?\)) ?: warning(?: \w+)?: |warnings\.warn\(|throw (?:new \w|\w+;)|\u00d7 Some errors were emitted|error: script \".*\" exited with|warning: |"
    r"✖ \d+ problems? \(|\+ (?:CategoryInfo|FullyQualifiedErrorId) *:|At (?:line|\S+\.ps1):\d+ char:\d"
)
_CALLED: Final = re.compile(r"[\w.*()/-]+\(\{?0x[0-9a-f]+[,)?]")
_PACKAGE: Final = re.compile(r"\S+:\d+: : #")
_DRAWN: Final = frozenset("┃│╭╰")
_FRAME: Final = re.compile(r" \+0x[0-9a-f]+$")
_PLACE: Final = re.compile(r"[\w./\\@-]+\.[a-z]\w{0,4}[:(]\d+(?:[:,]\d+)?\)?:? \S")
_BARE: Final = re.compile(r"(?<=\d) [\w/@-]+(?:\s+FIXABLE)?\s*[━─]+$")  # the rule, and the message below
_CROSSES: Final = "\u00d7✖⚠! "
_MARKED: Final = "\u00d7 "  # begins what linters and runners of tests tell of a fault
_AT_RULE: Final = "at "  # begins where a linter saw a fault
_CODED: Final = re.compile(r"npm (?:ERR!|error) (?:code|errno|syscall|path) ")  # beside what says it in words
_CONFLICT: Final = re.compile(r"(?m)^CONFLICT \([^()\n]{1,40}\): Merge conflict in (\S{1,400})[ \t\r]*$")
MAX_FILES: Final = 3
_ROOTS: Final = ("[cause]: ", "Caused by: ")
# A shell that found nothing for a pattern, and ran nothing: what reads from that fails with it.
_UNMATCHED: Final = re.compile(
    r"(?:zsh|\(eval\)|bash)(?::(?:line )?\d+)?: no match(?:es found)?: (?:[^\s?*\[]*/)?(\S+)"
)
# What a service says, in the words of its answer.
_ANSWER: Final = re.compile(
    r"\"(?:message|error|detail|error_description|reason)\\*\": ?\\*\"([^\"\\]{8,300})"
)
_STATUS: Final = re.compile(r"\b[45]\d\d\b")
_WHY: Final = re.compile(
    r"^remote:[^\w\n]++([^\n]*\b(?:cannot|must|required|not allowed|prohibited|protected)\b[^\n]*)", re.M
)
# What a host found that is not to be pushed: of which kind, in which commit, where.
_SECRET: Final = re.compile(
    r"^remote: {1,20}(?:\u2014\u2014 ([^\n\u2014]{3,60}) \u2014|- commit: ([0-9a-f]{7})|path: (\S{1,200}))",
    re.M,
)
MAX_SECRETS: Final = 3
_FOLDERS: Final = re.compile(r"(?:[\w.@-]*/){2,}(?=[\w.@-]+/[\w.@-]+[:(]\d)")
_TEST: Final = re.compile(r"(?:--- \w+:|=== (?:RUN|CONT|NAME)) +(\S+)")
_FAILING: Final = re.compile(r"--- FAIL: (\S+)")
_FAILED: Final = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception): ")
_ONE: Final = re.compile(r"Exit code 1\b")
_SEARCH: Final = re.compile(r"\b(?:grep|rg|find|which|diff|test|ls)\b")
ASKING_CHARS: Final = 4_000  # of what asks on a terminal
_CURSORS: Final = ("\u203a", "\u276f")
_ASKS: Final = re.compile(
    r"\? ([^?\n\u203a\u276f\u2714]{5,150}\?)[^?\n\u203a\u276f\u2714]{0,24}[\u203a\u276f]"
)
HIDDEN_CHARS: Final = 300
LEAST_NAME: Final = 5  # characters of what a command looks for
_SAYS_SO: Final = re.compile(
    r"\W*(?:(?:error|fatal): |cannot |could not |couldn't |failed to |unable to )[^\n]*", re.I
)
_NONE: Final = re.compile(r"\W*no\b[^\n]* (?:found|match\w*|such)\b[^\n]*", re.I)
_HOOK: Final = re.compile(r"(\bhook error: )\[[^\]\n]*\]: ?")
_VARIES: Final = re.compile(
    r"[\"'`“].*?[\"'`”]|\b\w+ ?\(\d+\)|\b\w+(?=\[\d+\])|\S*[/\\]\S*|\b0x[0-9a-fA-F.x]+|[\[(]?\b[0-9a-f]*\d[\w.]*"
)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
# The rule that a linter saw broken and why, and below that the place.
_POINTED: Final = re.compile(r"(?m)^([A-Z]{1,5}\d{2,4} \S.*)\n +--> (\S+:\d+:\d+)$")


def causes(output: str, *, first: bool = False) -> list[str]:
    """Return the lines that may tell why a call failed, the likeliest first; none when there is no such line.

    Args:
        first: Where no line speaks of an error, the first one counts, not the last.
    """
    bare = plain(output)
    lines = [line for raw in bare.splitlines() if _WORD.search(line := " ".join(raw.split()))]
    strong: list[str] = []
    weak: list[str] = []
    other: list[str] = []
    text = "\n".join(lines)
    strong_words, weak_words = STRONG.words_in(text), WEAK.words_in(text)
    failing = set(_FAILING.findall(output)) if "--- FAIL" in output else set()
    test, tests = "", "--- " in text or "=== " in text
    passes = "ok " if "not ok " in text else "\n"  # begins what passed beside it, whatever its name
    for at, line in enumerate(lines):
        if tests and (found := _TEST.match(line)):
            test = found[1]
        if _NEVER.match(line) or line.endswith("skipping") or line.startswith(passes) or _is_frame(line):
            continue
        line = line.removeprefix(_AT_RULE) if "━" in line else line
        placed = _PLACE.match(line)
        if placed and test and test not in failing:
            continue  # said by a test that passed or was skipped
        is_strong = placed or STRONG.on(line, strong_words) or _UNMATCHED.match(line)
        if placed and test:
            line = f"{test}: {line}"
        if not is_strong and _is_empty(line):
            continue
        if placed and _BARE.search(line) and at + 1 < len(lines):
            line = f"{_BARE.sub('', line)}: {lines[at + 1].lstrip(_CROSSES)}"
        elif line.startswith("remote: error") and (why := _WHY.search(output)):
            line = _secrets(output) or f"{line} {why[1]}"
        text, marked = _cut(line), line.startswith(_MARKED)
        if marked:
            text = text[len(_MARKED) :].rstrip(":")
        elif line.endswith(":") and at + 1 < len(lines):
            text = f"{text} {_cut(_unled(lines[at + 1], line))}"
        kind = strong if is_strong else weak if marked or WEAK.on(line, weak_words) else other
        if text not in kind and (len(kind) < MAX_CAUSES or kind is other):
            kind.append(text)
            if kind is strong and len(strong) == MAX_CAUSES:
                break  # no other is told
    if len(strong) > 1:
        strong.sort(key=_rank)
    if "CONFLICT (" in output:
        strong.sort(key=lambda text: "CONFLICT (" not in text)
        strong[:0] = _conflicts(output)
    if "Traceback" in output:
        strong.sort(key=lambda text: not _FAILED.match(text))
    first = first or "+ CategoryInfo" in output  # PowerShell tells the error first, then where it was
    return (strong + weak)[:MAX_CAUSES] or other[:1] * first or other[-1:]


def _secrets(output: str) -> str:
    """Return which secrets a host found in what was pushed, empty where it tells of none; of one file the name once."""
    kind, file, commits, places = "", "", list[str](), dict[str, list[str]]()
    for named, made, path in _SECRET.findall(output):
        kind = named or kind
        commits += [made] * bool(made)
        name, _, line = path.rpartition(":")
        if path:
            places.setdefault(kind, []).append(f":{line}" if name == file else path)
            file = name
    told = ", ".join(f"{some_of(found, MAX_SECRETS)} {named}" for named, found in places.items())
    # Where they are comes first, as that is left of it where there is little room.
    of = some_of([*dict.fromkeys(commits)], 2)
    return _cut(f"secrets at {told}, in {of}, by push protection") if told else ""


def _conflicts(output: str) -> list[str]:
    """Return in which files two changes are in conflict, as one line; none where git does not say so."""
    files = ["/".join(path.split("/")[-2:]) for path in dict.fromkeys(_CONFLICT.findall(output))]
    return [_cut(f"conflict in {some_of(files, MAX_FILES)}")] if files else []


def _rank(text: str) -> int:
    """Return the place of a line among those that speak of an error: what caused others first, mere codes last."""
    return -1 if text.startswith(_ROOTS) or _UNMATCHED.match(text) else int(_CODED.match(text) is not None)


def _cut(line: str) -> str:
    """Return the beginning of a line, marked where it was cut: by that redaction knows half of a secret."""
    return line if len(line) <= CAUSE_CHARS else f"{line[:CAUSE_CHARS]}…"


def _is_frame(line: str) -> bool:
    """Tell whether a line is of a stack, or only names a package; what is looked for first is much faster found."""
    if "0x" in line:
        return _CALLED.match(line) is not None or _FRAME.search(line) is not None
    return ": : #" in line and _PACKAGE.match(line) is not None


def _is_empty(line: str) -> bool:
    """Tell whether a line says nothing of the cause."""
    return _EMPTY.match(line) is not None or not (line.isascii() or _DRAWN.isdisjoint(line))


def _unled(line: str, before: str) -> str:
    """Return a line without the name of its speaker, where the line before it has that too."""
    lead, colon, rest = line.partition(": ")
    return rest.lstrip() if colon and before.startswith(f"{lead}: ") else line


def plain(output: str) -> str:
    """Return an output without the colours and marks of a terminal, each fault of a linter with its place on one line."""
    output = _COLOUR.sub("", output) if "[" in output else output
    output = _ESCAPE.sub("", output) if "\x1b" in output else output
    output = _POINTED.sub(r"\2: \1", output) if "--> " in output else output
    return output if output.isascii() else _BRAILLE.sub("", output)


def is_empty_search(command: str, output: str) -> bool:
    """Tell whether a command that looks for something just found nothing, or too little."""
    if not _ONE.match(output) or not _SEARCH.search(command):
        return False
    lines = (line.strip() for line in output.splitlines())
    return not any(STRONG.search(line) or WEAK.search(line) for line in lines if not _is_empty(line))


def is_hidden(command: str, output: str) -> bool:
    """Tell whether a command failed though a pipe hides its exit code: all it printed is one line that says so.

    That there is no such thing says so only of what the command names: to find no defect is no failure.
    """
    if len(output) > HIDDEN_CHARS or "|" not in command:
        return False
    line = output.strip()
    if _NONE.fullmatch(line):
        return any(len(word) >= LEAST_NAME and word[0] != "-" and word in line for word in command.split())
    return _SAYS_SO.fullmatch(line) is not None


def unanswered(output: str) -> str:
    """Return the question that a program put on the terminal and stopped at, as nobody was there to answer it."""
    text = output[:ASKING_CHARS]
    if "?" not in text or not any(map(text.__contains__, _CURSORS)):
        return ""
    text = plain(text)
    asked = _ASKS.findall(text)
    return asked[-1] if asked and f"✔ {asked[-1]}" not in text else ""


@lru_cache(4_000)
def signature(cause: str) -> str:
    """Return what is the same in two errors of one kind: the words, without numbers, names and paths."""
    return " ".join(_WORD.findall(_VARIES.sub(" ", cause))[:14]).lower()


def telling(found: list[str], noise: dict[str, int]) -> str:
    """Return the likeliest cause that is no noise of the environment, else the noise that is commonest.

    Args:
        noise: How often each signature was met that says nothing about the single call.
    """
    clear = next((cause for cause in found if signature(cause) not in noise), "")
    return clear or max(found, key=lambda cause: noise[signature(cause)], default="")


def _answered(cause: str) -> str:
    """Return what a service answered without the marks of its format: its last message, which is the innermost, and the code."""
    said = _ANSWER.findall(cause)
    if not said:
        return cause
    code = _STATUS.search(cause)
    return f"{code[0]}: {said[-1]}" if code and code[0] not in said[-1] else said[-1]


@lru_cache(400)  # most errors come again at the next revision
def told(cause: str, most: int) -> str:
    """Return a cause for a list: without what every error begins with, and short."""
    bare = cause.removeprefix("### ").removeprefix("Error Error: ")
    if bare[:1] == "{":
        bare = _answered(bare)
    elif ": no match" in bare and (found := _UNMATCHED.match(bare)):
        bare = f"unquoted, the shell took {found[1]} for a pattern"
    bare = (
        _HOOK.sub(r"\1", bare, count=1) if " hook error: [" in bare else bare
    )  # its own words tell more than its path
    return both_ends(_FOLDERS.sub("…/", bare), most)
