# ruff: noqa: RUF001  (titles have dashes of all kinds)
"""What a plan says: its steps by their titles, and the files that it lists as to be changed."""

import re
from functools import lru_cache
from typing import Final

from spread.distillation_codec import shorten, some_of

READ_CHARS: Final = 20_000
KEPT_PLANS: Final = 3
MAX_STEPS: Final = 14
MAX_FILES: Final = 16
STEP_CHARS: Final = 64
PLANS: Final = ("plan", "roadmap", "phases", "milestones")

_KINDS: Final = r"(?:phase|step|pr|task|stage|sprint|milestone|part|batch|wave|experiment)"
_HEADING: Final = re.compile(r"(#{1,5})\s+(\S.*?)\s*#*$")
_STEP: Final = re.compile(
    rf"(?:(?P<kind>{_KINDS})\s*#?(?P<number>\d[\w.]*)|(?P<bare>\d{{1,2}})[.)])[\s:.)—–-]+(?=\S)", re.I
)
_BOLD: Final = re.compile(rf"\s*(?:[-*]\s+|\|\s*)?\*\*({_KINDS}\s*#?\d[\w.]*\b.*?)\*\*(.*)", re.I)
_TELLING: Final = "#*-|`0123456789"  # one of these begins every line that matters
_ITEM: Final = re.compile(r"(\d{1,2})[.)]\s+(\S.*)")
_OF_STEPS: Final = re.compile(
    r"\b(?:steps?|plan|phases?|tasks?|order|sequenc\w+|approach|implementation|roadmap|changes)\b", re.I
)
OF_FILES: Final = re.compile(
    r"^\W*(?:(?:key |critical |main )?files?\b(?: (?:to|that|which|changed|affected|touched)\b.*)?)\W*", re.I
)
OPENS: Final = re.compile(r"^\W*\*\*(?:key |critical |main )?files?\b[^*]*\*\*", re.I)
PATH: Final = re.compile(
    r"`((?:[\w.@~-]+/)*[\w.@-]*\.(?:py|[cm]?[jt]sx?|go|rs|java|kts?|swift|[ch](?:pp|c|h|s)?|rb|php|sh|zsh|fish|ps1|mdx?|jsonc?|ya?ml|toml|ini|cfg|"
    r"conf|nix|sql|html?|s?css|vue|svelte|txt|xml|gradle|proto|lua|el|ex|exs|dart|scala|tf|mod|sum|env|plist|lock))(?::[\d-]+)?`"
)
LOOK: Final = re.compile(
    r"\b(?:reference|unchanged|no changes?|read|see|not (?:be )?(?:changed|modified|touched))\b", re.I
)
_NUMBERED: Final = re.compile(r"(?m)^ {0,7}\d+[→\t]")  # an arrow in older versions


def is_plan(path: str) -> bool:
    """Tell whether a document's name says that it is a plan."""
    low = path.lower()
    if not low.endswith((".md", ".txt")):
        return False
    name = low.rpartition("/")[2]
    return "/plans/" in low or any(map(name.__contains__, PLANS))


def only_planned(edited: dict[str, int], line: int) -> bool:
    """Tell whether nothing but plans was edited since a line."""
    return all(at <= line or is_plan(path) for path, at in edited.items())


def unnumbered(output: str) -> str:
    """Return what was read from a file without the numbers of its lines."""
    if not _NUMBERED.match(output):
        return output
    return _NUMBERED.sub("", output[: READ_CHARS + READ_CHARS // 4])


@lru_cache(8)
def parts_of(plan: str) -> tuple[list[str], list[str]]:
    """Return a plan's steps and files.

    Steps are the titles of headings, items under a heading of steps, or bold ones; of several kinds the uppermost with
    two. Files stand under a heading of files, beside the word, or in the title of a step; of a line the first counts.
    """
    kinds: dict[tuple[bool, int], list[str]] = {}
    files = list[str]()
    steps_here = files_here = fenced = False
    lines = plan[:READ_CHARS].splitlines()
    paired = plan.count("```") % 2 == 0
    for line in lines:
        bare = line.lstrip()
        first = bare[:1]
        if first == "`" and bare.startswith("```"):
            fenced = paired and not fenced
        if fenced or not first:
            continue
        if first not in _TELLING:
            files_here = False
            continue
        step = None
        if first == "#" and (heading := _HEADING.match(line)):
            title = heading[2]
            steps_here, files_here = bool(_OF_STEPS.search(title)), bool(OF_FILES.match(title))
            if step := _STEP.match(title):
                kind = f"{step['kind'].lower()} " if step["kind"] else ""
                known = kinds.setdefault((not kind, len(heading[1])), [])
                named = f"{step['number'] or step['bare']}: {title[step.end() :]}"
                known.append(named if known else kind + named)
        elif "**" in line and OPENS.match(line):
            files_here = True
        elif "**" in line and (bold := _BOLD.match(line)):
            rest = bold[2].strip(" |:-—–")
            kinds.setdefault((True, 9), []).append(f"{bold[1].rstrip(':')}: {rest}" if rest else bold[1])
        elif steps_here and (item := _ITEM.match(line)):
            kinds.setdefault((True, 10), []).append(f"{item[1]}: {item[2]}")
        if (files_here or step) and not LOOK.search(line) and (path := PATH.search(line)):
            files.append(path[1])
    titles = next((kinds[kind] for kind in sorted(kinds) if len(kinds[kind]) > 1), [])
    steps = dict.fromkeys(shorten(title.replace("**", ""), STEP_CHARS) for title in titles)
    return list(steps), list(dict.fromkeys(files))


def outline(plan: str) -> str:
    """Return steps and files on one line, an empty string where a plan has no steps."""
    steps, files = parts_of(plan)
    if not steps:
        return ""
    names = list(dict.fromkeys(path.rpartition("/")[2] for path in files))
    told = f"steps: {some_of(steps, MAX_STEPS, joint='; ')}"
    return f"{told}. Files: {some_of(names, MAX_FILES)}" if names else told


_VOID: Final = re.compile(
    r"\bplan (?:is |was )?(?:void|off|dead|obsolete|wrong|over)\b|\b(?:forget|scrap|drop|ditch|abandon|discard|vergiss|verwirf|olvida|oublie|abandonne) "
    r"(?:the|that|this|your|den|diesen|el|ese|le|ce) plan\b"
)
# Around what a user wants none of, in lower case with straight apostrophes.
NONE_OF: Final = r"\b(?:no|not|without|drop|skip|scrap|forget|kein\w{0,2}|ohne|sin|nada de|pas d[e'])[ ]?"
NO_FURTHER: Final = r"(?= ?(?:[.,;:!)\n]|$|(?:and|but|und|sondern|mais|pero|y|et)\b))"
_WITHOUT: Final = re.compile(NONE_OF + r"(?:the |using )?([\w+#-]+(?:\.\w+)?)" + NO_FURTHER)


def turns_from(title: str, said: str) -> bool:
    """Tell whether a prompt gives up a plan, or wants to have none of what its title names as a proper name."""
    low, named = said.lower(), _named(title)
    if "plan" in low and _VOID.search(low):
        return True
    return any(map(low.__contains__, named)) and any(
        map(named.__contains__, _WITHOUT.findall(low.replace("\u2019", "'")))
    )


@lru_cache(16)
def _named(title: str) -> frozenset[str]:
    """Return the proper names of a title, in lower case."""
    words = (word for word in title.split() if any(map(str.isupper, word[1:])))
    return frozenset(word.strip(".,:;()\"'").lower() for word in words)
