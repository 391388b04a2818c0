"""Token formats: secrets that can be told by their look alone.

Each format has a marker, a fixed string that every such token holds, so a file without the
marker is never searched for it. Source of the formats: the issuers' own documentation of token
prefixes (GitHub "About authentication", GitLab "Token overview", AWS IAM "Unique identifiers",
Slack "Token types" and so on). Kinds are what the rules in `rules/` refer to; renaming one is a
breaking change.

Every quantifier is bounded and no quantifier stands inside another, so a search is linear in the
length of the text whatever the text is.
"""

import re
from dataclasses import dataclass
from functools import cache

_ALNUM = "[A-Za-z0-9]"
_WORD = "[A-Za-z0-9_-]"
_HEX = "[0-9a-f]"


@dataclass(frozen=True, slots=True)
class TokenFormat:
    """One format: `marker`, then `tail`; up to `before[1]` and at least `before[0]` of `head` in front."""

    kind: str
    marker: str
    tail: str
    head: str = ""
    before: tuple[int, int] = (0, 0)

    @property
    def pattern(self) -> re.Pattern[str]:
        """What the whole token matches, from its first character."""
        return _compiled(self)


@cache
def _compiled(form: TokenFormat) -> re.Pattern[str]:
    least, most = form.before
    head = f"{form.head}{{{least},{most}}}" if most else ""
    return re.compile(f"{head}{re.escape(form.marker)}{form.tail}(?![A-Za-z0-9])")


def _each(kind: str, markers: str, tail: str) -> tuple[TokenFormat, ...]:
    return tuple(TokenFormat(kind, marker, tail) for marker in markers.split())


CLOUD: tuple[TokenFormat, ...] = (
    *_each("aws-access-key", "AKIA ASIA ABIA ACCA", "[A-Z2-7]{16}"),
    TokenFormat("gcp-api-key", "AIza", f"{_WORD}{{35}}"),
    TokenFormat("gcp-oauth-secret", "GOCSPX-", f"{_WORD}{{28}}"),
    TokenFormat("gcp-oauth-token", "ya29.", f"{_WORD}{{20,500}}"),
    TokenFormat("azure-client-secret", "Q~", r"[A-Za-z0-9_.~-]{31,34}", r"[A-Za-z0-9_.~-]", (4, 4)),
    TokenFormat("azure-devops-token", "AZDO", f"{_ALNUM}{{4}}", _ALNUM, (76, 76)),
    TokenFormat("azure-storage-key", "AccountKey=", r"[A-Za-z0-9+/]{86}=="),
    TokenFormat("alibaba-access-key", "LTAI", f"{_ALNUM}{{20}}"),
    TokenFormat("tencent-secret-id", "AKID", f"{_ALNUM}{{32}}"),
    *_each("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", f"{_HEX}{{64}}"),
    TokenFormat("heroku-key", "HRKU-AA", f"{_WORD}{{58}}"),
    TokenFormat("databricks-token", "dapi", f"{_HEX}{{32}}"),
    *_each("vault-token", "hvs. hvb. hvr.", f"{_WORD}{{24,300}}"),
    TokenFormat("terraform-token", ".atlasv1.", r"[A-Za-z0-9_=-]{60,70}", _ALNUM, (14, 14)),
    TokenFormat("pulumi-token", "pul-", f"{_HEX}{{40}}"),
    *_each("doppler-token", "dp.pt. dp.st. dp.sa.", r"[A-Za-z0-9_.-]{40,60}"),
    *_each("planetscale-token", "pscale_tkn_ pscale_pw_ pscale_oauth_", r"[A-Za-z0-9_.=-]{32,64}"),
)

FORGES_AND_REGISTRIES: tuple[TokenFormat, ...] = (
    *_each("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", f"{_ALNUM}{{36,255}}"),
    TokenFormat("github-token", "github_pat_", f"{_ALNUM}{{22}}_{_ALNUM}{{59}}"),
    *_each(
        "gitlab-token",
        "glpat- gldt- glrt- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct- glwt-",
        r"[A-Za-z0-9_.-]{20,300}",
    ),
    TokenFormat("gitlab-token", "GR1348941", f"{_WORD}{{20}}"),
    *_each("atlassian-token", "ATATT3 ATCTT3", r"[A-Za-z0-9_=-]{60,300}"),
    TokenFormat("atlassian-token", "ATBB", f"{_ALNUM}{{32}}"),
    TokenFormat("npm-token", "npm_", f"{_ALNUM}{{36}}"),
    *_each("pypi-token", "pypi-AgEIcHlwaS5vcmc pypi-AgENdGVzdC5weXBpLm9yZw", f"{_WORD}{{50,1000}}"),
    TokenFormat("rubygems-token", "rubygems_", f"{_HEX}{{48}}"),
    TokenFormat("crates-token", "cio", f"{_ALNUM}{{32}}"),
    TokenFormat("nuget-token", "oy2", r"[a-z0-9]{43}"),
    TokenFormat("clojars-token", "CLOJARS_", r"[a-z0-9]{60}"),
    *_each("docker-token", "dckr_pat_ dckr_oat_", f"{_WORD}{{27,64}}"),
    *_each("artifactory-token", "AKCp", f"{_ALNUM}{{69}}"),
    *_each("artifactory-token", "cmVmdGtu", f"{_ALNUM}{{56}}"),
    *_each("sonar-token", "sqp_ squ_ sqa_", f"{_HEX}{{40}}"),
)

