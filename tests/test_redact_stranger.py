"""A stranger's secrets do not survive, wherever they stand; a stranger's ordinary lines do."""

import random
from collections import Counter

import pytest

from spread.redact import Redactor
from tests.redact_stranger import FAMILIES, SURROUNDINGS, filled, left_over, planted, shapes

# What must be found of each family: known formats, values placed where secrets stand, passwords said in prose.
LEAST = {"known": 0.99, "placed": 0.98, "said": 0.97}
# What is not found everywhere, and why: a plain word in a sentence, a name and its value on lines with other heads.
HARD = {"yaml-word", "yaml-dash", "xml-plist", "csv", "netrc-lines", "pem-cut"}


@pytest.fixture(scope="module")
def missed() -> dict[str, tuple[int, Counter[tuple[str, str]]]]:
    """For each family how many secrets were planted, and which of them were still to be read."""
    found: dict[str, tuple[int, Counter[tuple[str, str]]]] = {name: (0, Counter()) for name in FAMILIES}
    redactor = Redactor()
    for each in planted():
        out = redactor.text(each.text)
        count, leaks = found[each.family]
        if left_over(each.secrets, out):
            leaks[each.shape, each.around] += 1
        found[each.family] = (count + 1, leaks)
    return found


@pytest.mark.parametrize("family", FAMILIES)
def test_recall(family: str, missed: dict[str, tuple[int, Counter[tuple[str, str]]]]) -> None:
    """Of each family as many are found as promised, in all surroundings together."""
    count, leaks = missed[family]
    assert 1 - leaks.total() / count >= LEAST[family], leaks


def test_every_shape_is_found_somewhere(missed: dict[str, tuple[int, Counter[tuple[str, str]]]]) -> None:
    """No shape passes in more than two of the surroundings, but for the few known to be hard."""
    for count, leaks in missed.values():
        assert count >= 300
        shapes_missed = Counter(shape for shape, _ in leaks)
        assert {shape for shape, n in shapes_missed.items() if n > 2} <= HARD


def test_there_are_enough() -> None:
    """More than 300 shapes, 100 of them formats of vendors, in more than a dozen surroundings."""
    counts = {family: len(list(shapes(table))) for family, table in FAMILIES.items()}
    assert counts["known"] >= 100
    assert sum(counts.values()) >= 300
    assert len(SURROUNDINGS) >= 15


def test_the_measure_can_fail() -> None:
    """Text that was not redacted is counted as a leak, and eight signs of a long secret are enough."""
    assert all(left_over(each.secrets, each.text) for each in planted() if each.around == "plain")
    assert left_over(("abcdefghijklmnop",), "… efghijkl …")
    assert not left_over(("abcdefghijklmnop",), "… efghijk …")


@pytest.mark.parametrize(
    "text",
    [
        "use password={}",
        "the password is {}",
        "login admin / {}",
        "mein Passwort ist {}",
        "la contraseña es {}",
        "密码是 {}",
        "log in with password {}",
    ],
)
def test_weak_passwords_in_prose(text: str) -> None:
    """A word with one or two digits goes where a sentence says that it is the password."""
    for word in ("sunflower", "hunter", "Winter"):
        assert word not in Redactor().text(text.format(word + "22"))


def test_twice_is_once() -> None:
    """Redacting what was redacted changes nothing, for every shape."""
    redactor = Redactor()
    for each in planted(1):
        if each.around in ("prompt", "escaped", "wrapped"):
            out = redactor.text(each.text)
            assert Redactor().text(out) == out


ORDINARY = """
password field
token count is 5
password: string
token = getToken()
api_key=os.environ["X"]
password: ${{ secrets.X }}
the password is required
the password is at least 8 characters
password must contain 3 digits
password to use for user1
the token is invalid
password is hashed with bcrypt12
username and password authentication2
login with oauth2
Password is sha256-hashed
the password is 8-64 characters long
password is in config.py
login: john@example.com
the secret is mounted at /run/secrets/db1
mot de passe oublié
la contraseña es obligatoria
mein Passwort ist falsch
password=None
def login(user, password=DEFAULT_PW1):
pass: 12/15 tests
credentials: see docs/setup.md
the seed phrase must be kept safe because nobody can restore access without these words ever again
docker login -u user -p $PASS
curl -u user:pass https://x
curl -u $USER:$PASS https://x
PGPASSWORD=$PGPASSWORD psql
sshpass -p "$SSH_PASS" ssh x
token: xxxxxxxx
password: <your-password>
auth=("user", "pass")
smtp.login(user, password)
NetworkCredential("user", "password")
| password | string | the password of the user |
| token | `abc` | required |
http -a user:pass x
zip -r out.zip path2/file3
openssl genrsa -out key.pem 2048
password updated to v2.3.1
password changed in commit 3f1c9a7b
from password v1 to v2
the password is base64-encoded
set -euo pipefail
#define MAX_PASSWORD_LEN 128
#define TOKEN_TYPE TOKEN_IDENT2
variable "password_length" { default = "16" }
2fa code: 123456
echo "hello-world1" | tee file
net user admin /delete
passwords from file1.txt to file2.txt
x.password == y.password2
if password == other.password1:
Password (8+ chars)
"token", "uchar2", "vector3d",
private key: ed25519.Ed25519PrivateKey or rust.mlkem768.MLKEM768PrivateKey
"""


@pytest.mark.parametrize("line", ORDINARY.strip().split("\n"))
def test_ordinary_lines_stay(line: str) -> None:
    """What speaks of secrets and holds none is left alone."""
    assert Redactor().text(line) == line


def test_a_name_list_is_no_table() -> None:
    """Words in a list, one a line with a comma, are no rows under a head."""
    text = '    "string",\n    "token",\n    "uchar2",\n    "vector3d",\n'
    assert Redactor().text(text) == text


def test_marks_are_filled_anew() -> None:
    """Two secrets of one shape differ."""
    first, second = ([each.secrets for each in planted(seed) if each.shape == "npm"] for seed in (0, 1))
    assert len({*first, *second}) == len(first) + len(second)
    assert filled("a [[h:8]] b", random.Random(1))[0].startswith("a ")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ('  {{"value": "{}", "name": "API_TOKEN"}}', "aB3dE6gH9jK2mN5pQ8sT"),
        ('config.setPassword("{}")', "hunter2024"),
        ('INSERT INTO u (name, password) VALUES ("ann", "{}")', "hunter2024"),
        ("host;password\ndb;{}\nrest", "hunter2024"),
        ("*:*:*:ann:{}", "hunter2024"),
        ("printf '{}' | sudo -S true", "hunter2024"),
        ("PORT=5432\n2026-01-01 10:00:00 INFO password: {}", "hunter2024"),
    ],
)
def test_more_places(text: str, secret: str) -> None:
    """Fields in the other order, setters, statements, tables with other signs, heads of log lines."""
    assert secret not in Redactor().text(text.format(secret))


def test_a_password_under_a_head_with_other_rows_stays_in_its_table() -> None:
    """A line that is no row ends a table."""
    text = "name,password\nann,{}\n\nbob,sunflower99\n".format("hunter" + "77")
    assert Redactor().text(text) == "name,password\nann,[redacted:password]\n\nbob,sunflower99\n"
