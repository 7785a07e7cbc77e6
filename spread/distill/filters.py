"""What a filter may have taken away of an output: whether it tells of a failure."""

import re
from typing import Final

# A pattern that does not match every line, or errors by their number.
_PLAIN: Final = re.compile(r"^(?!.*(?:\$|`|TS\d)).*\w{2}")
# What others wrote, and what tells of no failure; of any other file a filter may leave errors out.
_NO_NEWS: Final = re.compile(
    r"node_modules|vendor|site-packages|\.venv|third_party|^[\^\\]*(?:ok\b|#|warning\b|\?|no test files|npm\b|PASS\b|---|===|>|\$$)",
    re.I,
)
BAD_NEWS: Final = re.compile("fail|error", re.I)
# What a line may hold that sums up tests, and signs that stand for more than themselves.
_OF_SUM: Final = re.compile(
    r"fail|err|test|result|pass|suite|spec|example|\bran\b|run\b|ok|total|[\d.*+?\[(\\$`]", re.I
)


def leaves_out(words: list[str], *, tests: bool = False) -> bool:
    """Tell whether a filter takes only lines away that tell of no failure.

    Args:
        tests: Whether it is of tests alone, whose sum tells of a failure: that it takes away by a word of it only.
    """
    flags = "".join(word[1:] for word in words[1:] if word[:1] == "-" and word[1:2] != "-")
    told = [word for word in words[1:] if not word.startswith("-")]
    if "v" not in flags or BAD_NEWS.search(" ".join(words[1:])):
        return False
    each = [part for word in told for part in word.replace("\\|", "|").split("|")]
    if all(map(_PLAIN.search, told)) and all(map(_NO_NEWS.search, each)):
        return True
    named = [part for part in each if part != "^$"]  # an empty line tells nothing
    return tests and "f" not in flags and all(len(part) > 2 and not _OF_SUM.search(part) for part in named)
