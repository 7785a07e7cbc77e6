"""Secrets known by the name they are given to: assignments, JSON, YAML, calls, fields, tags, flags, tables.

The fixed words of a name are looked for first; a pattern is tried only where one of them stands.
"""

import re
from collections.abc import Iterator
from typing import Final

from spread.redact_values import (
    Span,
    is_called,
    is_random,
    is_said,
    is_secret,
    is_strong,
    least_chars,
    name_class,
    tells_about,
)
from spread.redact_view import Lowered

PLACEHOLDER: Final = "[redacted:"
MAX_PIECES_CHARS: Final = 4096  # of a value in several strings
MIN_PHRASE_CHARS: Final = 40
MOST_ON_END: Final = (
    16  # names with nothing between them, each in what the one before is given: all behind is taken out
)

# Names with values.

_WORDS: Final = (
    "pass", "pwd", "pw", "psk", "secret", "token", "credential", "creds", "key", "auth", "jwt", "bearer", "dsn",
    "webhook", "otp", "connectionstring", "connection_string", "mnemonic", "pepper", "_pat=", "_pat\"", "_salt",
)  # fmt: skip
_TYPE: Final = r"[ \t]{0,2}(?:str|string|secretstr|bytes|&(?:'static )?str|final|optional\[str\])(?:[ \t]*\|[ \t]*(?:none|null|undefined))?[ \t]{0,2}"
_KEYED: Final = re.compile(
    r"(?>([\w.-]{0,48}+)(?:\"?:(?:protected|\"?[\w\\]{1,80}\"?:private)\])?[\"'`\])\\*]{0,4}+[ \t]{0,16}+(?=[:=!,(\"'\\<|?\uff1ao])"
    rf"(?::{_TYPE}=(?!=)|=>|[:?]=|={{1,3}}|!=|:(?!:)(?:\*\*)?|<-|<<<|\uff1a|(?:\|\||\?\?|(?<=[ \t])or)(?=[ \t]{{1,4}}[\"'`])|,(?=[ \t]*\\{{0,3}}[\"'])|(?<=[ \t])(?=\\{{0,3}}[\"'])|\((?=\\{{0,3}}[\"'][^\"'\n]{{6,200}}\\{{0,3}}[\"']\)))[ \t]{{0,16}})"
    r"(?!\[(?!\]byte)|[{<]|\((?!\s{1,40}[\"'])|\$[{(]|\Z)"  # code, or a place for a value
)
_APART: Final = re.compile(r"[\s\"'`,;<>|\\]")
_ON_END: Final = re.compile(r"[^\s\"'`,;<>|\\]*")
_NAME_BACK: Final = re.compile(r"[\w.-]*")
_VALUE: Final = re.compile(
    r"(?:[frbuN]{1,2}|@|\[\]byte\(|Some\(|!!\w{1,20}[ \t]{1,4}|&\w{1,40}[ \t]{1,4}|\(\s{1,40}(?=[\"'])|\s{1,40}string\(\d{1,5}\)[ ])?(?P<q>\\{0,3}(?:\"\"\"|'''|[\"'`]))(?P<quoted>(?:(?!(?P=q))[^\n]){1,4096}?)(?P=q)"
    r"|[|>][-+]?[ \t\r]*\n[ \t]+(?P<block>[^\s\"']{6,4096})[ \t\r]*(?:\n|$)"
    r"|(?:!!\w{1,20}[ \t]{1,4}|&\w{1,40}[ \t]{1,4})?(?P<bare>[^\s\"'`,;<>|(){}\[\]\\][^\s\"'`,;<>|\\]{3,4096})"
)
_PLAIN_LINE: Final = re.compile(
    r"[ \t]*(?:[-+>$#][ \t]*)?\*{0,2}(?:\d{1,6}[→:\t|])?[ \t]*(?:export[ \t]+|set[ \t]+|env[ \t]+|-e[ \t]+|ENV[ \t]+|ARG[ \t]+|declare -x )?[\"']?[\w./-]*$"
)
# What goes on behind a quoted piece, behind the first in brackets, and behind a comma where there is nothing but data.
_MORE: Final = re.compile(r"\s{0,40}[+.]\s{0,40}(?P<q>[\"'`])(?P<more>[^\"'`\n]{1,400})(?P=q)")
_NEXT: Final = re.compile(r"[ \t]*\\?\s{0,40}(?:[+.]\s{0,40})?(?P<q>[\"'`])(?P<more>[^\"'`\n]{1,400})(?P=q)")
_REST: Final = re.compile(r"(?:[,;][^\s\"'`=,;<>|\\]{1,200}){1,8}(?=[\s\"'`]|$)")
_CHANGED: Final = re.compile(
    r"[\"'`][ \t]*(?:->|\u2192)[ \t]*[\"'`](?P<s>[^\"'`\n]{4,400})|[ \t]+(?:->|\u2192)[ \t]+(?P<t>[^\s\"'`,;<>]{6,400})"
)  # to what, in a plan
_LINE_END: Final = re.compile(r"[ \t]*(?:[#;].*)?(?:\r?\n|\\n|$)")
# Where a bare word is data, not code: `a=b;c=d`, `a=b&c=d`, `a=b c=d`.
_DATA_END: Final = re.compile(r"[;&\"'\s]|\\|$")


