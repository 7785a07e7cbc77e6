"""Secrets known by the form they stand in: key blocks, URLs, headers.

Each finder yields spans of the original text; `low` is that text in lower case, of the same length.
Patterns look for their fixed part first and are bounded, so no input makes them slow.
"""

import re
from collections.abc import Iterator
from typing import Final

from spread.redact_values import Span, is_code, is_random, is_said, is_stand_in
from spread.redact_view import Lowered

MAX_BLOCK_CHARS: Final = 32_768  # an RSA key of 16 384 bits in PEM is 12 800 characters

# Key blocks, whole or cut off at either end.

# The word comes first, the dashes before it after that: texts are full of dashes.
_NAMED: Final = r" (?:(?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?|OpenVPN Static key V1) ?-{4,5}"
_BLOCK: Final = re.compile(rf"BEGIN(?:(?<=----BEGIN)|(?<=---- BEGIN)){_NAMED}")
_BLOCK_END: Final = re.compile(rf"END(?:(?<=----END)|(?<=---- END)){_NAMED}")
_BEGIN_ANY: Final = re.compile(r"-{4,5} ?BEGIN ")
# What a line of a key consists of, with what may frame it: indentation, quotes, a line number, a `+` of a diff.
_BODY: Final = re.compile(
    r"(?:[\s\"'`,>|│\\]|(?<=\n)[+-](?!-)|\\[nrt]|(?<=\n)[ \t]*\d{1,6}[→:\t|]"
    r"|(?:Version|Comment|Proc-Type|DEK-Info|Charset|Hash|MessageID): [^\n\\]{0,120}"
    r"|\+{0,2}(?:[A-Za-z0-9/=]|(?<=[A-Za-z0-9/])\+){20,}+|[A-Za-z0-9+/=]{1,76}+(?=[\"'`,]{0,2}\\?(?:\n|$|\\n)))*+"
)
_PUTTY: Final = re.compile(
    r"Private-Lines: \d{1,4}(?:[ \t\r]*\n[ \t#]*[A-Za-z0-9+/=]{4,80}(?=\s|$))+(?:[ \t\r]*\n[ \t#]*Private-MAC: [0-9a-f]{32,})?"
)


_BYTES: Final = re.compile(r"\[\s{0,4}\d{1,3}(?:,\s{0,4}\d{1,3}){63}\s{0,4}\]")


def key_blocks(text: str, low: Lowered) -> Iterator[Span]:
    """Find PEM, OpenSSH, PGP and PuTTY private keys, also without their last or first lines; wallets in numbers."""
    for numbers in (
        _BYTES.finditer(text) if "[" in text else ()
    ):  # an Ed25519 key pair, as Solana's tools keep it
        sizes = [int(number) for number in re.findall(r"\d+", numbers.group())]
        if max(sizes) < 256 and sum(size > 127 for size in sizes) >= 16 and len({*sizes}) > 32:
            yield *numbers.span(), "private-key"
    if "PRIVATE KEY" not in text and "Private-Lines" not in text and "OpenVPN Static" not in text:
        return
    for start in _BLOCK.finditer(text):
        yield _dashes_before(text, start.start()), _end_of_block(text, start.end()), "private-key"
    for end in _BLOCK_END.finditer(text):
        dashes = _dashes_before(text, end.start())
        begin = _start_of_block(text, dashes)
        if begin < dashes:
            yield begin, end.end(), "private-key"
    for block in _PUTTY.finditer(text):
        yield block.start(), block.end(), "private-key"


def _dashes_before(text: str, at: int) -> int:
    at -= text[at - 1] == " "
    return at - 5 if text.startswith("-----", max(0, at - 5)) and at >= 5 else at - 4


def _end_of_block(text: str, start: int) -> int:
    limit = start + MAX_BLOCK_CHARS
    other = _BEGIN_ANY.search(text, start, limit)
    end = _BLOCK_END.search(text, start, other.start() if other else limit)
    if end:
        return end.end()
    body = _BODY.match(text, start, limit)
    end_of_body = start + len(body.group().rstrip()) if body else start
    return max(end_of_body, _end_of_framed(text, start, limit))


