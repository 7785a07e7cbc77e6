"""More places where secrets stand: every text is put together at run time, and what only looks alike stays."""

import base64
import random
from collections.abc import Callable

import pytest

from spread.redact import Redactor
from tests.redact_samples import filled

CHOSEN = "Lumi" + "Nude65#"
HEX: dict[str, Callable[[random.Random], str]] = {"hex": lambda rng: filled(rng, "{h32}")}
DRAWN: dict[str, Callable[[random.Random], str]] = {
    "chosen": lambda _: CHOSEN,
    "drawn": lambda rng: filled(rng, "{A6}4{A16}7"),
}


@pytest.fixture
def rng() -> random.Random:
    return random.Random(20261128)


def once(text: str) -> str:
    out = Redactor().text(text)
    assert Redactor().text(out) == out
    return out


TYPED = (
    "requirepass {}",
    "masterauth {}",
    "ACL SETUSER app on >{} ~* +@all",
    "vault login {}",
    "vault login -method=token {}",
    "ngrok config add-authtoken {}",
    "snyk auth {}",
    "rabbitmqctl add_user app {}",
    "lftp -u app,{} host",
    "poetry config http-basic.own dev {}",
    "ConvertTo-SecureString '{}' -AsPlainText -Force",
    "aws secretsmanager create-secret --name x --secret-string {}",
    "aws ssm put-parameter --name /app/x --type SecureString --value {}",
    "aws ssm put-parameter --value {} --name /app/x --type SecureString",
    "kubectl create secret generic x --from-literal=admin={}",
    "gh secret set API_TOKEN -b'{}'",
    "echo {} | vercel env add API_TOKEN production",
    "echo '{}' | wrangler secret put TOKEN",
    "printf '{}' | gcloud secrets create db --data-file=-",
    "mongosh -u app -p {} --host db",
    "sqlcmd -S db -U sa -P '{}'",
    "psexec \\\\host -u app -p {} cmd",
    "mosquitto_pub -u app -P {} -t x",
    "ALTER USER app IDENTIFIED WITH mysql_native_password BY '{}'",
    "new PDO($dsn, 'app', '{}')",
    "login('app', '{}')",
    "bcrypt.hash('{}', 10)",
    "crypt('{}', gen_salt('bf'))",
    "app:{}@tcp(db:3306)/app",
    "Authorization: Bearer {}",
    "curl -H 'Authorization: Basic {}' https://host",
)


@pytest.mark.parametrize("value", DRAWN.values(), ids=DRAWN)
@pytest.mark.parametrize("text", TYPED)
def test_what_is_typed_into_a_command_or_call(
    text: str, value: Callable[[random.Random], str], rng: random.Random
) -> None:
    """Whether it was drawn or chosen by a person."""
    secret = value(rng)
    assert secret not in once(text.format(secret))


GIVEN = (
    'var jwtSecret = []byte("{}")',
    'db_password <- "{}"',
    "read -s PASSWORD <<< '{}'",
    "ALTER LOGIN app WITH PASSWORD = N'{}'",
    "const k = process.env.API_KEY || '{}';",
    "const k = process.env.API_KEY ?? '{}';",
    "key = os.getenv('API_SECRET') or '{}'",
    "FROM x\nENV API_TOKEN {}\n",
    "PASSWORD_PEPPER={}",
    "GH_PAT={}",
    "SSHPASS={} sshpass -e ssh host",
    "password: !!str {}",
    "password: &pw {}",
    "**Password:** {}",
    "**Password**: {}",
    "password\uff1a{}",
    "proxy_set_header X-Api-Key {};",
    '<entry key="password">{}</entry>',
    "<password>\n  {}\n</password>",
    '<input type="password" name="p" value="{}">',
    "q=%7B%22password%22%3A%22{}%22%7D",
    "<pre>password=&quot;{}&quot;</pre>",
    '{{"a": "{{\\u0022password\\u0022:\\u0022{}\\u0022}}"}}',
    "mytool \\\n  --password \\\n  {}",
    "args:\n  - --password\n  - {}",
    '[\n  "mytool",\n  "--token",\n  "{}"\n]',
)


@pytest.mark.parametrize("value", [*DRAWN.values(), *HEX.values()], ids=[*DRAWN, *HEX])
@pytest.mark.parametrize("text", GIVEN)
def test_what_is_given_to_a_name(
    text: str, value: Callable[[random.Random], str], rng: random.Random
) -> None:
    """In more languages and files, and where name and value are apart."""
    secret = value(rng)
    assert secret not in once(text.format(secret))


@pytest.mark.parametrize(
    "text",
    [
        'password = "{}" + "{}"',
        'password = (\n    "{}"\n    "{}"\n)',
        "$password = '{}' . '{}';",
        "DB_PASSWORD={},{}\n",
        "user=app password={},{} ok=1",
    ],
)
def test_a_value_in_pieces_goes_whole(text: str, rng: random.Random) -> None:
    """Also where each piece is too short to be one by itself."""
    first, second = filled(rng, "{A5}7"), filled(rng, "{A5}7")
    out = once(text.format(first, second))
    assert first not in out
    assert second not in out