_OF_MAIL: Final = re.compile(r"(?i)mail|smtp")
OF_MAIL_CHARS: Final = 16


def keyed(text: str, low: Lowered) -> Iterator[Span]:
    """Find values given to secret-like names: assignments, JSON, YAML, INI, `.env`, header lines, calls."""
    ends, on_end, names = 0, 0, _KEYED.match
    for at in low.places(*_WORDS):
        if at < ends or (match := names(low, at)) is None:
            continue
        on_end = 0 if _APART.search(text, ends, at) else on_end + 1
        ends = match.end()
        if on_end > MOST_ON_END and (rest := _ON_END.match(text, ends)):
            yield *rest.span(), "secret-value"
            ends = rest.end()
            continue
        if tells_about(text[at : match.end(1)]):
            continue
        if span := _given(text, at, ends):
            yield span
            if (after := _CHANGED.match(text, span[1])) and (
                after["s"] or is_said(after["t"]) or is_random(after["t"])
            ):
                yield *after.span(str(after.lastgroup)), span[2]


def _given(text: str, at: int, end: int) -> Span | None:
    """Judge the value at `end` given to the name around `at`."""
    value = _VALUE.match(text, end)
    if value is None:
        return None
    part = str(value.lastgroup)
    start, stop = value.span(part)
    shown = text[start:stop]
    if part == "bare" and (shown.endswith(("(", "[", "{")) or is_called(shown)):
        return None  # as most are, whatever stands around them
    left = _NAME_BACK.match(text[max(0, at - 64) : at][::-1])
    begin = at - left.end() if left else at
    name = _name_at(text, begin, end)
    kind = name_class(name)
    if not kind or text.startswith(PLACEHOLDER, max(0, begin - len(PLACEHOLDER))):
        return None
    operator = text[at:end].rstrip(" \t*")[-1:].replace("\uff1a", ":")
    if part == "quoted":
        shown, stop = _together(text, end, value)
    elif (
        part == "bare"
        and (more := _REST.match(text, stop))
        and (
            _is_plain(text, begin, end, more.end(), name, operator)
            or (kind == "password" and _is_data(text, begin, start, more.end()))
        )
    ):
        stop = more.end()
        shown = text[start:stop]
    if len(shown) < least_chars(kind):
        return None
    if name == "PASS" and part == "bare" and operator == ":":
        return None  # what test runners print
    plain = part == "block" or (part == "bare" and _is_plain(text, begin, end, stop, name, operator))
    if part == "bare" and not plain:
        shown = shown.rstrip(").]},:")
    if _fits((kind, name, operator), shown, part=part, plain=plain) or (
        part == "bare" and kind == "password" and operator == "=" and _is_data(text, begin, start, stop) and is_said(shown)
    ):  # fmt: skip
        return (
            start,
            max(start + len(shown), stop if part == "quoted" else 0),
            "password" if kind == "password" else "secret-value",
        )
    return None


