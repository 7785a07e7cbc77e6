"""Paths that scripts put together, and tables of them."""

from pathlib import Path

import pytest

from spread.distill.composed import MAX_ROWS, known_names, tables, written_out
from tests.distill.test_taught import files

BASE = "base = Path('src')\n"
EDITS = "es = [('a.py', 'x', 'y'), ['b.py', f'{z}', '']]\n"
FILES = "files = {\n 'a/x.py': '''if x:\n  'b.py': {''',\n 'a/y.md': \"# y\",  # {\n}\n"


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        (BASE + "(base / 'x' / 'a.py').write_text('')", "+src/x/a.py"),
        (BASE + "t = base / 'a.py'\nt.write_text('')", "+src/a.py"),
        (BASE + "with (base / 'a.py').open('w') as f: pass", "+src/a.py"),
        ("Path('src').joinpath('a.py')\nopen(os.path.join('src', 'a.py'), 'w').write('')", "+src/a.py"),
        ("d = 'src'\nopen(f'{d}/a.py', 'w').write('')", "+src/a.py"),
        ("p = Path('a.py')\np.open('w').write('')", "~a.py"),
        (BASE + "base = Path('lib')\n(base / 'a.py').write_text('')", ""),
        (BASE + "for base in x:\n (base / 'a.py').write_text('')", ""),
        ("def f(d):\n open(f'{d}/a.py', 'w')\nd = 'src'", ""),
        (BASE + "print((base / 'a.py').read_text())", ""),
        ("n = 3\nopen(f'{n}/{m}.py', 'w')\nprint(', '.join(['a', 'b']))", ""),
        (FILES + "for p, body in files.items():\n with open(p, 'w') as f: f.write(body)", "+a/x.py +a/y.md"),
        (FILES + "for p in files:\n Path(p).write_text(files[p])", "+a/x.py +a/y.md"),
        (f"{EDITS}for p, old, new in es:\n s = open(p).read()\n open(p, 'w').write(s)",
         "~a.py ~b.py"),
        (f"r = Path('src')\n{EDITS}for n, k, _ in es:\n p = r / n\n p.write_text(p.read_text() * k)",
         "~src/a.py ~src/b.py"),
        ("es = [('a.py', 1)]\nfor n, k in es:\n p = Path('d') / n\n p.write_text(k)", "+d/a.py"),
        (FILES + "for p, body in files.items():\n if body: open(p, 'w').write(body)", ""),
        ("es = [('a.py', 1), (b, 2)]\nfor p, k in es:\n open(p, 'w').write(k)", ""),
        ("es = [('a.py', 1)]\nes += more\nfor p, k in es:\n open(p, 'w').write(k)", ""),
        ("es = [('a.py', 1]\nfor p, k in es:\n open(p, 'w').write(k)", ""),
        ("es = {}\nes['a.py'] = 1\nfor p, k in es.items():\n open(p, 'w').write(k)", ""),
        ("es = ['a.py']\nes.append(x)\nfor p in es:\n if p: open(p, 'w').write(k)", ""),
        ("es = {'a.py': 1}\nfor p, k in es:\n open(p, 'w').write(k)", ""),
    ],
)  # fmt: skip
def test_paths_that_scripts_put_together(tmp_path: Path, script: str, wanted: str) -> None:
    """What is put together of plain texts is known; what is set twice, or by a loop, or leaves something out is not."""
    assert files(tmp_path, f"python3 - <<'E'\n{script}\nE") == wanted


@pytest.mark.parametrize(("output", "wanted"), [("not found", ""), ("done", "~a.py"), ("", "~a.py")])
def test_what_a_script_says_it_left(tmp_path: Path, output: str, wanted: str) -> None:
    """What stands for the other branch was printed: so what is in the first was not done."""
    script = "p = 'a.py'\nif 'x' in s:\n    open(p, 'w').write(s)\n    print('done')\nelse:\n    print('not found')"
    assert files(tmp_path, f"python3 - <<'E'\n{script}\nE => {output}") == wanted


def test_paths_that_node_joins(tmp_path: Path) -> None:
    """In JavaScript, too, parts are joined, and filled into a text."""
    script = (
        "const d = 'web';\nfs.writeFileSync(path.join(d, 'a.js'), '');\nfs.writeFileSync(`${d}/b.js`, '');"
    )
    assert files(tmp_path, f"node <<'E'\n{script}\nE") == "+web/a.js +web/b.js"


def test_what_is_too_much_is_left() -> None:
    """Long tables and nested ones are no list of files that somebody wants to read."""
    rows = ", ".join(f"('f{at}', 1)" for at in range(MAX_ROWS + 1))
    assert tables(f"es = [{rows}]\nfor p, k in es:\n  pass\n") == {}
    assert tables("es = " + "[" * 5_000 + "]" * 5_000 + "\nfor p, k in es:\n  pass\n") == {}
    assert tables("es = [('a', 1)\nfor p, k in es:\n  pass\n") == {}
    assert written_out("x = 1") == "x = 1"


def test_the_names_of_a_script_are_found_once() -> None:
    """All that asks about a script shares what is known of its names."""
    script = "base = 'src'\n" + "x = 1\n" * 400
    assert known_names(script) is known_names(script)
    assert known_names(script) == {"base": "src"}
