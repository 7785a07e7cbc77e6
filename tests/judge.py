"""Judge the distiller against hand-made labels: `python -m tests.judge DIR [--labels DIR] [--json]`.

DIR holds transcripts; those with a label of the same name are distilled, compared, and printed as a table.
Exit 0 when every target holds, 1 when one is missed or a transcript cannot be distilled, 2 on bad usage.
What a label says, and how each figure is counted, stands in `labels/README.md`. Nothing here uses the
distiller's own reading of a transcript, so a mistake there cannot hide itself.
"""

import argparse
import fnmatch
import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from spread.distillation import Distillation
from spread.distillation_fields import NONE, UNKNOWN
from tests.judge_reading import canonical, digest, normal, objects, person_text, strings

LABELS: Final = Path(__file__).with_name("labels")
KINDS: Final = ("created", "modified", "deleted", "renamed")
TARGETS: Final = {
    "files_f1": 0.98,
    "validation": 0.95,
    "constraints": 0.9,
}  # at least; the counted faults: none

_CUT: Final = re.compile(r"…|\[redacted[^\]]*\]", re.I)  # where a quotation was shortened or redacted
_SAID: Final = re.compile(
    r"(?:user(?: (?:said|wrote|answered|then))?:?|→|”) “([^”]*)”(?! \(put back)"
)  # as decisions quote a person

Entry = tuple[str, ...]  # spellings of one path, any of which is right; a rename is "old -> new"


# -- labels ----------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """A sentence of the user's: where it stands, and its digest."""

    line: int
    start: int
    end: int
    sha256: str
    optional: bool = False


@dataclass(frozen=True)
class Label:
    name: str
    sha256: str
    files: dict[str, tuple[Entry, ...]]
    either: tuple[Entry, ...]
    optional: tuple[str, ...]
    outcomes: tuple[str, ...]
    after_last_edit: bool | None
    rules: tuple[Rule, ...]
    withdrawn: tuple[Rule, ...]
    machine: tuple[tuple[int, int, int], ...]


def _entry(value: object) -> Entry:
    return tuple(map(canonical, value if isinstance(value, list) else [str(value)]))


def read_label(path: Path) -> Label:
    """Read one label file; a key it does not know is an error, so that a slip is not taken for silence."""
    data = tomllib.loads(path.read_text("utf-8"))
    files, check = data.pop("files"), data.pop("validation")
    rules, withdrawn = data.pop("constraints", []), data.pop("withdrawn", [])
    renamed = tuple((f"{canonical(old)} -> {canonical(new)}",) for old, new in files.pop("renamed", []))
    label = Label(
        name=path.stem,
        sha256=data.pop("sha256"),
        files={kind: tuple(map(_entry, files.pop(kind, []))) for kind in KINDS[:3]} | {"renamed": renamed},
        either=tuple(map(_entry, files.pop("either", []))),
        optional=tuple(map(canonical, files.pop("optional", []))),
        outcomes=(check.pop("outcome"), *check.pop("accept", [])),
        after_last_edit=check.pop("after_last_edit", None),
        rules=tuple(Rule(**rule) for rule in rules),
        withdrawn=tuple(Rule(**rule) for rule in withdrawn),
        machine=tuple((int(a), int(b), int(c)) for a, b, c in data.pop("machine", [])),
    )
    check.pop("line", None), check.pop("result_line", None), data.pop("note", None)
    if left := [*data, *files, *check]:
        raise ValueError(f"{path.name}: unknown keys {left}")
    return label


# -- comparing -------------------------------------------------------------------


@dataclass
class Counts:
    """Right, listed and true; F1 of them."""

    right: int = 0
    listed: int = 0
    true: int = 0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.listed + self.true) if self.listed + self.true else 1.0

    def add(self, other: "Counts") -> None:
        self.right += other.right
        self.listed += other.listed
        self.true += other.true


