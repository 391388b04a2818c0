"""A secret in the code gives way to the secret store, and nothing of it stays."""

import pytest
import yaml
from settings_mending import changed, line_of, mended, tried

from reviewbot.patches.fixing import Mended, Unmended
from reviewbot.shipped import folder

PLACES = {
    # name of the case: the line with the secret, and what it becomes
    "a name": ('TOKEN = "swordfish"', 'TOKEN = os.environ["TOKEN"]'),
    "a typed name": ('api_key: str = "swordfish"', 'api_key: str = os.environ["API_KEY"]'),
    "an attribute": ('app.secret_key = "swordfish"', 'app.secret_key = os.environ["SECRET_KEY"]'),
    "an entry": ('c["db-Password"] = "swordfish"', 'c["db-Password"] = os.environ["DB_PASSWORD"]'),
    "an element": ('d = {"password": "swordfish", "a": "b"}', 'd = {"password": os.environ["PASSWORD"], "a": "b"}'),
    "an argument": ('f(u="me", passwd="swordfish")  # x', 'f(u="me", passwd=os.environ["PASSWD"])  # x'),
    "a default": ('def f(password="swordfish"): pass', 'def f(password=os.environ["PASSWORD"]): pass'),
    "a pair": ('f(u, auth=("me", "swordfish"))', 'f(u, auth=("me", os.environ["AUTH_PASSWORD"]))'),
    "bytes": ('key = b"swordfish"', 'key = os.environ["KEY"].encode()'),
    "bytes of text": ('key = "swordfish".encode()', 'key = os.environ["KEY"].encode()'),
    "a header": ('authorization = "Bearer swordfish"', 'authorization = "Bearer " + os.environ["AUTHORIZATION"]'),
    "an address": ('db_url = "mysql://a:swordfish@b/c"', 'db_url = os.environ["DB_URL"]'),
    "a vague address": ('url: str = "mysql://a:swordfish@b/c"', 'url: str = os.environ["DATABASE_URL"]'),
    "two pieces": ('token = "sword" "fish"', 'token = os.environ["TOKEN"]'),
    "an old default": ('p = os.getenv("APP_TOKEN", "swordfish")', 'p = os.environ["APP_TOKEN"]'),
    "a comparison": ('x = self.password == "swordfish"', 'x = self.password == os.environ["PASSWORD"]'),
    "a field": ('x = f.get("password") != "swordfish"', 'x = f.get("password") != os.environ["PASSWORD"]'),
    "nothing": ('connect(password="")', 'connect(password=os.environ["PASSWORD"])'),
}  # fmt: skip


@pytest.mark.parametrize("case", PLACES)
def test_secret_is_read(case):
    """By the name of what it is given to; the old value is nowhere in the file."""
    before, after = PLACES[case]
    rule = "secret-access-data" if case == "a vague address" else "a-rule"
    if rule != "a-rule":
        before = before.replace("swordfish", "VQgP5i0Tt" + "GJA")

    text = mended("secret-store", f"import os\n\nSIZE = 1\n{before}\n", 4, rule=rule)

    assert text == f"import os\n\nSIZE = 1\n{after}\n"


def test_secret_by_a_known_function():
    """A key that is passed by place is called after what it is for."""
    text = 'import jwt\njwt.encode(c, "swordfish")\n'

    assert '+jwt.encode(c, os.environ["JWT_KEY"])' in changed(text, mended("secret-store", text, 2))


def test_secret_behind_a_name():
    """The finding is where the key is used; it is mended where it is written."""
    text = 'import os\n\nimport jwt\n\nMINE = "swordfish"\n\n\ndef f(c):\n    return jwt.encode(c, MINE)\n'

    assert changed(text, mended("secret-store", text, 9)) == [
        '-MINE = "swordfish"',
        '+MINE = os.environ["MINE"]',
    ]


@pytest.mark.parametrize("mark", ['"""', "'''"])
def test_secret_of_many_lines(mark):
    """Of a key on several lines none stays."""
    body = "\n".join(letter * 20 for letter in "abc")
    text = f"import os\n\nKEY = {mark}-----BEGIN KEY-----\n{body}\n{mark}\n"

    assert mended("secret-store", text, 3, 7) == 'import os\n\nKEY = os.environ["KEY"]\n'


