"""Texts with a secret of every kind, put together at run time: no file of ours holds one."""

import base64
import random
import string
from collections.abc import Iterator

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + "234567"
TOKEN = "ghp" + chr(95) + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ2bC4dF6gH8"
DJANGO = string.ascii_lowercase + string.digits + "!@#%^&*(-_=+)"
_LOWER = string.ascii_lowercase + string.digits


def seeds(seed: int = 7) -> Iterator[tuple[str, str, str]]:
    """Each kind with a text that holds it and the secret itself; several for some kinds."""
    yield from _tokens(random.Random(seed))
    yield from _with_context(random.Random(seed + 1))


def _tokens(chance: random.Random) -> Iterator[tuple[str, str, str]]:
    def r(length: int, letters: str = ALNUM) -> str:
        return "".join(chance.choice(letters) for _ in range(length))

    table = [
        *(("aws-access-key", p + r(16, UPPER)) for p in ("AK" + "IA", "AS" + "IA")),
        ("gcp-api-key", "AI" + "za" + r(35)),
        ("gcp-oauth-secret", "GOCS" + "PX-" + r(28)),
        ("gcp-oauth-token", "ya" + "29." + r(60)),
        ("azure-client-secret", r(3) + "8" + "Q" + "~" + r(34)),
        ("azure-devops-token", r(76) + "AZ" + "DO" + r(4)),
        ("azure-storage-key", "Account" + "Key=" + r(86) + "=="),
        ("alibaba-access-key", "LT" + "AI" + r(20)),
        ("tencent-secret-id", "AK" + "ID" + r(32)),
        ("digitalocean-token", "dop" + "_v1_" + r(64, HEX)),
        ("heroku-key", "HRKU" + "-AA" + r(58)),
        ("databricks-token", "da" + "pi" + r(32, HEX)),
        ("vault-token", "hv" + "s." + r(90)),
        ("terraform-token", r(14) + ".atlas" + "v1." + r(64)),
        ("pulumi-token", "pu" + "l-" + r(40, HEX)),
        ("doppler-token", "dp" + ".pt." + r(43)),
        ("planetscale-token", "pscale" + "_tkn_" + r(43)),
        *(
            ("github-token", p + r(36))
            for p in ("gh" + "p_", "gh" + "o_", "gh" + "s_", "gh" + "u_", "gh" + "r_")
        ),
        ("github-token", "github" + "_pat_" + r(22) + "_" + r(59)),
        *(
            ("gitlab-token", "gl" + p + r(20))
            for p in ("pat-", "dt-", "rt-", "cbt-", "ptt-", "ft-", "agent-")
        ),
        ("gitlab-token", "GR13" + "48941" + r(20)),
        ("atlassian-token", "ATA" + "TT3" + r(180)),
        ("atlassian-token", "AT" + "BB" + r(32)),
        ("npm-token", "np" + "m_" + r(36)),
        ("pypi-token", "py" + "pi-AgEIcHlwaS5vcmc" + r(70)),
        ("rubygems-token", "ruby" + "gems_" + r(48, HEX)),
        ("crates-token", "ci" + "o" + r(32)),
        ("nuget-token", "oy" + "2" + r(43, _LOWER)),
        ("clojars-token", "CLO" + "JARS_" + r(60, _LOWER)),
        ("docker-token", "dckr" + "_pat_" + r(27)),
        ("artifactory-token", "AK" + "Cp" + r(69)),
        ("artifactory-token", "cmVm" + "dGtu" + r(56)),
        ("model-api-key", "r" + "8_" + r(37)),
        ("sonar-token", "sq" + "p_" + r(40, HEX)),
        ("slack-token", "xo" + "xb-" + r(12, string.digits) + "-" + r(24)),
        ("slack-webhook", "hooks." + "slack.com/services/T" + r(9, UPPER) + "/B" + r(9, UPPER) + "/" + r(24)),
        (
            "teams-webhook",
            ".webhook" + ".office.com/webhookb2/" + r(36) + "@" + r(36) + "/IncomingWebhook/" + r(32),
        ),
        ("discord-webhook", "discord" + ".com/api/webhooks/" + r(18, string.digits) + "/" + r(68)),
        ("stripe-key", "sk" + "_live_" + r(24)),
        ("stripe-key", "rk" + "_live_" + r(99)),
        ("webhook-secret", "wh" + "sec_" + r(32)),
        ("twilio-key", "S" + "K" + r(32, HEX)),
        ("sendgrid-key", "S" + "G." + r(22) + "." + r(43)),
        ("mailgun-key", "ke" + "y-" + r(32, HEX)),
        ("mailchimp-key", r(32, HEX) + "-" + "us12"),
        ("telegram-token", r(9, string.digits) + ":" + "AA" + r(33)),
        ("shopify-token", "shp" + "at_" + r(32, HEX)),
        ("square-token", "sq0" + "atp-" + r(22)),
        ("braintree-token", "access_token" + "$production$" + r(16, _LOWER) + "$" + r(32, HEX)),
        ("grafana-token", "gl" + "sa_" + r(32) + "_" + r(8, HEX)),
        ("newrelic-key", "NR" + "AK-" + r(27, UPPER)),
        ("sentry-token", "sntr" + "yu_" + r(64, HEX)),
        ("postman-key", "PM" + "AK-" + r(24, HEX) + "-" + r(34, HEX)),
        ("linear-key", "lin" + "_api_" + r(40)),
        ("notion-token", "nt" + "n_" + r(46)),
        ("figma-token", "fi" + "gd_" + r(40)),
        ("dynatrace-token", "dt0" + "c01." + r(24, UPPER) + "." + r(64, UPPER)),
        ("huggingface-token", "h" + "f_" + r(34, string.ascii_letters)),
        ("model-api-key", "sk" + "-proj-" + r(60)),
        ("model-api-key", "sk" + "-" + r(20) + "T3Bl" + "bkFJ" + r(20)),
        ("model-api-key", "sk" + "-ant-" + "api03-" + r(93) + "AA"),
        ("model-api-key", "gs" + "k_" + r(52)),
        ("age-secret-key", "AGE-SECRET" + "-KEY-1" + r(58, UPPER)),
        ("jwt", "ey" + "J" + r(30) + ".ey" + "J" + r(80) + "." + r(43)),
    ]
    for kind, token in table:
        yield kind, f'first = 1\nvalue = "{token}"\nlast = 3\n', token


