"""What makes a name secret-like and a value a secret: judgement without context.

Names are split into words (`dbPassword`, `DB-PASSWORD` and `db_password` are one), values are looked at by
shape: what a person or a program writes in place of a secret is not one.
"""

import math
import re
from functools import lru_cache
from typing import Final

Span = tuple[int, int, str]  # from, to, rule

MIN_SECRET_CHARS: Final = 8
MIN_CUT_CHARS: Final = 16
MAX_JUDGED_CHARS: Final = 160  # a longer value is judged by its beginning


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PASSWORD: Final = _listed(
    "password passwd passwort passphrase passcode passwrd pwd pass pw pgpassword mypwd dbpass sshpass psk"
)
_SECRET: Final = _listed(
    "secret secrets token tokens credential credentials creds apikey authtoken accesstoken jwt bearer "
    "authorization otp totp webhook dsn masterkey secretkey accesskey privatekey signingkey"
)
# `key` alone is a dictionary's; with one of these before it, it opens something.
_KEY_KINDS: Final = _listed(
    "api access secret private encryption encrypt signing sign master auth admin service account storage "
    "deploy license client app application consumer shared subscription session data webhook hmac aes jwt ssh "
    "unseal recovery root integration ingest rest write server certificate join stripe openai anthropic aws azure gcp google github "
    "sendgrid twilio datadog newrelic algolia mailgun maps bot user crypto wallet seed preshared"
)
_SECRET_ENDS: Final = ("secret", "token", "apikey", "accesskey", "secretkey", "privatekey", "accountkey", "authkey")  # fmt: skip
# What may follow the word that counts: `API_KEY_PROD`, `token2`, `secretValue`.
_TAILS: Final = _listed(
    "prod production dev live staging main default value base b hex old new raw plain text"
)
# A name that ends so tells something about a secret: `token_count`, `secret_name`, `password_file`.
_ABOUT: Final = _listed(
    "type types count counts limit limits length len size name names id ids path paths file files dir url uri "
    "endpoint expiry expires expiration expire ttl at in by on format prefix suffix field fields label "
    "placeholder hint policy policies strength reset regex pattern index class classes kind provider manager "
    "store storage usage used budget cost per max min total version algorithm alg header method mode "
    "enabled required valid env var vars variable arn ref refs rotation scope scopes position start end "
    "error message input output cache creation read service handler helper util utils test tests "
    "fingerprint map list set status state age public hash hashes time date iat line offset "
    "owner issuer audience sock socket pid program command cmd process"
)
_NOT_KEYS: Final = _listed("public primary foreign cache sort partition host")


@lru_cache(maxsize=4096)
def name_class(name: str) -> str:
    """Return "password", "secret", or "" for a name that promises no secret."""
    words = _words_of(name)
    if words[-3:] == ["private", "key", "id"]:
        return "secret"
    if (
        not words
        or words[-1] in _ABOUT
        or "public" in words
        or words[0] in ("max", "min", "num", "total", "n")
    ):
        return ""
    last = words[-1]
    if (
        last in _PASSWORD
        or last.endswith(("password", "passwd"))
        or words[-2:] in (["pass", "word"], ["pass", "phrase"])
    ):
        return "password"
    shouted = name.isupper()  # an environment variable's name
    if shouted and last == "salt" and len(words) > 1:
        return "secret"
    said = bool(_SECRET.intersection(words)) or (len(words) > 1 and last in ("pat", "pepper"))
    if last in _SECRET or last.endswith(_SECRET_ENDS) or (shouted and said):
        return "secret"
    if last in ("key", "keys") and len(words) > 1 and not _NOT_KEYS.intersection(words):
        return "secret" if shouted or _KEY_KINDS.intersection(words) or _SECRET.intersection(words) else ""
    if (
        words[-2:] in (["connection", "string"], ["secret", "string"])
        or words[-3:] == ["client", "key", "data"]
        or last == "auth"
    ):
        return "secret"
    return ""


def _words_of(name: str) -> list[str]:
    """Return the words of a name that count."""
    words = [word.lower() for word in _WORDS.findall(name)]
    while words and (words[-1].isdigit() or words[-1] in _TAILS):
        words.pop()
    return words


@lru_cache(maxsize=4096)
def tells_about(end: str) -> bool:
    """Tell whether a name that ends so promises no secret, whatever stands before."""
    words = _words_of(end)
    # The one of a private key does.
    return len(words) > 1 and words[-1] in _ABOUT and words[-2:] != ["key", "id"]


