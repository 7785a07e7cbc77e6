"""One project, one key: wherever it was cloned and however its remote is spelled."""

import os
import secrets
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spread import project
from spread.project import Project, relative, resolve, root_of
from spread.project_remote import instead_of, normalise

GITHUB = "github.com/owner/repo"


@pytest.fixture(autouse=True)
def home(plain_git: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose git config is ours alone."""
    folder = plain_git
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(folder / ".gitconfig"))
    git(folder, "config", "--global", "user.name", "A Developer")
    git(folder, "config", "--global", "user.email", "dev@example.org")
    git(folder, "config", "--global", "init.defaultBranch", "main")
    git(folder, "config", "--global", "protocol.file.allow", "always")
    return folder


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def repository(folder: Path, *, remote: str = "", commits: int = 1) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet")
    if remote:
        git(folder, "remote", "add", "origin", remote)
    for number in range(commits):
        commit(folder, f"{folder.name}-{number}")
    return folder


def commit(folder: Path, message: str) -> None:
    git(folder, "commit", "--quiet", "--allow-empty", "-m", message)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://github.com/owner/repo", GITHUB),
        ("https://github.com/owner/repo.git", GITHUB),
        ("https://github.com/owner/repo.git/", GITHUB),
        ("https://GitHub.com/Owner/Repo", GITHUB),
        ("http://www.github.com/owner/repo", GITHUB),
        ("https://someone@github.com:443/owner/repo.git", GITHUB),
        ("git@github.com:owner/repo.git", GITHUB),
        ("git@github.com:/owner/repo", GITHUB),
        ("github.com:owner/repo", GITHUB),
        ("ssh://git@github.com/owner/repo.git", GITHUB),
        ("ssh://git@ssh.github.com:443/owner/repo.git", GITHUB),
        ("git+ssh://git@github.com/owner/repo.git", GITHUB),
        ("git://github.com/owner//repo.git", GITHUB),
        ("https://github.com./owner/repo?x=1#y", GITHUB),
        (" https://github.com/owner/repo\n", GITHUB),
        ("[git@github.com:22]:owner/repo", GITHUB),
        ("helper::https://github.com/owner/repo", GITHUB),
        ("https://git.example.org/Group/Sub/Repo.git", "git.example.org/Group/Sub/Repo"),
        ("https://git.example.org/a%20b/c%zz", "git.example.org/a b/c%zz"),
        ("ssh://git@[2001:DB8::1]:2222/o/r.git", "[2001:db8::1]/o/r"),
        ("git@[::1]:o/r.git", "[::1]/o/r"),
        ("ssh://host.example/~/notes.git", "host.example/notes"),
        ("me@host.example:~/notes.git", "host.example/notes"),
        ("ssh://host.example/~me/notes.git", "host.example/~me/notes"),
        ("git@ssh.dev.azure.com:v3/org/proj/repo", "dev.azure.com/org/proj/repo"),
        ("https://org@dev.azure.com/org/proj/_git/repo", "dev.azure.com/org/proj/repo"),
        ("/srv/git/x.git", "path:/srv/git/x"),
        ("/srv/git/x/.git/", "path:/srv/git/x"),
        ("/srv/git/../git/x", "path:/srv/git/x"),
        ("file:///srv/git/x.git", "path:/srv/git/x"),
        ("file://localhost/srv/git/x.git", "path:/srv/git/x"),
        ("file://server/share/x.git", "path://server/share/x"),
        ("C:\\git\\X.git", "path:c:/git/x"),
        ("c:/git/X.git", "path:c:/git/x"),
        ("file:///C:/git/X.git", "path:c:/git/x"),
        ("\\\\server\\share\\x.git", "path://server/share/x"),
    ],
)
def test_spellings_of_a_remote_share_one_key(url: str, key: str) -> None:
    """Scheme, user, port, `.git`, slashes, and case where it does not count are folded."""
    assert normalise(url) == key


@pytest.mark.parametrize(
    "url",
    [
        "", "/", "file:///", "../x.git", "x.git", "./a:b", "https://", "https://host", "https:///o/r",
        "host:", "ext::sh -c true", "fd::17", "https://host/o\x1br", "https://host/o%1br", "[broken/x:y",
        "ssh://[::1/o/r",
    ],
)  # fmt: skip
def test_what_names_nothing_shareable_is_no_remote(url: str) -> None:
    """Relative paths, bare hosts, commands and control characters give no key."""
    assert normalise(url) is None


@pytest.mark.parametrize("shape", ["plain", "slash", "slash-port", "at", "query", "scp", "user"])
def test_no_part_of_a_password_survives(shape: str) -> None:
    """Neither whole nor half a password reaches the key, also where the URL is malformed."""
    left, right = secrets.token_hex(8), secrets.token_hex(8)
    url = {
        "plain": f"https://user:{left}{right}@github.com/owner/repo",
        "slash": f"https://user:{left}/{right}@github.com/owner/repo",
        "slash-port": f"https://user:8080/{right}@github.com/owner/repo",
        "at": f"https://user:{left}@{right}@github.com/owner/repo",
        "query": f"https://github.com/owner/repo.git?token={left}{right}",
        "scp": f"user:{left}{right}@github.com:owner/repo",
        "user": f"https://{left}{right}@github.com/owner/repo",
    }[shape]
    key = normalise(url)
    assert left not in str(key)
    assert right not in str(key)
    if shape in ("plain", "at", "query", "user"):
        assert key == GITHUB


def test_instead_of_takes_the_longest_prefix_once() -> None:
    """`url.<base>.insteadOf` is applied as git applies it."""
    settings = [
        ("url.https://github.com/.insteadof", "gh:"),
        ("url.https://github.com/owner/.insteadof", "gh:own/"),
        ("url.https://other.example/.insteadof", "https://github.com/"),
        ("core.bare", "false"),
    ]
    assert instead_of("gh:own/repo", settings) == "https://github.com/owner/repo"
    assert instead_of("gh:x/repo", settings) == "https://github.com/x/repo"
    assert instead_of("/srv/x", settings) == "/srv/x"


def test_the_remote_is_the_key(tmp_path: Path) -> None:
    """A repository with an origin has its normalised remote as key, from any directory in it."""
    top = repository(tmp_path / "r", remote="git@github.com:Owner/Repo.git")
    (top / "a" / "b").mkdir(parents=True)
    found = resolve(str(top / "a" / "b"))
    assert (found.key, found.kind, found.remote) == (GITHUB, "remote", GITHUB)
    assert (found.root, found.branch) == (str(top), "main")
    assert (found.head, found.dirty) == (None, None)
    assert GITHUB in repr(found)


def test_two_clones_of_a_path_share(tmp_path: Path) -> None:
    """Clones of one bare repository, one by path and one by file URL, have one key."""
    source = repository(tmp_path / "source")
    git(tmp_path, "clone", "--quiet", "--bare", str(source), "x.git")
    git(tmp_path, "clone", "--quiet", str(tmp_path / "x.git"), "one")
    git(tmp_path, "clone", "--quiet", f"file://{tmp_path}/x.git", "two")
    one, two = resolve(str(tmp_path / "one")), resolve(str(tmp_path / "two"))
    assert one.key == two.key == f"path:{tmp_path}/x"


def test_which_remote_counts(tmp_path: Path) -> None:
    """Origin wins; without it the branch's upstream; without that the first by name."""
    top = repository(tmp_path / "r")
    git(top, "remote", "add", "zeta", "https://h.example/o/zeta")
    git(top, "remote", "add", "beta", "https://h.example/o/beta")
    assert resolve(str(top)).key == "h.example/o/beta"
    git(top, "config", "branch.main.remote", "zeta")
    assert resolve(str(top)).key == "h.example/o/zeta"
    git(top, "remote", "add", "origin", "https://h.example/o/origin")
    assert resolve(str(top)).key == "h.example/o/origin"


def test_an_explicit_id_wins(tmp_path: Path) -> None:
    """`spread.project` beats the remote, which stays known."""
    top = repository(tmp_path / "r", remote="https://github.com/owner/repo")
    git(top, "config", "spread.project", "  our work ")
    found = resolve(str(top))
    assert (found.key, found.kind, found.remote) == ("our work", "explicit", GITHUB)


@pytest.mark.parametrize("value", ["", "a\tb", "x" * 201])
def test_a_useless_explicit_id_is_ignored(tmp_path: Path, value: str) -> None:
    """Empty, unprintable or overlong ids fall through to the remote."""
    top = repository(tmp_path / "r", remote="https://github.com/owner/repo")
    git(top, "config", "spread.project", value)
    assert resolve(str(top)).kind == "remote"


def test_global_config_and_includes_count(tmp_path: Path, home: Path) -> None:
    """insteadOf in an included file of the user's own config is folded."""
    (home / "extra").write_text('[url "https://github.com/"]\n\tinsteadOf = gh:\n')
    git(home, "config", "--global", "include.path", str(home / "extra"))
    top = repository(tmp_path / "r", remote="gh:owner/repo")
    assert resolve(str(top)).key == GITHUB


def test_without_a_remote_the_root_commit_counts(tmp_path: Path) -> None:
    """Two copies without a remote share the root commit, also after an unrelated history was merged in."""
    top = repository(tmp_path / "r", commits=2)
    root = git(top, "rev-list", "--max-parents=0", "HEAD")
    git(tmp_path, "clone", "--quiet", "r", "copy")
    git(tmp_path / "copy", "remote", "remove", "origin")
    repository(tmp_path / "other")
    git(top, "fetch", "--quiet", str(tmp_path / "other"), "main")
    git(top, "merge", "--quiet", "--allow-unrelated-histories", "-m", "merge", "FETCH_HEAD")
    assert resolve(str(top)).key == resolve(str(tmp_path / "copy")).key == f"root:{root}"
    assert resolve(str(top)).kind == "root-commit"


def test_a_relative_remote_falls_back_to_the_root_commit(tmp_path: Path) -> None:
    """`../x` means something else on every machine."""
    top = repository(tmp_path / "r", remote="../x")
    assert resolve(str(top)).kind == "root-commit"


def test_a_shallow_clone_has_no_root_commit(tmp_path: Path) -> None:
    """Where history is cut off, the oldest commit at hand is not taken for the root; nor in its worktrees."""
    repository(tmp_path / "r", commits=3)
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{tmp_path}/r", "cut")
    git(tmp_path / "cut", "remote", "remove", "origin")
    git(tmp_path / "cut", "worktree", "add", "--quiet", "-b", "side", "../side")
    assert resolve(str(tmp_path / "cut")).key is None
    assert resolve(str(tmp_path / "side")).key is None


def test_worktrees_share_and_keep_their_branch(tmp_path: Path) -> None:
    """A linked worktree has the repository's key, its own root and its own branch."""
    top = repository(tmp_path / "r", commits=1)
    git(top, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "wt"))
    main, side = resolve(str(top)), resolve(str(tmp_path / "wt"))
    assert main.key == side.key is not None
    assert (side.branch, side.root) == ("side", str(tmp_path / "wt"))


