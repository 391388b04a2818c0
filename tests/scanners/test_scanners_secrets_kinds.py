"""The secret detector: every kind is found, what only looks like a secret is not, and time is linear."""

import base64
import random
import time
import uuid
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from secret_seeds import ALNUM, HEX, TOKEN, UPPER, seeds

from reviewbot.domain import secret_kinds
from reviewbot.domain.secret import Mask, Secret
from reviewbot.domain.secret_contexts import CONTEXTS
from reviewbot.domain.secret_formats import FORMATS
from reviewbot.domain.secret_kinds import KINDS, find_secrets
from reviewbot.shipped import folder

SEEDS = sorted(set(seeds()))
WORD = "hunter2" + "!x"
BEGIN = "-----BEGIN "
END = "-----END "
CHANCE = random.Random(3)


def kinds(text):
    return [match.kind for match in find_secrets(text)]


def some(length, letters=ALNUM):
    return "".join(CHANCE.choice(letters) for _ in range(length))


def masked(text):
    mask = Mask.of(Secret(match.kind, value) for match in find_secrets(text) for value in match.values)
    return mask.hide(text)


@pytest.mark.parametrize(("kind", "text", "secret"), SEEDS, ids=[f"{s[0]}-{n}" for n, s in enumerate(SEEDS)])
def test_every_kind_is_found_and_masked(kind, text, secret):
    """A seeded secret is found once, under its kind, and masking its values leaves no piece of it."""
    assert kinds(text) == [kind]
    hidden = masked(text)
    marker = 20  # a storage key's own label may stay
    assert not any(secret[at : at + 8] in hidden for at in range(marker, len(secret) - 8))


def test_every_kind_has_a_seed():
    """No format goes untested, and there are at least sixty shapes."""
    assert {kind for kind, _, _ in SEEDS} == set(KINDS)
    assert len(SEEDS) >= 60


def _with_marker(form):
    """Give a seed of the same shape with this format's marker in it, as (text, secret)."""
    for kind, text, secret in SEEDS:
        for other in FORMATS:
            same = kind == other.kind == form.kind and (other.tail, other.head) == (form.tail, form.head)
            if same and other.marker in secret and other.pattern.search(text):
                token = secret.replace(other.marker, form.marker, 1)
                return text.replace(secret, token), token
    raise AssertionError(f"no seed has the shape of {form}")


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: f"{form.kind}-{form.marker}")
def test_every_marker_is_found(form):
    """No marker of a format goes untested: each is found under its kind, whatever the kind's other markers are."""
    text, _ = _with_marker(form)

    assert kinds(text) == [form.kind]


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda context: f"{context.kind}-{context.cue.strip()}")
def test_every_context_has_a_seed(context):
    """For each row of the tables of syntax there is a seed that this row finds."""

    def found(text):
        low = text.lower()
        cues = [at for at in range(len(text)) if low.startswith(context.cue, at)]
        matches = (context.pattern.match(text, at) for at in cues)
        return any(match is not None and context.accept(match) for match in matches)

    assert any(kind == context.kind and found(text) for kind, text, _ in SEEDS)


def test_seeds_do_not_depend_on_luck():
    """Other random characters are found just as well."""
    missed = [(kind, text) for n in range(20, 26) for kind, text, _ in seeds(n) if kinds(text) != [kind]]

    assert missed == []


