"""Secrets as a stranger would plant them: one line a shape, its marked pieces made at run time, in many surroundings.

A shape is text with `[[kind:length]]` marks. What a mark becomes is the secret; the rest is as public as the vendor's
manual. `‖` is nothing: it splits what other tools would take for a secret in this file.
"""

import base64
import json
import random
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_ALNUM = string.ascii_letters + string.digits
_ALPHABETS = {
    "a": _ALNUM,  # letters and digits
    "w": _ALNUM + "_-",  # base64url
    "b": _ALNUM + "+/",  # base64
    "h": "0123456789abcdef",
    "H": "0123456789ABCDEF",
    "d": string.digits,
    "l": string.ascii_lowercase + string.digits,
    "u": string.ascii_uppercase + string.digits,
    "A": string.ascii_uppercase + "234567",  # base32
    "B": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",  # bech32
}
_MARK = re.compile(r"\[\[(\w)(?::(\d+))?\]\]")
_WORDS = [
    "sunflower",
    "hunter",
    "dragon",
    "winter",
    "monkey",
    "pepper",
    "banana",
    "coffee",
    "rocket",
    "tiger",
    "ginger",
    "marble",
]
_MNEMONIC = [
    "abandon",
    "ability",
    "absent",
    "absorb",
    "achieve",
    "acoustic",
    "actress",
    "adapt",
    "advance",
    "afraid",
    "alcohol",
    "alien",
    "amateur",
    "anchor",
    "antenna",
    "arrest",
    "artist",
    "athlete",
    "autumn",
    "balance",
    "bamboo",
    "banner",
    "basket",
    "beyond",
    "blanket",
    "blossom",
    "border",
    "brave",
    "bridge",
    "butter",
    "cabbage",
    "camera",
    "candy",
    "carbon",
    "castle",
    "catalog",
    "cereal",
    "cherry",
    "cinnamon",
    "citizen",
    "clinic",
    "coconut",
    "crystal",
    "curtain",
    "dolphin",
    "dragon",
    "economy",
    "elephant",
    "embrace",
    "engine",
    "escape",
    "fabric",
    "festival",
    "forest",
    "galaxy",
    "gentle",
    "glimpse",
    "harvest",
]


def _chosen(rng: random.Random) -> str:
    """A password as people choose them: a word with digits."""
    word = rng.choice(_WORDS)
    tail = str(rng.randint(1, 99))
    styles = [word + tail, word.title() + "2024!", word.title() + tail, word.replace("e", "3") + tail + "x"]
    return rng.choice(styles)


def _strong(rng: random.Random) -> str:
    """A password as managers make them: letters, digits and signs."""
    body = [rng.choice(string.ascii_letters) for _ in range(9)] + [rng.choice("!*.%_-^~") for _ in range(2)]
    rng.shuffle(body)
    return body[0] + "".join(body) + rng.choice(string.digits) + "k"


def _made(kind: str, length: str | None, rng: random.Random) -> str:
    if kind == "p":
        return _chosen(rng)
    if kind == "s":
        return _strong(rng)
    if kind == "q":
        return rng.choice(_WORDS) + rng.choice(_WORDS)
    if kind == "m":
        return " ".join(rng.sample(_MNEMONIC, int(length or 12)))
    if kind == "U":
        digits = f"{rng.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    if kind == "J":
        claims = {
            "sub": str(rng.randint(10**9, 10**10)),
            "name": rng.choice(_WORDS),
            "iat": rng.randint(10**9, 2 * 10**9),
        }
        return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    if kind == "c":
        pair = f"{rng.choice(_WORDS)}:{_strong(rng)}"
        return base64.b64encode(pair.encode()).decode()
    alphabet = _ALPHABETS[kind]
    size = int(length or 1)
    made = [rng.choice(alphabet) for _ in range(size)]
    if size > 4 and kind not in "dHh":  # a real token has digits and letters both, and no sign at its ends
        made[1], made[-2] = (
            rng.choice(string.digits if kind not in "AB" else "2345"),
            rng.choice(alphabet[:8]),
        )
        made[0] = rng.choice([sign for sign in alphabet if sign.isalnum()])
        made[-1] = rng.choice([sign for sign in alphabet if sign.isalnum()])
    return "".join(made)


