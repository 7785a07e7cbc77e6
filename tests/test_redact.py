"""Secrets do not survive, in whatever form they come; what is no secret does."""

import base64
import inspect
import json
import os
import random
import textwrap
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import redact, redact_keyed, redact_said
from spread.errors import SpreadError
from spread.redact import Redactor
from spread.redact_known import MAX_ENV_FILE_BYTES, MAX_FOLDERS, env_file_values, secrets_around
from spread.redact_rules import TOKENS, compiled
from spread.redact_values import (
    _TRANSITION,
    Span,
    _turns,
    is_called,
    is_random,
    is_secret,
    is_stand_in,
    is_strong,
    name_class,
    tells_about,
)
from spread.redact_view import Lowered, plain_view
from tests.redact_samples import (
    ALNUM,
    AROUND,
    CLASSES,
    FORMATS,
    PLACES,
    WRAPS,
    Fake,
    drawn,
    filled,
    generic,
    known,
    pem,
)  # fmt: skip


@pytest.fixture
def rng() -> random.Random:
    return random.Random(20260101)


def once(text: str) -> str:
    """Redact, and check on the way that a second time changes nothing."""
    out = Redactor().text(text)
    assert Redactor().text(out) == out
    return out


# Recall.


@pytest.mark.parametrize("name", FORMATS)
def test_known_formats(name: str, rng: random.Random) -> None:
    """A secret of a known format is found alone, in prose, quoted, in JSON, in a shell line, coloured."""
    for place in AROUND.values():
        fake = known(rng, name)
        assert not fake.survives(once(place(fake.text)))


# Formats that nothing else looks like.
UNMISTAKABLE = (
    "github classic", "gitlab personal", "anthropic", "slack bot", "atlassian", "sourcegraph", "aws access key",
    "google api", "netlify", "supabase", "cloudflare origin", "terraform", "vault", "doppler", "pulumi",
    "openai project", "openai service", "openai legacy", "openrouter", "langfuse", "groq", "xai", "perplexity",
    "tavily", "pinecone", "nvidia", "langsmith", "npm", "rubygems", "clojars", "circleci", "sonarqube", "postman",
    "stripe secret", "stripe test", "stripe restricted", "stripe webhook", "square", "firebase", "razorpay",
    "new relic", "grafana", "sentry user", "dynatrace", "honeycomb", "notion", "linear", "figma", "contentful",
    "mapbox", "jwt",
)  # fmt: skip


@pytest.mark.parametrize("name", UNMISTAKABLE)
def test_known_formats_behind_letters_and_digits(name: str, rng: random.Random) -> None:
    """What was put together without a blank is found all the same, and what stands before it stays."""
    for before in ("3.11", "key", "v2x", "my_", "Y", "0"):
        fake = known(rng, name)
        while not any(char.isdigit() for char in fake.text):  # as every such token has
            fake = known(rng, name)
        out = once(f"it is {before}{fake.text} there")
        assert not fake.survives(out)
        assert out.startswith(f"it is {before}[redacted:")


@pytest.mark.parametrize(
    "name",
    [
        "pnpm_{h40}", "pnpm_{h64}", "task_test_{h24}", "desk_live_{a24}", "kotlin_api_{h40}", "graphs_{h40}",
        "cache_key_{h64}", "risk_test_configuration", "disk-proj-settings-of-the-team-{d4}", "MALAYSIA{L16}",
        "EURASIA{L30}", "info_{h40}", "addapp_{h40}", "{h37}e2b_{h40}", "ask-or-{h32}",
    ],
)  # fmt: skip
def test_names_that_end_as_a_format_begins(name: str, rng: random.Random) -> None:
    """The end of a longer word is no head of a token unless what is behind it is in every way as that has it."""
    text = f"see {filled(rng, name)} there"
    assert once(text) == text


def test_enough_known_formats() -> None:
    """At least 60 formats are known and tried."""
    assert len(FORMATS) >= 100
    assert len({rule.name for rule in TOKENS}) >= 100


@pytest.mark.parametrize("place", PLACES)
def test_values_of_secret_like_names(place: str, rng: random.Random) -> None:
    """A random value given to a secret-like name is found in at least 9 of 10 cases, in every notation."""
    fakes = [generic(rng, place) for _ in range(60)]
    assert sum(fake.survives(once(fake.text)) for fake in fakes) <= 0.1 * len(fakes)


# Nothing tells that one of these begins where only a part of it stands.
HEADLESS = ("npmrc", "braintree", "unknown vendor", "unknown vendor with kind", "token in a name")


def _can_wrap(name: str) -> bool:
    text = known(random.Random(1), name).text
    return not set(text) & {" ", "\n"} and "://" not in text and len(text) >= 24 and name not in HEADLESS


@pytest.mark.parametrize("wrap", WRAPS)
def test_wrapped_tokens(wrap: str, rng: random.Random) -> None:
    """A known token broken over two lines or strings is found whole."""
    broken = [(known(rng, name), name) for name in FORMATS if _can_wrap(name)]
    missed = []
    for fake, name in broken:
        at = rng.randrange(12, len(fake.text) - 4)
        out = once(WRAPS[wrap](fake.text, at))
        if any(len(part) >= 10 and part[-10:] in out for part in (fake.text[:at], fake.text[at:])):
            missed.append(name)
    assert len(missed) <= 0.02 * len(broken), missed


def test_a_token_does_not_take_the_next_line_along(rng: random.Random) -> None:
    """A word at the beginning of the line after a token stays."""
    for name in ("github classic", "anthropic", "npm", "gitlab personal"):
        out = once(f"{known(rng, name).text}\nThen run the tests\nOTHER_NAME=1")
        assert out.endswith("]\nThen run the tests\nOTHER_NAME=1")


