"""Homes made by hand: hand-offs in the inbox, and an engine that only tells how it was started."""

import json
import os
import sys
import time
from pathlib import Path

from spread.paths import Paths

PROJECT = "git.example/acme/parser"
REMOTE = f"https://{PROJECT}.git"
SESSION = "8d550417-5a77-45ad-95f5-22896d4f7f1f"
# Tells on the file descriptor $TOLD_TO, then does what the test asks ($ENGINE_DOES).
ENGINE = """
import json, os, sys
def main():
    told = {"argv": sys.argv[1:], "python": sys.executable, "stdin": os.readlink("/proc/self/fd/0"),
            "stdout": os.readlink("/proc/self/fd/1"), "path": sys.path, "leads": os.getsid(0) == os.getpid()}
    os.write(int(os.environ["TOLD_TO"]), json.dumps(told).encode())
    if os.environ.get("ENGINE_DOES") == "ready":
        os.replace(os.environ["INDEX_MEANWHILE"], os.environ["SPREAD_HOME"] + "/inbox/index.json")
        open(os.environ["SPREAD_HOME"] + "/engine/ready", "w").close()
    return 1 if os.environ.get("ENGINE_DOES") == "fail" else 0
"""


def set_up(home: Paths, lib: Path | None = None) -> None:
    """Record the interpreter, as `spread` does, and one peer."""
    import spread

    lib = lib or Path(spread.__file__).parent.parent
    Path(home.interpreter).write_text(f"{sys.executable}\n{lib}\n")
    Path(home.peers, "laptop.json").touch()


def telling_engine(folder: Path) -> Path:
    """Make a package whose engine only tells how it was started; return where it is imported from."""
    lib = folder / "li b'"
    (lib / "spread").mkdir(parents=True)
    (lib / "spread" / "__init__.py").touch()
    (lib / "spread" / "cli.py").write_text(ENGINE)
    return lib


def put_handoff(
    home: Paths, session: str = SESSION, revision: int = 1, body: str = "## Goal\n\nparse", **facts: object
) -> str:
    """Put a hand-off into the inbox and its index, as the engine does; return its file name."""
    peer = facts.get("peer", "laptop")
    name = f"{peer}.{session}.{revision}.md"
    Path(home.inbox_new, name).write_text(f'+++\nid = "{session}"\n+++\n{body}\n', encoding="utf-8")
    index = Path(home.inbox_index)
    entries = json.loads(index.read_text())["entries"] if index.exists() else {}
    entries[name] = {
        "project": PROJECT, "peer": peer, "own": True, "session": session, "revision": revision,
        "title": f"title of {session}", "branch": "main", "head": "0123456789abcdef", "ended_at": None,
        "received_at": time.time() - 720, "state": "failing", **facts,
    }  # fmt: skip
    index.write_text(json.dumps({"schema": 1, "entries": entries}))
    return name


def make_project(folder: Path, branch: str = "main", remote: str = REMOTE) -> Path:
    """Make the least that git takes for a work tree with a remote."""
    git = folder / ".git"
    for name in ("objects", "refs/heads"):
        (git / name).mkdir(parents=True)
    (git / "HEAD").write_text(f"ref: refs/heads/{branch}\n")
    (git / "config").write_text(
        f'[core]\n\trepositoryformatversion = 0\n[remote "origin"]\n\turl = {remote}\n'
    )
    os.chmod(folder, 0o755)
    return folder
