"""Which files commands over ssh wrote and took away on other hosts, as far as their words tell."""

import re
from typing import Final

from spread.distill.files import absolute
from spread.distill.newest import drop_oldest
from spread.distill.noise import is_noise
from spread.distill.shell import UNKNOWABLE, Simple, effects, split
from spread.distill.stands import is_move
from spread.distillation_paths import in_folder

MAX_PATHS: Final = 30
SHOWN: Final = 20
MAX_CHARS: Final = 330
_MADE: Final = ("write", "append", "touch", "modify")
_TOOK: Final = ("delete", "tree")

BANNER: Final = (
    "** WARNING: connection is not using a post-quantum"  # by OpenSSH 10.1 and later, at each call
)
BANNERS: Final = re.compile(
    r"(?m)^\*\* (?:WARNING: connection is not|This session may be|The server may need).*\n?"
)

Remote = dict[str, tuple[int, str]]  # by host and path, as `host path`: the line, and one of these
WROTE, REMOVED = "written", "deleted"


def host_of(words: list[str]) -> str:
    """Return the host of an `ssh` command that runs something there, or an empty string."""
    at = _host_at(words)
    return words[at].rpartition("@")[2] if at + 1 < len(words) else ""


def line_of(words: list[str]) -> str:
    """Return the line that an `ssh` command runs on its host, an empty string where it runs none."""
    return " ".join(words[_host_at(words) + 1 :])


def _host_at(words: list[str]) -> int:
    at = 1
    while at < len(words) and words[at].startswith("-"):
        at += (
            2
            if words[at] in ("-p", "-i", "-o", "-l", "-F", "-J", "-L", "-R", "-D", "-b", "-c", "-E", "-m")
            else 1
        )
    return at


def out_of_reach(host: str, output: str) -> bool:
    """Tell whether ssh says that it did not get to a host: nothing ran there."""
    if "ssh: " not in output and "Permission denied (" not in output:
        return False
    told = (
        f"ssh: Could not resolve hostname {host}:",
        f"ssh: connect to host {host} port ",
        f"{host}: Permission denied (",
    )
    return any(map(output.__contains__, told))


def hosts_of(item: Simple, commands: list[Simple]) -> list[str]:
    """Return the hosts that an `ssh` command of a line runs something on: in a loop over names each of these."""
    host = host_of(item.words)
    for each in commands if "$" in host else ():
        if each is item:
            break
        if each.words[:1] == ["for"] and each.words[2:3] == ["in"]:
            name, hosts = each.words[1], each.words[3:]
            if f"${name}" in host or f"${{{name}}}" in host:
                return [host.replace(f"${{{name}}}", one).replace(f"${name}", one) for one in hosts]
    return [host] if host else []


def follow(remote: Remote, host: str, item: Simple, line: int) -> bool:
    """Take over what a command that succeeded did on another host, and tell whether any file may be another since.

    What came and went there is not told; of a file copied or moved nothing is known.
    """
    commands = split(line_of(item.words))
    changed = any(each.name == "git" and is_move(each) for each in commands)
    for effect, here in effects(commands, ok=True):
        path = absolute(effect.path, here)
        changed = changed or not is_noise(path)
        if not path.startswith(("/", "~")) or is_noise(path) or UNKNOWABLE.search(path):
            continue
        known = remote.pop(f"{host} {path}", None)
        if effect.kind in _MADE:
            remote[f"{host} {path}"] = (line, WROTE)
        elif effect.kind in _TOOK and (known is None or known[1] == REMOVED):
            remote[f"{host} {path}"] = (line, REMOVED)
    drop_oldest(remote, MAX_PATHS)
    return changed


def ran(hosts: dict[str, tuple[int, int]], remote: Remote, *, acted: bool) -> tuple[int, str]:
    """Return (line, text) of the hosts that commands ran on, and that not all they did there is listed.

    Args:
        hosts: Each with the line of the last command and how many there were.
        acted: Any of them did more than look.
    """
    named = ", ".join(f"{host} ({count})" for host, (_, count) in list(hosts.items())[:4])
    hidden = "what else they changed there is" if remote else "files changed there are"
    line = max(line for line, _ in hosts.values())
    if not acted:
        return line, f"other hosts were only looked at, over ssh: {named}"
    return line, f"commands ran on other hosts over ssh, {hidden} not listed: {named}"


def told(remote: Remote) -> list[tuple[int, str]]:
    """Return (line, text) of what was written and deleted on each host."""
    out = list[tuple[int, str]]()
    for host in dict.fromkeys(key.partition(" ")[0] for key in remote):
        for kind in (WROTE, REMOVED):
            found = [
                (line, key.partition(" ")[2])
                for key, (line, what) in reversed(remote.items())
                if key.startswith(f"{host} ") and what == kind
            ]
            if not found:
                continue
            found.sort(key=lambda each: each[1].count("/"))  # what lies deep is a detail
            count = len(found) if kind == WROTE else min(len(found), SHOWN)
            while len(names := _named(found[:count], kind)) > MAX_CHARS:
                count -= 1
            more = f" and {len(found) - count} more" if len(found) > count else ""
            out.append((max(found)[0], f"{kind} by hand on {host} over ssh: {names}{more}"))
    return out


def _named(found: list[tuple[int, str]], kind: str) -> str:
    """Return paths, those of a directory together."""
    folders = dict[str, list[str]]()
    for line, path in found:
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, []).append(f"{name} (L{line})" if kind == WROTE else name)
    return ", ".join(in_folder(f"{folder}/", names) for folder, names in folders.items())
