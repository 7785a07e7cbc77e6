"""Vectors of distillations."""

from collections.abc import Iterator
from typing import Any

import tomli_w

from spread.distillation import Distillation
from spread.distillation_codec import clean
from spread.distillation_fields import Files, ProjectRef, Rename, Todo, Validation
from tests.vectors.make import Vector, long
from tests.vectors.make_envelopes import SESSION


def distillations() -> Iterator[Vector]:
    """Hand-offs, as they are stored and sent."""
    full = Distillation(
        id=f"{SESSION}.2", session_id=SESSION, revision=2, machine="desk", goal="Make it \"work\"\nfor all", last_request="Now",
        project=ProjectRef(id="example.org/us/it", dirty=True, elsewhere=("example.org/us/cart", "elsewhere")), constraints=("ask first",), completed=("a", "b"),
        files=Files(created=("a.py",), renamed=(Rename("b", "c"),)), todos=(Todo("t", "done"),),
        validation=Validation(command="pytest", outcome="failed", exit_code=-1), evidence={"goal": ("L1",)}, redactions={"token": 2},
    )  # fmt: skip
    data = full.to_data()

    def case(name: str, about: str, layer: str = "", markdown: Any = None, /, **changes: Any) -> Vector:
        fields = {key: value for key, value in {**data, **changes}.items() if value is not ...}
        text = f"+++\n{tomli_w.dumps(fields)}+++\n# x\n" if markdown is None else markdown
        gives = {"id": full.id, "session_id": SESSION, "revision": 2, "goal": clean(str(fields.get("goal")))}
        return Vector(
            name,
            about,
            "distillation",
            {"markdown": text},
            f"distillation {layer}" if layer else "",
            None if layer else gives,
        )

    smallest = {"id": "a.1", "session_id": "a", "revision": 1, "goal": "unknown"}
    yield case("full", "most fields")
    yield Vector(
        "smallest",
        "what is required",
        "distillation",
        {"markdown": '+++\nid = "a.1"\nsession_id = "a"\n+++\n'},
        gives=smallest,
    )
    yield case("later", "unknown names", later=1, project={"id": "x", "later": [1, {"a": 2}]})
    yield case("hidden", "characters that hide something are taken out", goal="a\u202e\U000e0041\x7f\u200bb")
    plain = full.to_markdown()
    dotted = '+++\nid = "a.1"\nsession_id = "a"\n' + "a.b.c.d.e.f.g.h.i.j" + " = 1\n+++\n"
    head = '+++\nid = "a.1"\nsession_id = "a"\n'
    inline = head + 'x = {b = "=", a.b.c.d.e.f.g.h.i.j = 1}\n+++\n'
    several = head + 'goal = """a"""\n+++\n'
    between = head + 'x = {a = """a"b""", a.b.c.d.e.f.g.h.i.j = 1, b = """a"b"""}\n+++\n'
    literal = head + "goal = '''\na'''\n+++\n"
    lists = head + "x = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0] # don't.a.b.c.d.e.f.g.h.i.j\n+++\n"
    nine = '+++\nid = "a.1"\nsession_id = "a"\na.b.c.d.e.f.g.h.i = 1\n+++\n'
    yield Vector("key-of-nine", "a key of nine parts", "distillation", {"markdown": nine}, gives=smallest)
    yield Vector(
        "many-dots", "ten dots that are in no key", "distillation", {"markdown": lists}, gives=smallest
    )
    for name, about, text in (
        ("empty", "nothing", ""), ("no-fence", "no first line", plain[4:]), ("one-fence", "no end", "+++\nid = 1\n"),
        ("blank-before", "a line before the first", "\n" + plain), ("windows", "other line ends", plain.replace("\n", "\r\n")),
        ("not-toml", "no TOML", "+++\nid: a\n+++\n"), ("twice", "a name twice", '+++\nid = "a"\nid = "a"\n+++\n'),
        ("deep", "nested too deeply", long("+++\nx = ", "[", 60_000, "\n+++\n")), ("key-of-ten", "a key of ten parts", dotted),
        ("key-inline", "a key of ten parts in an inline table", inline), ("key-between", "and between strings of several lines", between),
        ("several-lines", "a string of several lines", several), ("several-literal", "and a literal one", literal),
        ("large", "a byte more than 256 KiB", long("+++\n", "x", 262_145 - 9, "\n+++\n")),
    ):  # fmt: skip
        yield case(name, about, "container", text)
    fields: list[tuple[str, str, dict[str, Any]]] = [
        ("no-id", "no id", {"id": ...}), ("no-session", "no session", {"session_id": ...}), ("revision-text", "a text for a revision", {"revision": "2"}),
        ("revision-true", "true for a revision", {"revision": True}), ("revision-fraction", "a fraction", {"revision": 2.0}),
        ("revision-0", "revision 0", {"revision": 0, "id": f"{SESSION}.0"}), ("revision-large", "2^53", {"revision": 2**53}),
        ("other-id", "an id of another revision", {"id": f"{SESSION}.3"}), ("session-path", "a path for a session", {"session_id": "../a", "id": "../a.2"}),
        ("session-hidden", "a dot in front", {"session_id": ".a", "id": ".a.2"}), ("session-long", "65 characters", {"session_id": "a" * 65, "id": "a" * 65 + ".2"}),
        ("session-empty", "an empty session", {"session_id": "", "id": ".2"}), ("goal-number", "a number for a goal", {"goal": 1}),
        ("completed-text", "a text for a list", {"completed": "a"}), ("completed-numbers", "a list of numbers", {"completed": ["a", 1]}),
        ("project-text", "a text for a table", {"project": "x"}), ("dirty-text", "a text for a boolean", {"project": {"dirty": "no"}}),
        ("exit-code-large", "-2^53", {"validation": {"exit_code": -(2**53)}}), ("todo-text", "a text for a table", {"todos": ["a"]}),
        ("exit-code-true", "true for a number", {"validation": {"exit_code": True}}), ("redactions-true", "and for a count", {"redactions": {"a": True}}),
        ("todo-empty", "a todo without a text", {"todos": [{"status": "done"}]}), ("renamed-half", "half a renaming", {"files": {"renamed": [{"old": "a"}]}}),
        ("evidence-text", "a text for lines", {"evidence": {"goal": "L1"}}), ("redactions-text", "a text for a count", {"redactions": {"a": "1"}}),
    ]  # fmt: skip
    for name, about, changes in fields:
        yield case(name, about, "fields", **changes)
    yield case("other-schema", "another schema", "schema", schema="claude-spread/distillation/2")
    yield case("schema-first", "the schema comes before the id", "schema", schema="x", id="y")