_TRIVIAL: Final = _listed(
    "password passwd passw0rd pass pwd secret secrets token changeme change_me change-me changeit example sample "
    "test testing tester none null nil undefined true false yes no on off default admin root user username "
    "postgres mysql redis guest dummy fake foobar foo bar baz string str int bool boolean bytes object any "
    "unknown optional required todo tbd fixme redacted removed hidden masked empty blank value bearer basic "
    "digest negotiate required-secret mypassword my-secret mysecret supersecret s3cr3t development production staging localhost 12345678 123456789 1234567890 password123 secret123 test1234 "
    "abc123 abcdefgh"
)
# What a stand-in looks like as a whole, or begins with.
_STAND_IN: Final = re.compile(
    r"""(?ix)
    [<\[{(] | \\ | =  | \#                       # <token>, [redacted:…], {value}
    | \$(?:[{(]|\w+\W?$) | %[\w(]+\)?%?s?$ | @\w+$  # $VAR, ${VAR}, $(command), %VAR%, %(x)s, @ref
    | [x*._•\-?#0]+$ | (.)\1{5,}$
    | (?:process\.env|import\.meta|os\.environ|os\.getenv|env|getenv|environ|config|settings|self|this|secrets|vars
        |args|options|opts|params|props|ctx|request|req|response|res|data|state)[.\[(?!]
    | (?:fn|func|function|lambda|async|await|new|return|not|if|for|def|class|import|from|typeof|const|let|var|typing)(?=[ ([{]|$)
    """
)
# What makes a text a stand-in wherever it is.
_STAND_IN_PART: Final = re.compile(
    r"""(?ix)
    \$\{ | \{\{ | \$\( | %\( | <[a-z_ -]{1,40}> | xxxx | \*\*\*\* | \.\.\. | …
    | (?<![a-z0-9])(?:your|(?-i:my|My|MY)|insert|enter|replace)[-_ ]
    | example | placeholder | change[-_]?me | replace[-_]?me | dummy | fake | redacted | not[-_]?a[-_]?real
    """
)
_CALL: Final = re.compile(r"[\w.:$?!>-]+[(\[{].*", re.DOTALL)
_CALLED: Final = re.compile(r"[A-Za-z_][\w.]*(?:\([^()]*\)|\[[^\[\]]*\])\S*")
_DOTTED: Final = re.compile(r"[A-Za-z_]\w*(?:(?:\.|::|->|\?\.)[A-Za-z_]\w*)+[;,!?]?")
_NUMBERISH: Final = re.compile(
    r"[\^~<>=v]{0,3}\d[\d._,:%-]*(?:[a-z]{1,3}|(?:-|\+)?(?:alpha|beta|rc|dev|post)[\d.]*)?"
)
_PATHISH: Final = re.compile(
    r"(?:[./~]|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]*://|[\w@.-]+\.(?:com|org|net|io|dev)/).*"
)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEX: Final = re.compile(r"(?:0x)?[0-9a-fA-F]+")
_HASH: Final = re.compile(r"(?i)(?:sha\d*|md5|h1|blake\w*|git|commit|integrity)[-:=].*")
_SPLIT: Final = re.compile(r"[-_./:@ +]")
_WORDISH: Final = re.compile(
    r"[A-Za-z]?[a-z]*|[A-Z]+s?|[A-Z]{2,}\d{1,2}|\d+|v\d+|[a-z]*(?:[A-Z][a-z]+\d{0,2}){0,5}\d{0,4}|[a-z]{1,5}\d{1,4}[a-z]{0,5}"
)
_TRANSITION: Final = re.compile(
    r"(?<=[a-z])[A-Z0-9]|(?<=[A-Z0-9])[a-z]|(?<=[A-Z])\d|(?<=\d)[A-Z]|[^A-Za-z0-9]"
)
# Each character as its kind: a small letter, a capital, a digit, a sign.
_KINDS: Final = b"-" * 48 + b"0" * 10 + b"-" * 7 + b"A" * 26 + b"-" * 6 + b"a" * 26 + b"-" * 133
_TURNS: Final = (b"-", b"aA", b"a0", b"Aa", b"0a", b"A0", b"0A")


def is_stand_in(value: str) -> bool:
    """Tell whether `value` is what stands where a secret would: a variable, a call, `changeme`, `<token>`."""
    value = _uncut(value[:MAX_JUDGED_CHARS].strip())
    return _begins_as_stand_in(value) or _STAND_IN_PART.search(value) is not None


def _uncut(value: str) -> str:
    """Return a long value without the mark where it was shortened: it is none in which dots stand for something."""
    return value[:-1] if value.endswith("…") and len(value) > MIN_CUT_CHARS else value


def _begins_as_stand_in(value: str) -> bool:
    """Tell what the beginning of `value`, or all of it, tells: far faster than to look for a part."""
    bare = value.lower()
    return not bare or bare in _TRIVIAL or _STAND_IN.match(value) is not None