WHOLE = ("github classic", "gitlab personal", "anthropic", "openai project", "slack bot")
NEXT_FIELDS = (
    "NODE_ENV=production",
    "node_env=production",
    "DB2_HOST=db.internal",
    "export NODE_ENV=production",
    "NODE_ENV: production",
    "apiVersion2: yes",
    "- name: web",
    '"name": "web"',
    "PORT=3000",
)


@pytest.mark.parametrize("line", NEXT_FIELDS)
@pytest.mark.parametrize(
    "begin", ["\n", "\r\n", "\n  ", "\n+", "\n-", "\n+ ", "\n    12\t", "\n    12→", "\n12:"]
)
def test_a_token_leaves_the_next_field_alone(begin: str, line: str, rng: random.Random) -> None:
    """A line that gives another name a value is no rest of the token before it, also in diffs and numbered."""
    for name in WHOLE:
        rest = f"{begin}{line}{begin}PORT=3000"
        out = once(f"TOKEN={known(rng, name).text}{rest}")
        assert out.startswith("TOKEN=[redacted:")
        assert out.endswith("]" + rest)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_token_leaves_the_next_secret_its_name(end: str, rng: random.Random) -> None:
    """Of a secret on the line after a token the name stays, and so does the line after that."""
    for name in WHOLE:
        token, key = known(rng, name).text, drawn(rng, ALNUM, 40)
        out = once(end.join([f"token={token}", f"AWS_SECRET_ACCESS_KEY={key}", "hello"]))
        assert out.endswith(f"]{end}AWS_SECRET_ACCESS_KEY=[redacted:secret-value]{end}hello")
        out = once(end.join([f"TOKEN={token}", "DB_PASSWORD=hunter2x"]))
        assert out.endswith(f"]{end}DB_PASSWORD=[redacted:password]")


def test_a_token_of_full_length_takes_no_word_of_the_next_line(rng: random.Random) -> None:
    """Where its format has one length, what follows a token is not its rest, however wide the line is."""
    for name in ("github fine-grained", "anthropic", "openai project", "slack bot"):
        assert once(f"export SERVICE_TOKEN={known(rng, name).text}\nhello").endswith("]\nhello")


def test_the_rest_of_a_token_before_a_sign_goes(rng: random.Random) -> None:
    """The rest of a wrapped token is found before a colon, an equals sign and its own padding."""
    for after in (": bad credentials", "=x", " is wrong", '"', "=="):
        for name in ("github classic", "anthropic", "discord webhook"):
            text = known(rng, name).text
            out = once(f"{text[:-9]}\n{text[-9:]}{after}")
            assert text[-9:] not in out


def test_padding_on_the_next_line_goes(rng: random.Random) -> None:
    """The end of a base64 key with its padding belongs to the line before."""
    for name in ("aws bedrock", "azure storage"):
        text = known(rng, name).text
        for end in ("", "\n", "\nNODE_ENV=production"):
            assert once(f"{text[:-7]}\n{text[-7:]}{end}").endswith("]" + end)


@pytest.mark.parametrize("keep", [1, 3, 7])
def test_key_blocks_without_their_end(rng: random.Random, keep: int) -> None:
    """An unterminated key block goes up to its last line, and what follows stays."""
    lines = pem(rng, "BEGIN RSA PRIVATE KEY").split("\n")[: keep + 1]
    out = once("\n".join(["before", *lines, "", "and then it stopped."]))
    assert not any(line in out for line in lines[1:])
    assert out.startswith("before\n")
    assert out.endswith("and then it stopped.")


def test_key_blocks_without_their_head(rng: random.Random) -> None:
    """The last lines of a key, as `tail` shows them, go too."""
    lines = pem(rng, "BEGIN OPENSSH PRIVATE KEY").split("\n")
    shown = lines[max(1, len(lines) - 5) :]
    out = once("\n".join(["$ tail -n 5 id", *shown]))
    assert not any(line in out for line in shown[:-1])
    assert out.startswith("$ tail -n 5 id")


@pytest.mark.parametrize("prefix", ["    ", "> ", "   12→", "+", '"'])
def test_key_blocks_with_something_before_each_line(rng: random.Random, prefix: str) -> None:
    """Indented, quoted, numbered and added lines of a key block go."""
    lines = pem(rng, "BEGIN PRIVATE KEY").split("\n")
    for shown in (lines, lines[:-1]):
        out = once(textwrap.indent("\n".join(shown), prefix))
        assert not any(line in out for line in lines[1:-1])


def test_two_key_blocks(rng: random.Random) -> None:
    """Two keys, the first cut off, are two findings; a certificate between them stays."""
    first, second = (
        pem(rng, "BEGIN PRIVATE KEY").split("\n")[:3],
        pem(rng, "BEGIN EC PRIVATE KEY").split("\n"),
    )
    certificate = pem(rng, "BEGIN CERTIFICATE")
    out = once("\n".join([*first, certificate, *second]))
    assert not any(line in out for line in (*first[1:], *second[1:-1]))
    assert certificate in out


def test_putty_keys(rng: random.Random) -> None:
    """The private lines of a PuTTY key go."""
    body = [drawn(rng, CLASSES["b"], 64) for _ in range(4)]
    out = once("\n".join(["Private-Lines: 4", *body, "Private-MAC: " + drawn(rng, CLASSES["h"], 64)]))
    assert not any(line in out for line in body)


@pytest.mark.parametrize(
    "template",
    [
        "curl -u admin:{} https://api.internal/",
        "sshpass -p {} ssh host",
        "mysql -u root -p{} app",
        "redis-cli -h cache -a {} ping",
        "curl -b 'sid={}' https://api.internal/",
        '{{"auths": {{"registry.internal": {{"auth": "{}"}}}}}}',
        "db.internal:5432:app:app:{}",
        "Proxy-Authorization: Basic {}",
        '"authorization": "{}"',
        "https://{}@git.internal/x.git",
        "amqp://u:{}@mq/",
        "the new password is {}.",
        "my token: {}",
        "Secret access key: {}",
        "I set the API key to {} yesterday",
        '["--password", "{}"]',
    ],
)
def test_secrets_in_command_lines_and_prose(template: str, rng: random.Random) -> None:
    """Where a command, a header or a sentence says that a secret follows, it goes."""
    for _ in range(10):
        value = filled(rng, "{A20}{d2}")
        assert value not in once(template.format(value))


