"""What a command printed that prints a secret goes, though nothing around it says what it is."""

from pathlib import Path

import pytest

from spread.redact import Redactor
from spread.redact_printed import MAX_COMMAND_CHARS, kept_in, printed, prints_secret
from tests.distill.lines import begun

SECRETS = (
    "Canyon" + "Tiger82x!",
    "3bd6656e29" + "46ebf5c4263886201bbf91",
    "sbOajCxHjP" + "pO7LfjdW7ECrWKsuKFCO7L",
)
COMMANDS = (
    "printenv DB_PASSWORD",
    'echo "$API_KEY"',
    "docker exec db printenv POSTGRES_PASSWORD",
    "cat config/master.key",
    "cat /run/secrets/db_password",
    "ssh prod 'cat /etc/app/secret'",
    "grep PASSWORD .env | cut -d= -f2",
    "jq -r .password config.json",
    "vault kv get -field=password secret/app/db",
    "terraform output -raw db_password",
    "op read op://dev/db/login",
    "pass show acme/db",
    "security find-generic-password -s acme -w",
    "gcloud secrets versions access latest --secret=db-password",
    "kubectl get secret db -o jsonpath='{.data.password}' 2>/dev/null | base64 -d",
    "az keyvault secret show --name db-password --query value -o tsv",
    "heroku config:get SECRET_KEY_BASE",
    "npm config get //registry.npmjs.org/:_authToken",
    "wg genkey",
    "openssl rand -hex 16",
)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("command", COMMANDS)
def test_below_the_command_in_a_pasted_terminal(command: str, secret: str) -> None:
    """Alone on its line."""
    out = Redactor().text(f"I see this:\n$ {command}\n{secret}\n$ ls\n")
    assert secret not in out
    assert Redactor().text(out) == out


@pytest.mark.parametrize("code", [0, 1])
@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_tells_it_nowhere(command: str, secret: str, code: int, tmp_path: Path) -> None:
    """Neither as what the command came to nor where the agent says it again."""
    lines = begun()
    lines.bash(command, secret, code=code)
    lines.say(f"I can log in now with {secret} and go on.")
    assert secret not in lines.distilled(tmp_path).to_markdown()


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    ("name", "given", "output"),
    [
        ("Read", {"file_path": "/home/dev/app/config/master.key"}, "     1\u2192{}"),
        ("Read", {"file_path": "/srv/app/.env"}, "     1\u2192PORT=80\n     2\u2192DB_PASSWORD={}"),
        ("Write", {"file_path": "/home/dev/app/secrets/db_password.txt", "content": "{}\n"}, "ok"),
        ("Write", {"file_path": "/home/dev/app/.env.prod", "content": "DB_PASSWORD='{}'\n"}, "ok"),
        ("Edit", {"file_path": "/srv/.env", "old_string": "X=", "new_string": "X=1\nAPI_TOKEN={}"}, "ok"),
    ],
)
def test_nor_what_a_file_of_secrets_holds(
    name: str, given: dict[str, str], output: str, secret: str, tmp_path: Path
) -> None:
    """Read or written by the client's own tools, whether the file is still there or not."""
    lines = begun()
    lines.tool(name, {key: text.format(secret) for key, text in given.items()}, output.format(secret))
    lines.say(f"The service has {secret} now and takes it.")
    assert secret not in lines.distilled(tmp_path).to_markdown()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/password.py", "hunter2moon"),
        ("docs/tokens.md", "sunny" + "meadow42"),
        (".env.example", "DB_PASSWORD=sunny" + "meadow42"),
        (".env", "LOG_LEVEL=debug42\nPASSWORD=changeme"),
        ("auth", '#!/bin/sh\nexec login "$1"'),
        ("db_password", "see the wiki"),
    ],
)
def test_other_files_hold_none(path: str, text: str) -> None:
    """By their names, or by what they hold."""
    assert kept_in(path, text) == []


def test_nor_what_the_user_had_printed(tmp_path: Path) -> None:
    """A command typed in the session is one, too."""
    lines = begun()
    lines.user("<bash-input>printenv DB_PASSWORD</bash-input>")
    lines.user(f"<bash-stdout>{SECRETS[0]}</bash-stdout><bash-stderr></bash-stderr>")
    lines.say(f"It is {SECRETS[0]}, then.")
    assert SECRETS[0] not in lines.distilled(tmp_path).to_markdown()


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("git rev-parse HEAD", "3f1c9a7b5d2e4f60718293a4b5c6d7e8f9012345"),
        ("cat VERSION", "v2.3.1-rc4"),
        ("jq -r .version package.json", "12.4.1"),
        ("grep -c password src/login.py", "123456"),
        ("grep -rl token src", "src/auth2/token3.py"),
        ("ls secrets", "prod2.yaml"),
        ("cat src/token.py", "import2"),
        ("cat src/token.py | head -3", "src/auth2/base.py"),
        ("echo $TOKEN_COUNT", "a8812b"),
        ("printenv DB_PASSWORD", ""),
        ("printenv DB_PASSWORD", "password"),
        ("printenv DB_PASSWORD", "one two3\nthree four5"),
        ("cat password_notes.md > out.txt", "done12"),
        ("printenv DB_PASSWORD" + " " * MAX_COMMAND_CHARS, SECRETS[0]),
    ],
)
def test_other_output_stays(command: str, output: str) -> None:
    """What another command printed, and what is no secret."""
    assert printed(command, output) == []
    text = f"$ {command}\n{output}\n"
    assert Redactor().text(text) == text


def test_a_long_output_is_no_secret() -> None:
    """More lines than a secret or a few have are data."""
    assert printed("printenv DB_PASSWORD", "\n".join(f"word{n}x" for n in range(20))) == []


def test_a_command_that_only_names_one_prints_none() -> None:
    """Looking for a word is no printing of what it names."""
    assert prints_secret("cat ~/.vault-token")
    assert not prints_secret("git log -S password | head -3")
    assert not prints_secret("psql -c 'select 1' # password")
