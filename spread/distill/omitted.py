"""What the work calls for and no call of the session does: packages to install, reviews to answer, checks of a push to read."""

import re
from collections.abc import Iterator
from typing import Final

from spread.distill.agents import unseen
from spread.distill.files import relative
from spread.distill.ledger import Ledger
from spread.distill.record import CHECKED, GIVEN, OPEN, RAN, TASK, WROTE, Item

RECENT_CHARS: Final = 2_000
MAX_NAMES: Final = 3
_COMMANDS: Final = (RAN, CHECKED, OPEN, TASK)
_MANIFESTS: Final = frozenset(
    ("requirements.txt", "package.json", "Gemfile", "composer.json", "Pipfile", "environment.yml")
)
# What fetches packages, by itself or on the way; who runs a script of another name may do so as well.
_FETCHES: Final = re.compile(
    r"\b(?:install|sync|ci|setup|bootstrap|restore|update|upgrade|lock|add|create -f|env create|compose|make|mise|just|tox|nox|bunx?|yarn|npx|uvx?)\b|\bnpm i\b|\.sh\b"
)
_READS: Final = re.compile(
    r"pulls/\d+/(?:comments|reviews)\b|\bgh pr view\b.{0,80}(?:--comments|\bcomments\b|\breviews\b)|\bglab mr (?:note list|view)\b.{0,80}--comments"
)
_OF_REQUEST: Final = re.compile(r"pulls/(\d+)/|\b(?:gh pr|glab mr) (?:note list|view) (\d+)\b")
_REVIEWS: Final = ("pulls/", "gh pr view", "glab mr ")  # to look for these is much faster
_REPLIES: Final = re.compile(
    r"\bgh pr (?:comment|review)\b|\bglab mr note\b|/replies\b|addPullRequestReview|resolveReviewThread|(?:-X|--method)[ =]?(?:POST|PATCH|PUT)|(?:-f|-F|--field|--raw-field)[ =]body=|--input\b"
)
_LOOKS_UP: Final = re.compile(
    r"\b(?:gh (?:pr (?:checks|view|status|merge)|run|workflow)|glab (?:ci|pipeline|mr view))\b|check-runs|/actions/|/status\b|statusCheckRollup"
)
_CI: Final = re.compile(r"\b(?:ci|checks?|pipelines?|actions?|build|green|red|passe[sd]|merged)\b", re.I)
# Not `npm ci`, nor a file of that name.
_OF_CI: Final = re.compile(r"(?<![\w./-])(?<!npm )ci\b(?![./\w-])", re.I)
MAX_SINCE: Final = 4  # prompts from the word of it to the push
_SAYS_CHARS: Final = 240  # of a prompt; what was pasted comes later
_FAILS: Final = re.compile(
    r"\b(?:fail\w{0,4}|errors?|red|broken?|breaks|complain\w{0,4}|exit code [1-9])\b", re.I
)
_WORKFLOW: Final = re.compile(r"/\.github/workflows/[^/]+\.ya?ml$|/\.gitlab-ci\.yml$")
_SERVICES: Final = ("mcp__", "WebFetch")

Ends = list[tuple[int, str]]


def unfetched(ledger: Ledger, root: str) -> Ends:
    """Tell of packages that were written down here, though no command after that may have fetched them."""
    if unseen(ledger.agents) or ledger.unread:
        return []
    record, created = ledger.record, ledger.files.created
    wrote = {item.what for item in record if item.kind == WROTE and _names_any(item)}
    names = dict[str, int]()
    for path in created:
        name = path.rpartition("/")[2]
        if name not in _MANIFESTS or path not in wrote or path in ledger.files.deleted:
            continue
        line = created[path]
        if not any(_FETCHES.search(item.what) for item in _later(record, line)):
            names[relative(path, root)] = line
    listed = ", ".join(f"{name} (L{line})" for name, line in list(names.items())[:MAX_NAMES])
    return (
        [(max(names.values()), f"packages written down, no install of them seen: {listed}")] if names else []
    )


def _names_any(item: Item) -> bool:
    """Tell whether a manifest as it was written may name packages."""
    if item.what.endswith("requirements.txt"):
        return any(line.strip() and not line.lstrip().startswith("#") for line in item.said.splitlines())
    return not item.what.endswith("package.json") or "ependencies" in item.said


def unanswered(ledger: Ledger) -> Ends:
    """Tell of review comments that were read and that no call replied to, unless their pull request is at its end."""
    read = 0
    states = ledger.git.repos.requests.items()
    ended = {key for key, (_, state) in states if state.startswith(("merged", "closed"))}
    for item in _later(ledger.record, 0):
        reads = any(map(item.what.__contains__, _REVIEWS)) and _READS.search(item.what) and len(item.said) > 2
        if (read or reads) and _REPLIES.search(item.what):
            read = 0
        elif reads:
            of = _OF_REQUEST.search(item.what)
            read = 0 if of and (of[1] or of[2]) in ended else item.line
    if not read or unseen(ledger.agents) or _by_tool(ledger.record, read):
        return []
    return [(read, "review comments read, no reply to them seen")]


def unlooked(ledger: Ledger) -> Ends:
    """Tell of a push, to an open pull request or with workflows changed here, after which nobody looked at its checks."""
    repos, record = ledger.git.repos, ledger.record
    pushed = max((it.push for it in repos.places.values()), default=0)
    if not pushed or not record or record[0].line > pushed or unseen(ledger.agents):
        return []
    if not (what := _checked_by(ledger, pushed)):
        return []
    spoken = any(
        turn.prompt.line > pushed and _CI.search(turn.prompt.text[:RECENT_CHARS]) for turn in ledger.turns
    )
    looked = any(_LOOKS_UP.search(item.what) for item in _later(record, pushed))
    tools = any(
        item.kind == GIVEN and item.what.startswith(_SERVICES) for item in record if item.line > pushed
    )
    return [] if spoken or looked or tools else [(pushed, f"{what} after the last push: not looked up here")]


def _checked_by(ledger: Ledger, push: int) -> str:
    """Return what checks a push here as far as is known, nothing where several may or none."""
    requests = ledger.git.repos.requests
    if key := ledger.git.repos.only_open(push):
        return f"checks of pull request #{key}"
    edited = ledger.files.edited()
    if not requests and any(_WORKFLOW.search(path) for path in edited):
        return "workflow runs"
    before = [turn.prompt for turn in ledger.turns if turn.prompt.line < push]
    prompts = before[: -MAX_SINCE - 1 : -1]  # what was asked since is of another matter
    last = next((it for it in prompts if _OF_CI.search(it.text[:_SAYS_CHARS])), None)
    fails = last and _FAILS.search(last.text[:RECENT_CHARS]) and not _merged(ledger.record, push)
    return f"CI, of which the user spoke (L{last.line})," if last and fails else ""


def _merged(record: list[Item], push: int) -> bool:
    return any("pr merge" in item.what or "mr merge" in item.what for item in _later(record, push))


def _later(record: list[Item], line: int) -> Iterator[Item]:
    """Yield the commands after a line."""
    return (item for item in record if item.line > line and item.kind in _COMMANDS)


def _by_tool(record: list[Item], line: int) -> bool:
    """Tell whether another tool, one of a service, may have replied after a line."""
    return any(
        item.line > line and item.kind == GIVEN and "comment" in item.what.partition(" ")[0]
        for item in record
    )