SPELLINGS = {
    "base64": f"  key: {base64.b64encode(TOKEN.encode()).decode()}",
    "hex": f'x = "{TOKEN.encode().hex()}"',
    "joined": f'x = "{TOKEN[:12]}" + "{TOKEN[12:25]}" + "{TOKEN[25:]}"',
    "implicit": f"x = '{TOKEN[:12]}' '{TOKEN[12:]}'",
    "continued": f'x = ("{TOKEN[:12]}"\n     "{TOKEN[12:]}")',
    "after an escape": f'"a\\n{TOKEN}\\n"',
    "in an address": f"https://h/?t%3D{TOKEN}&x=1",
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_other_spellings_of_a_token(name):
    """One layer of base64, hexadecimal, joining or escaping does not hide a token, and all of it is masked."""
    text = SPELLINGS[name]
    values = [value for match in find_secrets(text) for value in match.values]

    assert kinds(text) == ["github-token"]
    assert values
    assert not any(value in masked(text) for value in values)


NOT_SECRETS = {
    "uuid": "\n".join(f'id = "{uuid.UUID(int=CHANCE.getrandbits(128))}"' for _ in range(200)),
    "git hashes": "\n".join(f"{some(40, HEX)} refs/heads/{some(8)}" for _ in range(200)),
    "requirements": "\n".join(f"    --hash=sha256:{some(64, HEX)} \\" for _ in range(200)),
    "npm lock": "\n".join(f'"integrity": "sha512-{some(86)}==",' for _ in range(200)),
    "yarn lock": "\n".join(f'resolved "https://r.internal/a/-/a-1.0.tgz#{some(40, HEX)}"' for _ in range(200)),
    "go.sum": "\n".join(f"example.com/a v1.2.3/go.mod h1:{some(43)}=" for _ in range(200)),
    "image": "src='data:image/png;base64," + base64.b64encode(CHANCE.randbytes(60_000)).decode() + "'",
    "minified": "!function(e,t){" + "".join(f"var {some(2)}={some(1)}.{some(6)};" for _ in range(5000)) + "}",
    "certificate": BEGIN + "CERTIFICATE-----\n" + "\n".join(some(64) for _ in range(20)) + "\n" + END + "CERTIFICATE-----",
    "public key": BEGIN + "PUBLIC KEY-----\n" + some(64) + "\n" + END + "PUBLIC KEY-----\nssh-ed25519 AAAA" + some(64),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_SECRETS)
def test_random_looking_text_is_not_secret(name):
    """Identifiers, digests, lock files, images and public keys are no secrets."""
    assert find_secrets(NOT_SECRETS[name]) == ()


@pytest.mark.parametrize(
    "line",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        'password = ""',
        'password = "changeme"',
        'password = "xxxxxxxxxx"',
        'password = "********"',
        'password = "<your password>"',
        'password = "your-password-here"',
        'password = "${DB_PASSWORD}"',
        'password = "{{ db_password }}"',
        'password = os.environ["DB_PASSWORD"]',
        "password = getpass.getpass()",
        "password: str = Field(...)",
        "password: process.env.DB_PASSWORD,",
        'password = "%s" % value',
        "password = form.password.data",
        'password_field = "user-password-2"',
        'token_url = "https://login.internal/oauth2/v2/token"',
        'token_type = "Bearer1234567890abc"',
        'secret_name = "prod/db/primary-1"',
        'max_tokens = "128000abcdefgh1"',
        'tokenizer = "cl100k_base_v2_large"',
        'compass = "n0rth-3ast!"',
        'label = "Password:"',
        'csrf_token = "test-token-12345678"',
        'api_key = "test_key_1234567890"',
        'password = "test1234!"',
        "export TOKEN=$(cat /run/token)",
        "TOKEN=${{ secrets.TOKEN }}",
        "DB_PASSWORD=",
        "PASSWORD_FILE=/run/secrets/db_password1",
        "postgres://user:password@localhost/db",
        "postgres://app:${DB_PASSWORD}@db/app",
        "postgres://postgres:postgres@db/app",
        "http://localhost:8080/@scope/name",
        "git@git.internal:group/name.git",
        "Authorization: Bearer <token>",
        "Authorization: Bearer ${TOKEN}",
        'headers["Authorization"] = f"Bearer {token}"',
        f'if "{BEGIN}PRIVATE KEY-----" in text:',
        f"{BEGIN}PRIVATE KEY-----\n...\n{END}PRIVATE KEY-----",
        "//registry.internal/:_authToken=${NPM_TOKEN}",
        'CONTEXT = CryptContext(schemes=["bcrypt"], default="bcrypt")',
        "ghp_" + "x" * 36,
        "ghp_" + "1234567890" * 3 + "123456",
        "MovedAttribute('HTTPPasswordMgr', 'urllib2', 'urllib.request')",
        "def test_password_reset_v2(client):",
        'message = "Your password was changed on 2024-01-01"',
        'secret = "projects/acme/secrets/db/versions/3"',
        "`Again:      password:         `",
        'password = "[-!#$%&0-9a-zA-Z]+"',
        'token = r"(?:[A-Za-z0-9_~.-]+/)*[a-z0-9]{8,40}=?#x!"',
        "mysql://scott:tiger@localhost/shop",
        "redis://:bosco@127.0.0.1:6379/0",
        "amqp://guest:mypass@broker.example.com//",
        "https://user@shop.internal:8443@proxy.internal/",
        "src/query.c:5432:12:expected:expression",
        "machine git.internal login bob password <password>",
        '<Pass encoding="base64">cGFzc3dvcmQ=</Pass>',
        "\npassword reset\n",
        "account work\nhost a.internal\nuser bob\npassword ${PASSWORD}\n",
        "CREATE USER 'bob' IDENTIFIED BY 'password';",
        "SELECT 'the password ' || 'hunter2!x'",
        "sshpass -p $PASSWORD ssh a",
        "client.login('bob@shop.internal', password)",
        "client.login('bob', 'some-word-9')",
        "APP_KEY=base64:",
        "define('AUTH_KEY',         'put your unique phrase here and then some more');",
        '{"encryptedPassword": "column"}',
        "parser.add('$2b$12$', \"$2a$10$\")",
        'HASH = "$2b$12$" + "x" * 53',
        '{"host": "a.internal", "user": "bob", "password": "password"}',
        '{"password": "swordfish"}',
        'label = {"host": "a.internal", "user": "bob", "password_hint": "swordfish"}',
        "resetPassword = 'n0rth-3ast!'",
        "Max_Token = '128000abcdefgh1'",
    ],
)
def test_placeholders_and_references_are_not_secrets(line):
    """Holes, references, names, sentences and published examples are no secrets."""
    assert find_secrets(line) == ()


