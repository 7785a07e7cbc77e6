"""Commands that change what runs elsewhere: deployments, migrations of databases, infrastructure, what is published."""

import re
from itertools import pairwise, takewhile
from typing import Final

from spread.distill.shell import Simple, split

_UP_DOWN: Final = frozenset(("up", "down", "restart", "start", "stop", "rm", "kill"))
_MIGRATES: Final = frozenset(
    ("migrate", "up", "up-by-one", "up-to", "upgrade", "update", "down", "down-to", "downgrade", "rollback", "undo", "redo", "reset",
     "clean", "repair", "stamp", "drop", "run", "revert", "deploy", "apply", "force", "goto")
)  # fmt: skip
_PROVISIONS: Final = frozenset(
    ("apply", "destroy", "import", "taint", "untaint", "up", "deploy", "refresh", "bootstrap", "delete")
)
_SHIPS: Final = frozenset(
    ("deploy", "up", "publish", "rollback", "promote", "destroy", "remove", "delete", "restart", "redeploy", "setup", "run",
     "sync", "apply", "push", "stop", "revert", "scale")
)  # fmt: skip
# By the first word that is no option.
_VERBS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(("docker-compose", "podman-compose"), _UP_DOWN),
    **dict.fromkeys(("alembic", "flyway", "liquibase", "goose", "dbmate", "migrate", "atlas"), _MIGRATES),
    **dict.fromkeys(("terraform", "tofu", "terragrunt", "pulumi", "cdk", "sam", "cdktf"), _PROVISIONS),
    **dict.fromkeys(
        ("fly", "flyctl", "netlify", "serverless", "sls", "wrangler", "railway", "eb", "skaffold", "kamal", "firebase", "amplify",
         "copilot", "helmfile", "vercel", "nixos-rebuild", "colmena"), _SHIPS,
    ),
    **dict.fromkeys(("gem", "docker", "podman"), frozenset(("push",))),
    "twine": frozenset(("upload",)),
    "vault": frozenset(("write", "delete")),
    "heroku": frozenset(
        ("ps:scale", "ps:restart", "restart", "config:set", "config:unset", "releases:rollback", "rollback", "addons:create", "addons:destroy",
         "create", "apps:create", "apps:destroy", "pg:promote", "pg:reset", "pg:push", "maintenance:on", "maintenance:off", "domains:add",
         "container:release", "pipelines:promote")
    ),
    "redis-cli": frozenset(
        ("set", "setex", "setnx", "mset", "append", "incr", "incrby", "decr", "decrby", "del", "unlink", "expire", "persist", "rename",
         "hset", "hdel", "lpush", "rpush", "lpop", "rpop", "lrem", "ltrim", "sadd", "srem", "zadd", "zrem", "xadd", "xtrim", "xdel", "flushall", "flushdb",
         "restore", "migrate", "move", "copy", "replicaof", "slaveof", "shutdown")
    ),
    **dict.fromkeys(("npm", "pnpm", "yarn", "cargo", "poetry", "uv", "dart"), frozenset(("publish",))),
    "ufw": frozenset(("allow", "deny", "reject", "limit", "delete", "enable", "disable", "reset")),
    "systemctl": frozenset(("reload", "daemon-reload", "reload-or-restart", "try-restart", "reenable", "edit", "revert")),
}  # fmt: skip
# By the first two.
_PAIRS: Final[dict[str, dict[str, frozenset[str]]]] = {
    "docker": {
        "compose": _UP_DOWN,
        "stack": frozenset(("deploy", "rm", "up", "down")),
        "service": frozenset(("create", "update", "scale", "rollback", "rm")),
    },
    **{
        name: {"state": frozenset(("mv", "rm", "push", "replace-provider")), "run-all": _PROVISIONS}
        for name in ("terraform", "tofu", "terragrunt")
    },
    "prisma": {"migrate": frozenset(("deploy", "dev", "reset", "resolve")), "db": frozenset(("push", "seed"))},
    "supabase": {"db": frozenset(("push", "reset")), "functions": frozenset(("deploy",)), "migration": frozenset(("up",))},
    **{name: {"migrate": _MIGRATES, "migration": _MIGRATES} for name in ("sqlx", "diesel")},
    "nomad": {"job": frozenset(("run", "stop", "revert", "scale")), "deployment": frozenset(("promote", "fail"))},
    "gh": {"workflow": frozenset(("run", "enable", "disable"))},
    "podman": {"compose": _UP_DOWN},
    "vault": {
        "kv": frozenset(("put", "patch", "delete", "undelete", "destroy", "rollback")),
        "policy": frozenset(("write", "delete")),
        **dict.fromkeys(("secrets", "auth"), frozenset(("enable", "disable", "tune", "move"))),
        "operator": frozenset(("init", "seal", "unseal", "rekey", "rotate")),
    },
}  # fmt: skip
# A word like `db:migrate` of a runner, wherever it stands.
_TASK: Final = re.compile(
    r"(?:db|migrations?|migrate|ecto)[:.](?:migrate|rollback|reset|drop|create|seed|setup|undo|run|revert|latest|up|down|push|refresh|fresh)[\w:.]*|"
    r"migrate:(?:rollback|reset|refresh|fresh|latest|up|down)"
)
_RUNNERS: Final = frozenset(
    (
        "rails",
        "rake",
        "knex",
        "sequelize",
        "sequelize-cli",
        "typeorm",
        "mix",
        "artisan",
        "php",
        "npx",
        "bin/rails",
        "ace",
    )
)
_CLOUDS: Final = frozenset(
    ("aws", "gcloud", "az", "doctl", "hcloud", "linode-cli", "oci", "ibmcloud", "scw", "gsutil", "s3cmd")
)
_CLOUD_VERB: Final = re.compile(
    r"(?:create|delete|update|put|start|stop|terminate|reboot|modify|run-instances|deregister|register|attach|detach|restore|reset|resize|"
    r"restart|deploy|rollback|remove|enable|disable|promote|failover|scale|patch)(?:-[\w-]+)?"
)
_STORES: Final = frozenset(("cp", "mv", "rm", "sync", "mb", "rb", "rsync"))
_STORAGE: Final = frozenset(("s3", "storage", "gsutil", "s3cmd"))
_DATABASES: Final = frozenset(("psql", "mysql", "mariadb", "sqlite3", "clickhouse-client"))
_CHANGES: Final = re.compile(
    r"(?:\s|;|\bbegin\b|\bstart transaction\b)*(?:insert into|update \S+ set|delete from|alter|create (?!temp)|drop|truncate|grant|revoke|reindex|replace into)\b",
    re.I,
)
# Of these any word may be a secret: told is what they do, up to the first value.
_HOLDS: Final[dict[str, frozenset[str]]] = {  # with the options that have a word of their own
    "redis-cli": frozenset(("-h", "-p", "-a", "-u", "-n", "-s", "-i", "-r", "--user", "--pass")),
    "vault": frozenset(),
    "heroku": frozenset(("-a", "--app", "-r", "--remote")),
}
_PUBLISHES: Final = {"mvn": "deploy", "mvnw": "deploy", "gradle": "publish", "gradlew": "publish"}
_ANY_COMMAND: Final = frozenset(("command", "shell", "raw"))
_ONLY_LOOKS: Final = frozenset(
    ("ping", "win_ping", "setup", "gather_facts", "debug", "stat", "find", "slurp", "getent", "service_facts", "package_facts", "wait_for",
     "assert", "fetch")
)  # fmt: skip
_SECRET: Final = re.compile(r"secret|passw\w*|token|identified by", re.I)
_GIVEN: Final = frozenset(  # options before what is to be done, with a word of their own
    ("-f", "--file", "-p", "--project-name", "--profile", "--env-file", "--region", "--project", "-c", "--config", "-path", "-database",
     "-n", "--name")
)  # fmt: skip
# These only say what would be done, or show something.
_TRIES: Final = frozenset(
    ("--check", "-C", "--syntax-check", "--list-hosts", "--list-tasks", "--list-tags", "--dry-run", "--dryrun", "--noop", "--what-if", "--help",
     "-h", "--version", "--sql", "--preview", "--plan", "--validate-only", "--build-only", "--status", "help")
)  # fmt: skip
_MAY: Final = (
    "ansible", "compose", "docker", "alembic", "flyway", "liquibase", "goose", "dbmate", "migrat", "atlas", "terra", "tofu", "pulumi", "cdk", "sam ",
    "fly", "deploy", "netlify", "serverless", "sls", "wrangler", "railway", "eb ", "skaffold", "kamal", "firebase", "amplify", "copilot",
    "helmfile", "vercel", "rebuild", "colmena", "push", "twine", "publish", "ufw", "reload", "prisma", "supabase", "nomad", "workflow", "db:",
    "ecto", "aws", "gcloud", "az ", "doctl", "hcloud", "gsutil", "psql", "mysql", "mariadb", "sqlite3", "crontab", "rollback", "systemctl", "kubectl", "helm", "argocd",
    "redis-cli", "vault ", "heroku",
)  # fmt: skip


