"""What the edits of a file came to, and what was taken back."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill_net import (
    MAX_LINES,
    MAX_NAMES,
    MAX_NETS,
    MAX_RAW,
    MAX_VALUES,
    Net,
    edited,
    settle,
    told,
    written,
)
from spread.distillation import body
from spread.transcript_events import Call
from tests.distill_lines import CWD, Lines


def _edit(line: int, old: str, new: str) -> Call:
    return Call(line, f"k{line}", "Edit", {"old_string": old, "new_string": new})


def _net(*changes: tuple[str, str]) -> Net:
    nets: dict[str, Net] = {}
    for at, (old, new) in enumerate(changes, 1):
        edited(nets, "/a", _edit(at, old, new), prose=False)
    return nets["/a"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ([("x := 1", "x := 1\nfunc (l quiet) Warn(s string) {}")], "+`Warn`"),
        ([("", "def load(path):"), ("def load(path):", "def read(path):")], "+`read`; came and went: `load`"),
        ([("class Old:\n  a = b", "  a = b")], "removed `Old`"),
        ([("limit = 100", "limit = 300"), ("limit = 300", "limit = 500")], "limit 100 → 500"),
        ([('label: "Rule"', 'label: "Own"'), ('label: "Link"', 'label: "Links"')], '+`label: "Links"`'),
        ([('title: "Wait"', 'title: "Please wait"')], 'title "Wait" → "Please wait"'),
        ([("", "const Timeout: 200 * time.Second,")], "Timeout = 200 * time.Second"),
        ([("run(a)", 'run(a, "--dry-run", env["APP_MODE"])')], "+`--dry-run`, `APP_MODE`"),
        ([("", 'test("keeps the order", () => {')], "+`keeps the order`"),
        ([("", "pub async fn serve() {}\nexport class Shop {}\nfun bake()")], "+`serve`, `Shop`, `bake`"),
        ([("import a", "import a\nimport b")], ""),
        ([("", "    name: str | None")], "+`name: str | None`"),
        ([("", "# only a comment\n}")], ""),
        ([("def load():\n    a()", "def load():\n    a()\n    start(later)")], "+`start(later)` in `load`"),
        ([("def load():\n    a()\n", "def load():\n    a()\nstart(later)\n")], "+`start(later)`"),
        ([('"!**/dist",\n"src/**"', '"!**/dist"\n"src/**"')], ""),
        ([('"!**/dist/**"', '"!**/dist/**",\n"src/**"')], '+`"src/**"`'),
    ],
)
def test_the_net_effect(changes: list[tuple[str, str]], text: str) -> None:
    """Whatever came and went in between is told as that at most."""
    assert told(_net(*changes)) == text


def test_whether_anything_is_left() -> None:
    """Other pieces may undo what others did; a line that is only moved, or indented, is a change."""
    start, debug, more = "a()\nb()\nc()", "a()\ndebug()\nb()\nc()", "a()\ndebug()\nb()\nmore()\nc()"
    assert _net((start, debug), (debug, more), (more, start)).is_nothing
    assert _net(("a()\nb()", "a()\nmark()\nb()"), ("a()\nmark()\nb()\nc()", "a()\nb()\nc()")).is_nothing
    assert not _net((start, debug)).is_nothing
    assert not _net(("a()\nb()\nc()", "a()\nc()"), ("d()\ne()", "d()\nb()\ne()")).is_nothing
    assert not _net(("a()\nb()", "a()\n  b()"), ("c()\nd()", "c()\n  d()")).is_nothing


def test_a_file_that_something_else_wrote_too() -> None:
    """Nothing is said of what a command may have changed, nor that all is as it was."""
    nets: dict[str, Net] = {}
    edited(nets, "/a", _edit(1, "x()", "x()\ndef one():\ndef two():"), prose=False)
    written(nets, "/a", "sed -i s/one/three/ /a")
    edited(nets, "/a", _edit(3, "x()\ndef one():\ndef two():", "x()"), prose=False)
    assert not nets["/a"].is_nothing
    edited(nets, "/b", Call(4, "k", "Write", {"content": "def one():\ndef two():"}), prose=False)
    assert told(nets["/b"]) == "+`one`, `two`"
    edited(nets, "/b", Call(5, "k", "Write", {"content": "def three():"}), prose=False)
    assert told(nets["/b"]) == "+`three`"


def test_it_stays_small() -> None:
    """However many files and changes there are."""
    nets: dict[str, Net] = {}
    text = "\n".join(f"def f{at}():\nv{at}x = 7{at}\n--flag-{at}a\nrun it number {at}" for at in range(500))
    for at in range(MAX_NETS + 9):
        edited(nets, f"/{at}", _edit(at + 1, "", text), prose=False)
    assert len(nets) == MAX_NETS
    net = nets[f"/{MAX_NETS + 8}"]
    settle(net)
    assert not net.raw
    assert (len(net.names), len(net.words)) == (MAX_NAMES, MAX_NAMES)
    assert (len(net.values), len(net.lines)) == (MAX_VALUES, MAX_LINES)
    for at in range(30):
        edited(nets, "/much", _edit(at, text, f"{text}\n{at}"), prose=False)
        assert sum(len(old) + len(new) for _, _, old, new in nets["/much"].raw) <= MAX_RAW


@pytest.mark.parametrize("early", [True, False])
def test_what_is_put_by_comes_to_the_same(early: bool) -> None:
    """Whether each edit is looked at when it is made, or all of them at the end."""
    net = Net()
    nets = {"/a": net}
    changes = [("", "def one():"), ("def one():", "def two():\nsize = 30"), ("size = 30", "size = 40")]
    for at, (old, new) in enumerate(changes):
        edited(nets, "/a", _edit(at + 1, old, new), prose=False)
        if early:
            assert not net.is_nothing
            settle(net)
    assert not net.is_nothing
    assert told(net) == "+`two`; came and went: `one`; size = 40"
    assert (net.edits, net.raw) == (3, [])


def test_the_page_tells_it(tmp_path: Path) -> None:
    """By as much of the path as is needed; what was taken back stands with what failed, and what git took back too."""
    lines = Lines()
    lines.user("make the loader quiet, please")
    for folder, new in (("app", "def load(path, quiet):"), ("web", "def fetch(url, quiet):")):
        lines.tool(
            "Edit",
            {"file_path": f"{CWD}/src/{folder}/io.py", "old_string": "x = y", "new_string": f"x = y\n{new}"},
        )
    lines.tool(
        "Edit", {"file_path": f"{CWD}/hub.py", "old_string": "a = b", "new_string": "a = b\ndef trace():"}
    )
    lines.say("The trace did not help, as nothing passes there.")
    lines.tool(
        "Edit", {"file_path": f"{CWD}/hub.py", "old_string": "a = b\ndef trace():", "new_string": "a = b"}
    )
    lines.tool(
        "Edit", {"file_path": f"{CWD}/pool.py", "old_string": "c = d", "new_string": "c = d\ndef share():"}
    )
    lines.tool("Bash", {"command": "git checkout -- pool.py"})
    lines.say("The loader is quiet now.")
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    assert "## Edits, net\n- web/io.py: +`fetch` (L4)\n- app/io.py: +`load` (L2)\n" in page
    taken = [line for line in page.splitlines() if line.startswith("- all edits taken back: ")]
    assert len(taken) == 1
    assert "hub.py (`trace`), pool.py (`share`); the agent before that: The trace did not help" in taken[0]