@pytest.mark.parametrize(
    "template",
    [
        "JWT_SECRET={}99",
        "SECRET_TOKEN={}123",
        "ADMIN_PW={}8812!",
        "use password={0}2{0}2.",
        "REDIS_AUTH={}8812",
        "client_secret: {}8812",
        "my password is {}8812!",
        'answered: "What is the database password?"="{}8812". You',
        '"The passphrase for the staging box?"="{}8812"',
        "curl -d client_secret={}8812 https://sso.internal/",
        'api_key = "{}8812"',
    ],
)
@pytest.mark.parametrize("word", ["sunflower", "Sunflower", "hunter"])
def test_words_with_digits_are_chosen_secrets(template: str, word: str) -> None:
    """What a person makes up goes where its name or the sentence says that it is a secret."""
    assert word not in once(template.format(word))


@pytest.mark.parametrize("name", ["JWT_SECRET", "SECRET_TOKEN", "REDIS_AUTH", "ADMIN_PW"])
def test_a_secret_that_calls_itself_one(name: str) -> None:
    """A value that begins with a word of the trade is a secret where only data stands."""
    assert once(f"{name}=super{'secret'}99").startswith(f"{name}=[redacted:")


@pytest.mark.parametrize(
    "line",
    [
        "privateKey: Uint8Array",
        'secret: "base64url"',
        "token = token12",
        "SECRET_REGION_KEY=us-east-1",
        "use_auth: true",
        "API_TOKEN=$API_TOKEN2",
        "API_SECRET=your-secret-123",
        "secret = sha256sum(path)",
        'api_key = "Invalid-Token"',
    ],
)
def test_names_with_digits_are_no_secrets(line: str) -> None:
    """Types, algorithms, variables and regions stay though they have digits."""
    assert once(line) == line


def test_an_aws_pair(rng: random.Random) -> None:
    """The secret beside an AWS key id goes too, though nothing names it."""
    secret = filled(rng, "{b40}")
    assert secret not in once(f"Access key ID,Secret\n{known(rng, 'aws access key').text},{secret}\n")


# What stays.


CLEAN = """
token = os.environ["API_TOKEN"]
password = getpass.getpass("Password: ")
api_key = config.get("api_key")
secret = settings.SECRET_KEY
const token = await getToken(user);
const { apiKey, secretKey } = options;
password: string;
private readonly tokenService: TokenService,
API_KEY=${API_KEY}
export AUTH_TOKEN=$TOKEN
export GITHUB_TOKEN=<token>
DB_PASSWORD=changeme
SECRET_KEY=your-secret-key-here
password: "{{ vault_password }}"
secret_name: my-app-credentials
max_tokens: 200000
token_count = 1234567890
"js-tokens": "^4.0.0",
"jsonwebtoken": "9.0.2",
"password-validator": "npm:@scope/password-validator@5.3.0",
token_url = "https://auth.internal/oauth/token"
key_file = "/etc/ssl/private/server.key"
secret_path: ./secrets/production.enc.yaml
cache_key = f"user:{user_id}:profile"
primary_key = "organisation_identifier"
keys = sorted(key for key in mapping)
Authorization: Bearer <token>
Authorization: Bearer ${TOKEN}
headers = {"Authorization": f"Bearer {token}"}
curl -u user:$PASSWORD https://api.internal/
git clone https://user:password@example.com/x.git
postgres://user:${DB_PASSWORD}@localhost:5432/db
commit 3f1c9a7be0d2488f6b15a90cc34d7e2f81a6b05d
index 3f1c9a7b..e0d2488f 100644
"integrity": "sha512-%s",
checksum = "%s"
github.com/golang-jwt/jwt/v5 v5.2.0 h1:%s=
session_id: 0f8fad5b-d9cb-469f-a165-70867728950e
request 0f8fad5b-d9cb-469f-a165-70867728950e failed: invalid token
-----BEGIN PUBLIC KEY-----
the password must have at least 12 characters
rotate the token and the secret key tomorrow
def authenticate(self, password=None, token: str = ""):
    if password != expected_password:
        raise AuthError("invalid password")
assert hash_password("x") == hash_password("x")
--- PASS: TestGenerator2_NonZeroExit9Code (0.01s)
git clone ssh://some-long-user-name@host.internal/x
[redacted:github-token] stays [redacted:password]
"""


def _clean() -> str:
    rng = random.Random(7)
    hashes = (base64.b64encode(rng.randbytes(64)).decode(), rng.randbytes(32).hex())
    return CLEAN % (*hashes, base64.b64encode(rng.randbytes(32)).decode()[:-1])


@pytest.mark.parametrize("line", _clean().strip().split("\n"))
def test_what_is_no_secret_stays(line: str) -> None:
    """Code, placeholders, shas, uuids, hashes, paths and versions are left alone."""
    assert once(line) == line


@pytest.mark.parametrize(
    "line",
    [
        "[Mailer] DEV OTP for ann@example.com: {}",
        "OTP={}",
        "your one-time passcode is {}.",
        "otp: '{}'",
        "TOTP: {}",
    ],
)
def test_one_time_codes(line: str, rng: random.Random) -> None:
    """Development servers log them; examples, round numbers and lines of files are none."""
    code = f"{rng.randrange(10**5, 10**6) // 10}7"
    assert code not in once(line.format(code))
    for other in ("123456", "300000", "20261126"):
        assert other in once(line.format(other))
    assert once(f"test_otp.py:{code}").endswith(code)


def test_a_clean_text_stays() -> None:
    """The same lines together are left alone too."""
    assert once(_clean()) == _clean()


