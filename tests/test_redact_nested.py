"""Secrets whose name stands further out, or that stand where nothing else was set, and what is none of these."""

import base64
import json

import pytest

from spread.redact import Redactor

WORD = "Granite" + "!Owl52"
DRAWN = "q7Zp2LxV9tBn4Rk8" + "WmE3sYc6Hd1Jf5GaU0oKi"
CODED = base64.b64encode(b"tidal" + b"-Walrus-91").decode()
SHARE = base64.b64encode(bytes((n * 37 + 11) % 256 for n in range(33))).decode()
DIGITS = "".join(f"{(n * 73 + 19) % 256:02x}" for n in range(33))
SALT = "put,it #7;9x!Qz^2&kLm(pR*" + "  =vB3@nW8~eT5|yU1:aS6%dF0-gH4"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (json.dumps({"kind": "Secret", "data": {"host": CODED}}), CODED),
        (json.dumps({"data": {"uri": CODED, "x": "eA=="}, "kind": "Secret"}, indent=4), CODED),
        (json.dumps(json.dumps({"kind": "Secret", "data": {"host": CODED}})), CODED),
        (json.dumps({"kind": "List", "items": [{"kind": "Secret", "stringData": {"motto": WORD}}]}), WORD),
        (json.dumps({"Jwt": {"Issuer": "me", "Key": DRAWN}}, indent=2), DRAWN),
        (f"jwt:\n  issuer: me\n  key: {DRAWN}\n", DRAWN),
        (f'"unseal_keys_b64": [\n    "{SHARE}"\n  ]', SHARE),
        (json.dumps({"unseal_keys_hex": ["x", DIGITS]}).replace('"x", ', ""), DIGITS),
        (f'API_KEYS = ["{DRAWN[::-1]}", "{DRAWN}"]', DRAWN),
        (f'private val dbPassword: String by lazy {{ "{WORD}" }}', WORD),
        (f'password: <%= ENV.fetch("DB_PASS") {{ "{WORD}" }} %>', WORD),
        (f"password: {{{{ lookup('env', 'X') | default('{WORD}') }}}}", WORD),
    ],
)
def test_what_stands_in_something_with_a_name(text: str, secret: str) -> None:
    """Objects, lists, manifests and defaults."""
    assert secret not in Redactor().text(text)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"Unseal Key 1: {SHARE}\n", SHARE),
        (f"vault operator unseal {SHARE}", SHARE),
        (f'$db = new mysqli("localhost", "app", "{WORD}", "weeks");', WORD),
        (f"mysqli_connect(\n    'h',\n    'u',\n    '{WORD}'\n)", WORD),
        (f'DriverManager.getConnection(url, "app", "{WORD}")', WORD),
        (rf"net use Z: \\srv\share {WORD} /user:ann", WORD),
        (rf"net use \\srv\share /user:ann {WORD}", WORD),
        (f"define('NONCE_SALT', '{SALT}');", SALT),
        (f"APP_SALT={DRAWN}\n", DRAWN),
        (f'array(1) {{\n  ["password"]=>\n  string(13) "{WORD}"\n}}', WORD),
        (f'  ["apiKey":"App\\Conf":private]=>\n  string(37) "{DRAWN}"\n', DRAWN),
        (f"    [password:protected] => {WORD}\n", WORD),
        (f"**Password:**\n{'Amber'}-4821\n", "Amber-4821"),
        (f"Password:\n{'Velvet'}-Tapir7\n", "Velvet-Tapir7"),
        (f"パスは{WORD}です", WORD),
        (f"管理者のパスは「{WORD}」", WORD),
        ("using ghp_" + "Zx9Kq2Lm7Rt4Vw8B" + "...\n", "Zx9Kq2Lm7Rt4"),
    ],
)
def test_what_a_call_or_a_line_says(text: str, secret: str) -> None:
    """Calls with a password by place, what PHP prints, what stands alone below the word, tokens cut by dots."""
    assert secret not in Redactor().text(text)


def test_a_known_secret_cut_by_dots() -> None:
    """Its beginning goes, too."""
    assert (
        Redactor({"DB_PASSWORD": DRAWN}).text(f"it is {DRAWN[:12]}...") == "it is [redacted:environment]..."
    )


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"kind": "ConfigMap", "data": {"host": CODED}}),
        json.dumps({"items": [{"kind": "Secret"}, {"kind": "ConfigMap", "data": {"host": CODED}}]}),
        '{"list": {"key": "q7Zp2LxV9tBn4Rk8"}}',
        'jwt: { key: "signing-key-of-the-service" }',
        'const tokens = ["identifier-of-a-function", "react-native-0.72.1-beta.3"];',
        "public_keys = ['../keys/deploy-2024-01.pub.pem']",
        'val token by lazy { "the token of a parser" }',
        'password: <%= ENV.fetch("DB_PASS") { "" } %>',
        "define('LONG_SECRET_HELP', 'Write down where the 2 of you keep the key, and who else may know of it.');",
        "define('AUTH_SALT', 'put your unique phrase here');",
        "BCRYPT_SALT_ROUNDS=12",
        "net use Z: /delete",
        r"net use Z: \\srv\share /persistent:yes",
        "vault operator unseal -reset",
        'mysqli_connect($host, $user, $password, "weeks1")',
        "Password:\nISO-27001\n",
        "Forgot the password?\nStep-2024\n",
        "パスはsrc/v2/app.pyです",
        "パス: config2.toml",
        "sk-ant-api03-... and ghp_abc123... or ghp_XXXXXXXXXXXX...",
        "git diff 1a2b3c4d5e6f...7f8e9d0c1b2a",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    """Other kinds, other names, words."""
    assert Redactor().text(text) == text
