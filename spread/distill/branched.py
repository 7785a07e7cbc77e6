"""What a command line says itself of how its check went: by what it prints in the one case, and in the other."""

import re
from typing import Final

from spread.distill.proof import answered, is_meant_to_fail
from spread.distill.runs import Run
from spread.distillation_letters import number

_TEXT: Final = r"echo +[\"']?([^\"'$`;|&\n]{1,60}?)[\"']?"
_BRANCHES: Final = rf"(?:;\s*then\s+|\s*&&\s*){_TEXT}\s*(?:;\s*else\s+|\|\|\s*){_TEXT}\s*(?:;\s*fi)?\s*\Z"
_ITSELF: Final = r"(?:[^;|&\n]|>&|&>)*"  # the rest of a check that nothing stands beside
_KEPT: Final = r"(?:(?P<name>\w+)=\$\?[;\n](?:(?!\s*(?P=name)=)[^;\n]*[;\n]){0,3}?\s*)?"  # the code, and what is done before it is asked for
_ASKS: Final = r"(?:if +)?(?:\[\[?|test) +\"?"
_IS_ZERO: Final = r"\"? +(?P<how>-eq|-ne|==|=|!=) +0 *(?:\]\]?)?"
# After the check, by its exit code: of a pipe the last command's, unless that of the first is asked for.
_BY_CODE: Final = re.compile(
    rf"{_ITSELF}[;\n]\s*{_KEPT}{_ASKS}\$(?(name)\{{?(?P=name)\}}?|\?){_IS_ZERO}{_BRANCHES}"
)
_BY_FIRST: Final = re.compile(rf"[^;\n]*[;\n]\s*{_ASKS}\$\{{PIPESTATUS\[0\]\}}{_IS_ZERO}{_BRANCHES}")
_CODE_AFTER: Final = re.compile(
    r"[^;|\n]*(?:;|\n|\|\|)[ \t]*(?:[\w-]+=|echo|printf|Write-\w+)[^;|\n]*\$(?:\?|LAST)"
)
_CODE_OF: Final = re.compile(
    rf"{_ITSELF}[;\n]\s*echo +[\"']?(?P<label>[^\"'$`;|&\n]{{1,40}})\$\?[\"']?[ \t]*(?:[;\n]|\Z)"
)
# In a loop, what is printed of each of its checks that failed: behind a name that differs.
_OR_SAYS: Final = re.compile(
    rf"{_ITSELF}(?:&&\s*echo [^;|&\n]*)?\|\|\s*echo +[\"']?[^\"';|&\n]{{0,40}}\$\{{?\w+\}}?(?P<text>[^\"'$`;|&\n]{{3,40}})[\"']?\s*(?:[;\n)]|\Z)"
)
_IF: Final = re.compile(rf"{_ITSELF}{_BRANCHES}")


def told_by(run: Run) -> bool | None:
    """Return whether a line says that its checks passed, None where it does not say it of each."""
    if "echo" not in run.source or "timeout " in run.source:
        return None
    if len(run.places) == 1 and (said := _branched(run)) is not None:
        return said
    sure = not any(run.commands[at].unsure for at in run.places)
    return answered(run.commands, run.places, run.output) if sure else None


def _branched(run: Run) -> bool | None:
    """Return what was printed of the one check of a line: that it ended well, or that it did not."""
    at = run.places[0]
    check, before = run.commands[at], run.commands[:at]
    # The last that it does is to print, which always ends well: else it did not come as far.
    if at < 0 or not run.ok or any(item.unsure or item.joint == "|" for item in before):
        return None
    rest, swapped = run.source[check.end :], False
    if run.source.startswith("if ", check.start):
        found = _IF.match(rest)
        swapped = run.source.startswith("if !", check.start)
    elif check.unsure or "0" not in rest:
        return None
    else:
        found = _BY_CODE.match(rest) or (_BY_FIRST.match(rest) if "PIPESTATUS" in rest else None)
        swapped = found is not None and found["how"] in ("-ne", "!=")
    if found is None:
        return None
    well, badly = (each.strip() for each in found.groups()[-2:])
    said = {line.strip() for line in run.output.splitlines()} & {well, badly}
    return None if len(said) != 1 or well == badly else (well in said) is not swapped


def asks_for_code(run: Run) -> bool:
    """Tell whether the next thing after the check takes its exit code: of a pipe it is that of the last command."""
    after = run.source[run.commands[run.places[0]].end :] if "$" in run.source else ""
    return "PIPESTATUS" in run.source or _CODE_AFTER.match(after) is not None


def codes_of(run: Run) -> dict[int, int]:
    """Return the exit code that a line printed of each of several checks, by its place; nothing where it did not of all."""
    if "$?" not in run.source or len(run.places) < 2 or min(run.places) < 0:
        return {}
    lines = iter(run.output.split("\n"))
    out: dict[int, int] = {}
    for at in run.places:
        found = None if run.commands[at].unsure else _CODE_OF.match(run.source, run.commands[at].end)
        if found is None:
            return {}
        label = found["label"].strip()
        said = (line.strip()[len(label) :].strip() for line in lines if line.strip().startswith(label))
        code = next((each for each in said if each.isdecimal() and len(each) < 4), "")
        if not code:
            return {}
        out[at] = number(code)
    return out


def says_badly(run: Run) -> bool:
    """Tell whether a loop printed of one of its checks that it failed."""
    if "||" not in run.source or "$" not in run.source or len(run.places) != 1 or run.places[0] < 0:
        return False
    found = _OR_SAYS.match(run.source, run.commands[run.places[0]].end)
    text = found["text"].strip() if found else ""
    if not text or run.source.count(text) > 1 or is_meant_to_fail(run.source):
        return False
    return any(line.rstrip().endswith(text) for line in run.output.split("\n"))