KNOWN = r"""
openai-project      sk-proj-[[w:74]]T3BlbkFJ[[w:74]]
openai-old          sk-[[a:20]]T3BlbkFJ[[a:20]]
openai-service      sk-svcacct-[[w:58]]T3BlbkFJ[[w:58]]
openai-admin        sk-admin-[[w:58]]T3BlbkFJ[[w:58]]
anthropic-api       sk-ant-api03-[[w:93]]AA
anthropic-oauth     sk-ant-oat01-[[w:93]]AA
anthropic-refresh   sk-ant-ort01-[[w:93]]AA
anthropic-admin     sk-ant-admin01-[[w:93]]AA
anthropic-session   sk-ant-sid01-[[w:93]]AA
openrouter          sk-or-v1-[[h:64]]
deepseek            sk-[[h:32]]
huggingface         hf_[[a:34]]
huggingface-org     api_org_[[a:34]]
groq                gsk_[[a:52]]
xai                 xai-[[a:80]]
perplexity          pplx-[[a:48]]
replicate           r8_[[a:37]]
nvidia              nvapi-[[w:64]]
langsmith           lsv2_pt_[[h:32]]_[[h:10]]
langfuse            sk-lf-[[U]]
fireworks           fw_[[a:24]]
pinecone            pcsk_[[a:6]]_[[a:60]]
tavily              tvly-dev-[[a:32]]
elevenlabs          sk_[[h:48]]
firecrawl           fc-[[h:32]]
e2b                 e2b_[[h:40]]
cursor              key_[[h:64]]
apify               apify_api_[[a:36]]
stripe-live         sk_live_[[a:24]]
stripe-restricted   rk_live_[[a:99]]
stripe-test         sk_test_51[[a:97]]
stripe-webhook      whsec_[[a:32]]
slack-bot           xoxb-[[d:12]]-[[d:13]]-[[a:24]]
slack-user          xoxp-[[d:12]]-[[d:12]]-[[d:13]]-[[h:32]]
slack-app           xapp-1-A[[u:10]]-[[d:13]]-[[h:64]]
slack-rotating      xoxe.xoxp-1-[[a:160]]
slack-cookie        xoxd-[[a:80]]
slack-webhook       https://hooks.slack.com/services/T[[u:8]]/B[[u:10]]/[[a:24]]
slack-workflow      https://hooks.slack.com/workflows/T[[u:8]]/A[[u:10]]/[[d:18]]/[[a:24]]
discord-bot         M[[a:25]].G[[a:5]].[[w:38]]
discord-webhook     https://discord.com/api/webhooks/[[d:19]]/[[w:68]]
teams-webhook       https://contoso.webhook.office.com/webhookb2/[[U]]@[[U]]/IncomingWebhook/[[h:32]]/[[U]]
zapier-webhook      https://hooks.zapier.com/hooks/catch/[[d:8]]/[[l:7]]/
google-chat-webhook https://chat.googleapis.com/v1/spaces/AAAAxyz/messages?key=AIza[[w:35]]&token=[[w:43]]
telegram            [[d:10]]:AA[[w:33]]
npm                 npm_[[a:36]]
pypi                pypi-AgEIcHlwaS5vcmc[[w:150]]
rubygems            rubygems_[[h:48]]
crates              cio[[a:32]]
nuget               oy2[[l:43]]
clojars             CLOJARS_[[l:60]]
docker-pat          dckr_pat_[[w:27]]
docker-oat          dckr_oat_[[w:32]]
vault-service       hvs.[[w:95]]
vault-batch         hvb.[[w:138]]
databricks          dapi[[h:32]]
databricks-2        dapi[[h:32]]-2
supabase            sbp_[[h:40]]
supabase-secret     sb_secret_[[w:31]]
vercel-blob         vercel_blob_rw_[[a:16]]_[[a:30]]
linear              lin_api_[[a:40]]
linear-oauth        lin_oauth_[[h:64]]
notion              ntn_[[d:11]][[a:35]]
notion-old          secret_[[a:43]]
figma               figd_[[w:40]]
grafana             glsa_[[a:32]]_[[h:8]]
grafana-cloud       glc_[[a:80]]
shopify             shpat_[[h:32]]
shopify-shared      shpss_[[h:32]]
shopify-custom      shpca_[[h:32]]
sendgrid            SG.[[w:22]].[[w:43]]
twilio              SK[[h:32]]
mailgun             key-[[h:32]]
mailchimp           [[h:32]]-us12
brevo               xkeysib-[[h:64]]-[[a:16]]
resend              re_[[a:8]]_[[a:24]]
postman             PMAK-[[h:24]]-[[h:34]]
dynatrace           dt0c01.[[A:24]].[[A:64]]
newrelic            NRAK-[[u:27]]
github-classic      ghp_[[a:36]]
github-oauth        gho_[[a:36]]
github-server       ghs_[[a:36]]
github-fine         github_pat_[[a:22]]_[[a:59]]
gitlab              glpat-[[w:20]]
gitlab-routable     glpat-[[w:27]].[[l:2]].[[l:9]]
gitlab-runner       glrt-[[w:20]]
gitlab-deploy       gldt-[[w:20]]
gitlab-job          glcbt-64_[[w:20]]
bitbucket           ATBB[[a:32]]
atlassian           ATATT3xFfGF0[[w:170]]
aws-access          AKIA[[A:16]]
aws-session         ASIA[[A:16]]
aws-bedrock         ABSK[[a:109]]
google-api          AIza[[w:35]]
google-oauth        ya29.[[w:120]]
google-client       GOCSPX-[[w:28]]
google-refresh      1//0[[w:60]]
azure-storage       DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=[[b:86]]==;EndpointSuffix=core.windows.net
azure-client        [[a:3]]8Q~[[w:34]]
azure-devops        [[l:76]]AZDO[[l:4]]
azure-sas           https://shop.blob.core.windows.net/c/a.csv?sv=2022-11-02&sp=r&sig=[[a:43]]%3D
s3-presigned        https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIA[[A:16]]%2F20240501&X-Amz-Signature=[[h:64]]
gcs-presigned       https://storage.googleapis.com/b/k?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Signature=[[h:256]]
digitalocean        dop_v1_[[h:64]]
doppler             dp.pt.[[a:43]]
doppler-service     dp.st.prd.[[a:43]]
sentry-user         sntryu_[[h:64]]
sentry-org          sntrys_eyJpYXQiOjE3[[a:60]]_[[a:43]]
square              sq0atp-[[w:22]]
square-secret       sq0csp-[[w:43]]
square-access       EAAA[[w:60]]
braintree           access_token$production$[[l:16]]$[[h:32]]
planetscale         pscale_tkn_[[w:43]]
planetscale-pw      pscale_pw_[[w:43]]
fly                 fm2_[[b:120]]
fly-old             fo1_[[w:43]]
cloudflare-ca       v1.0-[[h:24]]-[[h:146]]
heroku              HRKU-AA[[w:58]]
airtable            pat[[a:14]].[[h:64]]
asana               1/[[d:16]]:[[h:32]]
dropbox             sl.[[w:135]]
facebook            EAACEdEose0cBA[[a:60]]
terraform-cloud     [[a:14]].atlasv1.[[w:67]]
pulumi              pul-[[h:40]]
posthog             phx_[[a:43]]
launchdarkly        sdk-[[U]]
tailscale           tskey-auth-[[a:17]]-[[a:32]]
buildkite           bkua_[[h:40]]
circleci            CCIPAT_[[a:22]]_[[h:40]]
contentful          CFPAT-[[w:43]]
duffel              duffel_live_[[w:43]]
easypost            EZAK[[a:54]]
prefect             pnu_[[a:36]]
readme              rdme_[[l:70]]
shippo              shippo_live_[[h:40]]
typeform            tfp_[[w:59]]
onepassword         ops_eyJzaWduSW5BZGRyZXNz[[a:250]]
onepassword-key     A3-[[u:6]]-[[u:6]]-[[u:5]]-[[u:5]]-[[u:5]]-[[u:5]]
adafruit            aio_[[a:28]]
alibaba             LTAI[[a:20]]
tencent             AKID[[a:32]]
frameio             fio-u-[[w:64]]
infracost           ico-[[a:32]]
jfrog               AKCp[[a:69]]
mapbox              sk.[[J]].[[w:22]]
openshift           sha256~[[w:43]]
plaid               access-production-[[U]]
sonar               squ_[[h:40]]
sonar-project       sqp_[[h:40]]
neon                napi_[[l:64]]
render              rnd_[[a:28]]
netlify             nfp_[[a:36]]
deno                ddp_[[a:36]]
firebase            AAAA[[w:7]]:APA91b[[w:134]]
yandex              AQVN[[w:36]]
age                 AGE-SECRET-KEY-1[[B:58]]
jwt                 eyJhbG‖ciOiJIUzI1NiIs‖InR5cCI6IkpXVCJ9.[[J]].[[w:43]]
"""