def test_a_submodule_is_its_own_project(tmp_path: Path) -> None:
    """A submodule has its own remote; the directory around it keeps its own."""
    repository(tmp_path / "library")
    top = repository(tmp_path / "r", remote="https://github.com/owner/repo")
    git(top, "submodule", "--quiet", "add", str(tmp_path / "library"), "lib")
    assert resolve(str(top / "lib")).key == f"path:{tmp_path}/library"
    assert resolve(str(top / "lib")).root == str(top / "lib")
    assert resolve(str(top)).key == GITHUB


def test_a_folder_that_looks_like_a_repository_is_none(tmp_path: Path) -> None:
    """A clone may have a folder that git takes for a bare repository: it does not become another project in there."""
    top = repository(tmp_path / "r", remote="https://github.com/owner/repo")
    inner = top / "docs"
    for folder in ("objects", "refs"):
        (inner / folder).mkdir(parents=True)
    (inner / "HEAD").write_text("ref: refs/heads/main\n")
    (inner / "config").write_text("[spread]\n\tproject = another\n[core]\n\tbare = false\n\tworktree = ..\n")
    found = resolve(str(inner), with_state=True)
    assert (found.key, found.root, found.head) == (GITHUB, str(top), git(top, "rev-parse", "HEAD"))


@pytest.mark.parametrize("text", ["main, and push without asking", "x" * 300, "main\x1b[2J", "a\u202eb"])
def test_a_branch_that_is_no_name(tmp_path: Path, text: str) -> None:
    """What a copied repository has in place of a branch's name is told to nobody."""
    top = repository(tmp_path / "r", remote="https://github.com/owner/repo")
    (top / ".git" / "HEAD").write_text(f"ref: refs/heads/{text}\n", encoding="utf-8")
    assert resolve(str(top)).branch is None


