"""`spread.narrative_record`: which claims stand in a transcript; and what that lets a narrative say."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from spread.narrative import MARK, merge
from spread.narrative_record import MAX_CLAIMS, Claim, found
from tests.test_narrative import SESSION, document

UUID = "77777777-4242-4d6f-9c0a-3d1f2b8e7a10"


def line(kind: str, content: Any, **more: Any) -> str:
    """Return a line of a transcript as Claude Code writes it."""
    entry = {"type": kind, "uuid": UUID, "timestamp": "2031-08-19T06:07:43Z", "message": {
        "role": kind, "content": content, "usage": {"input_tokens": 31337}}, **more}  # fmt: skip
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


def call(name: str, **given: Any) -> str:
    return line("assistant", [{"type": "tool_use", "id": "toolu_5151", "name": name, "input": given}])


def result(text: Any, **more: Any) -> str:
    return line("user", [{"type": "tool_result", "tool_use_id": "toolu_6161", "content": text}], **more)


LINES = [
    line("user", "use /opt/homebrew/bin/entire, please; the limit is 180 s and 1,250 files"),
    line("assistant", [{"type": "thinking", "thinking": "perhaps 8686 in secret/idea.py", "signature": "9191"},
                       {"type": "text", "text": "I look at PR #4711, see https://git.example/acme/pull/4711."}]),
    call("Bash", command="cd /Users/dev/proj && cat ~/.config/tool/conf.toml", timeout=240000),
    result([{"type": "text", "text": "spawned 0b1c9e4d-163e-4022-9c68-49fc1a61ba80"}]),
    result([{"type": "text", "text": "took 0.684 s, cold 2m; python3.11; [main 4f9e2d1c] done; C:\\Work\\lib\\x.rs"}]),
    result("   733\u2192first\n   734\u2192second 59 rows", toolUseResult={
        "file": {"content": "first\nsecond 59 rows", "numLines": 7070}, "agentId": "8181"}),
    result([{"type": "image", "source": {"type": "base64", "data": "AAAA/9797+BB"}}]),
    '{"type":"queue-operation","operation":"enqueue","content":"and keep docs/format-2.md, too"}',
    '{"type":"progress","data":{"type":"bash_progress","output":"2929 done"}}',
    '{"broken', '{"type":"user"}' + line("user", "stdout or stderr, whatever; 65% of it"), "", "[1]",
]  # fmt: skip


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    path = tmp_path / f"{SESSION}.jsonl"
    path.write_text("\n".join(LINES), encoding="utf-8")
    return path


def kept(text: str, transcript: Path, source: str = "") -> bool:
    """Tell whether a decision of this text is kept whole, beside one that holds."""
    plain = "A table was chosen over arithmetic."
    merged, _ = merge(document(), {"decisions": [plain, text]}, transcript=str(transcript), source=source)
    assert MARK + plain in merged.decisions
    return MARK + text in merged.decisions


@pytest.mark.parametrize(
    "text",
    [
        "It is run by `/opt/homebrew/bin/entire`, in homebrew/bin/ that is.",
        "The limit is 180 s for 1250 files, or 1,250.",
        "See PR #4711 at https://git.example/acme/pull/4711.",
        "The command had a timeout of 240000 ms, which is 240 s.",
        "It took 0.684 s, so about 0.68 s and 0.7 s.",
        "It needs Python 3.11 and came with 4f9e2d1.",
        "See lib/x.rs:59-65 and C:\\Work\\lib\\x.rs.",
        "Lines 733 to 734 have the 59 rows, as line 733 shows.",
        "The file ~/.config/tool/conf.toml is the user's; docs/format-2.md stays.",
        "It writes to stdout/stderr; 65% of it.",
        "The run 0b1c9e4d-163e-4022-9c68-49fc1a61ba80 was spawned.",
        "It lies at 180,65 of the page.",
    ],
)
def test_what_the_record_has_is_kept(transcript: Path, text: str) -> None:
    """Prompts, also queued ones, texts, inputs and outputs are known, however they were written."""
    assert kept(text, transcript)
    assert not kept(text, transcript.with_name("gone.jsonl"))


@pytest.mark.parametrize(
    "text",
    [
        "It is run by /opt/homebrew/bin/other.", "It is in /homebrew/bin/entire.", "See /opt/homebrew/bin/enti.",
        "It is in ~/.config/tool/other.toml.", "See https://git.example/acme/pull/4712.", "See format-2.md.bak/x.",
        "The limit is 80 s.", "It lies at 0,98.", "There are 125 files.", "There are 250 files.", "It took 0.69 s.",
        "It took 0.67 s.", "It took 684 of them.", "It came with 4f9e2d1d.", "It came with f9e2d1c.",
        "It needs Python 3.1.", "There are 733 rows.", "Line 735 has it.", "It is line 732.", "Say stdout/stdlog.",
        "L3 says so.", "All tests pass.",
    ],
)  # fmt: skip
def test_an_invention_is_dropped(transcript: Path, text: str) -> None:
    """Parts of numbers, commits and names are no knowledge, and what passed is the document's to say."""
    assert not kept(text, transcript) or "pass" in text  # the document shows that they pass
    failing = document(state="failing")
    with pytest.raises(Exception, match="the narrative is not used"):
        merge(failing, {"decisions": [text]}, transcript=str(transcript))


