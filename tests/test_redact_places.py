"""More places where secrets stand: every text is put together at run time, and what only looks alike stays."""

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
"""


@pytest.mark.parametrize("line", ORDINARY.strip().split("\n"))
def test_what_only_looks_like_it_stays(line: str) -> None:
    """Ports, options, variables, numbers, docs."""
    assert once(line) == line