def _together(text: str, end: int, value: re.Match[str]) -> tuple[str, int]:
    """Return a quoted value with the pieces it goes on in, and where the last of them ends."""
    shown, stop, at = value["quoted"], value.end("quoted"), value.end()
    pattern = _NEXT if text.startswith("(", end) else _MORE
    while len(shown) < MAX_PIECES_CHARS and (more := pattern.match(text, at)):
        shown, stop, at = shown + more["more"], more.end("more"), more.end()
    return shown, stop


def _fits(given: tuple[str, str, str], shown: str, *, part: str, plain: bool) -> bool:
    """Tell whether what stands behind (kind, name, sign) is a secret."""
    kind, name, operator = given
    if operator == "(" and not name.lower().startswith(("set", "with", "use", "add")):
        return False
    if (
        part == "quoted"
        and name.isupper()
        and len(shown) >= MIN_PHRASE_CHARS
        and is_strong("".join(shown.split()))
    ):
        return True  # drawn of all signs and blanks
    if operator == "," and not is_random(shown):
        return (
            " " not in shown
            and kind == "password"
            and (name.isupper() or name.islower())
            and is_said(shown, weak=True)
        )
    if operator not in ",(=:>" and part == "quoted":  # no sign at all: `storePassword 'x'`
        return is_random(shown) if kind == "secret" else is_said(shown) and " " not in shown
    # of letters alone, as mailboxes give them to programs
    plain = plain or (len(shown) == OF_MAIL_CHARS and shown.islower() and _OF_MAIL.search(name) is not None)
    return is_secret(kind, shown, quoted=part == "quoted", plain=plain)


def _is_data(text: str, begin: int, start: int, stop: int) -> bool:
    """Tell whether `name=value` without blanks around it stands where no program's code does."""
    return (
        text[start - 1 : start] == "="
        and text[begin - 1 : begin] not in ("(", ",")
        and not text[max(0, begin - 2) : begin].startswith(",")
        and _DATA_END.match(text, stop) is not None
    )


_NAME: Final = re.compile(r"[\w.-]+")


def _name_at(text: str, begin: int, end: int) -> str:
    found = _NAME.match(text, begin, end)
    return found.group().rsplit(".", 1)[-1].strip("-") if found else ""


def _is_plain(text: str, begin: int, at: int, end: int, name: str, operator: str) -> bool:
    """Tell whether a bare value can only be data: `NAME=value` of a shell or `.env`, or a whole line of YAML or INI."""
    if operator == "=" and text[at - 1] == "=" and name.isupper():
        return True
    if not (operator == ":" or name.isupper() or text[at - 1] == "=") or not _LINE_END.match(text, end):
        return False
    line = max(text.rfind("\n", max(0, begin - 200), begin), begin - 200, -1) + 1
    return _PLAIN_LINE.match(text, line, begin) is not None


# Fields, tags and flags.

