"""Which commands of git a line runs, and where; whether git did them."""

import re
from typing import Final

from spread.distill import variables
from spread.distill.files import absolute
from spread.distill.git_lines import ids_sent
from spread.distill.log import NEW_BRANCH
from spread.distill.once import of_line
from spread.distill.shell import UNKNOWABLE, Simple, is_placed, placed, split
from spread.distill.signs import FAIL, TEST_FAIL, has
from spread.transcript_events import Call

_REFUSED: Final = re.compile(
    r"(?m)^(?:error|fatal): |\[rejected\]|\[remote rejected\]|nothing to commit|not a git repo|^FAILED\b"
)
_REFUSALS: Final = (  # each holds one
    "error: ", "fatal: ", "rejected]", "nothing to commit", "not a git repo", "FAILED",
)  # fmt: skip
# What a push says: that it was turned away, that it failed before anybody was asked, or where it goes.
PUSH_SPOKE: Final = re.compile(
    r"(?m)^(?:(?P<away> ?! \[(?:remote )?rejected\]|fatal: (?:Could not read from remote repository|Authentication failed for)|"
    r"ssh: (?:connect to host|Could not resolve)|Connection closed by|remote: (?:Permission to |Repository not found))|"
    r"(?P<failed>error: (?:failed to push some refs|src refspec .{1,300} does not match any)|fatal: (?:No configured push destination|"
    r"The current branch .{1,300} has no upstream branch|The upstream branch of your current branch does not match|"
    r"You are not currently on a branch))|To \S+$|fatal: (?:'.{1,300}' does not appear to be a git repository|unable to access '))"
)
_EXIT_CODE: Final = re.compile(r"\AExit code \d+\n")
_LOGGED: Final = re.compile(r"(?m)^(?:\* )?([0-9a-f]{7,40}) (?:\([^)\n]{0,400}\) )?(\S.*?)[^\S\n]*$")
DID: Final = re.compile(  # what a user says of commits that they made, and does not ask
    r"(?i)\b(?:i|i've|we've|already)\s+(?:(?:just|now|already|have)\s+)*(?:committed|merged|pushed)\b(?![^.!;\n]{0,200}\?)"
)
_EVERY: Final = frozenset(("-A", "--all", "-u", "--update", ".", ":/"))
_ALL: Final = re.compile(r"-[a-z]{0,3}a")
_MESSAGE: Final = re.compile(r"-[a-zA-Z]*m")
SUBJECT_CHARS: Final = 80
_SWITCHED: Final = re.compile(r"(?:Switched to (?:a new )?branch '|and switched to branch (?=\w))([^'\s]+)")
OUTPUT_CHARS: Final = 20_000  # of an output that is whole
_MADE: Final = re.compile(r"(?m)^\[[^\]\n]{1,300} [0-9a-f]{7,40}\] ")
_SUMMED: Final = re.compile(
    r"(?m)^ (?:\d+ files? changed|(?:create|delete) mode |rename |rewrite |mode change )"
)
_MAY_HUSH: Final = re.compile(r"-[a-zA-Z]*q|--(?:quiet|dry-run|porcelain|short|long)")
_GOES_ON: Final = (";", "\n")
_PIPES: Final = ("|", "|&")
_PICKS: Final = frozenset(("tail", "head", "grep", "egrep", "rg", "sed", "awk", "cut", "wc"))
_QUIET: Final = frozenset(("-q", "--quiet"))
HERE: Final = ("HEAD", "@")  # where a new branch begins with what is checked out
_PREPARES: Final = ("cd", ".", "source", "echo", "export", "set")
RENAMES: Final = frozenset(("-m", "-M", "--move"))
_NOTED: Final = {
    "commit": ("--amend", "--no-verify", "--no-gpg-sign"),
    "push": ("--force", "-f", "--force-with-lease", "--no-verify"),
    "reset": ("--soft",),
}
_NO_BRANCH: Final = re.compile(
    r"(?:HEAD|[-@.:/])|v?\d[\d.]*$|[0-9a-f]{7,40}$|(?:origin|upstream)/|[^~^]*(?:[~^]|\.\w{1,5}$|/$)"
)

_COMMITS: Final = frozenset(("add", "commit"))
_STAYS: Final = frozenset(
    ("tag", "status", "log", "show", "describe", "diff", "rev-parse")
)  # leave HEAD alone

Gits = list[
    tuple[list[str], str]
]  # the words of each git command, and the directory it ran in, if that is known

MOST_OPTIONS: Final = 12  # before the verb
MOST_GITS: Final = 40  # of one line: the output is looked through for each of them


