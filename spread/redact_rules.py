"""The token formats we know, as data: name, literals, pattern.

A rule's pattern is tried only when one of its literals is in a long word of the text, so clean text pays
for the literals alone. Patterns follow what the vendors publish, a little wider: formats grow. Every pattern is linear (no
nested quantifiers over one class). A group `s` marks the secret part; without one the whole match goes.
"""

import re
from functools import cache
from typing import Final, NamedTuple


class Rule(NamedTuple):
    """One known format; `name` is what stands in the placeholder.

    A match begins with one of `heads`, or holds one of `inner`.
    """

    name: str
    heads: tuple[str, ...]
    inner: tuple[str, ...]
    source: str


# What may stand right before a token: no letter or digit, unless as part of an escape (`\n`, `%3D`, a colour). Formats that
# nothing else looks like are found behind letters and digits, too.
EDGE: Final = r"(?:(?<![A-Za-z0-9_])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2})|(?<=\x1b\[\dm)|(?<=\x1b\[\d\dm))"
END: Final = r"(?![A-Za-z0-9])"
UUID: Final = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

# (name, literals separated by blanks, pattern). A match begins with one of the literals, or has a `*` literal
# somewhere inside; `<` and `>` at the ends of a pattern, or of one of its branches, stand for EDGE and END.
_TOKENS: Final = (
    # code hosts
    ("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9_.-]{30,}"),
    ("github-fine-grained-token", "github_pat_", r"github_pat_[A-Za-z0-9_]{22,}"),
    (
        "gitlab-token",
        "glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct- glwt-",
        r"gl(?:pat|dt|rtr?|cbt|ptt|ft|imt|agent|oas|soat|ffct|wt)-[A-Za-z0-9_.-]{20,}",
    ),
    ("gitlab-runner-token", "GR1348941", r"GR1348941[A-Za-z0-9_-]{20,}"),
    ("bitbucket-token", "ATBB", r"<ATBB[A-Za-z0-9_=.-]{24,}"),
    ("atlassian-token", "ATATT ATCTT ATOA", r"(?:<AT(?:ATT|CTT|OA)|AT[AC]TT3xFfG)[A-Za-z0-9_=.-]{50,}"),
    ("sourcegraph-token", "sgp_ slk_", r"(?:sgp_(?:[0-9a-zA-Z]{16}_|local_)?[0-9a-f]{40}|slk_[0-9a-f]{64})>"),
    ("gitea-actions-token", "gta_", r"gta_[A-Za-z0-9]{40}>"),
    # clouds
    (
        "aws-access-key-id",
        "AKIA ASIA ABIA ACCA AGPA AIDA AROA AIPA ANPA ANVA APKA",
        r"(?:<(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|APKA)[A-Z0-9]{16,17}|A[KS]IA(?=[A-Z]{0,15}[2-7])[A-Z2-7]{16})>",
    ),
    ("aws-bedrock-key", "ABSK bedrock-api-key-", r"(?:<ABSK[A-Za-z0-9+/=]{100,}|bedrock-api-key-[A-Za-z0-9+/=]{40,})"),
    ("aws-mws-token", "amzn.mws.", rf"amzn\.mws\.{UUID}"),
    ("google-api-key", "AIza", r"AIza[A-Za-z0-9_-]{35}>"),
    ("google-api-key", "AQ.Ab", r"<AQ\.Ab[A-Za-z0-9_-]{30,}"),
    ("google-hmac-key", "GOOG1E", r"<GOOG1E[A-Z0-9]{50,58}>"),
    ("amazon-login-secret", "amzn1.oa2-cs.", r"amzn1\.oa2-cs\.v1\.[0-9a-f]{64}"),
    ("google-oauth-secret", "GOCSPX-", r"GOCSPX-[A-Za-z0-9_-]{20,}"),
    ("google-oauth-token", "ya29.", r"<ya29\.[A-Za-z0-9_.-]{20,}"),
    ("google-refresh-token", "1//0", r"<1//0[A-Za-z0-9_-]{35,}"),
    ("firebase-key", "AAAA", r"(?:<AAAA[A-Za-z0-9_-]{7}:|AAAA[A-Za-z0-9_-]{7}:APA91b)[A-Za-z0-9_-]{120,}"),
    ("google-recaptcha-key", "6L", r"<6L[a-zA-Z][A-Za-z0-9_]{3}AAAAA[A-Za-z0-9_-]{28,31}>"),
    ("azure-client-secret", "*Q~", r"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}"),
    ("azure-devops-token", "*AZDO", r"<[A-Za-z0-9]{70,80}AZDO[A-Za-z0-9]{4,}"),
    ("azure-key", "*JQQJ99", r"<[A-Za-z0-9]{50,60}JQQJ99[A-Za-z0-9]{10,}"),
    (
        "azure-key",
        "*AzFu *AzSe *AzCa *AIoT *+ASt *+AEh *+ASb *+ABa *+AMC *+ARm *ACDb *APIM *+ACR *AZEG",
        r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{28,80}"
        r"(?:AzFu|AzSe|AzCa|AIoT|\+ASt|\+AEh|\+ASb|\+ABa|\+AMC|\+ARm|ACDb|APIM|\+ACR|AZEG)[A-Za-z0-9+/]{5,8}={0,2}",
    ),
    ("azure-connection-key", "AccountKey= SharedAccessKey=", r"(?:AccountKey|SharedAccessKey)=(?P<s>[A-Za-z0-9+/]{40,}={0,2})"),
    ("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", r"do[por]_v1_[0-9a-f]{64}"),
    ("alibaba-access-key", "LTAI", r"<LTAI[A-Za-z0-9]{12,26}>"),
    ("tencent-secret-id", "AKID", r"<AKID[A-Za-z0-9]{32}>"),
    ("yandex-token", "AQVN y0_ t1.9 YCAJE YCP", r"<(?:AQVN[A-Za-z0-9_-]{35,}|YCAJE[A-Za-z0-9_-]{20}>|YCP[A-Za-z0-9_-]{36,38}>|y0_[A-Za-z0-9_-]{50,}|t1\.9[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{80,})"),
    ("heroku-key", "HRKU-", r"HRKU-[A-Za-z0-9_-]{36,}"),
    ("fly-token", "fo1_ fm1r_ fm1a_ fm2_", r"<(?:fo1_[A-Za-z0-9_-]{40,}|fm(?:1[ra]|2)_[A-Za-z0-9+/_=,-]{40,})"),
    ("netlify-token", "nfp_ nfc_ nfo_ nfu_", r"(?:<nf[pcou]_[A-Za-z0-9]{36,}|nfp_[A-Za-z0-9]{36}>)"),
    ("vercel-token", "vcp_ vci_ vca_ vcr_ vck_ vercel_blob_rw_", r"(?:<vc[piark]_[A-Za-z0-9_]{24,}|vercel_blob_rw_[A-Za-z0-9_]{30,})"),
    ("render-token", "rnd_", r"<rnd_[A-Za-z0-9]{28,}"),
    ("supabase-key", "sbp_ sb_secret_", r"(?:sbp_(?:v0_)?[0-9a-f]{40}|<sb_secret_[A-Za-z0-9_-]{20,})"),
    ("cloudflare-origin-key", "v1.0-", r"v1\.0-[0-9a-f]{24}-[0-9a-f]{140,}"),
    ("cloudflare-token", "cfut_ cfat_ cfk_ 0x4AAAAAAA", r"<(?:cf(?:ut|at|k)_[A-Za-z0-9]{40,}|0x4AAAAAAA[A-Za-z0-9_-]{25,})>"),
    ("scaleway-key", "SCW", r"<SCW[A-Z0-9]{17}>"),
    ("ibm-key", "ApiKey-", rf"<ApiKey-{UUID}"),
    ("tailscale-key", "tskey-", r"tskey-[a-z]+-[A-Za-z0-9-]{16,}"),
    ("terraform-token", "*.atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{50,}"),
    ("vault-token", "hvs. hvb. hvr.", r"(?:<hv[sbr]\.[A-Za-z0-9_-]{24,}|hv[sbr]\.[A-Za-z0-9_-]{90,})"),
    ("doppler-token", "dp.", r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}>"),
    ("pulumi-token", "pul-", r"pul-[0-9a-f]{40}>"),
    ("databricks-token", "dapi dose", r"<(?:dapi|dose)[0-9a-f]{32}(?:-\d)?>"),
    ("planetscale-token", "pscale_", r"pscale_(?:tkn|oauth|pw|otkn)_[A-Za-z0-9_.=-]{32,}"),
    ("neon-key", "napi_ npg_", r"<(?:napi_[a-z0-9]{40,}|npg_(?=[A-Za-z]*\d)[A-Za-z0-9]{12,})"),
    ("mongodb-secret", "mdb_sa_sk_", r"mdb_sa_sk_[A-Za-z0-9_-]{30,}"),
    ("aiven-password", "AVNS_", r"<AVNS_[A-Za-z0-9_-]{18,}"),
    ("confluent-secret", "cflt", r"<cflt[A-Za-z0-9+/]{56,}"),
    ("infisical-token", "st.", r"<st\.[0-9a-f]{24}\.[0-9a-f]{32}\.[0-9a-f]{32}>"),
    ("bitwarden-token", "0.", rf"<0\.{UUID}\.[A-Za-z0-9]{{30}}:[A-Za-z0-9+/]{{22}}=="),
    ("onepassword-token", "ops_eyJ", r"<ops_eyJ[A-Za-z0-9+/_=-]{100,}"),
    ("onepassword-secret-key", "A3-", r"<A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}>"),
    ("k3s-token", "K10", r"<K10[0-9a-f]{64}::[a-z]{4,8}:[0-9a-f]{32}>"),
    ("rancher-token", "token- kubeconfig-", r"<(?:token|kubeconfig)-[a-z0-9-]{5,40}:(?P<s>[a-z0-9]{54})>"),
    ("docker-swarm-token", "SWMTKN-1- SWMKEY-1-", r"SWM(?:TKN|KEY)-1-[A-Za-z0-9+/-]{40,}"),
    # models
    ("anthropic-key", "sk-ant-", r"sk-ant-[A-Za-z0-9_-]{20,}"),
    ("openrouter-key", "sk-or-", r"(?:<sk-or-(?:v\d-)?[0-9a-zA-Z]{32,}|sk-or-v1-[0-9a-f]{64}>)"),
    ("openai-key", "*T3BlbkFJ", r"sk-[A-Za-z0-9_-]{20,84}T3BlbkFJ[A-Za-z0-9_-]{20,74}>"),
    ("langfuse-key", "sk-lf-", rf"sk-lf-{UUID}"),
    ("openai-key", "sk- sess-", r"<(?:sk-(?:proj|svcacct|admin|None|service)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{32,}|sess-[A-Za-z0-9]{40})>"),
    ("litellm-key", "sk-", r"<sk-(?=[A-Za-z_-]{0,20}\d)[A-Za-z0-9_]{20,31}>"),
    ("huggingface-token", "hf_ api_org_", r"<(?:hf|api_org)_[A-Za-z0-9]{30,}"),
    ("replicate-token", "r8_", r"<r8_[A-Za-z0-9]{37,40}>"),
    ("groq-key", "gsk_", r"(?:<gsk_[A-Za-z0-9]{40,}|gsk_[A-Za-z0-9]{52}>)"),
    ("xai-key", "xai-", r"(?:<xai-[A-Za-z0-9]{70,}|xai-[A-Za-z0-9]{80}>)"),
    ("perplexity-key", "pplx-", r"(?:<pplx-[A-Za-z0-9]{40,}|pplx-[A-Za-z0-9]{48}>)"),
    ("fireworks-key", "fw_", r"<fw_[A-Za-z0-9]{22,}>"),
    ("together-key", "tgp_v1_", r"tgp_v1_[A-Za-z0-9_-]{40,}"),
    ("tavily-key", "tvly-", r"tvly-(?:dev-|prod-)?[A-Za-z0-9_-]{20,}"),
    ("firecrawl-key", "fc-", r"<fc-[0-9a-f]{32}>"),
    ("elevenlabs-key", "sk_", r"<sk_(?:[0-9a-f]{48}|(?=[A-Za-z_-]{0,42}\d)(?=[a-z0-9_-]{0,42}[A-Z])[A-Za-z0-9_-]{43})>"),
    ("sanity-token", "sk", r"<sk[A-Za-z0-9]{150,}>"),
    ("unkey-key", "unkey_", r"<unkey_[A-Za-z0-9]{20,}>"),
    ("svix-token", "testsk_", r"<testsk_[A-Za-z0-9_-]{32}"),
    ("pinecone-key", "pcsk_", r"pcsk_[A-Za-z0-9_]{40,}"),
    ("voyage-key", "pa-", r"<pa-[A-Za-z0-9_-]{43}>"),
    ("jina-key", "jina_", r"<jina_[A-Za-z0-9_-]{40,}"),
    ("cerebras-key", "csk-", r"<csk-[a-z0-9]{40,}"),
    ("nvidia-key", "nvapi-", r"(?:<nvapi-[A-Za-z0-9_-]{50,}|nvapi-[A-Za-z0-9_-]{64}>)"),
    ("e2b-key", "e2b_", r"<e2b_[0-9a-f]{40}>"),
    ("langsmith-key", "lsv2_ ls__", r"(?:lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}|<ls__[0-9a-f]{32})>"),
    ("wandb-key", "wandb_v1_", r"wandb_v1_[A-Za-z0-9_-]{40,}"),
    ("cursor-key", "key_ crsr_", r"<(?:key|crsr)_[0-9a-f]{64}>"),
    ("context7-key", "ctx7sk-", rf"ctx7sk-{UUID}"),
    ("helicone-key", "sk-helicone-", r"sk-helicone-(?:[a-z0-9]{7}-){3}[a-z0-9]{7}>"),
    ("brave-key", "BSA", r"<BSA(?=[A-Za-z_-]{0,27}\d)(?=[A-Z0-9_-]{0,27}[a-z])[A-Za-z0-9_-]{27,28}>"),
    ("composio-key", "ak_", r"<ak_(?=[A-Za-z_-]{0,19}\d)(?=[a-z0-9_-]{0,19}[A-Z])[A-Za-z0-9_-]{20}>"),
    ("modal-token", "ak- as-", r"<a[ks]-(?=[A-Za-z]{0,20}\d)(?=[a-z0-9]{0,20}[A-Z])[A-Za-z0-9]{22}>"),
    ("mem0-key", "m0-", r"<m0-[A-Za-z0-9]{40}>"),
    ("apify-token", "apify_api_", r"apify_api_[A-Za-z0-9]{30,}"),
    ("llamaindex-key", "llx-", r"<llx-[A-Za-z0-9]{40,}"),
    ("runpod-key", "rpa_", r"<rpa_[A-Za-z0-9]{40,}"),
    ("anyscale-key", "esecret_ aph0_", r"<(?:esecret|aph0)_[A-Za-z0-9]{24,}"),
    ("logfire-token", "pylf_v", r"pylf_v\d_(?:[a-z]{2}_)?[A-Za-z0-9]{40,}"),
    ("browserbase-key", "bb_live_ bb_test_", r"<bb_(?:live|test)_[A-Za-z0-9_-]{24,}"),
    ("heygen-key", "sk_V2_", r"<sk_V2_[A-Za-z0-9_]{30,}"),
    # packages and builds
    ("npm-token", "npm_", r"(?:<npm_[A-Za-z0-9]{36,}|npm_[A-Za-z0-9]{36}>)"),
    ("npm-auth-token", "_authToken= _auth= _password=", r"_(?:authToken|auth|password)=(?!self\.)(?P<s>[^\s\"'$\[]{8,})"),
    ("pypi-token", "pypi-Ag", r"pypi-Ag[A-Za-z0-9_-]{50,}"),
    ("rubygems-key", "rubygems_", r"rubygems_[0-9a-f]{48}>"),
    ("crates-token", "cio", r"<cio[A-Za-z0-9]{32}>"),
    ("nuget-key", "oy2", r"<oy2[a-z0-9]{43}>"),
    ("packagist-token", "packagist_", r"packagist_[a-z]{3}_[0-9a-f]{60,}"),
    ("clojars-token", "CLOJARS_", r"CLOJARS_[0-9a-z]{60}>"),
    ("docker-token", "dckr_pat_ dckr_oat_", r"dckr_[po]at_[A-Za-z0-9_-]{27,}"),
    ("jfrog-token", "AKCp cmVmdGtu", r"<(?:AKCp[A-Za-z0-9]{60,}|cmVmdGtu[A-Za-z0-9]{56})>"),
    ("circleci-token", "CCIPAT_ CCIPRJ_", r"CCIP(?:AT|RJ)_[A-Za-z0-9]{16,}_[0-9a-f]{40}>"),
    ("buildkite-token", "bkua_", r"bkua_[0-9a-f]{40}>"),
    ("sonarqube-token", "sqp_ squ_ sqa_", r"sq[pua]_[0-9a-f]{40}>"),
    ("snyk-token", "snyk_", r"<snyk_[a-z]{3}\.[A-Za-z0-9_.-]{30,}"),
    ("prefect-key", "pnu_ pnb_", r"pn[ub]_[A-Za-z0-9]{36}>"),
    ("postman-key", "PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}>"),
    ("age-key", "AGE-SECRET-KEY- AGE-PLUGIN-", r"AGE-(?:SECRET-KEY-(?:PQ-)?1[0-9A-Za-z]{58,}|PLUGIN-[A-Z0-9]{2,30}-1[0-9A-Z]{30,})"),
    ("trigger-key", "tr_prod_ tr_dev_ tr_stg_", r"<tr_(?:prod|dev|stg)_[A-Za-z0-9]{20,}"),
    ("headscale-key", "hskey-", r"hskey-[a-z]{3,10}-[A-Za-z0-9_-]{12}-[A-Za-z0-9_-]{60,}"),
    ("octopus-key", "API-", r"<API-[A-Z0-9]{26,32}>"),
    ("scalingo-token", "tk-us-", r"<tk-us-[A-Za-z0-9_-]{48}"),
    ("infracost-key", "ico-", r"<ico-[A-Za-z0-9]{32}>"),
    ("openshift-token", "sha256~", r"<sha256~[A-Za-z0-9_-]{43}"),
    ("deno-token", "ddp_ ddo_", r"<dd[po]_[A-Za-z0-9]{36,}"),
    ("launchdarkly-key", "sdk- mob- api-", rf"<(?:sdk|mob|api)-{UUID}>"),
    ("harness-token", "pat. sat.", r"[ps]at\.[A-Za-z0-9_-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}>"),
    ("inngest-key", "signkey-", r"<signkey-[a-z]+-[0-9a-f]{32,}"),
    ("defined-network-key", "dnkey-", r"dnkey-[a-z0-9=_-]{26}-[a-z0-9=_-]{52}"),
    # talking
    ("slack-token", "xoxa- xoxb- xoxe- xoxe. xoxo- xoxp- xoxr- xoxs- xoxc- xoxd- xapp-", r"(?:xox[abceoprsd]|xapp|xoxe\.xox[bp])-[A-Za-z0-9%/+-]{10,}=*"),
    (
        "slack-webhook",
        "hooks.slack.com hooks.slack-gov.com",
        r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/(?P<s>[A-Za-z0-9+/_-]{20,})",
    ),
    ("discord-token", "*.", r"<[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}>"),
    ("discord-token", "mfa.", r"<mfa\.[A-Za-z0-9_-]{80,}"),
    ("discord-webhook", "/api/webhooks/", r"/api/webhooks/(?P<s>\d{15,20}/[A-Za-z0-9_-]{50,})"),
    ("telegram-token", "*:AA", r"(?:(?<![A-Za-z0-9])|(?<=bot)|(?<=\\[nrt])|(?<=\x1b\[\d\dm))\d{7,11}:AA[A-Za-z0-9_-]{32,34}>"),
    ("telegram-token", "*bot", r"(?<=/bot)\d{7,11}:[A-Za-z0-9_-]{35}>"),
    ("teams-webhook", "webhook.office.com/", r"webhook\.office\.com/(?P<s>webhookb2/[A-Za-z0-9@/_-]{36,})"),
    ("zapier-webhook", "hooks.zapier.com/", r"hooks\.zapier\.com/hooks/(?P<s>catch/\d+/[A-Za-z0-9]+)"),
    ("matrix-token", "syt_", r"<syt_[A-Za-z0-9+/=-]{2,80}_[A-Za-z0-9]{20}_[A-Za-z0-9]{6}>"),
    ("twitch-token", "oauth:", r"<oauth:(?P<s>[a-z0-9]{30})>"),
    ("intercom-token", "dG9rO", r"<dG9rO[A-Za-z0-9+/]{50,}={0,2}"),
    ("twilio-key", "SK AC", r"<(?:SK|AC)[0-9a-f]{32}>"),
    ("sendgrid-key", "SG.", r"<SG\.[A-Za-z0-9_-]{16,24}\.[A-Za-z0-9_-]{39,50}"),
    ("mailgun-key", "key-", r"<key-[0-9a-z]{32}>"),
    ("mailgun-key", "*-", r"<[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}>"),
    ("mailchimp-key", "*-us", r"<[0-9a-f]{32}-us\d{1,2}>"),
    ("brevo-key", "xkeysib- xsmtpsib-", r"x(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16}>"),
    ("resend-key", "re_", r"<re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}>"),
    ("facebook-token", "EAA", r"<EAA[A-Za-z0-9]{60,}"),
    ("twitter-bearer", "AAAAAAAAA", r"<A{19,22}[A-Za-z0-9%]{60,}"),
    ("instagram-token", "IGQ", r"<IGQ[A-Za-z0-9_-]{80,}"),
    ("tiktok-token", "act.", r"<act\.[A-Za-z0-9]{40,}"),
    ("linkedin-secret", "WPL_AP1.", r"WPL_AP1\.[A-Za-z0-9+/=.]{16,}"),
    # money and shops
    ("stripe-key", "sk_live_ sk_test_ sk_prod_ pk_live_ pk_test_ rk_live_ rk_test_ rk_prod_", r"(?:<(?:sk|pk|rk)_(?:live|test|prod)_(?:[A-Za-z0-9]{10,}|(?=[A-Za-z_-]{0,40}\d)(?=[a-z0-9_-]{0,40}[A-Z])(?=[A-Za-z0-9_-]{40}))[A-Za-z0-9_-]*+|[spr]k_(?:live|test)_(?=[a-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}(?:[A-Za-z0-9]{75,83})?>)"),
    ("stripe-webhook-secret", "whsec_", r"whsec_[A-Za-z0-9+/]{24,}={0,2}"),
    ("square-token", "sq0 EAAA", r"(?:sq0[a-z]{3}-[A-Za-z0-9_-]{22,43}|<EAAA[A-Za-z0-9_-]{60})>"),
    ("braintree-token", "access_token$", r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[0-9a-f]{32}"),
    ("shopify-token", "shpat_ shpca_ shppa_ shpss_ shpua_ shptka_", r"shp(?:at|ca|pa|ss|ua|tka)_[0-9a-fA-F]{32}"),
    ("shippo-token", "shippo_live_ shippo_test_", r"shippo_(?:live|test)_[0-9a-f]{40}>"),
    ("paypal-token", "A21AA", r"<A21AA[A-Za-z0-9_-]{60,}"),
    ("mercadopago-token", "APP_USR-", r"<APP_USR-\d{12,}-\d{6}-[0-9a-f]{32}-\d+>"),
    ("stytch-secret", "secret-live- secret-test-", r"<secret-(?:live|test)-[A-Za-z0-9_-]{30,}={0,2}"),
    ("paddle-key", "pdl_", r"pdl_(?:live|sdbx)_apikey_[A-Za-z0-9_]{40,}"),
    ("polar-token", "polar_", r"<polar_(?:oat|pat|cst|at|rt|sk)_[A-Za-z0-9_]{30,}"),
    ("lob-key", "live_ test_", r"<(?:live|test)_(?:pub_)?[0-9a-f]{35}>"),
    ("razorpay-key", "rzp_live_ rzp_test_", r"rzp_(?:live|test)_[A-Za-z0-9]{14,}(?::[A-Za-z0-9]{20,})?"),
    ("plaid-token", "access-sandbox- access-production- access-development-", rf"access-(?:sandbox|development|production)-{UUID}"),
    ("flutterwave-key", "FLWSECK", r"FLWSECK(?:_TEST)?-[A-Za-z0-9]{12,}-X"),
    ("duffel-token", "duffel_live_ duffel_test_", r"duffel_(?:live|test)_[A-Za-z0-9_=-]{43}"),
    ("easypost-key", "EZAK EZTK", r"<EZ[AT]K[A-Za-z0-9]{54}>"),
    ("adyen-key", "AQE", r"<AQE[A-Za-z0-9+/]{60,}={0,2}(?:-[A-Za-z0-9+/=_{}()\[\]<>^&!@#$%*,.;:?|~-]{30,})?"),
    # watching
    ("newrelic-key", "NRAK- NRII- NRJS- NRRA- NRIQ- NRSP-", r"(?:<NR(?:AK|II|JS|RA|IQ|SP)-[A-Za-z0-9_-]{19,}|NRAK-[A-Z0-9]{27}>)"),
    ("newrelic-key", "*NRAL", r"<[0-9a-zA-Z]{36}NRAL>"),
    ("grafana-token", "glc_ glsa_ eyJrIjoi", r"(?:<eyJrIjoi[A-Za-z0-9+/=]{40,}|<glc_[A-Za-z0-9+/=]{32,}|glc_eyJ[A-Za-z0-9+/=]{32,}|glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}>)"),
    ("sentry-token", "sntrys_ sntryu_ sntrya_ sntryi_", r"sntry(?:s_eyJ[A-Za-z0-9+/=_-]{60,}|[uai]_[0-9a-f]{64})"),
    ("dynatrace-token", "dt0", r"dt0[a-z]\d\d\.[A-Z0-9]{8,24}\.[A-Z0-9]{64}>"),
    ("honeycomb-key", "hcaik_ hcamk_ hcalk_ hcxik_", r"hc[ax][a-z]{2}_[A-Za-z0-9]{32,}"),
    ("datadog-key", "ddapp_ ddpat_", r"<dd(?:app|pat)_[A-Za-z0-9]{34,}"),
    ("axiom-token", "xaat- xapt-", rf"<xa[ap]t-{UUID}"),
    ("checkly-key", "cu_", r"<cu_[0-9a-f]{32}>"),
    ("posthog-key", "phx_ phs_", r"<ph[xs]_[A-Za-z0-9]{40,}"),
    ("rollbar-logtail-key", "pdus+", r"<pdus\+_[A-Za-z0-9_-]{20,}"),
    # working
    ("notion-token", "ntn_ secret_", r"(?:<ntn_[A-Za-z0-9]{40,}|ntn_\d{11}[A-Za-z0-9]{35}>|<secret_[A-Za-z0-9]{43}>)"),
    ("airtable-token", "pat", r"<pat[A-Za-z0-9]{14}\.[0-9a-f]{64}>"),
    ("linear-key", "lin_api_ lin_oauth_ lin_wh_", r"(?:<lin_(?:api|oauth|wh)_[A-Za-z0-9]{32,}|lin_api_(?=[a-z0-9]{0,39}[A-Z])[A-Za-z0-9]{40}>)"),
    ("figma-token", "figd_ figo_ figu_", r"fig[dou]_[A-Za-z0-9_-]{36,}"),
    ("hubspot-token", "pat-", rf"<pat-[a-z]{{2}}\d-{UUID}"),
    ("asana-token", "1/ 2/", r"(?<![\d/])[12]/\d{10,20}(?:/\d{10,20})?:[0-9a-f]{32}>"),
    ("trello-token", "ATTA", r"<ATTA[0-9a-f]{64,}"),
    ("clickup-token", "pk_", r"<pk_\d{6,12}_[A-Z0-9]{32}>"),
    ("salesforce-token", "00D", r"<00D[A-Za-z0-9]{12,15}![A-Za-z0-9_.]{60,}"),
    ("contentful-token", "CFPAT-", r"CFPAT-[A-Za-z0-9_-]{40,}"),
    ("typeform-token", "tfp_", r"<tfp_[A-Za-z0-9_.=-]{40,}"),
    ("readme-key", "rdme_", r"rdme_[a-z0-9]{60,}"),
    ("dropbox-token", "sl.", r"<sl\.(?:u\.)?[A-Za-z0-9_-]{100,}"),
    ("mapbox-token", "sk.eyJ tk.eyJ", r"[st]k\.eyJ[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{20,}"),
    ("adafruit-key", "aio_", r"<aio_[A-Za-z0-9]{28}>"),
    ("mailersend-token", "mlsn.", r"mlsn\.[0-9a-f]{64}>"),
    ("maxmind-key", "*_mmk", r"<[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk>"),
    ("intra42-secret", "s-s4t2", r"s-s4t2(?:ud|af)-[0-9a-f]{64}"),
    ("telnyx-key", "KEY0", r"<KEY0[0-9A-F]{30,}_[A-Za-z0-9]{20,}"),
    ("rootly-frameio-token", "fio-u- rootly_", r"<(?:fio-u-[A-Za-z0-9_=-]{60,}|rootly_[0-9a-f]{64})"),
    ("ngrok-key", "ak_ cr_", r"<(?:ak|cr)_2[A-Za-z0-9]{26}_[A-Za-z0-9]{10,}"),
    ("aws-session-token", "IQoJb3JpZ2lu FwoGZXIvYXdz", r"<(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[A-Za-z0-9+/=]{60,}"),
    # formats many share
    ("jwt", "eyJ eyA ewog", r"<(?:ey[JA]|ewog)[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{4,}){0,2}"),
    ("jwt", "eyJ", r"eyJ(?:hbGci|0eXAi|raWQi|lbmMi)[A-Za-z0-9_-]{20,}(?:\.[A-Za-z0-9_-]*){0,4}"),
    ("encrypted-cookie", "eyJpdiI6 gAAAAA", r"<(?:eyJpdiI6[A-Za-z0-9+/=%]{60,}|gAAAAA[A-Za-z0-9_-]{90,}={0,2})"),
    ("paserk", "k1. k2. k3. k4.", r"<k[1-4]\.[a-z]{3,6}(?:-[a-z]{2,6})?\.[A-Za-z0-9_-]{40,}"),
    ("macaroon", "MDAx MDAy", r"<MDA[xy][A-Za-z0-9+/_-]{80,}={0,2}"),
    ("paseto", "v1. v2. v3. v4.", r"v[1-4]\.(?:local|public)\.[A-Za-z0-9_-]{60,}(?:\.[A-Za-z0-9_-]+)?"),
    ("password-hash", "$2a$ $2b$ $2y$ $6$ $5$ $argon2 $y$ $apr1$", r"<\$(?:2[aby]\$\d\d\$[./A-Za-z0-9]{53}|(?:[156y]|apr1)\$[^\s$:\"']{1,40}\$(?:[^\s$:\"']{1,64}\$)?[./A-Za-z0-9]{22,}|argon2id?\$[^\s\"':]{40,200})"),
    (
        "password-hash",
        "pbkdf2_sha SCRAM-SHA-",
        r"(?:pbkdf2_sha\d{1,3}\$\d+\$[^\s$]{4,64}\$[A-Za-z0-9+/]{20,}={0,2}"
        r"|SCRAM-SHA-\d{1,3}\$\d+:[A-Za-z0-9+/=]{8,64}\$[A-Za-z0-9+/=]{20,64}:[A-Za-z0-9+/=]{20,64})",
    ),
    ("base64-private-key", "LS0tLS1CRUdJTiB b3BlbnNzaC1rZXktdjE", r"(?:LS0tLS1CRUdJTiB(?!DRVJU|QVUJM|TU0gy)[A-Za-z0-9+/=]{40,}|b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=]{20,})"),
    ("pkcs12", "*IBAzCC", r"MI[A-Za-z0-9+/]{4}IBAzCC[A-Za-z0-9+/=]{40,}"),
    ("beamer-token", "b_", r"<b_(?:[A-Za-z0-9+/_-]{43}=|(?=[a-z]{0,43}\d)[a-z0-9]{44}>)"),
    ("convex-deploy-key", "eyJ2MiI6", r"<eyJ2MiI6I[A-Za-z0-9+/=_-]{20,}"),
    ("fullstory-key", "na1. eu1.", r"<(?:na|eu)1\.(?=[A-Za-z+/]{0,60}\d)[A-Za-z0-9+/]{40,}={0,2}"),
    ("pagerduty-key", "u+", r"<u\+(?=[A-Za-z_-]{0,17}\d)(?=[a-z0-9_-]{0,17}[A-Z])(?=[A-Z0-9_-]{0,17}[a-z])[A-Za-z0-9_-]{18}(?![A-Za-z0-9_+/=-])"),
    (
        "uptimerobot-key",
        "u1 u2 u3 u4 u5 u6 u7 u8 u9 ur1 ur2 ur3 ur4 ur5 ur6 ur7 ur8 ur9",
        r"<ur?[1-9]\d{4,9}-[0-9a-f]{24}>",
    ),
    ("wallet-key", "xprv yprv zprv tprv nsec1", r"<(?:[xyzt]prv[1-9A-HJ-NP-Za-km-z]{100,}|nsec1[02-9ac-hj-np-z]{58})"),
)  # fmt: skip

_EDGE_SIGN: Final = re.compile(r"(?:\A|(?<=\(\?:)|(?<=\|))<")
_END_SIGN: Final = re.compile(r">(?=[|)]|\Z)")


@cache
def compiled(source: str, *, open_end: bool = False) -> re.Pattern[str]:
    """Return a rule's pattern, compiled when first needed (all together take 50 ms).

    Args:
        open_end: Do not ask that the token ends there; what was put together from lines has no such end.
    """
    end = "" if open_end else END
    source = _EDGE_SIGN.sub(lambda _: EDGE, source)
    return re.compile(_END_SIGN.sub(lambda _: end, source))


TOKENS: Final = tuple(
    Rule(
        name,
        tuple(word for word in words.split() if not word.startswith("*")),
        tuple(word[1:] for word in words.split() if word.startswith("*")),
        source,
    )
    for name, words, source in _TOKENS
)

_OPENAI_LENGTHS: Final = (20, 58, 74)  # on either side of the mark in the middle
# Formats of one length: where such a token ends with its line, the next line is not its rest.
WHOLE: Final = (
    r"(?:(?<![A-Za-z0-9_])(?:gh[pou]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"
    r"|sk-ant-[a-z]{3,5}\d\d-[A-Za-z0-9_-]{93}AA|npm_[A-Za-z0-9]{36}|hf_[A-Za-z0-9]{34}|AIza[A-Za-z0-9_-]{35}"
    r"|xoxb-\d{10,13}-\d{10,13}-[A-Za-z0-9]{24}|sk-(?:[a-z]{4,8}-)?(?:"
    + "|".join(rf"[A-Za-z0-9_-]{{{n}}}T3BlbkFJ[A-Za-z0-9_-]{{{n}}}" for n in _OPENAI_LENGTHS)
    + r"))|(?i:secret_?access_?key)[\"']?[ \t]?[=:][ \t]?[\"']?[A-Za-z0-9/+]{40})"
)