PLACED = r"""
env                 DB_PASSWORD=[[s]]
env-chosen          POSTGRES_PASSWORD=[[p]]
env-word            MYSQL_ROOT_PASSWORD=[[q]]
env-export          export VERCEL_TOKEN=[[a:24]]
env-hex             WANDB_API_KEY=[[h:40]]
env-uuid            HEROKU_API_KEY=[[U]]
env-aws             AWS_SECRET_ACCESS_KEY=[[b:40]]
env-django          DJANGO_SECRET_KEY='[[s]][[s]][[s]]'
env-powershell      $env:COHERE_API_KEY = "[[a:40]]"
env-cmd             set SNOWFLAKE_PASSWORD=[[s]]
env-fish            set -x ALGOLIA_ADMIN_KEY [[h:32]]
env-pgpassword      PGPASSWORD=[[p]] psql -h db -U shop shop
env-docker          docker run -e MYSQL_PASSWORD=[[p]] -d mysql:8
env-docker-arg      docker build --build-arg NPM_TOKEN=[[a:36]] .
env-systemd         Environment="SMTP_PASS=[[s]]"
json                {"user": "ann", "password": "[[p]]"}
json-key            {"apiKey": "[[a:32]]", "region": "eu"}
json-camel          {"clientSecret":"[[w:40]]"}
json-spaced         "secret_access_key" : "[[b:40]]",
json-array          "credentials": ["ann", "[[s]]"]
yaml                password: [[p]]
yaml-word           password: [[q]]
yaml-quoted         admin_password: "[[s]]"
yaml-key            api_key: [[l:32]]
yaml-dash           - name: DB_PASS\n  value: [[s]]
yaml-dash-json      {"name": "DB_PASSWORD", "value": "[[p]]"}
yaml-compose        - POSTGRES_PASSWORD=[[p]]
yaml-kube           stringData:\n  password: [[p]]
yaml-kube-data      kind: Secret\ndata:\n  password: [[c]]
kubeconfig-token    users:\n- name: admin\n  user:\n    token: [[a:48]]
kubeconfig-key      client-key-data: [[b:120]]
github-actions      env:\n  SONAR_TOKEN: [[h:40]]
toml                secret_key = "[[a:50]]"
ini                 [mysql]\nuser = shop\npassword = [[p]]
netrc               machine api.example.org login ann password [[p]]
netrc-lines         machine api.example.org\n  login ann\n  password [[s]]
pgpass              db.example.org:5432:shop:ann:[[p]]
docker-auth         {"auths": {"registry.example.org": {"auth": "[[c]]"}}}
npmrc               //registry.npmjs.org/:_authToken=[[U]]
npmrc-auth          _auth=[[c]]
pypirc              [pypi]\nusername = ann\npassword = [[p]]
git-credentials     https://ann:[[p]]@git.example.org
url-postgres        postgres://shop:[[s]]@db.example.org:5432/shop
url-postgres-plain  postgresql+asyncpg://shop:[[p]]@localhost/shop
url-mongo           mongodb+srv://shop:[[p]]@cluster0.ab1cd.mongodb.net/?retryWrites=true
url-redis           redis://:[[p]]@cache.example.org:6379/0
url-amqp            amqp://guest2:[[p]]@mq:5672/vhost
url-smtp            smtp://mailer%40example.org:[[p]]@smtp.example.org:587
url-query           https://api.example.org/v1/items?api_key=[[a:32]]&page=2
url-token           https://example.org/feed?access_token=[[w:40]]
url-git-token       git clone https://oauth2:[[a:20]]@gitlab.example.org/x/y.git
url-token-only      git remote add o https://[[h:40]]@github.com/x/y.git
jdbc                jdbc:mysql://db:3306/shop?user=ann&password=[[p]]
jdbc-oracle         jdbc:oracle:thin:scott/[[p]]@//db:1521/orcl
ado                 Server=db;Database=shop;User Id=sa;Password=[[s]];Encrypt=true
ado-pwd             Data Source=db;Initial Catalog=shop;Uid=sa;Pwd=[[p]];
odbc-dsn            DRIVER={ODBC Driver 18};SERVER=db;UID=sa;PWD=[[p]]
libpq               host=db port=5432 user=ann password=[[p]] dbname=shop
servicebus          Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=[[b:43]]=
iothub              HostName=x.azure-devices.net;DeviceId=d1;SharedAccessKey=[[b:43]]=
curl-user           curl -u ann:[[p]] https://api.example.org/v1
curl-user-long      curl --user 'ann:[[s]]' https://api.example.org/v1
curl-bearer         curl -H "Authorization: Bearer [[a:40]]" https://api.example.org
curl-basic          curl -H 'Authorization: Basic [[c]]' https://api.example.org
curl-key            curl -H 'X-API-Key: [[a:32]]' https://api.example.org
curl-private        curl --header "PRIVATE-TOKEN: [[w:20]]" https://gitlab.example.org
curl-data           curl -d 'grant_type=password&username=ann&password=[[p]]' https://id.example.org
wget                wget --user=ann --password=[[p]] https://example.org/a.tgz
http-pie            http -a ann:[[p]] https://api.example.org
header-token        Authorization: Token [[h:40]]
header-apikey       Authorization: ApiKey [[a:60]]
header-digest       Proxy-Authorization: Basic [[c]]
header-cookie       Cookie: theme=dark; sessionid=[[l:32]]
header-set-cookie   Set-Cookie: sid=[[w:43]]; Path=/; HttpOnly
header-csrf         X-CSRF-Token: [[a:43]]
header-auth-token   x-auth-token: [[h:32]]
header-sswss        Authorization: SSWS 00[[w:40]]
python-header       headers = {"Authorization": f"Bearer [[w:60]]"}
mysql               mysql -u root -p[[p]] shop
mysql-long          mysqldump --user=root --password=[[p]] shop
sshpass             sshpass -p [[p]] ssh ann@host
sshpass-quoted      sshpass -p '[[s]]' scp a ann@host:
redis-cli           redis-cli -h cache -a [[p]] ping
mongo               mongosh --username ann --password [[p]] shop
psql-url            psql "postgresql://ann:[[p]]@db/shop"
ldapsearch          ldapsearch -x -D cn=admin -w [[p]] -b dc=example
openssl             openssl enc -aes-256-cbc -k [[p]] -in a -out b
openssl-pass        openssl rsa -in k.pem -passin pass:[[p]]
zip                 zip -P [[p]] a.zip a.txt
sevenzip            7z x -p[[p]] a.7z
docker-login        docker login -u ann -p [[p]] registry.example.org
docker-stdin        echo [[p]] | docker login -u ann --password-stdin
echo-sudo           echo "[[p]]" | sudo -S apt update
chpasswd            echo "ann:[[p]]" | chpasswd
htpasswd            htpasswd -b -c .htpasswd ann [[p]]
htpasswd-file       ann:$apr1$[[a:8]]$[[a:22]]
shadow              ann:$6$[[a:16]]$[[a:86]]:19000:0:99999:7:::
bcrypt              password_hash = "$2b$12$[[a:53]]"
useradd             CREATE USER ann WITH PASSWORD '[[p]]';
sql-alter           ALTER USER ann PASSWORD '[[s]]'
sql-identified      CREATE USER 'ann'@'%' IDENTIFIED BY '[[p]]';
sql-insert          INSERT INTO users (name, password) VALUES ('ann', '[[p]]');
net-user            net user ann [[p]] /add
cli-token           deploy --token [[a:32]] --prod
cli-token-eq        deploy --token=[[h:40]]
cli-apikey          tool --api-key [[l:32]] run
cli-password        tool --password [[p]] run
cli-secret          tool --client-secret=[[w:34]]
cli-short           az login --service-principal -u app -p [[w:34]] --tenant t
cli-helm            helm upgrade x ./x --set db.password=[[p]]
cli-kubectl         kubectl create secret generic db --from-literal=password=[[p]]
cli-gh              gh secret set DEPLOY_KEY --body "[[a:40]]"
cli-aws             aws configure set aws_secret_access_key [[b:40]]
cli-vault           vault kv put secret/db password=[[p]]
cli-npm             npm config set //registry.npmjs.org/:_authToken [[U]]
cli-keytool         keytool -genkey -keystore a.jks -storepass [[p]]
tfvars              db_password = "[[p]]"
tf-default          variable "db_password" {\n  default = "[[p]]"\n}
properties          spring.datasource.password=[[p]]
properties-key      app.jwt.secret=[[a:40]]
gradle              storePassword '[[p]]'
maven               <server><id>x</id><username>ann</username><password>[[p]]</password></server>
xml-attr            <user name="ann" password="[[p]]"/>
xml-add             <add key="ApiSecret" value="[[a:32]]" />
xml-plist           <key>APIToken</key>\n<string>[[a:40]]</string>
php-define          define('DB_PASSWORD', '[[p]]');
php-array           'password' => '[[p]]',
php-var             $db_pass = "[[s]]";
ruby-hash           config.secret = { password: "[[p]]", api_token: "[[h:32]]" }
ruby-symbol         :secret_key_base => '[[h:128]]'
go-struct           cfg := Config{User: "ann", Password: "[[p]]"}
go-const            const apiSecret = "[[a:32]]"
rust-let            let api_token: &str = "[[a:40]]";
java-field          private static final String PASSWORD = "[[p]]";
java-setter         dataSource.setPassword("[[p]]");
csharp              var cred = new NetworkCredential("ann", "[[p]]");
js-const            const clientSecret = '[[w:34]]';
js-object           { user: 'ann', pass: '[[p]]' }
js-template         const token = `[[a:40]]`;
swift               let apiKey: String = "[[a:32]]"
kotlin              val accessToken = "[[a:40]]"
python-kwarg        connect(host="db", user="ann", password="[[p]]")
python-passwd       conn = MySQLdb.connect(user="ann", passwd="[[p]]")
python-auth         requests.get(url, auth=("ann", "[[p]]"))
python-annotated    API_TOKEN: str = "[[a:32]]"
python-get          token = os.environ.get("APP_TOKEN", "[[a:32]]")
python-bytes        SECRET_KEY = b"[[s]][[s]]"
python-login        smtp.login("ann@example.org", "[[p]]")
c-define            #define WIFI_PASSWORD "[[p]]"
wifi                network={\n  ssid="home"\n  psk="[[p]]"\n}
wifi-begin          WiFi.begin("home", "[[p]]");
ansible             ansible_ssh_pass=[[p]]
ansible-become      ansible_become_password: [[s]]
lua                 local api_secret = "[[a:32]]"
otpauth             otpauth://totp/Example:ann?secret=[[A:32]]&issuer=Example
totp                totp_seed: [[A:32]]
totp-prose          My 2FA seed is [[A:32]]
service-account     {"type": "service_account", "private_key_id": "[[h:40]]", "client_email": "a@b.iam.gserviceaccount.com"}
service-key         "private_key": "-----BEG‖IN PRIVATE KEY-----\\n[[b:64]]\\n[[b:64]]\\n-----E‖ND PRIVATE KEY-----\\n"
pem-rsa             -----BEG‖IN RSA PRIVATE KEY-----\n[[b:64]]\n[[b:64]]\n[[b:40]]\n-----E‖ND RSA PRIVATE KEY-----
pem-openssh         -----BEG‖IN OPENSSH PRIVATE KEY-----\n[[b:70]]\n[[b:70]]\n[[b:20]]\n-----E‖ND OPENSSH PRIVATE KEY-----
pem-cut             -----BEG‖IN EC PRIVATE KEY-----\n[[b:64]]\n[[b:64]]
pgp                 -----BEG‖IN PGP PRIVATE KEY BLOCK-----\n\n[[b:64]]\n[[b:64]]\n-----E‖ND PGP PRIVATE KEY BLOCK-----
putty               PuTTY-User-Key-F‖ile-3: ssh-ed25519\nPrivate-Lines: 2\n[[b:64]]\n[[b:24]]\nPrivate-MAC: [[h:64]]
wireguard           [Interface]\nPrivateKey = [[b:43]]=
wireguard-psk       PresharedKey = [[b:43]]=
ethereum            PRIVATE_KEY=0x[[h:64]]
mnemonic            MNEMONIC="[[m:12]]"
mnemonic-prose      seed phrase: [[m:24]]
age-file            # public key: age1abc\nAGE-SECRET-KEY-1[[B:58]]
jwk                 {"kty":"RSA","e":"AQAB","d":"[[w:86]]"}
saml                <ds:X509PrivateKey>[[b:88]]</ds:X509PrivateKey>
csv                 host,user,password\ndb,ann,[[p]]
markdown            | password | [[p]] |
fernet              FERNET_KEY=[[w:43]]=
rails-master        RAILS_MASTER_KEY=[[h:32]]
nextauth            NEXTAUTH_SECRET="[[b:43]]="
twilio-auth         TWILIO_AUTH_TOKEN=[[h:32]]
datadog             DD_API_KEY=[[h:32]]
cloudflare          CLOUDFLARE_API_TOKEN=[[w:40]]
openssl-out         $ openssl rand -hex 32  # new secret key\nsecret key: [[h:64]]
"""

