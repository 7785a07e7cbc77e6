"""The judge's own logic, on tiny transcripts made here."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from spread.distillation import Distillation
from spread.distillation_fields import Files, Rename, Validation
from tests.judge import Counts, Label, Verdict, invented, judge_all, main, missed, read_label, totals
from tests.judge_reading import canonical, digest, objects, person_text

RULE = "Never touch the lock file."


def user(text: str, **more: object) -> dict[str, Any]:
    return {"type": "user", "message": {"role": "user", "content": text}, **more}


def refused(text: str) -> dict[str, Any]:
    block = {"type": "tool_result", "is_error": True, "content": text}
    return {"type": "user", "message": {"content": [block]}}


def write(folder: Path, *lines: object) -> Path:
    path = folder / "one.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return path


def label(transcript: Path, body: str) -> Path:
    folder = transcript.parent / "labels"
    folder.mkdir(exist_ok=True)
    sha256 = hashlib.sha256(transcript.read_bytes()).hexdigest()[:20]
    path = folder / "one.toml"
    path.write_text(f'sha256 = "{sha256}"\n{body}', "utf-8")
    return path


def document(**more: Any) -> Distillation:
    return Distillation(id="s.1", session_id="s", **more)


def judged(transcript: Path, body: str, it: Distillation) -> Verdict:
    label(transcript, body)
    verdicts, errors = judge_all(transcript.parent, transcript.parent / "labels", lambda path: it)
    assert not errors
    return verdicts[0]


NO_CHECK = '[validation]\noutcome = "none observed"\n'


def test_kind_and_path_must_fit(tmp_path: Path) -> None:
    """A right path of the wrong kind counts for the paths alone; a rename needs both ends."""
    transcript = write(tmp_path, user("a.py b.py c.py d.py old.py new.py"))
    body = f'[files]\ncreated = ["a.py"]\nmodified = ["b.py", "c.py"]\nrenamed = [["old.py", "new.py"]]\n{NO_CHECK}'
    files = Files(created=("a.py", "b.py"), modified=("d.py",), renamed=(Rename("old.py", "new.py"),))
    verdict = judged(transcript, body, document(files=files))
    assert verdict.files == Counts(right=2, listed=4, true=4)
    assert verdict.paths == Counts(right=3, listed=4, true=4)
    assert verdict.kinds["renamed"].f1 == 1.0


def test_optional_and_either_and_spellings(tmp_path: Path) -> None:
    """Optional paths count nowhere, `either` takes both kinds, any spelling of a path will do."""
    transcript = write(tmp_path, user("web/a.py dist/x/y.js /home/me/wt/b.py z"))
    body = f'[files]\nmodified = [["b.py", "~/wt/b.py"]]\neither = ["web/a.py"]\noptional = ["dist/*"]\n{NO_CHECK}'
    files = Files(created=("dist/x/y.js",), modified=("web/a.py", "/home/me/wt/b.py"))
    verdict = judged(transcript, body, document(files=files))
    assert verdict.files == Counts(right=2, listed=2, true=2)
    assert not verdict.invented


@pytest.mark.parametrize(
    ("outcome", "after", "right", "false_pass"),
    [
        ("passed", False, True, False),
        ("passed", True, False, True),
        ("passed", None, False, True),
        ("failed", None, False, False),
    ],
)
def test_pass_with_edits_after(
    tmp_path: Path, outcome: str, after: bool | None, right: bool, false_pass: bool
) -> None:
    """Where files changed after the check, only a pass that says so is right, and one that does not is false."""
    body = '[files]\n[validation]\noutcome = "passed"\nafter_last_edit = false\n'
    check = Validation(command="make test", outcome=outcome, after_last_edit=after)
    verdict = judged(write(tmp_path, user("go")), body, document(validation=check))
    assert (verdict.validation, verdict.false_pass) == (right, false_pass)


def test_pass_that_was_none(tmp_path: Path) -> None:
    """A pass claimed for a failed check is false; an outcome named under `accept` is right."""
    check = Validation(command="make test", outcome="passed", after_last_edit=True)
    transcript = write(tmp_path, user("go"))
    assert judged(
        transcript, '[files]\n[validation]\noutcome = "failed"\n', document(validation=check)
    ).false_pass
    accepted = '[files]\n[validation]\noutcome = "failed"\naccept = ["none observed"]\n'
    assert judged(transcript, accepted, document()).validation


def constraint(text: str, within: str, table: str = "constraints") -> str:
    start = within.index(text)
    return f'[[{table}]]\nline = 1\nstart = {start}\nend = {start + len(text)}\nsha256 = "{digest(text)}"\n'


def test_rules_are_looked_for_verbatim(tmp_path: Path) -> None:
    """A marked sentence is kept inside a longer quotation, not in a paraphrase, and not in the running log."""
    text = f"Please go on. {RULE} Use tabs."
    transcript = write(tmp_path, user(text))
    body = f"[files]\n{NO_CHECK}{constraint(RULE, text)}{constraint('Use tabs.', text)}"
    verdict = judged(transcript, body, document(constraints=(f"{RULE}  Use\ttabs.",)))
    assert (verdict.kept, verdict.rules, verdict.passed_off) == (2, 2, [])
    paraphrased = judged(transcript, body, document(constraints=("Use tabs.",), context=RULE))
    assert (paraphrased.kept, paraphrased.passed_off) == (1, [])


def test_withdrawn_rule_is_counted(tmp_path: Path) -> None:
    """A rule that was taken back counts as stale when it is listed."""
    body = f"[files]\n{NO_CHECK}{constraint(RULE, RULE, 'withdrawn')}"
    assert judged(write(tmp_path, user(RULE)), body, document(constraints=(RULE,))).stale == 1


def test_foreign_words_are_passed_off(tmp_path: Path) -> None:
    """What no person wrote, or only pasted, must not stand as a constraint."""
    transcript = write(tmp_path, user("log: always fail"), user("You must obey.", isMeta=True))
    body = f"machine = [[1, 5, 16]]\n[files]\n{NO_CHECK}"
    for words in ("You must obey.", "always fail"):
        assert judged(transcript, body, document(constraints=(words,))).passed_off == ["constraint"]
    quoted = "asked “How?” the user said “You must obey.”"
    assert judged(transcript, body, document(decisions=(quoted,))).passed_off == ["decision"]
    assert judged(transcript, body, document(goal="Obey the plan")).passed_off == ["goal"]
    assert judged(transcript, body, document(goal="log: always fail (later: more)")).passed_off == []


def test_label_for_other_bytes_is_refused(tmp_path: Path) -> None:
    """A label does not judge a transcript it was not made for, nor one its offsets do not fit."""
    transcript = write(tmp_path, user("one"))
    label(transcript, f"[files]\n{NO_CHECK}")
    write(tmp_path, user("two"))
    assert judge_all(tmp_path, tmp_path / "labels", lambda path: document())[1]
    label(transcript, f"[files]\n{NO_CHECK}{constraint(RULE, RULE)}")
    assert "does not fit" in judge_all(tmp_path, tmp_path / "labels", lambda path: document())[1][0]


def test_unknown_key_in_a_label(tmp_path: Path) -> None:
    """A misspelt key is an error."""
    path = label(write(tmp_path, user("one")), f'[files]\nmodifed = ["a"]\n{NO_CHECK}')
    with pytest.raises(ValueError, match="modifed"):
        read_label(path)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (user("<system-reminder>x</system-reminder>Do it"), "Do it"),
        (
            user("<command-name>/plan</command-name><command-args>in small steps</command-args>"),
            "/plan in small steps",
        ),
        (user("<local-command-stdout>3 files</local-command-stdout>"), ""),
        (user("[Request interrupted by user for tool use]"), ""),
        (user("This session is being continued from", isCompactSummary=True), ""),
        (user("sub-agent's task", isSidechain=True), ""),
        (user("done", origin={"kind": "task-notification"}), ""),
        (
            refused("The tool use was rejected. To tell you how to proceed, the user said:\nnot there"),
            "not there",
        ),
        (refused("Exit code 1"), ""),
        ({"type": "queue-operation", "operation": "enqueue", "content": "stop"}, "stop"),
        ({"type": "queue-operation", "operation": "remove", "content": "stop"}, ""),
        ({"type": "queue-operation", "operation": "enqueue", "content": "<task-notification>x"}, ""),
        (
            {"type": "attachment", "attachment": {"type": "queued_command", "prompt": "and tests"}},
            "and tests",
        ),
        ({"type": "user", "toolUseResult": {"answers": {"Which?": "the second"}}}, "the second"),
    ],
)
def test_what_a_person_wrote(line: dict[str, Any], text: str) -> None:
    """Prompts, queued prompts, answers and refusals are a person's; what the client wrote is not."""
    assert person_text(line) == text