@dataclass
class Verdict:
    """How one distillation compares with its label."""

    name: str
    files: Counts = field(default_factory=Counts)
    paths: Counts = field(default_factory=Counts)
    kinds: dict[str, Counts] = field(default_factory=lambda: {kind: Counts() for kind in KINDS})
    invented: list[str] = field(default_factory=list)
    false_pass: bool = False
    validation: bool = True
    said: str = ""
    rules: int = 0
    kept: int = 0
    listed_rules: int = 0
    passed_off: list[str] = field(default_factory=list)
    stale: int = 0
    faults: list[str] = field(default_factory=list)


def listed_files(it: Distillation) -> dict[str, list[str]]:
    files = it.files
    plain = {"created": files.created, "modified": files.modified, "deleted": files.deleted}
    renamed = [f"{canonical(item.old)} -> {canonical(item.new)}" for item in files.renamed]
    return {kind: [canonical(path) for path in paths] for kind, paths in plain.items()} | {"renamed": renamed}


def judge_files(label: Label, it: Distillation, verdict: Verdict) -> None:
    """Count paths: right when kind and path fit; the label's optional ones count on neither side."""
    truth = {kind: list(entries) for kind, entries in label.files.items()}
    listed = {kind: list(dict.fromkeys(paths)) for kind, paths in listed_files(it).items()}
    for entry in label.either:  # created or modified cannot be told: it takes the kind the document chose
        modified = any(path in entry for path in listed["modified"])
        truth["modified" if modified else "created"].append(entry)
    known = [entry for entries in truth.values() for entry in entries]
    all_listed: list[str] = []
    for kind in KINDS:
        counts, open_entries = verdict.kinds[kind], list(truth[kind])
        for path in listed[kind]:
            hit = next((entry for entry in open_entries if path in entry), None)
            anywhere = any(path in entry for entry in known)
            if hit is None and not anywhere and _optional(path, label.optional):
                continue
            all_listed.append(path)
            counts.listed += 1
            if hit is not None:
                counts.right += 1
                open_entries.remove(hit)
            else:
                verdict.faults.append(f"files: {kind} {path}: " + ("another kind" if anywhere else "not so"))
        counts.true += len(truth[kind])
        verdict.faults += [f"files: {kind} {entry[0]}: missed" for entry in open_entries]
        verdict.files.add(counts)
    right = sum(any(path in entry for path in all_listed) for entry in known)
    verdict.paths = Counts(right, len(set(all_listed)), len(known))


def _optional(path: str, patterns: tuple[str, ...]) -> bool:
    return all(any(fnmatch.fnmatchcase(part, pattern) for pattern in patterns) for part in path.split(" -> "))


def invented(paths: Iterable[str], transcript: str) -> list[str]:
    """Return the paths that the transcript (slashes forward) holds neither whole nor as a folder and a rest."""
    return [path for path in paths if not _occurs(path.removeprefix("~/"), transcript)]


def _occurs(path: str, transcript: str) -> bool:
    if path in transcript:
        return True
    cuts = [at for at, char in enumerate(path) if char == "/"]
    return any(path[:at] in transcript and path[at + 1 :] in transcript for at in cuts)


def judge_validation(label: Label, it: Distillation, verdict: Verdict) -> None:
    """A false pass says "passed" where it did not, or that nothing changed since where something did."""
    check, truth = it.validation, label.after_last_edit
    claimed = check.outcome == "passed"
    stale = claimed and "passed" in label.outcomes and truth is False and check.after_last_edit is not False
    verdict.said = check.outcome + ("" if check.after_last_edit is not False else ", edits after")
    verdict.false_pass = (claimed and "passed" not in label.outcomes) or stale
    over_careful = claimed and truth is True and check.after_last_edit is False
    verdict.validation = check.outcome in label.outcomes and not stale and not over_careful
    if not verdict.validation:
        want = label.outcomes[0] + {True: ", no edit after", False: ", edits after", None: ""}[truth]
        verdict.faults.append(f"validation: `{check.command[:60]}` ({check.at}) {verdict.said}; true: {want}")


