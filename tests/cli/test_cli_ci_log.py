"""What stands in a pipeline's log can command nobody, whatever the change, the model or a path says."""

import io
import re
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviewbot.change.event import Ci
from reviewbot.cli.ci_log import Annotation, CleanStream, annotation, clean

PAYLOADS = (
    "##vso[task.setvariable variable=PATH]/evil", "  ##vso[task.complete result=Succeeded]", "x ##[error]no", "####vso[a]b",
    "#\x00#vso[task.x]", "#\u200b#vso[a]", "::error::x", "  ::add-mask::a", "::stop-commands::x", "\r::error::x", "a\r\n::error::x",
    "section_start:1:x\r\x1b[0K", "\x1b]8;;https://evil\x07x\x1b]8;;\x07", "\x9b31m", "\u2028::error::x", "SECTION_END:1:x",
)  # fmt: skip


def _oracle(line):
    """The runners' patterns, written down from their documentation and not from our code."""
    assert re.fullmatch(r"[ -~]*", line)
    assert line.startswith("| ")
    assert not re.match(r"\s*(::|##)", line)
    assert "##vso[" not in line.lower()
    assert "##[" not in line
    assert not re.search(r"section_(start|end):", line, re.IGNORECASE)


HOSTILE = st.lists(st.one_of(st.sampled_from(PAYLOADS), st.text(max_size=20), st.just("#"))).map("".join)


@given(HOSTILE)
@example("##vso[a]b")
@example("#" * 9)
def test_no_line_commands_a_runner(text):
    """Whatever is written, in whatever pieces, each line that comes through is plain."""
    raw = io.StringIO()
    stream = CleanStream(raw)
    for at in range(0, len(text), 3):
        stream.write(text[at : at + 3])
        stream.flush()
    stream.end()
    for line in raw.getvalue().split("\n")[:-1]:
        _oracle(line)
    assert raw.getvalue() == "" or raw.getvalue().endswith("\n")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_known_payloads(payload):
    """Each payload alone."""
    for line in payload.split("\n"):
        _oracle(clean(line))


def test_our_own_punctuation_stays_readable():
    """A middle dot and an ellipsis of ours become ASCII, not escapes."""
    assert clean("1 error · exit 10…") == "| 1 error - exit 10..."


@given(HOSTILE, HOSTILE, HOSTILE)
def test_an_annotation_is_one_command(path, rule, text):
    """No part of a finding opens a second command, ends a property or adds one."""
    said = Annotation("error", path, 3, rule, text)
    github = annotation(Ci.GITHUB, said)
    assert re.fullmatch(r"::error file=[^,:]*,line=3,title=[^,:]*::[ -~]*", github)
    azure = annotation(Ci.AZURE, said)
    matched = re.fullmatch(
        r"##vso\[task\.logissue type=error;sourcepath=[^;\]]*;linenumber=3;code=[^;\]]*;\]([ -~]*)", azure
    )
    assert matched
    assert "##" not in azure[2:]
    assert annotation(Ci.GITLAB, said) is None


def test_an_annotation_as_people_know_it():
    """A plain finding reads as the CIs document it."""
    said = Annotation("note", "src/a.py", 3, "python-x", "100% wrong; really: yes")
    assert (
        annotation(Ci.GITHUB, said)
        == "::notice file=src/a.py,line=3,title=python-x::100%25 wrong; really: yes"
    )
    assert annotation(Ci.AZURE, said) == (
        "##vso[task.logissue type=warning;sourcepath=src/a.py;linenumber=3;code=python-x;]100%AZP25 wrong; really: yes"
    )


@pytest.mark.parametrize("variable", ["GITLAB_CI", "GITHUB_ACTIONS", "TF_BUILD"])
def test_the_program_prints_nothing_else_in_a_pipeline(variable, tmp_path):
    """Both streams of the real program, errors included, come out clean."""
    done = subprocess.run(
        [sys.executable, "-m", "reviewbot", "run", "--repo", "##vso[task.complete]\n::error::x"],
        cwd=tmp_path, env={"PATH": "/usr/bin:/bin", variable: "true"}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    lines = (done.stdout + done.stderr).decode().split("\n")[:-1]
    assert lines
    for line in lines:
        _oracle(line)
