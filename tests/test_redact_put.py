"""Secrets that are put somewhere: into files, settings, hashes, forms and tables; every text is made at run time."""

import pytest

from spread.redact import Redactor

CHOSEN = "sunny" + "meadow42"
SIGNED = "Velvet" + "-Tapir7"
DRAWN = "9f3c1b7e" + "a04d6258cb1f7e93d5a8604e"
KEY = "0x" + DRAWN * 2
FOURS = ("uqkz", "epmv", "laxt", "brwi")


def told(text: str) -> str:
    out = Redactor().text(text)
    assert Redactor().text(out) == out
    return out


@pytest.mark.parametrize("secret", [CHOSEN, SIGNED, DRAWN], ids=["chosen", "signed", "drawn"])
@pytest.mark.parametrize(
    "text",
    [
        "echo {} > ~/.vault_pass",
        "printf '%s' '{}' > secrets/db_password.txt",
        'echo -n "{}" | sudo tee /run/secrets/db_password',
        "cat > /run/secrets/db_password <<'EOF'\n{}\nEOF",
        "Path('secrets/db_password').write_text('{}')",
        "fs.writeFileSync('config/master.key', '{}')",
        "netlify env:set DB_PASSWORD {}",
        "doppler secrets set DB_PASSWORD {}",
        "consul kv put app/db_password {}",
        "etcdctl put /app/db_password {}",
        "vault kv put secret/db value={}",
        "DB_PASSWORD ?= {}",
    ],
)
def test_into_files_and_settings(text: str, secret: str) -> None:
    """Whose name says what it is."""
    assert secret not in told(text.format(secret))


@pytest.mark.parametrize("secret", [CHOSEN, SIGNED, DRAWN], ids=["chosen", "signed", "drawn"])
@pytest.mark.parametrize(
    "text",
    [
        "keytool -genkey -storepass changeit -keypass {}",
        "jarsigner -storepass {} x.jar a",
        "ansible-vault encrypt_string {} --name db_password",
        "chpasswd <<EOF\ndeploy:{}\nEOF",
        'sudo -S ls <<< "{}"',
        "keepassxc-cli show db.kdbx <<< {}",
        "redis> AUTH {}\nOK",
        "echo -n {} | cryptsetup luksOpen /dev/sda1 x -",
        "echo {} | pass insert -e x",
        "security unlock-keychain -p {} login.keychain",
        "xfreerdp /u:ann /p:{} /v:h",
        "grafana-cli admin reset-admin-password {}",
        'drush user:password admin "{}"',
        "rclone obscure {}",
        "openssl passwd -6 {}",
        "mkpasswd -m sha-512 {}",
        "WIFI:S:HomeNet;T:WPA;P:{};;",
    ],
)
def test_into_commands(text: str, secret: str) -> None:
    """By place, as an argument or as all that is read."""
    assert secret not in told(text.format(secret))


@pytest.mark.parametrize("secret", [CHOSEN, SIGNED], ids=["chosen", "signed"])
@pytest.mark.parametrize(
    "text",
    [
        "User::find(1)->update(['password' => Hash::make('{}')])",
        "bcrypt.compareSync('{}', hash)",
        "php -r \"echo password_hash('{}', PASSWORD_DEFAULT);\"",
        "caddy hash-password --plaintext {}",
        'client.username_pw_set("dev", "{}")',
        "ssh.connect('h', 22, 'root', '{}')",
        'password: Some("{}")',
        "cy.get('input[name=password]').type('{}')",
        '<input value="{}" type="password">',
        "password\n  String should be longer [type=string_too_short, input_value='{}', input_type=str]",
        '{{"loc": ["body", "password"], "msg": "too short", "input": "{}"}}',
        "DB_PASSWORD: " + "cloudy" + "meadow41 \u2192 {}",
        " user | password \n------+----------\n ann  | {}\n",
        "+------+----------+\n| user | password |\n+------+----------+\n| ann  | {} |\n",
        "\u2503 user \u2503 password \u2503\n\u2521\u2501\u2547\u2501\u2529\n\u2502 ann  \u2502 {} \u2502\n",
        "-[ RECORD 1 ]\nuser     | ann\npassword | {}\n",
        "the password is no longer {}",
        "the password is actually {}",
        "\U0001f511 {}",
        "\U0001f510 admin: {}",
    ],
)
def test_into_hashes_forms_and_tables(text: str, secret: str) -> None:
    """And what a check of a form, a database or a person tells of it."""
    assert secret not in told(text.format(secret))


@pytest.mark.parametrize(
    "text", ['new ethers.Wallet("{}")', 'accounts: ["{}"]', 'privateKeyToAccount("{}")'], ids=str
)
def test_the_key_of_a_wallet(text: str) -> None:
    """It has the looks of a hash; the call tells what it is."""
    assert DRAWN not in told(text.format(KEY))


@pytest.mark.parametrize(
    ("text", "joint"),
    [
        ("the app password is {}", " "),
        ("app-specific password: {}", "-"),
        ("SMTP_PASS={}", " "),
        ("EMAIL_HOST_PASSWORD = '{}'", " "),
        ("EMAIL_HOST_PASSWORD = '{}'", ""),
        ("GMAIL_APP_PASSWORD={}", " "),
        ("auth: {{ user: 'a@b.c', pass: '{}' }}", " "),
    ],
)
def test_what_a_mailbox_lets_a_program_in_with(text: str, joint: str) -> None:
    """Sixteen letters, which are no words."""
    secret = joint.join(FOURS)
    assert secret not in told(text.format(secret))


@pytest.mark.parametrize(
    "text",
    [
        "echo build-2041b > notes.txt",
        "echo done99x | tee output.log",
        "cat > password_policy.md <<'EOF'\nrule-2041b\nEOF",
        "the password is not required",
        "the password is no longer needed here",
        "the app password must have with that code some",
        "password: must have some text",
        "PASSWORD_HINT = 'four word hint here'",
        'accounts: ["0x' + DRAWN + '"]',
        " user | tokens \n------+--------\n ann  | 1200\n",
        "API_KEY: optional \u2192 required",
        "the pin is at 3 volts",
        "git config set x y",
        "openssl passwd -help",
        "input: 'sunny" + "meadow42'",
        "wifi: off; p:1",
        "etcdctl put /app/colour bright42blue",
    ],
)
def test_what_is_none_stays(text: str) -> None:
    """The same commands and sentences with nothing secret in them."""
    assert told(text) == text
