"""Commands that write files anew which they do not name: formatters, linters that mend, generators of code.

What passed before one may not pass after it. Some say whether they changed anything, of some a later look at git tells,
of most nobody knows.
"""

import re
from typing import Final

from spread.distill.files import FileLedger, absolute
from spread.distill.inline import MANIFESTS
from spread.distill.once import of_line
from spread.distill.operands import options
from spread.distill.runs import SILENCE, known_kind
from spread.distill.shell import UNKNOWABLE, Simple, placed, split
from spread.distill.spelling import folder_of
from spread.distill.wrapped import unwrapped
from spread.distillation_codec import command
from spread.transcript_events import Call

SHOWN_CHARS: Final = 50
_HINTS: Final = (
    "fmt", "format", "fix", "rettier", "black", "isort", "stylua", "--write", "--apply", "correct", " -w", " -i ", " -a", " -A",
    "generate", "codegen", " gen", "gen_", "_gen", "gen-", "-gen", "gen.", "rewrite", "bump", "protoc", "mockgen", " add ", " install ", " i ", " remove ", " uninstall ", " rm ", "go get ", " require ", " version ",
    " update", " upgrade", "pnpm up", "yarn up", " lock", " tidy", "dedupe", "db:", "prisma ", "deps.", "changeset", "proto", "bindings", "mocks", "stubs", "openapi", "swagger",
    "orval", "relay-", "quicktype", "mockery", "stringer", "create-",
    "codemod", "jscodeshift", "fastmod", "pyupgrade", "docformatter", "autoflake", "swiftformat", "rector", "ast-grep", "pint",
)  # fmt: skip
_ALWAYS: Final = frozenset(
    ("black", "isort", "stylua", "rustfmt", "goimports-reviser", "protoc", "graphql-codegen", "mockgen", "codemod",
     "jscodeshift", "fastmod", "pyupgrade", "docformatter", "swiftformat", "rector", "pint", "openapi-typescript",
     "openapi-generator", "openapi-generator-cli", "orval", "relay-compiler", "quicktype", "mockery", "stringer",
     "standard-version", "bumpversion", "bump2version", "bump-my-version")
)  # fmt: skip
_VERBS: Final = frozenset(("fmt", "format", "generate", "codegen", "fix"))
_SWITCHES: Final = frozenset(
    ("--fix", "--write", "--apply", "--apply-unsafe", "--unsafe-fixes", "--autocorrect", "--auto-correct",
     "--update-all", "--in-place")
)  # fmt: skip
_LETTERS: Final = {
    "prettier": "-w", "gofmt": "-w", "goimports": "-w", "gofumpt": "-w", "shfmt": "-w", "clang-format": "-i", "rubocop": "-a",
    "standardrb": "-a", "ktlint": "-f", "yapf": "-i", "autopep8": "-i", "ast-grep": "-u", "swift-format": "-i", "autoflake": "-i",
}  # fmt: skip
_RUNNERS: Final = frozenset(
    ("npm", "pnpm", "yarn", "bun", "make", "gmake", "just", "task", "mise", "rake", "poe", "pdm", "hatch")
)
_RUN: Final = frozenset(("run", "run-script"))
_SCRIPT: Final = re.compile(
    r"(?:.*[:_-])?(?:fmt|format|fix|gen|generate|codegen|prettier|protos?|protobuf|bindings|mocks|stubs|openapi|swagger)(?:[:_-](?:all|write|code|js|ts|py|go|rs))?"
)
_UP: Final = frozenset(("update", "upgrade", "up", "lock", "dedupe"))
_SCHEMA: Final = frozenset(("db:migrate", "db:rollback", "db:schema:dump"))
# What brings the dependencies, or the schema of a database, in the files of a project up to date.
_UPDATES: Final = {
    **dict.fromkeys(
        ("npm", "pnpm", "yarn", "bun", "cargo", "uv", "poetry", "pdm", "pipenv", "bundle", "composer", "pod"),
        _UP | {"audit fix"},
    ),
    **dict.fromkeys(("rails", "rake"), _SCHEMA),
    "mix": frozenset(("deps.update",)), "go": frozenset(("mod tidy",)),
    "prisma": frozenset(("migrate dev", "db pull")), "flutter": frozenset(("pub upgrade",)), "dart": frozenset(("pub upgrade",)),
    "changeset": frozenset(("version",)), "lerna": frozenset(("version",)), "nix": frozenset(("flake update",)), "swift": frozenset(("package update",)),
}  # fmt: skip
# What is taken away to be made anew, or stands outside.
_PRODUCT: Final = re.compile(
    r"^(?:[/~$]|\.\.)|(?:^|/)(?:\.[^./][^/]*|__\w+__|node_modules|(?:dist|build|out|target|te?mp|coverage|htmlcov|test-results|playwright-report)[\w.-]*"
    r"|cache|logs?|reports?|results?|artifacts|obj|bin|public|v?env|deps|pods|deriveddata|_site|pkg|\w+\.egg-info)/?$",
    re.I,
)
_SILENT: Final = frozenset(("go", "rails", "rake"))  # where they find nothing to do
_UP_TO_DATE: Final = re.compile(
    r"\bup to date\b|\balready up|\bLocking 0 packages|\bNo dependencies to install|\bNothing to (?:install|update|modify)|\AResolved \d+ packages? in \S+\s*\Z",
    re.I,
)
# What is taken in or out stands in a file of the project; without a name it is only fetched.
_NOT_SAVED: Final = frozenset(("-g", "--global", "--no-save", "--location=global", "--dry-run"))
_INTERPRETER: Final = re.compile(r"python[\d.]*|node|ruby|perl|php|bash|sh|tsx|ts-node")
_WRITER: Final = re.compile(
    r"(?:.{0,80}[_-])?(?:gen|generate|codegen|codemod|fmt|format|rewrite|bump)(?:[_-].{0,80})?\.\w{1,4}"
)
_LOOKS: Final = frozenset(
    ("--check", "-check", "--check-formatted", "--check-only", "--diff", "--dry-run", "--help", "--dry", "--lint",
     "--test")
)  # fmt: skip
_NOTHING: Final = frozenset[str]()
_NONE: Final = re.compile(
    r"\bno fixes applied\b|\bno (?:files?|changes?)\b.{0,20}\b(?:changed|needed|to format)\b|\bleft unchanged\b|\(unchanged\)|\balready formatted\b"
    r"|\(0 changed\)|(?<!\d)0/\d+ files formatted|\bfound 0 of \d+ files\b|^all checks passed!$",
    re.I | re.M,
)
_SOME: Final = re.compile(
    r"\b[1-9]\d* files? (?:were |was )?(?:reformatted|changed|fixed|corrected)\b|^(?:reformatted|fixing) \S"
    r"|\bfixed [1-9]\d* |\b[1-9]\d* (?:fixed|corrected)\b|\[corrected\]|\([1-9]\d* changed\)|\b[1-9]\d*/\d+ files formatted|\b[1-9]\d* style issues? fixed",
    re.I | re.M,
)
_BY_HOOK: Final = "files were modified by this hook"  # says pre-commit
_HOOKS: Final = "pre-commit"
# A file that a status lists, in its short form or its long one.
_STATUS: Final = re.compile(r"(?m)^(?:[ MADRCTU?]{2} |\t(?:[a-z ]{1,20}: +)?)(\S.*)$")
_CLEAN: Final = "nothing to commit, working tree clean"
_SHORT: Final = frozenset(("-s", "--short", "--porcelain", "-sb"))
_SAME: Final = "(unchanged)"  # ends that line where it is as it was, so that the others are not
_WROTE: Final = re.compile(r"\b\d+(?:\.\d+)?ms$")  # ends the line of a file that was gone through


