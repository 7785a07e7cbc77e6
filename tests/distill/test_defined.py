"""What functions of a script write: with the path that a call gives them."""

from pathlib import Path

import pytest

from spread.distill.defined import known_names
from tests.distill.lines import Lines
from tests.distill.test_operands import told
from tests.distill.test_taught import files

SUB = """\
def sub(path, old, new):
 s = open(path).read()
 assert old in s
 open(path, 'w').write(s.replace(old, new))
"""
REP = """\
def rep(f: str, a, n=1) -> None:
    p = Path(f)
    t = p.read_text()
    if t.count(a) != n:
        raise SystemExit(f'{f}: no')
    p.write_text(t)
"""
ROOT = """\
root = Path('src')
def put(name, text):
    (root / name).parent.mkdir()
    p = root / name
    p.write_text(text)
"""
TELLS = """\
def sub(path, old):
 s = open(path).read()
 if old not in s:
  print('MISS', path)
  return
 open(path, 'w').write(s)
 print(f'done {path}')
"""
SHOW = """\
def show(path):
 print(open(path).read())
def keep(path):
 open('a.py', 'r')
"""
NODE = """\
function sub(file, a) {
  const s = fs.readFileSync(file, 'utf8');
  if (!s.includes(a)) throw new Error(file);
  fs.writeFileSync(file, s);
}
"""
ARROW = """\
const put = (file, text) =>{
  fs.writeFileSync(file, text);
};
"""


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        (SUB + "sub('a.py', 'x', 'y')\nsub(\n 'b/c.py',\n 'x', 'y')", "~a.py ~b/c.py"),
        (SUB + "sub(path='a.py', old='x', new='y')", "~a.py"),
        (SUB + "sub(name, 'x', 'y')\nprint(\"sub('a.py')\")\n# sub('a.py', 1, 2)", ""),
        (SUB + "if x:\n  sub('a.py', 'x', 'y')", ""),
        (REP + 'rep("a.py", 2)', "~a.py"),
        (REP.replace("raise SystemExit(f'{f}: no')", "t = a") + 'rep("a.py", 2)', ""),
        (ROOT + "put('a.py', 'x')", "+src/a.py"),
        (ROOT.replace("root = ", "root = top / ") + "put('a.py', 'x')", ""),
        (SUB + "x = '''\nsub('a.py', 'x', 'y')\n'''", ""),
        (SUB.replace(" assert", " for x in old:\n  if x in s:\n   exit(1)\n assert") + "sub('a.py', 'x')", "~a.py"),
        (SUB.replace(" open(path, 'w')", " for x in old:\n  open(path, 'w')") + "sub('a.py', 'x')", ""),
        (SHOW + "show('a.py')\nkeep('b.py')\nopen('n.py', 'w')", "+n.py"),
    ],
)  # fmt: skip
def test_functions_that_are_given_a_path(tmp_path: Path, script: str, wanted: str) -> None:
    """What a function writes that it leaves with an error alone is written by each call at the top that names it."""
    assert files(tmp_path, f"python3 - <<'E'\n{script}\nE") == wanted


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        (NODE + "sub('a.ts', 'x');\nsub('b.ts', 'x');", "~a.ts ~b.ts"),
        ("['a.ts', 'b.ts'].forEach(f =>fs.writeFileSync(f, fs.readFileSync(f)))", "~a.ts ~b.ts"),
        ("const l = ['a.ts'];\nl.forEach((f) =>{ fs.writeFileSync(f, fs.readFileSync(f)) })", "~a.ts"),
        (ARROW + "put('a.ts', 'x');", "+a.ts"),
        (NODE.replace("throw new Error(file)", "return") + "sub('a.ts', 'x');", ""),
    ],
)  # fmt: skip
def test_functions_of_node(tmp_path: Path, script: str, wanted: str) -> None:
    """In JavaScript, too."""
    assert files(tmp_path, f"node - <<'E'\n{script}\nE") == wanted


def test_what_a_function_says_of_each_call(tmp_path: Path) -> None:
    """What it printed where it left a file, or wrote it, tells; of the others nobody knows."""
    line = f"python3 - <<'E'\n{TELLS}sub('a.py', 'x')\nsub('b.py', 'x')\nsub('c.py', 'x')\nE"
    assert files(tmp_path, f"{line} => done a.py\nMISS b.py") == "~a.py"


def test_what_a_function_says_of_what_it_left(tmp_path: Path) -> None:
    """What it prints elsewhere than right behind its writing does not say that it wrote."""
    body = "def sub(path):\n if s == n:\n  print('same', path)\n"
    body += " else:\n  open(path, 'w').write(n)\n  print('new', path)\n"
    line = f"python3 - <<'E'\n{body}sub('a.py')\nsub('b.py')\nE"
    assert files(tmp_path, f"{line} => same a.py\nnew b.py") == "+b.py"


