"""One trial, calls that failed alike, and what it keeps of a call."""

import hashlib
import json
import re
from functools import lru_cache
from typing import Final

import msgspec

from spread.distill.calls import AGENTS, SHELLS, what_of
from spread.distill.spelling import absolute
from spread.distill.stands import runs_in
from spread.distillation_codec import command
from spread.transcript_events import Call

KEPT_TRIALS: Final = 40
ALIKE: Final = 3  # so many failures with one error are told as one
WHAT_READ: Final = 140
INPUT_CHARS: Final = 60  # a longer input is no choice among few
MAX_SINCE: Final = 3  # things done between a failure and what worked
SKIPS: Final = "skipping tests in "  # begins what was done since, when nothing was mended
LATER: Final = "~"  # stands for the change: another validation by the same program passed
ENDED: Final = "#"  # stands for the change: what git was at came to an end, done or given up
PART: Final = "%"  # stands for the change: it was done to some of the things that a loop was to do it to
THERE: Final = "!"  # stands for the change: the program that was not found ran
CD: Final = re.compile(r"cd (?:\"[^\"]+\"|\S+) && ")
SHOWN: Final = re.compile(r"\s*(?:2>&1\s*)?\|.*|\s*2>&1", re.S)  # where the output of a command goes
_VERB: Final = re.compile(r"[\w.-]+ (?!run$|exec$|compose$)[a-z][a-z:-]+$")
# The host, and whose it is where many share one.
_SITE: Final = re.compile(r"(?:\w+://)?((?:git|raw\.git|bitbucket)[^/?#:]*/[^/?#]+|[^/?#:]+)")
# What a shell says that did not come where it was to go: where it stood is not known either.
_LOST: Final = re.compile(
    r"(?:^|[: ])cd:(?:\d+:)? .*(?:no such file|not a directory)|\bcan't cd to ", re.I | re.M
)
_ORDERED: Final = json.JSONEncoder(sort_keys=True).encode


class Trial(msgspec.Struct, array_like=True, gc=False):
    """Calls that failed alike; `worked` is what did it afterwards, at line `worked_at`."""

    line: int
    last: int
    what: str
    subject: str
    output: str  # its beginning
    refused: bool
    agent: bool
    count: int = 1
    worked: str = ""
    worked_at: int = 0
    key: str = ""
    causes: list[str] = []  # the lines of the output that may tell why, the likeliest first
    error: str = ""  # the signature of the first
    given: str = ""  # a digest of the last input
    choice: dict[str, str] = {}  # the short inputs of the last call
    changed: str = ""  # how the input of what worked differed; `=` when it did not
    checked: bool = False  # a validation
    ended_well: bool = False  # later, without an error, though nothing says that it passed
    others: int = 0  # older failures with the same error that are kept no longer
    others_worked: int = 0
    slip: bool = False  # the agent's own, at once mended
    since: list[str] = []  # what was edited or done before it worked, the last
    tests: str = ""  # the names of the tests that failed in it
    cure: str = ""  # what the last edits before it worked changed, of those the one that shares most words with the error
    shares: int = 0  # so many words
    where: str = ""  # what carried a validation elsewhere, and the kinds of its checks
    does: str = ""  # what it checks
    telling: frozenset[str] | None = None  # the words of the error, once an edit was held against them
    before: list[str] = []  # other reasons that it failed for earlier
    between: int = 0  # where just the same worked between two failures
    said: str = ""  # what the agent said of it right then
    thought: str = ""  # what it thought of it
    heard: bool = True  # what it says next may be of this
    failed: list[tuple[str, str]] = []  # of `failed_in`
    left: list[str] = []  # of the things of a loop those that it was not done to one by one so far
    looks: bool = False  # it only asked something, and changed nothing
    place: str = ""  # the directory that the last of them ran in, as far as known
    elsewhere: str = ""  # what worked ran in this other one
    mends: str = ""  # the entry of `since` that the cure is of


@lru_cache(500)  # the same ones come again and again
def is_verb(key: str) -> bool:
    """Tell whether a program and its first word say what is done."""
    return _VERB.match(key) is not None


# What brings in something that was lacking, as an entry of what was done since.
_BRINGS: Final = re.compile(
    r"`(?:sudo \w|(?:npm|pnpm|yarn|bun|pip3?|uv|poetry|pipenv|composer|bundle|gem|brew|apt|apt-get|dnf|apk|pacman|cargo|go|rustup|pod|mix|dotnet|conda|mamba|"
    r"nvm|asdf|mise|flutter|dart|terraform|tofu) (?:i|install|add|ci|get|update|upgrade|sync|require|target|component|toolchain|restore|init|pub|download|use)`)"
)


@lru_cache(500)  # what was done is held against each failure that waits
def brings(did: str) -> bool:
    """Tell whether what was done brought in something that may have been lacking."""
    return _BRINGS.match(did) is not None


def digest_of(call: Call) -> str:
    """Return what stands for all that a call was given, but for how it describes itself."""
    given = {
        name: value for name, value in call.input.items() if name != "description" or len(call.input) == 1
    }
    try:
        data = msgspec.json.encode(given, order="deterministic")
    except ValueError:  # halves of characters
        data = _ORDERED(given).encode()
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def choice_of(call: Call) -> dict[str, str]:
    """Return the short inputs of a call that are no text of its own."""
    own = ("description", "prompt", "command", "file_path", "old_string", "new_string", "content")
    return {
        name: value
        for name, value in call.input.items()
        if isinstance(value, str) and name not in own and len(value) <= INPUT_CHARS
    }


def name_of(call: Call) -> str:
    """Name a call, a shell call without the directory that it changes to first."""
    given = call.input.get("command")
    if call.name not in SHELLS or not isinstance(given, str) or not (found := CD.match(given)):
        return what_of(call)[:400]
    return f"{call.name} `{command(given[found.end() :], WHAT_READ)}`"


def place_of(call: Call) -> str:
    """Return the directory that a shell call ran in, empty where it cannot be told: it may not have come where it went."""
    given = call.input.get("command")
    if call.name not in SHELLS or not isinstance(given, str) or (not call.ok and _LOST.search(call.output)):
        return ""
    return absolute(runs_in(given, call.cwd), "")


def subject_of(call: Call) -> str:
    """Return what a call is about, to find the next on the same."""
    if call.name in SHELLS:
        return str(call.input.get("command") or "")[:400]
    if call.name in AGENTS:
        return ""  # any that starts shows what was wrong
    if url := call.input.get("url"):
        site = _SITE.match(str(url))
        return site[1] if site else ""  # another site is no other way to the same
    return str(call.input.get("file_path") or call.input.get("notebook_path") or "")


def add_since(trial: Trial, did: str) -> None:
    """Note last what was done while a failure waits for an answer."""
    since = trial.since
    if since and since[-1] == did:
        return
    if did in since:
        since.remove(did)
    elif len(since) == MAX_SINCE:
        # Mostly the first one goes: few bring in anything, and one is the cure.
        goes = (at for at, each in enumerate(since) if each != trial.mends and not brings(each))
        del since[next(goes, 0)]
    since.append(did)
