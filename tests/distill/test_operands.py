"""What habits of the shell did to files: no path that is not there, none that an error says was not touched."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.operands import value_of
from spread.distill.shell import effects, split
from tests.distill.lines import CWD, Lines

A = " =>  M lib/a.c"
COMMIT = "[main 1234567] x\n 1 file changed, 1 insertion(+), 1 deletion(-)"
STAT = " src/b.py | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)"
OTHER = "[main 2345678] y\n 1 file changed, 1 insertion(+), 1 deletion(-)"
REVERT = '[main 3456789] Revert "x"\n 1 file changed, 1 insertion(+), 1 deletion(-)'


def told(folder: Path, *steps: str) -> str:
    """Return the changed files after steps: `read x`, `write x`, `edit x`, or a command, `=> ` and what it printed."""
    lines = Lines()
    lines.user("Change the app as I said.")
    for step in steps:
        verb, _, rest = step.partition(" ")
        if verb == "read":
            lines.tool("Read", {"file_path": f"{CWD}/{rest}"}, "1\tx")
        elif verb in ("write", "edit"):
            (lines.write if verb == "write" else lines.edit)(f"{CWD}/{rest}")
        else:
            command, _, output = step.partition(" => ")
            code, _, left = output.partition("!")
            failed = code.isdigit() and "!" in output
            lines.bash(command, left if failed else output, code=int(code) if failed else 0)
    files = distill(lines.save(folder), machine="box").files
    kinds = (("+", files.created), ("~", files.modified), ("-", files.deleted))
    moved = [f"{item.old}>{item.new}" for item in files.renamed]
    return " ".join(sorted([f"{sign}{path}" for sign, paths in kinds for path in paths] + moved))


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        ("mkdir -p lib && mv a.py lib", "a.py>lib/a.py"),
        ("mv a.py lib", "a.py>lib/a.py"),
        ("cp run.sh bin/run", "+bin/run"),
        ("cp ../other/a.py .", "+a.py"),
        ("mv -t lib a.py b.py", "a.py>lib/a.py b.py>lib/b.py"),
        ("mv x.{js,ts}", "x.js>x.ts"),
        ("git mv a.py b.py lib/", "a.py>lib/a.py b.py>lib/b.py"),
        ("cp a.py{,.bak}", "+a.py.bak"),
        ("(cd web && echo a > a.txt) && echo b > c.txt", "+c.txt +web/a.txt"),
        ("pushd web && touch x.ts && popd && touch y.ts", "+web/x.ts +y.ts"),
        ("cd web && touch x.ts; cd - && touch y.ts", "+web/x.ts +y.ts"),
        ('cd "$DIR" && touch x.ts', ""),
        ('cd "$(git rev-parse --show-toplevel)" && touch x.ts', "+x.ts"),
        ("[[ a > b ]] && echo yes", ""),
        ("(( count > 5 )) && echo yes", ""),
        ("ln -s ../a.cfg b.cfg", "+b.cfg"),
        ("install -m 755 run.sh /usr/local/bin/run", "+/usr/local/bin/run"),
        ("dd if=/dev/zero of=disk.img bs=1M count=1", "+disk.img"),
        ("curl -fsSLo z.sh https://example.org/z.sh", "+z.sh"),
        ("scp -q -P 22 box:/usr/bin/save.sh files/save.sh", "+files/save.sh"),
        ("scp me@box:/var/a.py box:/var/b.py .", "+a.py +b.py"),
        ("scp box:/usr/bin/save files/save", ""),
        ("scp -r box:/etc/site.d site.d", ""),
        ("scp a.sh box:/usr/bin/a.sh", ""),
        ("scp me@b:/usr/bin/a.sh bin/a.sh", "+bin/a.sh"),
        ("cp a.json web/{core,ui}/", "+web/ui/a.json"),
        ("docker cp web:/srv/dump.json ./dump.json", "+dump.json"),
        ("docker compose cp web:/srv/dump.json .", "+dump.json"),
        ("docker cp dump.json web:/srv/dump.json", ""),
        ("curl -sSO https://example.org/a/b.json", "+b.json"),
        ("curl -sO https://example.org/a/b.json?x=1", ""),
        ("curl -O https://example.org/a --output-dir d", ""),
        ("curl -s https://example.org/a/b.json", ""),
        ("wget -q https://example.org/b.csv", "+b.csv"),
        ("wget -q https://example.org/b.csv -O c.csv", "+c.csv"),
        ("wget -qO- https://example.org/b.sh | bash", ""),
        ("wget -O - https://example.org/b.sh | bash", ""),
        ("wget --output-document=- https://example.org/b.sh", ""),
        ("curl -o a.sh https://example.org/c.sh -o b.sh https://example.org/b.sh", "+a.sh +b.sh"),
        ("cat > a.ps1 <<'E'\n[IO.File]::WriteAllText('b.txt', 'x')\nE", "+a.ps1"),
        ("wget https://example.org/b.sh || true => ERROR 404: Not Found.", ""),
        ("curl -o c.sh https://example.org/b.sh; echo x > d => curl: (6) Could not resolve host", "+d"),
        ("docker cp web:/srv/data .", ""),
        ("cat > a.rb <<'E'\nFile.write('b.rb', 'x')\nE\nruby -c a.rb", "+a.rb"),
        ("cat > a.py <<'E'\nopen('b.txt', 'w')\nE\npython -m py_compile a.py", "+a.py"),
        ("cat > a.py <<'E'\nopen('b.txt', 'w')\nE\npython c.py", "+a.py"),
        ("python3 <<'E'\n# open('c.txt', 'w')\nopen('b.txt', 'w')\nE", "+b.txt"),
        ("wget -P data https://example.org/b.csv", ""),
        ("wget --spider https://example.org/b.csv", ""),
        ("tar -czf out/a.tgz src", "+out/a.tgz"),
        ("tar czf - src | ssh box 'cat > a.tgz'", ""),
        ("tar -xzf a.tgz && tar tf b.tar", ""),
        ("zip -qr a.zip src", "+a.zip"),
        ("pandoc a.md -o a.html", "+a.html"),
        ("git mv -n a.py b.py; git rm --dry-run c.py => rm 'c.py'", ""),
        ("git rm -rn src => rm 'src/c.py'", ""),
        ("git apply -v a.diff => Checking patch a.py...\nApplied patch a.py cleanly.", "~a.py"),
        ("git apply -v -R a.diff => Checking patch a.py...\nApplied patch a.py cleanly.", "~a.py"),
        ("ruby -e \"File.write('a.rb', 'x')\"", "+a.rb"),
        ("perl -i.bak -pe s/a/b/ x.pl", "+x.pl.bak ~x.pl"),
        ("sed -i.bak s/a/b/ a.py && rm a.py.bak", "~a.py"),
        ("sort a.txt > b.txt && mv b.txt a.txt", "~a.txt"),
        ("patch -p1 < fix.patch => patching file a.py\npatching file src/b.py", "~a.py ~src/b.py"),
        (
            "cat > f.diff <<'E'\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\nE\ngit apply f.diff && rm f.diff",
            "~x.py",
        ),
        ("git apply <<'E'\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\nE", "~x.py"),
        ("git apply --check <<'E'\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\nE", ""),
        ("git restore --source=HEAD~2 a.py", "~a.py"),
        ("git checkout HEAD~3 -- a.py", "~a.py"),
        ("python3 <<'E'\nwith open('c.json') as f: d = f\nwith open('c.json', 'w') as f: f\nE", "~c.json"),
    ],
)
def test_path_is_where_the_shell_put_it(tmp_path: Path, step: str, wanted: str) -> None:
    """Folders as targets, brackets and braces are followed; where a line goes blindly, nothing is told."""
    assert told(tmp_path, step) == wanted


@pytest.mark.parametrize(
    "step",
    [
        "rm a.txt; ls => rm: cannot remove 'a.txt': No such file or directory\nb",
        "mv a.py b.py; ls => mv: rename a.py to b.py: No such file or directory\nb",
        "cp a.py b.py; ls => cp: cannot stat 'a.py': No such file or directory",
        "sed -i s/a/b/ a.py; ls => sed: can't read a.py: No such file or directory",
        "echo x > no/a.py; ls => bash: no/a.py: No such file or directory",
        "cat b | sed s/a/b/ >  \\\\\n a.py; ls => /bin/bash: line 1: : No such file or directory",
        "echo x > no/a.py; ls => (eval):1: no such file or directory: no/a.py",
    ],
)
def test_what_an_error_speaks_of_was_not_done(tmp_path: Path, step: str) -> None:
    """A line may work though one of its commands did not."""
    assert told(tmp_path, step) == ""


def test_error_on_one_file_leaves_the_others(tmp_path: Path) -> None:
    """A name that is part of another one is not meant by it."""
    step = "rm a.txt ba.txt; ls => rm: cannot remove 'ba.txt': No such file or directory"
    assert told(tmp_path, step) == "-a.txt"
    assert told(tmp_path, step.replace("; ls => ", " => 1!")) == "-a.txt"
    assert told(tmp_path, step.replace("; ls => ", " && touch b => 1!")) == "-a.txt"
    assert told(tmp_path, step.replace("; ls => ", " => 1!Denied\n")) == ""
    assert told(tmp_path, "rm a.txt b.txt => 1!rm: b.txt: No such file or directory") == "-a.txt"


def test_a_pattern_changes_the_files_that_are_known(tmp_path: Path) -> None:
    """What it stands for is what was read, made or changed; of others nobody knows."""
    assert told(tmp_path, "read src/a.ts", "read src/b/c.ts", "sed -i s/a/b/ src/*.ts") == "~src/a.ts"
    assert told(tmp_path, "read a.md", "mv *.md docs/") == "a.md>docs/a.md"
    assert told(tmp_path, "sed -i s/a/b/ src/*.ts") == ""


def test_a_commit_says_which_files_a_folder_held(tmp_path: Path) -> None:
    """They stand for the folder that was deleted."""
    listed = " delete mode 100644 old/a.c\n delete mode 100644 old/b.c"
    commit = f"git commit -am x => [main 1234567] x\n 2 files changed, 9 deletions(-)\n{listed}"
    assert told(tmp_path, "git rm -r --quiet old", commit) == "-old/a.c -old/b.c"
    assert told(tmp_path, "rm -r old", "rm -r other", commit) == "-old/a.c -old/b.c -other"


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        ("sed -i s/a/b/ x.py && npm test => 1!  1 failing", "~x.py"),
        ("sed -i s/a/b/ x.py && npm test => 1!sed: can't read x.py: No such file or directory", ""),
        ("sed -i s/a/b/ x.py && npm test => 1!", ""),
        ("rm x.py; npm test => 1!  1 failing", "-x.py"),
        ("npm test && rm x.py => 1!  1 failing", ""),
    ],
)
def test_what_came_before_a_failed_check_was_done(tmp_path: Path, step: str, wanted: str) -> None:
    """A check that says what went wrong did run, and so did all before it."""
    assert told(tmp_path, step) == wanted


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        (("edit a.py", "cp a.py a.py.bak", "mv a.py.bak a.py"), "~a.py"),
        (("read a.json", "jq .x a.json > t.json && mv t.json a.json"), "~a.json"),
        (("read dir/a.py", "rm -rf dir"), "-dir"),
        (("mkdir dir", "read dir/a.py", "rm -rf dir"), ""),
        (("rm -rf dist",), ""),
        (("write gen_a.py", "write gen_b.py", "rm gen_*.py"), ""),
        (("write a.js", "mv *.js src/"), "+src/a.js"),
        (("write n.py", "git clean -fd => Removing n.py"), ""),
        (("edit a.py", "git reset --hard => HEAD is now at abc1234 x"), ""),
        (("edit a.py", "git reset --hard abc1234 => HEAD is now at abc1234 x"), "~a.py"),
        (("edit a.py", "write n.py", "git stash => Saved working directory", "git stash drop"), "+n.py"),
        (("edit a.py", "write n.py", "git stash -u => Saved working directory", "git stash drop -q"), ""),
        (("edit a.py", "git stash push -m x => Saved", "edit a.py", "git stash clear"), "~a.py"),
        (("edit a.py", "git stash push b.py => Saved", "git stash drop"), "~a.py"),
        (("edit a.py", "git stash => Saved", "git stash drop stash@{1}"), "~a.py"),
        (("edit a.py", "git stash => Saved", "git stash pop", "git stash drop"), "~a.py"),
        (
            ("edit a.py", "git stash => Saved", "git stash pop => 1!CONFLICT (content)", "git stash drop"),
            "~a.py",
        ),
        (("git rm -r old => rm 'old/a.py'\nrm 'old/b/c.py'",), "-old/a.py -old/b/c.py"),
        (("git rm a.py => rm 'a.py'",), "-a.py"),
        (("write a.py", "git rm -rf . => rm 'a.py'\nrm 'b.py'"), "-b.py"),
        (
            (
                "git rm -r --cached out => rm 'out/a'",
                f"git commit -m x => {COMMIT}\n delete mode 100644 out/a\n delete mode 100644 b",
            ),
            "-b",
        ),
        (("git rm --cached .env => rm '.env'", f"git commit -m x => {COMMIT}\n delete mode 100644 .env"), ""),
        (("edit a.py", f"git commit -am x => {COMMIT}", f"git revert HEAD => {REVERT}"), ""),
        (
            ("edit a.py", f"git commit -am x => {COMMIT}", "edit a.py", f"git revert HEAD => {REVERT}"),
            "~a.py",
        ),
        (
            (
                "edit a.py",
                f"git commit -am y => {OTHER}",
                "edit a.py",
                f"git commit -am x => {COMMIT}",
                f"git revert HEAD => {REVERT}",
            ),
            "~a.py",
        ),
        (
            (
                "rm a.py",
                f"git commit -am x => {COMMIT}\n delete mode 100644 a.py",
                f"git revert HEAD => {REVERT}\n create mode 100644 a.py",
            ),
            "",
        ),
        ((f"git diff --stat => {STAT}", "git add src", f"git commit -m x => {COMMIT}"), "~src/b.py"),
        ((f"git diff --stat v1 => {STAT}", "git add src", f"git commit -m x => {COMMIT}"), ""),
        ((f"git diff --stat => .../{STAT[1:]}", "git add .", f"git commit -m x => {COMMIT}"), ""),
        (("read lib/z.py", "cp a.py lib"), "+lib/a.py"),
        (("edit a.py", "git checkout ."), ""),
        (("edit a.py", "git show HEAD:./a.py > a.py"), ""),
        (("git show v1:src/a.py > src/a.py",), "~src/a.py"),
        (("git show HEAD:a.py > b.py",), "+b.py"),
        (("edit a.py", "git checkout HEAD ."), ""),
        (("cat > a.log <<'E'\nnoted\nE",), "+a.log"),
        (("cat > /tmp/a.log <<'E'\nnoted\nE", "make > b.log", "node <<'E' > c.log\nrun()\nE"), ""),
        (("rm a.py 2>/dev/null || true",), ""),
        (("rm a.py 2>/dev/null",), "-a.py"),
        (("edit a.py", "rm a.py 2>/dev/null; ls"), "-a.py"),
        (("[ -f a.py ] && rm a.py; ls",), ""),
        (("[ -f a.py ] && rm a.py",), "-a.py"),
        (("if test -f a.py; then mv a.py b.py; fi",), ""),
        (("edit a.py", "if test -f a.py; then mv a.py b.py; fi"), "a.py>b.py ~b.py"),
        (("case $1 in x) rm a.py;; esac",), ""),
        (("stop() { rm a.py; }; trap stop EXIT; ls",), ""),
        (("rm out/a.json", "node make.mjs => Exported 3 themes to /home/dev/app/out/a.json"), "~out/a.json"),
        (("rm out/a.json; node make.mjs => wrote out/a.json",), "~out/a.json"),
        (("rm out/a.json", "node make.mjs => wrote out/b/a.json"), "-out/a.json"),
        (("rm out/a.json", "ls => no a.json"), "-out/a.json"),
    ],
)
def test_later_commands_undo_earlier_changes(tmp_path: Path, steps: tuple[str, ...], wanted: str) -> None:
    """What was put back, or taken away by a pattern, is no change any more."""
    assert told(tmp_path, *steps) == wanted


def test_where_a_command_stands_is_counted_with_what_only_goes_elsewhere(tmp_path: Path) -> None:
    """A file written and moved onto another is that one changed, in whatever folder."""
    plain, there = "jq . a.json > b && mv b a.json", "cd d && jq . a.json > b && mv b a.json"
    assert "renamed" not in told(tmp_path, plain)
    assert "renamed" not in told(tmp_path, there)


def test_a_log_that_speaks_of_a_deleted_file_does_not_bring_it_back(tmp_path: Path) -> None:
    """Only a command that may have made it again does."""
    lines = Lines()
    lines.user("remove it")
    lines.tool("Read", {"file_path": f"{CWD}/main.py"}, "x = 1")
    lines.bash("rm main.py")
    lines.bash("git log --oneline", "aaaaaaa main.py was created by the scaffold")
    lines.bash("npm run gen", "warning: main.py not generated")
    lines.say("It is gone.")
    assert distill(lines.save(tmp_path), machine="box").files.deleted == ("main.py",)


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        (("sed -i s/a/b/ src/*.ts", "git status --short =>  M src/a.ts\n M src/b/c.ts\n M d.ts"), "~src/a.ts"),
        (("sed -i s/a/b/ s/*.c && git diff --stat =>  s/a.c | 2 +-\n 1 file changed, 1 insertion(+)",), "~s/a.c"),
        (("for f in s/*.c; do sed -i s/a/b/ $f; done", "git status -s =>  M s/a.c\n?? s/b.c"), "~s/a.c"),
        (("grep -rl old lib | xargs sed -i s/old/new/", "git status -s =>  M lib/d/a.c\n M b.c"), "~lib/d/a.c"),
        (("find . -name '*.c' -exec sed -i s/a/b/ {} +", "git status -s =>  M lib/a.c"), "~lib/a.c"),
        (("cd lib && rg -l old | xargs perl -pi -e s/a/b/", "git status -s =>  M lib/a.c\n M b.c"), "~lib/a.c"),
        ((f"git status -s{A}", "rg -l old lib | xargs sed -i s/a/b/", f"git status -s{A}\n M lib/b.c"), ""),
        ((f"git status -s{A}", "sed -i s/a/b/ lib/*.c", f"git status -s{A}\n M lib/b.c"), "~lib/a.c ~lib/b.c"),
        (("git status -s =>  M lib/a.c && sed -i s/a/b/ lib/*.c",), ""),
        (("grep -rl old lib | xargs sed -n 1p", "git status -s =>  M lib/a.c"), ""),
        (("grep -r old lib | xargs sed -i s/a/b/", "git status -s =>  M lib/a.c"), ""),
        (("sed -i s/a/b/ lib/*.c => 1!", "git status -s =>  M lib/a.c"), ""),
    ],
)  # fmt: skip
def test_a_status_tells_which_files_a_pattern_or_a_list_was(
    tmp_path: Path, steps: tuple[str, ...], wanted: str
) -> None:
    """What it lists there after the edit was edited, but in a folder that others' changes were in before."""
    assert told(tmp_path, *steps) == wanted


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("x -t one two", "one"),
        ("x --title=one two", "one"),
        ("x --title", ""),
        ("x one", ""),
        ("x -b --title one", "one"),
    ],
)
def test_what_a_switch_is_given(line: str, value: str) -> None:
    """It stands in a word of its own, or behind `=`."""
    assert value_of(line.split(), ("-t", "--title")) == value


def test_a_git_mv_that_failed_moved_nothing() -> None:
    """Git moves all of its sources or none; another one of the same line is none of its business."""
    line = "git mv src/nodes/*.py src/graph/ 2>&1; git mv -f src/d.py src/e.py src/graph/"
    said = "fatal: not under version control, source=src/nodes/__init__.py, destination=src/graph/__init__.py"
    assert [effect.path for effect, _ in effects(split(line), ok=True, output=said)] == [
        "src/d.py",
        "src/e.py",
    ]
    line = "git mv a.py b.py lib; true"
    assert not [*effects(split(line), ok=True, output="fatal: destination 'lib' is not a directory")]
    assert not [*effects(split(line), ok=True, output="fatal: bad source, source=b.py, destination=lib/b.py")]
    assert (
        len([*effects(split(line), ok=True, output="fatal: bad source, source=c.py, destination=x/c.py")])
        == 2
    )