def note(files: FileLedger, call: Call, source: str, *, named_some: bool = False) -> None:
    """Take over that a line ran what writes files anew; said to have changed some, that is a change of files.

    Args:
        named_some: Whether its output names some that were.
    """
    if _BY_HOOK in call.output and ("commit" in source or "prek" in source):
        files.reformed = (call.result_line, _HOOKS)
        files.last_change = max(files.last_change, call.result_line)
        return
    what, is_last, depends = _reforming(source)
    if not what and "rm -" in source and call.ok:
        what, is_last = _takes_away(files, call, source)
    if not what:
        return
    said = named_some or _changed(call.output, call.ok if depends else None)
    said = False if said is None and _found_nothing(what, call.output) else said
    if said is False:
        return
    line = call.result_line if is_last else call.line
    files.reformed = (line, what)
    if said:
        files.last_change = max(files.last_change, line)


def _found_nothing(what: str, output: str) -> bool:
    """Tell whether what brings a project up to date says that all of it was."""
    name, *rest = unwrapped(what.split()) or [""]
    if not _updates(name.rpartition("/")[2], rest):
        return False
    silent = name.rpartition("/")[2] in _SILENT and _is_silent(output)
    return silent or _UP_TO_DATE.search(output) is not None


def _updates(name: str, rest: list[str]) -> bool:
    return not _UPDATES.get(name, _NOTHING).isdisjoint((*rest[:1], " ".join(rest[:2])))