SAID = r"""
use                 use password=[[p]]
is                  the password is [[p]]
is-now              The admin password is now [[p]], please update it.
is-quoted           the root password is "[[p]]".
set-to              I set the password to [[p]]
changed             change the password from [[p]] to [[p]]
with                log in with password [[p]]
colon               password: [[p]]
my                  my password is [[s]]
user-pass           user: ann pass: [[p]]
login-slash         login admin / [[p]]
login-slash-2       Login: admin/[[p]]
credentials         credentials: ann / [[p]]
credentials-colon   creds are ann:[[p]]
username-and        username ann and password [[p]]
as-with             sign in as ann with [[p]] as the password
pin                 the wifi password is [[p]]
key-is              here is the api key: [[a:32]]
key-is-2            the API key is [[h:32]]
token-is            my access token is [[w:40]]
secret-is           the client secret is [[a:34]]
passphrase          the passphrase for the key is [[p]]
backtick            the password is `[[p]]`
german              mein Passwort ist [[p]]
german-colon        Passwort: [[p]]
german-das          das Kennwort lautet [[p]]
french              le mot de passe est [[p]]
french-colon        mot de passe : [[p]]
spanish             la contraseña es [[p]]
spanish-mine        mi contraseña: [[p]]
italian             la password è [[p]]
portuguese          a senha é [[p]]
dutch               het wachtwoord is [[p]]
polish              hasło: [[p]]
russian             пароль: [[p]]
swedish             lösenordet är [[p]]
turkish             şifre: [[p]]
chinese             密码是 [[p]]
chinese-colon       密码: [[p]]
japanese            パスワードは [[p]]
korean              비밀번호: [[p]]
"""


