"""The secrets that are known by their value: those of this machine's environment, and those already taken out of a text.

They are looked for everywhere, in whatever spelling, so a common word is none of them.
"""

import base64
import json
import os
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import quote, quote_plus

from spread.paths import read_plain
from spread.redact_values import (
    MIN_SECRET_CHARS,
    Span,
    is_password,
    is_path,
    is_random,
    is_said,
    is_stand_in,
    is_strong,
    name_class,
)

MAX_ENV_FILE_BYTES: Final = 256 * 1024
MAX_ENV_BYTES: Final = 2 * MAX_ENV_FILE_BYTES  # of all of a project's, which may be anyone's
MAX_FOLDERS: Final = 100  # of a project, that may have some of their own: `backend/.env`
ENV_NAMES: Final = (".env", ".env.local", ".env.development", ".env.production")
SAMPLE_ENV_FILES: Final = ("example", "sample", "template", "dist", "defaults", "schema")
MIN_DRAWN: Final = 40
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LONG: Final = re.compile(r"(?<![A-Za-z0-9+/_.-])[A-Za-z0-9+/_-]{40,}={0,2}")
MIN_ELSEWHERE: Final = 8  # characters, or digits of what has no letters
_ENV_LINE: Final = re.compile(
    r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*=[ \t]*(.*?)[ \t\r]*$", re.MULTILINE
)


def forms_of(value: str) -> set[str]:
    """Return the spellings of a secret: as it is, in JSON, in URLs, in base64 (at any offset) and hex."""
    raw = value.encode("utf-8", "surrogatepass")
    if len(raw) < 6:
        return set()
    escaped = json.dumps(value)[1:-1]
    forms = {
        value,
        value.strip(),
        escaped,
        json.dumps(escaped)[1:-1],
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
    }
    forms |= {quote(raw, safe="").replace("%", "%25"), raw.hex(), raw.hex().upper()}
    for shift in range(3):
        # Of base64 inside more base64 only the groups that hold nothing else are fixed.
        code = base64.b64encode(b"\0" * shift + raw)
        first, last = (0, 2, 3)[shift], len(code) - (0, 3, 2)[(len(raw) + shift) % 3]
        inner = code[first:last].decode("ascii")
        if len(inner) >= 8:
            forms |= {inner, inner.replace("+", "-").replace("/", "_"), quote(inner, safe="")}
    lines = value.splitlines()
    if len(lines) > 1:
        forms |= {line.strip() for line in lines if len(line.strip()) >= 20 and not line.startswith("-----")}
    return {form for form in forms if len(form) >= 6}


def distinct(found: Iterable[str]) -> list[str]:
    """Return those of what was taken out that are nothing else wherever they stand; of more lines each."""
    pieces = (piece.strip().strip("\"'`,;") for value in found for piece in value.splitlines())
    return [
        piece
        for piece in dict.fromkeys(pieces)
        if len(piece) >= MIN_ELSEWHERE
        and (is_random(piece) or is_said(piece, weak=True) or sum(map(str.isdigit, piece)) >= MIN_ELSEWHERE)
    ]


@lru_cache(maxsize=2_000)  # most come again at the next revision
def drawn(text: str) -> tuple[Span, ...]:
    """Return where words are long and look drawn, whatever they may be: a key, or a line of one; no UUIDs, no shas."""
    return tuple((*match.span(), "random") for match in _LONG.finditer(text) if _is_drawn(match.group()))


def _is_drawn(word: str) -> bool:
    rest = _UUID.sub("", word) if "-" in word else word
    return len(rest) >= MIN_DRAWN and word.lower() != word != word.upper() and is_strong(word)


def secrets_around(environ: Mapping[str, str], project_root: str | None) -> dict[str, str]:
    """Return name → value of the secrets in the environment and in the `.env*` files of the project and its folders.

    An unreadable file is skipped, and so is what is too much: it is still found by format and by name.
    """
    found = known_secrets(environ)
    left = MAX_ENV_BYTES
    for path in _env_files(project_root) if project_root else ():
        if left <= 0:
            break
        try:
            raw = read_plain(path, min(left, MAX_ENV_FILE_BYTES))
        except OSError:
            continue
        left -= len(raw)
        text = raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
        values = env_file_values(text)
        for name, value in known_secrets(values).items():
            at = os.path.relpath(path, project_root)
            found[name if found.get(name, value) == value else f"{name} in {at}"] = value
    return found


def _env_files(root: str) -> list[str]:
    try:
        with os.scandir(root) as entries:
            found = sorted(
                entries, key=lambda entry: (len(entry.name), entry.name)
            )  # `.env` and its like first
    except OSError:
        return []
    names = [entry.name for entry in found]
    below = [entry.path for entry in found if entry.name[0] != "." and entry.is_dir(follow_symlinks=False)]
    return [os.path.join(root, name) for name in names if is_env_file(name)] + [
        os.path.join(folder, name) for folder in below[:MAX_FOLDERS] for name in ENV_NAMES
    ]


def is_env_file(name: str) -> bool:
    """Tell whether a file of this name holds variables, and no samples of them."""
    is_one = name == ".env" or name.startswith((".env.", ".env-", ".envrc")) or name.endswith(".env")
    return is_one and not name.endswith(SAMPLE_ENV_FILES)


def env_file_values(text: str) -> dict[str, str]:
    """Return name → value of a `.env` file, quotes and trailing comments taken off."""
    found: dict[str, str] = {}
    for name, value in _ENV_LINE.findall(text):
        if value[:1] in ("'", '"'):
            found[name] = value[1:].partition(value[0])[0]
        else:
            found[name] = value.partition(" #")[0].strip()
    return found


def known_secrets(values: Mapping[str, str]) -> dict[str, str]:
    """Return those of `values` whose name is secret-like and whose value is worth looking for everywhere."""
    return {name: value for name, value in values.items() if name_class(name) and _is_worth_it(value)}


def _is_worth_it(value: str) -> bool:
    if len(value) < MIN_SECRET_CHARS or is_stand_in(value) or "://" in value[:12]:
        return "://" in value and "@" in value and len(value) >= 16
    if is_path(value):
        return False
    # A common word would be cut out of every sentence.
    return is_random(value) or is_password(value, plain=False) or (len(value) >= 16 and len(set(value)) >= 8)


def without(text: str, secrets: Iterable[str]) -> tuple[str, int]:
    """Return `text` without the secrets, whatever their case and spacing, and how many there were."""
    count = 0
    for secret in secrets:
        forms = sorted({secret, secret.replace("\\", "\\\\").replace('"', '\\"')}, key=len, reverse=True)
        pattern = "|".join(r"\s+".join(map(re.escape, form.split())) for form in forms)
        text, found = re.subn(pattern, "[redacted:passphrase]", text, flags=re.IGNORECASE)
        count += found
    return text, count