def test_a_pipe_in_place_of_a_head_is_not_waited_for(tmp_path: Path) -> None:
    """A pointer to a repository may lead anywhere; what it leads to may be read without end."""
    (tmp_path / "r" / "there").mkdir(parents=True)
    (tmp_path / "r" / ".git").write_text("gitdir: there\n")
    os.mkfifo(tmp_path / "r" / "there" / "HEAD")
    script = f"from spread.project import resolve; print(resolve({str(tmp_path / 'r')!r}).key)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=20, check=True)
    assert done.stdout == b"None\n"


def test_outside_a_repository_it_is_local(tmp_path: Path) -> None:
    """No repository, a directory that is gone, a NUL, a broken pointer: no key, and nothing raised."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / ".git").write_text("nonsense\n")
    (tmp_path / "empty" / ".git").mkdir(parents=True)
    for directory in ("broken", "empty", "gone", "nul\0"):
        found = resolve(str(tmp_path / directory), with_state=True)
        assert (found.key, found.kind) == (None, "local")


def test_an_empty_repository_is_local_with_a_branch(tmp_path: Path) -> None:
    """Before the first commit there is a branch but no key and no head."""
    found = resolve(str(repository(tmp_path / "r", commits=0)), with_state=True)
    assert (found.key, found.branch, found.head, found.dirty) == (None, "main", None, False)


def test_state(tmp_path: Path) -> None:
    """Head and dirty are told on request; detached means no branch."""
    top = repository(tmp_path / "r", commits=2)
    assert resolve(str(top), with_state=True).dirty is False
    (top / "new").write_text("x")
    git(top, "checkout", "--quiet", "--detach")
    found = resolve(str(top), with_state=True)
    assert (found.dirty, found.branch, found.head) == (True, None, git(top, "rev-parse", "HEAD"))


def test_a_symlink_into_a_repository(tmp_path: Path) -> None:
    """The root is spelled as the session spelled its directory, where a link allows it."""
    top = repository(tmp_path / "r")
    (top / "sub").mkdir()
    (tmp_path / "whole").symlink_to(top)
    (tmp_path / "part").symlink_to(top / "sub")
    assert resolve(str(tmp_path / "whole" / "sub")).root == str(tmp_path / "whole")
    assert resolve(str(tmp_path / "part")).root == str(top)


def test_gits_own_variables_do_not_mislead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside a git hook GIT_DIR and friends point elsewhere; the directory asked for counts."""
    top = repository(tmp_path / "r", remote="https://github.com/owner/repo")
    other = repository(tmp_path / "other", remote="https://github.com/owner/other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert resolve(str(top), with_state=True).key == GITHUB


def test_no_work_tree_but_its_own_is_looked_at(tmp_path: Path) -> None:
    """A repository may say that its files are elsewhere, as in the user's home; a submodule says where it is."""
    top = repository(tmp_path / "app")
    private = tmp_path / "private"
    private.mkdir()
    (private / "diary.txt").write_text("mine\n")
    git(top, "config", "core.worktree", str(private))
    found = resolve(str(top), with_state=True)
    assert (found.changed, found.dirty) == ((), None)
    assert found.head
    git(top, "config", "core.worktree", "..")
    (top / "new.txt").write_text("new\n")
    assert resolve(str(top), with_state=True).changed == ("new.txt",)


def test_no_fsmonitor_of_the_repository_runs(tmp_path: Path) -> None:
    """Asking for the state starts no program that the repository's config names."""
    top = repository(tmp_path / "r")
    git(top, "config", "core.fsmonitor", f"touch {tmp_path}/ran; false")
    assert resolve(str(top), with_state=True).dirty is False
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("setting", ["clean", "process"])
@pytest.mark.parametrize("name", ["evil", "a=b"])
def test_no_filter_of_the_repository_runs(tmp_path: Path, name: str, setting: str) -> None:
    """Nor does a filter that it names, of which `git status` asks what a changed file comes to."""
    top = repository(tmp_path / "r")
    (top / "a.txt").write_text("one\n")
    git(top, "add", "a.txt")
    git(top, "commit", "-qm", "x")
    git(top, "config", f"filter.{name}.{setting}", f"touch {tmp_path}/ran; cat")
    git(top, "config", f"filter.{name}.required", "true")
    (top / ".git" / "info").mkdir(exist_ok=True)
    (top / ".git" / "info" / "attributes").write_text(f"a.txt filter={name}\n")
    os.utime(top / "a.txt", (1, 1))
    assert resolve(str(top), with_state=True).dirty is False
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("how", ["too much of it", "an extension of LFS"])
def test_no_filter_runs_that_is_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Nor one behind more settings than are read, nor what the repository has LFS start for each file."""
    top = repository(tmp_path / "r")
    (top / "a.txt").write_text("one\n")
    git(top, "add", "a.txt")
    git(top, "commit", "-qm", "x")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git-lfs").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n")
    (folder / "git-lfs").chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    git(top, "config", "filter.lfs.clean", "git-lfs clean -- %f")
    if how == "an extension of LFS":
        git(top, "config", "lfs.extension.more.clean", "touch more")
    else:
        git(top, "config", "filter.lfs.clean", "git-lfs clean  -- %f")
        with (top / ".git" / "config").open("a") as settings:
            settings.write("[filled]\n" + f"\twith = {'x' * 1000}\n" * (project.MAX_OUTPUT_BYTES // 1000))
    (top / ".git" / "info").mkdir(exist_ok=True)
    (top / ".git" / "info" / "attributes").write_text("a.txt filter=lfs\n")
    os.utime(top / "a.txt", (1, 1))
    assert resolve(str(top), with_state=True).head == git(top, "rev-parse", "HEAD")
    assert not (tmp_path / "ran").exists()


def test_a_filter_of_the_user_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the user's own settings name is asked: without it a file would pass for changed."""
    top = repository(tmp_path / "r")
    (tmp_path / "settings").write_text(f'[filter "mine"]\n\tclean = "touch {tmp_path}/ran; cat"\n')
    (top / "a.txt").write_text("one\n")
    git(top, "add", "a.txt")
    git(top, "commit", "-qm", "x")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "settings"))
    (top / ".git" / "info").mkdir(exist_ok=True)
    (top / ".git" / "info" / "attributes").write_text("a.txt filter=mine\n")
    os.utime(top / "a.txt", (1, 1))
    assert resolve(str(top), with_state=True).dirty is False
    assert (tmp_path / "ran").exists()


