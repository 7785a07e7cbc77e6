"""Secrets known by what stands around them: key blocks, URLs, headers, names with values, words nearby.

Each finder yields spans of the original text; `low` is that text in lower case, of the same length.
Patterns look for their fixed part first and are bounded, so no input makes them slow.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from spread.redact_values import is_code, is_path, is_random, is_secret, is_stand_in, is_strong, name_class

Span = tuple[int, int, str]
Finder = Callable[[str, str], Iterator[Span]]

PLACEHOLDER: Final = "[redacted:"
MAX_BLOCK_CHARS: Final = 32_768  # an RSA key of 16 384 bits in PEM is 12 800 characters

# Key blocks, whole or cut off at either end.

_BLOCK: Final = re.compile(r"-{4,5} ?BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}")
_BLOCK_END: Final = re.compile(r"-{4,5} ?END (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}")
_BEGIN_ANY: Final = re.compile(r"-{4,5} ?BEGIN ")
# What a line of a key consists of, with what may frame it: indentation, quotes, a line number, a `+` of a diff.
_BODY: Final = re.compile(
    r"(?:[\s\"'`,>|│\\]|(?<=\n)[+-](?!-)|\\[nrt]|(?<=\n)[ \t]*\d{1,6}[→:\t|]"
    r"|(?:Version|Comment|Proc-Type|DEK-Info|Charset|Hash|MessageID): [^\n\\]{0,120}"
    r"|(?:[A-Za-z0-9/=]|(?<=[A-Za-z0-9/])\+){20,}+|[A-Za-z0-9+/=]{1,76}+(?=[\"'`,]{0,2}\\?(?:\n|$|\\n)))*+"
)
_PUTTY: Final = re.compile(
    r"Private-Lines: \d{1,4}(?:\r?\n|\\n)(?:[A-Za-z0-9+/=]{4,80}(?:\r?\n|\\n|$))+(?:Private-MAC: [0-9a-f]{32,})?"
)


def key_blocks(text: str, low: str) -> Iterator[Span]:
    """Find PEM, OpenSSH, PGP and PuTTY private keys, also without their last or first lines."""
    if "PRIVATE KEY" not in text and "Private-Lines" not in text:
        return
    for start in _BLOCK.finditer(text):
        yield start.start(), _end_of_block(text, start.end()), "private-key"
    for end in _BLOCK_END.finditer(text):
        begin = _start_of_block(text, end.start())
        if begin < end.start():
            yield begin, end.end(), "private-key"
    for block in _PUTTY.finditer(text):
        yield block.start(), block.end(), "private-key"


def _end_of_block(text: str, start: int) -> int:
    limit = start + MAX_BLOCK_CHARS
    other = _BEGIN_ANY.search(text, start, limit)
    end = _BLOCK_END.search(text, start, other.start() if other else limit)
    if end:
        return end.end()
    body = _BODY.match(text, start, limit)
    return max(start, start + len(body.group().rstrip())) if body else start


_KEY_LINE: Final = re.compile(
    r"[\s\"'`,>|│\\+-]*(?:\d{1,6}[→:\t|])?[\s+-]*[A-Za-z0-9+/=]{4,100}(?:\\n|[\s\"'`,+\\])*"
)


def _start_of_block(text: str, end: int) -> int:
    """Return where the key lines before an END line begin (for a block whose head was cut off)."""
    while end > 0:
        line = text.rfind("\n", max(0, end - 200), end - 1) + 1
        if line <= 0 or line >= end or not _KEY_LINE.fullmatch(text, line, end):
            return end
        end = line
    return end


# URLs and headers.

_URL: Final = re.compile(
    r"://(?P<user>[^\s/:@\"'<>`\\]{0,256}+):(?!\d{1,5}[/\s\"'])"
    r"(?P<s>[^\s@\"'<>`\\]{1,512}+(?=@)(?:@[^\s@\"'<>`\\/]{1,128}+(?=@))?)@(?=[\w\[{$%.-])"
)
_URL_USER: Final = re.compile(r"://(?P<s>[A-Za-z0-9_.~%+-]{16,256}):?@[\w.\[]")
_QUERY: Final = re.compile(
    r"[?&;](?:access_token|auth_token|refresh_token|id_token|token|api_?key|apikey|key|sig|signature|secret|client_secret|password|passwd|pwd|code|x-amz-signature|x-amz-security-token|x-amz-credential|x-goog-signature|auth|jwt)=(?P<s>[^\s&#\"'<>`\\;)]{8,4096})"
)
_AUTHORIZATION: Final = re.compile(
    r"authorization[\"'`\]\\]{0,4}[ \t]{0,4}(?:[:=,]|=>)[ \t]{0,4}\\?[frb]?[\"'`]{0,3}"
    r"(?:(?:basic|bearer|token|digest|apikey|api-key|key|negotiate|ntlm|splunk|genie[a-z]+|ssws|bot|discogs|jwt|aws4-hmac-sha256|sharedkey)[ \t]+)?(?P<s>[^\s\"'`\\][^\r\n\"'`\\]{5,8192})"
)
# The words that announce a credential; none of them is looked for in the middle of a longer word.
_SCHEMES: Final = {
    word: re.compile(rf"{word}(?<![\w.-]{word})(?:[ \t]+|%20|\+)(?P<s>[a-z0-9._~+/-]{{16,8192}}={{0,2}})")
    for word in ("bearer", "basic", "ssws", "negotiate")
}
_COOKIE: Final = re.compile(
    r"cookie2?[\"'`\]]{0,2}[ \t]{0,2}(?::|=>|,[ \t]?(?=[\"'`]))[ \t]{0,4}\\?[\"'`]?(?P<s>[\w!#$%&*.^|~-]{1,80}=[^\r\n\"'`\\]{6,8192})"
)
_COOKIE_FLAGS: Final = {
    flag: re.compile(rf"{flag}[ =][\"'](?P<s>[\w.-]{{1,80}}=[^\r\n\"']{{6,8192}})")
    for flag in (" -b", "--cookie")
}
_USER_FLAG: Final = re.compile(
    r"curl\b[^\n]{0,500}?(?:\s-u|\s--user|\s--proxy-user)[ =]?[\"']?[^\s:\"']{1,100}:(?P<s>[^\s\"'\\]{4,200})"
)
_FLAG: Final = re.compile(
    r"[ ]--?(?P<n>[a-z][a-z-]{0,40}(?:password|passwd|passphrase|secret|token|key|pass|pwd)|pass(?:word|wd|phrase)?|token|secret|pwd)(?:[ \t]+|=)[\"']?(?P<s>[^\s\"'`<>|;&\\-][^\s\"'`<>|;&\\]{3,4096})"
)
_SHORT_FLAGS: Final = {
    program: re.compile(
        rf"{program}\b[^\n]{{0,200}}?[ \t]{flag}[\"']?(?P<s>[^\s\"'`<>|;&\\-][^\s\"'`<>|;&\\]{{3,200}})"
    )
    for program, flag in (
        ("sshpass", "-p[ \\t]*"),
        ("mysql", "-p"),
        ("mysqldump", "-p"),
        ("mysqladmin", "-p"),
        ("mariadb", "-p"),
        ("redis-cli", "-a[ \\t]+"),
    )
}
# A credentials file of AWS: the secret stands bare beside its id.
_AWS_PAIRS: Final = {
    head: re.compile(
        rf"{head}[a-z0-9]{{16}}[\"']?[,;:|\s]{{1,4}}[\"']?(?P<s>[a-z0-9/+]{{40}})(?![a-z0-9/+=])"
    )
    for head in ("akia", "asia")
}
_NETRC: Final = re.compile(r"login[ \t\n]+\S{1,200}[ \t\n]+password[ \t]+(?P<s>\S{4,500})")
_PGPASS: Final = re.compile(
    r"^[\w.*-]{1,200}:(?:\d{2,5}|\*):[\w*-]{1,64}:[\w-]{1,64}:(?P<s>[^\s:]{6,200})$", re.MULTILINE
)
_DOCKER_AUTH: Final = re.compile(
    r"\"(?:auth|identitytoken|registrytoken)\\?\"[ \t]*:[ \t]*\\?\"(?P<s>[a-z0-9+/=._-]{16,8192})"
)
_XML: Final = re.compile(r"<(?P<n>[a-z][\w.:-]{0,60})(?:[ \t][^<>\n]{0,200})?>(?P<s>[^<>\n]{4,4096})</")
_NAME_FIELD: Final = re.compile(
    r"(?:name|key|variable|parameterkey|parameter|field|id)\\?[\"']?[ \t]{0,4}[:=][ \t]{0,4}\\?[\"']?(?P<n>[a-z_][\w.-]{2,80})\\?[\"']?[ \t]{0,8},?(?:\s|\\n){0,40}"
    r"\\?[\"']?(?:parameter_?)?(?:secret_?)?(?:string_?)?value\\?[\"']?[ \t]{0,4}[:=][ \t]{0,4}(?P<q>\\?[\"']?)(?P<s>[^\s\"'\\]{4,4096})"
)
_VALUE_FIELD: Final = re.compile(
    r"[\"']value\\?[\"'][ \t]{0,4}:[ \t]{0,4}(?P<q>\\?[\"'])(?P<s>[^\s\"'\\]{4,4096})\\?[\"'],?(?:\s|\\n){0,40}\\?[\"'](?:name|key)\\?[\"'][ \t]{0,4}:[ \t]{0,4}\\?[\"'](?P<n>[a-z_][\w.-]{2,80})"
)


def urls(text: str, low: str) -> Iterator[Span]:
    """Find passwords and tokens in URLs."""
    if "://" in text:
        for match in _URL.finditer(text):
            if not is_stand_in(match["s"]) and match["s"] != match["user"]:
                yield match.start("s"), match.end("s"), "url-credentials"
        for match in _URL_USER.finditer(text):
            if is_random(match["s"]):
                yield match.start("s"), match.end("s"), "url-credentials"
    if "=" in text:
        for match in _QUERY.finditer(low):
            value = text[match.start("s") : match.end("s")]
            if is_random(value) and not is_stand_in(value):
                yield match.start("s"), match.end("s"), "url-parameter"


def headers(text: str, low: str) -> Iterator[Span]:
    """Find credentials in Authorization and cookie headers, and bare `Bearer …`."""
    for word, pattern, rule, fits in (
        ("authorization", _AUTHORIZATION, "authorization-header", _is_credential),
        ("cookie", _COOKIE, "cookie", _is_cookie),
        *((word, scheme, "authorization-header", _is_credential) for word, scheme in _SCHEMES.items()),
        *((head, pattern, "aws-secret-key", is_random) for head, pattern in _AWS_PAIRS.items()),
        *((flag, pattern, "cookie", _is_cookie) for flag, pattern in _COOKIE_FLAGS.items()),
        *(
            (program, pattern, "command-line-password", _is_typed)
            for program, pattern in _SHORT_FLAGS.items()
        ),
        ("curl", _USER_FLAG, "command-line-password", _is_typed),
        ("login", _NETRC, "netrc-password", _is_typed),
        (":5432:", _PGPASS, "pgpass-password", _is_typed),
        ("auth", _DOCKER_AUTH, "registry-auth", is_random),
        ("identitytoken", _DOCKER_AUTH, "registry-auth", is_random),
    ):
        if word not in low:
            continue
        for match in pattern.finditer(low):
            start, end = match.span("s")
            value = text[start:end].rstrip()
            if fits(value):
                yield start, start + len(value), rule


def _is_credential(value: str) -> bool:
    """Tell whether a header's value holds a secret: any of its words is random, or all of it is no stand-in."""
    if is_stand_in(value) or is_code(value.split()[0]):
        return False
    return any(is_random(word.strip("\"'")) for word in re.split(r"[\s,;=]+", value[:4096]))