def test_lines_are_counted_at_newlines_only():
    """A lone CR, a form feed and U+2028 do not start a line."""
    text = "a\r" + chr(12) + chr(0x2028) + chr(0x85) + f"b\n\n{TOKEN}\n"

    assert [(match.line, match.last_line) for match in find_secrets(text)] == [(3, 3)]


def test_characters_that_grow_in_lower_case():
    """A capital dotted I, which is longer in lower case, moves nothing."""
    found = find_secrets(chr(0x130) * 50 + f'\npassword = "{WORD}"\n')

    assert [(match.line, match.values) for match in found] == [(2, (WORD,))]


def test_a_private_key_is_hidden_line_by_line():
    """Each line of a key's body is a value of its own, the last short one too; the block is one match."""
    body = [some(64), some(64), some(21) + "==="]
    text = "x\n" + BEGIN + "EC PRIVATE KEY-----\n" + "\n".join(body) + "\n" + END + "EC PRIVATE KEY-----\n"

    assert [(m.line, m.last_line, m.values) for m in find_secrets(text)] == [(2, 6, tuple(body))]


def test_a_key_that_is_cut_off_is_still_a_key():
    """A block without its end is found, and its values stop where the base64 stops."""
    body = [some(64), some(64)]
    found = find_secrets(BEGIN + "PRIVATE KEY-----\n" + "\n".join(body) + "\n\nimport os\nprint('x')\n")

    assert [match.values for match in found] == [tuple(body)]


