"""What the agent claims to have pushed or committed, marked where no result confirms it."""

import re
from typing import Final

from spread.distill.commits import Commits
from spread.distill.log import ID_CHARS
from spread.distill.repo import Repositories
from spread.distill.words import sentences

# The agent says that it did it; "would be pushed" and "was committed by" do not count.
_CLAIM: Final = re.compile(
    r"(?:^|\b(?:i|i've|i have|has been|have been|and|successfully|all|everything|changes?)\s+(?:now\s+)?)"
    r"(?P<done>committed|pushed|deployed|published)\b(?! by\b)",
    re.I,
)
_SUPPOSED: Final = re.compile(
    r"\b(?:if|once|when|whenever|after|until|before|should|will|would|could|can|want|ready to|not|never|nothing|none|neither|nor|no)\b"
    r"|n['\u2019]t\b",
    re.I,
)
# Says that nothing was pushed or committed so far, by what was to be done.
_LACKS: Final = {
    "push": (
        "not pushed", "not yet pushed", "not actually pushed", "not been pushed", "Not pushed", "n't pushed", "still unpushed", "nicht gepusht",
        "pas poussé"
    ),
    "commit": (
        "not committed", "not yet committed", "not actually committed", "not been committed", "Not committed", "n't committed", "still uncommitted",
        "nicht committet", "nicht committed", "pas commité"
    ),
}  # fmt: skip
_MARK: Final = " [unconfirmed: no {0} is seen{1}]"
_MARKED: Final = re.compile(r" \[unconfirmed: no (?:push|commit) is seen[^\]]*\]")


def claimed(part: str) -> str:
    """Return what a sentence claims to be done, "" when it claims nothing, denies it or only supposes it."""
    found = _CLAIM.search(re.sub(r"^\W+", "", part))
    return "" if found is None or part.endswith("?") or _SUPPOSED.search(part) else found["done"].lower()


def marked(text: str, repositories: Repositories, done: set[str]) -> str:
    """Return what the agent reports with each claim of a push or commit that no result confirms marked as such."""
    for part in dict.fromkeys(sentences(text, _speaks_of_it)):
        word = claimed(part)
        if word not in ("pushed", "committed"):
            continue
        lacking = repositories.lacks(word)
        if word == "committed" and "commit" in done:
            continue
        if lacking:
            at = text.find(part) + len(part)
            text = text[:at] + _MARK.format("push" if word == "pushed" else "commit", lacking) + text[at:]
    return text


def overtaken(repositories: Repositories, commits: Commits) -> dict[str, int]:
    """Return words that say that nothing was pushed or committed so far, with the line since when that is no longer so."""
    places = repositories.places.values()
    last = {
        "push": max((it.push for it in places), default=0),
        "commit": max([*(line for line, _, _ in commits[-1:]), *(it.quiet for it in places)], default=0),
    }
    return {word: last[what] for what, words in _LACKS.items() for word in words if last[what]}


def void(repositories: Repositories, commits: Commits) -> dict[str, int]:
    """Return the ids of commits that are no longer there, as after an amend or a rebase, with the line since when."""
    gone = {sha: line for it in repositories.places.values() for sha, line in it.void.items()}
    there = {sha[:ID_CHARS] for _, sha, _ in commits} if gone else set[str]()
    return {sha: line for sha, line in gone.items() if sha not in there}


def off(repositories: Repositories) -> dict[str, int]:
    """Return words that say to be on a branch that is deleted by now, with the line since when."""
    return {f"{on} `{name}`": line for name, line in repositories.dropped.items() for on in ("on", "On")}


def _speaks_of_it(text: str) -> bool:
    low = text.lower()
    return "pushed" in low or "committed" in low


def unmarked(text: str) -> str:
    """Return `text` as it was before `marked`."""
    return _MARKED.sub("", text)
