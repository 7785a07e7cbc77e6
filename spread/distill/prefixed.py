"""What stands in front of a command proper: keywords of the shell, assignments, programs that only run another."""

import re
from typing import Final

ASSIGN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
_KEYWORDS: Final = frozenset(
    ("then", "else", "do", "if", "elif", "while", "until", "!", "{", "}", "time", "fi", "done")
)
_WRAPPERS: Final = frozenset(
    ("sudo", "command", "nohup", "nice", "env", "exec", "xvfb-run", "stdbuf", "caffeinate", "builtin", "rtk")
)
_OPTIONED: Final = frozenset(("sudo", "env", "nice", "stdbuf", "xvfb-run"))  # with options before the command
_OPTION_VALUES: Final = frozenset(("-u", "-g", "-n", "-C", "--chdir"))
_CHANGES_TO: Final = {"env": ("-C", "--chdir"), "sudo": ("-D", "--chdir")}


def bare(words: list[str], into: str) -> tuple[list[str], str]:
    """Return the words of the command proper, and the directory that what stood before it runs it in."""
    at = 0
    while at < len(words):
        word = words[at]
        if word in _KEYWORDS or word in _WRAPPERS or ("=" in word and ASSIGN.match(word)):
            at += 1
            while word in _OPTIONED and at < len(words) and words[at].startswith("-"):
                option, equals, value = words[at].partition("=")
                changes = option in _CHANGES_TO.get(word, ())
                if changes:
                    into = value if equals else "".join(words[at + 1 : at + 2])
                valued = option in _OPTION_VALUES and (word, option) != ("sudo", "-n")
                at += 2 if (valued or changes) and not equals else 1
        elif word == "timeout" and at + 1 < len(words):
            at += 1
            while at < len(words) and (
                words[at].startswith("-") or re.fullmatch(r"[\d.]+[smhd]?", words[at])
            ):
                at += 1
        else:
            break
    return words[at:] if at else words, into
