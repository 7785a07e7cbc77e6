"""Variables and loops of a command line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread.distill.shell import effects, split
from spread.distill.variables import MOST, spelled
from tests.distill.lines import begun


def told(source: str) -> list[tuple[str, ...]]:
    return [
        (effect.kind, *(f"{here}/{path}" if here else path for path in (effect.path, effect.other) if path))
        for effect, here in effects(spelled(source, split(source)), ok=True)
    ]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("D=img; rm ${D}/a && echo x > $D/b", [("delete", "img/a"), ("write", "img/b")]),
        ("D='a b'\nrm \"$D/c\"", [("delete", "a b/c")]),
        ("export D=img\nE=$D/sub; touch $E/a", [("touch", "img/sub/a")]),
        ("eval 'touch a'; eval \"rm b\"", [("touch", "a"), ("delete", "b")]),
        (
            "powershell.exe -NoProfile -Command 'sc a.txt 1; ri d\\e.cs'",
            [("write", "a.txt"), ("delete", "d/e.cs")],
        ),
        ("bash -c 'cd d; rm a'; sh -c 'cd e; rm b'", [("delete", "d/a"), ("delete", "e/b")]),
        ("for f in a; do git mv $f.ts ${f}s.ts; done; rm $f", [("rename", "a.ts", "as.ts"), ("delete", "a")]),
        ("true || bash -c 'touch a'", [("maybe", "a")]),
        ("bash -nc 'rm a'", []),
        ("D=a; rm $D; D=b; rm $D", [("delete", "a"), ("delete", "b")]),
        ("D=web; cd $D && rm a", [("delete", "web/a")]),
        ("rm $HOME/p/a", [("delete", "~/p/a")]),
        ('for f in a b; do sed -i s/x/y/ "$f"; done', [("modify", "a"), ("modify", "b")]),
        ("for n in x y; do\n  echo 1 > d/$n.md\ndone", [("write", "d/x.md"), ("write", "d/y.md")]),
        ("for f in s/{a,b}; do rm $f; done; rm c", [("delete", "s/a"), ("delete", "s/b"), ("delete", "c")]),
        ("for f in *.x; do rm $f; sed -i s/a/b/ $f; done", [("delete", "*.x"), ("modify", "*.x")]),
        (
            "for f in a.jpeg b/c; do mv $f ${f%.jpeg}.jpg; done",
            [("rename", "a.jpeg", "a.jpg"), ("rename", "b/c", "b/c.jpg")],
        ),
        ("F=a/b.c; touch d/${F##*/} ${F%%.c}", [("touch", "d/b.c"), ("touch", "a/b")]),
        ("touch ${F%.c} ${F/a/b}", []),
        ("for i in {9..11}; do rm c$i; done", [("delete", "c9"), ("delete", "c10"), ("delete", "c11")]),
        ("touch {01..03} {1..900}", []),
        ("bash -c 'cd d && rm a'; rm b", [("delete", "d/a"), ("delete", "b")]),
        ('cd d; sh -lc "echo x > a" > b', [("write", "d/a"), ("write", "d/b")]),
        ("$p = 'd/a'; Remove-Item $p", [("delete", "d/a")]),
        ("$p = 'a'; $c = Get-Content $p -Raw; Set-Content $p $c", [("modify", "a")]),
        ("$p = 'a'; (Get-Content $p) -replace 'x','y' | Set-Content -Path $p", [("modify", "a")]),
        ("D=q; for f in a b; do mv $f $D/$f; done", [("rename", "a", "q/a"), ("rename", "b", "q/b")]),
    ],
)
def test_what_the_line_says_of_them_is_filled_in(source: str, wanted: list[tuple[str, ...]]) -> None:
    """A variable set to plain text, and a loop over plain words, name files as well as these would."""
    assert told(source) == wanted


@pytest.mark.parametrize(
    "source",
    [
        "rm $D/a",
        "$p = Get-Item a; Remove-Item $p",
        "$p = (Join-Path a b); Remove-Item $p",
        "$p = Join-Path a b | Resolve-Path; Remove-Item $p",
        "$p = 'a'; $p = $q + 'b'; Remove-Item $p",
        "docker exec web sh -c 'rm a'",
        "ssh host bash -c 'rm a'",
        "D=$(pwd); rm $D/a",
        "D=`pwd`; rm $D/a",
        "D=a rm $D",
        "D=a; D=$(b); rm $D",
        "D=a; D+=b; rm $D",
        "[ -n $X ] && { D=a; }; rm $D",
        "if test -d x; then D=a; fi; rm $D",
        "read D; rm $D",
        "D=a; unset D; rm x/$D",
        "D=a; printf -v D b; rm $D",
        "for f in a b; do :; done; rm $f",
        "D=a; read D; rm $D",
        "D=a; rm '$D'",
        "D=a; rm \\$D",
        "while read f; do rm $f; done < a",
        "for f in $(ls); do rm $f; done",
        "for f; do rm $f; done",
        "for f in a b; do [ -f $f ] && rm $f; done",
        "for f in a b; do if grep -q x $f; then rm $f; fi; done",
        "for d in a b; do cd $d; rm $d/x; done",
        "for d in a b; do (cd $d && rm x); done",
        "for f in a b; do for g in c d; do rm $f/$g; done; done",
        "for f in a b; do g=${f%.x}.y; mv $f $g; done",
        f"for f in {' '.join(map(str, range(MOST + 1)))}; do rm $f; done",
    ],
)
def test_what_only_the_shell_knows_is_left(source: str) -> None:
    """Where a value, or whether a command of a loop ran for each of them, cannot be told, no file is named."""
    assert told(source) == []


@given(st.text(st.sampled_from("ab =$D{}\"'();\nfor in do done"), max_size=60))
def test_any_line_is_spelled(source: str) -> None:
    """No line, however broken, makes it fail; what needs no variable stays as it is."""
    commands = split(source)
    assert len(spelled(source, commands)) >= len(commands)


def test_files_of_a_loop_are_listed(tmp_path: Path) -> None:
    """They are among what the session changed."""
    lines = begun()
    lines.bash("DOCS=docs/ref\nfor f in one two; do echo hi > $DOCS/$f.md; done")
    assert lines.distilled(tmp_path).files.created == ("docs/ref/one.md", "docs/ref/two.md")
