"""Help texts and exit codes, as scripts and people rely on them."""

import re
import subprocess
import sys

import click
import pytest

from reviewbot import errors
from reviewbot.cli.boundary import BUG, INTERRUPTED, bounded
from reviewbot.cli.main import COMMANDS, EPILOG
from reviewbot.cli.run import command as run_command

SCRIPTED = {
    "--repo", "--base", "--head", "--staged", "--worktree", "--policy", "--rules", "--model-url", "--model-name",
    "--gguf", "--no-model", "--output", "--fail-on", "--quiet",
}  # fmt: skip


@pytest.mark.parametrize("arguments", [("--help",), *((name, "--help") for name in sorted(COMMANDS))])
def test_help_texts(reviewbot, golden, arguments):
    """What each `--help` prints is stored and read by a person when it changes."""
    code, out, _ = reviewbot(*arguments)
    assert code == 0
    golden("cli/" + "-".join(word.strip("-") for word in arguments) + ".txt", out)


def test_the_command_line_that_scripts_rely_on():
    """Every promised flag exists and has a variable of its own name."""
    options = {option.opts[-1]: option for option in run_command.params if isinstance(option, click.Option)}
    assert set(options) >= SCRIPTED
    for flag, option in options.items():
        assert option.envvar == "REVIEWBOT_" + flag.removeprefix("--").replace("-", "_").upper()


def test_no_flag_takes_the_models_key():
    """A key on the command line would stand in the process list, so there is only the variable."""
    assert not [option.opts for option in run_command.params if any("key" in name for name in option.opts)]


def test_each_command_has_the_help_line_of_the_list(reviewbot):
    """The names and lines in the group's table are those of the commands themselves."""
    for name, line in COMMANDS.items():
        _, out, _ = reviewbot(name, "--help")
        assert line.split(",")[0].split(":")[0].rstrip(".") in " ".join(out.split())


def test_exit_codes_are_the_documented_ones():
    """Each error class carries a code that the help text lists, and none is missing."""
    listed = {int(code) for code in re.findall(r"^  (\d+) ", EPILOG, re.MULTILINE)}
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    assert {0, 10, 3, BUG, INTERRUPTED} | {value.exit_code for value in classes} == listed


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("a sentence", hint="do this"), 2), (errors.PolicyError("a sentence", hint="do this"), 2),
        (errors.ForgeError("a sentence", hint="do this"), 4), (errors.ModelError("a sentence", hint="do this"), 5),
        (errors.ScannerError("a sentence", hint="do this"), 6), (errors.SandboxError("a sentence", hint="do this"), 6),
    ],
)  # fmt: skip
def test_an_error_becomes_its_sentence_and_code(capsys, error, code):
    """The boundary prints what happened and what to do, and ends with the class's code."""

    @click.command()
    def failing():
        raise error

    assert bounded(failing, []) == code
    assert capsys.readouterr().err == "reviewbot: a sentence\n  do this\n"


def test_a_bug_is_reported_without_the_text_of_the_change(capsys):
    """What nobody foresaw ends with 1 and says where, but not what the exception said."""

    @click.command()
    def failing():
        raise RuntimeError("hunter2 stands in the change")

    assert bounded(failing, []) == 1
    err = capsys.readouterr().err
    assert "RuntimeError" in err
    assert "test_cli_help.py" in err
    assert "hunter2" not in err


def test_an_interrupt_is_130(capsys):
    """Ctrl-C says that the run can be repeated."""

    @click.command()
    def interrupted():
        raise KeyboardInterrupt

    assert bounded(interrupted, []) == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_reader_that_went_away_is_no_traceback():
    """`reviewbot --help | head -1` ends quietly."""
    process = subprocess.Popen(
        [sys.executable, "-m", "reviewbot", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait()


def test_help_imports_no_heavy_library():
    """`--help` stays quick because nothing heavy is imported for it."""
    code = "import sys; from reviewbot.cli.main import cli; cli.main(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    modules = done.stdout.decode().split("\n")[-2]
    heavy = {
        "httpx",
        "pydantic",
        "jinja2",
        "yaml",
        "pygments",
        "tree_sitter",
        "unidiff",
        "sqlite3",
        "asyncio",
    }
    assert not [name for name in heavy if f"'{name}'" in modules]


def test_a_mistyped_flag_is_a_usage_error(reviewbot):
    """click's own errors end with the usage code too."""
    code, _, err = reviewbot("run", "--bsae", "main")
    assert code == 2
    assert "--bsae" in err
