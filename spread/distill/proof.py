"""What a command line proves of the checks in it: whether its exit code or its output would tell of a failure."""

import re
from typing import Final

from spread.distill.beside import shows_another
from spread.distill.filters import BAD_NEWS, leaves_out
from spread.distill.shell import GREPS, Simple
from spread.distill.wrapped import by_script, unwrapped
from spread.distillation_letters import number

_SILENT: Final = {
    "go": ("build", "vet"),
    "tsc": (),
    "gcc": (),
    "clang": (),
    "eslint": (),
    "node": ("--check",),
    "bash": ("-n",),
}
_LABEL: Final = re.compile(r"\becho\s+[\"']?([^\"'$;|&\n]{1,40})\$(?:\?|\{PIPESTATUS\[0\]\})")
_QUIET: Final = GREPS | {"cd", "head", "tail", "echo", "true"}
_ALL_WRITTEN: Final = re.compile(r"&>|>\s*[^\s>]+\s+2>&1")
_SHOWS: Final = frozenset(("tail", "cat", "head", "echo"))
_PASSES_ON: Final = frozenset(("tail", "cat", "tee", "sort", "echo"))
_NOTE: Final = re.compile(
    r"(?m)^\(Bash completed with no output\)$\n?|^Shell cwd was reset to .*$\n?|^go: downloading .*$\n?"
)
_ELSEWHERE: Final = re.compile(r"2>>?\s*[^&\s]")
_BAD_TEST: Final = re.compile("fail|test result(?!:? ok)", re.I)  # of what a filter lets through
_TALLIED: Final = re.compile(r"(?m)^ {1,6}\d+ (\S.*)$")
# What a program says that broke down, and what such a program says after it.
_BROKE: Final = re.compile(
    r"(?:[a-z_]\w*\.)*(?:[A-Z]\w*)?(?:Error|Exception)(?: \[\w+\])?: \S|\s+at (?:Test)?Context\.(?:<anonymous>|eval) \(|.*: cannot load such file -- "
    r"|\s*Segmentation fault\b|Cypress failed to |Node\.js v\d"
)
_AFTER_IT: Final = re.compile(r"\s|[-})]|$|Require stack:|Please ")
_LET_THROUGH: Final = re.compile(r"\| ?(?:head|tail)\b(?: -n ?(\d+)| -(\d+))?(?= *(?:$|[;&|)\"'\n]|2>))")
_COMMITTED: Final = re.compile(r"(?m)^(?:\[[^\]\n]+ [0-9a-f]{7,40}\] |nothing to commit)")
# What each says is git's own, not a check's.
_GIT_RAN: Final = {
    "commit": _COMMITTED,
    "cherry-pick": _COMMITTED,
    "push": re.compile(r"(?m)^ ! \[(?:remote )?rejected\]"),
}
# The one line in which a tool says that all went well; another would stand in its place, whatever else a filter takes away.
_WHOLE: Final = {
    **dict.fromkeys(
        ("pytest", "py.test"),
        re.compile(
            r"(?m)^=*[ \t]*[1-9]\d* passed(?:, \d+ (?:skipped|deselected|xfailed|xpassed|warnings?))* in [\d.]+s\b"
        ),
    ),
    **dict.fromkeys(("mvn", "mvnw"), re.compile(r"(?m)^\[INFO\] BUILD SUCCESS$")),
    "ctest": re.compile(r"(?m)^100% tests passed, 0 tests failed out of [1-9]"),
    "mypy": re.compile(r"(?m)^Success: no issues found in [1-9]"),
    "phpunit": re.compile(r"(?m)^OK \([1-9]\d* tests?, "),
    "rspec": re.compile(r"(?m)^[1-9]\d* examples?, 0 failures(?:, \d+ pending)?$"),
}
# What only errors hold that are told so, of which a filter counts the lines.
_COUNTED: Final = re.compile(r"error TS|error\\?\[|error:|FAIL")
_MEANT: Final = re.compile(
    r"negative (?:check|test|control)|expect(?:ed|s)?(?: to)? fail|(?:should|must) (?:now )?fail|mutation|sanity.{0,20}fail",
    re.I,
)
_MEANT_HINTS: Final = ("negative ", "expect", "should", "must", "mutation", "sanity")
# With these a tool runs once for each of several, and goes on where one failed.
_EACH: Final = frozenset(("--workspaces", "-ws", "--no-bail", "-n1", "-L1", "-I{}", "-I"))
_LOOP_CUT: Final = re.compile(r"\bdone\b[^|;&\n]{0,20}(?:&1)?[^|;&\n]{0,20}\| ?(?:tail|head)\b")
FEW_LINES: Final = 10  # that `head` lets through where no number is given


