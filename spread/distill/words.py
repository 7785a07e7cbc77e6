# ruff: noqa: RUF001  (the patterns hold punctuation of other scripts on purpose)
"""A person's words: their sentences, without code and what was pasted; and whether two texts speak of the same."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from spread.distillation_letters import is_plain

_FENCE: Final = "```"
_PASTED: Final = re.compile(
    r"^\s*(?:[>$%➜│┃╭╰├└●⎿✓✗|]|\d{4}-\d\d-\d\d[T ]|\d\d:\d\d:\d\d|at \S+ \(|File \"|\[\w+\]|Traceback|[+-]{3} |@@ |diff --git"
    r"|npm (?:ERR|warn)|[Ee]rror[:\[]|ERROR|[Ww]arning: |\w+Error: |#\d+ |<[a-zA-Z/])"
)
WRAPPED_CHARS: Final = 55  # a line shorter than this was ended on purpose
_MARKER: Final = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_WIDE_STOPS: Final = "。！？；"
_STOPS: Final = re.compile(r"[.!?\n](?:(?<=\n)\n*|\s+)")  # in text without wide ones; several times as fast
_ABBREVIATED: Final = re.compile(r"[\s(,]?[a-z]\.[a-zA-Z]")
# An article before a mark that stands alone: it is what the text speaks of.
_OPERATOR: Final = re.compile(r"(?i)\b(?:the|an?|any|no|der|den|dem|das|einen?|un|el|le) \Z")
_SENTENCE: Final = re.compile(
    r"(?<=[.!?。！？])(?<!\s\d\.)(?<!^\d\.)(?<!\(\d\.)[\s]+|(?<=[。！？])|\n+|(?<=；)"
)


def sentences(text: str, wanted: Callable[[str], bool] | None = None) -> Iterator[str]:
    """Yield the sentences a person wrote, without code, pasted output and list markers.

    Args:
        wanted: Which of them; the others cost less.
    """
    text = unfenced(text, "\n")
    wide = not text.isascii() and any(map(text.__contains__, _WIDE_STOPS))
    for part in _SENTENCE.split(text) if wide else _stopped(text):
        if part and (wanted is None or wanted(part)) and not _PASTED.match(part):
            marker = _MARKER.match(part)  # `sub` would look for the beginning at every place
            part = (part[marker.end() :] if marker else part).strip()
            if part:
                yield part


def unfenced(text: str, instead: str) -> str:
    """Return `text` with something else instead of its fenced code."""
    if _FENCE not in text:
        return text
    parts = text.split(_FENCE)
    return instead.join(parts[::2]) + (instead if len(parts) % 2 == 0 else "")  # the last one may have no end


def _stopped(text: str) -> Iterator[str]:
    """Yield `text` in the parts that end in a stop and a blank, or in a newline."""
    at = 0
    for found in _STOPS.finditer(text):
        end, after = found.span()
        stop = text[end]
        before = text[max(0, end - 2) : end - 1]
        counts = stop == "." and text[end - 1 : end].isdigit() and before != "." and not before.isalnum()
        if counts and "\n" not in found[0]:
            continue  # "build 1. and 2. here" goes on, "it is for 3.2. Then" does not, nor does what ends a line
        if (
            stop == "."
            and text[end - 2 : end - 1] == "."
            and _ABBREVIATED.fullmatch(text, max(0, end - 4), end)
        ):
            continue  # "tabs, i.e. no spaces" does, too
        if (
            stop in "!?"
            and _OPERATOR.search(text, max(0, end - 12), end)
            and text[after : after + 1].islower()
        ):
            continue  # "without the ! operator" as well
        yield text[at : end if stop == "\n" else end + 1]
        at = after
    yield text[at:]


def in_plain(text: str) -> str:
    """Return `text` in lower case with straight apostrophes, as the patterns have them; `re.I` takes three times as long."""
    return text.lower().replace("’", "'")


LONG_CHARS: Final = 900  # so long a prompt may hold what was pasted
TYPED_CHARS: Final = 4000  # more than that nobody types
_BLANK_LINE: Final = re.compile(r"\n\s*\n")
_PASTES: Final = re.compile(  # what no one types (of pictures only faces), or what says that something else follows
    r"```|^[ \t]*(?:#|at \S|\||@@|[+>$%]\s|\d+[ \t:|])|[{;][ \t]*$|[\u2300-\u2bff]|[\U0001f300-\U0001f5ff\U0001f650-\U0001faff]|:[ \t]*\n[ \t]*\n(?![ \t]*(?:[-*•]|\d+[.)]) )|"
    r"\b(?:feedback|review\w*|comments?|plan|summary|output|logs?|errors?|prompt|ticket|issue|spec|example|following|here(?:'s| is| are)|"
    r"below|pasted?)\b[^\n]{0,40}:",
    re.M | re.I,
)


def own_paragraphs(text: str) -> str:
    """Return what of a prompt the person most likely typed: of a long one in which something may be pasted its first and
    its last paragraph."""
    if len(text) <= LONG_CHARS:
        return text
    parts = [part for part in _BLANK_LINE.split(text) if part.strip()]
    if not parts:
        return ""
    if (
        len(text) <= TYPED_CHARS
        and (len(parts) == 1 or max(map(len, parts)) <= LONG_CHARS)  # who dictates puts no blank lines
        and not _PASTES.search(text)
        and not any(map(OUTPUT.search, text.split("\n")))
    ):
        return text
    first, last = parts[0], parts[-1] if len(parts) > 1 else ""
    if len(first) > LONG_CHARS:
        first = first[:300].rpartition(" ")[0]  # no half of a word: it may be a secret
    return f"{first}\n\n{last if len(last) <= 500 else ''}"


def is_typed(text: str) -> bool:
    """Tell whether a person most likely typed all of a prompt."""
    return len(text) <= TYPED_CHARS and own_paragraphs(text) == text


def unwrapped(text: str) -> str:
    """Return `text` with lines put together that some editor or terminal had wrapped."""
    out: list[str] = []
    before = ""
    for line in text.split("\n"):
        if (
            len(before) >= WRAPPED_CHARS
            and before[-1] not in ".!?:;"
            and (line[:1].islower() or line[:1] == "(")
        ):
            out[-1] += f" {line}"
        else:
            out.append(line)
        before = line
    return "\n".join(out)


PASTED_CHARS: Final = 600  # so long a prompt is in part not typed
OUTPUT: Final = re.compile(  # in a line that a program printed
    r":\d+:\d+|\bUncaught\b|\b\w+(?:Error|Exception):|://localhost|^\d+-\d+: |\bversion: |^(?:[A-Z]\w+ ){1,3}[A-Z]\w+$|\S{60}"
)
# A pasted prompt of a shell, with what the command printed below it.
_TERMINAL: Final = re.compile(
    r"^[ \t]*(?:\([\w.-]+\) ?)?(?:[\w.-]+@[\w.-]+[:\s][^\n$#]{0,120}[$#]|PS [A-Z]:[^\n>]{0,120}>|[A-Z]:\\[^\n>]{0,120}>|[$%]|➜) [^\n]*(?:\n(?!\n)[^\n]*)*",
    re.M,
)
_SHOWS: Final = re.compile(r"[$%#>➜] ")
_QUOTATION: Final = re.compile(r"\"[^\"]{40,600}\"|“[^”]{40,600}”")


# Three lines or more of where a program was when it failed, as JavaScript, Java and C# print them and as browsers do.
_FRAMES: Final = re.compile(r"(?:^(?>[ \t]+at \S|[^\s@][^\n@]{0,80} @ \S+:\d)[^\n]*+\n?){3,}", re.M)


def unframed(text: str) -> str:
    """Return a prompt with an ellipsis for the frames of each trace that was pasted."""
    if text.count("\n") < 3 or not (" at " in text or "\tat " in text or " @ " in text):
        return text
    made = _FRAMES.sub("…\n", text)
    if made == text:
        return text
    made = made.rstrip("… \n")
    return made if made.endswith((".", "!", "?")) else f"{made}…"


def unpasted(text: str) -> str:
    """Return a prompt without what was pasted from a terminal; nothing where it is all that."""
    return _TERMINAL.sub("", text).strip() if _SHOWS.search(text) else text


@lru_cache(400)  # the prompts come again at the next revision
def own_words(text: str) -> str:
    """Return what the person wrote of a prompt, on one line, verbatim but for what is quoted or was printed."""
    lines = unfenced(typed(unpasted(text)), "\n…\n").splitlines()
    told = ("…" if _PASTED.match(line) or OUTPUT.search(line) else line for line in lines)
    return " ".join(" ".join(told).split())


def typed(text: str) -> str:
    """Return what the person most likely typed of a prompt: wrapped lines put together, long quotations left out."""
    return _QUOTATION.sub("“…”", unwrapped(own_paragraphs(text)))


LEAST_LETTERS: Final = 3  # of a telling word
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_LETTERS: Final = bytes(ord(chr(at).lower()) if chr(at).isalpha() and at < 128 else 32 for at in range(256))
_STOP: Final = frozenset((
    "the", "and", "for", "you", "that", "this", "with", "not", "don", "can", "are", "was", "but", "all", "any",
    "use", "have", "from", "should", "must", "never", "always", "make", "sure", "want", "need", "please", "only",
    "when", "will", "would", "could", "into", "also", "just", "let", "now", "then", "than", "what", "your", "our",
    "its", "it's", "don't",
))  # fmt: skip


def stems(text: str) -> set[str]:
    """Return the telling words of a text, cut to six letters, to see whether two texts speak of the same."""
    return set(kept_stems(text))


def stems_once(text: str) -> frozenset[str]:
    """Return what `stems` does of a text that does not come again; without other letters all else becomes blanks."""
    if is_plain(text):
        bare = text.encode("ascii", "replace").translate(_LETTERS).decode("ascii")
        words = set(bare.split())
        words -= _STOP  # in place, which looks at these few and not at all words
        return frozenset([word[:6] for word in words if len(word) >= LEAST_LETTERS])
    return frozenset([word[:6] for word in set(_WORD.findall(text.lower())) - _STOP])


kept_stems: Final = lru_cache(1_500)(stems_once)  # what was rejected or ruled comes again at each revision