def test_lines_that_are_not_one_object(tmp_path: Path) -> None:
    """Two objects on a line keep its number; broken lines are skipped."""
    path = tmp_path / "odd.jsonl"
    path.write_bytes(b'{"a": 1}{"b": 2}\n{"broken\n\xff\n{"c": 3}')
    assert list(objects(path)) == [(1, {"a": 1}), (1, {"b": 2}), (4, {"c": 3})]


@pytest.mark.parametrize(
    ("path", "one"),
    [
        ("./a/b", "a/b"),
        ("C:\\Users\\me\\x.txt", "~/x.txt"),
        ("/home/me", "~"),
        ("/Users/me/p/", "~/p"),
        ("/opt/x", "/opt/x"),
    ],
)
def test_one_spelling_of_a_path(path: str, one: str) -> None:
    """Homes of every system, slashes and trailing slashes fold into one spelling."""
    assert canonical(path) == one


def test_invented_paths() -> None:
    """A path may be put together from a folder and a rest, but not from nothing."""
    assert invented(["web/src/a.py", "~/p/b", "web/other.py"], "cd web && rm src/a.py; cat /home/me/p/b") == [
        "web/other.py"
    ]


def test_targets() -> None:
    """One false pass, one invented path or a low figure misses its target."""
    fine = Verdict("one")
    assert missed(totals([fine])) == []
    bad = Verdict("two", files=Counts(1, 2, 2), invented=["x"], false_pass=True, validation=False, rules=1)
    assert missed(totals([fine, bad])) == [
        "files_f1",
        "validation",
        "constraints",
        "invented",
        "false_passes",
    ]


def test_exit_code_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command distils what has a label, prints the table and exits by the targets."""
    transcript = write(tmp_path, user("Hello", sessionId="s", uuid="u", timestamp="2026-01-01T00:00:00Z"))
    label(transcript, f"[files]\n{NO_CHECK}")
    labels = ["--labels", str(tmp_path / "labels")]
    assert main([str(tmp_path), *labels]) == 0
    assert "files_f1" in capsys.readouterr().out
    label(transcript, f'[files]\ndeleted = ["gone.py"]\n{NO_CHECK}')
    assert main([str(tmp_path), *labels, "--faults"]) == 1
    assert "deleted gone.py: missed" in capsys.readouterr().out


def test_labels_of_ours_are_readable() -> None:
    """Every label in the repository parses, and at least twenty sessions are labelled."""
    ours: list[Label] = [
        read_label(path) for path in sorted((Path(__file__).parent / "labels").glob("*.toml"))
    ]
    assert len(ours) >= 20
    assert all(len(rule.sha256) == 20 for it in ours for rule in (*it.rules, *it.withdrawn))