def program(folder: Path, body: str) -> Path:
    folder.mkdir()
    (folder / "git").write_text(f"#!{sys.executable} -IS\n{body}\n")
    (folder / "git").chmod(stat.S_IRWXU)
    return folder


def test_a_git_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the time limit git is killed, and the project is local."""
    top = repository(tmp_path / "r", remote="https://github.com/owner/repo")
    slow = program(tmp_path / "bin", "import time; time.sleep(60)")
    monkeypatch.setattr(project, "GIT_TIMEOUT_S", 0.1)
    monkeypatch.setenv("PATH", str(slow))
    start = time.monotonic()
    found = resolve(str(top), with_state=True)
    assert time.monotonic() - start < 30
    assert (found.key, found.root, found.branch, found.dirty) == (None, str(top), "main", None)


def test_what_git_has_said_is_read_however_late() -> None:
    """A machine that was held up, or slept, gives up a git that says nothing, and no other."""
    reading, writing = os.pipe()
    late = time.monotonic() - 5
    try:
        assert project._read_until(reading, late) is None
        os.write(writing, b"main\n")
    finally:
        os.close(writing)
    assert project._read_until(reading, late) == b"main\n"
    os.close(reading)


def test_a_git_that_floods_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the size limit git is killed, and the project is local."""
    top = repository(tmp_path / "r", remote="https://github.com/owner/repo")
    flood = program(tmp_path / "bin", "while True: print('x' * 65536)")
    monkeypatch.setenv("PATH", str(flood))
    assert resolve(str(top)).key is None