def _standard_library(least: int) -> str:
    folder = Path(inspect.getfile(os)).parent
    texts: list[str] = []
    for path in sorted(folder.glob("*.py")):
        texts.append(path.read_text(encoding="utf-8", errors="replace"))
        if sum(map(len, texts)) >= least:
            break
    return "\n".join(texts)


def _lock_file(count: int) -> str:
    rng = random.Random(3)
    packages = {
        f"node_modules/{rng.choice(('js-tokens', 'keyv', 'jsonwebtoken', '@scope/secret-store'))}-{number}": {
            "version": f"{rng.randrange(20)}.{rng.randrange(20)}.{number}",
            "resolved": f"https://registry.npmjs.org/p-{number}/-/p-{number}-1.0.0.tgz",
            "integrity": "sha512-" + base64.b64encode(rng.randbytes(64)).decode(),
            "dependencies": {"js-tokens": "^4.0.0", "passport": ">=0.6 <1"},
        }
        for number in range(count)
    }
    return json.dumps({"lockfileVersion": 3, "packages": packages}, indent=2)


def test_false_hits_and_speed() -> None:
    """On clean code and lock files there is less than one hit in 100 KB; and it is not slow."""
    text = _standard_library(400_000) + _lock_file(400)
    redactor = Redactor()
    redactor.text("secret sk-")  # what is compiled once does not count
    start = time.process_time()
    redactor.text(text)
    spent = time.process_time() - start
    assert sum(redactor.counts.values()) < len(text) / 100_000
    # The aim is 5 MB/s; a tenth of that means that something went badly wrong, on any machine.
    assert len(text) / spent > 500_000


HOSTILE = (
    "a", "=", "-", "\n", "\\", "://", "://a:", "://a:b@", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----\n",
    "AAAAAAAAAAAAAAAAAAAA\n", "password=", 'password="', "password is ", "Authorization: ", "Cookie: a=b; ",
    "curl -u a", " --token=", "<password>", '"value": "aaaa",', "eyJ", "$2b$12$", '" + "', "Private-Lines: 10\n",
    "[redacted:", "\u0130", "x=1&token=", "sk-", "hvs.", "_authToken=", "EAA", "login a password ", "1/1/1/", "M.",
    'auth": "', "name: password ", "login a/b ", 'variable "a" {', "echo a | ", "insert into t (a) values (",
    "| password | b ",
    "a,password\n", 'kty": "', "seed phrase ability ", "password=" + "a" * 70 + "\n", "token " + "b" * 60 + "A1\n",
    "curl -u ",
    "mysql ", "openssl ", "passwort ", "password from a to ", '"credentials": ["a", ', "2fa ",
    "\n   12\t", "\\n", "a.b:12:",
    "api_" + "Ab1" * 9 + "\n", "password to be for ", "value: ", "-p ", "password a ",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_text_only(piece: str) -> None:
    """No repetition makes the time grow faster than the text."""
    for _ in range(3):  # others may have the processor's caches meanwhile
        spent = []
        for size in (4_000, 32_000):
            text = (piece * (size // len(piece) + 1))[:size]
            start = time.process_time()
            once(text)
            spent.append(time.process_time() - start)
        if spent[1] < 24 * spent[0] + 0.5:
            return
    raise AssertionError(spent)


# Idempotence, counting, failing.


PIECES = st.sampled_from(
    [
        "password", "token", "=", ": ", '"', "'", "\n", " ", "\\", "[redacted:", "]", "[redacted:x]", "Bearer ",
        "://", "@",
        "-----BEGIN PRIVATE KEY-----", "cookie: a=", "api key ", "--", "value", "name", ",", "{", "}", "eyJ", "sk-",
        "$",
        "aB3dE6gH9jK2mN5pQ8sT", "0123456789abcdef0123456789abcdef", "hunter22!", "\u0130", "\ud800", "é", ".", "/", "+",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=24))
def test_twice_is_once(pieces: list[str]) -> None:
    """Whatever comes in, redacting the result changes nothing."""
    once("".join(pieces))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    """Any text at all comes back, and an ordinary one is not changed in length by the way we look at it."""
    assert len(Lowered.of(text)) == len(plain_view(text)) == len(text)
    once(text)


def test_counts_tell_the_rules(rng: random.Random) -> None:
    """Counts are per rule and add up over texts."""
    redactor = Redactor()
    for _ in range(3):
        redactor.text(f"use {known(rng, 'github classic').text} and {known(rng, 'npm').text}")
    assert redactor.counts == {"github-token": 3, "npm-token": 3}
    assert redactor.text("nothing here") == "nothing here"
    assert redactor.counts == {"github-token": 3, "npm-token": 3}


def test_the_most_telling_rule_names_the_placeholder(rng: random.Random) -> None:
    """Where several rules see one secret there is one placeholder, and the known format gives its name."""
    assert once(f'API_TOKEN="{known(rng, "github classic").text}"') == 'API_TOKEN="[redacted:github-token]"'


def test_a_failure_raises_and_tells_nothing(monkeypatch: pytest.MonkeyPatch, rng: random.Random) -> None:
    """When a finder breaks, no text comes out, nothing is counted, and the error quotes nothing."""
    secret = known(rng, "github classic").text

    def broken(text: str, low: str) -> Iterator[tuple[int, int, str]]:
        yield 0, 1, "x"
        raise ValueError(text)

    monkeypatch.setattr(redact, "FINDERS", (broken,))
    redactor = Redactor()
    with pytest.raises(SpreadError, match="cannot redact") as caught:
        redactor.text(secret)
    assert secret not in "".join(caught.value.lines())
    assert caught.value.__cause__ is None
    assert redactor.counts == {}


def test_what_does_not_settle_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is not clean after all passes is not given out."""
    monkeypatch.setattr(redact, "MAX_PASSES", 1)
    with pytest.raises(SpreadError, match="cannot redact"):
        Redactor().text("password=hunter22!x")


def test_of_several_one_that_does_not_settle_is_left_out_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a text stands in a session for good: its hand-offs do not end with it."""
    monkeypatch.setattr(redact, "MAX_PASSES", 0)
    redactor = Redactor()
    assert redactor.texts(["plain words", "password=hunter22!x"]) == ["plain words", redact.UNSETTLED]
    assert redactor.counts["unsettled"] == 1


def test_names_on_end_are_looked_at_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each is not asked what all behind it looks like: that goes."""
    looked: list[int] = []
    given = redact_keyed._given

    def counted(text: str, at: int, end: int) -> Span | None:
        looked.append(at)
        return given(text, at, end)

    monkeypatch.setattr(redact_keyed, "_given", counted)
    told = Redactor().text("A_KEY=" * 600 + "hunter22x and more")
    assert "hunter" not in told
    assert told.endswith(" and more")
    assert len(looked) < 100


def test_however_many_recovery_codes_stand_in_a_list() -> None:
    """All are found at once, each looked at once: were it some at a time, a long list would not settle."""
    codes = "".join(f"{number:05}-{number * 7919 % 99991:05}\n" for number in range(3_000))
    redactor = Redactor()
    told = redactor.text(f"recovery codes:\n{codes}")
    assert told.count("[redacted:recovery-code]") == redactor.counts["recovery-code"] == 3_000
    rows = "recovery code 1234\n" * 3_000  # each a code, and the word for those below it
    assert len([*redact_said.phrases(rows, Lowered.of(rows))]) == 2_999


def test_a_seed_is_looked_for_near_its_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not wherever one may begin in all that stands behind: the pattern is slow."""
    tried: list[int] = []

    class Counted:
        def match(self, text: str, start: int, end: int) -> None:
            tried.append(start)

    monkeypatch.setattr(redact_said, "_SEED", Counted())
    text = "otp " * 100
    assert not [*redact_said.phrases(text, Lowered.of(text))]
    assert 100 < len(tried) < 100 * redact_said.SEED_NEAR_CHARS


def test_every_rule_compiles() -> None:
    """All patterns are sound, open-ended as well, and each rule has something to look for first."""
    for rule in TOKENS:
        assert rule.heads or rule.inner
        compiled(rule.source)
        compiled(rule.source, open_end=True)


def test_many_tokens_at_once(rng: random.Random) -> None:
    """Hundreds of different tokens in one text all go."""
    fakes = [known(rng, "npm") for _ in range(200)]
    out = once("\n".join(fake.text for fake in fakes))
    assert not any(fake.survives(out) for fake in fakes)


# What this machine knows.


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda value: value,
    "url": lambda value: urllib.parse.quote(value, safe=""),
    "form": urllib.parse.quote_plus,
    "json": lambda value: json.dumps(value)[1:-1],
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "url-safe base64": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "hex": lambda value: value.encode().hex(),
    "upper hex": lambda value: value.encode().hex().upper(),
    "url twice": lambda value: urllib.parse.quote(urllib.parse.quote(value, safe=""), safe=""),
    "json twice": lambda value: json.dumps(json.dumps(value)[1:-1])[1:-1],
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "value", ["correct horse/battery+staple", 'pa"ss\\word%42', "short?pw", "длинный пароль"]
)
def test_known_values_go_in_every_encoding(encoding: str, value: str) -> None:
    """An exact secret of this machine is found as it is and encoded, whatever it looks like."""
    shown = ENCODINGS[encoding](value)
    redactor = Redactor({"DB_PASSWORD": value})
    out = redactor.text(f"it said {shown} twice: {shown}.")
    assert shown.rstrip("=")[:-3] not in out
    assert redactor.text(out) == out


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "user:"])
def test_known_values_inside_more_base64(before: str) -> None:
    """A known secret is found in base64 of something longer, at any offset."""
    value = "correct horse battery staple"
    code = base64.b64encode(f"{before}{value}!".encode()).decode()
    out = Redactor({"PASSWORD": value}).text(f"x {code} y")
    assert code[8:-8] not in out