def judge_rules(label: Label, it: Distillation, lines: dict[int, str], verdict: Verdict) -> None:
    """Look for each marked sentence, verbatim, in what the document quotes as the user's word."""
    quoted = [normal(text) for text in (*it.constraints, *it.decisions, it.goal, it.last_request)]
    verdict.listed_rules = len(it.constraints)
    for rule in label.rules:
        sentence = _sentence(rule, lines, label.name)
        if rule.optional:
            continue
        verdict.rules += 1
        if any(sentence in text for text in quoted):
            verdict.kept += 1
        else:
            verdict.faults.append(f"constraints: L{rule.line} [{rule.start}:{rule.end}] missed")
    for rule in label.withdrawn:
        sentence = _sentence(rule, lines, label.name)
        if any(sentence in normal(text) for text in it.constraints):
            verdict.stale += 1
            verdict.faults.append(
                f"constraints: L{rule.line} [{rule.start}:{rule.end}] was taken back, yet listed"
            )


def _sentence(rule: Rule, lines: dict[int, str], name: str) -> str:
    sentence = normal(lines.get(rule.line, "")[rule.start : rule.end])
    if digest(sentence) != rule.sha256:
        raise ValueError(f"{name}: the label of L{rule.line} does not fit the transcript")
    return sentence


def judge_voice(label: Label, it: Distillation, lines: dict[int, str], verdict: Verdict) -> None:
    """Constraints must be a person's words, not pasted; so must quotations; goal and last request open with them."""
    spoken = [normal(text) for text in lines.values() if text]
    pasted = [normal(lines.get(line, "")[start:end]) for line, start, end in label.machine]
    for text in it.constraints:
        pieces = [piece for piece in map(normal, _CUT.split(text)) if len(piece) > 2]
        foreign = not all(any(piece in said for said in spoken) for piece in pieces)
        if foreign or any(piece in paste for piece in pieces for paste in pasted):
            _passed_off("constraint", text, verdict)
    for text in (found for item in it.decisions for found in _SAID.findall(item)):
        if not all(any(piece in said for said in spoken) for piece in map(normal, _CUT.split(text))):
            _passed_off("decision", text, verdict)
    for what, text in (("goal", it.goal), ("last request", it.last_request)):
        words = normal(_CUT.split(text)[0])
        if text not in (NONE, UNKNOWN) and not any(
            words.startswith(said) or words[:40] in said for said in spoken
        ):
            _passed_off(what, text, verdict)


def _passed_off(what: str, text: str, verdict: Verdict) -> None:
    verdict.passed_off.append(what)
    verdict.faults.append(f"{what}: not the user's words: {digest(text)} {normal(text)[:70]!r}")


def judge_one(label: Label, it: Distillation, transcript: Path) -> Verdict:
    """Return the verdict on one distillation of one transcript."""
    if hashlib.sha256(transcript.read_bytes()).hexdigest()[:20] != label.sha256:
        raise ValueError(f"{label.name}: the label was made for another transcript")
    verdict, lines, words = Verdict(label.name), dict[int, str](), list[str]()
    beside = sorted(transcript.with_suffix("").rglob("*.jsonl"))
    for number, line in objects(transcript):
        lines[number] = "\n".join(filter(None, (lines.get(number, ""), person_text(line))))
        words.extend(strings(line))
    words += [text for path in beside for _, line in objects(path) for text in strings(line)]
    judge_files(label, it, verdict)
    judge_validation(label, it, verdict)
    judge_rules(label, it, lines, verdict)
    judge_voice(label, it, lines, verdict)
    told = [path for entry in listed_files(it).values() for pair in entry for path in pair.split(" -> ")]
    haystack = "\n".join(words).replace("\\\\", "/").replace("\\", "/")
    verdict.invented = invented([*told, *map(canonical, it.files.read)], haystack)
    verdict.faults += [f"files: {path}: occurs nowhere in the transcript" for path in verdict.invented]
    return verdict


# -- the table -------------------------------------------------------------------


