"""Which files are which language, and that semgrep agrees."""

import pytest
from scanning import rule, rule_set, source

from reviewbot.domain.coverage import Read
from reviewbot.domain.policy import Policy
from reviewbot.scanners import languages, registry


@pytest.mark.parametrize(
    ("path", "content", "kind"),
    [
        ("a.py", b"", ".py"),
        ("A.PY", b"", ".py"),
        ("a.pyw", b"", ".py"),
        ("Dockerfile", b"", ".dockerfile"),
        ("api/Dockerfile.prod", b"", ".dockerfile"),
        ("x.Containerfile", b"", ".dockerfile"),
        ("a.mts", b"", ".ts"),
        ("bin/tool", b"#!/usr/bin/env python3\n", ".py"),
        ("bin/tool", b"\xef\xbb\xbf#! /usr/bin/env -S node --flag\n", ".js"),
        ("bin/tool", b"#!/bin/sh\n", ".sh"),
        ("tool.cgi", b"#!/usr/bin/python2.7 -u\n", ".py"),
        ("README", b"python", None),
        (".py", b"", None),
        ("a.txt", b"", None),
    ],
)
def test_kind_by_name_then_first_line(path, content, kind):
    """The name says the language; for names that say nothing, the first line does."""
    assert languages.kind(path, content) == kind


def test_semgrep_knows_every_extension_by_the_same_language(tools, sandbox):
    """For each language and extension of the table, semgrep runs that language's rules on that file."""
    rules = rule_set(
        *(
            rule(f"lang-{name}", languages=[name], body={"pattern-regex": "zzmark"})
            for name in languages.EXTENSIONS
        )
    )
    (scanner,) = registry.build(Policy(scanners=("semgrep",)), rules, tools=tools)[:1]
    names = sorted({extension for extensions in languages.EXTENSIONS.values() for extension in extensions})
    sources = [source(f"d{number}/x{name}", b"zzmark\n") for number, name in enumerate(names)]
    sources += [
        source(name, b"zzmark\n") for name in ("Dockerfile", "Dockerfile.dev", "Containerfile", "x.PYW")
    ]

    scan = scanner.scan(sources, sandbox)

    seen = {(result.tool_rule, result.path) for result in scan.results}
    refused = {path for path, word in scan.coverage if word.reason == "it could not be parsed"}
    for one in sources:
        assert scanner.wants(one)
        kind = languages.kind(one.path, one.content)
        for name, extensions in languages.EXTENSIONS.items():
            if kind in extensions:
                assert (f"lang-{name}", one.path) in seen or one.path in refused
    assert len(refused) < 10
    assert {word.state for _, word in scan.coverage} <= {Read.DONE, Read.FAILED}