@pytest.mark.parametrize("value", ["", "a", "abc", "äb", "12345"])
def test_a_value_of_a_few_bytes_is_no_secret(value: str) -> None:
    """Nor are its spellings: they would be found in any text."""
    text = f"set {value} and {value.encode().hex()} or {base64.b64encode(value.encode()).decode()}"
    assert Redactor({"PIN": value}).text(text) == text


def test_known_values_over_lines() -> None:
    """A known secret is found when a line is wrapped in its middle, and a known key line by line."""
    value = "zebra-crossing-lantern"
    assert "crossing" not in Redactor({"PASSWORD": value}).text(
        "it is zebra-cross\ning-lantern, yes"
    ).replace("\n", "")
    key = "first line of twenty characters\nsecond line of twenty characters"
    assert "second" not in Redactor({"KEY": key}).text("> second line of twenty characters <")


def test_secrets_around(tmp_path: Path) -> None:
    """Secret-like variables and values of `.env*` files are collected; trivial ones and samples are not."""
    (tmp_path / ".env").write_text(
        "# comment\nDB_PASSWORD='file-secret-1!'\nexport API_TOKEN=\"tok-9f8e7d6c5b\" # note\nDEBUG=true\nNAME=x\n"
    )
    (tmp_path / ".env.local").write_text(
        "DB_PASSWORD=file-secret-2!  # why\nSECRET_KEY=changeme\nAPI_KEY=${OTHER}\n"
    )
    for sample in (".env.example", ".env.sample", ".env-template"):
        (tmp_path / sample).write_text("SAMPLE_TOKEN=smp-3b9a7c1d5e\nAPI_KEY=not-a-real-value-1\n")
    (tmp_path / ".envrc").write_text("export RC_TOKEN=tok-1a2b3c4d5e\n")
    (tmp_path / "web.env").write_text("WEB_TOKEN=tok-5e4d3c2b1a\n")
    (tmp_path / ".env.broken").mkdir()
    environ = {
        "GITHUB_TOKEN": "plain-9-value-x",
        "DB_PASSWORD": "from-environ-3!",
        "SSH_AUTH_SOCK": "/tmp/ssh-x/agent.1",
        "DATABASE_DSN": "postgres://u:p4ss@h/db",
        "TOKEN": "short",
        "POSTGRES_PASSWORD": "postgres",
        "PATH": "/usr/bin:/bin",
        "EDITOR": "vim-9-something",
    }
    assert secrets_around(environ, str(tmp_path)) == {
        "GITHUB_TOKEN": "plain-9-value-x",
        "DATABASE_DSN": "postgres://u:p4ss@h/db",
        "DB_PASSWORD": "from-environ-3!",
        "API_TOKEN": "tok-9f8e7d6c5b",
        "RC_TOKEN": "tok-1a2b3c4d5e",
        "WEB_TOKEN": "tok-5e4d3c2b1a",
        "DB_PASSWORD in .env": "file-secret-1!",
        "DB_PASSWORD in .env.local": "file-secret-2!",
    }


