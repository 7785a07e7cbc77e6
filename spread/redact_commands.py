"""Secrets known by the command or call they are typed into: `curl -u`, `sshpass -p`, `IDENTIFIED BY`, `.login(…)`.

`low` is the text in lower case, of the same length. Each pattern begins with a fixed word that is looked for first.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from spread.redact_values import Span, is_random, is_said, is_secret, is_stand_in
from spread.redact_view import Lowered, core_of

_WORD: Final = r"\\{0,3}[\"']?(?P<s>[^\s\"'`<>|;&\\-][^\s\"'`<>|;&\\]{3,200})"
_FAR: Final = r"[^\n]{0,200}?[ \t]"
_PAIR: Final = r"[\"']?[^\s:\"'-][^\s:\"']{0,100}:(?P<s>[^\s\"'\\]{4,200})"
_STRING: Final = (
    r"\\{0,3}[\"'][^\"'\n\\]{1,120}\\{0,3}[\"'],[ \t]*\\{0,3}[\"'](?P<s>[^\"'\n\\]{4,200})\\{0,3}[\"']"
)

# A name and a password behind what is connected to, all by place.
_CONNECTED: Final = (
    r"(?:_connect)?\(\s{0,40}[^\n,]{1,200},\s{0,40}\\{0,3}[\"'][^\"'\n\\]{1,120}\\{0,3}[\"'],\s{0,40}"
    r"\\{0,3}[\"'](?P<s>[^\"'\n\\]{4,200})\\{0,3}[\"']"
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
    "htpasswd": rf"[ \t]+-(?=[a-z]*b)[a-z]++(?:[ \t]+-\w{{1,20}}){{0,8}}[ \t]+\S{{1,100}}[ \t]+\S{{1,60}}[ \t]+{_WORD}",
    "net user": rf"[ \t]+[^\s/-]\S{{0,60}}[ \t]+{_WORD}",
    "net use": rf"[ \t]+(?:\S{{1,2}}[ \t]+)?\\{{2,8}}\S{{1,120}}[ \t]+(?:/user:\S{{1,60}}[ \t]+)?(?!/){_WORD}",
    "operator unseal": rf"[ \t]+{_WORD}",
    **dict.fromkeys(("-storepass", "-keypass", "encrypt_string", "rclone obscure", "cargo login", "reset-admin-password"), rf"[ \t]+{_WORD}"),
    **dict.fromkeys(("drush upwd", "user:password"), rf"[ \t]+\S{{1,60}}[ \t]+{_WORD}"),
    "openssl passwd": rf"(?:[ \t]+-\w{{1,9}}){{0,4}}[ \t]+{_WORD}",
    "mkpasswd": rf"(?:[ \t]+-[\w-]{{1,20}}(?:[ =](?:sha|md|bcrypt|yescrypt|des)[\w-]{{0,9}})?){{0,4}}[ \t]+{_WORD}",
    "security ": rf"(?:import|(?:unlock|create)-keychain){_FAR}-p[ \t]+{_WORD}",
    "xfreerdp": rf"{_FAR}/p:{_WORD}",
    "vault kv put": r"[ \t]+[^\n]{1,200}?[ \t][\w.-]{1,80}=\\{0,3}[\"']?(?P<s>[^\s\"'`@\\-][^\s\"'`\\]{4,400})",
    "wifi:": r"(?=[^\n]{0,40}[st]:)[^\n]{0,200}?[;:]p:(?P<s>[^;\s\"'`\\]{6,63});",
    "> auth ": rf"(?:[\w.-]{{1,40}}[ \t]+)?{_WORD}",
    # Given as a text of its own: `<<< 'x'`.
    **dict.fromkeys(("sudo -s", "cryptsetup", "keepassxc-cli"), rf"[^\n<]{{0,120}}<<<[ \t]*{_WORD}"),
    "chpasswd": r"[ \t]*<<[<-]?[ \t]*[\"']?(?:\w{1,20}[\"']?[ \t]*\r?\n[ \t]*)?[\w.-]{1,60}:(?P<s>[^\s\"'\\]{4,200})",
    "smbclient": rf"{_FAR}-u[ \t]+\S{{1,60}}%(?P<s>[^\s\"']{{4,200}})",
    "echo": r"[ \t]+(?:-n[ \t]+)?\\{0,3}[\"']?(?P<s>[^\s\"'`<>|;&$\\-][^\s\"'`<>|;&\\]{3,200})\\{0,3}[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+-s|[^\n|]{0,80}(?:--password-stdin|--stdin|passwd|login|chpasswd|argon2|cryptsetup|kinit|passphrase-fd|pass[ \t]insert|secrets?[ \t](?:put|create|set|versions)|env[ \t]add|auth[ \t]))",
    "printf": r"[ \t]+[\"']?(?P<s>[^\s\"'`<>|;&$\\-][^\s\"'`<>|;&\\]{3,200}?)(?:\\n)?[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+-s|[^\n|]{0,80}(?:--password-stdin|secrets?[ \t](?:put|create|set|versions)|env[ \t]add))",
    "echo ": r"\\{0,3}[\"']?[\w.-]{1,60}:(?P<s>[^\s\"'`|\\]{4,200})\\{0,3}[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?chpasswd",
    "requirepass": rf"[ \t]+{_WORD}",
    "masterauth": rf"[ \t]+{_WORD}",
    "setuser": r"[^\n]{0,100}?[ \t]>(?P<s>[^\s\"'\\]{4,200})",
    "vault login": r"[ \t]+(?:-[\w=-]{1,80}[ \t]+){0,8}\\{0,3}[\"']?(?P<s>[^\s\"'`=<>|;&\\-][^\s\"'`=<>|;&\\]{7,200})(?=[\s\"'`]|$)",
    "add-authtoken": rf"[ \t]+{_WORD}",
    "snyk auth": rf"[ \t]+{_WORD}",
    "account login": rf"[ \t]+{_WORD}",
    "rabbitmqctl": rf"{_FAR}(?:add_user|change_password)[ \t]+\S{{1,60}}[ \t]+{_WORD}",
    "lftp": r"[^\n]{0,200}?[ \t]-u[ \t]+[^\s,]{1,60},(?P<s>[^\s\"']{4,200})",
    "poetry config": rf"[ \t]+(?:pypi-token\.\S{{1,60}}|http-basic\.\S{{1,60}}[ \t]+\S{{1,60}})[ \t]+{_WORD}",
    "securestring": rf"(?:[ \t]+-string)?[ \t]+{_WORD}",
    "--secret-string": rf"[ =]{_WORD}",
    "--from-literal": r"[= ][\"']?[\w.-]{1,80}=(?P<s>[^\s\"'`]{4,500})",
    "put-parameter": rf"(?=[^\n]{{0,400}}securestring)[^\n]{{0,400}}?[ \t]--value[ =]{_WORD}",
    "secret set": rf"[ \t]+\S{{1,80}}[ \t]+(?:-b[ =]?|--body[ =]){_WORD}",
    "identified with": r"[ \t]+[\w\"'`]{1,60}[ \t]+(?:by|as)[ \t]+\\{0,3}[\"'](?P<s>[^\"'\n\\]{4,200})\\{0,3}[\"']",
    "identified by": r"[ \t]+\\{0,3}[\"'](?P<s>[^\"'\n\\]{4,200})\\{0,3}[\"']",
    "oracle:thin:": r"[\w.$#]{1,60}/(?P<s>[^\s/@\"']{4,200})@",
    "sqlplus": r"[ \t]+(?:-\w{1,20}[ \t]+){0,8}[\w.$#]{1,60}/(?P<s>[^\s/@\"']{4,200})@",
    "login ": r"\S{1,200}\s{1,40}password[ \t]+(?P<s>\S{4,500})",
}  # fmt: skip
# The password beside a name: `-u ann -p …`, of whatever client.
_BESIDE: Final = rf"[ =][\"']?[^\s\"'-][^\s\"']{{0,80}}[\"']?[ \t]+(?:[^\n|;&]{{0,60}}?[ \t])?(?:-p|-w|--?pass|-pw)[ =]{_WORD}(?=[\s\"'`;|&)]|$)"
# Short names of programs that are parts of longer words: only what looks like a password counts.
_DOUBTED: Final = {
    " -u": _BESIDE,
    " --user": "(?:name)?" + _BESIDE,
    # What is hashed, or compared with what was.
    **dict.fromkeys(
        ("bcrypt.hash", "bcrypt.compare", "hash::make", "hash::check", "hashpw", "checkpw", "password_hash", "password_verify"),
        r"(?:sync)?\(b?\\{0,3}[\"'](?P<s>[^\"'\n\\]{4,200})\\{0,3}[\"']",
    ),
    "--plaintext": rf"[ =]{_WORD}",
    "username_pw_set": rf"\({_STRING}",
    "ssh.connect": rf"\([^\n,]{{1,200}},[ \t]*(?:\d{{1,5}},[ \t]*)?{_STRING}",
    "crypt(": r"[\"'](?P<s>[^\"'\n\\]{4,200})[\"'],[ \t]*gen_salt",
    "login(": _STRING,
    **dict.fromkeys(("new pdo", "mysqli", "mysql_connect", "getconnection"), _CONNECTED),
    "zip": rf"{_FAR}-p[ \t]*{_WORD}",
    "auth": rf"[ \t]*[=:][ \t]*[\[({{]{_STRING}",
    "credentials": rf"\\{{0,3}}[\"']?[ \t]*[=:][ \t]*[\[({{]{_STRING}",
    "credential": rf"s?\({_STRING}\)",
    "wifi.begin": rf"\({_STRING}",
    "basicauth": rf"\({_STRING}",
    "setauth": rf"\({_STRING}",
    "basic_auth": rf"\({_STRING}",
    "authenticate": rf"\({_STRING}",
}  # fmt: skip
_DRAWN: Final = {
    "userpassword::": r"[ \t]*(?P<s>[a-z0-9+/]{8,200}={0,2})",
    # What a wallet is opened with.
    **dict.fromkeys(("wallet(", "toaccount("), r"[ \t]*\\{0,3}[\"'](?P<s>(?:0x)?[0-9a-f]{64})\\{0,3}[\"']"),
    "accounts": r"\\{0,3}[\"']?[ \t]*[:=][ \t]*\[\s{0,40}\\{0,3}[\"'](?P<s>(?:0x)?[0-9a-f]{64})\\{0,3}[\"']",
    "sha}": r"(?P<s>[a-z0-9+/]{24,120}={0,2})",
    "sha512}": r"(?P<s>[a-z0-9+/]{40,160}={0,2})",
    "fe26.2*": r"(?P<s>[^\s\"'`]{60,4000})",
    **dict.fromkeys(("unseal key", "recovery key"), r"[ ]\d{1,2}:[ \t]*(?P<s>[a-z0-9+/]{32,140}={0,2})(?![\w-])"),
    "openssl rand": r"[^\n]{0,60}\n(?P<s>[a-z0-9+/]{16,128}={0,2})(?=\s|$)",
    "auth\"": r"[ \t]*:[ \t]*\\{0,3}\"(?P<s>[a-z0-9+/=._-]{16,8192})",
    "auth\\\"": r"[ \t]*:[ \t]*\\{0,3}\"(?P<s>[a-z0-9+/=._-]{16,8192})",
    "identitytoken": r"\\{0,3}\"[ \t]*:[ \t]*\\{0,3}\"(?P<s>[a-z0-9+/=._-]{16,8192})",
    "registrytoken": r"\\{0,3}\"[ \t]*:[ \t]*\\{0,3}\"(?P<s>[a-z0-9+/=._-]{16,8192})",
    "config set": r"[ \t]+\S{0,100}:_(?:authtoken|auth|password)[ \t]+(?P<s>\S{8,400})",
}  # fmt: skip
_JWK_PART: Final = re.compile(
    r"\\{0,3}\"(?:d|k|p|q|dp|dq|qi)\\{0,3}\"[ \t]*:[ \t]*\\{0,3}\"(?P<s>[\w-]{20,2000})"
)
MAX_JWK_CHARS: Final = 8000
_PGPASS: Final = re.compile(
    r":(?:5432|6432|5433|\*):[\w*-]{1,64}:[\w*.-]{1,64}:(?P<s>[^\s:\"'\\]{6,200})(?=[\s\"'\\)]|$)"
)


def _is_typed(value: str) -> bool:
    return is_secret("password", value, quoted=False, plain=True)


def _is_drawn(value: str) -> bool:
    return is_random(value) and not is_stand_in(value)


_COMMANDS: Final[tuple[tuple[str, str, re.Pattern[str], Callable[[str], bool], str], ...]] = tuple(
    (core_of(word), word, re.compile(pattern), fits, rule)
    for group, fits, rule in (
        (_TYPED, _is_typed, "command-line-password"),
        (_DOUBTED, is_said, "password"),
        (_DRAWN, _is_drawn, "registry-auth"),
    )
    for word, pattern in group.items()
)


def commands(text: str, low: Lowered) -> Iterator[Span]:
    """Find passwords typed into commands, statements and calls."""
    for core, word, pattern, fits, rule in _COMMANDS:
        if core not in low.vocabulary:  # as mostly
            continue
        for at in low.places(word):
            match = pattern.match(low, at + len(word))
            if match:
                start, end = match.span("s")
                if fits(text[start:end]):
                    yield start, end, rule
    done = 0
    for at in low.places('"kty'):
        if at < done:
            continue
        begin, end = (
            text.rfind("{", max(done, at - MAX_JWK_CHARS), at),
            text.find("}", at, at + MAX_JWK_CHARS),
        )
        done = end if end >= 0 else at + MAX_JWK_CHARS
        for part in _JWK_PART.finditer(text, begin if begin >= 0 else at, done):
            if _is_drawn(part["s"]):
                yield *part.span("s"), "private-key"
    if ":5432:" in low or ":*:" in low or ":6432:" in low or ":5433:" in low:
        for match in _PGPASS.finditer(text):
            if _is_typed(match["s"]):
                yield *match.span("s"), "pgpass-password"