def _takes_away(files: FileLedger, call: Call, source: str) -> tuple[str, bool]:
    """Return a command that takes away folders of which nothing is known, and whether it comes after all that the line checks."""
    commands = split(source)
    for at, (item, here) in enumerate(placed(commands)):
        flags, paths = options(item.words[1:]) if item.name == "rm" and here is not None else ([], [])
        short = "".join(flags).lower()
        for path in paths if "r" in short and "f" in short else ():
            where = absolute(path.rstrip("/"), folder_of(here, call.cwd))
            if not (_PRODUCT.search(path) or UNKNOWABLE.search(path) or where in files.folders):
                checks = [place for place, each in enumerate(commands) if known_kind(each)]
                return " ".join(item.words).replace("`", "")[:SHOWN_CHARS], bool(checks) and at > checks[-1]
    return "", False


def looked(files: FileLedger, call: Call, commands: list[Simple], committed: int) -> None:
    """Take over that a status of git lists nothing which the session did not edit itself: then no file was written anew.

    Args:
        committed: The line of the last commit; after one, a status tells nothing of what was before it.
    """
    line, _ = files.reformed
    at = next((at for at, item in enumerate(commands) if item.words[:2] == ["git", "status"]), -1)
    if at < 0 or not files.last_change < line <= call.line or committed >= line:
        return
    short = len(commands) == 1 and not _SHORT.isdisjoint(commands[0].words)
    listed = _STATUS.findall(call.output)
    if (
        (listed and all(map(files.knows_end, listed)))
        or _CLEAN in call.output
        or (short and _is_silent(call.output))
    ):
        files.reformed = (0, "")


@of_line
def _may_reform(source: str) -> bool:
    """Tell quickly whether a command line may write files anew."""
    return any(map(source.__contains__, _HINTS))


@of_line
def _reforming(source: str) -> tuple[str, bool, bool]:
    """Return the last command of a line that writes files anew, whether it comes after all that the line checks, and is of dependencies."""
    commands = split(source) if _may_reform(source) else []
    found = [
        (at, item)
        for at, item in enumerate(commands)
        if item.words and (_reforms(item.words) or _depends(item.words))
    ]
    if not found:
        return "", False, False
    at, item = found[-1]
    checks = [place for place, each in enumerate(commands) if known_kind(each)]
    what = command(" ".join(item.words), SHOWN_CHARS).replace("`", "")
    return what, bool(checks) and at > checks[-1], _depends(item.words)


def _depends(words: list[str]) -> bool:
    """Tell whether a command takes a dependency in or out."""
    rest = [word for word in words[1:] if not word.startswith("-")]
    _, verbs = MANIFESTS.get(words[0], ("", _NOTHING))
    versioned = words[0] in ("npm", "yarn") and rest[:1] == ["version"]
    return len(rest) > 1 and (rest[0] in verbs or versioned) and _NOT_SAVED.isdisjoint(words)


def _changed(output: str, took: bool | None) -> bool | None:
    """Return whether an output says that files were changed, or that none was; None where it says neither.

    Args:
        took: Whether a dependency was taken in or out, None where the command is of another kind.
    """
    if took is not None:
        return took and "up to date" not in output
    if _SOME.search(output):
        return True
    lines = [line for line in map(str.rstrip, output.splitlines()) if line]
    went = [line for line in lines if _WROTE.search(line)]
    if went and _SAME in output:
        return True
    return False if _NONE.search(output) and not went else None


def _reforms(words: list[str]) -> bool:
    words = unwrapped(words)
    if not words or not _LOOKS.isdisjoint(words[1:]):
        return False
    name, rest = words[0].rpartition("/")[2], words[1:]
    if name == "git" or not (rest or name == "pint"):
        return False
    if _INTERPRETER.fullmatch(name):
        return _WRITER.fullmatch(rest[0].rpartition("/")[2]) is not None
    if _updates(name, rest):
        return True
    if name in _RUNNERS:
        targets = [word for word in rest if not word.startswith("-") and word not in _RUN]
        return any(map(_SCRIPT.fullmatch, targets[:1]))
    if (
        name in _ALWAYS
        or name.startswith("create-")
        or rest[0] in _VERBS
        or _LETTERS.get(name, " ") in map(str.lower, rest)
    ):
        return True
    return not _SWITCHES.isdisjoint(rest)


def _is_silent(output: str) -> bool:
    return not SILENCE.sub("", output, count=1).strip()