def may(source: str) -> bool:
    """Tell quickly whether a command line may do any of that."""
    return any(map(source.__contains__, _MAY))


def without_secrets(words: list[str]) -> list[str]:
    """Return the words of a command up to one that speaks of a secret, which comes then."""
    if (name := words[0].rpartition("/")[2]) in _HOLDS:
        plain = _plain(words[1:], _HOLDS[name])
        return [name, *takewhile(lambda word: "=" not in word, plain[:2])]
    for at, word in enumerate(words):
        if found := _SECRET.search(word):
            return [*words[:at], f"{word[: found.end()]} …"]
    return words


def _plain(words: list[str], given: frozenset[str]) -> list[str]:
    """Return the words of a command that are neither options nor what these are given."""
    before = ["", *words]
    return [
        word for word, last in zip(words, before, strict=False) if word[:1] not in "-+" and last not in given
    ]


def _by_ansible(words: list[str]) -> bool:
    """Tell whether a module that is run on hosts changes something there."""
    given = dict(pairwise(words))
    module = (given.get("-m") or given.get("--module-name") or "command").rpartition(".")[2]
    if module in _ANY_COMMAND:
        return any(map(does, split(given.get("-a") or given.get("--args") or "")))
    return module not in _ONLY_LOOKS


def does(item: Simple) -> bool:
    """Tell whether a command does it, and does not only try what it would do."""
    words = item.words[1:]
    name = item.name.rpartition("/")[2]
    if name in ("npx", "bunx", "pnpx") and words:
        name, words = words[0], words[1:]
    tries = _TRIES - {"-h"} if name in (*_DATABASES, "redis-cli") else _TRIES  # which is a host there
    if not tries.isdisjoint([word.partition("=")[0] for word in words]):
        return False
    plain = _plain(words, _HOLDS.get(name, _GIVEN))
    if name == "ansible-playbook":
        return bool(plain)
    if name == "ansible":
        return _by_ansible(words)
    if name in _PUBLISHES:
        return any(word.rpartition(":")[2] == _PUBLISHES[name] for word in plain)
    if name == "heroku" and plain[:1] == ["run"]:
        return any(map(_TASK.fullmatch, plain))
    if name == "redis-cli":
        plain = [word.lower() for word in plain[:1]]
    if name == "vercel" and not plain:
        return True
    if name == "crontab":
        return bool(words) and "-l" not in words
    if name in _DATABASES:
        return any(map(_CHANGES.match, words)) or (
            name == "psql" and any(word in ("-f", "--file") for word in words)
        )
    if name in _CLOUDS:
        stores = name in _STORAGE or not _STORAGE.isdisjoint(plain[:1])
        return any(map(_CLOUD_VERB.fullmatch, plain[:5])) or (stores and not _STORES.isdisjoint(plain[:3]))
    if name in _RUNNERS or "manage.py" in " ".join(plain[:1]):
        return any(map(_TASK.fullmatch, plain)) or plain[1:2] == ["migrate"]
    if plain[:1] and plain[0] in _VERBS.get(name, ()):
        return True
    return len(plain) > 1 and plain[1] in _PAIRS.get(name, {}).get(plain[0], ())