SERVICES: tuple[TokenFormat, ...] = (
    *_each("slack-token", "xoxb- xoxp- xoxa- xoxr- xoxs- xoxe- xoxe.xoxp- xapp-", r"[A-Za-z0-9-]{20,250}"),
    TokenFormat(
        "slack-webhook", "hooks.slack.com/services/", r"T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{20,30}"
    ),
    TokenFormat("teams-webhook", ".webhook.office.com/webhookb2/", r"[A-Za-z0-9@/-]{80,220}"),
    *_each(
        "discord-webhook",
        "discord.com/api/webhooks/ discordapp.com/api/webhooks/",
        r"[0-9]{17,20}/[A-Za-z0-9_-]{60,80}",
    ),
    *_each("stripe-key", "sk_live_ rk_live_", f"{_ALNUM}{{24,247}}"),
    TokenFormat("webhook-secret", "whsec_", r"[A-Za-z0-9+/=]{32,88}"),
    TokenFormat("twilio-key", "SK", f"{_HEX}{{32}}"),
    TokenFormat("sendgrid-key", "SG.", rf"{_WORD}{{22}}\.{_WORD}{{43}}"),
    TokenFormat("mailgun-key", "key-", f"{_HEX}{{32}}"),
    TokenFormat("mailchimp-key", "-us", r"[0-9]{1,2}", _HEX, (32, 32)),
    TokenFormat("telegram-token", ":AA", f"{_WORD}{{33}}", "[0-9]", (8, 10)),
    *_each("shopify-token", "shpat_ shpca_ shppa_ shpss_", r"[0-9A-Fa-f]{32}"),
    *_each("square-token", "sq0atp- sq0csp-", f"{_WORD}{{22,43}}"),
    TokenFormat("braintree-token", "access_token$production$", rf"[0-9a-z]{{16}}\${_HEX}{{32}}"),
    *_each("grafana-token", "glsa_ glc_", r"[A-Za-z0-9_+/=]{40,400}"),
    *_each("newrelic-key", "NRAK- NRSP-", f"{_ALNUM}{{27,40}}"),
    *_each("sentry-token", "sntrys_ sntryu_", r"[A-Za-z0-9_+/=]{40,300}"),
    TokenFormat("postman-key", "PMAK-", f"{_HEX}{{24}}-{_HEX}{{34}}"),
    TokenFormat("linear-key", "lin_api_", f"{_ALNUM}{{40}}"),
    TokenFormat("notion-token", "ntn_", f"{_ALNUM}{{43,50}}"),
    TokenFormat("figma-token", "figd_", f"{_WORD}{{38,50}}"),
    TokenFormat("dynatrace-token", "dt0c01.", r"[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    TokenFormat("huggingface-token", "hf_", f"{_ALNUM}{{34,40}}"),
    *_each("model-api-key", "sk-proj- sk-svcacct- sk-admin- sk-or-v1-", f"{_WORD}{{40,220}}"),
    TokenFormat("model-api-key", "sk-", f"{_WORD}{{17,90}}?T3BlbkFJ{_WORD}{{20,80}}"),
    TokenFormat("model-api-key", "sk-ant-", r"[a-z]{2,10}[0-9]{2}-[A-Za-z0-9_-]{80,120}"),
    *_each("model-api-key", "gsk_", f"{_ALNUM}{{52}}"),
    *_each("model-api-key", "r8_", f"{_ALNUM}{{37}}"),
    TokenFormat("age-secret-key", "AGE-SECRET-KEY-1", r"[0-9A-Z]{58}"),
    TokenFormat("jwt", "eyJ", rf"{_WORD}{{10,2000}}+\.eyJ{_WORD}{{10,6000}}+\.{_WORD}{{20,1400}}+"),
)

FORMATS = CLOUD + FORGES_AND_REGISTRIES + SERVICES