TOLD = (
    "use {} as the password",
    "I typed '{}' as my admin password, and it works",
    "admin:{} works on staging",
    'the db pw is "{}"',
    "login admin, pass {}",
    "user app, pw: {}",
    "A temporary password is generated for root@localhost: {}",
    "password:\n  {}\n",
    "Password\n{}\n",
    "Enter password:\n> {}",
    'expect "password:"\nsend "{}\\r"',
    "cy.get('#password').type('{}')",
    "page.getByLabel('Password').fill('{}')",
    "driver.find_element(By.ID, 'password').send_keys('{}')",
    "der API-Schl\u00fcssel ist {}",
    "la cl\u00e9 API est {}",
    "la clave es {}",
    "la parola d'ordine \u00e8 {}",
    "\u043f\u0430\u0440\u043e\u043b\u044c \u043e\u0442 \u0431\u0430\u0437\u044b \u2014 {}",
    "\u043f\u0430\u0440\u043e\u043b\u044c \u0442\u0430\u043a\u0438\u0439: {}",
    "a jelsz\u00f3 {}",
    "kata sandi: {}",
    "\u0e23\u0e2b\u0e31\u0e2a\u0e1c\u0e48\u0e32\u0e19\u0e04\u0e37\u0e2d {}",
    "kind: Secret\nstringData:\n  admin: {}\n",
    "apiVersion: v1\ndata:\n  admin: {}\nkind: Secret\n",
)


@pytest.mark.parametrize("value", DRAWN.values(), ids=DRAWN)
@pytest.mark.parametrize("text", TOLD)
def test_what_is_told(text: str, value: Callable[[random.Random], str], rng: random.Random) -> None:
    """Before the word for it, far behind it, below it, into a field of that name, in other languages."""
    secret = value(rng)
    assert secret not in once(text.format(secret))


RECOVERY = (
    "Recovery codes:\n" + "{h5}7-{h5}\n" * 8,
    "Backup codes\n" + "".join(f"{n}. {{d4}} {{d4}}\n" for n in range(1, 9)),
    "npm recovery codes:\n\n" + "{h63}4\n" * 5,
    "BitLocker recovery key: " + "-".join(["{d6}"] * 8),
    "FileVault recovery key = '" + "-".join(["{U4}"] * 6) + "'",
    "systemd-cryptenroll --recovery-key\n" + "-".join(["cbdefghi"] * 4 + ["jklnrtuv"] * 4),
    "Enter this setup key in your authenticator app: " + " ".join(["{B3}4"] * 8),
)


@pytest.mark.parametrize("form", RECOVERY)
def test_what_recovers_something(form: str, rng: random.Random) -> None:
    """Lists of codes, the keys of disks, the seed of a second factor in groups."""
    text = filled(rng, form)
    head, sign, tail = text.partition("\n" if "\n" in text else ": " if ": " in text else "= ")
    assert sign
    out = once(text)
    assert out.startswith(head)
    assert not [word for word in tail.replace("'", "").split() if len(word) > 3 and word in out]


def test_words_of_a_recovery_phrase_one_a_line() -> None:
    """Numbered, as wallets show them."""
    words = [
        "way",
        "arch",
        "ankle",
        "apple",
        "zebra",
        "album",
        "acquire",
        "ahead",
        "art",
        "amused",
        "wolf",
        "zone",
    ]
    text = "Recovery phrase:\n" + "\n".join(f"{n}. {word}" for n, word in enumerate(words, 1))
    assert "ankle" not in once(text)


def test_a_wallet_in_numbers(rng: random.Random) -> None:
    """The bytes of a key pair go, a table of as many numbers stays."""
    numbers = ",".join(str(rng.randrange(256)) for _ in range(64))
    assert once(f"cat id.json\n[{numbers}]") == "cat id.json\n[redacted:private-key]"
    table = f"[{', '.join(str(n) for n in range(64))}]"
    assert once(table) == table


@pytest.mark.parametrize(
    "inner",
    [
        "A=1\nDB_PASSWORD={}\n",
        '{{"auths":{{"ghcr.io":{{"auth":"{}"}}}}}}',
        '{{"k": 1, "clientSecret": "{}", "name": "ci"}}',
        "machine own.internal login me password {}",
    ],
)
def test_a_secret_in_base64(inner: str, rng: random.Random) -> None:
    """A text in which there is one goes whole; one without stays."""
    code = base64.b64encode(inner.format(filled(rng, "{A6}4{A16}7")).encode()).decode()
    out = once(f"ENV_FILE={code} and more")
    assert code[12:24] not in out
    assert out.endswith(" and more")
    plain = base64.b64encode(b"the quick brown fox jumps over the lazy dog; twice, as every morning").decode()
    assert once(f"data {plain} end") == f"data {plain} end"


