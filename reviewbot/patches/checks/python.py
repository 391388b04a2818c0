"""All checks of a Python file that need its tree."""

from reviewbot.patches.checks import python_forbidden, python_imports, python_model, python_work, texts
from reviewbot.patches.checks.answering import Found
from reviewbot.patches.checks.comparing import Comparison
from reviewbot.patches.checks.python_places import Touched
from reviewbot.patches.checks.python_tree import parsed


def judged(asked: Comparison) -> Found:
    """Compare both versions."""
    before, after = parsed(asked.before.text), parsed(asked.after.text)
    if before is None or after is None:
        return Found(parses="unparsed" if before is None else "syntax")
    touched = Touched.of(asked, before, after)
    model = python_model.judged(asked, before, after, touched) if asked.model else python_model.Judgement()
    forbidden = texts.forbidden(asked) or python_forbidden.forbidden(asked, before, after) or model.forbidden
    return Found(
        in_place=python_imports.beside(asked, before, after)
        or python_imports.names_kept(asked, before, after),
        imports=tuple(python_imports.fresh(before, after)),
        nothing_forbidden=forbidden,
        work_kept=python_work.kept(asked, before, after, touched)
        or model.work
        or ("nowhere" if python_imports.unbound(before, after) else ""),
    )