_XML: Final = re.compile(
    r"<(?P<n>[a-z][\w.:-]{0,60})(?:[ \t][^<>\n]{0,200})?>(?:(?P<s>[^<>\n]{4,4096})|\s{1,40}(?P<t>[^<>\s]{4,4096})\s{1,40})</"
)
_XML_NAMED: Final = re.compile(
    r"(?:name|key)=[\"'](?P<n>[\w.-]{2,60})[\"'][^<>\n]{0,60}>\s{0,40}(?P<s>[^<>\s]{4,4096})\s{0,40}</"
)
_INPUT: Final = re.compile(r"type=\"password\"[^<>\n]{0,200}?[ \t]value=[\"'](?P<s>[^\"'\n]{4,400})[\"']")
_INPUT_BEFORE: Final = re.compile(r"[ \t]value=[\"'](?P<s>[^\"'\n<>]{4,400})[\"'][^<>\n]{0,200}\Z")
# A name in quotes that are written as entities or escapes.
_QUOTE: Final = r"(?:%22|&quot;|&#34;|\\{1,3}u0022)"
_ESCAPED: Final = re.compile(
    rf"{_QUOTE}(?P<n>[\w.-]{{2,60}}){_QUOTE}(?:%20|[ \t]){{0,3}}(?:%3a|:|=|%3d)(?:%20|[ \t]){{0,3}}{_QUOTE}(?P<s>[^\s\"'<>]{{4,400}}?){_QUOTE}"
)
_ESCAPED_VALUE: Final = re.compile(
    rf"(?P<n>[\w.-]{{2,60}})[ \t]{{0,3}}[:=][ \t]{{0,3}}{_QUOTE}(?P<s>[^\s\"'<>]{{4,400}}?){_QUOTE}"
)
# A flag whose value is the next string of a list, or stands on the next line.
_FLAG_NEXT: Final = re.compile(
    r"--(?P<n>[a-z][a-z-]{0,40})(?:[\"'],[ \t]*(?:\r?\n[ \t]*)?[\"']|[ \t]*\\?\r?\n[ \t]*(?:- )?[\"']?|(?:=|[ \t]+)[\"']?)(?P<s>[^\s\"'`<>|;&\\-][^\s\"'`<>|;&\\]{3,4096})"
)
_PLIST: Final = re.compile(r"<key>(?P<n>[\w.-]{3,60})</key>\s{0,40}<string>(?P<s>[^<>\n]{4,4096})</")
_FIELD_NAME: Final = re.compile(
    r"(?:name|key|variable|parameterkey|parameter|field|id)\\{0,3}[\"']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,3}[\"']?(?P<n>[a-z_][\w.-]{2,80})\\{0,3}[\"']?[ \t]{0,8},?(?:\s|\\n){0,40}"
    r"\\{0,3}[\"']?(?:parameter_?)?(?:secret_?)?(?:string_?)?$"
)
# Fields between a name and its value, and an object that has the name.
_OWNER: Final = re.compile(
    r"(?:\"name\"[ ]?:[ ]?\"(?:/?[\w.-]{1,40}/){0,6}(?P<n>[a-z_][\w.-]{2,80})\",\s{1,40}\"type\"[ ]?:[ ]?\"\w{1,20}\",\s{1,40}"
    r"|\"(?P<o>[a-z_][\w.-]{2,80})\"[ ]?:[ ]?\{(?:(?!\"name\")[^{}]){0,120})\"?\Z"
)
_FIELD_VALUE: Final = re.compile(
    r"value\\{0,3}[\"']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,3}[\"']?(?P<s>[^\s\"'\\]{4,4096})"
)
_VALUE_FIELD: Final = re.compile(
    r"[\"']value\\{0,3}[\"'][ \t]{0,4}:[ \t]{0,4}(?P<q>\\{0,3}[\"'])(?P<s>[^\s\"'\\]{4,4096})\\{0,3}[\"'],?(?:\s|\\n){0,40}\\{0,3}[\"'](?:name|key)\\{0,3}[\"'][ \t]{0,4}:[ \t]{0,4}\\{0,3}[\"'](?P<n>[a-z_][\w.-]{2,80})"
)
_FLAG: Final = re.compile(
    r" --?(?P<n>[a-z][a-z-]{0,40}(?:password|passwd|passphrase|secret|token|key|pass|pwd)|pass(?:word|wd|phrase)?|token|secret|pwd)(?:[ \t]+|=)[\"']?(?P<s>[^\s\"'`<>|;&\\-][^\s\"'`<>|;&\\]{3,4096})"
)
# A name and a value with nothing but a blank between them, where a command or a preprocessor sets it.
_SET: Final = re.compile(
    r"(?:#define|set -\w{1,3}|setenv|setx|set_header|header_up|header set|config set|configure set|secrets? set|env:set|kv put|etcdctl put)[ \t]+(?:--?[\w-]{1,20}[ \t]+){0,3}(?P<n>[^\s\"'=]{3,120})[ \t]+(?:--body[ \t]+)?[\"']?(?P<s>[^\s\"'\\;]{6,4096})"
)
_DOCKER: Final = re.compile(r"ENV[ \t]+(?P<n>[A-Z][A-Z0-9_]{2,80})[ \t]+(?P<s>[^\s\"'=\\]{6,4096})")
_VARIABLE: Final = re.compile(
    r"variable[ \t]+\\{0,3}\"(?P<n>[\w-]{3,60})\\{0,3}\"[ \t]*\{[^{}]{0,300}?default[ \t]*=[ \t]*\\{0,3}\"(?P<s>[^\"\\\n]{4,500})"
)