@dataclass(frozen=True)
class Planted:
    """A text with what must not be left of it."""

    family: str
    shape: str
    around: str
    text: str
    secrets: tuple[str, ...]


def shapes(table: str) -> Iterator[tuple[str, str]]:
    for line in table.strip().splitlines():
        name, shape = line.split(None, 1)
        yield name, re.sub(r"(?<!\\)\\n", "\n", shape.replace("‖", "")).replace("\\\\n", "\\n")


def filled(shape: str, rng: random.Random) -> tuple[str, tuple[str, ...]]:
    """The shape with its marks filled, and what filled them."""
    secrets: list[str] = []

    def made(mark: re.Match[str]) -> str:
        secrets.append(_made(mark[1], mark[2], rng))
        return secrets[-1]

    text = _MARK.sub(made, shape)
    return text, tuple(secrets)


def _plain(text: str) -> str:
    return text


def _prompt(text: str) -> str:
    return f"Please fix the failing deploy. I use this:\n\n{text}\n\nand it worked yesterday."


def _inline(text: str) -> str:
    return f"Hi, for the staging box: {text} (keep it for yourself). Then run the tests."


def _log(text: str) -> str:
    return "".join(
        f"2026-03-01T10:00:0{n}.123Z INFO [worker-3] boot: {line}\n"
        for n, line in enumerate(text.split("\n"))
    )


