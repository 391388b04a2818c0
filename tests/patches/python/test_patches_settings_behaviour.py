"""The mended code, run: it does what it did, and no longer what it should not."""

import hashlib
import hmac
import os
import random
import stat
import sys
from pathlib import Path

import pytest
from settings_mending import line_of, mended


def run(text, **given):
    """Run a file, and give its names."""
    names = dict(given)
    exec(compile(text, "shop.py", "exec"), names)  # the examples below are our own
    return names


SIGNED = """import hashlib
import hmac


def genuine(key: bytes, body: bytes, request) -> bool:
    given = request.headers.get("X-Signature")
    expected = hmac.new(key, body, hashlib.sha256).hexdigest()
    return expected == given
"""


class Sent:
    """A request with one header."""

    def __init__(self, **headers):
        self.headers = headers


@pytest.mark.parametrize(
    "given", [{}, {"X-Signature": ""}, {"X-Signature": "ä" * 64}, {"X-Signature": "0" * 64}]
)
def test_comparison_refuses_what_it_refused(given):
    """A header that is missing, or not ASCII, is no error: it does not fit, as before."""
    after = run(mended("constant-time", SIGNED, line_of(SIGNED, "==")))

    assert after["genuine"](b"k", b"b", Sent(**given)) is False


def test_comparison_accepts_what_it_accepted():
    """And the right signature fits."""
    after = run(mended("constant-time", SIGNED, line_of(SIGNED, "==")))
    right = hmac.new(b"k", b"b", hashlib.sha256).hexdigest()

    assert after["genuine"](b"k", b"b", Sent(**{"X-Signature": right})) is True


DRAWN = """import random
import string


def reset_token(size):
    token = "".join(random.choice(string.ascii_letters) for _ in range(size))
    return token


def pin():
    pin = random.randint(0, 9)
    return pin
"""


def test_drawn_values_cannot_be_repeated():
    """Whoever knows the state of the old generator knows nothing of the new values; they have the same shape."""
    before, after = run(DRAWN), run(mended("unguessable", DRAWN, line_of(DRAWN, "token =")))
    pins = run(mended("unguessable", DRAWN, line_of(DRAWN, "pin =")))

    def twice(make):
        random.seed(7)
        first = make()
        random.seed(7)
        return first, make()

    assert len(set(twice(lambda: before["reset_token"](40)))) == 1
    assert len(set(twice(lambda: after["reset_token"](40)))) == 2
    assert {len(one) for one in twice(lambda: after["reset_token"](40))} == {40}
    assert {pins["pin"]() for _ in range(400)} == set(range(10))


TEMPORARY = """import os
import tempfile


def keep(rows):
    name = tempfile.mktemp(".csv")
    with open(name, "w") as out:
        out.write(rows)
    return name


def keep_bytes(rows):
    with open(tempfile.mktemp(suffix=".bin"), "wb") as out:
        out.write(rows)
    return out.name
"""


@pytest.mark.parametrize(
    ("function", "end", "rows"), [("keep", ".csv", "a,b"), ("keep_bytes", ".bin", b"ab")]
)
def test_temporary_file_is_made_with_its_name(function, end, rows):
    """The file is there with what was written, under such a name, for its owner alone."""
    line = line_of(TEMPORARY, "name = " if function == "keep" else "suffix=")

    path = Path(run(mended("temporary-file", TEMPORARY, line))[function](rows))

    try:
        assert path.read_bytes() in (rows, str(rows).encode())
        assert path.suffix == end
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        path.unlink()


GUARD = """def delete(user, orders, number):
    # Only the shop's own people.
    assert user["staff"] or user["owner"], "staff only"  # really
    orders.remove(number)
"""


def test_guard_holds_without_asserts():
    """With `-O` the old check is gone, and the new one is not."""
    orders = [1]
    after = compile(mended("raised-check", GUARD, 3), "shop.py", "exec", optimize=1)
    names = {}
    exec(after, names)  # as above

    with pytest.raises(AssertionError, match="staff only"):
        names["delete"]({"staff": False, "owner": False}, orders, 1)
    names["delete"]({"staff": False, "owner": True}, orders, 1)
    assert orders == []


STORED = """import hashlib


def stored_form(password, salt):
    return hashlib.scrypt(password, salt=salt, n=1024, r=8, p=1)
"""


def test_rounds_that_the_machine_can_run():
    """The number that is advised fits into the memory that OpenSSL gives by itself."""
    kept = run(mended("more-rounds", STORED, 5))["stored_form"](b"p", b"s")

    assert kept == hashlib.scrypt(b"p", salt=b"s", n=2**14, r=8, p=1)


def test_secret_is_read_from_the_environment():
    """The program takes what stands there, and stops where nothing does."""
    text = mended("secret-store", 'def connect():\n    password = b"swordfish"\n    return password\n', 2)
    connect = run(text)["connect"]
    os.environ["PASSWORD"] = "herring"
    try:
        assert connect() == b"herring"
    finally:
        del os.environ["PASSWORD"]
    with pytest.raises(KeyError):
        connect()


CHECKED = """import ssl


def context():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def old():
    made = ssl.SSLContext(ssl.PROTOCOL_TLSv1)
    return made
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the roots lie elsewhere")
def test_context_checks_again():
    """Names and certificates are checked."""
    import ssl  # noqa: PLC0415 (beside what it is compared with)

    made = run(mended("tls-verification", CHECKED, 7))["context"]()

    assert made.check_hostname
    assert made.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.filterwarnings("ignore:ssl.PROTOCOL_TLS:DeprecationWarning")
def test_context_speaks_new_versions_only():
    """TLS 1.2 at least."""
    import ssl  # noqa: PLC0415 (as above)

    made = run(mended("tls-version", CHECKED, 12))["old"]()

    assert made.minimum_version is ssl.TLSVersion.TLSv1_2


def test_failure_is_not_passed_over():
    """The error of a failed check reaches whoever called."""
    text = "def accept(check, order):\n    try:\n        check()\n    except ValueError:\n        pass\n    order.append(1)\n"

    def fails():
        raise ValueError("forged")

    order = []
    with pytest.raises(ValueError, match="forged"):
        run(mended("error-let-through", text, 2, 5))["accept"](fails, order)
    assert order == []
