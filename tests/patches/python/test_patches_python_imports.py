"""Where an import goes, and that several places of one file are replaced together."""

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper

from reviewbot.patches.fixing import Asked, Mended, Unmended
from reviewbot.patches.python.imports import with_imports
from reviewbot.patches.python.module import Parsed, Rewritten, fix, free

CASES = {
    "no import and a function": ("def f():\n    pass\n", ["ast"], "import ast\n\n\ndef f():\n    pass\n"),
    "no import and a statement": ("x = 1\n", ["ast"], "import ast\n\nx = 1\n"),
    "below the docstring": ('"""Doc."""\n\nX = 1\n', ["ast"], '"""Doc."""\n\nimport ast\n\nX = 1\n'),
    "below the licence": ("#!/bin/python\n# mine\n\nx = 1\n", ["ast"], "#!/bin/python\n# mine\n\nimport ast\n\nx = 1\n"),
    "before another group": ("import flask\n\nx = 1\n", ["ast"], "import ast\n\nimport flask\n\nx = 1\n"),
    "under the comment of the block": ("# top\nimport zlib\n", ["ast"], "# top\nimport ast\nimport zlib\n"),
    "behind another group": ("import os\n\nx = 1\n", ["lxml.etree"], "import os\n\nimport lxml.etree\n\nx = 1\n"),
    "in the order of the group": ("import ast\nimport sys\n", ["os"], "import ast\nimport os\nimport sys\n"),
    "members stand behind modules": ("import ast\nimport sys\n", ["os:path"], "import ast\nimport sys\nfrom os import path\n"),
    "where they are mixed, by name": ("from ast import x\nimport sys\n", ["os:path"], "from ast import x\nfrom os import path\nimport sys\n"),
    "before the package's own": ("import os\n\nfrom . import x\n", ["lxml"], "import os\n\nimport lxml\n\nfrom . import x\n"),
    "behind the future": ("from __future__ import annotations\n\nx = 1\n", ["re"], "from __future__ import annotations\n\nimport re\n\nx = 1\n"),
    "in the line that is there": ("from a import B, d\n", ["a:c"], "from a import B, c, d\n"),
    "in a line in no order": ("from a import d, B\n", ["a:c"], "from a import d, B, c\n"),
    "not in one with parentheses": ("from a import (\n    b,\n)\n", ["a:c"], "from a import (\n    b,\n)\nfrom a import c\n"),
    "not in a long one": (f"from a import {'b' * 80}\n", ["a:c"], f"from a import {'b' * 80}\nfrom a import c\n"),
    "beside its like, whatever the order": (
        "import os\nimport yaml\nfrom a import (\n    b,\n)\n\nimport bcd\n", ["a:c"],
        "import os\nimport yaml\nfrom a import (\n    b,\n)\nfrom a import c\n\nimport bcd\n",
    ),
    "not where it is": ("import os\nfrom a import c\n", ["os", "a:c"], "import os\nfrom a import c\n"),
    "not in a block further down": ("import os\n\nx = 1\n\nimport zlib\n", ["re"], "import os\nimport re\n\nx = 1\n\nimport zlib\n"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "names", "wanted"), CASES.values(), ids=CASES)
def test_an_import_stands_where_a_formatter_would_put_it(text, names, wanted):
    """Blank lines between groups are kept, and added where there are none."""
    assert with_imports(cst.parse_module(text), names).code == wanted


@pytest.mark.parametrize(
    ("text", "is_free"),
    [
        ("", True),
        ("import re\n", True),
        ("re = 1\n", False),
        ("def f(re): pass\n", False),
        ("import regex as re\n", False),
        ("from x import re\n", False),
    ],
)
def test_a_name_that_means_something_else_is_not_taken(text, is_free):
    """In no scope: the new code would see the wrong one."""
    module = cst.parse_module(text)
    assert free(Parsed(Asked("a.py", text, "a", 1, 1), MetadataWrapper(module)), "re") is is_free


def asked(text: str) -> Asked:
    return Asked("a.py", text, "a-rule", 1, 1)


def test_several_places_are_replaced_together():
    """A walk over the tree makes every node anew, so that a second one would find none."""
    text = "a = f(1) + f(2)\n"
    answer = fix(lambda parsed: Rewritten([(call, cst.Name("x")) for call in parsed.calls()]))(asked(text))
    assert answer == Mended("a = x + x\n")


def test_a_place_inside_of_another_one_is_a_mistake_of_ours():
    """One of both would be lost without a word."""
    with pytest.raises(ValueError, match="inside another"):
        fix(lambda parsed: Rewritten([(call, cst.Name("x")) for call in parsed.calls()]))(asked("f(g(1))\n"))


def test_what_does_not_parse_is_neither_read_nor_given_back():
    """A file with an error is left alone, and so is one that a remedy would break."""
    assert isinstance(fix(lambda _: Rewritten([]))(asked("def f(:\n")), Unmended)
    broken = cst.Name("lambda")

    def rewrite(parsed):
        return Rewritten([(parsed.calls()[0], broken)])

    assert fix(rewrite)(asked("f()\n")) == Unmended("the remedy does not fit this place")