def gits_of(commands: list[Simple], here: str) -> Gits:
    """Return the git commands, without the options before the verb, and the directory each ran in, if that is known."""
    out = []
    for item, at in placed(commands):
        words, place = item.words, absolute(at, here) if at and here else "" if at is None else here
        for _ in range(MOST_OPTIONS):
            if item.name != "git" or len(words) <= 2 or not words[1].startswith("-"):
                break
            if words[1] == "-C" and not UNKNOWABLE.search(words[2]):
                place = absolute(words[2], place) if is_placed(words[2], place or None) else ""
            words = [words[0], *words[3 if words[1] in ("-C", "-c") else 2 :]]
        if item.name == "git" and len(words) > 1:
            if item.spare and words[1] in ("checkout", "switch") and not _QUIET.isdisjoint(words):
                words = [*words[:2], "-q", "-"]  # to which of two branches it went nothing tells
            out.append((words, place))
    return out[-MOST_GITS:]


_SENDS_NOT: Final = frozenset(("--dry-run", "-n", "--delete", "-d"))


def pushed_commit(gits: Gits, output: str) -> list[tuple[str, str]]:
    """Return the id and the subject of the one commit of a line, where the push behind it told what it sent."""
    made = [at for at, (words, _) in enumerate(gits) if words[1] == "commit"]
    sent = ids_sent(output) if len(made) == 1 else []
    if len(sent) != 1 or [verb for words, _ in gits[made[0] + 1 :] if (verb := words[1]) not in _STAYS] != [
        "push"
    ]:
        return []
    subject = subject_of(gits)
    return [(sent[0], subject)] if subject else []


_REPLAYS: Final = ("rebase", "merge", "pull", "cherry-pick")


def came_to_nothing(commands: list[Simple], call: Call) -> bool:
    """Tell whether a line's commit was not made, or may not have been where the line failed."""
    return not _went_on(commands, call.output) and (not call.ok or made_none(commands, call.output))


def _went_on(commands: list[Simple], output: str) -> bool:
    """Tell whether a commit is seen to have been made, or what only its success let run to have run, whatever failed after it.

    That is a push that says what it sent or why it could not, a log that shows the commit, or a rebase or merge that stopped.
    """
    gits = {item.words[1]: at for at, item in enumerate(commands) if item.name == "git" and item.words[1:]}
    made, push = gits.get("commit", -1), gits.get("push", -1)
    each = [item for item in commands if item.name == "git" and item.words[1:2] == ["commit"]]
    if made < 0 or len(each) == len(_MADE.findall(output)):
        return made >= 0
    silent = PUSH_SPOKE.search(output)
    hushed = len(each) == 1 and made < push and not _QUIET.isdisjoint(_spread(each[0].words))
    if hushed and silent and not _EXIT_CODE.sub("", output[: silent.start()]).strip():
        return True  # told to be quiet, it has something to say only where it was not made
    sent = push if silent or ids_sent(output) else -1
    stopped = max(map(gits.get, _REPLAYS, (-1,) * len(_REPLAYS))) if "CONFLICT (" in output else -1
    subject = subject_of([(commands[made].words, "")]) if "log" in gits else ""
    listed = gits["log"] if subject and subject in (told for _, told in _LOGGED.findall(output)) else -1
    return any(leads_to(commands, made, at) for at in (sent, listed, stopped))


def leads_to(commands: list[Simple], at: int, to: int) -> bool:
    """Tell whether a command of a line runs only where another one before it worked."""
    return at < to and all(item.joint == "&&" and not item.unsure for item in commands[at:to])


def _spread(words: list[str]) -> list[str]:
    """Return words with switches that are written in one, as `-qm`, apart; a message may stand in one, behind its `m`."""
    found = (word.partition("m")[0] for word in words if word[:1] == "-" != word[1:2])
    return [*words, *(f"-{letter}" for each in found for letter in each[1:])]


def is_refused(output: str) -> bool:
    """Tell whether git says that it did not do it; what is looked for first is much faster found."""
    return any(map(output.__contains__, _REFUSALS)) and _REFUSED.search(output) is not None