def is_code(value: str) -> bool:
    """Tell whether an unquoted `value` is an expression: a call, an index, an attribute, a plain name."""
    value = value[:MAX_JUDGED_CHARS]
    return (
        _CALL.fullmatch(value) is not None or _DOTTED.fullmatch(value) is not None or (value.rstrip(";,?!").isidentifier()
        and not is_random(value))
    )  # fmt: skip


def is_called(value: str) -> bool:
    """Tell whether an unquoted `value` is a call or an index, whatever is behind it: no secret, even where data stands."""
    return ("(" in value or "[" in value) and _CALLED.fullmatch(value[:MAX_JUDGED_CHARS]) is not None


def is_path(value: str) -> bool:
    """Tell whether `value` is a path, a URL or a host with one."""
    value = value[:MAX_JUDGED_CHARS]
    if _PATHISH.fullmatch(value) is None:
        return False
    first = value.lstrip("./~\\").partition("/")[0].rstrip(":")
    return (len(first) <= 16 and _WORDISH.fullmatch(first) is not None) or value[1:2] == ":" or "://" in value


def entropy(value: str) -> float:
    """Return Shannon's entropy of the characters of `value`, in bits a character."""
    total = len(value)
    shares = [value.count(char) / total for char in dict.fromkeys(value)]
    return -sum([share * math.log2(share) for share in shares])


def is_random(value: str) -> bool:
    """Tell whether `value` looks drawn, not written: no words, no version, no path."""
    value = value[:MAX_JUDGED_CHARS]
    value = value.strip("()[]{}<>:;,.'\"=")
    if len(value) < MIN_SECRET_CHARS or " " in value or _NUMBERISH.fullmatch(value) or _HASH.fullmatch(value):
        return False
    if _UUID.fullmatch(value) or (len(value) >= 32 and _HEX.fullmatch(value)):
        return entropy(value) > 2.5
    parts = _SPLIT.split(value)
    if all(_WORDISH.fullmatch(part) for part in parts):
        return _is_odd_word(max(parts, key=len))
    return _turns(value) >= (1 if len(value) >= 16 else 2) and entropy(value) >= min(
        3.0, math.log2(len(value)) - 0.75
    )


def _turns(value: str) -> int:
    """Tell how often one kind of character turns into another; each sign is a turn of its own."""
    if not value.isascii():
        return len(_TRANSITION.findall(value))
    return sum(map(value.encode().translate(_KINDS).count, _TURNS))


def _is_odd_word(word: str) -> bool:
    """Tell whether a long run of letters changes case too often or has too few vowels for words."""
    if len(word) < 16:
        return False
    vowels = sum(char in "aeiouyAEIOUY" for char in word)
    return len(word) < 2.9 * len(_WORDS.findall(word)) or vowels < len(word) * 0.18


def is_strong(value: str) -> bool:
    """Tell whether `value` is random enough to be a secret by its looks alone; no sha, uuid, path or hash."""
    value = value[:MAX_JUDGED_CHARS]
    bare = value.rstrip("=")
    if len(bare) < 16:
        return False
    if _turns(bare) < len(bare) / 4 or sum(map(str.isdigit, bare)) < 2:
        return False
    if (
        _UUID.fullmatch(bare)
        or all(_HEX.fullmatch(part) for part in _SPLIT.split(bare) if part)
        or is_path(value)
    ):
        return False
    return is_random(bare) and entropy(bare) >= 3.4


# Types, encodings, algorithms and protocols: names with digits that nobody takes for a password.
_TECHNICAL: Final = re.compile(
    r"(?i)(?:.*(?:base(?:16|32|58|64|85)|utf(?:8|16|32)|sha(?:1|224|256|384|512)|md5|aes(?:128|192|256)|rsa?(?:256|384|512|[234]\d{3})"
    r"|[he]s(?:256|384|512)|ed25519|x509|x25519|secp\d+|oauth2?|http2|ipv[46]|u?int(?:8|16|32|64)|float(?:16|32|64)"
    r"|latin1|pkcs\d+|argon2|pbkdf2|chacha20)(?!\d)|\d{4}-\d\d-\d\d|0x[0-9a-f]).*"
)
_CHOSEN_WORD: Final = re.compile(r"(?:[A-Z]?[a-z]{3,20}\d{1,8}){1,4}")
_SIGNED: Final = re.compile(r".*[!@#$%^&*+=~?].*\w")


def is_technical(value: str) -> bool:
    """Tell whether `value` is about a type, an encoding or an algorithm: `Uint8Array`, `base64url`."""
    return _TECHNICAL.fullmatch(value[:MAX_JUDGED_CHARS]) is not None


