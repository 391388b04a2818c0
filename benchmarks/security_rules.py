"""A hundred semgrep rules of the kinds that security packs hold: calls, flags, taint, regular expressions."""

from collections.abc import Iterator
from typing import Any

from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.rule import Rule, SemgrepDetector

_CALLS = (
    "eval", "exec", "compile", "os.system", "os.popen", "pickle.loads", "pickle.load", "marshal.loads", "yaml.load",
    "subprocess.getoutput", "tempfile.mktemp", "hashlib.md5", "hashlib.sha1", "random.random", "random.choice",
    "xml.etree.ElementTree.parse", "xml.dom.minidom.parseString", "ssl._create_unverified_context", "telnetlib.Telnet",
    "ftplib.FTP", "shelve.open", "__import__", "os.chmod", "os.umask", "socket.socket", "ctypes.CDLL", "setattr",
    "urllib.request.urlopen", "zipfile.ZipFile", "tarfile.open", "shutil.rmtree", "os.execv", "importlib.import_module",
)  # fmt: skip
_FLAGS = (
    ("subprocess.$F(..., shell=True, ...)", "shell"),
    ("$X(..., verify=False, ...)", "verify"),
    ("$APP.run(..., debug=True, ...)", "debug"),
    ("$X.set_cookie(..., secure=False, ...)", "cookie"),
    ("$X(..., autoescape=False, ...)", "autoescape"),
    ("open(..., 'w', ...)", "write"),
    ("$X(..., check_hostname=False, ...)", "hostname"),
)
_SINKS = (
    "$C.execute($S, ...)", "$C.executemany($S, ...)", "os.system($S)", "eval($S)", "open($S, ...)", "exec($S)",
    "subprocess.run($S, ...)", "subprocess.Popen($S, ...)", "$L.info($S, ...)", "redirect($S, ...)", "os.remove($S)",
    "importlib.import_module($S)", "getattr($O, $S, ...)", "re.compile($S, ...)", "int($S)", "json.loads($S)",
)  # fmt: skip
_SOURCES = (
    "flask.request.args.get(...)", "request.GET[...]", "os.environ[...]", "os.environ.get(...)", "sys.argv[...]", "input(...)",
    "$F.read(...)", "$S.recv(...)",
)  # fmt: skip
_WORDS = ("password", "secret", "token", "api_key", "passwd", "private_key", "credential", "auth")
_SHAPES = (
    {"patterns": [{"pattern": "assert $X"}, {"pattern-not": "assert isinstance(...)"}]},
    {"patterns": [{"pattern": "try: ...\nexcept $E:\n    pass\n"}]},
    {"pattern": "try: ...\nexcept: ...\n"},
    {"patterns": [{"pattern": "def $F(..., $A=[], ...): ..."}]},
    {"pattern": "$X == $X"},
    {"pattern": "if $X is 'a': ..."},
    {"patterns": [{"pattern-inside": "class $C: ..."}, {"pattern": "def __del__(self): ..."}]},
    {"pattern": "global $X"},
    {"pattern": "lambda: $X"},
    {"patterns": [{"pattern": "$X % (...)"}, {"pattern-inside": "$L.debug(...)"}]},
)


def _bodies() -> Iterator[dict[str, Any]]:
    yield from ({"pattern": f"{call}(...)"} for call in _CALLS)
    yield from ({"pattern": flag} for flag, _ in _FLAGS)
    for word in _WORDS:
        yield {
            "patterns": [
                {"pattern": "$V = '$TEXT'"},
                {"metavariable-regex": {"metavariable": "$V", "regex": f"(?i).*{word}"}},
            ]
        }
        yield {"pattern-regex": rf"(?i){word}\s*=\s*[\"'][^\"']{{8,}}[\"']"}
    for number, sink in enumerate(_SINKS * 3):
        source = _SOURCES[number % len(_SOURCES)]
        other = _SOURCES[(number // len(_SOURCES) + number) % len(_SOURCES)]
        yield {
            "mode": "taint",
            "pattern-sources": [{"pattern": source}, {"pattern": other}],
            "pattern-sanitizers": [{"pattern": "quote(...)"}],
            "pattern-sinks": [{"patterns": [{"pattern": sink}, {"focus-metavariable": "$S"}]}],
        }
        if number < len(_SHAPES):
            yield dict(_SHAPES[number])


def security_rules(count: int) -> tuple[Rule, ...]:
    """Give this many rules for Python, all different, at most 114."""
    bodies = list(_bodies())
    assert len(bodies) >= count
    return tuple(
        Rule(
            id=f"sample-{number}",
            pack="samples",
            title=f"Sample {number}",
            why="A sample.",
            severity=Severity.WARNING,
            confidence=Confidence.MEDIUM,
            cwe=(),
            owasp=(),
            languages=("python",),
            owner="",
            since="1.0.0",
            references=(),
            applies_to=(),
            detector=SemgrepDetector(body),
            bad="",
            good="",
        )
        for number, body in enumerate(bodies[:count])
    )