def _is_cookie(value: str) -> bool:
    values = [pair.partition("=")[2].strip() for pair in re.split(r"[;\s]", value[:8192])]
    return any(is_random(each) and not is_stand_in(each) for each in values)


def _is_typed(value: str) -> bool:
    return is_secret("password", value, quoted=False, plain=True)


# Names with values.

_WORD: Final = r"(?:passw|passphr|passc|pwd|p(?:ass|w)(?=[\"'`\]\\\s:=])|secret|token|credential|creds|key|auth|jwt|bearer|dsn|webhook|otp|connection_?string)"
_KEYED: Final = re.compile(
    _WORD
    + r"[\w.-]{0,48}[\"'`\])\\]{0,4}[ \t]{0,16}(?::[ \t]{0,2}(?:str|string|secretstr|bytes|&str|final|optional\[str\])(?:[ \t]*\|[ \t]*(?:none|null|undefined))?[ \t]{0,2}=(?!=)|=>|:=|={1,3}|!=|:(?!:)|,(?=[ \t]*[\"']))[ \t]{0,16}"
)
_NAME_BACK: Final = re.compile(r"[\w.-]{0,64}$")
_VALUE: Final = re.compile(
    r"(?:[frbu]{1,2}|@)?(?P<q>\\{0,3}(?:\"\"\"|'''|[\"'`]))(?P<quoted>(?:(?!(?P=q))[^\n]){1,4096}?)(?P=q)"
    r"|[|>][-+]?[ \t]*\n[ \t]+(?P<block>[^\s\"']{6,4096})[ \t]*(?:\n|$)"
    r"|(?P<bare>[^\s\"'`,;<>|(){}\[\]\\][^\s\"'`,;<>|\\]{3,4096})"
)
_PLAIN_LINE: Final = re.compile(
    r"[ \t]*(?:[-+>$#][ \t]*)?(?:\d{1,6}[→:\t|])?[ \t]*(?:export[ \t]+|set[ \t]+|env[ \t]+|-e[ \t]+|ENV[ \t]+|ARG[ \t]+|declare -x )?[\"']?[\w./-]*$"
)
_LINE_END: Final = re.compile(r"[ \t]*(?:[#;].*)?(?:\r?\n|\\n|$)")


