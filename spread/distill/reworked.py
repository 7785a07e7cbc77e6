"""What the agent said before it edited again what it had just edited and tried, or took that back: what was wrong with it."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from spread.distill.calls import EDITS, LOOKS
from spread.distill.edits import gist_of
from spread.distill.found import explanation
from spread.distill.newest import drop_oldest
from spread.distillation_told import BACK, REWORKED
from spread.transcript_events import Call, Say

KEPT: Final = 60  # files of one prompt
LEAST_CHARS: Final = 32  # of a sentence that tells what was wrong
AGAIN: Final = " again"  # follows the file's name
_PLEASED: Final = re.compile(r"\W*[^.!?:;\n]{1,24}!(?:\s|$)")  # begins what only tells of success
# So does what says that the tests pass, and nothing of what does not.
_PASSES: Final = re.compile(
    r"\b(?:tests?|checks?|all|both|everything|still)\b[^.!?;\n]{0,30}\b(?:pass(?:es|ed)?|green)\b", re.I
)
_GOES_ON: Final = re.compile(
    r"(?:\A|[.!;:\u2013\u2014\n] ?)(?:(?:now|then) )?(?:(?:going|moving|carrying) on (?:with|to)|on to|next(?=,| (?:is|are|comes?|i|up|the)\b)|weiter (?:mit|geht)|"
    r"als nächstes|ahora (?:el|la|los|las|sigo|voy)|sigo con|a continuación|je passe|ensuite)\b",
    re.I,
)
_YET: Final = re.compile(
    r"\b(?:but|however|though|fail\w*|wrong|broken|not|never|yet|wait|oops|problem|issue|bug)\b|n['\u2019]t\b",
    re.I,
)


@dataclass(slots=True)
class Work:
    """The edits on one prompt, and whether anything was run since the last."""

    prompt: int = 0
    edited: dict[str, int] = field(default_factory=dict)
    last: int = 0
    tried: bool = False
    made: dict[str, int] = field(default_factory=dict)  # the lines of edits, by what would take them back


def note(work: Work, call: Call, path: str, prompt: int, say: Say | None) -> tuple[int, str, str] | None:
    """Take a call in; return what was said (line, of what, words) before an edit of a file that was edited and tried.

    Args:
        path: Of a document and the like it is empty.
        prompt: The line of the last one.
        say: What the agent said last.
    """
    if call.name not in EDITS:
        work.tried = work.tried or call.name not in LOOKS
        return None
    if prompt != work.prompt:
        work.prompt, work.edited, work.last, work.tried = prompt, {}, 0, False
    if not call.ok or not path:
        return None
    told = None
    back = _taken_back(work, call, path)
    tried = work.tried and path in work.edited
    # What was said before the prompt is no reason: the prompt is.
    if say and (back or tried) and max(work.last, back, prompt) < say.line and not _is_pleased(say.text):
        words = explanation(say.text)
        name = path.replace("\\", "/").rpartition("/")[2]
        if len(words) >= LEAST_CHARS:
            told = say.line, f"{REWORKED}{name}{_what(call) if back else AGAIN}", words
    if len(work.edited) < KEPT:
        work.edited[path] = call.line
    work.last, work.tried = call.line, False
    return told


def _is_pleased(said: str) -> bool:
    """Tell whether the agent only tells of success, or goes on to the next thing."""
    if _PLEASED.match(said):
        return True
    content = _PASSES.search(said) or _GOES_ON.search(said)
    return content is not None and not _YET.search(said)


def _taken_back(work: Work, call: Call, path: str) -> int:
    """Return the line of the edit that this one takes back, 0 for none, and keep what would take back this one."""
    old, new = call.input.get("old_string"), call.input.get("new_string")
    if not isinstance(old, str) or not isinstance(new, str):
        return 0
    work.made[_key(path, new, old)] = call.line
    drop_oldest(work.made, KEPT)
    return work.made.get(_key(path, old, new), 0)


def _key(path: str, old: str, new: str) -> str:
    said = f"{path}\0{old.strip()}\0{new.strip()}".encode(errors="surrogatepass")
    return hashlib.blake2b(said, digest_size=8).hexdigest()


def _what(call: Call) -> str:
    """Return how an edit that takes another back is told: with what it changed, or what it took out."""
    if gist := gist_of(call):
        return f"{BACK} ({gist})"
    old, new = call.input["old_string"], call.input["new_string"]
    gone = gist_of(replace(call, input={"old_string": new, "new_string": old}))
    return f"{BACK}{gone and f' (without {gone[1:]})'}"