def _is_chosen_word(value: str) -> bool:
    """Tell whether an identifier is more likely a chosen password, `sunflower12`, than a variable, `token12`."""
    return (
        len(value) >= MIN_SECRET_CHARS
        and _CHOSEN_WORD.fullmatch(value) is not None
        and sum(char.isdigit() for char in value) >= 2
        and not name_class(value)
        and not is_technical(value)
    )


def _is_chosen(value: str) -> bool:
    """Tell whether a literal has a digit in its words, or letters of both cases around a sign; no version, no name."""
    bare = value.rstrip("0123456789").lower()
    if " " in value or bare in _PASSWORD | _SECRET or is_technical(value) or _DOTTED.fullmatch(value):
        return False
    if not any(char.isalpha() for char in value) or _NUMBERISH.fullmatch(value):
        return False
    parts = _SPLIT.split(value)
    if any(char.isdigit() for char in value):
        # `us-east-1` and `gpt-4-turbo` are names; a number of three digits or more is not a version's.
        return len(parts) == 1 or any(sum(char.isdigit() for char in part) >= 3 for part in parts)
    return value.lower() != value != value.upper() and _SIGNED.match(value) is not None


# Names of variables that digits are hung on.
_STEMS: Final = _listed(
    "argument value string input output text data line param params password passwd passphrase test token node name "
    "field match group result object item user username admin secret expected actual hash column index element "
    "message number level version step stage phase case part table figure chapter section python field example "
    "account client option authentication"
)


def is_said(value: str, *, weak: bool = False) -> bool:
    """Tell whether a word said to be the password is one: letters with digits or signs, no name, no version, no path.

    Args:
        weak: Nothing but the word before says so: the value itself must show that it was chosen.
    """
    if (
        len(value) < 6
        or value.isalpha()  # most words
        or is_stand_in(value)
        or is_path(value)
        or is_technical(value)
        or _NUMBERISH.fullmatch(value)
    ):
        return False
    if _CALL.fullmatch(value) or _DOTTED.fullmatch(value) or not any(char.isalpha() for char in value):
        return False
    if value.isidentifier() and value.isupper() and "_" in value:  # a constant's name
        return False
    digits = sum(char.isdigit() for char in value)
    if value.rstrip("0123456789_").lower() in _STEMS or name_class(value):
        return False
    parts = [part for part in _SPLIT.split(value) if part]
    if len(parts) > 1 and all(part.isalpha() or part.isdigit() for part in parts):
        return not weak and digits >= 3
    if not digits:
        return value.lower() != value != value.upper() and _SIGNED.match(value) is not None
    return not weak or (
        len(value) >= 7 and (digits >= 2 or _SIGNED.match(value) is not None or not value[-1].isdigit())
    )


def least_chars(kind: str) -> int:
    """Return how long a secret given to a name of class `kind` is at least."""
    return 6 if kind == "password" else MIN_SECRET_CHARS


def is_secret(kind: str, value: str, *, quoted: bool, plain: bool) -> bool:
    """Tell whether `value`, given to a name of class `kind`, is a secret.

    Args:
        quoted: It stood in quotes.
        plain: Nothing but data can stand there: a line of `.env`, INI or YAML, a command-line flag.
    """
    value = value[:MAX_JUDGED_CHARS]
    bare = _uncut(value.strip())
    if len(value) < least_chars(kind) or _begins_as_stand_in(bare) or _HASH.fullmatch(value):
        return False
    if not quoted and (is_called(value) or (not plain and is_code(value) and not _is_chosen_word(value))):
        return False
    found = is_password(value, plain=plain) if kind == "password" else _is_key(value, plain=plain)
    return found and _STAND_IN_PART.search(bare) is None  # the slowest of all, for what is left


def _is_key(value: str, *, plain: bool) -> bool:
    if is_path(value):
        return False
    if is_random(value) or _is_chosen(value):
        return True
    return plain and value.isalpha() and len(value) >= 12 and not value.islower()


def is_password(value: str, *, plain: bool) -> bool:
    """Tell whether `value`, given to a name like `password`, is one; for `plain` see `is_secret`."""
    if " " in value.strip():
        return False
    if is_random(value) or (value.isdigit() and len(value) >= 6):
        return True
    if is_path(value) or _DOTTED.fullmatch(value) or _NUMBERISH.fullmatch(value):
        return False
    if value.isidentifier() and is_technical(value):
        return False
    mixed = any(char.isdigit() for char in value) or not re.fullmatch(r"[\w.:/-]+", value)
    return (mixed and any(char.isalpha() for char in value)) or (
        plain and value.isalpha() and len(value) >= 8
    )