def unechoed(commands: list[Simple], output: str) -> str:
    """Return an output without the lines that the command line itself had printed: they prove nothing."""
    told = _echoes(commands)
    return "\n".join(line for line in output.split("\n") if line.strip() not in told) if told else output


def answered(commands: list[Simple], places: list[int], output: str) -> bool | None:
    """Return what `check && echo well || echo badly` said of all checks, None where it did not say it of each."""
    said = {line.strip() for line in output.split("\n")} if _echoes(commands) else set[str]()
    out: list[bool] = []
    for at in places if said else ():
        then, other = (_echo(commands[at + 1 : at + 2]), _echo(commands[at + 2 : at + 3]))
        if commands[at].joint == "&&" and then:
            if commands[at + 1].joint == "||" and other in said and _alone(commands, at):
                out.append(False)
            elif then in said:
                out.append(True)
        elif commands[at].joint == "||" and then in said and _alone(commands, at):
            out.append(False)
    return all(out) if out and len(out) == len(places) else None


def labelled(source: str, output: str) -> str:
    """Return the exit code that a line printed behind a text of its own, an empty string where it did not.

    Args:
        source: What of the line stands behind its check.
    """
    found = _LABEL.search(source)
    label = found[1].lstrip() if found else ""
    for line in output.split("\n") if label.strip() else ():
        if line.startswith(label) and (code := line[len(label) :].strip()).isdecimal() and len(code) < 4:
            return code
    return ""


def _alone(commands: list[Simple], at: int) -> bool:
    """Tell whether no other command can have brought a line to its `||`."""
    return at == 0 or commands[at - 1].joint != "&&" or commands[at - 1].name == "cd"


def _echoes(commands: list[Simple]) -> set[str]:
    return {text for item in commands if (text := _echo([item]))}


def _echo(commands: list[Simple]) -> str:
    """Return the text that an `echo` certainly prints."""
    text = " ".join(commands[0].words[1:]) if commands and commands[0].name == "echo" else ""
    return "" if "$" in text or "`" in text or text.startswith("-") else text.strip()


def is_silent(commands: list[Simple], places: list[int], output: str, source: str) -> bool:
    """Tell whether nothing was printed by tools that are silent only on success, or let nothing else through, and nothing else ran."""
    behind = any(item.joint == "&" for item in commands[min(places) :])
    if behind or any(commands[at].writes for at in places) or _ELSEWHERE.search(source):
        return False  # what it said went elsewhere
    commands, output = _until_said(commands, places, output)
    if any(item.name not in _QUIET for at, item in enumerate(commands) if at not in places):
        return False
    if _NOTE.sub("", unechoed(commands, output)).strip():
        return False
    filtered = {at - 1 for at, item in enumerate(commands) if item.name in GREPS}
    if any(
        at not in places or commands[at].joint != "|" or not leaves_out(commands[at + 1].words)
        for at in filtered
    ):
        return False
    return all(at in filtered or _says_nothing(commands[at]) for at in places)


def _until_said(commands: list[Simple], places: list[int], output: str) -> tuple[list[Simple], str]:
    """Return what was run and printed until the line printed a text of its own behind its checks, all where it did not."""
    lines = [line.strip() for line in output.split("\n")]
    for at in range(max(places) + 1, len(commands)):
        text = _echo([commands[at]])
        if text and lines.count(text) == 1 and commands[at - 1].joint in (";", "\n"):
            return commands[:at], "\n".join(lines[: lines.index(text)])
    return commands, output


def _says_nothing(item: Simple) -> bool:
    wanted = _SILENT.get(item.name)
    return wanted is not None and (not wanted or not {*item.words[1:2]}.isdisjoint(wanted))