def totals(verdicts: list[Verdict]) -> dict[str, float]:
    """Return the figures the targets are set on, and a few beside them."""
    files, paths = Counts(), Counts()
    kinds = {kind: Counts() for kind in KINDS}
    for verdict in verdicts:
        files.add(verdict.files)
        paths.add(verdict.paths)
        for kind in KINDS:
            kinds[kind].add(verdict.kinds[kind])
    rules = sum(verdict.rules for verdict in verdicts)
    return {
        "sessions": len(verdicts),
        "files_f1": files.f1,
        "paths_f1": paths.f1,
        **{f"{kind}_f1": counts.f1 for kind, counts in kinds.items()},
        "invented": sum(len(verdict.invented) for verdict in verdicts),
        "false_passes": sum(verdict.false_pass for verdict in verdicts),
        "validation": sum(verdict.validation for verdict in verdicts) / max(1, len(verdicts)),
        "constraints": sum(verdict.kept for verdict in verdicts) / rules if rules else 1.0,
        "passed_off": sum(len(verdict.passed_off) for verdict in verdicts),
        "taken_back": sum(verdict.stale for verdict in verdicts),
    }


def missed(figures: dict[str, float]) -> list[str]:
    """Return the names of the targets that do not hold."""
    low = [name for name, least in TARGETS.items() if figures[name] < least]
    return low + [name for name in ("invented", "false_passes", "passed_off") if figures[name]]


def table(verdicts: list[Verdict], figures: dict[str, float]) -> str:
    row = "{:34} {:>6} {:>6} {:>4} {:>4} {:>4} {:24} {:>3} {:>7} {:>6} {:>4}"
    head = ("session", "files", "paths", "miss", "extra", "inv", "validation", "ok", "rules", "listed", "off")
    out = [row.format(*head)]
    for it in verdicts:
        lost, extra = it.files.true - it.files.right, it.files.listed - it.files.right
        ok = "FP" if it.false_pass else "yes" if it.validation else "NO"
        cells = (f"{it.files.f1:.3f}", f"{it.paths.f1:.3f}", lost, extra, len(it.invented), it.said, ok)
        out.append(row.format(it.name, *cells, f"{it.kept}/{it.rules}", it.listed_rules, len(it.passed_off)))
    out += ["", *(f"{name:14} {value:.3f}".removesuffix(".000") for name, value in figures.items())]
    return "\n".join(out)


def judge_all(
    folder: Path, labels: Path, distill: Callable[[Path], Distillation]
) -> tuple[list[Verdict], list[str]]:
    """Return verdicts on all labelled transcripts of a folder, and what went wrong with others."""
    verdicts, errors = [], []
    for path in sorted(labels.glob("*.toml")):
        transcript = folder / f"{path.stem}.jsonl"
        if not transcript.exists():
            continue
        try:
            verdicts.append(judge_one(read_label(path), distill(transcript), transcript))
        except Exception as error:  # one session that fails must not hide the others
            errors.append(f"{path.stem}: {type(error).__name__}: {error}")
    return verdicts, errors


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.judge", description="Judge the distiller against labels."
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path, default=LABELS)
    parser.add_argument("--json", action="store_true", help="print the totals as JSON")
    parser.add_argument("--faults", action="store_true", help="print each fault as well")
    args = parser.parse_args(argv)
    from spread.distill import distill  # late: the judge's own logic is tested without it

    verdicts, errors = judge_all(args.folder, args.labels, lambda path: distill(str(path), machine="judge"))
    if not verdicts and not errors:
        parser.error(f"no labelled transcript in {args.folder}")
    figures = totals(verdicts)
    print(json.dumps(figures) if args.json else table(verdicts, figures))
    if args.faults:
        print(
            *(
                "\n".join([f"\n{it.name}", *(f"  {fault}" for fault in it.faults)])
                for it in verdicts
                if it.faults
            )
        )
    failed = missed(figures)
    print(*errors, *(f"missed: {name} {figures[name]:.3f}" for name in failed), sep="\n", file=sys.stderr)
    return 1 if failed or errors else 0


if __name__ == "__main__":
    sys.exit(main())
