"""What an edit stands in, by the text that was there before it."""

import pytest

from spread.distill.enclosing import UNKNOWN, forget, outer_of
from spread.distill.net import Net, edited
from spread.distill.net_tell import told
from spread.transcript_events import Call

GO = """package pier

func (p *Pier) Close(
	at time.Time,
) error {
	if p.open {
		p.lamp.Dim()
	}
	return nil
}

func Count() int {
	return total
}
"""
PY = """class Harbour:
    '''Ships come and go.'''

    def berth(
        self, ship: str
    ) -> int:
        # one that is free
        for at in self.free:
            return at
        return -1


LIMIT = 5
"""
TS = (
    "export class Shop {\n  prices = new Map();\n\n  async fetchAll(\n    @Query() of: string\n  ) {\n"
    "    return this.prices;\n  }\n}\n"
)
TSX = "export const Berth: React.FC<Props> = ({\n  ship,\n}) => {\n  const free = pier.free;\n  return free;\n};\n"
YAML = "jobs:\n  lamps:\n    steps:\n      - run: dim\n  piers:\n    steps:\n      - run: clean\n"
MD = "# Harbour\n\nOf ships.\n\n```sh\n# no heading\n```\n\n## Use\n\nRun it.\n"


def _call(original: object, line: int = 1, **given: object) -> Call:
    return Call(line, "k", "Edit", dict(given), extra={"originalFile": original})


@pytest.mark.parametrize(
    ("path", "text", "old", "name"),
    [
        ("/a.go", GO, "\t\tp.lamp.Dim()", "Close"),
        ("/a.go", GO, "p.lamp.Dim()", "Close"),
        ("/a.go", GO, "\treturn total", "Count"),
        ("/a.go", GO, "func Count() int {", ""),
        ("/a.py", PY, "            return at", "berth"),
        ("/a.py", PY, "        self, ship: str", "berth"),
        ("/a.py", PY, "    def berth(", "Harbour"),
        ("/a.py", PY, "LIMIT = 5", ""),
        ("/a.ts", TS, "prices = new Map();", "Shop"),
        ("/a.tsx", TSX, "  const free = pier.free;", "Berth"),
        ("/a.yml", YAML, "run: clean", "steps"),
        ("/a.yml", YAML, "  piers:\n    steps:", "jobs"),
        ("/a.json", '{\n  "files": {\n    "ignore": ["a"]\n  }\n}\n', '"ignore": ["a"]', "files"),
    ],
)
def test_what_an_edit_stands_in(path: str, text: str, old: str, name: str) -> None:
    """The innermost block around it that has a name: a function, a type, an entry."""
    assert outer_of(_call(text), old, path, prose=False).name == name


def test_the_section_of_a_text() -> None:
    """The last heading above, and none that is only part of code."""
    assert outer_of(_call(MD), "Run it.", "/a.md", prose=True).name == "Use"
    assert outer_of(_call(MD), "# no heading", "/a.md", prose=True).name == "Harbour"


@pytest.mark.parametrize(
    "call", [_call(None), _call(""), _call("a = b"), _call(GO * 2), _call(GO, replace_all=True)]
)
def test_where_it_is_not_known(call: Call) -> None:
    """What was not there, or is there twice, may stand anywhere."""
    assert outer_of(call, "\treturn total", "/a.go", prose=False) == UNKNOWN


def _told(path: str, *edits: tuple[str, str, str]) -> str:
    nets: dict[str, Net] = {}
    for at, (text, old, new) in enumerate(edits, 1):
        call = _call(text, at, old_string=old, new_string=new)
        edited(nets, path, call, prose=path.endswith(".md"))
    return told(nets[path])


def test_it_is_told_where_lines_came() -> None:
    """Of several edits that of the line first, then where else lines came that stand."""
    one = (GO, "\t\tp.lamp.Dim()", "\t\tp.lamp.Dim()\n\t\tp.bell.Ring()")
    two = (GO, "\treturn total", "\treturn total + p.hidden")
    assert _told("/a.go", one) == "+`p.bell.Ring()` in `Close`"
    assert _told("/a.go", one, two) == "+`return total + p.hidden` in `Count`; lines in `Close`"
    back = (GO, "\t\tp.lamp.Dim()\n\t\tp.bell.Ring()", "\t\tp.lamp.Dim()")
    assert _told("/a.go", one, two, back) == "+`return total + p.hidden` in `Count` (1 of 3 edits)"
    assert (
        _told("/a.md", (MD, "Run it.", "Run it.\n\nIt runs at night, too."))
        == "+`It runs at night, too.` in `Use`"
    )


def test_where_lines_came_beside_what_is_named() -> None:
    """A new function, or a value, does not say what else was changed."""
    value = (GO, "\treturn total", "\tlimit := 40\n\treturn min(total, limit)")
    assert _told("/a.go", value) == "limit = 40; lines in `Count`"
    new = (GO, "func Count() int {", "func Hide() int {\n\treturn 7\n}\n\nfunc Count() int {")
    assert _told("/a.go", new, (GO, "\t\tp.lamp.Dim()", "\t\tp.bell.Ring()")) == "+`Hide`; lines in `Close`"


def test_a_line_behind_what_it_stood_in_is_not_in_it() -> None:
    """An edit may go on behind the end of a function, and what is called otherwise now is told so no more."""
    new = "\treturn total\n}\n\nvar tide = sea.Level()"
    assert _told("/a.go", (GO, "\treturn total\n}", new)) == "+`var tide = sea.Level()`"
    one = (GO, "\treturn total", "\treturn total + p.hidden")
    renamed = (GO, "func Count() int {", "func Sum() int {")
    assert "in `Count`" not in _told("/a.go", one, renamed)
    lines = {"a": "x", "b": "y"}
    forget(lines, {"x": -1, "y": 1})
    assert lines == {"a": "", "b": "y"}