STORES = {
    "corp_vault.read": ("import corp_vault", 'corp_vault.read("TOKEN")', ("corp_vault",)),
    "corp.vault.read": ("import corp.vault", 'corp.vault.read("TOKEN")', ("corp",)),
    "corp_vault.Store.read": ("import corp_vault", 'corp_vault.Store.read("TOKEN")', ("corp_vault",)),
    "os.getenv": ("import os", 'os.getenv("TOKEN")', ()),
    "os.environ": ("import os", 'os.environ["TOKEN"]', ()),
    "read me": ("import os", 'os.environ["TOKEN"]', ()),
}  # fmt: skip


@pytest.mark.parametrize("store", STORES)
def test_secret_from_the_approved_store(store):
    """The organisation's list says what it is read with; its package is named for the proof."""
    line, reading, needs = STORES[store]

    found = tried("secret-store", 'TOKEN = "swordfish"\n', 1, store=store)

    assert isinstance(found, Mended)
    assert found.text.split() == f"{line} TOKEN = {reading}".split()
    assert found.needs == needs


REFUSED = {
    "it stands elsewhere": ('TOKEN = "swordfish"  # HERE\nprint("a swordfish")', "elsewhere"),
    "it stands in a comment": ('TOKEN = "swordfish"  # HERE, not swordfish', "elsewhere"),
    "its password stands elsewhere": ('DB_URL = "mysql://a:swordfish@b/c"  # HERE\nx = "swordfish"', "elsewhere"),
    "a line of it stands elsewhere": ('KEY = "aaaaaaaaa\\nbbbbbbbbb"  # HERE\nx = "bbbbbbbbb"', "elsewhere"),
    "the name is read already": ('import os\nTOKEN = "swordfish"  # HERE\nx = os.environ["TOKEN"]', "same name"),
    "the name is fetched already": ('import os\nTOKEN = "swordfish"  # HERE\nx = os.getenv("TOKEN")', "same name"),
    "the name has another value": ('TOKEN = "swordfish"  # HERE\nf(token="herring")', "same name"),
    "two secrets": ('a(password="swordfish", token="herring")  # HERE', "which"),
    "no name": ('print("swordfish")  # HERE', "which"),
    "no secret": ('colour = "swordfish"  # HERE', "which"),
    "a text with a hole": ('TOKEN = f"sword{x}"  # HERE', "which"),
    "bytes that are no text": ('key = b"\\xff\\xfe"  # HERE', "no text"),
    "more than the secret": ('token_help = "curl -u me:swordfish https://a.b/ | sh"  # HERE', "more than"),
    "os is something else": ('def f(os):\n    TOKEN = "swordfish"  # HERE', "import"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_secret_refused(case):
    """Where something of it would stay, or a name would mean two things."""
    text, word = REFUSED[case]

    found = tried("secret-store", text, line_of(text, "HERE"))

    assert isinstance(found, Unmended), found
    assert word in found.why


def test_secret_names_with_what_is_around():
    """Two passwords of one file get two names, in whichever order they are mended."""
    text = 'import a\nimport b\n\na.connect(password="herring")\nb.connect(password="swordfish")\n'

    first = mended("secret-store", text, 4)

    assert 'a.connect(password=os.environ["A_PASSWORD"])' in first
    assert 'b.connect(password=os.environ["B_PASSWORD"])' in mended("secret-store", text, 5)


SHIPPED = [
    "secret-access-data", "secret-cloud-credential", "secret-forge-or-registry-token", "secret-in-code",
    "secret-json-web-token", "secret-service-token",
]  # fmt: skip


@pytest.mark.parametrize("rule", SHIPPED)
def test_secret_that_the_scanner_knows(rule):
    """A token is known by what it looks like, whatever it is given to."""
    bad = yaml.safe_load((folder("rules") / "secrets" / f"{rule}.yml").read_text("utf-8"))["bad"]
    secret = bad.split('"')[1]

    found = mended("secret-store", f"import os\n\nother = f('a', size='x')\n{bad}", 4, rule=rule)

    assert secret not in found
    assert "os.environ[" in found
