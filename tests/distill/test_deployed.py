"""What was deployed, migrated or published is told among what ran on the machine."""

from pathlib import Path

import pytest

from spread.distill.deployed import does
from spread.distill.shell import split
from tests.distill.lines import Lines


@pytest.mark.parametrize(
    ("line", "done"),
    [
        ("ansible-playbook -i prod.ini site.yml -l web1", True),
        ("ansible-playbook -i prod.ini site.yml --check --diff", False),
        ("docker compose -f app.yml up -d", True),
        ("docker compose up -d db", True),
        ("docker compose ps", False),
        ("alembic upgrade head", True),
        ("alembic upgrade head --sql", False),
        ("alembic current", False),
        ("python manage.py migrate", True),
        ("bin/rails db:rollback", True),
        ("npx prisma migrate deploy", True),
        ("terraform state mv a b", True),
        ("terraform plan -out x", False),
        ("aws ec2 stop-instances --instance-ids i-1", True),
        ("aws ec2 describe-instances", False),
        ("aws s3 rm s3://attic/a", True),
        ("aws s3 ls", False),
        ("gcloud run deploy shop --image a", True),
        ("gcloud compute instances list", False),
        ("psql -h attic -c 'delete from prints'", True),
        ("psql -h attic -c 'select count(*) from prints'", False),
        ("fly deploy", True),
        ("fly status", False),
        ("sudo systemctl reload cups", True),
        ("crontab -l", False),
        ("redis-cli -h attic -n 2 FLUSHDB", True),
        ("redis-cli -h attic get prints", False),
        ("vault kv put secret/attic a=b", True),
        ("vault write auth/approle/role/hall policies=a", True),
        ("vault kv get secret/attic", False),
        ("vault policy list", False),
        ("heroku ps:scale web=2 -a shop", True),
        ("heroku run -a shop rake db:migrate", True),
        ("heroku run bash", False),
        ("heroku logs --tail", False),
        ("mvn -B clean deploy", True),
        ("mvn -B clean verify", False),
        ("./gradlew :lib:publish", True),
        ("./gradlew publishToMavenLocal", False),
        ("ansible web -b -m apt -a 'name=cups state=present'", True),
        ("ansible web -m ansible.builtin.ping", False),
        ("ansible web -a uptime", False),
        ("ansible web -b -m shell -a 'systemctl reload cups'", True),
    ],
)
def test_what_only_looks_or_tries_changes_nothing(line: str, done: bool) -> None:
    """A dry run, a list and a query are none."""
    assert any(map(does, split(line))) == done


def test_a_session_that_only_deployed_changed_something(tmp_path: Path) -> None:
    """No file is another one, but what runs is; a command that may hold a secret is told by its beginning."""
    lines = Lines()
    lines.user("deploy it and set the password of the printers")
    first = lines.bash("ansible-playbook -i prod.ini site.yml", "PLAY RECAP\nhall : ok=3 changed=1 failed=0")
    word = "hunt" + "er-of-sums"
    lines.bash(f"psql -c \"alter user prints with password '{word}'\"", "ALTER ROLE")
    lines.say("It is deployed.")
    told = lines.distilled(tmp_path)
    assert told.state == "needs verification"
    page = lines.page(tmp_path)
    assert f"`ansible-playbook -i prod.ini site.yml` (L{first})" in page
    assert word not in page.partition("ran on the machine")[2].partition("\n")[0]


def test_what_failed_was_not_deployed(tmp_path: Path) -> None:
    """A rollback of a release is told like any other change."""
    lines = Lines()
    lines.user("release it")
    lines.bash("helm upgrade shop ./chart", "Error: UPGRADE FAILED: timed out", code=1)
    line = lines.bash("helm rollback shop 3", "Rollback was a success!")
    lines.say("It is back at 3.")
    assert lines.distilled(tmp_path).completed == ("ran on the machine: `helm rollback shop 3`",)
    assert f"(L{line})" in lines.page(tmp_path)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("redis-cli -a {word} set prints {word}", "redis-cli set prints"),
        ("heroku config:set -a shop KEY={word}", "heroku config:set"),
        ("vault kv put attic/a key={word}", "vault kv put"),
    ],
)
def test_values_that_may_be_secrets_are_left_out(line: str, told: str, tmp_path: Path) -> None:
    """What is done is told, and not what is set."""
    word = "hunt" + "er-of-sums"
    lines = Lines()
    lines.user("set it there")
    at = lines.bash(line.format(word=word), "ok")
    lines.say("It is set.")
    page = lines.page(tmp_path)
    assert f"`{told}` (L{at})" in page
    assert word not in page.partition("ran on the machine")[2].partition("\n")[0]
