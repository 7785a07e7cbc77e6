"""Fake secrets, built at run time in the shape their vendors publish, and the places secrets turn up in."""

import base64
import json
import random
import re
import string
import zlib
from collections.abc import Callable

ALNUM = string.ascii_letters + string.digits
CLASSES = {
    "A": ALNUM,
    "a": string.ascii_lowercase + string.digits,
    "U": string.ascii_uppercase + string.digits,
    "L": string.ascii_uppercase,
    "h": "0123456789abcdef",
    "H": "0123456789ABCDEF",
    "d": string.digits,
    "u": ALNUM + "-_",
    "b": ALNUM + "+/",
    "w": ALNUM + "_",
    "B": string.ascii_uppercase + "234567",
    "c": "qpzry9x8gf2tvdw0s3jn54khce6mua7l",
}

# `{A36}` is 36 characters of class A; `{uuid}` a random UUID. Prefixes are split by `|` so that no line of this
# file is itself in the shape of a secret.
FORMATS = {
    "github classic": "ghp|_{A36}",
    "github oauth": "gho|_{A36}",
    "github user": "ghu|_{A36}",
    "github app": "ghs|_{A36}",
    "github refresh": "ghr|_{A76}",
    "github fine-grained": "github|_pat_{A22}_{A59}",
    "gitlab personal": "glp|at-{u20}",
    "gitlab deploy": "gld|t-{u20}",
    "gitlab runner": "glr|t-{u20}",
    "gitlab pipeline": "glp|tt-{h40}",
    "gitlab old runner": "GR|1348941{u20}",
    "bitbucket": "ATB|B{A32}",
    "atlassian": "ATA|TT3xFfGF0{u180}={H8}",
    "sourcegraph": "sgp|_{h16}_{h40}",
    "aws access key": "AKI|A{B16}",
    "aws session key": "ASI|A{B16}",
    "aws bedrock": "ABS|K{b120}=",
    "aws mws": "amzn|.mws.{uuid}",
    "google api": "AIz|a{u35}",
    "google secret": "GOCS|PX-{u28}",
    "google access": "ya2|9.{u120}",
    "google refresh": "1/|/0{u60}",
    "azure client secret": "{A3}8|Q~{A34}",
    "azure storage": "{b76}+AS|t{b5}==",
    "azure devops": "{A76}AZ|DO{A4}",
    "azure openai": "{A52}JQQ|J99{A25}",
    "azure sas": "https://x.blob.core.windows.net/c?sv=2024-01-01&sig={b43}%3D",
    "digitalocean": "dop|_v1_{h64}",
    "alibaba": "LTA|I{A20}",
    "tencent": "AKI|D{A32}",
    "yandex": "AQV|N{u36}",
    "heroku": "HRK|U-{u60}",
    "fly": "fm|2_{b120}",
    "netlify": "nfp|_{A36}",
    "vercel": "vcp|_{A56}",
    "supabase": "sbp|_{h40}",
    "cloudflare origin": "v1|.0-{h24}-{h146}",
    "tailscale": "tsk|ey-auth-{A17}-{A32}",
    "terraform": "{A14}.at|lasv1.{u64}",
    "vault": "hvs|.{u90}",
    "doppler": "dp|.pt.{A43}",
    "pulumi": "pu|l-{h40}",
    "databricks": "dap|i{h32}",
    "planetscale": "psca|le_tkn_{u43}",
    "neon": "nap|i_{a48}",
    "swarm": "SWM|TKN-1-{a50}-{a25}",
    "anthropic": "sk-|ant-api03-{u93}AA",
    "anthropic oauth": "sk-|ant-oat01-{u93}AA",
    "anthropic admin": "sk-|ant-admin01-{u93}AA",
    "openai project": "sk-|proj-{u74}T3BlbkFJ{u74}",
    "openai service": "sk-|svcacct-{u58}T3BlbkFJ{u58}",
    "openai legacy": "sk-|{A20}T3BlbkFJ{A20}",
    "deepseek": "sk-|{h32}",
    "openrouter": "sk-|or-v1-{h64}",
    "langfuse": "sk-|lf-{uuid}",
    "hugging face": "hf|_{A34}",
    "replicate": "r8|_{A37}",
    "groq": "gs|k_{A52}",
    "xai": "xa|i-{A80}",
    "perplexity": "pp|lx-{A48}",
    "tavily": "tv|ly-dev-{A32}",
    "pinecone": "pc|sk_{A5}_{A63}",
    "nvidia": "nva|pi-{u64}",
    "langsmith": "lsv|2_pt_{h32}_{h10}",
    "npm": "np|m_{A36}",
    "pypi": "pyp|i-AgEIcHlwaS5vcmc{u150}",
    "rubygems": "ruby|gems_{h48}",
    "crates.io": "ci|o{A32}",
    "nuget": "oy|2{a43}",
    "clojars": "CLOJ|ARS_{h60}",
    "docker": "dckr|_pat_{u27}",
    "jfrog": "AKC|p{A69}",
    "circleci": "CCI|PAT_{A22}_{h40}",
    "sonarqube": "sq|p_{h40}",
    "postman": "PM|AK-{h24}-{h34}",
    "age": "AGE-SEC|RET-KEY-1{U58}",
    "slack bot": "xox|b-{d12}-{d12}-{A24}",
    "slack user": "xox|p-{d12}-{d12}-{d12}-{h32}",
    "slack app": "xap|p-1-A{U10}-{d13}-{h64}",
    "slack config": "xox|e.xoxp-1-{b160}",
    "slack webhook": "https://hooks.sl|ack.com/services/T{U10}/B{U10}/{A24}",
    "discord bot": "M{A23}.{A6}.{u27}",
    "discord webhook": "https://discord.com/api/web|hooks/{d18}/{u68}",
    "telegram": "{d10}:A|A{u33}",
    "teams webhook": "https://x.webhook.off|ice.com/webhookb2/{uuid}@{uuid}/IncomingWebhook/{h32}/{uuid}",
    "twilio": "S|K{h32}",
    "sendgrid": "S|G.{u22}.{u43}",
    "mailgun": "ke|y-{h32}",
    "mailgun new": "{h32}-{h8}-|{h8}",
    "mailchimp": "{h32}-u|s14",
    "brevo": "xkey|sib-{h64}-{A16}",
    "resend": "r|e_{A8}_{A24}",
    "facebook": "EA|A{A160}",
    "twitter bearer": "AAAAAAAAAAAAAAAA|AAAAAA{A80}",
    "stripe secret": "sk_|live_{A24}",
    "stripe test": "sk_|test_{A99}",
    "stripe publishable": "pk_|live_{A99}",
    "firebase": "AAA|A{u7}:APA91b{u134}",
    "stripe restricted": "rk_|live_{A99}",
    "stripe webhook": "wh|sec_{A32}",
    "square": "sq0|atp-{u22}",
    "braintree": "access_|token$production${a16}${h32}",
    "shopify": "shp|at_{h32}",
    "razorpay": "rzp|_live_{A14}",
    "plaid": "access-sand|box-{uuid}",
    "new relic": "NR|AK-{U27}",
    "grafana": "gl|sa_{A32}_{h8}",
    "grafana cloud": "gl|c_{b80}",
    "sentry user": "sntr|yu_{h64}",
    "dynatrace": "dt0|c01.{U24}.{U64}",
    "honeycomb": "hc|aik_{a58}",
    "notion": "nt|n_{d11}{A35}",
    "airtable": "pa|t{A14}.{h64}",
    "linear": "lin|_api_{A40}",
    "figma": "fig|d_{u40}",
    "hubspot": "pa|t-na1-{uuid}",
    "asana": "2/{d16}/{d16}:|{h32}",
    "contentful": "CFP|AT-{u43}",
    "dropbox": "s|l.{u136}",
    "mapbox": "sk|.eyJ{u60}.{u22}",
    "jwt": "jwt",
    "npmrc": "//registry.npmjs.org/:_auth|Token={u36}",
    "ssh key": "BEGIN OPENSSH PRIVATE KEY",
    "rsa key": "BEGIN RSA PRIVATE KEY",
    "pkcs8 key": "BEGIN PRIVATE KEY",
    "pgp key": "BEGIN PGP PRIVATE KEY BLOCK",
    "service account": "service account",
    "url credentials": "postgres://app:|{A20}@db.internal:5432/app",
    "authorization header": "Authorization: Be|arer {u40}",
    "basic header": "Authorization: Ba|sic basic",
    "cookie header": "Cookie: theme=dark; ses|sion={h32}",
    "bcrypt": "$2b$1|2${A53}",
    "yescrypt": "$y$j|9T${A22}${A43}",
    "django password": "pbkdf2|_sha256$600000${A22}${b43}=",
    "postgres password": "SCR|AM-SHA-256$4096:{b22}==${b43}=:{b43}=",
    "login with amazon": "amzn|1.oa2-cs.v1.{h64}",
    "google hmac": "GOO|G1E{U55}",
    "yandex static": "YC|AJE{u20}",
    "cloudflare user": "cfu|t_{A48}",
    "turnstile": "0x4AAA|AAAA{u25}",
    "databricks service": "dos|e{h32}",
    "neon password": "np|g_{A12}",
    "mongodb atlas": "mdb|_sa_sk_{u40}",
    "aiven": "AVN|S_{u19}",
    "confluent": "cf|lt{b60}",
    "infisical": "s|t.{h24}.{h32}.{h32}",
    "bitwarden": "0|.{uuid}.{A30}:{b22}==",
    "k3s": "K1|0{h64}::server:{h32}",
    "rancher": "tok|en-{a5}:{a54}",
    "weights and biases": "wandb|_v1_{u77}",
    "cursor": "crs|r_{h64}",
    "context7": "ctx|7sk-{uuid}",
    "helicone": "sk-hel|icone-{a7}-{a7}-{a7}-{a7}",
    "brave": "BS|A{u26}7{L1}",
    "modal": "a|k-{A22}",
    "age plugin": "AGE-PLU|GIN-YUBIKEY-1{U40}",
    "trigger.dev": "tr|_prod_{A20}",
    "headscale": "hsk|ey-auth-{u12}-{u64}",
    "discord user": "mf|a.{u84}",
    "matrix": "sy|t_{A12}_{A20}_{A6}",
    "twitch": "oau|th:{a30}",
    "intercom": "dG9|rO{b55}=",
    "tiktok": "ac|t.{A60}",
    "paypal": "A21|AA{u90}",
    "mercado pago": "APP|_USR-{d16}-{d6}-{h32}-{d9}",
    "stytch": "secret-|live-{u32}=",
    "liveblocks": "sk|_prod_{u60}",
    "dynatrace short": "dt0|s16.{U8}.{U64}",
    "axiom": "xaa|t-{uuid}",
    "checkly": "c|u_{h32}",
    "jwt with blanks": "eyAid|HlwIjogIkpXVCIg{u20}.{u40}.{u43}",
    "laravel cookie": "eyJpd|iI6{b120}",
    "fernet": "gAAA|AABo{u110}",
    "paserk": "k4|.local.{u43}",
    "macaroon": "MDA|x{u120}",
    # of vendors that no rule knows
    "unknown vendor": "acm|ebuild_{A40}",
    "unknown vendor with kind": "acm|e_live_{A32}",
    "token in a name": "deploy-tok|en-{A24}",
    "pkcs12": "MII|KCQIBAzCCCd{b400}",
    "beamer": "b|_{b43}=",
    "convex": "eyJ2|MiI6I{b60}=",
    "fullstory": "na|1.{b58}4=",
    "pagerduty": "u|+aB3{A15}",
    "uptimerobot": "u|1234567-{h24}",
    "uptimerobot read-only": "ur|1234567-{h24}",
}