def is_visible(commands: list[Simple], places: list[int]) -> bool:
    """Tell whether a failure of any of the validations would have made the whole line fail."""
    if any(commands[at].unsure for at in places):
        return False
    pipefail = any("pipefail" in item.words for item in commands)
    errexit = any(
        item.name == "set" and any("e" in word for word in item.words[1:] if word[:1] == "-")
        for item in commands
    )
    pipe = 0  # where the pipe begins that a command is in; what is in brackets may be piped as a whole
    for at, item in enumerate(commands):
        last, joint = at == len(commands) - 1, item.ends or item.joint
        if joint != "|":
            pipe = at + 1
        if at < min(places):
            continue
        if joint == "|" and not pipefail:
            if any((0 if item.ends else pipe) <= place <= at for place in places):
                return False
        elif joint == "||" and _gives_up(commands[at + 1 :]):
            return True
        elif joint == "||" or (joint in (";", "\n", "&") and not last and not errexit) or joint == "&":
            return False
    return True


def _gives_up(commands: list[Simple]) -> bool:
    """Tell whether what a line does where a check failed is to show something and to fail itself, and nothing follows that."""
    last = commands[-1] if commands else None
    if last is None or not (last.name == "false" or (last.name == "exit" and _is_bad_code(last, commands))):
        return False
    return all(item.name in _SHOWS and item.joint in (";", "&&", "\n") for item in commands[:-1])


def _is_bad_code(item: Simple, commands: list[Simple]) -> bool:
    """Tell whether an `exit` surely says that something failed: `$?` behind an `echo` says that this worked."""
    code = "".join(item.words[1:2]).strip("${}")
    if code == "?":
        return len(commands) == 1
    kept = any(name == code and value == "$?" for name, value, _ in commands[0].sets)
    return kept or (code.isdecimal() and number(code) % 256 > 0)


def is_before_loop(commands: list[Simple], places: list[int], source: str) -> bool:
    """Tell whether the line ends with a loop that only a pass of all before it lets begin."""
    if any(commands[at].unsure for at in places):
        return False
    loop = next((at for at, item in enumerate(commands) if item.name == "for"), 0)
    if not loop or max(places) >= loop or not source.rstrip().endswith("done"):
        return False
    return all(item.joint == "&&" for item in commands[min(places) : loop])


def is_only(commands: list[Simple], places: list[int]) -> bool:
    """Tell whether the line does nothing else that can fail: then its failure is the validation's."""
    harmless = {
        "cd",
        "export",
        "set",
        "echo",
        "head",
        "tail",
        "grep",
        "cat",
        "tee",
        "source",
        "pushd",
        "sleep",
        "clear",
        "Set-Location",
        "Select-String",
        "Select-Object",
    }
    pipefail = any("pipefail" in item.words for item in commands)
    if not pipefail and any(
        item.name in GREPS and at - 1 in places and commands[at - 1].joint == "|"
        for at, item in enumerate(commands)
    ):
        return False  # it fails where it finds nothing, whatever it looks through
    return all(
        item.name in harmless
        or not item.words
        or (item.name in ("exit", "false") and item.unsure and _gives_up(commands[at:]))
        or (at in places and not item.unsure)
        or (item.joint == "|" and at + 1 in places and not pipefail)
        for at, item in enumerate(commands)
    )


def is_listed(commands: list[Simple], places: list[int]) -> bool:
    """Tell whether a check was given what another command lists, which may be nothing at all, or run by a script."""
    return any(commands[at].name == "xargs" or by_script(commands[at].words) for at in places)


def is_cut(commands: list[Simple], places: list[int], output: str) -> bool:
    """Tell whether output went through a filter that may have dropped the bad news."""
    tests = all(commands[at].kind == "test" for at in places)
    for item in _reached(commands, places):
        if item.name == "head" or (item.name == "Select-Object" and "-First" in item.words):
            most = next(
                (number(word.lstrip("-n")) for word in item.words[1:] if word.lstrip("-n").isdecimal()), 10
            )
            if output.count("\n") + 1 >= most:
                return True
        elif item.name in GREPS and leaves_out(item.words, tests=tests):
            continue
        elif item.name in ("grep", "rg", "egrep", "Select-String"):
            news = _BAD_TEST if any(commands[at].kind == "test" for at in places) else BAD_NEWS
            if not news.search(" ".join(item.words[1:])):
                return True
        elif item.name == "Select-Object" and "-Last" in item.words:
            continue  # as tail
        elif item.name in ("awk", "sed", "wc", "cut", "jq", "Select-Object"):
            return True
    return False


def _reached(commands: list[Simple], places: list[int]) -> list[Simple]:
    """Return the commands that the output of checks may have gone through: those they are piped into, else all behind them."""
    rest = commands[min(places) :]
    if any(item.ends or item.unsure or item.writes for item in rest):
        return rest[1:]
    out, piped = [], False
    for at, item in enumerate(commands):
        if piped and at not in places:
            out.append(item)
        piped = item.joint == "|" and (piped or at in places)
    return out