_LINE_OF_KEY: Final = r"[\s\"'`,>|│\\+-]*(?:\d{1,6}[→:\t|])?[\s+-]*[A-Za-z0-9+/=]{4,100}(?:\\n|[\s\"'`,+\\])*"
_KEY_LINE: Final = re.compile(_LINE_OF_KEY)
# A path before each line, and the line's number, as `grep` puts them there; around what it looked for with other signs.
_NUMBERED: Final = r"[:-](?:\d{1,6}[:-])?"
_FRAME: Final = re.compile(rf"(?P<path>[^\n]{{1,200}}?){_NUMBERED}")
MAX_LINE_CHARS: Final = 400


def _path_before(text: str, at: int) -> str:
    """Return the path that a line of a key begins with."""
    line = text.rfind("\n", max(0, at - MAX_LINE_CHARS), at) + 1
    found = _FRAME.fullmatch(text, line, at)
    return found["path"].strip() if found and not found["path"].strip().isdigit() else ""


def _end_of_framed(text: str, start: int, limit: int) -> int:
    """Return where the last key line ends behind a BEGIN line that a path stands before, as before each."""
    path = _path_before(text, _dashes_before(text, text.rfind("BEGIN", 0, start)))
    lines = re.compile(rf"{re.escape(path)}{_NUMBERED}{_LINE_OF_KEY}")
    end = start
    while path and end < limit and text.startswith("\n", end):
        stop = text.find("\n", end + 1, end + MAX_LINE_CHARS)
        stop = min(len(text), end + MAX_LINE_CHARS) if stop < 0 else stop
        if lines.fullmatch(text, end + 1, stop) is None:
            break
        end = stop
    return end


def _start_of_block(text: str, end: int) -> int:
    """Return where the key lines before an END line begin (for a block whose head was cut off)."""
    path = _path_before(text, end)
    lines = re.compile(rf"{re.escape(path)}{_NUMBERED}{_LINE_OF_KEY}") if path else _KEY_LINE
    at = text.rfind("\n", 0, end) + 1 if path else end
    while at > 0:
        line = text.rfind("\n", max(0, at - MAX_LINE_CHARS), at - 1) + 1
        if line >= at or (not line and at > MAX_LINE_CHARS) or not lines.fullmatch(text, line, at):
            break
        at = end = line
    return end


# URLs and headers.

MIN_USER_CHARS: Final = 20  # of a name that is a token; names that were drawn are shorter