def test_what_a_function_writes_beside_a_later_look_tells(tmp_path: Path) -> None:
    """It writes under another name first, and moves that to the one it was given."""
    body = "def put(path, s):\n tmp = path + '.tmp'\n open(tmp, 'w').write(s)\n os.replace(tmp, path)\n"
    line = f"python3 - <<'E'\n{body}put('a.py', 'x')\nE\ngit status --short"
    assert files(tmp_path, f"{line} =>  M a.py\n M c.py") == "~a.py"
    assert files(tmp_path, line) == ""


@pytest.mark.parametrize(
    ("after", "wanted"),
    [
        ("git diff --stat =>  a.py | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)", "~a.py"),
        ("git diff --name-only => b.py\nz.py", "~b.py"),
        ("git diff --name-status => M\tb.py", "~b.py"),
        ("ls; git diff --name-only => a.py\nb.py", ""),
        ("git diff --name-only main => a.py\nb.py", ""),
        ("git status --short =>  M a.py\n M z.py", "~a.py"),
    ],
)
def test_what_may_have_been_written_a_later_look_tells(tmp_path: Path, after: str, wanted: str) -> None:
    """Of a loop that leaves out some of its own accord, git lists those that it did not."""
    script = "for (const f of ['a.py', 'b.py']) {\n if (s !== t) { fs.writeFileSync(f, t); }\n}"
    assert files(tmp_path, f"node - <<'E'\n{script}\nE", after) == wanted


def test_what_a_script_that_broke_down_came_to(tmp_path: Path) -> None:
    """It wrote what a status behind it lists, not what one listed before."""
    line = f"python3 - <<'E'\n{SUB}sub('a.py', 1, 2)\nsub('b.py', 1, 2)\nE"
    broke = f"{line} => 1!Traceback (most recent call last):\nAssertionError"
    look = "git status --short =>  M a.py\n M c.py"
    assert told(tmp_path, broke, look) == "~a.py"
    assert told(tmp_path, look, broke, look) == ""
    assert told(tmp_path, broke.replace("Assertion", "Syntax"), look) == ""


def test_a_file_that_git_only_shows(tmp_path: Path) -> None:
    """A look at what a script wrote does not put it back."""
    line = "node -e \"fs.writeFileSync('a.json', fs.readFileSync('a.json'))\" && git {} a.json"
    assert files(tmp_path, line.format("diff --stat")) == "~a.json"
    assert files(tmp_path, line.format("checkout")) == ""


def test_a_question_that_fails_without_a_word(tmp_path: Path) -> None:
    """What stands before it worked, as it would have said so else."""
    assert told(tmp_path, "sed -i 1d a.py && grep -n x a.py => 1!") == "~a.py"
    assert told(tmp_path, "sed -i 1d a.py && make => 1!") == ""


@pytest.mark.parametrize(("output", "wanted"), [("not found", ""), ("done", "~a.py"), ("", "~a.py")])
def test_what_a_script_says_it_left(tmp_path: Path, output: str, wanted: str) -> None:
    """What stands for the other branch was printed: so what is in the first was not done."""
    script = "p = 'a.py'\nif 'x' in s:\n    open(p, 'w').write(s)\n    print('done')\nelse:\n    print('not found')"
    assert files(tmp_path, f"python3 - <<'E'\n{script}\nE => {output}") == wanted


def test_the_names_of_a_script_are_found_once() -> None:
    """All that asks about a script shares what is known of its names."""
    script = "base = 'src'\n" + "x = 1\n" * 400
    assert known_names(script) is known_names(script)
    assert known_names(script) == {"base": "src"}


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("p = Path('a.py')\np.open('w').write('')", "+a.py"),
        ("p = Path('a.py')\np.open('a').write('')", "~a.py"),
        ("Path('b.py').write_text('')", "+b.py"),
        ("with Path('b.py').open('w') as f: pass", "+b.py"),
        ("print(Path('b.py').open().read())", ""),
        ("(base / 'a.py').write_text('')", ""),
    ],
)
def test_paths_that_a_script_opens(tmp_path: Path, script: str, wanted: str) -> None:
    """One that stands there as a whole is known; which one is put together of parts nobody knows."""
    assert files(tmp_path, f"python3 - <<'E'\n{script}\nE") == wanted


@pytest.mark.parametrize(
    ("behind", "output", "wrote"),
    [
        ("pytest -q", "FAILED tests/test_a.py::test_one - KeyError: 1\n1 failed in 0.1s", True),
        (
            "pytest -q",
            'Traceback (most recent call last):\n  File "<stdin>", line 2\n1 failed in 0.1s',
            False,
        ),
        ("curl -f http://127.0.0.1:4/", "curl: (22) The requested URL returned error: 404", False),
    ],
)
def test_a_script_in_a_line_that_fails_behind_it_wrote_what_it_says(
    tmp_path: Path, behind: str, output: str, *, wrote: bool
) -> None:
    """Its check ran and failed, and nothing says that the script did."""
    lines = Lines()
    lines.user("please mend the lamp")
    lines.edit("/home/dev/app/oil.py")
    lines.bash(f"python - <<'X'\nopen('lamp.py','w').write('x')\nX\n{behind}", output, code=1)
    lines.say("It fails.")
    made = lines.distilled(tmp_path)
    assert ("lamp.py" in made.files.created) is wrote
