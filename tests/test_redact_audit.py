"""`spread.redact_audit`: what was removed is told masked, with rule, number and place."""

import random
import string
from pathlib import Path

from spread.distill import distill
from spread.redact import Redactor
from spread.redact_audit import Auditor, Removed, mask
from tests.distill.lines import Lines

SEED = 20261122


def token() -> str:
    """Return a fresh fake of a known format."""
    return "ghp_" + "".join(random.Random(SEED).choices(string.ascii_letters + string.digits, k=36))


def audited(folder: Path, lines: Lines, extra: dict[str, str] | None = None) -> list[Removed]:
    """Return what is removed from a transcript."""
    auditor = Auditor(extra)
    return auditor.removed(distill(lines.save(folder), machine="desk", redactor=auditor))


def test_a_secret_is_told_masked_with_rule_number_and_places(tmp_path: Path) -> None:
    """One secret in several fields is one entry: two characters of each end, and each field with its line."""
    secret = token()
    lines = Lines()
    lines.user(f"deploy with {secret} please")
    lines.write("/home/dev/app/a.py")
    lines.say(f"I used {secret} to deploy it.")
    (item,) = audited(tmp_path, lines)
    assert item.rule.startswith("github")
    assert item.masked == f"gh…{secret[-2:]}"
    assert item.characters == len(secret)
    assert item.times >= 2
    assert {("goal", "L1"), ("last_request", "L1"), ("summary", "L4")} <= set(item.places)
    assert secret not in repr(item)


def test_the_count_is_what_the_document_tells(tmp_path: Path) -> None:
    """Rules and numbers are those of `redactions`."""
    lines = Lines()
    lines.user(f"use {token()} and password = {'correct' + 'Horse' + '77battery'}")
    lines.say("done")
    path = lines.save(tmp_path)
    told = distill(path, machine="desk", redactor=Redactor()).redactions
    auditor = Auditor()
    counts: dict[str, int] = {}
    for item in auditor.removed(distill(path, machine="desk", redactor=auditor)):
        counts[item.rule] = counts.get(item.rule, 0) + item.times
    assert len(counts) == 2
    assert counts == told


def test_two_secrets_are_two_entries(tmp_path: Path) -> None:
    """A value of the environment and a token have an entry each; a list's item is told by its place."""
    value = "wint" + "erberry-lane-0417-blue"
    lines = Lines()
    lines.user(f"Never print {token()} anywhere.")
    lines.user(f"the other one is {value}")
    lines.say("ok")
    found = {item.rule: item for item in audited(tmp_path, lines, {"MY_SECRET": value})}
    assert found["environment"].masked == "w…e"
    assert len(found) == 2
    assert all(item.places for item in found.values())


def test_nothing_secret_is_nothing_told(tmp_path: Path) -> None:
    """A clean session has no entry."""
    lines = Lines()
    lines.user("please write the parser")
    lines.say("done")
    assert audited(tmp_path, lines) == []


def test_a_mask_hides_most(tmp_path: Path) -> None:
    """Of a short secret nothing is shown, and never more than two characters of each end, nor a control character."""
    assert mask("hunter2") == "…"
    assert mask("a" * 17) == "…"
    assert mask("abcdefghijklmnopqr") == "a…r"
    assert mask("ab" + "x" * 100 + "yz") == "ab…yz"
    assert mask("\x1b\n" + "x" * 100 + "yz") == "…yz"