FORMS = (
    "https://chat.own.internal/hooks/{a26}",
    "https://flow.own.internal/webhook/{uuid}",
    "https://hook.eu1.make.com/{a32}",
    "https://eth-mainnet.g.alchemy.com/v2/{u32}",
    "https://mainnet.infura.io/v3/{h32}",
    "https://app.own.internal/reset-password/{u40}",
    "https://hc-ping.com/{uuid}",
    "https://cdn.own.internal/v.mp4?a=exp=1~acl=/*~hmac={h64}",
    "https://{h32}:x-oauth-basic@git.own.internal/a",
    "own.internal\tTRUE\t/\tTRUE\t1790000000\tSID\t{u40}",
    "laravel_session={A40}",
    "_gitlab_session={h32}",
    "deploy:{SHA}{b27}=",
    "Fe26.2**{h64}*{u22}*{u80}**{h64}*{u43}",
    "$ openssl rand -hex 16\n{h32}",
)


@pytest.mark.parametrize("form", FORMS)
def test_what_opens_something_by_itself(form: str, rng: random.Random) -> None:
    """Addresses that whoever knows them may use, cookies, stored passwords."""
    plain = form.replace("{SHA}", "\0")
    text = filled(rng, plain).replace("\0", "{SHA}")
    out = once(text)
    for start in range(len(text) - 12):
        piece = text[start : start + 12]
        if piece not in plain.replace("\0", "{SHA}") and piece.isalnum():
            assert piece not in out


def test_every_part_of_a_private_jwk_goes(rng: random.Random) -> None:
    """Not the first one alone."""
    parts = {name: filled(rng, "{u86}") for name in ("d", "p", "q", "dp", "dq", "qi")}
    text = '{"kty":"RSA","e":"AQAB",' + ",".join(f'"{name}":"{part}"' for name, part in parts.items()) + "}"
    out = once(text)
    assert not [name for name, part in parts.items() if part[:12] in out or part[-12:] in out]


def test_a_static_key_of_openvpn(rng: random.Random) -> None:
    """It is a key block of another name."""
    lines = [filled(rng, "{h32}") for _ in range(16)]
    name = "OpenVPN Static " + "key V1-----"
    out = once("\n".join([f"-----BEGIN {name}", *lines, f"-----END {name}"]))
    assert not [line for line in lines if line[:12] in out]


ORDINARY = """
git push -u origin main -p
docker run -u 1000:1000 -p 127.0.0.1:8080:80 image
ssh -u x -p 2222 host
psql -U app -p 5432
docker run -u root -p 8443:443 nginx:1.27
vault login -method=userpass username=app
Authorization: Bearer token
https://docs.own.internal/token/refresh-and-expiry-of-tokens
https://github.com/a/b/settings/hooks/12345678901234567890
session=None
login("app", password)
crypt("aes-256-gcm", key)
echo "hello-world12" | grep world
requirepass ${REDIS_PASSWORD}
curl -u "$USER:$PASS" -p 3000
_PASSWORD: Final = _listed(
const token = cache.get(key) || "anonymous";
password = "" + name
assert token < 5 or "value"
ENV PATH_PREFIX /usr/local
secret: !Ref DatabaseSecret
connect(password=secret, user=name)
<field name="password">required</field>
--token
password
------------
the password for the account is asked for here: see above
password policy for users: at least 12 characters
use README.md as the token reference
use it as a password
admin:read and admin:write
root:x:0:0:root:/root:/bin/bash
user root passes all tests12
mein Passwort wird hier nicht gespeichert: siehe unten
clave primaria: id_usuario
recovery codes are shown once
recovery key: none
kind: SecretStore
"""


@pytest.mark.parametrize("line", ORDINARY.strip().split("\n"))
def test_what_only_looks_like_it_stays(line: str) -> None:
    """Ports, options, variables, numbers, docs."""
    assert once(line) == line


@pytest.mark.parametrize("numbered", [False, True])
@pytest.mark.parametrize("cut", ["its end", "its beginning"])
@pytest.mark.parametrize("path", ["deploy/key.pem", "HEAD~2:certs/id_rsa", "my keys/a.pem"])
def test_a_key_with_its_path_before_each_line(path: str, cut: str, numbered: bool) -> None:
    """As `git grep -A` shows one: the line that was looked for with a colon, those around with dashes."""
    body = [
        base64.b64encode(bytes((n * 91 + k * 17 + 3) % 256 for n in range(48))).decode() for k in range(4)
    ]
    lines = ["-----BEGIN RSA " + "PRIVATE KEY-----", *body, "-----END RSA " + "PRIVATE KEY-----"]
    shown = [
        f"{path}{sign}{f'{number}{sign}' if numbered else ''}{line}"
        for number, line in enumerate(lines, 1)
        for sign in (":" if line.startswith("-----") else "-")
    ]
    shown = shown[:-1] if cut == "its end" else shown[1:]
    out = Redactor().text("\n".join([*shown, "--", "docs/keys.md:where the keys are kept"]))
    assert not any(line in out for line in body)
    assert out.endswith("--\ndocs/keys.md:where the keys are kept")


def test_the_end_of_a_key_alone() -> None:
    """Where no line of it stands before, nothing goes."""
    text = "src/pem.ts:-----END " + "PRIVATE KEY-----"
    assert Redactor().text(text) == text
