"""Patterns and addresses of the operator's, checked before they are used."""

import time

import pytest

from reviewbot.policy import addresses
from reviewbot.policy.patterns import checked


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+", r"(a*)*b", r"((a+))+b", r"(a|b+)*c", r"(x|(a{2,})*y)+z", r"(?:a+?)+b", r"([0-9]{1,3})+x", r"(?=(a+)+)x",
        r"(?i:(a+)*)b", r"(?:(?:a{1,900}){1,900})b", r"(?>(a+)+b)", r"(?:(a+)+x)++", r"(?P<n>a)?(?(n)(b+)+|c)d",
    ],
)  # fmt: skip
def test_nested_unbounded_repeats_are_refused(pattern):
    """What can take exponential time is refused with the way to write it."""
    with pytest.raises(ValueError, match="can take for ever"):
        checked(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b", r"(\d{1,3}\.){3}\d{1,3}", r"(?:[0-9]{4}[ -]?){3,7}", r"(?:a++)+b", r"(?>a+)+b",
        r"(?:ab)+c+", r"K-\d+(?:-\d{2})*", r"(?<=id=)\w+",
    ],
)  # fmt: skip
def test_usual_patterns_pass(pattern):
    """Account numbers, addresses and the like are taken as they are."""
    assert checked(pattern) == pattern


def test_the_ways_out_that_the_sentence_offers_are_taken():
    """Both cures that the refusal names are accepted."""
    assert checked(r"(?:a{1,20}-)+")
    assert checked(r"(?:a++)+")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[", "not a pattern that Python can read: unterminated character set"),
        ("a{99999999999}", "not a pattern that Python can read"),
        ("[[a]", "ambiguous"),
        ("x*", "matches the empty text"),
        ("a" * 501, "at most 500"),
    ],
)
def test_other_refusals(pattern, reason):
    """What does not compile, warns, matches everywhere or is too long has its own sentence."""
    with pytest.raises(ValueError, match=reason):
        checked(pattern)


def test_checking_takes_no_long_time():
    """No pattern of the permitted length makes the check itself slow."""
    started = time.process_time()
    for pattern in ("(" * 160 + "a" + ")" * 160, "(a?){30}" * 60, "|".join("ab" * 80)):
        try:
            checked(pattern)
        except ValueError:
            continue
    assert time.process_time() - started < 1


@pytest.mark.parametrize("proxy", ["http://proxy.corp.example:3128", "https://proxy.corp.example:443/"])
def test_proxies(proxy):
    """Scheme, host and port."""
    assert addresses.proxy_url(proxy) == proxy.rstrip("/")


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://p.example",
        "http://u:p@p.example:1",
        "http://p.example/path",
        "http://p.example?x",
        "p.example:3128",
    ],
)
def test_proxies_that_are_refused(proxy):
    """No credential in a file, no path."""
    with pytest.raises(ValueError, match=r"begins with|user name|scheme, host and port"):
        addresses.proxy_url(proxy)


@pytest.mark.parametrize("host", ["a b", "http://a", "a:80", "a/b", "", "-a", "a_b.example/"])
def test_hosts_that_are_refused(host):
    """A host by its name alone."""
    with pytest.raises(ValueError, match="host by its name"):
        addresses.host_name(host)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.200.1.1", True),
        ("::1", True),
        ("127.0.0.1.nip.example", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("2130706433", False),
        ("", False),
    ],
)
def test_loopback(host, here):
    """Only this machine counts, not names that look like it."""
    assert addresses.is_loopback(host) is here