def keyed(text: str, low: str) -> Iterator[Span]:
    """Find values given to secret-like names: assignments, JSON, YAML, INI, `.env`, header lines, calls."""
    for match in _KEYED.finditer(low):
        line = max(text.rfind("\n", max(0, match.start() - 200), match.start()), match.start() - 200, -1) + 1
        left = _NAME_BACK.search(text, line, match.start())
        begin = left.start() if left else match.start()
        name = _name_at(text, begin, match.end())
        kind = name_class(name)
        if not kind or text.startswith(PLACEHOLDER, max(0, begin - len(PLACEHOLDER))):
            continue
        value = _VALUE.match(text, match.end())
        if value is None:
            continue
        part = next(each for each in ("quoted", "block", "bare") if value[each] is not None)
        start, end = value.span(part)
        operator = text[match.start() : match.end()].rstrip()[-1:]
        if name == "PASS" and part == "bare" and operator == ":":
            continue  # what test runners print
        plain = part == "block" or (
            part == "bare" and _is_plain(text, line, begin, match.end(), end, name, operator)
        )
        shown = text[start:end]
        if part == "bare":
            shown = shown.rstrip(").]},:") if not plain else shown
        if operator == "," and not is_random(shown):
            continue
        if is_secret(kind, shown, quoted=part == "quoted", plain=plain):
            yield start, start + len(shown), "password" if kind == "password" else "secret-value"