class Fake:
    """One fake secret: the text it stands in, and the parts of it that must not survive."""

    def __init__(self, name: str, text: str, parts: list[str]) -> None:
        self.name = name
        self.text = text
        self.parts = parts

    def survives(self, redacted: str) -> bool:
        """Tell whether any part is still there, also only half of it."""
        return any(
            part[: max(8, len(part) // 2)] in redacted or part[-max(8, len(part) // 2) :] in redacted
            for part in self.parts
        )


def drawn(rng: random.Random, alphabet: str, count: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(count))


def filled(rng: random.Random, template: str) -> str:
    def one(match: re.Match[str]) -> str:
        if match[1] == "uuid":
            return "-".join(drawn(rng, CLASSES["h"], size) for size in (8, 4, 4, 4, 12))
        return drawn(rng, CLASSES[match[1][0]], int(match[1][1:]))

    return re.sub(r"\{(uuid|[a-zA-Z]\d+)\}", one, template.replace("|", ""))


def code(rng: random.Random, size: int) -> str:
    return base64.b64encode(rng.randbytes(size)).decode()


def jwt(rng: random.Random) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    sub = drawn(rng, ALNUM, 12)
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part({'sub': sub, 'iat': 1700000000})}.{filled(rng, '{u43}')}"


def pem(rng: random.Random, head: str) -> str:
    body = code(rng, rng.choice((48, 384, 1200)))
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join([f"-----{head}-----", *lines, f"-----{head.replace('BEGIN', 'END')}-----"])


def known(rng: random.Random, name: str) -> Fake:
    """Build one secret of a known format."""
    template = FORMATS[name]
    if name == "jwt":
        text = jwt(rng)
        return Fake(name, text, [text.rsplit(".", 1)[1]])
    if template.startswith("BEGIN"):
        text = pem(rng, template)
        return Fake(name, text, text.split("\n")[1:-1])
    if name == "service account":
        key = pem(rng, "BEGIN PRIVATE KEY")
        ident = drawn(rng, CLASSES["h"], 40)
        record = {"type": "service_account", "private_key_id": ident, "private_key": key + "\n"}
        return Fake(name, json.dumps(record, indent=2), [ident, *key.split("\n")[1:-1]])
    if name == "basic header":
        word = base64.b64encode(f"app:{drawn(rng, ALNUM, 18)}".encode()).decode()
        return Fake(name, "Authorization: Basic " + word, [word])
    text = filled(rng, template)
    if name == "github classic":  # the last six characters are a checksum
        digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
        value, tail = zlib.crc32(text[4:-6].encode()), ""
        while value:
            value, rest = divmod(value, 62)
            tail = digits[rest] + tail
        text = text[:-6] + tail.rjust(6, "0")
    return Fake(name, text, [_secret_part(name, text)])


def _secret_part(name: str, text: str) -> str:
    if name == "url credentials":
        return text.split(":")[2].split("@")[0]
    if "header" in name:
        return re.split(r"[ =]", text)[-1]
    if name in ("npmrc", "azure sas"):
        return text.removesuffix("%3D").rsplit("=", 1)[1]
    return text if "://" not in text else text.rsplit("/", 1)[1]


# Where a value of no known format turns up: name and value go in.
NAMES = (
    "DB_PASSWORD", "API_KEY", "SECRET_KEY", "AUTH_TOKEN", "client_secret", "apiKey", "accessToken", "db_password",
    "aws_secret_access_key", "jwtSecret", "encryption_key", "STRIPE_WEBHOOK_SECRET", "smtpPassword", "privateToken",
    "refresh_token", "ADMIN_PASS", "masterKey", "REDIS_PASSWORD", "SESSION_SECRET", "serviceAccountKey",
)  # fmt: skip
PLACES: dict[str, Callable[[str, str], str]] = {
    "env": lambda n, v: f"{n.upper()}={v}",
    "export": lambda n, v: f"export {n.upper()}='{v}'",
    "env dump": lambda n, v: f"PATH=/usr/bin\n{n.upper()}={v}\nHOME=/home/a",
    "python": lambda n, v: f'{n} = "{v}"',
    "typescript": lambda n, v: f"const {n}: string = '{v}';",
    "json": lambda n, v: json.dumps({"host": "db", n: v}, indent=2),
    "json in json": lambda n, v: json.dumps({"text": json.dumps({n: v})}),
    "yaml": lambda n, v: f"db:\n  {n}: {v}\n  port: 5432",
    "yaml quoted": lambda n, v: f'  {n}: "{v}"',
    "ini": lambda n, v: f"[main]\n{n} = {v}\n",
    "toml": lambda n, v: f'{n} = "{v}"',
    "header": lambda n, v: f"X-Api-Key: {v}",
    "curl": lambda n, v: f'curl -H "X-Auth-Token: {v}" https://api.internal/x',
    "flag": lambda n, v: f"tool login --password {v} --verbose",
    "flag with equals": lambda n, v: f"tool --api-key={v} run",
    "keyword argument": lambda n, v: f'connect(host="db", {n}="{v}")',
    "php": lambda n, v: f"'{n}' => '{v}',",
    "go": lambda n, v: f'{n} := "{v}"',
    "k8s": lambda n, v: f"- name: {n}\n  value: {v}",
    "two fields": lambda n, v: json.dumps([{"name": n, "value": v}]),
    "xml": lambda n, v: f"<{n}>{v}</{n}>",
    "query": lambda n, v: f"https://api.internal/v1?access_token={v}&x=1",
    "prose": lambda n, v: f"the password is {v}, please use it",
    "prose with colon": lambda n, v: f"Here is the API key: {v}",
    "docker": lambda n, v: f"docker run -e {n.upper()}={v} image",
    "tool output": lambda n, v: f"   12→{n.upper()}={v}",
    "diff": lambda n, v: f"-{n.upper()}=old\n+{n.upper()}={v}",
    "dict item": lambda n, v: f'os.environ["{n.upper()}"] = "{v}"',
    "yaml block": lambda n, v: f"{n}: |\n  {v}\n",
    "my.cnf": lambda n, v: f"[client]\nuser=root\npassword={v}",
    "netrc": lambda n, v: f"machine h.internal login me password {v}",
}
VALUES = (
    "{A16}",
    "{A24}",
    "{A32}",
    "{A40}",
    "{h32}",
    "{h64}",
    "{b40}",
    "{u43}",
    "{a20}",
    "{U20}",
    "{uuid}",
    "{A10}!{A4}",
)


def generic(rng: random.Random, place: str) -> Fake:
    """Build a secret of no known format in one of the PLACES."""
    value = filled(rng, rng.choice(VALUES))
    return Fake(place, PLACES[place](rng.choice(NAMES), value), [value])


AROUND: dict[str, Callable[[str], str]] = {
    "alone": lambda s: s,
    "sentence": lambda s: f"I used {s} for the call.",
    "quoted": lambda s: f'value("{s}")',
    "json": lambda s: json.dumps({"text": f"line one\n{s}\nline three"}),
    "shell": lambda s: f"$ curl -d {s} https://api.internal/",
    "markdown": lambda s: f"- it is `{s}`\n",
    "colour": lambda s: f"\x1b[32m{s}\x1b[0m",
    "brackets": lambda s: f"[{s}]({s})",
}

WRAPS: dict[str, Callable[[str, int], str]] = {
    "line": lambda s, at: f"token {s[:at]}\n{s[at:]}\nand more",
    "indented": lambda s, at: f"    key: {s[:at]}\n      {s[at:]}\n",
    "padded": lambda s, at: f"$ echo {s[:at]}   \n{s[at:]}",
    "backslash": lambda s, at: f"curl {s[:at]}\\\n{s[at:]} -v",
    "quote marks": lambda s, at: f"> use {s[:at]}\n> {s[at:]}\n",
    "plus": lambda s, at: f'x = "{s[:at]}" + "{s[at:]}"',
    "adjacent strings": lambda s, at: f'x = (\n    "{s[:at]}"\n    "{s[at:]}"\n)',
}
