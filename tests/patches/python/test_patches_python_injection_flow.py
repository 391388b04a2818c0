"""Mended code is run where a value takes a way: through variables, lists and tables, into a page that is collected."""

import sys
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import pytest
from python_mending import both, loaded, mended, refused

ATTACK = "<script>alert('x')</script>"
HONEST = ("Ann", "Ann and Ben", "", "a.b-c")
WAYS = {
    "another name": "value = name",
    "a table": "table = {}\n    table['a'] = 'fixed'\n    table['b'] = name\n    value = table['b']",
    "a list": "items = []\n    items.append('fixed')\n    items.append(name)\n    value = items[1]",
    "a part": "value = ('..' + name + '..')[2:-2]",
    "bytes": "import base64\n    value = base64.b64decode(base64.b64encode(name.encode())).decode()",
    "a branch": "value = 'fixed'\n    if name != 'fixed':\n        value = name",
    "a loop": "value = ''\n    for value in [name]:\n        break",
    "settings": (
        "import configparser\n    kept = configparser.ConfigParser()\n    kept.add_section('s')\n"
        "    kept.set('s', 'k', name)\n    value = kept.get('s', 'k')"
    ),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_collected_page_shows_what_was_typed(way):
    """Each place where the value is put in is escaped, once."""
    text = (
        f"\n\ndef run(name):\n    {way}\n    page = '<p>'\n    page += f'<b>{{value}}</b>'\n"
        "    page += '<i>%s</i>' % name\n    page += value\n    page += '</p>'\n>   return page\n"
    )
    before, after = both("html-escape", text)
    for name in HONEST:
        assert before["run"](name) == after["run"](name)
    assert ATTACK in before["run"](ATTACK)
    assert "<script" not in after["run"](ATTACK)
    assert after["run"]("a & b").count("a &amp; b") == 3


MARKUP = {
    "made by a function": "value = shown(name)",
    "made by a function, then looked into": "value = shown(name)[0]",
    "with tags of its own": "value = '<b>' + name + '</b>'",
    "in a list that others fill": "items = [name]\n    fill(items)\n    value = items[0]",
    "made safe already": "value = escaped(name)",
}


@pytest.mark.parametrize("way", MARKUP.values(), ids=MARKUP)
def test_what_may_be_markup_is_not_escaped(way):
    """Its tags would be shown as text."""
    text = f"\n\ndef run(name, shown, fill, escaped):\n    {way}\n    page = '<p>'\n    page += value\n>   return page\n"
    assert "not seen where a value" in refused("html-escape", text)


def test_a_table_that_the_value_is_looked_up_in_stays_as_it_is():
    """What is in the table is the program's own, whoever chooses."""
    text = (
        "PAGES = {'a': '<b>one</b>'}\n\n\ndef run(request):\n    page = '<p>' + request.args['name'] + '</p>'\n"
        "    page += PAGES[request.args['page']]\n>   return page\n"
    )
    run = loaded(mended("html-escape", text))["run"]
    shown = run(SimpleNamespace(args={"name": ATTACK, "page": "a"}))
    assert shown.endswith("<b>one</b>")
    assert "<script" not in shown


KEPT = {
    "read elsewhere": "    note(page)\n",
    "bound elsewhere": "    for page in []:\n        pass\n",
    "given to a closure": "    note = lambda: page\n",
}


@pytest.mark.parametrize("line", KEPT.values(), ids=KEPT)
def test_a_page_that_is_used_for_something_else_is_left_alone(line):
    """There it may have to stay as it is."""
    text = f"\n\ndef run(name, note):\n    page = ''\n    page += '<p>' + name\n{line}>   return page\n"
    assert refused("html-escape", text)


@pytest.mark.parametrize(
    "pieces", [("<script>", "</script>"), ("<a href=", ">x</a>"), ("<!-- ", " -->"), ("<p title='", "'>")]
)
def test_a_piece_of_a_page_has_to_be_whole(pieces):
    """Where a value stands is seen only if each piece begins and ends in the text of the page."""
    first, last = pieces
    text = (
        f"\n\ndef run(name):\n    page = {first!r}\n    page += name\n    page += {last!r}\n>   return page\n"
    )
    assert "escaping does not make it safe" in refused("html-escape", text)


def test_a_value_with_a_quote_is_refused_where_there_are_no_variables():
    """ElementTree takes none; the expression was broken by such a value before."""
    text = (
        "import xml.etree.ElementTree as ET\n\n\ndef run(root, request):\n    name = request.GET['name']\n"
        '>   found = root.findall("./user[@name=\'" + name + "\']")\n    return [one.text for one in found]\n'
    )
    root = ET.fromstring("<a><user name='Ann'>1</user><user name='Ben'>2</user></a>")
    before, after = both("lxml-variables", text)
    asked = lambda name: SimpleNamespace(GET={"name": name})  # noqa: E731 (short)
    assert before["run"](root, asked("Ann")) == after["run"](root, asked("Ann")) == ["1"]
    attack = asked("Ann'][@name='Ann")
    assert before["run"](root, attack) == ["1"]
    with pytest.raises(ValueError, match="quote"):
        after["run"](root, attack)


COMPILED = (
    "import lxml.etree\n\n\ndef run(root, name):\n    text = f\"//user[@name='{name}']\"\n"
    ">   query = lxml.etree.XPath(text)\n    return query(root), text\n"
)


def test_a_compiled_expression_is_given_the_value_when_it_is_run(monkeypatch):
    """The text that is shown beside stays the one that was shown."""
    etree = SimpleNamespace(XPath=lambda text: lambda root, **values: (text, root, values))
    monkeypatch.setitem(sys.modules, "lxml", SimpleNamespace(etree=etree))
    monkeypatch.setitem(sys.modules, "lxml.etree", etree)
    result, shown = loaded(mended("lxml-variables", COMPILED))["run"]("root", "Ann")
    assert result == ("//user[@name=$name]", "root", {"name": "Ann"})
    assert shown == "//user[@name='Ann']"


def test_a_path_that_is_shown_stays_as_it_was_put_together(tmp_path):
    """Only what is opened is the resolved one."""
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "page").write_text("page")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "link").symlink_to(tmp_path / "public")
    text = (
        f"import os\n\nFOLDER = '{tmp_path}/link'\n\n\ndef run(name):\n    path = None\n    try:\n        path = f'{{FOLDER}}/{{name}}'\n"
        ">       with open(path) as file:\n            return f'{path}: {file.read()}'\n    except OSError:\n        return f'no {path}'\n"
    )
    before, after = both("path-inside", text)
    for name in ("page", "none"):
        assert before["run"](name) == after["run"](name)
    assert before["run"]("../secret").endswith("secret: secret")
    assert after["run"]("../secret") == f"no {tmp_path}/link/../secret"