def test_env_files_of_a_hostile_project(tmp_path: Path) -> None:
    """A pipe is not waited for, and of very many files so much is read as takes no time; `.env` is first."""
    os.mkfifo(tmp_path / ".env.pipe")
    line = "API_KEY_{0}=q8Zt2{0:05}Lw7Xv\n"
    for file in range(20):
        lines = (line.format(1_000 * file + at) for at in range(1_000))
        (tmp_path / f".env.{file:03}").write_text("".join(lines) + "#" * MAX_ENV_FILE_BYTES)
    (tmp_path / ".env").write_text("DB_PASSWORD=h7Gx0pQ2vTz9\r\n")
    found = secrets_around({}, str(tmp_path))
    assert found["DB_PASSWORD"] == "h7Gx0pQ2vTz9"
    assert 1_000 <= len(found) <= 3_000


def test_env_files_of_a_projects_folders(tmp_path: Path) -> None:
    """`backend/.env` is the project's, too; of many folders so many are looked into, and no link is followed."""
    for number, name in enumerate(("api", "web", ".hidden", "elsewhere")):
        (tmp_path / "app" / name).mkdir(parents=True)
        (tmp_path / "app" / name / ".env").write_text(f"DB_PASSWORD=h7Gx0pQ2vTz{number}\n")
    (tmp_path / "app" / "elsewhere").rename(tmp_path / "elsewhere")
    (tmp_path / "app" / "link").symlink_to(tmp_path / "elsewhere")
    found = secrets_around({"DB_PASSWORD": "file-secret-1!"}, str(tmp_path / "app"))
    assert {*found.values()} == {"file-secret-1!", "h7Gx0pQ2vTz0", "h7Gx0pQ2vTz1"}
    for number in range(MAX_FOLDERS):
        (tmp_path / "app" / f"a{number}").mkdir()
    os.mkfifo(tmp_path / "app" / "a0" / ".env")
    assert secrets_around({}, str(tmp_path / "app")) == {}


def test_secrets_around_nothing(tmp_path: Path) -> None:
    """No project, no such directory, nothing readable: an empty answer."""
    assert secrets_around({}, None) == {}
    assert secrets_around({}, str(tmp_path / "gone")) == {}


def test_env_files_are_read_as_written() -> None:
    """Quotes, comments, `export` and blanks are understood."""
    text = "A=1\n export B = two words # c\nC='x # y' # z\nD=\"q\"\nE=\n# F=1\nnot a line\n"
    assert env_file_values(text) == {"A": "1", "B": "two words", "C": "x # y", "D": "q", "E": ""}


# Judgement.


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("password", "password"), ("dbPassword", "password"), ("SMTPPASSWORD", "password"), ("admin_pass", "password"),
        ("API_KEY", "secret"), ("apiKey", "secret"), ("x-api-key", "secret"), ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("JWTSECRET", "secret"), ("token2", "secret"), ("API_KEY_PROD", "secret"), ("private_key_id", "secret"),
        ("connectionString", "secret"), ("client-key-data", "secret"), ("TOKEN_SIGNING", "secret"),
        ("key", ""), ("cache_key", ""), ("publicKey", ""), ("token_count", ""), ("max_tokens", ""), ("secretName", ""),
        ("password_file", ""), ("monkey", ""), ("keyboard", ""), ("author", ""), ("", ""), ("primary_key", ""),
    ],
)  # fmt: skip
def test_names(name: str, kind: str) -> None:
    """What a name promises."""
    assert name_class(name) == kind


@pytest.mark.parametrize(
    "end", ["token_count", "passwordFile", "key_id", "keyId", "secret", "token_count_prod", "pass-at-2"]
)
def test_an_end_that_promises_nothing_is_no_end_of_a_name_that_does(end: str) -> None:
    """Whatever stands before it: what is judged by its end alone is judged as the whole name is."""
    for before in ("", "x", "X", "private_", "api-", "my", "MY", "max_", "a.", "Db"):
        assert not (tells_about(end) and name_class(f"{before}{end}"))
    assert tells_about(end) == (end not in ("key_id", "keyId", "secret"))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "<token>",
        "${X}",
        "$X",
        "%X%",
        "changeme",
        "xxxxxxxx",
        "********",
        "YOUR-KEY-here",
        "os.environ['X']",
    ],
)
def test_stand_ins(value: str) -> None:
    """What stands where a secret would is known as such."""
    assert is_stand_in(value)
    assert not is_secret("password", value, quoted=True, plain=True)


@pytest.mark.parametrize("value", ["$ecret!Passw0rd", "Tr0ub4dor&3", "correct9horse", "p@ssw0rd!23"])
def test_passwords_people_choose(value: str) -> None:
    """A chosen password is one where a password stands."""
    assert is_secret("password", value, quoted=True, plain=False)


