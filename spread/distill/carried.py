"""Which files a commit holds, told only where what was staged, or a list of changes, agrees with git's own count."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from spread.distill import git_lines
from spread.distill.files import absolute
from spread.distillation_letters import number
from spread.distillation_paths import is_within

MAX_FILES: Final = 24  # of a commit that are told
MAX_COMMITS: Final = 12
MAX_LISTED: Final = 200
_STAT: Final = re.compile(r"(?m)^ {0,6}(\S[^\n|]*?)(?<! ) +\| +(?:\d+|Bin)\b")
_COUNT: Final = re.compile(r"(?m)^ {0,6}(\d+) files? changed")
_GONE: Final = re.compile(r"(?m)^ delete mode \d+ (.+)$")
_COMMIT: Final = re.compile(r"(?m)^commit ([0-9a-f]{7,40})\b")
_BRACED: Final = re.compile(r"\{[^{}]*? => ([^{}]*)\}")
_UNCLEAR: Final = re.compile(r"[(),\[\]\n]")  # such a path could not be told from what stands around it
_ID_CHARS: Final = 7


def listed(output: str) -> list[str]:
    """Return the files of a `--stat`, as it spells them, where it lists as many as it counts."""
    if " changed" not in output or " | " not in output:
        return []
    counts = _COUNT.findall(output)
    names = [
        _BRACED.sub(r"\1", name).replace("//", "/").rpartition(" => ")[2] for name in _STAT.findall(output)
    ]
    return names if len(counts) == 1 and number(counts[0]) == len(names) else []


def counted(output: str) -> int:
    """Return how many files git says a commit holds, 0 where it does not."""
    found = _COUNT.findall(output) if " changed" in output else []
    return number(found[0]) if len(found) == 1 else 0


def may_tell(output: str) -> bool:
    """Tell whether git says on committing that a commit holds so many files as may be told; of a merge it counts none."""
    return 0 < counted(output) <= MAX_FILES


def exactly(named: Collection[str], output: str) -> list[str]:
    """Return the files that were staged one by one where a commit holds so many, an empty list where it does not."""
    fits = len(named) == counted(output) and all(map(_is_file, named)) and _has_made(named, output)
    return sorted(named) if fits else []


def _has_made(files: Collection[str], output: str) -> bool:
    """Tell whether what git says it made or deleted is among some files."""
    made = [f"/{path.strip(chr(34))}" for _, path in git_lines.listed(output)]
    return all(any(path.endswith(end) for path in files) for end in made)


def held(
    named: Collection[str],
    output: str,
    last: tuple[Iterable[str], Iterable[str]],
    changed: Collection[str],
    top: str,
) -> list[str]:
    """Return the files of a commit that does not hold `exactly` what was staged; an empty list where that is not certain.

    Args:
        named: What was staged, files and directories, the top of the work tree for all that is below.
        output: What git said on committing.
        last: What a status or a diff listed before that, as it spelled it, and what was changed after it.
        changed: Files the session changed that were in no commit.
    """
    count, known = counted(output), {*changed, *named}
    listing, late = last
    seen = list(dict.fromkeys(spelled(each, known, top) for each in listing))
    late = [path for path in late if _is_below(path, named)]
    if not set(late) <= set(seen):
        seen = []
    pools: tuple[list[str], ...] = (
        [path for path in seen if _is_below(path, named) or (path.startswith("...") and top in named)],
        [path for path in changed if _is_below(path, named)],
    )
    pools = tuple([*pool, *_gone_too(pool, output, top)] for pool in pools)
    return next((sorted(pool) for pool in pools if len(pool) == count and _has_made(pool, output)), [])


def _gone_too(pool: list[str], output: str, top: str) -> list[str]:
    """Return the files that git says a commit deletes and a list lacks: what was moved and written anew was there before."""
    gone = (path.strip('"') for path in (_GONE.findall(output) if " delete mode " in output else ()))
    return [absolute(path, top) for path in gone if not any(each.endswith(f"/{path}") for each in pool)]


def shown_of(words: list[str], output: str, top: str) -> tuple[str, list[str]]:
    """Return the id of the one commit that a `git show` or `git log` shows with all of its files, and these."""
    ids = dict.fromkeys(_COMMIT.findall(output)) if "commit " in output else {}
    if len(ids) != 1 or "--" in words:
        return "", []
    return next(iter(ids))[:_ID_CHARS], [spelled(each, (), top) for each in listed(output)]


def spelled(path: str, known: Collection[str], top: str) -> str:
    """Return the absolute path that a list means: a known one that ends so, else the one below the top."""
    end = path.strip('"').removeprefix("./").removeprefix("...")
    ends = [each for each in known if each.endswith(f"/{end.lstrip('/')}")]
    if len(ends) == 1:
        return ends[0]
    return path if path.startswith("...") else absolute(end, top)


def clear(paths: list[str]) -> bool:
    """Tell whether paths can be told one after the other."""
    return bool(paths) and not any(map(_UNCLEAR.search, paths))


def _is_below(path: str, named: Collection[str]) -> bool:
    return any(is_within(path, each) for each in named)


def _is_file(path: str) -> bool:
    return "." in path.rpartition("/")[2]
