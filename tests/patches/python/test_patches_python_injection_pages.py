"""Mended code is run: paths stay in their folder, redirects on the site, and pages, logs and searches show what was typed."""

import logging
import sys

import jinja2
import markupsafe
import pytest
from python_mending import both, loaded, mended, refused

PATHS = {
    "joined": (
        "import os\n",
        "with open(os.path.join('{folder}', name)) as file:\n        return file.read()",
    ),
    "concatenated": ("import os\n", "with open('{folder}/' + name) as file:\n        return file.read()"),
    "with pathlib": ("from pathlib import Path\n", "return (Path('{folder}') / name).read_text()"),
}


@pytest.mark.parametrize(("imports", "line"), PATHS.values(), ids=PATHS)
@pytest.mark.parametrize(
    "attack", ["../secret", "sub/../../secret", "{root}/secret", "link", "../public-not/secret"]
)
def test_a_path_stays_in_its_folder(tmp_path, imports, line, attack):
    """Steps upwards, absolute names, links out of the folder, and a folder whose name only begins the same."""
    public = tmp_path / "public"
    (public / "sub").mkdir(parents=True)
    (tmp_path / "public-not").mkdir()
    (public / "sub" / "page").write_text("page")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "public-not" / "secret").write_text("secret")
    (public / "link").symlink_to(tmp_path / "secret")
    text = imports + "\n\ndef run(name):\n>   " + line.replace("{folder}", str(public)) + "\n"
    before, after = both("path-inside", text)
    assert before["run"]("sub/page") == after["run"]("sub/page") == "page"
    with pytest.raises((PermissionError, FileNotFoundError)):
        after["run"](attack.replace("{root}", str(tmp_path)))


def test_a_path_behind_a_link_of_the_folder_itself_is_inside(tmp_path):
    """The folder may be reached by a link: both sides are resolved."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "page").write_text("page")
    (tmp_path / "public").symlink_to(tmp_path / "real")
    text = f"import os\n\n\ndef run(name):\n>   with open(os.path.join('{tmp_path}/public', name)) as file:\n        return file.read()\n"
    assert loaded(mended("path-inside", text))["run"]("page") == "page"


class RefusedError(Exception):
    """What `flask.abort` raises here."""


def _flask():
    """Give what the code uses of Flask: it is no dependency of ours."""

    def abort(status):
        raise RefusedError(status)

    return {"abort": abort, "redirect": lambda target: f"to {target}"}


@pytest.fixture
def flask(monkeypatch):
    module = type(sys)("flask")
    vars(module).update(_flask())
    monkeypatch.setitem(sys.modules, "flask", module)


@pytest.mark.usefixtures("flask")
def test_a_redirect_stays_on_the_site():
    """Browsers leave tabs and line ends out, and read a backslash as a slash."""
    text = "from flask import abort, redirect\n\n\ndef run(target):\n>   return redirect(target)\n"
    run = loaded(mended("redirect-inside", text))["run"]
    for target in ("/", "/a/b?c=d#e", "/ü", "/a//b"):
        assert run(target) == f"to {target}"
    for target in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "",
        "evil",
        "javascript:x",
    ):
        with pytest.raises(RefusedError):
            run(target)


@pytest.mark.usefixtures("flask")
def test_a_page_shows_what_was_typed():
    """Tags are text then, in an attribute as well."""
    text = "import flask\n\n\ndef run(name):\n>   return f'<a title=\"{name}\">' + name + '</a>'\n"
    before, after = both("html-escape", text)
    assert before["run"]("Ann") == after["run"]("Ann") == '<a title="Ann">Ann</a>'
    assert after["run"]('"><script>') == '<a title="&quot;&gt;&lt;script&gt;">&quot;&gt;&lt;script&gt;</a>'


def test_markup_escapes_what_is_put_in_and_keeps_its_own_braces():
    """What is markup already is not escaped again."""
    text = "from markupsafe import Markup\n\n\ndef run(name):\n>   return Markup('<b id=\"{{x}}\">{}</b>'.format(name))\n"
    before, after = both("markup-format", text)
    assert before["run"]("Ann") == after["run"]("Ann") == '<b id="{x}">Ann</b>'
    assert "<i>" not in after["run"]("<i>")
    assert "<i>" in after["run"](markupsafe.Markup("<i>"))


def test_a_template_shows_braces_as_text():
    """An expression in the value was run."""
    text = (
        "import jinja2\n\n\ndef run(name):\n>   return jinja2.Template('Hello %s {{ 1 }}' % name).render()\n"
    )
    assert "the text itself" in refused("template-variables", text)
    text = "import jinja2\n\n\ndef run(name):\n>   return jinja2.Template('Hello %s' % name).render()\n"
    before, after = both("template-variables", text, jinja2=jinja2)
    assert before["run"]("Ann") == after["run"]("Ann") == "Hello Ann"
    assert before["run"]("{{ 6 * 7 }}") == "Hello 42"
    assert after["run"]("{{ 6 * 7 }}") == "Hello {{ 6 * 7 }}"


def test_a_line_of_the_log_is_one_line(caplog):
    """A line break made a second entry; a sign of percent in the text stays one."""
    text = "import logging\n\n\ndef run(name):\n>   logging.warning(f'by {name}: 100%')\n"
    _, after = both("log-arguments", text)
    with caplog.at_level(logging.WARNING):
        after["run"]("Ann\n2026-01-01 all is well")
    assert caplog.messages == ["by 'Ann\\n2026-01-01 all is well': 100%"]


def test_a_search_is_for_the_text_itself():
    """A pattern matched everything."""
    text = "import re\n\n\ndef run(word, page):\n>   return bool(re.search('^' + word + '$', page))\n"
    before, after = both("regex-escape", text)
    assert before["run"]("a+b", "a+b") is False
    assert after["run"]("a+b", "a+b") is True
    assert before["run"](".*", "x")
    assert not after["run"](".*", "x")
