"""What people tell each other in many languages goes, wherever in the sentence it stands; other sentences stay."""

import pytest

from spread.redact import Redactor

CHOSEN = ("Lumi" + "Nude65#", "Harbour" + "-9580", "Tiger" + "Marble82")
TOLD = (
    "pw for the staging db: {}",
    "the db password should be {} now",
    "I changed the password from Old to {}",
    "use {} as the admin password",
    "it's {} (that's the password)",
    "try logging in with {} — that's the admin password",
    "{} is the password for staging",
    "mein PW ist {}",
    "benutze {} als Passwort",
    "Das Passwort für die Datenbank lautet {}",
    "das Admin-Passwort wurde auf {} geändert",
    "identifiants : ann / {}",
    "le mdp est {}",
    "utilise {} comme mot de passe",
    "le mot de passe de la base est {}",
    "le mot de passe admin a été changé en {}",
    "le mot de passe pour se connecter au serveur c'est {}",
    "code d'accès : {}",
    "usa {} como contraseña",
    "la clave de la base de datos es {}",
    "la contraseña para entrar al servidor es: {}",
    "la pass es {}",
    "ログイン: ann / {}",
    "{} をパスワードとして使ってください",
    "暗証番号は {} です",
)


@pytest.mark.parametrize("secret", CHOSEN)
@pytest.mark.parametrize("text", TOLD)
def test_a_password_that_is_told(text: str, secret: str) -> None:
    """Before the word for it, behind it, and behind what it is the password of."""
    out = Redactor().text(text.format(secret))
    assert secret not in out
    assert Redactor().text(out) == out


ONCE = (
    "2FA code: {}",
    "mfa code {}",
    "my one-time code is {}",
    "Your verification code is {}",
    "enter the code {} from my authenticator",
    "G-{} is your Google verification code",
    "login code: {}",
    "Your security code is: **{}**",
    "npm publish --otp {}",
    "aws sts get-session-token --serial-number x --token-code {}",
    "der Bestätigungscode ist {}",
    "le code de vérification est {}",
    "el código de verificación es {}",
    "認証コードは {} です",
    "验证码：{}",  # noqa: RUF001 - as people write
)


@pytest.mark.parametrize("code", ["40" + "1739", "583" + " 204"])
@pytest.mark.parametrize("text", ONCE)
def test_a_code_that_lets_in_once(text: str, code: str) -> None:
    """Where the words leave no doubt, also in two halves."""
    if " " in code and text.startswith(("G-", "enter")):
        return
    assert code not in Redactor().text(text.format(code))


ORDINARY = """
use bcrypt as the password hash
use Argon2id as password hashing
the verification code is in src/verify2.py
2fa code: 123456
the security code 2024 review
mfa code is 6 digits
le mot de passe est obligatoire
le mot de passe de la base est dans config2.yml
usa argon2 como contraseña
Das Passwort für die Datenbank ist falsch
das Passwort der Datenbank steht in settings.toml
la clave primaria es user_id
the pw field in users.py
this is the password
that is the token
it's the admin password
config.password2 is the secret field
error code 500123 in the authenticator
the login code is in auth2/login.py
パスワードを変更してください
トークンが必要です
identifiants : voir docs/acces
"""


@pytest.mark.parametrize("line", ORDINARY.strip().split("\n"))
def test_ordinary_sentences_stay(line: str) -> None:
    """What only speaks of passwords and codes is left alone."""
    assert Redactor().text(line) == line


def test_a_short_word_for_it_is_none_within_data() -> None:
    """`mdp`, `2fa` and `pw` stand in any base64."""
    text = "toolu_01WtyMrNeG4XAq2MDPwBg6" + "JQ"
    assert Redactor().text(text) == text
