"""`reviewbot rules new`: asks, and writes a rule with its examples."""

from pathlib import Path
from typing import Any

import click

from reviewbot.domain.paths import quoted
from reviewbot.domain.visible import visible
from reviewbot.errors import UsageError

_KINDS = ("semgrep", "taint", "bandit", "review", "approved", "touch")
_MEANING = {
    "semgrep": "a pattern of code", "taint": "data that flows from a source to a sink", "bandit": "a test of bandit's, in your words",
    "review": "a question to the model", "approved": "libraries to use instead of others", "touch": "a file that may not change unnoticed",
}  # fmt: skip

_FLAGS = {"folder": "PACK_FOLDER", "name": "--id", "tests": "--test", "paths": "--path"}
"""What an answer is called on the command line, where it is not its own name."""


@click.command("new")
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[PACK_FOLDER]")
@click.option("--id", "name", help="Name of the rule, as in python-sql-built-from-input.")
@click.option("--title", help="What is wrong, in one line.")
@click.option("--why", help="What happens and what to do, in two sentences.")
@click.option(
    "--kind",
    type=click.Choice(_KINDS),
    help="; ".join(f"{name}: {text}" for name, text in _MEANING.items()) + ".",
)
@click.option(
    "--language", help="In semgrep's names: python, javascript, typescript, go, java, yaml, dockerfile, …"
)
@click.option("--severity", type=click.Choice(["note", "warning", "error"]), help="How bad, if true.")
@click.option("--confidence", type=click.Choice(["low", "medium", "high"]), help="How sure the detector is.")
@click.option("--owner", help="The team that answers for the rule.")
@click.option("--cwe", help="CWE number, 0 for none.")
@click.option("--description", help="What the pack is about, if it is new.")
@click.option("--test", "tests", metavar="BNNN", help="bandit: its own id.")
@click.option("--question", help="review: what the model is asked of the changed lines.")
@click.option("--evidence", help="review: which line it is to quote.")
@click.option("--use", multiple=True, help="approved: a name to take. May be repeated.")
@click.option(
    "--instead-of",
    multiple=True,
    help="approved: what that replaces, as in requests.* or hashlib.md5. May be repeated.",
)
@click.option("--path", "paths", multiple=True, help="touch: a path pattern. May be repeated.")
def command(**options: Any) -> int:
    """Write a new rule with its examples, and its pack if there is none yet.

    What is not given by an option is asked. Nothing is overwritten. The rule loads at once, and its examples
    are there to be replaced by yours.
    """
    from reviewbot.shipped import folder  # noqa: PLC0415 (`--help` needs none of it)
    from reviewbot.workbench import drafts  # noqa: PLC0415 (as above)

    draft = _asked(options)
    made = drafts.files(draft, folder("templates"))
    drafts.write(made)
    for path in made:
        click.echo(f"written: {quoted(str(path))}")
    where = quoted(str(draft.folder))
    click.echo("next:")
    click.echo(f"  edit {quoted(str(draft.folder / draft.id))}.yml: the detector and the examples")
    for words in (f"lint {where}", f"test {where}", f"try FILE --rules {where} --rule {draft.id}"):
        click.echo(f"  reviewbot rules {words}")
    return 0


def _asked(options: dict[str, Any]) -> Any:
    """Ask for what the options do not say."""
    from reviewbot.workbench import drafts  # noqa: PLC0415 (as above)

    def ask(name: str, text: str, default: str | None = None, choice: tuple[str, ...] = ()) -> str:
        given = options[name]
        if given is None:
            kind = click.Choice(choice) if choice else str
            given = _answer(name, text, default=default, type=kind)
        return str(given)

    place = Path(ask("folder", "Pack folder"))
    pack = drafts.pack_of(place)
    if pack is None and options["description"] is None:
        options["description"] = ask("description", "A new pack. What is it about")
    name = ask("name", "Id of the rule, as in python-sql-built-from-input")
    if (place / f"{name}.yml").exists():
        raise UsageError(
            f"{quoted(str(place / name))}.yml is there already", hint="choose another id, or edit that file"
        )
    title = ask("title", "What is wrong, in one line")
    why = ask("why", "What happens, and what to do, in two sentences")
    if options["kind"] is None:
        for kind, meaning in _MEANING.items():
            click.echo(f"  {kind:<9} {meaning}", err=True)
    kind = ask("kind", "How it is found", "semgrep", _KINDS)
    details = _details(kind, ask, options)
    language = ask("language", "Language", "python") if kind in {"semgrep", "taint", "approved"} else "python"
    return drafts.Draft(
        folder=place, id=name, title=title, why=why, kind=kind, language=language,
        severity=ask("severity", "How bad, if true", "error", ("note", "warning", "error")),
        confidence=ask("confidence", "How sure the detector is", "medium", ("low", "medium", "high")),
        owner=ask("owner", "Team that answers for it", pack.owner if pack else None),
        cwe=_number(ask("cwe", "CWE number, 0 for none", "0")), description=options["description"] or "", details=details,
    )  # fmt: skip


def _details(kind: str, ask: Any, options: dict[str, Any]) -> dict[str, Any]:
    if kind == "bandit":
        return {"tests": ask("tests", "bandit's own id, as in B602")}
    if kind == "review":
        return {
            "question": ask("question", "What is the model asked of the changed lines"),
            "evidence": ask("evidence", "Which line is it to quote", "Quote the line that shows it."),
        }
    listed = {"approved": ("use", "instead_of"), "touch": ("paths",)}.get(kind, ())
    texts = {
        "use": "Names to take, comma between them",
        "instead_of": "Instead of, as in requests.*, hashlib.md5",
        "paths": "Path patterns, comma between them",
    }
    details: dict[str, Any] = {}
    for name in listed:
        given = options[name] or tuple(word.strip() for word in str(_answer(name, texts[name])).split(","))
        details[name] = tuple(word for word in given if word)
    return details


def _answer(name: str, text: str, **settings: Any) -> Any:
    """Ask on the keyboard. Where nobody is there to answer, say which option was missing."""
    try:
        return click.prompt(text, err=True, **settings)
    except click.Abort:
        click.echo(err=True)
        raise UsageError(f"{_FLAGS.get(name, '--' + name.replace('_', '-'))} is missing") from None


def _number(text: str) -> int | None:
    if not text.removeprefix("CWE-").isdecimal():
        raise UsageError(
            f"{visible(text[:30])} is no CWE number", hint="write the number, as in 89, or 0 for none"
        )
    return int(text.removeprefix("CWE-")) or None