def _escaped(text: str) -> str:
    return json.dumps({"type": "tool_result", "content": f"$ cat settings\n{text}\nok\n"}, ensure_ascii=False)


def _escaped_twice(text: str) -> str:
    return json.dumps(
        {"line": json.dumps({"stdout": f"before\n{text}\nafter"}, ensure_ascii=False)}, ensure_ascii=False
    )


def _diff(text: str) -> str:
    return (
        "@@ -1,4 +1,4 @@\n context line\n-old line\n"
        + "".join(f"+{line}\n" for line in text.split("\n"))
        + " more\n"
    )


def _removed(text: str) -> str:
    return "@@ -7,2 +7,1 @@\n" + "".join(f"-  {line}\n" for line in text.split("\n")) + "+  pass\n"


def _numbered(text: str) -> str:
    return "".join(f"{n:6d}\t{line}\n" for n, line in enumerate(["import os", *text.split("\n"), "done"], 41))


def _arrowed(text: str) -> str:
    return "".join(f"{n:5d}→{line}\n" for n, line in enumerate(["import os", *text.split("\n"), "done"], 7))


def _grep(text: str) -> str:
    return "".join(f"config/app.conf:{n}:{line}\n" for n, line in enumerate(text.split("\n"), 12))


def _coloured(text: str) -> str:
    return "\n".join(f"\x1b[32m{line}\x1b[0m" for line in text.split("\n"))