_NAME: Final = re.compile(r"[\w.-]+")


def _name_at(text: str, begin: int, end: int) -> str:
    found = _NAME.match(text, begin, end)
    return found.group().rsplit(".", 1)[-1].strip("-") if found else ""


def _is_plain(text: str, line: int, begin: int, at: int, end: int, name: str, operator: str) -> bool:
    """Tell whether a bare value can only be data: `NAME=value` of a shell or `.env`, or a whole line of YAML or INI."""
    if operator == "=" and text[at - 1] == "=" and name.isupper():
        return True
    return _PLAIN_LINE.match(text, line, begin) is not None and _LINE_END.match(text, end) is not None and (
        operator == ":" or name.isupper() or text[at - 1] == "="
    )  # fmt: skip


def fields(text: str, low: str) -> Iterator[Span]:
    """Find values whose name stands in a field or tag of its own, and command-line flags."""
    searches: list[tuple[re.Pattern[str], bool]] = []
    if "value" in low:
        searches += [(_NAME_FIELD, False), (_VALUE_FIELD, True)]
    if "</" in low:
        searches.append((_XML, True))
    if " -" in low:
        searches.append((_FLAG, False))
    for pattern, quoted in searches:
        for match in pattern.finditer(low):
            kind = name_class(text[match.start("n") : match.end("n")])
            start, end = match.span("s")
            if kind and is_secret(kind, text[start:end], quoted=quoted, plain=True):
                yield start, end, "password" if kind == "password" else "secret-value"


