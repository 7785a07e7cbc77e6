"""Command lines to their effects on files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread.distill.shell import effects, may_change, split


def told(source: str, *, ok: bool = True) -> list[tuple[str, ...]]:
    return [
        (effect.kind, *(f"{here}/{path}" if here else path for path in (effect.path, effect.other) if path))
        for effect, here in effects(split(source), ok=ok)
    ]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("ls -la src", [["ls", "-la", "src"]]),
        ("a 'b c' \"d $e\" f\\ g", [["a", "b c", "d $e", "f g"]]),
        ("a && b || c; d | e & f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
        ("X=1 Y='2 3' sudo env Z=4 timeout 60 pytest -q", [["pytest", "-q"]]),
        ("if true; then make; fi", [["true"], ["make"]]),
        ("cat <<'EOF' > a\nrm x\nEOF\nls", [["cat"], ["ls"]]),
        ("cat <<EOF\nrm x", [["cat"]]),
        ("cat <<EOF\n  EOF\nrm x\nEOF\nls", [["cat"], ["ls"]]),
        ("cat <<-EOF\n\trm x\n\tEOF\nls", [["cat"], ["ls"]]),
        ("cat <<EOF\r\nrm x\r\nEOF\r\nls", [["cat"], ["ls"]]),
        ("echo hi # rm x\nls", [["echo", "hi"], ["ls"]]),
        ("a \\\n  b", [["a", "b"]]),
        ("echo $(rm x; ls)", [["echo", "$(rm x; ls)"]]),
        ("a>x b c", [["a", "b", "c"]]),
        ("a 2>&1 b3>x c", [["a", "b3", "c"]]),
        ("a \"b\"c d'e'f g", [["a", "bc", "def", "g"]]),
        ("> x a  b\t c\r\n d e", [["a", "b", "c"], ["d", "e"]]),
        ("", []),
    ],
)
def test_split_into_simple_commands(source: str, words: list[list[str]]) -> None:
    """Quotes, operators, prefixes, here-documents and comments are understood."""
    assert [item.words for item in split(source)] == words


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("echo x > a.txt", [("write", "a.txt")]),
        ("echo x >> a.txt 2>/dev/null", [("append", "a.txt")]),
        ("make 2> err.txt >&2", []),
        ("cat > src/a.py << 'EOF'\nprint('>> b.py')\nEOF", [("write", "src/a.py")]),
        ("cd src && echo x > a.py", [("write", "src/a.py")]),
        ("echo x | tee a b", [("write", "a"), ("write", "b")]),
        ("mv a b", [("rename", "a", "b")]),
        ("cp -a a.sh{,.bak} && cp -a b c && cp -r d.x e.x", [("copy", "a.sh", "a.sh.bak")]),
        ("(cd d && rm a); (cd e && rm b); rm c", [("delete", "d/a"), ("delete", "e/b"), ("delete", "c")]),
        (
            "(cd d; (cd e; rm a); (cd f; rm b); rm c)",
            [("delete", f"d/{name}") for name in ("e/a", "f/b", "c")],
        ),
        ("cd -; rm a; cd /s && cd /t && cd - && rm b", [("delete", "/s/b")]),
        ("sort -u -o a a && sort b --output c", [("modify", "a"), ("write", "c")]),
        ("openssl rand -hex -out k.pem 16; truncate -s 0 a", [("write", "k.pem"), ("modify", "a")]),
        ('jq . a.json > "$t" && mv "$t" a.json', [("modify", "a.json")]),
        ('cp "$(ls -t | head -1)" b.sql; mv $a c; mv "$b" d/; cp $e f.$g', [("write", "b.sql")]),
        ("git mv a b", [("rename", "a", "b")]),
        ("git -C sub rm a /p/b", [("delete", "sub/a"), ("delete", "/p/b")]),
        ("git -C sub mv a b && git -C /q restore c", [("rename", "sub/a", "sub/b"), ("revert", "/q/c")]),
        ("git -C $D rm a", []),
        ("rm a[bc].py d[0-9].py && rm app/[id]/p.tsx", [("delete", "app/[id]/p.tsx")]),
        ("rm a b", [("delete", "a"), ("delete", "b")]),
        ("rm -rf dist", [("tree", "dist")]),
        ("cp a b", [("copy", "a", "b")]),
        ("cp -r a b", [("folder", "b")]),
        ("sed -i 's/a/b/' x.py y.py", [("modify", "x.py"), ("modify", "y.py")]),
        ("sed -i '' -e 's/a/b/' x.py", [("modify", "x.py")]),
        ("sed 's/a/b/' x.py", []),
        ("perl -pi -e 's/a/b/' x.py", [("modify", "x.py")]),
        ("touch a", [("touch", "a")]),
        ("mv a b d", [("rename", "a", "d/"), ("rename", "b", "d/")]),
        ("gsed -i s/a/b/ x.py", [("modify", "x.py")]),
        ("Set-Location C:/p; Remove-Item a.txt -Force", [("delete", "C:/p/a.txt")]),
        ("Remove-Item out -Recurse -ErrorAction SilentlyContinue", [("tree", "out")]),
        ("remove-item Env:/TOKEN -ErrorAction SilentlyContinue", []),
        ("Remove-Item -Path a,b", [("delete", "a"), ("delete", "b")]),
        ("Move-Item -LiteralPath 'a b.md' -Destination docs/c.md", [("rename", "a b.md", "docs/c.md")]),
        ("Rename-Item docs/a.md b.md", [("rename", "docs/a.md", "docs/b.md")]),
        ("Copy-Item a.md b.md -Force", [("copy", "a.md", "b.md")]),
        ("Copy-Item a b -Recurse", []),
        ("Get-Content a | Set-Content -Path b -Encoding utf8", [("write", "b")]),
        ("New-Item -Path src -Name b.cs -ItemType File", [("touch", "src/b.cs")]),
        ("Invoke-WebRequest https://example.org/a.zip -OutFile b.zip", [("write", "b.zip")]),
        ("[IO.File]::WriteAllText('a', $x)", []),
        ("Invoke-WebRequest -Uri https://example.org/a.zip", []),
        ("(Get-Content a.cs) -replace 'x', 'y' | Set-Content a.cs", [("modify", "a.cs")]),
        ("'x' | Out-File a.log -Append", [("append", "a.log")]),
        ("Add-Content a.log x", [("append", "a.log")]),
        ("New-ModuleManifest -Path src/A.psd1 -RootModule A.psm1", [("write", "src/A.psd1")]),
        ("Get-Process | Export-Csv p.csv -NoTypeInformation", [("write", "p.csv")]),
        ("New-Item a.py -ItemType File", [("touch", "a.py")]),
        ("New-Item d -ItemType Directory", []),
        ("Remove-Item $old", []),
        ("Get-Item a", []),
        ("curl -o out.json https://example.com", [("write", "out.json")]),
        ("git checkout -- a.py", [("revert", "a.py")]),
        ("git restore a.py", [("revert", "a.py")]),
        ("git restore --staged a.py", []),
        ("git checkout main", [("revert", "main")]),  # where that is a file that was changed
        ("grep -r 'x > y' .", []),
        ("rm *.tmp && mv $A b", [("delete", "*.tmp")]),
        ("echo x > /dev/null", []),
        ("if [ 1 -gt 2 ]; then rm a; fi", [("delete", "a")]),
        ("jq . a | sponge a", [("modify", "a")]),
        ("cat a; echo x | tee a", [("write", "a")]),
        ("(Get-Content a) -replace 'x','y' | Set-Content a", [("modify", "a")]),
        ("t=$(mktemp) && sed s/x/y/ a > $t && mv $t a", [("modify", "a")]),
        ("make > $t && mv $t a", []),
    ],
)
def test_effects_of_successful_lines(source: str, wanted: list[tuple[str, ...]]) -> None:
    """What a line does to files is told; what only the shell could know is not guessed."""
    assert told(source) == wanted
    assert may_change(source) or not wanted


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("cat > a.py << E\nx\nE\npython a.py", [("write", "a.py")]),
        ("make && echo x > a.py", []),
        ("rm a; false", [("delete", "a")]),
        ("set -euo pipefail; echo x > a; ls b; echo y > c", [("write", "a")]),
        ("set -x; echo x > a; ls b; echo y > c", [("write", "a"), ("write", "c")]),
        ("rm a && false", []),
    ],
)
def test_effects_of_failed_lines(source: str, wanted: list[tuple[str, ...]]) -> None:
    """Of a line that failed only that counts which no failure before it can have prevented."""
    assert told(source, ok=False) == wanted


@pytest.mark.parametrize(
    ("source", "output", "wanted"),
    [
        ("true || touch a", "", [("maybe", "a")]),
        ("make || { echo x > a; cp b c; }; rm d", "", [("maybe", "a"), ("maybe", "c"), ("delete", "d")]),
        ("[ -f a ] && echo x > b || echo y > c; ls", "", [("maybe", "b"), ("maybe", "c")]),
        ("[ -f a ] && echo x > b", "", [("write", "b")]),
        ("! make && touch a; ls", "", [("maybe", "a")]),
        ("! make && touch a", "", [("touch", "a")]),
        ("grep -q x a && touch b; command -v jq && touch c; ls", "", [("maybe", "b"), ("maybe", "c")]),
        ("make || true && touch a; ls", "", [("maybe", "a")]),
        ("case $1 in a) touch a;; *) echo x > b; esac; touch c", "", [("maybe", "a"), ("maybe", "b"), ("touch", "c")]),
        ("curl -s x -o a || echo none; touch b", "none", [("touch", "b")]),
        ("curl -s x -o a || echo none; touch b", "", [("write", "a"), ("touch", "b")]),
        ("f() { touch a; }; echo defined", "", [("maybe", "a")]),
        ("f() { touch a; }; f && f", "", [("touch", "a")]),
        ("grep -q x a && echo known || echo x >> a", "", [("append", "a")]),
        ("grep -q x a && echo known || echo x >> a", "known", [("maybe", "a")]),
        ("[ -f a ] || { cp b a; echo made; }", "made", [("copy", "b", "a")]),
        ("for x in a b; do touch c; done; if make; then touch d; fi", "", [("touch", "c"), ("touch", "d")]),
        ("env -C sub touch a", "", [("touch", "sub/a")]),
        ("env -C sub X=1 cp a b > c", "", [("write", "c"), ("copy", "sub/a", "sub/b")]),
        ("sudo --chdir=/srv touch a; env --chdir $D touch b; sudo -n touch c", "",
         [("touch", "/srv/a"), ("touch", "c")]),
    ],
)  # fmt: skip
def test_what_may_not_have_run(source: str, output: str, wanted: list[tuple[str, ...]]) -> None:
    """What only runs where another thing fails may not be written, unless what was printed tells that it was."""
    found = [
        (effect.kind, *(f"{here}/{path}" if here else path for path in (effect.path, effect.other) if path))
        for effect, here in effects(split(source), ok=True, output=output)
    ]
    assert found == wanted


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("mkdir -p a && touch a/b && false && touch c", [("folder", "a"), ("touch", "a/b")]),
        ("cd a && cp b c && ./run && rm d", [("copy", "a/b", "a/c")]),
        ("cp a b && ./run && cp c d; ls", [("copy", "a", "b")]),
        ("cp a b 2>/dev/null && ./run", []),
        ("./run && cp a b", []),
        ("cp a b && rm c", [("copy", "a", "b")]),
        ("cp a b || false", []),
    ],
)
def test_what_came_before_a_silent_failure(source: str, wanted: list[tuple[str, ...]]) -> None:
    """The programs that change files say so when they fail: where they said nothing, they did it."""
    found = [
        (effect.kind, *(f"{here}/{path}" if here else path for path in (effect.path, effect.other) if path))
        for effect, here in effects(split(source), ok=False, loud=True)
    ]
    assert found == wanted


def test_places_are_those_of_the_source() -> None:
    """Where a command stands in its line is told for runs of plain words as for quoted ones."""
    source = "  X=1 make -k  all >log 2>&1 ;cd 'a b'|| ( x y )"
    assert [source[item.start : item.end] for item in split(source)] == [
        "X=1 make -k  all >log",
        "cd 'a b'",
        "x y",
    ]


@given(st.text(st.sampled_from("ab '\"\\$(){}<>|&;\n#`-=EOF"), max_size=60))
def test_any_text_is_taken_apart(source: str) -> None:
    """No text, however broken its quoting, makes it fail or hang."""
    list(effects(split(source), ok=True))


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (
            "0; (Get-ChildItem D:/x -Recurse | Measure-Object Length -Sum).Sum / 1MB",
            ["Get-ChildItem", "Measure-Object"],
        ),
        ("$r.SelectNodes('//test-case[@result=\"Failed\"]') | Out-Null", ["$r.SelectNodes", "Out-Null"]),
        ("[IO.File]::Delete('pytest'); make", ["make"]),
        ("case $x in a) ./run.sh;; esac; (cd a && make).", ["./run.sh", "cd", "make"]),
    ],
)
def test_what_a_method_is_given_is_no_command(source: str, names: list[str]) -> None:
    """PowerShell has expressions where other shells have commands alone."""
    known = [item.words[0] for item in split(source)]
    assert [name for name in known if name in names] == names
    assert not any(name in ("pytest", ".Sum") or "test-case" in name for name in known)