def test_randomness(rng: random.Random) -> None:
    """Drawn values look random; words, versions, dates and paths do not."""
    assert all(is_random(drawn(rng, ALNUM, 24)) for _ in range(200))
    assert sum(is_strong(drawn(rng, ALNUM, 32)) for _ in range(200)) >= 190
    for written in (
        "identifier",
        "some_function_name",
        "2024-01-01",
        "v1.2.3-rc1",
        "us-east-1",
        "camelCaseNameOfIt",
    ):
        assert not is_random(written)
        assert not is_strong(written)


@pytest.mark.parametrize("length", [8, 15, 16, 24])
def test_turns_are_counted_alike_in_every_alphabet(length: int, rng: random.Random) -> None:
    """Counting by bytes, as of ASCII, and by the pattern, as of all else, give the same."""
    for _ in range(200):
        value = drawn(rng, ALNUM + "-_.", length)
        assert _turns(value + "é") == _turns(value) + 1 == len(_TRANSITION.findall(value)) + 1


@pytest.mark.parametrize("value", ["get_token(12)", "load[name_9x]", "Vault.read(path9).x", "fetch(a1B2)]"])
def test_a_call_is_no_secret_wherever_it_stands(value: str) -> None:
    """What is called or indexed is refused before anything around it is looked at, as it is after that."""
    assert is_called(value)
    for kind in ("password", "secret"):
        assert not any(is_secret(kind, value, quoted=False, plain=plain) for plain in (True, False))
        assert not is_secret(kind, value.rstrip(").]},:"), quoted=False, plain=False)
    assert once(f"token = {value}\npassword={value}\n") == f"token = {value}\npassword={value}\n"


def test_a_fake_knows_whether_it_survives() -> None:
    """The measure can fail: half a secret left behind counts."""
    fake = Fake("x", "abcdefghijklmnop", ["abcdefghijklmnop"])
    assert fake.survives("… abcdefgh …")
    assert not fake.survives("[redacted:x]")


def test_a_placeholder_inside_a_finding_stays() -> None:
    """What was redacted before is kept as it is; what stands around it goes."""
    line = "Cookie: a=aB3dE6gH9jK2mN5p; b=[redacted:github-token]; c=qW8eR7tY6uI5oP4a"
    out = once(line)
    assert "[redacted:github-token]" in out
    assert "aB3dE6gH9" not in out
    assert "qW8eR7tY6" not in out


def test_short_known_values_are_left_to_the_rules() -> None:
    """A value of under six bytes would be cut out of every text."""
    assert Redactor({"PIN": "1234"}).text("in 1234 lines") == "in 1234 lines"
    assert Redactor({"PIN": "123456"}).text("it is 123456") == "it is [redacted:environment]"


@pytest.mark.parametrize(
    ("kind", "value", "plain", "secret"),
    [
        ("secret", "/run/secrets/token", True, False),
        ("secret", "CorrectHorseBattery", True, True),
        ("password", "correct horse", True, False),
        ("password", "48151623", False, True),
        ("password", "/run/secrets/password", True, False),
        ("password", "correcthorse", True, True),
        ("password", "correcthorse", False, False),
        ("password", "abc", True, False),
    ],
)
def test_what_counts_as_a_secret(kind: str, value: str, plain: bool, secret: bool) -> None:
    """Paths, sentences and short words are none; digits alone are a password; letters alone only where data stands."""
    assert is_secret(kind, value, quoted=True, plain=plain) is secret


def test_paths_in_variables_are_not_collected() -> None:
    """A variable that names a key file does not make that path a secret."""
    assert secrets_around({"SIGNING_KEY": "/home/a/.ssh/id_ed25519"}, None) == {}


def test_a_cleared_text_is_looked_at_again_when_another_secret_is_known() -> None:
    """What one redactor found nothing in is no clearance under another that knows more."""
    text, value = "the word is tulip-anvil-nine", "tulip-anvil-nine"
    before, now = Redactor(), Redactor({"DOOR_PASSWORD": value})
    assert before.texts([text]) == [text]
    now.cleared |= before.cleared
    assert value not in now.texts([text])[0]
    assert Redactor().texts([text]) == before.texts([text])


def test_texts_together_are_redacted_as_each_alone() -> None:
    """Many texts at once give what one by one gives, also where what is found goes over the end of one."""
    token = "gh" + "p_" + "Ab3" * 14
    block = "-----BEGIN " + "PRIVATE KEY-----\n" + "MIIB" * 16
    for texts in (["plain", f"use {token} here", "more"], [f"see {block}", "MIIB" * 16, "after"], []):
        together, alone = Redactor(), Redactor()
        assert together.texts(texts) == [alone.text(text) for text in texts]
        assert together.counts == alone.counts
        assert token not in "".join(together.texts(texts))


def test_a_block_of_yaml_with_the_line_ends_of_windows() -> None:
    """A value on a line of its own goes, whatever the lines end in."""
    assert (
        Redactor().text("admin_pass: |\r\n  tulip7x!" + "anvil\r\n")
        == "admin_pass: |\r\n  [redacted:password]\r\n"
    )


def test_a_token_of_a_vendor_that_no_rule_knows_in_a_diff() -> None:
    """The sign of a diff before it hides it no more than before one that a rule knows."""
    token = "acmebuild_" + "q7HuEwaEb3NDfAmWXOaud6UkpJPQ4BpZZEGi"
    assert Redactor().text(f"+{token}\n-{token}") == "+[redacted:token]\n-[redacted:token]"
    assert Redactor().text(f"a+{token}") == f"a+{token}"  # base64 of anything


