"""What a fix of a setting does not surely understand it leaves alone, and says why."""

import pytest
from settings_mending import line_of, tried

from reviewbot.patches.fixing import Unmended

_SSL = "import ssl\nc = ssl.{made}\nc.verify_mode = ssl.CERT_NONE  # HERE\n"
_PYOPENSSL = "from OpenSSL import SSL\nc = SSL.Context(SSL.{method})\nc.set_verify(SSL.VERIFY_NONE{more})  # HERE\n{rest}"
CASES = {
    # what is there: fix, the file with HERE on the finding's line, a word of the reason
    "a library that nobody knows": ("tls-verification", "import other\nother.get(u, verify=False)  # HERE", "nothing"),
    "a server's context": ("tls-verification", _SSL.format(made="create_default_context(ssl.Purpose.CLIENT_AUTH)"), "server"),
    "a context that serves": ("tls-verification", _SSL.format(made="SSLContext()") + "c.wrap_socket(s, server_side=True)\n", "server"),
    "a context from elsewhere": ("tls-verification", "import ssl\ndef f(c):\n    c.verify_mode = ssl.CERT_NONE  # HERE\n", "where"),
    "a context with settings": ("tls-verification", "import ssl\nc = ssl._create_unverified_context(certfile=p)  # HERE", "settings"),
    "a check of their own": ("tls-verification", _PYOPENSSL.format(method="TLS_CLIENT_METHOD", more=", f", rest=""), "function"),
    "a pyOpenSSL server": ("tls-verification", _PYOPENSSL.format(method="TLS_METHOD", more="", rest="x.set_accept_state()\n"), "server"),
    "client or server": ("peer-verified", "from OpenSSL import SSL\nc = SSL.Context(SSL.TLS_METHOD)  # HERE", "client"),
    "arguments that are not seen": ("request-timeout", "import requests\nrequests.get(u, **more)  # HERE", "cannot be seen"),
    "no framework": ("cookie-secure", "r.set_cookie('a', b)  # HERE", "framework"),
    "another framework": ("cookie-httponly", "import falcon, flask\nr.set_cookie('a', b)  # HERE", "framework"),
    "flags by place": ("cookie-secure", "import flask\nr.set_cookie('a', b, 1, 2, '/', 'd', False)  # HERE", "flags"),
    "Django without hosts": ("debug-off", "DEBUG = True  # HERE\nALLOWED_HOSTS = []\nINSTALLED_APPS = []", "hosts"),
    "a middleware's place": ("csrf-check", "MIDDLEWARE = ['a.B']  # HERE", "not known"),
    "a password's hash": ("approved-hash", "import hashlib\nhashlib.md5(password)  # HERE", "password"),
    "a function for passwords": ("approved-hash", "import hashlib\ndef hash_password(p):\n    return hashlib.md5(p)  # HERE", "password"),
    "somebody else's hash": ("approved-hash", "import hashlib\nu = gravatar(hashlib.md5(mail))  # HERE", "somebody"),
    "a digest of one length": ("approved-hash", "import hashlib, uuid\nu = uuid.UUID(hashlib.md5(m).hexdigest())  # HERE", "length"),
    "a digest as a start value": ("approved-hash", "import hashlib\nc = AES.new(k, AES.MODE_CBC, hashlib.md5(m).digest())  # HERE", "length"),
    "a view that is a method": ("csrf-check", "from django.views.decorators.csrf import csrf_exempt\nclass V:\n    @csrf_exempt  # HERE\n    def post(self, request): pass", "method"),
    "a parser that validates": ("closed-xml-parser", "from lxml import etree\netree.XMLParser(load_dtd=True, dtd_validation=True)  # HERE", "not seen"),
    "a hash by a name": ("approved-hash", "import hashlib\ndef f(n):\n    return hashlib.new(n)  # HERE", "cannot be seen"),
    "a hash that changes": ("approved-hash", "import hashlib\nn = 'md5'\nn += x\nhashlib.new(n)  # HERE", "cannot be seen"),
    "a seeded generator": ("unguessable", "import random\nrandom.seed(7)\ntoken = random.random()  # HERE", "seeded"),
    "a generator with a seed": ("unguessable", "import random\ntoken = random.Random(7).random()  # HERE", "no like"),
    "a node's id": ("unguessable", "import uuid\ntoken = uuid.uuid1(node=1)  # HERE", "no like"),
    "a time in a few bytes": ("unguessable", "import hashlib, time\nhashlib.md5(int(time.time()).to_bytes(8, 'big'))  # HERE", "cannot"),
    "a draw by another": ("unguessable", "token = make()  # HERE", "cannot be seen"),
    "a seed of their own": ("random-seed", "import random\nrandom.seed(n)  # HERE", "cannot be seen"),
    "two unknown sides": ("constant-time", "def f(a, b):\n    return a == b  # HERE", "text or bytes"),
    "two comparisons": ("constant-time", "x = [a.hexdigest() == b, c.hexdigest() == d]  # HERE", "which"),
    "a folder by the name": ("temporary-file", "import os, tempfile\nn = tempfile.mktemp()  # HERE\nos.mkdir(n)\nopen(n, 'w')", "opened"),
    "a name for reading": ("temporary-file", "import tempfile\nn = tempfile.mktemp()  # HERE\nopen(n)", "opened"),
    "a known name": ("temporary-file", "open('/tmp/shop.csv', 'w')  # HERE", "other programs"),
    "a sticky folder": ("owner-only", "import os\nos.chmod(p, 0o1777)  # HERE", "rights"),
    "rights that are not seen": ("owner-only", "import os\nos.chmod(p, mode)  # HERE", "rights"),
    "old or new addresses": ("local-address", "s = socket(AF_INET6)\ns.bind(('', 80))  # HERE", "kind"),
    "settings of a template": ("autoescape", "import jinja2\njinja2.Environment(**o)  # HERE", "settings"),
    "a token without a key": ("token-verified", "import jwt\njwt.decode(t, options={'verify_signature': False})\n#HERE", "how"),
    "a token with no key": ("token-verified", "import jwt\njwt.decode(t, None, verify=False)\n#HERE", "how"),
    "two algorithms": ("token-verified", "import jwt\njwt.encode(c, k, 'HS256')\njwt.encode(c, k, 'ES256')\njwt.decode(t, k)\n#HERE", "how"),
    "rounds that are not seen": ("more-rounds", "import hashlib\nhashlib.pbkdf2_hmac(h, p, s, n)  # HERE", "rounds"),
    "a salt that is lost": ("made-anew", "def f(p):\n    salt = b'abcd'\n    return h(p, salt)  # HERE", "kept"),
    "a salt of the module": ("made-anew", "SALT = b'abcd'\ndef f(p):\n    return SALT + h(p, SALT)  # HERE", "kept"),
    "an assert beside others": ("raised-check", "x = 1; assert x  # HERE", "line of its own"),
    "an assert behind a colon": ("raised-check", "if x: assert y  # HERE", "line of its own"),
    "another error of this name": ("raised-check", "AssertionError = X\nassert y  # HERE", "another meaning"),
    "what is done about it": ("error-let-through", "try:  # HERE\n    check()\nexcept ValueError:\n    log()", "what is done"),
    "a connection from elsewhere": ("encrypted-login", "def f(s):\n    s.login(u, p)  # HERE", "made"),
    "FTP that logs in": ("encrypted-login", "import ftplib\ns = ftplib.FTP(h, u, p)\ns.login(u, p)  # HERE", "when it is made"),
    "a port for something else": ("encrypted-login", "import requests\nrequests.get('http://a:80/', auth=x)  # HERE", "made"),
    "a function without a like": ("current-function", "import platform\nplatform.dist()  # HERE", "nothing"),
    "a file that is none": ("request-timeout", "import requests\nrequests.get((  # HERE", "parsed"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_settings_refused(case):
    """A guess would be a defect: the file stays, and a sentence without a word of it says why."""
    name, text, word = CASES[case]
    line = line_of(text, "HERE") - text.count("\n#HERE")

    found = tried(name, text, line)

    assert isinstance(found, Unmended), found
    assert word in found.why or name == "token-verified"
    assert not any(part in found.why for part in ("HERE", "0o", "(", '"'))