# Words nearby.

_NEAR: Final = (
    "password", "passphrase", "passcode", "passwd", "secret", "token", "credential", "kennwort", "passwort", "key",
)  # fmt: skip
_NEAR_KEY: Final = re.compile(r"(?:api|access|secret|private|encryption|signing|license|auth)[ _-]?$")
_IS: Final = re.compile(
    r"[\"'`*_)\]]{0,3}(?:[ \t]+(?:is|was|to|ist|now|value|=|for[ \t]\S{1,40}[ \t]is))?(?:[ \t]+(?:set|changed|reset)[ \t]+to|:|=|[ \t]+is|[ \t]+to)[ \t]*[\"'`*(]{0,3}(?P<s>[^\s\"'`*,;<>()]{6,256})"
)
_CANDIDATE: Final = re.compile(r"(?<![A-Za-z0-9_+/=.:@-])[A-Za-z0-9_+/~!@#%^&*.-]{16,}+={0,2}")
NEAR_CHARS: Final = 48


def nearby(text: str, low: str) -> Iterator[Span]:
    """Find random-looking words close behind a key word in prose, on the same line or the next."""
    for word in _NEAR:
        at = low.find(word)
        while at >= 0:
            if _stands_alone(low, at, word):
                yield from _near(text, low, at + len(word), word)
            at = low.find(word, at + len(word))


def _stands_alone(low: str, at: int, word: str) -> bool:
    """Tell whether the key word at `at` is no part of a package name, a path or a longer word."""
    end = at + len(word)
    after = low[end + 1 : end + 2] if low[end : end + 1] == "s" else low[end : end + 1]
    if after.isalnum() or after in ("/", "-"):
        return False
    if word == "key":
        return _NEAR_KEY.search(low, max(0, at - 11), at) is not None
    bracket = low.rfind("[", max(0, at - 60), at)
    if bracket >= 0 and low.startswith(PLACEHOLDER, bracket) and "]" not in low[bracket:at]:
        return False
    before = low[max(0, at - 1) : at]
    return not (before.isalnum() or before in ("-", "/", "@", ".", "$", "_"))


def _near(text: str, low: str, at: int, word: str) -> Iterator[Span]:
    at += low.startswith("s", at)
    said = _IS.match(low, at)
    if said:
        start, end = said.span("s")
        value = text[start:end].rstrip(".!?:)]}")
        typed = word.startswith(("pass", "kenn")) and _is_said(
            value, plain=low[at:start].strip() in ("is", "ist")
        )
        if typed or _is_told(value):
            yield start, start + len(value), "password" if typed else "near-key-word"
    until = _until(text, at)
    for found in _CANDIDATE.finditer(text, at, until):
        whole = _CANDIDATE.match(text, found.start()) or found
        value = whole.group().rstrip(".!")
        if is_strong(value) and not is_stand_in(value):
            yield whole.start(), whole.start() + len(value), "near-key-word"


def _until(text: str, at: int) -> int:
    """Return where the surroundings of a key word end: a block with a head of its own is no part of them."""
    end = min(len(text), at + NEAR_CHARS)
    block = text.find("-----", at, end)
    return end if block < 0 else block


def _is_said(value: str, *, plain: bool) -> bool:
    """Tell whether a word said to be the password is one: letters with digits or signs, no code, no path."""
    return (
        any(char.isdigit() for char in value)
        and any(char.isalpha() for char in value)
        and is_secret("password", value, quoted=False, plain=plain and len(value) >= 8)
    )


def _is_told(value: str) -> bool:
    return is_random(value) and len(value) >= 12 and not is_stand_in(value) and not is_path(value)


FINDERS: Final[tuple[Finder, ...]] = (key_blocks, urls, headers, keyed, fields, nearby)