@pytest.mark.parametrize("left", [21, 30, 33])
def test_a_token_that_a_text_ends_in_the_midst_of(left: int) -> None:
    """What is too short for a token of its vendor, and begins and looks as one, is taken for what is left of it."""
    token = ("gh" + "p_q7HuEwaEb3NDfAmWXOaud6UkpJPQ4BpZZEGi")[:left]
    assert Redactor().text(f"it says {token}") == "it says [redacted:token]"
    assert Redactor().text(f"it says ghp_{'note' * 5}") == f"it says ghp_{'note' * 5}"


def test_a_url_that_a_text_ends_in_the_midst_of() -> None:
    """A password goes where its URL is not shown up to the host; a port is none, whatever stands for it."""
    assert Redactor().text("at redis://app:tulip7x!" + "an") == "at redis://app:[redacted:url-credentials]"
    for text in (
        "http://db:5432",
        "http://[::1]:8080",
        "http://web:PORT",
        "http://web:${PORT1}",
        "x://a:8080/b1c2d3",
    ):
        assert Redactor().text(text) == text


@pytest.mark.parametrize("lines", [1, 2, 5])
def test_the_end_of_a_key_with_which_a_text_begins(lines: int) -> None:
    """Of a key whose beginning is not shown, the first line of the text goes, too."""
    body = "\n".join(base64.b64encode(os.urandom(48)).decode() for _ in range(lines))
    assert Redactor().text(f"{body}\n-----END " + "PRIVATE KEY-----") == "[redacted:private-key]"


@pytest.mark.parametrize(
    "name",
    ["oauth2ClientRegistrationSecret", "k8sClusterProductionAdminPassword", "s3SecondaryBucketAccessKey",
     "a1b2c3d4e5f6g7h8i9ForProductionToken", "oauth2ResourceServerDatabasePw", f"x1{'Long' * 30}Password"],
)  # fmt: skip
def test_a_long_name_with_digits(name: str) -> None:
    """However long the name of a secret is, and with however many digits, what it is given goes."""
    value = "tulip7x!" + "anvil"
    for text in (f'{name} = "{value}"', f"{name}: {value}", f'{{"{name}": "{value}"}}'):
        assert value not in Redactor().text(text)


def test_what_a_text_came_to_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text out of which something was taken is not looked through again, is counted again, and few are remembered."""
    monkeypatch.setattr(redact, "_redacted", {})
    texts = ["plain", "use gh" + "p_" + "Ab3" * 14, "plain", "use gh" + "p_" + "Ab3" * 14]
    first, again, other = Redactor(), Redactor(), Redactor({"DOOR_PASSWORD": "tulip-anvil-nine"})
    told = first.texts(texts)
    again.cleared |= first.cleared
    with monkeypatch.context() as patched:
        patched.setattr(Redactor, "_find", lambda self, text: pytest.fail(text))
        assert again.texts(texts) == told
    assert again.counts == first.counts
    assert other.texts([f"{texts[1]} tulip-anvil-nine"]) == [f"{told[1]} [redacted:environment]"]
    for number in range(redact.KEPT_REDACTED):
        first.texts([f"{texts[1]} {number}"])
    assert len(redact._redacted) == redact.KEPT_REDACTED


def test_what_a_text_came_to_only_beside_another_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered is what a text comes to by itself."""
    monkeypatch.setattr(redact, "_redacted", {})
    redactor, text = Redactor(), "use gh" + "p_" + "Ab3" * 14
    monkeypatch.setattr(Redactor, "_together", lambda self, texts: ["something else" for _ in texts])
    assert redactor.texts([text]) == ["something else"]
    assert not redact._redacted


def test_what_was_said_to_be_a_secret_goes_elsewhere_too(rng: random.Random) -> None:
    """Without a word that says so, shortened, on one line, in another spelling; a plain word and a date stay."""
    redactor = Redactor()
    secret, key = filled(rng, "{A4}7{A8}"), pem(rng, "BEGIN PRIVATE KEY")
    while len(key) < 200:
        key = pem(rng, "BEGIN PRIVATE KEY")
    texts = [f"password: {secret}", key, "passphrase: sunflower", "token 2026-11-28"]
    assert secret not in "".join(redactor.texts(texts))
    line = key.split("\n")[2]
    seen = [
        f"is {secret} wrong?",
        f"x {secret[:9]}…",
        f"- {line} and",
        base64.b64encode(f"a:{secret}".encode()).decode(),
        "a sunflower, on 2026-11-28",
    ]
    out = redactor.elsewhere(seen)
    assert out[0] == "is [redacted:said-elsewhere] wrong?"
    assert secret[:9] not in out[1]
    assert line[:12] not in out[2]
    assert out[3] != seen[3]
    assert out[4] == seen[4]


def test_long_words_that_were_drawn_go_from_short_texts(rng: random.Random) -> None:
    """Whatever they may be; ids, shas, paths and names stay."""
    word = filled(rng, "{A20}7{A25}")
    assert Redactor().elsewhere([f"it is {word}."]) == ["it is [redacted:random]."]
    for other in (
        filled(rng, "a/{uuid}/{uuid}"),
        filled(rng, "{h64}"),
        "src/components/settingsPanel2/useFormState3.tsx",
    ):
        assert Redactor().elsewhere([f"it is {other}."]) == [f"it is {other}."]


def test_a_word_that_was_drawn_goes_before_a_cut(rng: random.Random) -> None:
    """No rule knows the half of a token that shows no head; a name that was shortened stays."""
    half = filled(rng, "{A9}7{A9}4{A10}")
    assert once(f"(to: {half}…)") == "(to: [redacted:cut]…)"
    assert once("(to: getAuthenticationToken2For…)") == "(to: getAuthenticationToken2For…)"


def test_what_is_found_is_kept_within_limits(rng: random.Random) -> None:
    """Of very many secrets the first are looked for elsewhere."""
    redactor = Redactor()
    for _ in range(3):
        redactor.text("".join(filled(rng, "password: {A5}4{A9}\n") for _ in range(redact.MAX_FOUND)))
    assert len(redactor.found) == redact.MAX_FOUND
