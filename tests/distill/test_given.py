"""What a function of the shell, and a loop over lines that stand there, give their commands."""

from pathlib import Path

import pytest

from tests.distill.test_taught import files

MAKE = 'mk() {\ncat > "src/$1/i.ts" <<E\n{\n}\nE\n}\n'


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('add() { echo "# $1" > "docs/$1.md"; }\nadd one\nadd two', "+docs/one.md +docs/two.md"),
        (MAKE + "mk one\nmk two", "+src/one/i.ts +src/two/i.ts"),
        (MAKE + "for n in a b; do mk $n; done", "+src/a/i.ts +src/b/i.ts"),
        ('mk() {\n  local d=$1\n  touch "$d/x.py"\n}\nmk lib', "+lib/x.py"),
        ('mk() { [ -f "$1" ] || touch "$2"; }\nmk a.py b.py', ""),
        ('gen() { for e in js ts; do echo x > "src/$1.$e"; done; }\ngen a; ls', "+src/a.js +src/a.ts"),
        ('mk() { touch "${1}.py"; touch "$1.md"; }\nmk a', "+a.md +a.py"),
        ('mk() { touch "$1.md"\nmk a', ""),
        (MAKE + "echo mk one", ""),
        ('mk() {\n  if [ ! -f "$1" ]; then\n    echo new > "$1"\n  fi\n}\nmk a.py', ""),
        ("mk() { touch $1.py $3.py; }\nmk a b", "+a.py"),
    ],
)
def test_functions_of_the_shell(tmp_path: Path, line: str, wanted: str) -> None:
    """Each call does what stands in the function, with what it is given."""
    assert files(tmp_path, line) == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("while IFS= read -r f; do\n  sed -i 1d \"$f\"\ndone <<'E'\na.py\nb.py\nE\nls", "~a.py ~b.py"),
        ("while read -r n port; do echo $port > c/$n.conf; done <<E\nweb 80\ndb 1\nE", "+c/db.conf +c/web.conf"),
        ("while IFS=: read n v; do echo $v > $n.txt; done <<E\na:1\nE", "+a.txt"),
        ("while read f; do grep -q x $f && sed -i 1d $f; done <<E\na.py\nE", ""),
        ("while read f; do wc -l $f; done <<E\na.py\nE\ntouch b.py", "+b.py"),
        ("while read f; do sed -i 1d $f; done <<E\n$X.py\nE", ""),
        ("while read f; do sed -i 1d $f; done < list.txt", ""),
    ],
)  # fmt: skip
def test_loops_over_lines_that_stand_there(tmp_path: Path, line: str, wanted: str) -> None:
    """Its commands are done for each of them, unless it asks first."""
    assert files(tmp_path, line) == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (
            "cd no && echo x > x.txt; echo y > y.txt => bash: line 1: cd: no: No such file or directory",
            "+y.txt",
        ),
        ("cd no; rm y.txt => zsh: cd: no such file or directory: no", "-y.txt"),
        ("cd no && echo y > y.txt => cd: other: No such file or directory", "+no/y.txt"),
    ],
)
def test_where_nobody_went(tmp_path: Path, line: str, wanted: str) -> None:
    """What was to be done there was not, and the rest where the line began."""
    assert files(tmp_path, line) == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('F="a.py b.py"; for f in $F; do sed -i 1d $f; done', "~a.py ~b.py"),
        ('F="a.py b.py"; sed -i 1d $F', "~a.py ~b.py"),
        ('F="a b.py"; sed -i 1d "$F"', "~a b.py"),
    ],
)
def test_a_bare_variable_stands_for_several_words(tmp_path: Path, line: str, wanted: str) -> None:
    """In quotes it is one."""
    assert files(tmp_path, line) == wanted
