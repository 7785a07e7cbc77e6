"""What the edits of a file came to, and what was taken back."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.net import (
    MAX_LINES,
    MAX_NAMES,
    MAX_NETS,
    MAX_RAW,
    MAX_VALUES,
    Net,
    edited,
    settle,
    written,
)
from spread.distill.net_lines import names_of, values_of
from spread.distill.net_tell import imports_told, told
from spread.distillation import body
from spread.transcript_events import Call
from tests.distill.lines import CWD, Lines


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
        (
            [
                (
                    "",
                    "/* What a page gives\n its items, var(--item-gap), is\n not for tabs. */\nul + li { margin: 0 }",
                )
            ],
            "+`ul + li { margin: 0 }`",
        ),
        ([("", "<!-- with\n  --all-of-it\n-->\n<b>it runs to the end</b>")], "+`<b>it runs to the end</b>`"),
        ([("", "const files = glob('/*')\nrun(files, '--all-of-it')")], "+`--all-of-it`"),
        ([("limit = 100", "limit = 300"), ("limit = 300", "limit = 500")], "limit 100 → 500"),
        (
            [
                ("path => $4, status", "path => $4 =~ s/x//r, status"),
                ("f(path => $4 =~ s/x//r, status)", "g($4)"),
            ],
            "",
        ),
        ([("pub const LIMIT: usize = 9;", "pub const LIMIT: usize = 21;")], "LIMIT 9 → 21"),
        ([("limit: int = 9", "limit: int = 21")], "limit 9 → 21"),
        ([("case ODD: limit = 9;", "case ODD: limit = 21;")], "limit 9 → 21"),
        ([("owner = Any()", 'owner = Own("17-a")'), ("17-a", "28-b")], 'owner Any() → Own("28-b")'),
        (
            [("with: {a: 18, b: x}", "with: {a: 20, b: y}"), ("a: 20", "a: 18")],
            "+`with: {a: 18, b: y}` (1 of 2 edits)",
        ),
        ([('label: "Rule"', 'label: "Own"'), ('label: "Link"', 'label: "Links"')], 'label "Link" → "Links"'),
        (
            [("it, err := hook.Parse(kind.Stop, os.Stdin)", "it, err := hook.Parse(kind.End, os.Stdin)")],
            "it, err …kind.Stop… → …kind.End…",
        ),
        ([('"try": "x run"', '"try": "x run --fast"')], 'try "x run" → "x run --fast"'),
        ([('title = "v1"', 'title = "v" + version()')], 'title "v1" → "v" + version()'),
        ([("life = 60", "life = 60 * 60 * 24")], "life 60 → 60 * 60 * 24"),
        ([("width: 20%", "width: 31%")], "width 20% → 31%"),
        (
            [("a = f(x)", 'a = day("2026-03-01T03:00:00Z", "north")')],
            '+`a = day("2026-03-01T03:00:00Z", "north")`',
        ),
        ([("URL=http://a:1", "URL=http://b:2")], "URL http://a:1 → http://b:2"),
        ([("URL=http://a:1", "URL=http://b:2"), ("URL=http://b:2", "URL=http://a:1")], ""),
        ([("x = y", "x = y\n</p>\nstart(later)\n</div>")], "+`start(later)`"),
        ([('title: "Wait"', 'title: "Please wait"')], 'title "Wait" → "Please wait"'),
        ([("", "const Timeout: 200 * time.Second,")], "Timeout = 200 * time.Second"),
        ([("run(a)", 'run(a, "--dry-run", env["APP_MODE"])')], "+`--dry-run`, `APP_MODE`"),
        ([("", 'test("keeps the order", () => {')], "+`keeps the order`"),
        ([("", "test('keeps l\\'ordre', () => {")], "+`keeps l\\'ordre`"),
        ([("", "pub async fn serve() {}\nexport class Shop {}\nfun bake()")], "+`serve`, `Shop`, `bake`"),
        ([("", "def __init__(self):\ndef start():\ndef dim_lamp():")], "+`dim_lamp`, `__init__`, `start`"),
        ([("import a", "import a\nimport b")], ""),
        ([("", "    name: str | None")], "+`name: str | None`"),
        ([("", "# only a comment\n}")], ""),
        ([("/out/", "/out/\n!piers/lamps/")], "+`!piers/lamps/`"),
        ([("", "*.tide.log")], "+`*.tide.log`"),
        ([("def load():\n    a()", "def load():\n    a()\n    start(later)")], "+`start(later)` in `load`"),
        ([("def load():\n    a()\n", "def load():\n    a()\nstart(later)\n")], "+`start(later)`"),
        ([('"!**/dist",\n"src/**"', '"!**/dist"\n"src/**"')], ""),
        ([('"lamps": "^5.0.0",\n"piers": "^1.2.0",', '"piers": "^1.2.0",')], "removed `lamps`"),
        ([("limit = 100", f"limit = {'lamps_of_the_pier' * 5}(harbours)")], ""),
        ([(".a {\n  width: 20ch;\n}", ".a {\n}"), (".b {\n}", ".b {\n  width: 100%;\n}")], "width = 100%"),
        ([("fleet::open(a)?", "fleet::open(a.b())?")], "+`fleet::open(a.b())?`"),
        ([('"!**/dist/**"', '"!**/dist/**",\n"src/**"')], '+`"src/**"`'),
    ],
)
def test_the_net_effect(changes: list[tuple[str, str]], text: str) -> None:
    """Whatever came and went in between is told as that at most."""
    assert told(_net(*changes)) == text


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("", "const open = useCallback((path: string) => {", {"open": 1}),
        ("", "export const List: React.FC<Props> = ({", {"List": 1}),
        ("", "const rows = async (a, b) => a + b;", {"rows": 1}),
        ("", "let done = function () {", {"done": 1}),
        ("", "const size = (a + b) * 2;", {}),
        ("", "const rows = items.map((it) => it.id);", {}),
        ("const open = (a) => {", "", {"open": -1}),
        ("const open = (a) => {", "const open = debounce((a) => {", {}),
        ("const open = debounce((a) => {", "const open = (a) => {", {}),
        ("const open = (a) => {", "const open = (a, b) => {", {}),
    ],
)
def test_a_function_that_a_name_is_bound_to(old: str, new: str, names: dict[str, int]) -> None:
    """It is told as one that is declared; bound otherwise, the name neither came nor went."""
    net = _net((old, new))
    settle(net)
    assert net.names == names


@pytest.mark.parametrize("mark", ["//", " *", "#", "{/*"])
def test_what_stands_only_in_a_comment_is_not_told_as_code(mark: str) -> None:
    """A line that is all comment names nothing; one with code in it is read whole."""
    assert told(_net(("", f"{mark} as LAMP_FILE of 'piers.toml' says, unless --dark"))) == ""
    assert told(_net(("", "open(LAMP_FILE)  # as --dark"))) == "+`LAMP_FILE`, `--dark`"


def test_a_name_whose_use_went_is_told_after_the_others() -> None:
    """What is used beside its definition comes first, as long as that use stands."""
    both = ("", "function isLamp(x) {\n  return x.lit\n}\nfunction check(x) {\n  if (!isLamp(x)) fail(x)\n}")
    assert told(_net(both)) == "+`isLamp`, `check`"
    assert told(_net(both, ("  if (!isLamp(x)) fail(x)", "  if (!x.lit) fail(x)"))) == "+`check`, `isLamp`"


def test_what_stands_twice_is_not_removed_with_one_of_them() -> None:
    """An edit that shows the name to stand still, be it the same one or a later, takes back that it was removed."""
    twice, once = "class Old:\n  a = b\nclass Old:\n  c = d", "class Old:\n  c = d"
    assert told(_net((twice, once))) == ""
    first = ("class Old:\n  a = b", "")
    assert told(_net(first)) == "removed `Old`"
    assert "removed" not in told(_net(first, (once, "class Old:\n  start(later)")))


def test_a_long_edit_is_not_read_to_its_end() -> None:
    """What stood at the end before and still does, far behind what came, was not taken out by that."""
    more = "\n".join(f"item_{number} = call(number)" for number in range(2_000))
    net = _net(("def first():\ndef last():", f"def first():\ndef middle():\n{more}\ndef last():"))
    assert told(net).startswith("+`middle`")
    assert "last" not in net.names


def test_whether_anything_is_left() -> None:
    """Other pieces may undo what others did; a line that is only moved, or indented, is a change."""
    start, debug, more = "a()\nb()\nc()", "a()\ndebug()\nb()\nc()", "a()\ndebug()\nb()\nmore()\nc()"
    assert _net((start, debug), (debug, more), (more, start)).is_nothing
    assert _net(("a()\nb()", "a()\nmark()\nb()"), ("a()\nmark()\nb()\nc()", "a()\nb()\nc()")).is_nothing
    assert not _net((start, debug)).is_nothing
    assert not _net(("a()\nb()\nc()", "a()\nc()"), ("d()\ne()", "d()\nb()\ne()")).is_nothing
    assert not _net(("a()\nb()", "a()\n  b()"), ("c()\nd()", "c()\n  d()")).is_nothing


def test_what_an_edit_replaced_may_be_unknown() -> None:
    """Cells of a notebook are told without what they were before: that nothing is left of them, nobody can say."""
    nets: dict[str, Net] = {}
    for line in (1, 2):
        given = {"notebook_path": "/a.ipynb", "cell_id": "c1", "new_source": f"x = {line}"}
        edited(nets, "/a.ipynb", Call(line, "k", "NotebookEdit", given), prose=False)
    assert not nets["/a.ipynb"].is_nothing


def test_a_file_that_something_else_wrote_too() -> None:
    """Nothing is said of what a command may have changed, nor that all is as it was."""
    nets: dict[str, Net] = {}
    edited(nets, "/a", _edit(1, "x()", "x()\ndef one():\ndef two():"), prose=False)
    written(nets, "/a", "sed -i s/one/three/ /a", anew=False)
    edited(nets, "/a", _edit(3, "x()\ndef one():\ndef two():", "x()"), prose=False)
    assert not nets["/a"].is_nothing
    edited(nets, "/b", Call(4, "k", "Write", {"content": "def one():\ndef two():"}), prose=False)
    assert told(nets["/b"]) == "+`one`, `two`"
    edited(nets, "/b", Call(5, "k", "Write", {"content": "def three():"}), prose=False)
    assert told(nets["/b"]) == "+`three`"


def test_imports_tell_where_nothing_else_changed() -> None:
    """A file whose import is gone may not even compile; what came back is no change."""
    net = _net(("import a\nimport b\nrun()", "import a\nrun()"), ("import a\n", "import c\n"))
    assert told(net) == ""
    assert imports_told(net) == "+`import c`; removed `import b`, `import a`"
    assert imports_told(_net(("import a\nrun()", "run()"), ("run()", "import a\nrun()"))) == ""


def test_why_a_test_expects_something_else() -> None:
    """The comment that came with it stands as long as it does."""
    nets: dict[str, Net] = {}
    before, after = 'want = "prompt"', '# The title is that of the commit now\nwant = "commit"'
    edited(nets, "/tests/test_a.py", _edit(1, before, after), prose=False)
    assert told(nets["/tests/test_a.py"]) == (
        '“The title is that of the commit now”; want "prompt" → "commit"'
    )
    edited(nets, "/tests/test_a.py", _edit(2, after, 'want = "commit"'), prose=False)
    assert told(nets["/tests/test_a.py"]) == 'want "prompt" → "commit"'


def test_what_is_done_with_a_name_says_more_than_that_it_is_there() -> None:
    """Files beside each other may all have the name, and each does something else with it."""
    declared = ("interface Props {\n}", "interface Props {\n  firstPath?: string;\n}")
    taken = ("({ open })", "({\n  open,\n  firstPath,\n})")
    assert told(_net(declared)) == "+`firstPath?: string;` in `Props`"
    assert told(_net(declared, taken)) == "+`firstPath?: string;` in `Props` (1 of 2 edits)"
    used = ("reset();", "reset();\nif (firstPath) {\n}")
    assert told(_net(declared, taken, used)) == "+`if (firstPath) {`; lines in `Props`"


def test_fields_that_came_are_all_named() -> None:
    """What each is of is told once; a single one stands as it is, and what is none is not among them."""
    one = ("type Lamp struct {\n}", 'type Lamp struct {\n\tHue string `json:"hue"`\n}')
    assert told(_net(one)) == "+`Hue string 'json:\"hue\"'` in `Lamp`"
    more = (one[0], 'type Lamp struct {\n\tHue string `json:"hue"`\n\tURL []string\n\tDim *Dimmer\n}')
    assert told(_net(more)) == "+`Hue`, `URL`, `Dim` in `Lamp`"
    props = ("interface Lamp {\n}", "interface Lamp {\n  hue: string;\n  dim?: number;\n}")
    assert told(_net(props)) == "+`hue`, `dim` in `Lamp`"


@pytest.mark.parametrize("early", [True, False])
def test_what_came_before_an_edit_that_nobody_can_read(early: bool) -> None:
    """It is known all the same, whenever it is looked at: an edit without its words says nothing of those before."""
    nets: dict[str, Net] = {}
    edited(nets, "/a.md", _edit(1, "# Use", "# Use\n## Run it"), prose=True)
    if early:
        settle(nets["/a.md"])
    edited(nets, "/a.md", Call(2, "k", "Edit", {"old_string": "# Use"}), prose=True)
    assert told(nets["/a.md"]).startswith("+`Run it`")


def test_what_came_into_a_text() -> None:
    """Its headings, else a line; not what stands in code, and nothing of a new one, which is told as it stands."""
    nets: dict[str, Net] = {}
    new = "# Use\n## Run `it`\n```sh\n# a comment\n```\nIt runs on all of them."
    edited(nets, "/a.md", _edit(1, "# Use", new), prose=True)
    assert told(nets["/a.md"]) == "+`Run 'it'`"
    edited(nets, "/a.md", _edit(2, "## Run `it`\n", ""), prose=True)
    assert told(nets["/a.md"]) == "+`It runs on all of them.` (1 of 2 edits)"
    edited(nets, "/b.md", Call(3, "k", "Write", {"content": new}), prose=True)
    edited(nets, "/b.md", _edit(4, "# Use", "# Use\n## More"), prose=True)
    assert told(nets["/b.md"]) == ""


def test_the_middle_of_a_paragraph_is_not_told() -> None:
    """Its first line says more; another one is told where nothing else is known."""
    nets: dict[str, Net] = {}
    edited(
        nets,
        "/a.md",
        _edit(1, "Old.", "Old.\n\nThe lamps of the hall burn\nonly as long as anyone is there."),
        prose=True,
    )
    assert told(nets["/a.md"]) == "+`The lamps of the hall burn`"
    edited(nets, "/b.md", _edit(1, "A note\nthat was.", "A note\nthat is on all of them."), prose=True)
    assert told(nets["/b.md"]) == "+`that is on all of them.`"


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
        assert sum(len(old) + len(new) for _, _, old, new, _ in nets["/much"].raw) <= MAX_RAW


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
    head = "## Edits, net\n"
    assert f"{head}- web/io.py: +`fetch` (L4); app/io.py: +`load` (L2)\n" in page
    taken = [line for line in page.splitlines() if line.startswith("- all edits taken back: ")]
    assert len(taken) == 1
    assert "hub.py (`trace`), pool.py (`share`); the agent before that: The trace did not help" in taken[0]


def test_a_file_written_anew_is_an_edit_of_what_was_there(tmp_path: Path) -> None:
    """What the client says has changed counts, and no more of it; without that nothing is known."""
    lines = Lines()
    lines.user("use the local server, please")
    hunk = {
        "lines": [
            "-# staging",
            "-SERVER_URL=https://staging.test",
            "+# here",
            "+SERVER_URL=http://localhost:3000",
        ]
    }
    for name, patch in (("a.env", [hunk]), ("b.env", [])):
        twin = {"type": "update", "structuredPatch": patch}
        content = "# here\nSERVER_URL=http://localhost:3000\n"
        lines.tool("Write", {"file_path": f"{CWD}/{name}", "content": content}, twin=twin)
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    assert "- a.env: SERVER_URL https://staging.test → http://localhost:3000 (L2)\n" in page
    assert "- b.env:" not in page


def test_what_was_spoken_of_is_told_first(tmp_path: Path) -> None:
    """Of the names that came, and of the lines; and what is set otherwise comes before what else was edited."""
    lines = Lines()
    lines.user("make it retry")
    names = "".join(f"\ndef step_{at}():" for at in range(9))
    lines.tool("Edit", {"file_path": f"{CWD}/a.py", "old_string": "x = y", "new_string": f"x = y{names}"})
    more = "x = y\n    retry_later(queue)\n    close(all, of, them)"
    lines.tool("Edit", {"file_path": f"{CWD}/b.py", "old_string": "x = y", "new_string": more})
    lines.tool("Edit", {"file_path": f"{CWD}/c.toml", "old_string": "tries = 1", "new_string": "tries = 3"})
    lines.say("It calls retry_later in b.py, after step_7.")
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    net = page.partition("## Edits, net\n")[2].partition("\n\n")[0]
    assert net.index("c.toml: tries 1 → 3") < net.index("b.py: +`retry_later(queue)`")
    assert "a.py: +`step_7`, `step_0`" in net


@pytest.mark.parametrize(
    ("name", "content", "about"),
    [
        (
            "a.py",
            '#!/usr/bin/env python3\n"""\nSort the post by town. Slowly.\n"""\nimport re\n',
            "“Sort the post by town.”",
        ),
        ("a.sh", "#!/bin/sh\n# Send the post to each town\nset -e\n", "“Send the post to each town”"),
        ("a.ts", "/**\n * Sends the post to towns\n */\nexport const a = 1;\n", "“Sends the post to towns”"),
        ("a.ts", "import b from 'b';\n// Sends the post to towns\nexport const a = 1;\n", ""),
        ("a.rs", "//! Sends the post to towns.\nuse std::fs;\n", "“Sends the post to towns.”"),
        ("a.go", "// Copyright 2026 by the post office\npackage post\n", ""),
        ("a_test.py", '"""Tests of sorting the post."""\ndef test_a(): pass\n', "+`test_a`"),
    ],
)
def test_what_a_new_file_says_of_itself(name: str, content: str, about: str) -> None:
    """The comment or docstring at its head tells what it is about."""
    nets: dict[str, Net] = {}
    edited(nets, name, Call(1, "k", "Write", {"content": content}), prose=False)
    assert told(nets[name]) == about


def test_what_a_file_says_of_itself_no_more(tmp_path: Path) -> None:
    """What an edit took out of its head is not told of it."""
    nets: dict[str, Net] = {}
    edited(nets, "a.sh", Call(1, "k", "Write", {"content": "# Send the post to each town\n"}), prose=False)
    edited(
        nets, "a.sh", _edit(2, "# Send the post to each town", "# Keep the post in this town"), prose=False
    )
    assert "Send" not in told(nets["a.sh"])


def test_alike_changes_are_told_once(tmp_path: Path) -> None:
    """Files that were changed in the same way stand on one line."""
    lines = Lines()
    lines.user("raise the version")
    for name in ("a", "b", "c"):
        given = {
            "file_path": f"{CWD}/{name}.json",
            "old_string": '"version": "1"',
            "new_string": '"version": "2"',
        }
        lines.tool("Edit", given)
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    assert '- c.json: version "1" → "2"; so in b.json, a.json (L6)\n' in page


def test_files_in_no_commit_come_first(tmp_path: Path) -> None:
    """Where these are few: what is in them nobody finds in a commit."""
    lines = Lines()
    lines.user("please mend the parser")
    for name, text in (("a.py", "def one_thing():\n"), ("b.py", "def other_thing():\n")):
        for old in ("x = 1", "y = 2") if name == "a.py" else ("x = 1",):
            given = {"file_path": f"/home/dev/app/{name}", "old_string": old, "new_string": f"{old}\n{text}"}
            lines.tool("Edit", given)
        if name == "a.py":
            lines.bash("git commit -am x", "[main aaaaaaa] x\n 1 file changed")
    lines.say("Both are mended.")
    told = [text for text in distill(lines.save(tmp_path), machine="box").completed if "_thing" in text]
    assert [text.partition(":")[0].split()[-1] for text in told] == ["b.py", "a.py"]


def test_what_is_laid_out_anew_did_not_come() -> None:
    """An edit that puts a table or a column back as it was leaves what an earlier one added as all that came."""
    nets: dict[str, Net] = {}
    added = "The bell rings at noon on most days."
    edited(nets, "/a.md", _edit(1, "Intro here.", f"Intro here.\n{added}"), prose=True)
    wide, narrow = "| Key  | What it does for you |", "| Key | What it does for you |"
    edited(nets, "/a.md", _edit(2, wide, narrow), prose=True)
    settle(nets["/a.md"])
    assert nets["/a.md"].lines == {added: ""}
    net = _net(("start(now)", "start(now)\nstop(later, all)"), ("stop(later, all)", "stop(later,  all)"))
    assert told(net) == "+`stop(later, all)` (1 of 2 edits)"


def test_a_part_of_a_line_is_taken_back_in_its_line() -> None:
    """Where a later edit gives only the part of a line that an earlier one changed, nothing is left of both."""
    assert _net(("start(now)", "start(later)"), ("later", "now")).is_nothing
    assert not _net(("start(now)", "start(later)"), ("later", "soon")).is_nothing


def test_a_part_that_is_changed_everywhere_is_no_line() -> None:
    """An edit of all places goes on as it is, and what came before is known as it stands after it."""
    nets: dict[str, Net] = {}
    edited(nets, "/a", _edit(1, "port = one", "port = two"), prose=False)
    everywhere = {"old_string": "two", "new_string": "six", "replace_all": True}
    edited(nets, "/a", Call(2, "k2", "Edit", everywhere), prose=False)
    edited(nets, "/a", _edit(3, "six", "ten"), prose=False)
    assert nets["/a"].came == ["port = ten"]


def test_the_newest_line_of_what_is_not_finished(tmp_path: Path) -> None:
    """Where no report speaks of it, it is told beside switches and values; once reported, these are enough."""
    lines = Lines()
    lines.user("add the switch")
    path = {"file_path": f"{CWD}/sail.py"}
    lines.tool("Edit", {**path, "old_string": "add(a)", "new_string": 'add(a)\nadd("--reef")'})
    lines.say("It is there.")
    lines.user("now steer by the wind")
    lines.tool("Edit", {**path, "old_string": "go()", "new_string": "boat = steered(boat, wind)\ngo()"})
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    assert "- sail.py: +`boat = steered(boat, wind)`; +`--reef`" in page
    lines.say("It steers.")
    assert "- sail.py: +`--reef`" in body(distill(lines.save(tmp_path), machine="box").to_markdown())


def test_a_variable_that_stood_there_before_did_not_come(tmp_path: Path) -> None:
    """One more line that names it is what is new."""
    lines = Lines()
    old = 'reef = run(LAMP_HOME, "reef")'
    lines.user("let it furl, too")
    given = {"file_path": f"{CWD}/sail.py", "old_string": old}
    lines.tool("Edit", {**given, "new_string": f'{old}\nfurl = run(LAMP_HOME, "furl")'})
    lines.say("It furls.")
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    assert """- sail.py: +`furl = run(LAMP_HOME, "furl")`""" in page


def test_what_was_changed_again_out_of_sight_says_so(tmp_path: Path) -> None:
    """A command that edits a file does not say what of an earlier edit it left."""
    for then, again in (("sed -i 9d lamps.py", True), ("cat lamps.py", False)):
        lines = Lines()
        given = {
            "file_path": f"{CWD}/lamps.py",
            "old_string": "two = 2",
            "new_string": "two = 2\ndef glow(lamps):\n    return lamps",
        }
        lines.tool("Edit", given)
        lines.bash(then)
        (told,) = lines.distilled(tmp_path).completed
        assert told.startswith("net edit of lamps.py: (changed again since) ") == again


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (("oil: 256", "oil: 512"), "oil 128 → 512"),  # what the first edit put in
        (("at_most:\n  oil: 256", "at_most:\n  oil: 1024"), "oil 256 → 1024"),
    ],
)
def test_one_name_of_two_things_is_no_chain(second: tuple[str, str], told: str, tmp_path: Path) -> None:
    """Where settings nest, the value that one edit ends on may be the one another thing of that name had before."""
    lines = Lines()
    for old, new in (("oil: 128", "oil: 256"), second):
        lines.tool("Edit", {"file_path": f"{CWD}/lamps.yaml", "old_string": old, "new_string": new})
    (net,) = lines.distilled(tmp_path).completed
    assert told in net


def _changed(lines: Lines, name: str, old: str, new: str) -> int:
    given = {"file_path": f"{CWD}/{name}", "old_string": old, "new_string": new}
    return lines.tool("Edit", given)


def test_an_edit_that_a_command_overwrote_is_not_told(tmp_path: Path) -> None:
    """What the edit put in stands there no more; other edits of the file do."""
    lines = Lines()
    lines.user("please paint the gate")
    _changed(lines, "gate.css", "color: white", "color: #b5451b")
    _changed(lines, "gate.css", "border: thin dotted", "border: thick dashed")
    lines.say("It is painted.")
    lines.user("too bright, please take #9c3a16")
    lines.bash("sed -i 's/#b5451b/#9c3a16/g' gate.css")
    lines.say("It is darker now.")
    whos = [said for said in lines.page(tmp_path).splitlines() if "edit of gate.css" in said]
    assert not any("#b5451b" in said for said in whos)
    assert any("thick dashed" in said for said in whos)


def test_a_name_of_a_written_file_that_an_edit_of_a_part_of_its_line_changes(tmp_path: Path) -> None:
    """It is the new name that stands, as the line is known from when the file was written."""
    lines = Lines()
    lines.user("write the lamp")
    path, content = f"{lines.cwd}/lamp.py", "class Lamp:\n    def light_all(self):\n        return 3\n"
    lines.tool("Write", {"file_path": path, "content": content}, twin={"type": "create", "filePath": path})
    edit = {
        "file_path": path,
        "old_string": "light_all(self):\n        return 3",
        "new_string": "light(self):\n        return 4",
    }
    lines.tool("Edit", edit)
    lines.say("Written.")
    told = next(text for text in lines.distilled(tmp_path).completed if "lamp.py" in text)
    assert "+`Lamp`, `light`; came and went: `light_all`" in told


def test_a_part_of_a_name_and_of_the_first_comment(tmp_path: Path) -> None:
    """Of a long file not all text is known any more; what was in it stands as the edit of a part has it."""
    lines = Lines()
    lines.user("write the lamps")
    path = f"{lines.cwd}/lamps.test.js"
    content = '// Lamps are lit by `or` and `and`.\n\ntest("lit from 50 on", () => {});\n' + "lamp();\n" * 300
    lines.tool("Write", {"file_path": path, "content": content}, twin={"type": "create", "filePath": path})
    for old, new in (("from 50", "from 49"), ("by `or`", "by `OR`")):
        lines.tool("Edit", {"file_path": path, "old_string": old, "new_string": new})
    lines.say("Written.")
    told = next(text for text in lines.distilled(tmp_path).completed if "lamps" in text)
    assert "`lit from 49 on`" in told
    assert "from 50" not in told
    path = f"{lines.cwd}/lamps.js"
    lines.tool("Write", {"file_path": path, "content": content}, twin={"type": "create", "filePath": path})
    lines.tool("Edit", {"file_path": path, "old_string": "by `or`", "new_string": "by `OR`"})
    told = next(text for text in lines.distilled(tmp_path).completed if "lamps.js" in text)
    assert "“Lamps are lit by `OR` and `and`.”" in told


def test_a_line_in_a_file_that_a_sub_agent_changed_since_is_not_told(tmp_path: Path) -> None:
    """Of its work there is no record but a report that names the file; what is defined there is told as before that."""
    for new, told_of in (
        ("    if town.dark:\n        light(3, town)", False),
        ("def light_all():\n    go()", True),
    ):
        lines = Lines()
        lines.user("mend the lamps")
        edit = {"file_path": f"{CWD}/lamps.py", "old_string": "    pass", "new_string": new}
        lines.tool("Edit", edit)
        given = {
            "description": "Write them anew",
            "prompt": "write the lamps anew",
            "subagent_type": "worker",
        }
        lines.tool(
            "Task", given, f"Done.\n\n## Files modified\n- `{CWD}/lamps.py`: written anew as one table"
        )
        lines.say("It is done.")
        told = [text for text in lines.distilled(tmp_path).completed if "net edit of lamps.py" in text]
        assert bool(told) is told_of


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rate, rounds = 0.01, 200", "rate, rounds = 0.001, 900", "rate, rounds 0.01, 200 → 0.001, 900"),
        ("rounds = 200", "rounds = 900", "rounds 200 → 900"),
        ("light(town, rounds=200)", "light(town, rounds=900)", "rounds 200 → 900"),
        ('LAMPS = "lamps://old:4100"', 'LAMPS = "lamps://lamps.example.com:4100"', "LAMPS"),
        (
            "value: lamps://old",
            "value: lamps://new.example.com:4100",
            "value lamps://old → lamps://new.example",
        ),
    ],
)
def test_what_is_set_goes_by_its_own_name(tmp_path: Path, old: str, new: str, told: str) -> None:
    """The first of several values is not that of the last name; neither scheme nor port of an address is set."""
    lines = Lines()
    lines.user("set the lamps otherwise")
    lines.tool("Edit", {"file_path": f"{CWD}/lamps.py", "old_string": old, "new_string": new})
    lines.say("They are set.")
    net = next(text for text in lines.distilled(tmp_path).completed if "net edit of lamps.py" in text)
    assert told in net
    assert not any(each in net for each in ("com = 4100", "lamps //", "; rounds"))


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("#inc() { this.#count += 1 }", "#inc"),
        ("static #make() { return new A() }", "#make"),
        ("get name(): string { return this.n; }", "name"),
        ("async *walk() { yield 1; }", "walk"),
        ("private go(x: number) {", "go"),
        ("public static void main(String[] args) { run(); }", "main"),
        ("private final List<String> names() {", "names"),
        ("public int Count() => 1;", "Count"),
        ("def self.build; new; end", "build"),
        ("function Get-Queue {", "Get-Queue"),
        ("sub parse {", "parse"),
        ("It 'keeps jobs with a lock' {", "keeps jobs with a lock"),
        ("def run(a)->int:", "run"),
        ("go() {", ""),  # a call with a block, in other languages
        ("async () => {", ""),
        ("#define MAX(a) {", ""),
        ("# go (later) {", ""),
        ("private val x by lazy {", ""),
        ("get('/a', (req) => {", ""),
    ],
)
def test_what_a_line_of_a_class_defines(line: str, name: str) -> None:
    """Its word before the name tells it from a call."""
    assert names_of([line]) == ([name] if name else [])


def test_what_a_function_returns_is_no_value_of_its_type() -> None:
    """As Kotlin and Scala write it."""
    assert values_of(["override fun size(): Int = 2", "limit: Int = 3"]) == {"limit": "3"}
    assert values_of(["/** Lamps in watts: 5 each. */", "* bells: 7", "# hours: 8", "lamps = 9"]) == {
        "lamps": "9"
    }
    assert values_of(["#define WAIT_S 600", "#define OPEN(x) 3", "#define LAMP_H"]) == {"WAIT_S": "600"}


def test_a_line_that_was_taken_out_and_put_back_did_not_come(tmp_path: Path) -> None:
    """It was there before the session; what came in its place in between is gone."""
    lines = Lines()
    lines.user("read the dates faster")
    path, slow = f"{CWD}/dates.py", "when = datetime.strptime(text, FORMAT)"
    for old, new in (
        (slow, "when = text[:10]"),
        ("when = text[:10]", "when = text[:7]"),
        ("    when = text[:7]\n", ""),
        ("    return when", f"    {slow}\n    limit = hours_of_a_day(when)\n    return when"),
    ):
        lines.tool("Edit", {"file_path": path, "old_string": old, "new_string": new})
    lines.say("It reads them as before, with a limit.")
    edits = lines.page(tmp_path).partition("## Edits, net")[2].partition("##")[0]
    assert "strptime" not in edits
    assert "hours_of_a_day" in edits
