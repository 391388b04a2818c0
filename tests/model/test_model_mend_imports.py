"""Where imports are put, and what an import may look like."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.model.answer import BadAnswer
from reviewbot.model.mend_imports import placed, python_block, script_block


def lines(text):
    return text.split("\n")


PYTHON = [
    ("import os\nimport sys\n\nx = 1", 2),
    ("#!/usr/bin/python\n# -*- coding: utf-8 -*-\n\nx = 1", 2),
    ('"""Doc."""\n\nx = 1', 1),
    ('"""Doc.\n\nimport not_this\n"""\nfrom __future__ import annotations\nx = 1', 5),
    ("'Doc.'\nimport os\nx = 1", 2),
    ('r"""Doc\n"""\nx', 2),
    ("from a import (\n    b,  # (\n    c,\n)\nx = 1", 4),
    ("from a import b, \\\n    c\nimport d\nx = 1", 3),
    ("import os  # (\nx = 1", 1),
    ("import os\n\ntry:\n    import fast\nexcept ImportError:\n    fast = None\nimport late", 1),
    ("x = 1\nimport os", 0),
    ("import os\n# about x\nx = 1", 1),
    ('import os\n"""no docstring\nimport fake\n"""', 1),
    ('import os\n"""about\n"""\nimport late', 1),
    ('"""never closed\nimport os', 2),
    ("from a import (\n    b", 2),
    ("", 0),
]


@pytest.mark.parametrize(("text", "after"), PYTHON)
def test_the_python_block_ends_after_its_last_import(text, after):
    """Or, without one, after docstring and first comments; nothing is looked for in strings or further down."""
    assert python_block(lines(text)).after == after


SCRIPT = [
    ("import a from 'a';\nimport 'b';\n\nrun();", 2),
    ("import {\n  a,\n  b,\n} from 'a'\nrun();", 4),
    ("'use strict';\nconst a = require('a');\nlet { b } = require(\"b\")\nrun();", 3),
    ("// head\n\n'use strict';\nrun();", 3),
    ("#!/usr/bin/env node\n/* a\n * b */\nrun();", 3),
    ("/* a */ run();\nimport a from 'a';", 0),
    ("import('late').then(run);", 0),
    ("import.meta.url;", 0),
    ("import {\n  a, // don't\n} from 'a';\nrun();", 0),
    ("import fs = require('fs');\nrun();", 0),
    ("/* never closed\nimport a from 'a';", 0),
    ("const a = require('a'), b = run();", 0),
    ("import a from 'a'; run('x')\nrun();", 0),
    ("", 0),
]


@pytest.mark.parametrize(("text", "after"), SCRIPT)
def test_the_script_block_ends_after_its_last_import(text, after):
    """In both forms; where it is not told for sure, it ends before."""
    assert script_block(lines(text)).after == after


GOOD_PYTHON = [
    "import ast", "import os.path as p", "import a, b.c as d", "from a import b", "from a.b import c as d, e",
    "from . import a", "from ..a import b",
]  # fmt: skip
BAD = [
    "import ast; evil()", "import ast # x", "from a import *", "from __future__ import annotations", "import", "evil()",
    "from a import (b)", "from a import (\n b)", "import os\nevil()", "if 1: import os", "", "import \uff41", "import a\\",
]  # fmt: skip


@pytest.mark.parametrize("line", GOOD_PYTHON)
def test_plain_python_imports_are_taken(line):
    """Each is one statement of Python, and put behind the last import."""
    assert isinstance(ast.parse(line).body[0], ast.Import | ast.ImportFrom)
    assert placed([line], ["import sys", "x = 1"], "python") == (1, (line,))


@pytest.mark.parametrize("line", BAD)
def test_what_is_not_one_plain_import_is_refused(line):
    """No second statement, no comment, no star, no future."""
    with pytest.raises(BadAnswer, match="not one plain import"):
        placed([line], ["import sys"], "python")


GOOD_MODULE = [
    "import a from 'a';", 'import { b, c as d } from "@x/y"', "import * as e from './e.js';", "import 'side';",
    "import a, { b } from 'a';",
]  # fmt: skip
GOOD_REQUIRED = [
    "const a = require('a');",
    "const { b, c: d } = require('node:b')",
    "var e = require('./e');",
]
BAD_SCRIPT = ["import('a')", "import a from 'a'; evil()", "const a = evil()", "require('a')", "import a from `a`", "import a"]  # fmt: skip


def test_scripts_keep_to_their_own_form():
    """A file that requires its modules gets no `import`, and the other way round; without either, both will do."""
    for good, other, there in (
        (GOOD_MODULE, GOOD_REQUIRED, "import z from 'z';"),
        (GOOD_REQUIRED, GOOD_MODULE, "const z = require('z');"),
    ):
        assert placed(good, [there], "javascript") == (1, tuple(good))
        for line in other:
            with pytest.raises(BadAnswer):
                placed([line], [there], "typescript")
        assert placed(good, ["run();"], "typescript") == (0, tuple(good))
    for line in BAD_SCRIPT:
        with pytest.raises(BadAnswer):
            placed([line], ["run();"], "javascript")


def test_imports_that_are_there_are_not_put_in_twice():
    """Nor the same one twice in an answer; a semicolon makes no difference."""
    assert placed([" import os ", "import ast", "import ast"], ["import os"], "python") == (
        1,
        ("import ast",),
    )
    assert placed(["import 'a'"], ["import 'a';"], "javascript") == (1, ())


def test_other_languages_get_no_imports():
    """Where we know no place for an import, there is none; an empty list is always right."""
    for language in ("go", "bash", None):
        assert placed([], ["x"], language) == (0, ())
        with pytest.raises(BadAnswer, match="must be empty"):
            placed(["import os"], ["x"], language)


HEADS = st.lists(
    st.sampled_from(
        [
            "import a", "from b import c", "from d import (", "    e,", ")", "# note", "", '"""Doc', 'end"""', "'''x'''",
            "x = 1", "def f():", "    pass", "import g, \\", "    h", "from __future__ import annotations",
        ]
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(HEADS)
def test_an_import_never_breaks_a_python_file(page):
    """Whatever stands at the top: a file that parses still does, and means the same with one import more."""
    try:
        before = ast.parse("\n".join(page))
    except SyntaxError:
        return
    after, (line,) = placed(["import json"], page, "python")
    tree = ast.parse("\n".join([*page[:after], line, *page[after:]]))

    names = [ast.dump(node) for node in tree.body]
    added = ast.dump(ast.parse(line).body[0])
    names.remove(added)
    assert names == [ast.dump(node) for node in before.body]
    assert ast.get_docstring(tree) == ast.get_docstring(before)