def test_the_surer_way_wins():
    """A token with a known format is reported as such though its name tells as well."""
    assert kinds(f'github_token = "{TOKEN}"') == ["github-token"]
    assert kinds(f"https://bot:{TOKEN}@git.internal/a.git") == ["github-token"]
    assert kinds(f'a = "{TOKEN}"; password = "{WORD}"') == ["github-token", "generic-password"]


def test_a_line_of_five_megabytes_is_searched_to_its_end():
    """Padding on the same line hides nothing."""
    padding = "var a=b.c;" * 500_000

    assert kinds(padding + f'"{TOKEN}"' + padding[:1000]) == ["github-token"]


HOSTILE = [
    "gh" + "p_", "eyJ", "eyJa.", "password = ", "password='", "pass", "pwd:", "a1", "Ab0/", '"a" + ', '"" ', "AZDO", ":AA1",
    BEGIN, BEGIN + "PRIVATE KEY-----", BEGIN + "PRIVATE KEY-----\n", "PuTTY-User-Key-File-2: a\nPrivate-Lines:",
    "://a:", "://", "sk-ant-", "sk-", "T3BlbkFJ", "sk-T3BlbkFJ", "sig=sv=20", "password=a;server=", "bearer ", "basic YTpi",
    "machine a login b password ", "_auth=", "AccountKey=", "twilio", "0", " -u a:", ":$6$", "Q~", "dp.pt.", "glpat-",
    "token: x[", "machine ", ":*:a:b:", ":5432:", "$2", "pbkdf2_sha256$a$", "\npassword a", ".login('a@b", "define('AUTH_KEY','",
    "define(", "identified by '", "password '", '"encryptedpassword":"MDoEEPgAAAAAAAAAAAAAAAAAA', '"host":"a","user":"b","password":"',
    "://a@b", "$argon2id$v=1$m=1,t=1,p=1$", "secret_key = a1b2c3d4e5f6 # ", "Admin", "token: x[", "-us", "xoxb-", '"auth":"', "\n", " ", "privatekey=", "hvs.", "SG.", "x" * 500 + "=", "client-key-data: ",
]  # fmt: skip


def seconds(text):
    best = 9.0
    for _ in range(3):
        began = time.process_time()
        find_secrets(text)
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.parametrize("unit", HOSTILE, ids=range(len(HOSTILE)))
def test_time_is_linear(unit):
    """Four times a hostile text takes about four times the time."""
    once = (unit * (20_000 // len(unit) + 1))[:20_000]

    assert seconds(once * 4) < 8 * seconds(once) + 0.05


def test_ordinary_text_is_quick():
    """Ten thousand lines of a program take well under a second."""
    source = Path(find_secrets.__code__.co_filename).read_text(encoding="utf-8")
    text = source * (400_000 // len(source))

    assert seconds(text) < 1.5


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text(before, after):
    """Any characters around it: the answer is stable, lines exist, values stand in the text."""
    text = f"{before} {TOKEN} {after}"
    found = find_secrets(text)

    assert found == find_secrets(text)
    for match in found:
        assert 1 <= match.line <= match.last_line <= text.count("\n") + 1
        assert all(value in text for value in match.values)
        assert match.kind in KINDS
    assert TOKEN not in masked(text)


def test_own_files_hold_no_secret():
    """The detector's own sources, its tests and the rule pack are clean."""
    tests = Path(__file__).parent
    domain = Path(secret_kinds.__file__).parent
    own = (
        domain.glob("secret*.py"),
        tests.glob("*secret*.py"),
    )
    files = [path for group in (*own, folder("rules").rglob("*")) for path in group if path.is_file()]

    found = {path.name: kinds(path.read_text(encoding="utf-8")) for path in files}

    assert {name: names for name, names in found.items() if names} == {}


def test_alphabet_of_aws():
    """An access key id has base32 characters only; others of that length are not taken for one."""
    assert kinds("AK" + "IA" + "0189" + some(12, UPPER)) == []
