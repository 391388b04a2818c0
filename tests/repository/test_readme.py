"""The README says what the program does."""

import re
from pathlib import Path

from reviewbot.cli.main import EPILOG
from reviewbot.cli.run import command

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
README = (ROOT / "README.md").read_text("utf-8")


def test_the_exit_codes_are_those_of_the_help_text():
    """One table of exit codes, in two places, word for word."""
    table = re.findall(r"^\| (\d+) \| (.+?) \|$", README, re.MULTILINE)
    help_text = re.findall(r"^  (\d+) +(.+)$", EPILOG, re.MULTILINE)
    assert table == help_text


def test_every_flag_in_the_readme_exists():
    """A command that a reader copies is understood."""
    known = {name for option in command.params for name in option.opts} | {"--help", "--keep"}
    used = set(re.findall(r"reviewbot run[^\n`]*", README))
    assert {flag for line in used for flag in re.findall(r"--[a-z-]+", line)} <= known


def test_every_link_in_the_documents_leads_somewhere():
    """Relative links in the documents name files that are there."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "benchmarks").glob("*.md")]
    links = [(page, target) for page in pages for target in LINK.findall(page.read_text("utf-8"))]
    assert [f"{page.name}: {target}" for page, target in links if not (page.parent / target).exists()] == []


def test_make_knows_the_commands_of_the_readme():
    """`make demo` and `make test` are targets."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert all(
        re.search(rf"^{target}:", makefile, re.MULTILINE) for target in re.findall(r"`make (\w+)`", README)
    )