def _with_context(chance: random.Random) -> Iterator[tuple[str, str, str]]:
    def r(length: int, letters: str = ALNUM) -> str:
        return "".join(chance.choice(letters) for _ in range(length))

    def b64(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    word = r(12) + "9" + r(2)
    lines = "\n".join(r(64) for _ in range(6))
    begin, end = "-----BEGIN ", "-----END "
    table = [
        ("aws-secret-key", "aws_secret_access_key = {}", r(40)),
        ("aws-secret-key", '"SecretAccessKey": "{}"', r(40)),
        ("aws-secret-key", "aws_secret_key={}", r(40)),
        ("connection-string", "Host=db;Uid=sa;Pwd={};", word),
        ("azure-storage-key", '"accountKey": "{}"', r(86) + "=="),
        (
            "azure-sas",
            "https://a.blob.core.windows.net/c?sv=2024-11-04&se=2030-01-01&sp=r&sig={}",
            r(43) + "%3D",
        ),
        ("url-password", "postgres://shop:{}@db.internal:5432/shop", word),
        ("url-password", "redis://:{}@cache.internal/0", word),
        ("url-password", "git clone https://bot:{}@git.internal/a.git", word),
        ("authorization", "Authorization: Bearer {}", r(40)),
        ("authorization", "headers = {{'Authorization': 'Basic {}'}}", b64("bob:" + word)),
        ("connection-string", "Server=db;Database=shop;User Id=sa;Password={};", word),
        ("npmrc-token", "//registry.internal/:_authToken={}", r(36)),
        ("npmrc-token", "_auth = {}", b64("bob:" + word)),
        ("netrc-password", "machine git.internal\nlogin bob\npassword {}\n", word),
        ("docker-auth", '{{"auths": {{"r.internal": {{"auth": "{}"}}}}}}', b64("bob:" + word)),
        ("kube-credential", "    client-key-data: {}", r(400)),
        ("curl-password", "curl -u bob:{} https://git.internal", word),
        ("password-hash", "bob:{}", "$apr1$" + r(8) + "$" + r(22)),
        ("password-hash", "bob:{}", "$2y$" + "10$" + r(53)),
        ("password-hash", "root:{}:19000:0:99999:7:::", "$6$" + r(8) + "$" + r(86)),
        ("wireguard-key", "PrivateKey = {}", r(43) + "="),
        ("password-hash", "INSERT INTO users VALUES (1, 'bob', '{}');", "$2y$" + "12$" + r(53)),
        ("password-hash", "  (2, 'eve', '{}', 0),", "$2b$" + "12$" + r(53)),
        ("password-hash", "7\tbob\t{}\t2024-01-01", "$2b$" + "12$" + r(53)),
        ("password-hash", '"password": "{}",', "pbkdf2_sha256" + "$600000$" + r(22) + "$" + r(43) + "="),
        ("password-hash", "password: {}", "$argon2id" + "$v=19$m=65536,t=3,p=4$" + r(22) + "$" + r(43)),
        ("password-hash", "    password: '{}'", "$6$" + r(8) + "$" + r(86)),
        ("password-hash", "bob:{}:19000:0:99999:7:::", "$1$" + r(8) + "$" + r(22)),
        ("password-hash", "bob:{}:19000:0:99999:7:::", "$5$" + r(8) + "$" + r(43)),
        ("password-hash", "bob:{}:19000:0:99999:7:::", "$y$" + "j9T$" + r(22) + "$" + r(43)),
        ("password-hash", "bob:{}", "{" + "SHA}" + r(27) + "="),
        ("password-hash", "bob:{}", "{" + "SSHA}" + r(38) + "=="),
        ("stored-password", "db.internal:5432:shop:bob:{}", word),
        ("stored-password", "*:*:*:bob:{}", word),
        ("stored-password", '<Pass encoding="base64">{}</Pass>', b64(word)),
        ("stored-password", "account work\nhost mail.internal\nuser bob\npassword {}\n", word),
        ("stored-password", "CREATE USER 'bob'@'%' IDENTIFIED BY '{}';", word),
        ("stored-password", "ALTER ROLE bob WITH LOGIN PASSWORD '{}';", word),
        ("stored-password", "sshpass -p {} ssh bob@host.internal", word),
        ("stored-password", "conn.login('bob@shop.internal', '{}', done)", word),
        (
            "browser-login",
            '"encryptedPassword":"{}",',
            "MDoE" + "EPg" + "A" * 19 + "EwFAYIKoZIhvcNAwcECB" + r(38),
        ),
        (
            "browser-login",
            '"encryptedUsername": "{}",',
            "MDIE" + "EPg" + "A" * 19 + "EwFAYIKoZIhvcNAwcECB" + r(22) + "==",
        ),
        ("framework-key", "APP_KEY=base64:{}", r(43) + "="),
        ("framework-key", "define( 'LOGGED_IN_KEY',    '{}' );", r(20) + "(]>|" + r(20) + " {~" + r(18)),
        (
            "generic-secret",
            "SECRET_KEY = '{}'",
            "7(" + r(9, DJANGO) + "e)4!" + r(9, DJANGO) + "=w2^" + r(9, DJANGO) + "-z@",
        ),
        ("generic-secret", "secret_key = {}  # of the staging account", r(25) + "4"),
        ("generic-password", "AdminPassword={}", word),
        (
            "generic-password",
            'host: x\n"host": "a.internal", "user": "bob", "passphrase": "{}"',
            "swordfishes",
        ),
        ("generic-password", "define( 'DB_PASSWORD', '{}' );", word),
        ("url-password", "git clone https://bob@shop.internal:{}@git.internal/a.git", word),
        ("twilio-auth-token", "TWILIO_AUTH_TOKEN={}", r(32, HEX)),
        ("generic-password", 'db_password = "{}"', word),
        ("generic-password", "password: str = '{}'", word + "!"),
        ("generic-password", '"password": "{}",', word),
        ("generic-password", "DB_PASSWORD={}", word),
        ("generic-password", "ENV DB_PASSWORD {}", word + "7"),
        ("generic-password", "<password>{}</password>", word + "4"),
        ("generic-password", 'os.environ.get("DB_PASSWORD", "{}")', word),
        ("generic-password", "connect(host, password='{}')", word),
        ("generic-password", "dbPass: '{}'", word + "9"),
        ("generic-secret", 'api_key = "{}"', r(31) + "4"),
        ("generic-secret", 'CLIENT_SECRET: "{}"', r(31) + "4"),
        ("generic-secret", "SESSION_TOKEN={}", r(31) + "4"),
        ("generic-secret", "const apiKey = `{}`;", r(31) + "4"),
        ("private-key", begin + "RSA PRIVATE KEY-----\n{}\n" + end + "RSA PRIVATE KEY-----", lines),
        ("private-key", begin + "OPENSSH PRIVATE KEY-----\n{}\n" + end + "OPENSSH PRIVATE KEY-----", lines),
        ("private-key", "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 6\n{}\nPrivate-MAC: 00\n", lines),
        (
            "gcp-service-account-key",
            '{{"type": "service_account", "private_key": "'
            + begin
            + "PRIVATE KEY-----\\n{}\\n"
            + end
            + 'PRIVATE KEY-----\\n"}}',
            lines.replace("\n", "\\n"),
        ),
    ]
    for kind, shape, secret in table:
        yield kind, shape.format(secret) + "\n", secret