_URL: Final = re.compile(
    r"://(?P<user>[^\s/:@\"'<>`\\]{0,256}+):(?!\d{1,5}[/\s\"'])"
    r"(?P<s>[^\s@\"'<>`\\]{1,512}+(?=@)(?:@[^\s@\"'<>`\\/]{1,128}+(?=@))?)@(?=[\w\[{$%.-])"
)
# One that a text ends in the midst of; a port has no letters.
_URL_CUT: Final = re.compile(r"://(?!\[)[^\s/:@\"'<>`\\]{1,64}:(?P<s>[^\s/@\"'<>`\\…]{6,128})(?=…|\n|\Z)")
_URL_USER: Final = re.compile(r"://(?P<s>[A-Za-z0-9_.~%+-]{16,256}):?@[\w.\[]")
_QUERY: Final = re.compile(
    r"[?&;~](?:access_token|auth_token|refresh_token|id_token|token|api_?key|apikey|key|sig|signature|secret|client_secret|password|passwd|pwd|code|x-amz-signature|x-amz-security-token|x-amz-credential|x-goog-signature|auth|jwt|hm|hmac)=(?P<s>[^\s&#\"'<>`\\;)]{8,4096})"
)
_AUTHORIZATION: Final = re.compile(
    r"authorization[\"'`\]\\]{0,4}[ \t]{0,4}(?:[:=,]|=>)[ \t]{0,4}\\?(?:[frb](?=[\"'`]))?[\"'`]{0,3}"
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
_COOKIE_FILE: Final = re.compile(
    r"\t(?:TRUE|FALSE)\t[^\t\n]{1,200}\t(?:TRUE|FALSE)\t\d{1,12}\t[^\t\n]{1,200}\t(?P<s>[^\s]{8,4096})"
)
_SESSION: Final = re.compile(r"(?:session|sessionid|sess)=(?P<s>[\w%.+/=~-]{16,4096})")
# A credentials file of AWS: the secret stands bare beside its id.
_AWS_PAIRS: Final = {
    head: re.compile(
        rf"{head}[a-z0-9]{{16}}[\"']?[,;:|\s]{{1,4}}(?:\d{{4}}-\d\d-\d\dt[\d:.+z-]{{6,20}}\s{{1,4}})?[\"']?(?P<s>[a-z0-9/+]{{40}})(?![a-z0-9/+=])"
    )
    for head in ("akia", "asia")
}


# What stands behind one of these in a path opens what it leads to.
_PATH: Final = re.compile(
    r"/(?:hooks?|webhooks?|webhook-test|incoming|token|key|magic|magic-link|reset|reset-password|password-reset|verify|confirm|invite|infura\.io/v3"
    r"|hc-ping\.com|[\w.-]{0,60}\.(?:infura\.io/v3|alchemy\.com/v2|quiknode\.pro|make\.com))/(?P<s>[A-Za-z0-9_-]{20,256})(?![A-Za-z0-9_.-])"
)
_GO_DSN: Final = re.compile(r"(?<![^\s\"'`=(])[\w.-]{1,64}:(?P<s>[^\s\"'`]{4,128})@(?:tcp|unix)\(")


def urls(text: str, low: Lowered) -> Iterator[Span]:
    """Find passwords and tokens in URLs."""
    if "://" in text:
        for match in _URL.finditer(text):
            if not is_stand_in(match["s"]) and match["s"] != match["user"]:
                yield match.start("s"), match.end("s"), "url-credentials"
            if len(match["user"]) >= MIN_USER_CHARS and is_random(match["user"]):
                yield *match.span("user"), "url-credentials"
        for match in _URL_CUT.finditer(text):
            if is_said(match["s"]):
                yield *match.span("s"), "url-credentials"
        for match in _PATH.finditer(text):
            if is_random(match["s"]):
                yield *match.span("s"), "url-path"
        for match in _URL_USER.finditer(text):
            if is_random(match["s"]):
                yield match.start("s"), match.end("s"), "url-credentials"
    for at in low.places("@tcp(", "@unix("):
        for found in _GO_DSN.finditer(text, max(0, at - 200), at + 6):
            yield *found.span("s"), "url-credentials"
    if "=" in text and any(map(text.__contains__, "?&;~")):
        for match in _QUERY.finditer(low):
            value = text[match.start("s") : match.end("s")]
            if is_random(value) and not is_stand_in(value):
                yield match.start("s"), match.end("s"), "url-parameter"


def headers(text: str, low: Lowered) -> Iterator[Span]:
    """Find credentials in Authorization and cookie headers, and bare `Bearer …`."""
    for word, pattern, rule, fits in (
        ("authorization", _AUTHORIZATION, "authorization-header", _is_credential),
        ("cookie", _COOKIE, "cookie", _is_cookie),
        *((word, scheme, "authorization-header", _is_credential) for word, scheme in _SCHEMES.items()),
        *((head, pattern, "aws-secret-key", is_random) for head, pattern in _AWS_PAIRS.items()),
        *((flag, pattern, "cookie", _is_cookie) for flag, pattern in _COOKIE_FLAGS.items()),
    ):
        if not low.has(word):
            continue
        for match in pattern.finditer(low):
            start, end = match.span("s")
            value = text[start:end].rstrip()
            if fits(value):
                yield start, start + len(value), rule

    if "\t" in text and ("\tTRUE\t" in text or "\tFALSE\t" in text):
        yield from ((*match.span("s"), "cookie") for match in _COOKIE_FILE.finditer(text))
    for at in low.places("sess"):
        found = _SESSION.match(low, at)
        if found and is_random(value := text[slice(*found.span("s"))]) and not is_stand_in(value):
            yield *found.span("s"), "cookie"


def _is_credential(value: str) -> bool:
    """Tell whether a header's value holds a secret: any of its words is random, or all of it is no stand-in."""
    if is_stand_in(value) or is_code(value.split()[0]):
        return False
    return any(is_random(word.strip("\"'")) for word in re.split(r"[\s,;=]+", value[:4096]))


def _is_cookie(value: str) -> bool:
    values = [pair.partition("=")[2].strip() for pair in re.split(r"[;\s]", value[:8192])]
    return any(is_random(each) and not is_stand_in(each) for each in values)