def fields(text: str, low: Lowered) -> Iterator[Span]:
    """Find values whose name stands in a field or tag of its own, and command-line flags."""
    for at in low.places("value"):
        match = _FIELD_VALUE.match(low, at)
        name = _FIELD_NAME.search(low, max(0, at - 160), at) if match else None
        name = name or (_OWNER.search(low, max(0, at - 240), at) if match else None)
        if match and name:
            yield from _named(
                text, text[slice(*name.span(name.lastgroup or "n"))], match.span("s"), quoted=False
            )
        if low[at - 1 : at] in ("'", '"'):
            yield from _matched(text, _VALUE_FIELD.match(low, at - 1), quoted=True)
    for at in low.places(
        "#define",
        "set -",
        "setenv",
        "setx",
        "config set",
        "configure set",
        "secret set",
        "secrets set",
        "set_header",
        "env:set",
        "kv put",
        "etcdctl put",
    ):
        yield from _matched(text, _SET.match(low, at), quoted=False)
    if "ENV " in text:  # a Dockerfile's
        for match in _DOCKER.finditer(text):
            yield from _named(text, match["n"], match.span("s"), quoted=False)
    for at in low.places("%22", "&quot;", "&#34;", "\\u0022"):
        yield from _matched(text, _ESCAPED.match(low, at), quoted=True)
    if low.has("&quot;"):
        for match in _ESCAPED_VALUE.finditer(low):
            yield from _matched(text, match, quoted=True)
    for at in low.places('type="password'):
        if found := _INPUT.match(low, at) or _INPUT_BEFORE.search(low, max(0, at - 400), at):
            yield from _named(text, "password", found.span("s"), quoted=True)
    if "</" in low:
        for at in low.places('name="', 'key="'):
            yield from _matched(text, _XML_NAMED.match(low, at), quoted=True)
    for at in low.places("variable"):
        yield from _matched(text, _VARIABLE.match(low, at), quoted=True)
    for sign, pattern in ((" -", _FLAG), ("--", _FLAG_NEXT), ("</", _XML), ("</key>", _PLIST)):
        if low.may_have(sign):
            for match in pattern.finditer(low):  # which is faster than to look for the sign
                yield from _matched(text, match, quoted=sign[-1] != "-")


def _matched(text: str, match: re.Match[str] | None, *, quoted: bool) -> Iterator[Span]:
    if match:
        part = "t" if match.groupdict().get("t") else "s"
        yield from _named(text, text[match.start("n") : match.end("n")], match.span(part), quoted=quoted)


def _named(text: str, name: str, span: tuple[int, int], *, quoted: bool) -> Iterator[Span]:
    kind = name_class(name)
    if kind and is_secret(kind, text[slice(*span)], quoted=quoted, plain=True):
        yield *span, "password" if kind == "password" else "secret-value"


# Tables: the name is the head of a column, or the cell before.