TARGETS = (
    "\n\ndef run(request, flask):\n    target = 'index.html'\n    if 'next' in request.args:\n"
    "        target = request.args['next']\n>   return flask.redirect(target)\n"
)


class RefusedError(Exception):
    """What `flask.abort` raises here."""


def _abort(status):
    raise RefusedError(status)


def test_the_programs_own_name_of_a_page_is_let_through(monkeypatch):
    """And nothing that a browser takes for another site."""
    flask = SimpleNamespace(redirect=lambda target: f"to {target}", abort=_abort)
    monkeypatch.setitem(sys.modules, "flask", flask)
    text = "import flask\n" + TARGETS.replace("request, flask", "request")
    run = loaded(mended("redirect-inside", text))["run"]
    assert run(SimpleNamespace(args={})) == "to index.html"
    for good in ("/a/b", "other.html", "a/b?c=http://x", "a#b"):
        assert run(SimpleNamespace(args={"next": good})) == f"to {good}"
    for bad in (
        "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "java\tscript:x", " //evil.example",
        "web+x:y", "\\\\evil.example", "?", "", "a\n", "data:text/html,x", "x.y:z",
    ):  # fmt: skip
        with pytest.raises(RefusedError):
            run(SimpleNamespace(args={"next": bad}))


def test_an_address_of_another_site_that_the_program_chose_is_no_place_for_a_check():
    """It would be refused."""
    text = "import flask\n" + TARGETS.replace("request, flask", "request").replace(
        "index.html", "https://a.example/"
    )
    assert "put together" in refused("redirect-inside", text)


def test_a_default_that_is_no_expression_fails_as_before():
    """Both functions say so in the same way."""
    text = "\n\ndef run(request):\n    value = ''\n    if request:\n        value = request['value']\n>   return eval(value)\n"
    before, after = both("literal-eval", text)
    assert before["run"]({"value": "[1]"}) == after["run"]({"value": "[1]"}) == [1]
    for run in (before["run"], after["run"]):
        with pytest.raises(SyntaxError):
            run({})
