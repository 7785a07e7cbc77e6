"""Secrets known by the words around them: what a person writes to a person, in a dozen languages.

`low` is the text in lower case, of the same length. A chosen password is no random word, so the sentence must say that
one follows, and the word must have what names and prose have not: a digit among letters, or a sign inside.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from spread.redact_values import (
    Span,
    is_path,
    is_random,
    is_said,
    is_secret,
    is_stand_in,
    is_strong,
    is_technical,
)
from spread.redact_view import Lowered

PLACEHOLDER: Final = "[redacted:"
NEAR_CHARS: Final = 48
MIN_SAID_CHARS: Final = 12
MAX_BEFORE: Final = 3  # words of a line before the word for it
MAX_SHORT: Final = 3  # characters of a word that stands in others by chance

# The words that say what follows, where they are no part of a package name, a path or a longer word.
_NEAR: Final = {
    word: re.compile(rf"{word}(?<![\w/@.$-]{word})(?:s|(?!s))(?![\w/-])")
    for word in (
        "password", "passphrase", "passcode", "passwd", "secret", "token", "credential", "kennwort", "passwort",
    )
} | {"key": re.compile(r"key(?:s|(?!s))(?![\w/-])")}  # fmt: skip
_NOT_BEFORE: Final = "_-./$@"  # a key word, as the patterns say, too: most that are none are told by it
_KEYS: Final = ("api", "access", "secret", "private", "encryption", "signing", "license", "auth")
_STAND_INS: Final = ("<", "{", "\\", "=", "#", "${", "$(")  # `is_stand_in`, at a glance
# As most settings have it; a backslash may stand before a quote.
_NO_VALUE: Final = tuple(f": {sign}" for sign in _STAND_INS if sign != "\\")
_IS: Final = re.compile(
    r"[\"'`*_)\]]{0,3}+(?:[ \t]+(?:is|was|to|ist|now|value|=|for[ \t]\S{1,40}[ \t]is))?(?:[ \t]+(?:set|changed|reset)[ \t]+to|:|=|[ \t]+is|[ \t]+to)[ \t]*+[\"'`*(]{0,3}+"
    rf"(?!{'|'.join(map(re.escape, _STAND_INS))})(?P<s>[^\s\"'`*,;<>()]{{{MIN_SAID_CHARS},256}})"
)
# The bytes of a candidate, all as one, and as many as it has.
_CANDIDATE_BYTES: Final = bytes(
    ord("x") if byte < 128 and (chr(byte).isalnum() or chr(byte) in "_+/~!@#%^&*.-") else 32
    for byte in range(256)
)
_LONG: Final = b"x" * 16
_CANDIDATE: Final = re.compile(r"(?<![A-Za-z0-9_+/=.:@-])(?<!\$\{)[A-Za-z0-9_+/~!@#%^&*.-]{16,}+={0,2}")


def nearby(text: str, low: Lowered) -> Iterator[Span]:
    """Find random-looking words close behind a key word in prose, on the same line or the next."""
    places = {word: low.places(word) for word in _NEAR}
    if not any(places.values()):
        return
    marked = PLACEHOLDER in low
    runs = text.encode("ascii", "replace").translate(_CANDIDATE_BYTES)
    for word, pattern in _NEAR.items():
        for start in places[word]:
            if word == "key":
                if not _is_meant(low, start, word):
                    continue
            elif start and low[start - 1] in _NOT_BEFORE:
                continue
            if (found := pattern.match(low, start)) is None:
                continue
            at = found.end()
            run = runs.find(_LONG, at, at + NEAR_CHARS)
            if run >= 0 and text.startswith("${", run - 2):  # a variable; what comes after it may be none
                run = runs.find(_LONG, runs.find(b" ", run), at + NEAR_CHARS)
            said, is_near = _IS.match(low, at), run >= 0
            if (said is None and not is_near) or (
                marked and word != "key" and not _is_meant(low, start, word)
            ):
                continue
            if said and (span := _said(text, *said.span("s"))):
                yield span
            if is_near:
                yield from _near(text, at)


def _is_meant(low: str, at: int, word: str) -> bool:
    """Tell whether the key word at `at` is of a kind that opens something, and in no placeholder."""
    if word == "key":
        end = at - low.endswith("\n", 0, at)
        return low.endswith(_KEYS, 0, end - low.endswith((" ", "_", "-"), 0, end))
    bracket = low.rfind("[", max(0, at - 60), at)
    return bracket < 0 or not low.startswith(PLACEHOLDER, bracket) or "]" in low[bracket:at]


def _said(text: str, start: int, end: int) -> Span | None:
    """Judge what a sign or a word like `is` gives to a key word."""
    value = text[start:end].rstrip(".!?:)]}")
    if (
        len(value) >= MIN_SAID_CHARS
        and "[" not in value
        and not value.endswith("Key")
        and is_random(value)
        and not is_stand_in(value)
        and not is_path(value)
    ):
        return start, start + len(value), "near-key-word"
    return None


def _near(text: str, at: int) -> Iterator[Span]:
    """Find what has the looks of a secret close behind a key word that ends at `at`."""
    end = _until(text, at)
    for found in _CANDIDATE.finditer(text, at, end):
        whole = found if found.end() < end else _CANDIDATE.match(text, found.start()) or found
        value = whole.group().rstrip(".!")
        if is_strong(value) and not (is_stand_in(value) or is_technical(value) or value.endswith("Key")):
            yield whole.start(), whole.start() + len(value), "near-key-word"


def _until(text: str, at: int) -> int:
    """Return where the surroundings of a key word end: a block with a head of its own is no part of them."""
    end = min(len(text), at + NEAR_CHARS)
    block = text.find("-----", at, end)
    return end if block < 0 else block


# Passwords people tell each other.

_TOLD: Final = r"\\{0,3}[\"'`*(«„“]{0,3}(?P<s>[^\s\"'`\\,;<>()»“”。、]{6,128})"
_WORD: Final = r"[^\W\d_]{1,12}"
_ENGLISH: Final = re.compile(
    r"s?[\"'`*]{0,3}+(?=[ \ta-z:=→?-])(?:"  # the client tells an answer as "the question?"="the answer"
    rf"(?:[ \t]+(?:for|of|on|to|at)(?:[ \t]+[\w.@-]{{1,30}}){{1,4}})?[ \t]*+(?:(?:is|was|were|are|(?:will|must|should|shall|has[ ]to|needs[ ]to)[ ]be|has[ ]been|got)(?:[ \t]+(?:now|still|just|again|currently|set|changed|reset|to|the|actually|really|not|no[ ]longer)){{0,4}}|(?:set|changed|reset|back)?[ \t]*+(?:to|=>?|:|-{{1,2}}>|(?<=[ ])-{{1,2}}[ ]|→)|\?\\{{0,3}}[\"']=)[ \t]*{_TOLD}"
    rf"|[ \t]+from[ \t]+[\"'`*]{{0,2}}(?P<t>[^\s\"'`*,;<>()]{{1,128}})[\"'`*]{{0,2}}[ \t]+to[ \t]+{_TOLD.replace('<s>', '<u>')}"
    rf"|[ \t]+{_TOLD.replace('<s>', '<v>')})"
)
_FOREIGN: Final = re.compile(
    rf"(?:{_WORD})?[\"'`*]{{0,3}}[ \t]*+(?:(?:[:=：]|{_WORD}[ \t])[ \t]*+(?:{_WORD}[ \t:]++)?|(?:[是为為はが은는이]|คือ)\s*+)?[ \t]*+{_TOLD}"  # noqa: RUF001 - as people write
)
# Far behind the word, where nothing else stands on the line, or alone on the next one; typed into a field of that name.
_SHOWN: Final = re.compile(
    rf"[^\n:\"'`=|]{{2,60}}:[ \t]++{_TOLD}(?=[\"'`.]{{0,2}}[ \t]*+(?:\r?\n|\Z))"
    r"|s?[ \t]*+[:\uff1a]?[*_`]{0,2}+[ \t]*+\r?\n[ \t]*+(?:>[ \t]*+)?`?(?P<t>[^\s\"'`,;|]{6,128})`?[ \t]*+(?=\r?\n|\Z)"
    r"|(?:(?::? ?\\?[\"'])?\]?\\?[\"'][)\]]{1,2}\.(?:type|fill|send_?keys|set_?value|val|press_?sequentially|enter_?text)\([ \t]*+"
    r"|:? ?\*?[\"'}][ \t]*+\n[ \t]*+send[ \t]++(?:--[ \t]++)?)\\?[\"'{](?P<u>[^\"'\n\\]{4,120})"
)
# Before the word: `use … as the admin password`, `… is the password`, `… (that's my password)`, `nimm … als Passwort`.
_BEFORE: Final = re.compile(
    r"(?<![^\s\"'`*(])(?P<s>[^\s\"'`*,;<>()]{6,128})[\"'`*]{0,2}(?:[ \t]*[,(\u2013\u2014-]{1,2}[ \t]*|[ \t]+)(?:as|is|that(?:'s|[ ]is)|which[ ]is|being"
    r"|als|ist|comme|est|como|es|come|som|jako)[ \t]+(?:[\w']{1,12}[ \t]+){0,3}\Z"
    r"|(?P<t>[^\s\"'`*,;<>()\u3001\u3002\u300c\u300d]{6,128})\u300d?[ \t]?[\u3092\u304c][ \t]?\Z"
)
_NO_MORE: Final = re.compile(
    r"[\"'`*]{0,2}(?:[ \t]*(?:[.,;:!?)\n]|\Z)|[ \t]+(?:for|of|on|to|at|in|and|f\u00fcr|pour|para|per|de|now)\b|[\u3068\u306b\u3067])"
)
BEFORE_CHARS: Final = 100
# The words for password: English ones, and those of others (ASCII, and not).
_HERE: Final = ("password", "passwd", "passphrase", "passcode", "passwort", "kennwort", "assword", "pw")
_KINDS_OF: Final = ("token", "api key", "api-key", "api_key", "secret")
_ABROAD: Final = (
    "passwort", "kennwort", "mot de passe", "contrasena", "senha", "la password", "wachtwoord", "haslo", "losenord", "adgangskode",
    "passord", "salasana", "sifre", "parola d'ordine", "parola", "heslo", "kata sandi", "jelszo", "clave", "chiave", "mdp",
)  # fmt: skip
_ABROAD_OTHER: Final = (
    "contraseña", "hasło", "lösenord", "şifre", "пароль", "пароля", "密码", "密碼", "口令", "パスワード", "비밀번호",
    "암호", "mật khẩu", "κωδικός", "סיסמה", "كلمة المرور", "كلمة السر", "पासवर्ड",
    "jelszó", "รหัสผ่าน", "schlüssel", "clé api", "ключ", "токен", "密钥", "令牌", "暗証番号", "code d'accès",
)  # fmt: skip
_ABROAD_IS: Final = r"(?:lautet|hei\u00dft|ist|est|c'est|es|\u00e8|\u00e9|jest|\u00e4r|er|(?:ge\u00e4ndert|gesetzt|chang\u00e9|cambiada|cambiato)[ ](?:auf|in|en|\u00e0|a)|auf|en|\u00e0)"
_FAR_ABROAD: Final = re.compile(
    rf"(?:[ \t]+[\w']{{1,16}}){{0,6}}?(?:[ \t]*(?:[:=\uff1a→]|[—–-](?=[ \t]))[ \t]*|[ \t]+{_ABROAD_IS}[ \t:]+){_TOLD}"  # noqa: RUF001
)
# Name and password in one breath.
_PAIRS: Final = {
    "login": r"[ \t]*+(?::|is|as|with|=)?[ \t]*+[\w.@+-]{2,60}+[ \t]*(?:/|:|\|)[ \t]*" + _TOLD,
    "cred": r"(?:ential)?s?[ \t]*+(?::|=|are|is)?[ \t]*+(?:for[ \t]\S{1,40}[ \t]*+(?::|are)?[ \t]*+)?[\w.@+-]{2,60}+[ \t]*(?:/|:|\|)[ \t]*" + _TOLD,
    "login ": r"[\w.@+-]{2,60}[,;/]?[ \t]+(?:and[ \t]+)?(?:pass|pw|pwd)[ \t:=]{1,3}" + _TOLD,
    "user": r"(?:name)?[ \t:=]{1,3}[\w.@+-]{2,60}[,;/]?[ \t]+(?:and[ \t]+)?(?:pass|pw|pwd)[ \t:=]{1,3}" + _TOLD,
    " pw": r"[\"'`*]{0,2}[ \t]*(?::|=|is|ist|->)[ \t]*" + _TOLD,
    "admin:": r"(?<![\w/.@-]admin:)(?P<v>[^\s\"'`,;<>():/\\|]{7,64})(?=[\s\"'`,;)]|$)",
    "root:": r"(?<![\w/.@-]root:)(?![0-9a-f]{40}\b)(?P<v>[^\s\"'`,;<>():/\\|]{7,64})(?=[\s\"'`,;)]|$)",
    **dict.fromkeys(("\U0001f511", "\U0001f510"), r"\ufe0f?[ \t]*:?[ \t]*(?:[\w.@+-]{1,60}[ \t]*[:/][ \t]*)?" + _TOLD),
    " pass": r"[ \t]*(?::|=|is|ist|es)[ \t]*" + _TOLD,
    # short for it, and the word for a path
    "パス": r"(?:フレーズ|コード)?[ \t]*[はが:\uff1a][ \t]*[\"'`\u300c\u300e]?(?P<v>(?=[^/\\.]{6,64}(?![!-~]))[!-~]{6,64}?)(?=[\"'`]?(?![!-~]))",
    " as ": r"[\w.@+-]{2,60}[ \t]+with[ \t]+(?P<s>[^\s\"'`*,;<>()]{6,128})",
    **dict.fromkeys(
        ("zugangsdaten", "identifiants", "credenciales", "credenziali", "ログイン", "登录"),
        r"[ \t]*+[:：]?[ \t]*+[\w.@+-]{2,60}+[ \t]*(?:/|:)[ \t]*" + _TOLD,  # noqa: RUF001 - as people write
    ),
}  # fmt: skip
_PATTERNS: Final = {word: re.compile(pattern) for word, pattern in _PAIRS.items()}


def told(text: str, low: Lowered) -> Iterator[Span]:
    """Find passwords that a sentence tells: `the password is …`, `mein Passwort ist …`, `login admin / …`."""
    for word in _HERE:
        for at in low.places(word):
            if at and (low[at - 1].isalnum() or low[at - 1] in _NOT_BEFORE):
                continue
            end = at + len(word)
            if low.startswith(_NO_VALUE, end):
                continue
            if not low.startswith(": ", end) and (found := _SHOWN.match(low, end)):
                asked = (
                    found.lastgroup == "t" and ":" in low[end : found.start("t")] and not low[end].isalnum()
                )
                asked = found.lastgroup == "u" or (asked and _begins_line(low, at))
                yield from _shown(text, *found.span(found.lastgroup or 0), asked=asked)
            if (match := _ENGLISH.match(low, end)) is None:
                continue
            said = low[max(0, at - 6) : at].endswith(("with ", "and ", "using ", "mit ", "und "))
            yield from _first_told(text, match, said=said)
    for word in chain(_ABROAD, () if text.isascii() else _ABROAD_OTHER):
        for at in low.places(word):
            if _in_word(low, at, word):
                continue
            for pattern in (_FOREIGN, _FAR_ABROAD):
                if match := pattern.match(low, at + len(word)):
                    yield from _first_told(text, match)
    yield from _told_before(text, low)
    for word, pattern in _PATTERNS.items():
        for at in low.places(word):
            match = pattern.match(low, at + len(word))
            if match and not text.startswith("PASS", at + 1):  # what test runners print
                yield from _first_told(text, match)


def _in_word(low: str, at: int, word: str) -> bool:
    """Tell whether a short word stands within another one, as in any data it does."""
    end = at + len(word)
    return (
        word.isascii()
        and len(word) <= MAX_SHORT
        and (low[max(0, at - 1) : at].isalnum() or low[end : end + 1].isalnum())
    )


def _told_before(text: str, low: Lowered) -> Iterator[Span]:
    """Find what stands before the word for it: `use … as the password`."""
    for word in chain(_HERE, _KINDS_OF, _ABROAD, () if text.isascii() else _ABROAD_OTHER):
        for at in low.places(word):
            begin, end = max(0, at - BEFORE_CHARS), at + len(word)
            if _in_word(low, at, word):
                continue
            if _NO_MORE.match(low, end) and (found := _BEFORE.search(low, begin, at)):
                start, end = found.span(found.lastgroup or 0)
                if is_said(text[start:end]):
                    yield start, end, "password"


def _begins_line(low: str, at: int) -> bool:
    """Tell whether but a word or two stand before a place on its line."""
    return len(low[low.rfind("\n", 0, at) + 1 : at].split()) <= MAX_BEFORE


def _shown(text: str, start: int, end: int, *, asked: bool = False) -> Iterator[Span]:
    """Judge what stands where a password would, without a word like `is` that says so.

    Args:
        asked: It is typed into a field, or stands alone below the word and a colon: it may be one of words and a number.
    """
    value = text[start:end].rstrip(".!?:)]}*") or text[start:end]
    if text.startswith(_STAND_INS, start) or is_stand_in(value) or is_path(value):
        return
    if is_said(value, weak=not asked or value == value.upper()) or is_random(value):
        yield start, start + len(value), "password"


def _first_told(text: str, match: re.Match[str], *, said: bool = False) -> Iterator[Span]:
    last = match.lastgroup or ""
    for name in ("t", "u") if last == "u" else (last,):
        start, end = match.span(name)
        if text.startswith(_STAND_INS, start):
            continue
        value = text[start:end].rstrip(".!?:)]}*")
        if is_said(value, weak=name == "v" and not said):
            yield start, start + len(value), "password"


# Words that open a wallet or a second factor.

_PHRASE: Final = re.compile(
    r"\\{0,3}[\"'`*_)\]]{0,3}[ \t]*+(?:\([^()\n]{0,40}\))?[ \t]*+(?:is|are|was|=>?|:|=)?\s{0,4}\\{0,3}[\"'`*(\[]{0,3}(?P<s>(?:\d{1,2}[.)][ ])?[a-z]{3,8}(?:(?:[ ,]{1,2}|[ \t]{0,2}\r?\n[ \t]{0,8})(?:\d{1,2}[.)][ ])?[a-z]{3,8}){11,23})(?![\w-])"
)
_NO_PHRASE: Final = re.compile(
    r"\b(?:the|and|for|from|was|are|has|its|which|when|must|will|your|not|but|with|that|this|have|some|been|they|them|then|than|what|only|also|into"
    r"|over|just|more|each|does|were|here|text|word|code|need|used|user|name|file|test)\b"
)
_SEED: Final = re.compile(
    r"[ \t]*(?:is|=|:|key|seed|secret|code){0,3}[ \t:=]{1,4}[\"'`]?(?P<s>[A-Z2-7]{16,128}|(?=[A-Za-z \t-]{0,160}+[2-7])[A-Za-z2-7]{4}(?:[ -][A-Za-z2-7]{4}){3,31})(?![\w-])"
)
# Codes that let somebody in once, a few in a row; the key of an encrypted disk.
_CODES: Final = re.compile(
    r"(?:[ \t]*(?:\d{1,2}[.):]|[-*•])?[ \t]*[\"'`]?(?=[^\n]{0,64}\d)(?P<s>[A-Za-z0-9]{4,64}(?:[ -][A-Za-z0-9]{3,10}){0,7})[\"'`]?,?[ \t]*(?:\r?\n|$))"
)
_RECOVERY_KEY: Final = re.compile(
    r"(?<![\w-])(?:\d{6}(?:-\d{6}){7}|[A-Z0-9]{4}(?:-[A-Z0-9]{4}){5,7}|[b-lnrtuv]{8}(?:-[b-lnrtuv]{8}){7})(?![\w-])"
)
# What a mailbox lets a program in with: four times four letters.
_OF_MAIL: Final = re.compile(
    r"(?:word)?\\{0,3}[\"'`*]{0,3}[ \t]*(?:[:=]|is|ist)[ \t]*\\{0,3}[\"'`*]{0,3}(?P<s>[a-z]{4}(?:[ -][a-z]{4}){3})(?=\\{0,3}[\"'`*,;.)]|[ \t]*(?:\r?\n|\Z))"
)
SEED_NEAR_CHARS: Final = 30  # from the word to what stands before the seed
# Words before one itself; logs of development servers show whose it is between.
_ONCE: Final = ("otp", "totp", "passcode", "one-time pass", "one time pass", "one-time-pass", "one_time_pass")
_CODE: Final = re.compile(
    r"[^\n\d]{0,48}?(?:[:=][ \t]{1,2}|=|:(?=[\"'])|\b(?:is|code)[ \t])[\"'`*]{0,3}(?P<s>\d{6,8})(?![\w:/-]|\.\w)"
)
# Words that leave no doubt, with hardly anything between.
_CODE_WORDS: Final = (
    "--otp", "--token-code", "2fa", "mfa", "verification code", "security code", "login code", "sign-in code", "one-time code",
    "one time code", "authentication code", "authenticator", "sms code", "code from my phone", "tigungscode",
    "door code", "gate code", "alarm code", "entry code", "pin code", "my pin", "the pin", "türcode",
    "sicherheitscode", "einmalcode", "code de v\u00e9rification", "code de confirmation", "c\u00f3digo de verificaci\u00f3n",
    "c\u00f3digo de seguridad", "codice di verifica", "認証コード", "確認コード", "验证码", "인증번호",
)  # fmt: skip
_DIGITS: Final = r"(?P<s>\d{6,8}|\d{3}[ -]\d{3})(?![\w:/-]|[.,]\w)"
_CODE_BEHIND: Final = re.compile(
    r"(?:[ ]code)?[\"'`*]{0,3}[ \t]*(?:\([^()\n]{0,30}\)[ \t]*)?(?:is|was|ist|lautet|est|es|\u00e8|\u00e9|=|:|\uff1a|は|是)?[ \t:]*[\"'`*]{0,3}"
    + _DIGITS
)
_CODE_BEFORE: Final = re.compile(
    r"(?<![\w:/.])(?P<s>\d{6,8})[\"'`*]{0,2}[ \t]+(?:is|from|as)[ \t]+(?:\w{1,16}[ \t]+){0,3}\Z"
)
_EXAMPLES: Final = "0123456789 987654321"


def phrases(text: str, low: Lowered) -> Iterator[Span]:
    """Find recovery phrases of wallets, the seeds of one-time passwords, and such passwords."""
    for word in ("mnemonic", "phrase", "seed words", "recovery words", "backup words"):
        for at in low.places(word):
            found = _PHRASE.match(low, at + len(word))
            if found and not _NO_PHRASE.search(found["s"]):
                yield found.start("s"), found.end("s"), "recovery-phrase"
    for at in low.places("pass"):
        if (mail := _OF_MAIL.match(low, at + 4)) and not _NO_PHRASE.search(mail["s"].replace("-", " ")):
            yield *mail.span("s"), "password"
    for word in ("2fa", "totp", "otp", "authenticator", "mfa"):
        for at in low.places(word):
            if len(word) < 5 and low[at - 1 : at].isalnum():  # in a word, or in a number
                continue
            begin = at + len(word)
            tried = (_SEED.match(text, start, begin + 200) for start in range(begin, at + SEED_NEAR_CHARS))
            if (seed := next(filter(None, tried), None)) and _is_seed(seed["s"]):
                yield seed.start("s"), seed.end("s"), "otp-seed"
    done = 0
    for at in low.places(
        "recovery code", "backup code", "scratch code", "recovery-code", "backup-code", "recovery_code"
    ):
        for span in _codes(text, at) if at >= done else ():
            done = span[1]
            yield span
    for at in low.places("recovery key", "recovery-key", "recovery_key", "recoverykey"):
        if key := _RECOVERY_KEY.search(text, at, at + 240):
            yield *key.span(), "recovery-key"
    for word in _ONCE:
        for at in low.places(word):
            code = _CODE.match(text, at + len(word))
            if code and not low[max(0, at - 1) : at].isalnum() and _is_drawn(code["s"]):
                yield code.start("s"), code.end("s"), "one-time-code"
    for word in _CODE_WORDS:
        for at in low.places(word):
            code = _CODE_BEHIND.match(low, at + len(word)) or _CODE_BEFORE.search(low, max(0, at - 80), at)
            if code and not _in_word(low, at, word) and _is_drawn(re.sub("[ -]", "", code["s"])):
                yield code.start("s"), code.end("s"), "one-time-code"


def _is_seed(shown: str) -> bool:
    seed = re.sub("[ -]", "", shown)
    return is_secret("secret", seed, quoted=True, plain=True) and (seed == shown or not seed.isalpha())


def _codes(text: str, at: int) -> Iterator[Span]:
    """Find the codes in the lines below the words for them: three or more."""
    found: list[Span] = []
    line = text.find("\n", at, at + 120) + 1
    while line:
        if text[line : line + 1] == "\n":
            line += 1
            continue
        if (code := _CODES.match(text, line)) is None:
            break
        found.append((*code.span("s"), "recovery-code"))
        line = code.end()
        if line == len(text):
            break
    if len(found) >= 3:
        yield from found


def _is_drawn(digits: str) -> bool:
    """Tell whether digits may have been drawn by chance: no round number, no date, no example."""
    is_date = len(digits) == 8 and digits.startswith(("19", "20"))
    return not (is_date or is_stand_in(digits) or digits.endswith("000") or digits in _EXAMPLES)