def _commented(text: str) -> str:
    return "".join(f"    # {line}\n" for line in text.split("\n")) + "    return None\n"


def _fenced(text: str) -> str:
    return f"Run this:\n\n```\n{text}\n```\n"


def _indented(text: str) -> str:
    return "jobs:\n" + "".join(f"        {line}\n" for line in text.split("\n"))


def _quoted(text: str) -> str:
    return "".join(f"> {line}\n" for line in text.split("\n"))


def _crlf(text: str) -> str:
    return "first\r\n" + text.replace("\n", "\r\n") + "\r\nlast\r\n"


def _wrapped(text: str) -> str:
    return "\n".join(piece for line in text.split("\n") for piece in re.findall(".{1,80}", "x " * 12 + line))


SURROUNDINGS: dict[str, Callable[[str], str]] = {
    "plain": _plain,
    "prompt": _prompt,
    "inline": _inline,
    "log": _log,
    "escaped": _escaped,
    "escaped-twice": _escaped_twice,
    "diff": _diff,
    "removed": _removed,
    "numbered": _numbered,
    "arrowed": _arrowed,
    "grep": _grep,
    "coloured": _coloured,
    "commented": _commented,
    "fenced": _fenced,
    "indented": _indented,
    "quoted": _quoted,
    "crlf": _crlf,
    "wrapped": _wrapped,
}
FAMILIES = {"known": KNOWN, "placed": PLACED, "said": SAID}


def planted(seed: int = 0) -> Iterator[Planted]:
    """Every shape in every surrounding, each time with other secrets."""
    for family, table in FAMILIES.items():
        for name, shape in shapes(table):
            for around, wrap in SURROUNDINGS.items():
                text, secrets = filled(shape, random.Random(f"{seed}/{family}/{name}/{around}"))
                yield Planted(family, name, around, wrap(text), secrets)


def left_over(secrets: tuple[str, ...], text: str) -> list[str]:
    """The pieces of secrets still to be read in a text: eight signs in a row of a long one, a short one whole."""
    return [secret for secret in secrets if any(window in text for window in _windows(secret))]


def _windows(secret: str) -> Iterator[str]:
    size = min(len(secret), 8)
    return (secret[start : start + size] for start in range(len(secret) - size + 1))
