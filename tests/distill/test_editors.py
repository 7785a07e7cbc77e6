"""Files that line editors write, and those that patches, loops of scripts and lists of programs tell of."""

from pathlib import Path

import pytest

from tests.distill.test_operands import told

DIFF = "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n"
NEW = "diff --git a/y.py b/y.py\nnew file mode 100644\n--- /dev/null\n+++ b/y.py\n@@ -0,0 +1 @@\n+a\n"
TRIED = "patch -p1 -i a.diff => patching file x.py\nHunk #1 FAILED at 1.\n"
KEPT = " FAILED -- saving rejects to file x.py.rej"


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        ("ed -s a.md <<'E'\n/x/d\nw\nq\nE", "~a.md"),
        ("ed -s a.md <<'E'\n1p\nq\nE", ""),
        ("ed -s a.md <<'E'\n1d\nw\nq\nE => ?", ""),
        ("ed -s new.md <<'E'\na\nhi\n.\nw\nq\nE => new.md: No such file or directory", "+new.md"),
        ("printf '%s\\n' 1d w q | ed -s a.md", "~a.md"),
        ("printf '1d\\nwq\\n' | ed -s a.md", "~a.md"),
        ("ex -s a.py <<'E'\n%s/a/b/g\nwq\nE", "~a.py"),
        ("ex -sc '%s/a/b/g|x' a.py", "~a.py"),
        ("ex -s -c %p -c 'q!' a.py", ""),
        ("ex -sc x a.py => E486: Pattern not found: a", ""),
        ("vim -es -u NONE -c '%s/a/b/' -c wq a.py b.py", "~a.py"),
        ("vim -es -c 'argdo %s/a/b/e | update' -c q a.py b.py", "~a.py ~b.py"),
        ("nvim --headless +'%s/a/b/' +wq a.py", "~a.py"),
        ("vim a.py", ""),
        ("for f in a.py b.py; do ex -sc '1d|x' $f; done", "~a.py ~b.py"),
        ("awk -i inplace '{gsub(/a/, \"b\")}1' a.py b.py", "~a.py ~b.py"),
        ("gawk -v n=3 -i inplace 'NR!=n' m=1 a.md", "~a.md"),
        ("gawk -i inplace -f fix.awk a.md", "~a.md"),
        ("awk -i lib '{print}' a.md", ""),
        ("awk '{print}' a.md", ""),
    ],
)
def test_editors_write_where_their_script_says_so(tmp_path: Path, step: str, wanted: str) -> None:
    """The script tells it, on the line or behind it; one that could not do a thing says that."""
    assert told(tmp_path, step) == wanted


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ([f"git apply -R <<'E'\n{DIFF}E"], "~x.py"),
        ([f"git apply -R <<'E'\n{NEW}E"], "-y.py"),
        (["git apply -R -v a.diff => Applied patch x.py cleanly."], "~x.py"),
        ([f"{TRIED}1 out of 1 hunk{KEPT}"], "+x.py.rej"),
        ([f"{TRIED}1 out of 2 hunks{KEPT}"], "+x.py.rej ~x.py"),
        (["git revert -n HEAD && git status -s => M  x.py\nD  y.py\nA  z.py\n M mine.py"], "+z.py -y.py ~x.py"),
        (["git cherry-pick --no-commit side; git status --short => A  z.py"], "+z.py"),
        (["git apply --index a.diff && git status --short => M  x.py"], "~x.py"),
        (["git add q.py && git revert -n HEAD && git status -s => A  q.py"], ""),
        (["git revert HEAD && git status -s => M  x.py"], ""),
    ],
)  # fmt: skip
def test_patches_taken_back_or_not_committed(tmp_path: Path, steps: list[str], wanted: str) -> None:
    """The patch, or what git prints of it, names the files; what fits in no place leaves a file as it was."""
    assert told(tmp_path, *steps) == wanted


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        ("jq .a= c.json > t && mv t c.json; rm -f t => jq: error: syntax error", ""),
        ("jq .a c.json > t.json && mv t.json c.json; ls => jq: warning: x", "~c.json"),
        ("sed -n 1p x && touch a.py; sed -n 1p y => sed: can't read y", "+a.py"),
        ("if [ -f c.json ]; then cp c.json c.bak; else echo 1 > c.json; fi", ""),
        ("env -C docs sh -c 'echo a >> n.md'", "~docs/n.md"),
        ("cp -rv docs site => 'docs' -> 'site'\n'docs/a.md' -> 'site/a.md'", "+site/a.md"),
        ("rename -n 's/py/pyi/' *.py => a.py renamed as a.pyi", ""),
        ("ruff format a.py => 1 file reformatted", "~a.py"),
        ("ruff format a.py b.py => 1 file reformatted, 1 file left unchanged", ""),
        ("ruff format src => 1 file reformatted", ""),
        ("python3 - <<'E'\nfor p in ['a.py', 'b.py']:\n s = open(p).read()\n open(p, 'w').write(s)\nE", "~a.py ~b.py"),
        ("python3 - <<'E'\nfs = ('a.py',\n 'b.py')\nfor p in fs:\n open(p, 'w').write('')\nE", "~a.py ~b.py"),
        ("python3 - <<'E'\nfor p in ['a.py', 'b.py']:\n s = open(p).read()\n if s: open(p, 'w').write(s)\nE", ""),
        ("node -e \"for (const p of ['a.js', 'b.js']) fs.writeFileSync(p, '')\"", "~a.js ~b.js"),
        ("python3 - <<'E'\ns = Path('a.py').read_text()\nPath('b.py').write_text(s)\nE", "+b.py"),
        ("node -e \"fs.appendFileSync('a.md', 'x')\"", "~a.md"),
    ],
)  # fmt: skip
def test_what_a_line_did_is_read_off_it_and_its_output(tmp_path: Path, step: str, wanted: str) -> None:
    """Nothing hangs on what failed; a list that stands there is gone through; programs list what they did."""
    assert told(tmp_path, step) == wanted
