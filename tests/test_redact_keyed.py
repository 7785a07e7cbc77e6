"""Values that tools print beside their names, one or two fields away."""

import pytest

from spread.redact import Redactor
from spread.redact_values import name_class

CHOSEN, DRAWN = "Canyon" + "Tiger82", "aB3dE6gH9j" + "K2mN5pQ8sT4v"
PRINTED = (
    '{{\n  "db_password": {{\n    "sensitive": true,\n    "type": "string",\n    "value": "{}"\n  }}\n}}',
    '{{"Parameter": {{\n  "Name": "/app/db/password",\n  "Type": "SecureString",\n  "Value": "{}"\n}}}}',
    '      ~ password = "Old' + 'one77!" -> "{}"\n',
    "pulumi config set --secret dbPassword {}",
    "setx DB_PASSWORD {}",
)


@pytest.mark.parametrize("secret", [CHOSEN, DRAWN])
@pytest.mark.parametrize("text", PRINTED)
def test_a_value_and_its_name(text: str, secret: str) -> None:
    """Whether drawn or chosen."""
    out = Redactor().text(text.format(secret))
    assert secret not in out
    assert Redactor().text(out) == out


def test_a_secret_of_a_store_and_a_session_of_a_cloud() -> None:
    """The text of a secret as its store gives it, and what a session's keys are printed as in a row."""
    assert name_class("SecretString") == "secret"
    key, token = "+kQICkXTRp" + "PNy5dg9RMC7kZhiFFnRxRhZ5n744dA", "FwoGZXIv" + "YXdzE" + "s7VFjSxQ2" * 12
    row = f"CREDENTIALS\tASIA{'QWERTYUIOPAS2345'}\t2026-01-01T00:00:00Z\t{key}\t{token}\n"
    out = Redactor().text(row)
    assert key not in out
    assert token not in out


def test_other_values_stay() -> None:
    """An object whose name is no secret's, and a change of something else."""
    text = '{\n  "db_host": {\n    "type": "string",\n    "value": "db12.internal"\n  }\n}\n'
    assert Redactor().text(text) == text
    plan = '  ~ name = "web12!a" -> "web13!b"\n'
    assert Redactor().text(plan) == plan