MAX_ROWS: Final = 200
_HEAD_WORDS: Final = ("password", "passwd", "pwd", "secret", "api_key", "apikey", "token", "passwort")
_HEAD: Final = re.compile(r"[\w .\"'|-]{1,60}(?:[,;\t|][\w .\"'-]{0,60}){1,30}\|?")
_SIGNS: Final = ",;\t|"
_SIGN: Final = re.compile(f"[{_SIGNS}]")
_NO_HEAD: Final = re.compile(r"[(){}:=<>]|\w \w+ \w+ \w|^[^,;\t|]*$")
_CELL: Final = re.compile(
    r"\|[ \t]*[\"'`*]{0,2}(?P<n>[\w .-]{3,40}?)[\"'`*]{0,2}[ \t]*\|[ \t]*[`*]{0,2}(?P<s>[^\s|`*]{6,400})[`*]{0,2}[ \t]*\|"
)
_RECORD: Final = re.compile(r"\n[ \t]*(?P<n>[\w-]{2,60})[ \t]*\|[ \t](?P<s>[^\s|]{6,400})[ \t]*(?=\n|$)")
_INSERT: Final = re.compile(
    r"insert[ \t]+into[ \t]+[^\s(]{1,80}[ \t]*\((?P<n>[^()]{1,500})\)\s*values\s*\((?P<s>[^()]{1,2000})\)"
)


def tables(text: str, low: Lowered) -> Iterator[Span]:
    """Find what stands in the password column of a table: CSV, Markdown, an SQL insert."""
    seen, done, split = -1, 0, -1
    for at in low.places(*_HEAD_WORDS) if any(map(text.__contains__, _SIGNS)) else ():
        if at < done:  # in the line of the one before
            continue
        if split < done:
            found = _SIGN.search(text, done)
            if found is None:  # nor is there a cell further on
                break
            split = found.start()
        end = text.find("\n", at, at + 600)
        done = end if end >= 0 else at + 1
        if split >= (end if end >= 0 else len(text)):  # no cells in this line
            continue
        start = text.rfind("\n", max(0, at - 400), at) + 1
        if start <= seen or (start == 0 and at > 400):
            continue
        seen = start
        head = text[start : end if end >= 0 else len(text)].rstrip("\r")
        if len(head) < 600 and not _NO_HEAD.search(head) and _HEAD.fullmatch(head):
            for at, row, sign, names in _rows(text, head, start):
                seen = at
                yield from _row(text, row, at, sign, names)
        if "|" in head:
            for match in _CELL.finditer(low, start, start + len(head)):
                yield from _named(text, match["n"].strip().replace(" ", "_"), match.span("s"), quoted=True)
    if low.has("[ record"):  # a column a line
        for match in _RECORD.finditer(text):
            yield from _row(text, match["s"], match.start("s"), "|", [match["n"]])
    if low.has("insert"):
        for match in _INSERT.finditer(low):
            names = [name.strip(" \t\"'`") for name in match["n"].split(",")]
            yield from _row(text, match["s"], match.start("s"), ",", names)


def _rows(text: str, head: str, start: int) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield where each row under a head begins, the row, the sign between its cells, and the names of its columns."""
    sign = max(",;\t|", key=head.count)
    names = [name.strip(" \t\"'") for name in head.split(sign)]
    if sum(map(bool, names)) < 2 or not any(name_class(name) for name in names):
        return
    at = start + len(head)
    for _ in range(MAX_ROWS):
        at = text.find("\n", at) + 1
        end = text.find("\n", at)
        row = text[at : end if end >= 0 else len(text)]
        if at and row and not any(map(str.isalnum, row)):  # the line below the head
            continue
        if at == 0 or row.count(sign) != len(names) - 1:
            return
        yield at, row, sign, names


def _row(text: str, row: str, at: int, sign: str, names: list[str]) -> Iterator[Span]:
    cells = row.split(sign)
    for name, cell in zip(names, cells, strict=False):
        value = text[at : at + len(cell)].strip(" \t\r\"'`")
        kind = name_class(name)
        if kind and (is_said(value) or is_random(value)):
            yield at, at + len(cell), "password"
        at += len(cell) + 1