def made_none(commands: list[Simple], output: str) -> bool:
    """Tell whether a line made no commit: git says so, or it shows none, and the exit code is another command's.

    That is how a hook refuses one, in words of its own, where the line goes on to see what came of it.
    """
    if is_refused(output):
        return True
    made = [item for item in commands if item.name == "git" and item.words[1:2] == ["commit"]]
    if len(made) != 1 or not output.strip() or len(output) > OUTPUT_CHARS or _MADE.search(output):
        return False
    it = made[0]
    shown = not (it.unsure or it.depth or it.writes or it.quiet or any(map(_MAY_HUSH.match, it.words[2:])))
    if [(item.name, item.joint) for item in commands[-2:]] == [("git", "|"), ("tail", "")] and it is commands[
        -2
    ]:
        # Git says last what it committed: where it did, the end of all shows it, and else what a hook failed at.
        return shown and not _SUMMED.search(output) and (has(TEST_FAIL, output) or has(FAIL, output))
    # What gathers the output of all, or writes it anew, may have left it out; so may a hook that goes by that name.
    whole = not any(item.joint in _PIPES or item.name in _PICKS for item in commands)
    whole = whole and not output.startswith("ok ")
    return shown and whole and it.joint in _GOES_ON and it is not commands[-1]


_BESIDE: Final = frozenset(
    ("push", "status", "log", "rev-parse", "add")
)  # they list no changes as a commit does
_MAKES_NONE: Final = frozenset(("-n", "--no-commit", "--abort", "--quit", "--skip"))


def summed_revert(gits: Gits, output: str) -> str:
    """Return what the one revert of a line takes back, where not its own line, but what it lists below shows that it was made."""
    reverts = [words for words, _ in gits if words[1] == "revert"]
    alone = len(reverts) == 1 and all(words[1] in (*_BESIDE, "revert") for words, _ in gits)
    if not alone or is_refused(output) or "CONFLICT" in output or any("--stat" in words for words, _ in gits):
        return ""
    words = reverts[0]
    of = [word for word in words[2:] if not word.startswith("-") and not word.isdigit()]
    one = len(of) == 1 and ".." not in of[0] and _MAKES_NONE.isdisjoint(words)
    return of[0] if one and _SUMMED.search(output) and not _MADE.search(output) else ""


def switched(call: Call, gits: Gits) -> tuple[str, bool, str] | None:
    """Return the branch a call ends on, whether it is new, and where; no name where it is the one before.

    Git says it, unless it was told to be quiet: then it is read off the command, where that tells it.
    """
    said = _SWITCHED.findall(call.output) if "witched to " in call.output else []
    went = (each for each in reversed(gits) if each[0][1] in ("checkout", "switch") and "--" not in each[0])
    words, place = next(went, ([], ""))
    rest = [word for word in words[2:] if word not in _QUIET]
    new = len(rest) > 1 and rest[0] in NEW_BRANCH
    start = [word for word in rest if not word.startswith("-")][1:2]
    here = not start or start[0] in HERE  # else it begins elsewhere
    if said:
        return said[-1], here and "Switched to a new" in call.output, place
    if _QUIET.isdisjoint(words) or is_refused(call.output) or not (call.ok or _comes_first(words, call)):
        return None
    if rest == ["-"]:
        return "", False, place
    name = rest[1] if new else rest[0] if len(rest) == 1 else ""
    known = name and not UNKNOWABLE.search(name) and (new or not _NO_BRANCH.match(name))
    return (name, new and here, place) if known else None


def _comes_first(words: list[str], call: Call) -> bool:
    """Tell whether a line that failed did so at something behind a command of it, as all before that only prepares."""
    commands = split(source_of(call))
    at = next((at for at, item in enumerate(commands) if item.words == words), len(commands))
    ran = all(item.name in _PREPARES or item.joint == ")" for item in commands[:at])
    return ran and at < len(commands) - 1 and not (commands[at].unsure or commands[at].quiet)


def switched_before(verb: str, call: Call, gits: Gits) -> str:
    """Return the branch that a call went to before its first git command of a kind; empty where it is not known."""
    before = gits[: next((at for at, (words, _) in enumerate(gits) if words[1] == verb), 0)]
    went = any(words[1] in ("checkout", "switch") for words, _ in before) and switched(call, before)
    return went[0] if went else ""


def takes_all(words: list[str]) -> bool:
    """Tell whether an `add` or a `commit` takes all changes of tracked files."""
    if words[1] == "add":
        return not _EVERY.isdisjoint(words[2:])
    return words[1] == "commit" and any(word == "--all" or _ALL.match(word) for word in words[2:])


def is_mute(source: str, output: str) -> bool:
    """Tell whether nothing is shown of a push that was not told to be quiet: nobody knows what came of it."""
    return "git push" in source and "-q" not in source and not output.strip()


def sends(words: list[str]) -> bool:
    """Tell whether a push may send commits: it is no mere trial, and does not only delete branches."""
    refs = [word for word in words[2:] if not word.startswith("-")][1:]
    return _SENDS_NOT.isdisjoint(words) and (
        not refs or any(ref[0] != ":" or ref == ":" for ref in refs if ref)
    )


