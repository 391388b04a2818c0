"""Regular expressions inside semgrep rules that can take exponential time.

semgrep's engine gives up such a match after a while and then says nothing: the rule is not slow, it is blind.
"""

import re
from collections.abc import Iterator
from typing import Any

from reviewbot.policy import patterns
from reviewbot.policy.yaml_source import Key

_REGEX_KEYS = frozenset({"pattern-regex", "pattern-not-regex", "regex"})
_FLAGS = re.compile(r"\A(?:\(\?[a-zA-Z]+\))+")


def regexes(body: Any, at: Key = ()) -> Iterator[tuple[Key, str]]:
    """Give every regular expression of a semgrep rule with its place in it."""
    if isinstance(body, dict):
        for key, value in body.items():
            if key in _REGEX_KEYS and isinstance(value, str):
                yield (*at, key), value
            else:
                yield from regexes(value, (*at, key))
    elif isinstance(body, list | tuple):
        for number, value in enumerate(body):
            yield from regexes(value, (*at, number))


def explodes(regex: str) -> bool:
    """Say whether an unbounded repeat stands inside another; what Python cannot read is not judged."""
    flags = _FLAGS.match(regex)
    bare = regex[flags.end() :] if flags else regex
    verbose = "(?x)" if flags and "x" in flags.group() else ""
    try:
        # The last character keeps the whole from matching the empty text, which is no matter here.
        patterns.checked(f"{verbose}(?:{bare}\n)\0")
    except ValueError as error:
        return str(error).startswith("an unbounded repeat")
    return False