def is_whole(commands: list[Simple], places: list[int], output: str) -> bool:
    """Tell whether an output holds the line that its one check prints only where all went well."""
    if len(places) != 1 or commands[places[0]].unsure:
        return False
    if not all(item.name in GREPS or item.name in _PASSES_ON for item in _reached(commands, places)):
        return False
    words = unwrapped(commands[places[0]].words)
    said = _WHOLE.get(words[0].rpartition("/")[2]) if words else None
    return said is not None and len(said.findall(output)) == 1


def whole_of(commands: list[Simple], places: list[int], output: str) -> set[str]:
    """Return the kinds whose one check printed that all went well, whatever a filter took of the others."""
    kinds = set[str]() if shows_another(commands) else {commands[at].kind or "" for at in places}
    own = {kind: [at for at in places if commands[at].kind == kind] for kind in kinds}
    return {kind for kind, at in own.items() if at and is_whole(commands, at, output)}


def counted(commands: list[Simple], places: list[int], output: str, source: str) -> bool | None:
    """Return what it says of a check how many lines were printed in its place, None where it says nothing."""
    at = places[0]
    if len(places) == 1 and commands[at].joint == "||" and commands[at].writes and _alone(commands, at):
        # What it had written, where it failed; what comes after that as well shows it in any case.
        shows = all(item.name in _SHOWS and item.spare for item in commands[at + 1 :])
        return False if shows and output.strip() and _ALL_WRITTEN.search(source) else None
    if len(places) != 1 or len(commands) != at + 2 or commands[at].joint != "|" or commands[at].unsure:
        return None
    found, words = output.split(), commands[at + 1].words
    if (
        len(found) > 2 or not found or not found[-1].isdecimal()
    ):  # behind an exit code of 1 where `grep` counts none
        return None
    if words == ["wc", "-l"] and unwrapped(commands[at].words)[:1] == ["tsc"]:
        return None if commands[at].writes else found[-1] == "0"
    if words[0] in GREPS and len(words) == 3 and words[1] == "-c" and _COUNTED.match(words[2]):
        return None if found[-1] == "0" else False
    return None


def is_meant_to_fail(source: str) -> bool:
    """Tell whether a line says that it is meant to fail; to look for a word of that first is much faster."""
    low = source.lower()
    return any(map(low.__contains__, _MEANT_HINTS)) and _MEANT.search(source) is not None


def is_full(output: str, source: str) -> bool:
    """Tell whether an output has all the lines that its command let through: there may have been more."""
    found = _LET_THROUGH.search(source) if output else None
    return found is not None and output.count("\n") + 1 >= number(found[1] or found[2] or f"{FEW_LINES}")


def is_last(commands: list[Simple], places: list[int], output: str, source: str) -> bool:
    """Tell whether only the end was let through of what ran several times, of which each says how it went itself."""
    if not is_full(output, source):
        return False
    whole = any(commands[at].ends == "|" for at in range(min(places), len(commands)))
    each = not all(_EACH.isdisjoint(commands[at].words) for at in places)
    return each or (whole and len(places) > 1) or _LOOP_CUT.search(source) is not None


def tallied(output: str, source: str) -> list[str]:
    """Return the lines that `uniq -c` counted, as what each of many runs ended with."""
    return _TALLIED.findall(output) if "uniq -c" in source else []


def broke_down(output: str) -> bool:
    """Tell whether an output ends with what a program says that broke down, and with its trace."""
    for line in reversed(output.splitlines()):
        if _BROKE.match(line):
            return True
        if not _AFTER_IT.match(line):
            return False
    return False


def went_on(commands: list[Simple], places: list[int], output: str) -> bool:
    """Tell whether git is seen to have gone on where only the success of all checks let it: what failed was its own."""
    gits = [
        at
        for at, item in enumerate(commands)
        if item.words[:1] == ["git"] and not _GIT_RAN.keys().isdisjoint(item.words)
    ]
    if not places or places[0] < 0 or not gits or gits[0] < places[-1]:
        return False
    given = {word for at in gits for word in commands[at].words}
    if not any(verb in given and pattern.search(output) for verb, pattern in _GIT_RAN.items()):
        return False
    return all(item.joint == "&&" and not item.unsure for item in commands[places[0] : gits[0]])