def renamed(gits: Gits) -> tuple[str, str, str] | None:
    """Return a branch's name before and after, and where; no name before where it is the one checked out."""
    went = False
    for words, place in reversed(gits):
        names = [word for word in words[2:] if not word.startswith("-")]
        went |= words[1] in ("checkout", "switch")  # which one was checked out before is not told
        if words[1] == "branch" and not RENAMES.isdisjoint(words):
            known = went < len(names) < 3 and not any(map(UNKNOWABLE.search, names))
            return (names[0] if names[1:] else "", names[-1], place) if known else None
    return None


def noted(words: list[str]) -> list[str]:
    """Return the switches of a git command that leave out a check or rewrite what others may have: no message tells of them."""
    return [f"{words[1]} {switch}" for switch in _NOTED.get(words[1], ()) if switch in words[2:]]


def attempts(gits: Gits, commands: list[Simple]) -> list[str]:
    """Return what the commands try of what leaves a trace with others: commit, push, pull request."""
    verbs = [words[1] for words, _ in gits if words[1] in ("commit", "push")]
    verbs += ["commit" for words, _ in gits if words[1] == "am" and "--abort" not in words]
    opens = any(item.name == "gh" and item.words[1:3] == ["pr", "create"] for item in commands)
    return [*dict.fromkeys(verbs), *(["pull request"] if opens else [])]


@of_line
def tried_by(source: str) -> list[str]:
    """Return what a command line tries of that; the same list for the same line."""
    commands = split(source)
    return attempts(gits_of(commands, ""), commands)


def amending(gits: Gits, count: int) -> list[bool]:
    """Tell of each of so many commits that git told of in a line whether it takes the place of the one before it.

    Where some of its commands told of none, all of them count as doing so if one does.
    """
    each = ["--amend" in words for words, _ in gits if words[1] == "commit"]
    return each if len(each) == count else [any(each)] * count


def logged(source: str, gits: Gits, output: str) -> list[tuple[str, str]]:
    """Return the ids and subjects of commits that a log or a push shows behind them, where git itself told none."""
    given = {subject_of([each]) for each in gits if each[0][1] == "commit"}  # of a loop, as it spells them
    found = [each for each in _LOGGED.findall(output) if each[1] in source or each[1] in given]
    return found or pushed_commit(gits, output)


def in_loops(source: str, commands: list[Simple]) -> list[Simple]:
    """Return the commands of a line, those of a loop that only adds and commits once for each of its values."""
    if "for " not in source or " commit" not in source:
        return commands
    each = variables.spelled(source, commands)
    once = {id(item) for item in commands}
    verbs = {item.words[1] for item in each if id(item) not in once and item.name == "git" and item.words[1:]}
    return each if verbs and verbs <= _COMMITS else commands


def below(output: str, commits: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the ids and subjects that a log shows below the last one of some commits, newest first."""
    found = _LOGGED.findall(output) if commits else []
    return found[found.index(commits[-1]) + 1 :] if commits and commits[-1] in found else []


def commits_with(switch: str, call: Call, gits: Gits) -> bool:
    """Tell whether a call commits with a switch, which the words of a message or of another command are not."""
    found = [words for words, _ in gits if words[1] == "commit"]
    return any(switch in words for words in found) if found else switch in source_of(call)


def unsent(output: str) -> str:
    """Return what a push came to that sent nothing, in words; a hook that fails here asks no other side.

    Refused is what another side did not take: what it has is newer, or it did not let us in.
    """
    how = {found.lastgroup for found in PUSH_SPOKE.finditer(output)}
    return "was refused" if "away" in how else "failed" if "failed" in how else ""


def may_be_running(call: Call) -> bool:
    """Tell whether a call went to the background: its result is not that of its commands."""
    return bool(call.extra.get("backgroundTaskId")) or "running in background" in call.output[:200]


def worked(call: Call) -> bool:
    """Tell whether nothing speaks against it that a push worked."""
    failed = unsent(call.output) or is_refused(call.output)
    return bool(call.ok) and not (failed or may_be_running(call))


def subject_of(gits: Gits) -> str:
    """Return the first line of the message that the last commit is given on the command line, an empty string if none."""
    words = next((words for words, _ in reversed(gits) if words[1] == "commit"), [])
    for at, word in enumerate(words[2:], 2):
        given = word.startswith("--message=") or word == "--message" or _MESSAGE.fullmatch(word)
        if given:
            text = word.partition("=")[2] if "=" in word else " ".join(words[at + 1 : at + 2])
            return "" if "$" in text or "`" in text else text.strip().partition("\n")[0][:SUBJECT_CHARS]
    return ""


def source_of(call: Call) -> str:
    """Return the command line of a call."""
    return str(call.input.get("command") or "")
