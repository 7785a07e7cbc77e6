"""Secrets known by the command or call they are typed into: `curl -u`, `sshpass -p`, `IDENTIFIED BY`, `.login(…)`.

`low` is the text in lower case, of the same length. Each pattern begins with a fixed word that is looked for first.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from spread.redact_values import Span, is_random, is_said, is_secret, is_stand_in
from spread.redact_view import Lowered

_WORD: Final = r"\\{0,3}[\"']?(?P<s>[^\s\"'`<>|;&\\-][^\s\"'`<>|;&\\]{3,200})"
_FAR: Final = r"[^\n]{0,200}?[ \t]"
_PAIR: Final = r"[\"']?[^\s:\"'-][^\s:\"']{0,100}:(?P<s>[^\s\"'\\]{4,200})"
_STRING: Final = (
    r"\\{0,3}[\"'][^\"'\n\\]{1,120}\\{0,3}[\"'],[ \t]*\\{0,3}[\"'](?P<s>[^\"'\n\\]{4,200})\\{0,3}[\"']"
)

# Program → where its password stands. Everything typed there is data.
_TYPED: Final = {
    "curl": rf"\b[^\n]{{0,500}}?(?:\s-u|\s--user|\s--proxy-user)[ =]?{_PAIR}",
    "http": rf"(?:s|ie)?[ \t](?:[^\n]{{0,200}}?[ \t])?(?:-a|--auth)[ =]{_PAIR}",
    "sshpass": rf"{_FAR}-p[ \t]*{_WORD}",
    "mysql": rf"(?:dump|admin|import)?{_FAR}-p{_WORD}",
    "mariadb": rf"(?:-dump|-admin)?{_FAR}-p{_WORD}",
    "redis-cli": rf"{_FAR}-a[ \t]+{_WORD}",
    "ldap": rf"(?:search|add|modify|delete|whoami|passwd){_FAR}-w[ \t]*{_WORD}",
    "openssl": rf"{_FAR}(?:-k[ \t]+|-pass(?:in|out)?[ \t]+pass:){_WORD}",
    "7z": rf"[azr]?{_FAR}-p{_WORD}",
    "unrar": rf"{_FAR}-p{_WORD}",
    "login": rf"\b{_FAR}-p[ \t]+{_WORD}",
    "htpasswd": rf"[ \t]+-(?=[a-z]*b)[a-z]++(?:[ \t]+-\w+)*[ \t]+\S{{1,100}}[ \t]+\S{{1,60}}[ \t]+{_WORD}",
    "net user": rf"[ \t]+[^\s/-]\S{{0,60}}[ \t]+{_WORD}",
    "keytool": rf"{_FAR}-(?:store|key)pass[ \t]+{_WORD}",
    "smbclient": rf"{_FAR}-u[ \t]+\S{{1,60}}%(?P<s>[^\s\"']{{4,200}})",
    "echo": r"[ \t]+(?:-n[ \t]+)?\\{0,3}[\"']?(?P<s>[^\s\"'`<>|;&$\\-][^\s\"'`<>|;&\\]{3,200})\\{0,3}[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+-s|[^\n|]{0,80}(?:--password-stdin|--stdin|passwd|login|chpasswd))",
    "printf": r"[ \t]+[\"']?(?P<s>[^\s\"'`<>|;&$\\-][^\s\"'`<>|;&\\]{3,200}?)(?:\\n)?[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+-s|[^\n|]{0,80}--password-stdin)",
    "echo ": r"\\{0,3}[\"']?[\w.-]{1,60}:(?P<s>[^\s\"'`|\\]{4,200})\\{0,3}[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?chpasswd",
    "identified by": r"[ \t]+\\{0,3}[\"'](?P<s>[^\"'\n\\]{4,200})\\{0,3}[\"']",
    "oracle:thin:": r"[\w.$#]{1,60}/(?P<s>[^\s/@\"']{4,200})@",
    "sqlplus": r"[ \t]+(?:-\w+[ \t]+)*[\w.$#]{1,60}/(?P<s>[^\s/@\"']{4,200})@",
    "login ": r"\S{1,200}\s{1,40}password[ \t]+(?P<s>\S{4,500})",
}  # fmt: skip
# Short names of programs that are parts of longer words: only what looks like a password counts.
_DOUBTED: Final = {
    "zip": rf"{_FAR}-p[ \t]*{_WORD}",
    "auth": rf"[ \t]*[=:][ \t]*[\[({{]{_STRING}",
    "credentials": rf"\\{{0,3}}[\"']?[ \t]*[=:][ \t]*[\[({{]{_STRING}",
    "credential": rf"s?\({_STRING}\)",
    ".login": rf"\({_STRING}",
    "wifi.begin": rf"\({_STRING}",
    "basicauth": rf"\({_STRING}",
    "setauth": rf"\({_STRING}",
    "basic_auth": rf"\({_STRING}",
    "authenticate": rf"\({_STRING}",
}  # fmt: skip
_DRAWN: Final = {
    "\"kty": r"\\{0,3}\"[^{}]{0,4000}?\\{0,3}\"(?:d|k)\\{0,3}\"[ \t]*:[ \t]*\\{0,3}\"(?P<s>[\w-]{20,2000})",
    "auth\"": r"[ \t]*:[ \t]*\\{0,3}\"(?P<s>[a-z0-9+/=._-]{16,8192})",
    "auth\\\"": r"[ \t]*:[ \t]*\\{0,3}\"(?P<s>[a-z0-9+/=._-]{16,8192})",
    "identitytoken": r"\\{0,3}\"[ \t]*:[ \t]*\\{0,3}\"(?P<s>[a-z0-9+/=._-]{16,8192})",
    "registrytoken": r"\\{0,3}\"[ \t]*:[ \t]*\\{0,3}\"(?P<s>[a-z0-9+/=._-]{16,8192})",
    "config set": r"[ \t]+\S{0,100}:_(?:authtoken|auth|password)[ \t]+(?P<s>\S{8,400})",
}  # fmt: skip
_PGPASS: Final = re.compile(
    r":(?:5432|6432|5433|\*):[\w*-]{1,64}:[\w*.-]{1,64}:(?P<s>[^\s:\"'\\]{6,200})(?=[\s\"'\\)]|$)"
)


def _is_typed(value: str) -> bool:
    return is_secret("password", value, quoted=False, plain=True)


def _is_drawn(value: str) -> bool:
    return is_random(value) and not is_stand_in(value)


_COMMANDS: Final[tuple[tuple[str, re.Pattern[str], Callable[[str], bool], str], ...]] = tuple(
    (word, re.compile(pattern), fits, rule)
    for group, fits, rule in (
        (_TYPED, _is_typed, "command-line-password"),
        (_DOUBTED, is_said, "password"),
        (_DRAWN, _is_drawn, "registry-auth"),
    )
    for word, pattern in group.items()
)


def commands(text: str, low: Lowered) -> Iterator[Span]:
    """Find passwords typed into commands, statements and calls."""
    for word, pattern, fits, rule in _COMMANDS:
        for at in low.places(word):
            match = pattern.match(low, at + len(word))
            if match:
                start, end = match.span("s")
                if fits(text[start:end]):
                    yield start, end, rule
    if ":5432:" in low or ":*:" in low or ":6432:" in low or ":5433:" in low:
        for match in _PGPASS.finditer(text):
            if _is_typed(match["s"]):
                yield *match.span("s"), "pgpass-password"