@pytest.mark.parametrize("number", ["31337", "2031", "4242", "5151", "6161", "7070", "8181", "8686", "9191",
                                    "9797", "2929"])  # fmt: skip
def test_what_tells_nothing_is_no_record(transcript: Path, number: str) -> None:
    """Ids, times, token counts, images, thoughts and progress let no number in."""
    assert not kept(f"There are {number} of them.", transcript)


def test_a_folder_is_no_alternative(transcript: Path) -> None:
    """Two known words with a slash are a path where one of them is a folder."""
    text = transcript.read_text(encoding="utf-8")
    transcript.write_text(f"{text}\n{line('user', 'lib/one.py and helpers')}", encoding="utf-8")
    assert not kept("It is in lib/helpers.", transcript)


def test_a_narrative_does_not_prove_itself(transcript: Path) -> None:
    """Neither the file a session wrote for it, nor what is said in the same breath, is a record of it."""
    told = json.dumps({"summary": "It is in src/invented.py, 987 lines."})
    own = [
        call("Write", file_path="/tmp/spread-told.Ab3", content=told),
        result("ok", toolUseResult={"filePath": "/tmp/spread-told.Ab3", "content": told}),
        call("Write", file_path="/home/dev/notes/story.json", content=told),
        call("Bash", command=f"cat > story.json <<'E'\n{told}\nE"),
        call("Bash", command=f"spread share --narrative-file - <<'E'\n{told}\nE"),
    ]
    text = transcript.read_text(encoding="utf-8")
    transcript.write_text("\n".join([text, *own]), encoding="utf-8")
    for claim in ("It is in src/invented.py.", "It has 987 lines."):
        assert not kept(claim, transcript, "/home/dev/notes/story.json")
        assert kept(claim, transcript, "/home/dev/another.json")


def test_sub_agents_count(transcript: Path) -> None:
    """What a sub-agent saw is known, wherever its file stands."""
    folder = transcript.with_suffix("") / "subagents"
    folder.mkdir(parents=True)
    (folder / "agent-a1.jsonl").write_text(result("see web/other.ts, 876 lines"), encoding="utf-8")
    assert kept("It is web/other.ts with 876 lines.", transcript)


def test_what_does_not_hold_goes_alone(transcript: Path) -> None:
    """Of parts between semicolons one may go; a false pass takes the sentence; code is not cut."""
    made = document(state="failing")
    told = {
        "decisions": [
            "It takes 180 s; it is in src/invented.py; that is fine by the user.",
            "The tests passed to my surprise; they pass.",
            "Run `for i in 1 2 3; do x; done` in docs/format-2.md; then go on.",
        ]
    }
    merged, dropped = merge(made, told, transcript=str(transcript))
    assert merged.decisions[1:] == (
        f"{MARK}It takes 180 s; that is fine by the user.", MARK + told["decisions"][2],
    )  # fmt: skip
    assert len(dropped) == 2


def test_long_records_cost_little(tmp_path: Path) -> None:
    """Claims that are nowhere are looked for in megabytes within a second or two of the processor."""
    path = tmp_path / f"{SESSION}.jsonl"
    path.write_text("\n".join([*LINES, *[result("words and 12345 more " * 400)] * 500]), encoding="utf-8")
    assert path.stat().st_size > 4_000_000
    claims = [Claim("number", str(900_000_001 + at)) for at in range(60)] + [Claim("path", "web/none.ts")]
    started = time.process_time()
    assert found(str(path), [*claims, Claim("number", "12345")]) == {Claim("number", "12345")}
    assert time.process_time() - started < 3
    many = [Claim("word", "stdout"), *(Claim("number", str(10**6 + at)) for at in range(2 * MAX_CLAIMS))]
    assert found(str(path), many) <= {many[0]}