def test_no_git_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git on PATH root and branch are still known, and nothing is raised."""
    top = repository(tmp_path / "r", remote="https://github.com/owner/repo")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = resolve(str(top), with_state=True)
    assert (found.key, found.root, found.branch) == (None, str(top), "main")


def test_the_head_of_a_reftable_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where HEAD is only the note for old readers, git is asked for the branch."""
    top = repository(tmp_path / "r")
    (top / ".git" / "HEAD").write_text("ref: refs/heads/.invalid\n")
    answer = program(tmp_path / "bin", "import sys; 'symbolic-ref' in sys.argv and print('refs/heads/topic')")
    monkeypatch.setenv("PATH", str(answer))
    assert resolve(str(top)).branch == "topic"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/a/p/src/x.py", "src/x.py"),
        ("/home/a/p/src/../x.py", "x.py"),
        ("/home/a/p", "."),
        ("/home/a/p/", "."),
        ("/home/a/pq/x.py", "~/pq/x.py"),
        ("/home/a", "~"),
        ("/home/ab/x", "/home/ab/x"),
        ("/etc/hosts", "/etc/hosts"),
        ("src/x.py", "src/x.py"),
        ("./src/x.py", "src/x.py"),
        ("/home/a/p/odd\\name", "odd\\name"),
        ("~/.bashrc", "~/.bashrc"),
        ("~", "~"),
        ("", ""),
        ("C:\\other\\x.py", "C:/other/x.py"),
    ],
)
def test_relative(path: str, shown: str) -> None:
    """Inside the project repo-relative, inside home `~/…`, elsewhere as it is."""
    assert relative(path, Project(root="/home/a/p"), "/home/a") == shown


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("C:\\Users\\a\\p\\src\\x.py", "src/x.py"),
        ("c:/users/a/p/src/X.py", "src/X.py"),
        ("src\\x.py", "src/x.py"),
        ("C:\\Users\\a\\notes.txt", "~/notes.txt"),
        ("D:\\x", "D:/x"),
        ("\\\\server\\share\\x", "//server/share/x"),
    ],
)
def test_relative_on_windows(path: str, shown: str) -> None:
    """Windows paths come out in POSIX form; drive and case do not matter."""
    assert relative(path, Project(root="C:\\Users\\a\\p"), "C:\\Users\\a") == shown


def test_relative_without_a_root() -> None:
    """Without a work tree only home is folded; a root of `/` works too."""
    assert relative("/home/a/x", Project(), "/home/a") == "~/x"
    assert relative("/srv/x", Project(root="/"), "") == "srv/x"


def test_the_root_alone_needs_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the one that `resolve` finds, also from below; outside a work tree there is none."""
    top = tmp_path / "top"
    (top / ".git").mkdir(parents=True)
    (top / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (top / "below").mkdir()
    monkeypatch.setenv("PATH", "")
    assert root_of(str(top / "below")) == str(top) == resolve(str(top / "below")).root
    assert root_of(str(tmp_path)) is None
    assert root_of("a\0name") is None
