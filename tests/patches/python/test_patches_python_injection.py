"""What the fixes against injection and unsafe parsing make of each case, stored for a person to read."""

import pytest
from python_mending import CASES, cases, shown

from reviewbot.domain.structural import STRUCTURAL
from reviewbot.patches.fixing import Mended

FIXES = sorted(path.stem for path in CASES.glob("*.txt"))
MODULES = {STRUCTURAL[name].module for name in FIXES}


@pytest.mark.parametrize("fix", FIXES)
def test_every_case_is_mended_or_refused_as_it_was_read_once(fix, golden):
    """A new case is a new piece of the file. What is mended is Python that compiles."""
    answers = [(case, case.mended()) for case in cases(fix)]
    golden(f"patches/{fix}.diff", "\n".join(shown(case, answer) for case, answer in answers))
    for _, answer in answers:
        if isinstance(answer, Mended):
            compile(answer.text, "mended.py", "exec")


def test_each_of_these_fixes_has_cases():
    """A fix without a case is one that nobody has read."""
    named = {name for name, fix in STRUCTURAL.items() if fix.module in MODULES}
    assert named == set(FIXES)
