"""Finding the operator's policy: the machine's, the installation's, or the given one."""

import os

import pytest

from reviewbot.errors import PolicyError, UsageError
from reviewbot.policy.config import operator_policy


@pytest.fixture
def places(tmp_path):
    """Paths for the machine's, the installation's and a given policy, none of which exists."""
    for name in ("system", "installed"):
        (tmp_path / name).mkdir()
    return tmp_path / "system/policy.yml", tmp_path / "installed/policy.yml", tmp_path / "given.yml"


def found(places, environ=None, given=None):
    """Look in the test's places."""
    return operator_policy(environ or {}, installed=places[1], given=given, system=places[0])


def test_none_is_there(places):
    """A laptop without any has no operator's policy; an empty variable counts as not given."""
    assert found(places) is None
    assert found(places, {"REVIEWBOT_POLICY": ""}) is None


@pytest.mark.parametrize("at", [0, 1])
def test_an_installed_one_is_used(places, at):
    """Either place serves, and the message name is the path."""
    places[at].write_text("version: 1")
    policy = found(places)

    assert policy is not None
    assert (policy.name, policy.text) == (str(places[at]), b"version: 1")


def test_a_given_one_by_flag_before_variable(places):
    """The flag outranks the variable."""
    places[2].write_text("version: 1 # flag")
    other = places[2].with_name("variable.yml")
    other.write_text("version: 1 # variable")
    environ = {"REVIEWBOT_POLICY": str(other)}

    assert found(places, environ).text == b"version: 1 # variable"
    assert found(places, environ, places[2]).text == b"version: 1 # flag"


@pytest.mark.parametrize("at", [0, 1])
def test_a_given_one_beside_an_installed_one_is_refused(places, at):
    """The installed policy outranks, unless it gives way by name; the same text does no harm."""
    places[at].write_text("version: 1\nallow: [rules]")
    places[2].write_text("version: 1")
    with pytest.raises(UsageError, match=r"was given, but .*policy.yml is installed and outranks it"):
        found(places, {"REVIEWBOT_POLICY": str(places[2])})
    with pytest.raises(UsageError):
        found(places, given=places[2])

    places[2].write_text("version: 1\nallow: [rules]")
    assert found(places, given=places[2]).name == str(places[2])
    places[at].write_text("version: 1\nallow: [policy]")
    assert found(places, given=places[2]).name == str(places[2])


def test_a_broken_installed_one_gives_no_way(places):
    """An installed policy that does not load refuses the run, given one or not."""
    places[0].write_text("version: 1\nallow: [polocy]")
    places[2].write_text("version: 1")
    with pytest.raises(PolicyError, match="did you mean policy"):
        found(places, given=places[2])


def test_two_installed_ones_that_differ_are_refused(places):
    """Nobody guesses which of two was meant; two equal ones are one."""
    places[0].write_text("version: 1")
    places[1].write_text("version: 1")
    assert found(places).name == str(places[0])
    places[1].write_text("version: 1\nallow: [no-model]")
    with pytest.raises(PolicyError, match="two policies are installed and differ"):
        found(places)


def test_an_installed_one_that_cannot_be_read_is_not_passed_over(places):
    """A dangling link, a folder and a pipe are there: the run refuses."""
    places[0].symlink_to(places[0].parent / "gone.yml")
    with pytest.raises(PolicyError, match="cannot be read: no such file"):
        found(places)
    places[0].unlink()
    places[0].mkdir()
    with pytest.raises(PolicyError, match="not a regular file"):
        found(places)
    places[0].rmdir()
    os.mkfifo(places[0])
    with pytest.raises(PolicyError, match="not a regular file"):
        found(places)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look anywhere")
def test_a_closed_folder_is_not_absence(places):
    """A policy in a folder that may not be entered must not be missed in silence."""
    places[0].parent.chmod(0)
    try:
        with pytest.raises(PolicyError, match="cannot be read: permission denied"):
            found(places)
    finally:
        places[0].parent.chmod(0o700)


def test_a_path_that_no_system_takes_is_not_absence(places):
    """Any failure but "no such file" refuses, which a name that is too long shows for every user."""
    with pytest.raises(PolicyError, match="cannot be read: file name too long"):
        operator_policy({}, installed=places[1], system=places[0].with_name("x" * 300))


def test_a_given_one_that_is_missing_or_endless(places):
    """A wrong path is a usage error; a device is refused, a huge file read only up to the limit."""
    with pytest.raises(UsageError, match="cannot be read: no such file"):
        found(places, given=places[2])
    with pytest.raises(UsageError, match="not a path"):
        found(places, {"REVIEWBOT_POLICY": "a\0b"})
    with pytest.raises(UsageError, match="not a regular file"):
        found(places, given=places[2].__class__("/dev/zero"))
    places[2].write_bytes(b"#" * 3_000_000)
    assert len(found(places, given=places[2]).text) == 1_000_001
