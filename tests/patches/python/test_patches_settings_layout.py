"""However a call is laid out, a fix changes the finding's lines and the imports, and leaves Python."""

import ast
import re

from hypothesis import given, settings
from hypothesis import strategies as st
from settings_mending import mended

CALLS = {
    # fix: imports, beginning of the call, its arguments
    "request-timeout": (("import requests as r", "from requests import get"), ("r.get(", "get("), ("u", "params={}", "headers=h(1)")),
    "tls-verification": (("import requests",), ("requests.post(",), ("u", "verify=False", "timeout=5")),
    "cookie-secure": (("from flask import Flask",), ("reply.set_cookie(",), ("'a'", "b", "httponly=True")),
    "cookie-httponly": (("import flask",), ("self.reply.set_cookie(",), ("'a'", "b", "httponly=False")),
    "approved-hash": (("import hashlib", "import hashlib as h"), ("hashlib.md5(", "h.md5("), ("data",)),
    "unguessable": (("import random", "from random import choices"), ("random.choices(", "choices("), ("letters", "k=8")),
    "autoescape": (("from jinja2 import Environment",), ("Environment(",), ("loader=x", "autoescape=False")),
    "longer-key": (("import rsa",), ("rsa.newkeys(",), ("1024",)),
    "debug-off": (("from flask import Flask",), ("app.run(",), ("port=1", "debug=True")),
}  # fmt: skip
AROUND = [
    "x = 1  # one",
    "y = {  # two\n    'a': 1,\n}",
    "# three",
    "def other(a, b=2): return (a,\n  b)",
    "z = 'äö' ; w = 2",
    "",
]
LAYOUTS = [
    "one line",
    "one line with a comma",
    "lines",
    "lines with a comma",
    "lines with remarks",
    "hanging",
]


@st.composite
def files(draw):
    """Give a fix, a file with a call for it, and the call's lines."""
    name = draw(st.sampled_from(sorted(CALLS)))
    imports, begins, args = CALLS[name]
    which = draw(st.integers(0, len(imports) - 1))
    inside = draw(st.sampled_from(["", "    ", "        "]))
    call = laid_out(draw(st.sampled_from(LAYOUTS)), begins[which], args, inside)
    above = [draw(st.sampled_from(AROUND)) for _ in range(draw(st.integers(0, 3)))]
    heads = {"": [], "    ": ["def f(self):"], "        ": ["class C:", "    def f(self):"]}[inside]
    before = "\n".join([imports[which], "", *above, *heads])
    below = [draw(st.sampled_from(AROUND)) for _ in range(draw(st.integers(0, 2)))]
    text = "\n".join([before, *call, *below, ""])
    first = before.count("\n") + 2
    return name, text, first, first + len(call) - 1


def laid_out(layout, begin, args, inside):
    """Write a call as people do."""
    lead = f"{inside}result = {begin}"
    comma = "," if layout in {"lines with a comma", "lines with remarks"} else ""
    match layout:
        case "one line" | "one line with a comma":
            return [f"{lead}{', '.join(args)}{',' if layout.endswith('comma') else ''})  # end"]
        case "hanging":
            gap = " " * len(lead)
            return [
                *(
                    f"{lead if not n else gap}{arg}{',' if n < len(args) - 1 else ')'}"
                    for n, arg in enumerate(args)
                )
            ]
    remark = "  # why" if layout == "lines with remarks" else ""
    rows = [f"{inside}    {arg}," for arg in args[:-1]] + [f"{inside}    {args[-1]}{comma}"]
    return [lead, *(row + remark for row in rows), f"{inside})"]


@settings(max_examples=40, deadline=None)
@given(files())
def test_settings_in_any_layout(made):
    """What is not on the finding's lines stays byte by byte, comments and all, but for an import at the top."""
    name, text, first, last = made
    lines = text.split("\n")

    after = mended(name, text, first, last)

    above, below = lines[: first - 1], lines[last:]
    new = after.split("\n")
    assert new[len(new) - len(below) :] == below
    assert _without_imports(new[: len(new) - len(below)])[: len(_without_imports(above))] == _without_imports(
        above
    )
    assert sorted(re.findall("#[^\n]*", after)) == sorted(re.findall("#[^\n]*", text))
    assert not re.search(r",\s*,|\(\s*,|, \)", after)
    assert ast.dump(ast.parse(after)) != ast.dump(ast.parse(text))


def _without_imports(lines):
    return [line for line in lines if line and not line.startswith(("import ", "from "))]
