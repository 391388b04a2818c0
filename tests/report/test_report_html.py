"""The HTML form of a review: structure, policy, contrast, hunks."""

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_reviews import (
    ALL,
    BLOBS,
    PATCH,
    SQL,
    SYNC,
    USERS,
    WIDE_PATCH,
    clean,
    full,
    hostile,
    incomplete,
    oid,
    read,
)  # fmt: skip
from report_strategies import reviews, texts

from reviewbot.domain.finding import Judged, Outcome, Span
from reviewbot.domain.patch import Edit, Step
from reviewbot.errors import UsageError
from reviewbot.report import html
from reviewbot.report.colours import coloured
from reviewbot.report.patch_files import patch_files
from reviewbot.shipped import folder

STYLE = (folder("templates") / "report" / "report.css").read_text("utf-8")
VOID = {"meta", "br", "input"}


class Outline(HTMLParser):
    """Tags, attributes and headings of a page; fails on tags that are not closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.headings, self.ids, self.words = [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def outline(review) -> Outline:
    return Outline(html.render(review, read))


OURS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "a",
    "header",
    "p",
    "code",
    "h1",
    "h2",
    "h3",
    "ul",
    "ol",
    "li",
    "strong",
    "main",
    "section",
    "article",
    "span",
    "pre",
    "details",
    "summary",
    "del",
    "ins",
    "footer",
    "form",
    "fieldset",
    "legend",
    "label",
    "input",
    "select",
    "option",
    "output",
    "kbd",
    "div",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "br",
    "dl",
    "dt",
    "dd",
    "script",
}


@pytest.mark.parametrize("name", ALL)
def test_structure_is_as_before(name, golden):
    """The body of each page is its golden file (style and script are files of their own)."""
    page = html.render(ALL[name](), read)
    page = re.sub(r"(?s)<(style|script)>.*?</\1>", r"<\1></\1>", page)
    golden(
        f"report/{name}.html", re.sub(r'(http-equiv="Content-Security-Policy" content=")[^"]*', r"\1", page)
    )


@pytest.mark.parametrize("name", ALL)
def test_page_needs_nothing_else(name):
    """No element refers to anything outside the page, and none carries a handler or a style of its own."""
    for tag, attributes in outline(ALL[name]()).tags:
        assert tag in OURS
        assert not {"src", "srcset", "style", "action", "formaction", "data", "poster"} & set(attributes)
        assert not any(key.startswith("on") for key in attributes)
        assert attributes.get("href", "#").startswith("#")
    assert "@import" not in STYLE
    assert "url(" not in STYLE


@settings(max_examples=25, deadline=None)
@given(reviews())
def test_any_review_keeps_the_structure(review):
    """Whatever text stands in a review, only our elements are in the page, well nested, with ids of their own."""
    page = Outline(html.render(review, read))
    assert {tag for tag, _ in page.tags} <= OURS
    assert len(page.ids) == len(set(page.ids))
    assert all(attributes.get("href", "#").startswith("#") for _, attributes in page.tags)


def test_policy_allows_exactly_our_style_and_script():
    """The page's own policy denies everything but the style and the script that are in it."""
    page = html.render(full(), read)
    (policy,) = [
        a["content"] for tag, a in Outline(page).tags if a.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["base-uri"] == rules["form-action"] == "'none'"
    for key, tag in (("style-src", "style"), ("script-src", "script")):
        (content,) = re.findall(rf"(?s)<{tag}>(.*?)</{tag}>", page)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules[key] == f"'sha256-{digest}'"


def test_policy_stands_before_what_it_governs():
    """The policy comes before the style and the script."""
    page = html.render(full(), read)
    assert page.index("Content-Security-Policy") < page.index("<style>") < page.index("<script>")


@pytest.mark.parametrize("name", ALL)
def test_headings_and_landmarks(name):
    """One h1, no level skipped, one main, sections labelled by their headings, table headers with a scope."""
    page = outline(ALL[name]())
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert [tag for tag, _ in page.tags].count("main") == 1
    for tag, attributes in page.tags:
        if tag in {"section", "article"}:
            assert attributes["aria-labelledby"] in page.ids
        if tag == "th":
            assert attributes["scope"] in {"col", "row"}


def test_each_finding_can_be_linked_to():
    """Each finding has an id of its own made of its fingerprint, and a link to itself."""
    page = outline(full())
    for judged in full().findings:
        assert f"f-{judged.finding.fingerprint}" in page.ids
    anchors = {a["href"][1:] for tag, a in page.tags if tag == "a"}
    assert anchors <= set(page.ids)


def test_same_fingerprint_twice_gives_two_ids():
    """Two findings with one fingerprint (head and an earlier commit) keep separate ids."""
    twice = tuple(Judged(SQL, outcome) for outcome in (Outcome.INLINE, Outcome.SUMMARY, Outcome.EXISTING))
    page = outline(replace(full(), findings=twice))
    assert [name for name in page.ids if re.fullmatch(r"f-[0-9a-f]+(-\d)?", name)] == [
        f"f-{SQL.fingerprint}",
        f"f-{SQL.fingerprint}-2",
        f"f-{SQL.fingerprint}-3",
    ]


def test_hunk_has_numbers_context_and_the_finding_marked():
    """Three lines around the finding come from the blob, with numbers, signs and the line itself marked."""
    page = html.render(full(), read)
    rows = re.findall(
        r'<span class="row( hit)?( new)?"><span class="no">(\d+)</span><span class="sign">(.)</span>', page
    )
    sql = [
        (int(number), bool(hit)) for hit, _, number, sign in rows if 10 <= int(number) <= 16 and sign == "+"
    ]
    assert sql == [(n, n == 13) for n in range(10, 17)]
    assert ("", "", "1", " ") in rows  # src/sync.py:1 is not an added line


def test_blob_that_cannot_be_read_leaves_the_quote():
    """Where the blob is gone, the finding is shown with its own quote."""

    def gone(name):
        raise UsageError(f"no blob {name}")

    page = html.render(full(), gone)
    assert "SELECT * FROM users" in page
    assert '<span class="no">13</span>' in page
    assert '<span class="no">12</span>' not in page


def test_finding_outside_its_file_leaves_the_quote():
    """A span past the end of the blob is shown with its quote."""
    judged = Judged(replace(SQL, span=Span("src/users.py", 500, 500)), Outcome.INLINE)
    assert '<span class="no">500</span>' in html.render(replace(full(), findings=(judged,)), read)


def test_long_spans_and_lines_are_bounded():
    """A finding of a thousand lines and a line of a megabyte give a page of ordinary size that says so."""
    text = ("x" * 1_000_000 + "\n") + "y\n" * 1000
    BLOBS[oid(text)] = text.encode()
    base = full()
    file = base.change.files[2]
    diff = replace(file, new=replace(file.new, oid=oid(text)))
    judged = Judged(replace(SQL, span=Span("src/users.py", 1, 1000)), Outcome.INLINE)
    page = html.render(replace(base, change=replace(base.change, files=(diff,)), findings=(judged,)), read)
    assert len(page) < 100_000
    assert "999,600 more characters" in page
    assert "more lines of it are not shown" in page


def test_model_is_labelled_and_excerpts_unfold():
    """The model's prose is labelled; excerpts it cites unfold; cited and unsent ones are marked."""
    page = html.render(full(), read)
    assert '<span class="label">The model says</span> <code>name</code> comes from' in page
    assert page.count('<details class="evidence">') == 2
    assert '<span class="mark">cited</span>' in page
    assert '<span class="mark quiet">not sent</span>' in page


def test_patch_is_shown_as_a_diff_with_its_proof():
    """Lines out and in, coloured; who proposed it, the care it takes, every step, and the file to copy."""
    page = html.render(full(), read)
    assert page.count('<del class="row">') == 2
    assert page.count('<ins class="row">') == 4
    assert (
        '<span class="label">Fix, by the rule</span> <span class="care">look before applying</span>' in page
    )
    assert "Fix, by the model, proven" in page
    assert page.count("<li class=") >= 2 * len(Step)
    assert '<li class="not-run"><span class="state">not run</span> the tests that passed before' in page
    assert "the tests that passed before still pass (14)" in page
    assert "It needs <code>tenacity</code> among the dependencies." in page
    text = re.search(
        r'(?s)aria-label="File ([^"]+-python-sql-built-from-input.patch)"><code>(.*?)</code>', page
    )
    assert unescape(text[2]).encode() == patch_files(full(), read)[text[1]]


def test_text_that_a_browser_would_change_is_not_offered():
    """A file with CRLF is no text to copy, and that is said; nor is one that would hold a secret."""
    crlf = SYNC.replace("\n", "\r\n")
    BLOBS[oid(crlf)] = crlf.encode()
    edits = tuple(replace(edit, oid=oid(crlf)) for edit in WIDE_PATCH.edits)
    page = html.render(replace(full(), patches=(replace(WIDE_PATCH, edits=edits),)), read)
    assert "a browser would change its line ends" in page
    assert "git apply" not in page
    near = replace(PATCH, edits=(Edit("src/users.py", oid(USERS), 8, 8, ("",)),))
    page = html.render(replace(full(), patches=(near,)), read)
    assert "Not written as a file: it would hold a secret." in page
    assert "git apply" not in page


def test_failing_tests_stand_apart():
    """They have a section of their own, before the findings, with names and first lines."""
    page = html.render(full(), read)
    assert page.index('id="tests-title"') < page.index('id="findings-title"')
    assert "2 failed · 14 passed · they do not count against the result" in page
    assert "<code>tests/test_sync.py::test_waits</code>" in page
    assert "tests-title" not in html.render(clean(), read)
    assert "could not be run: the sandbox ended it after five minutes" in html.render(incomplete(), read)


def test_gaps_stand_before_the_findings():
    """What was not reviewed is said first."""
    page = html.render(incomplete(), read)
    assert page.index('id="gaps-title"') < page.index('id="findings-title"')
    assert "Incomplete: 1 error" in page
    assert "gaps-title" not in html.render(clean(), read)


def test_filters_wait_for_the_script():
    """Filters, which need the script, are hidden until it runs; everything else is there without it."""
    (form,) = [a for tag, a in outline(full()).tags if tag == "form"]
    assert "hidden" in form
    assert not any("hidden" in a for tag, a in outline(full()).tags if tag != "form")


def test_template_is_strict_and_escapes(tmp_path):
    """A name that a template misspells is an error, and text is escaped in it."""
    from jinja2 import UndefinedError  # noqa: PLC0415 (only here)

    place = tmp_path / "report"
    place.mkdir()
    for name in ("report.css", "report.js"):
        (place / name).write_text("")
    (place / "report.html.j2").write_text("{{ title }}")
    assert "<script>" not in html.render(hostile(), read, templates=tmp_path)
    (place / "report.html.j2").write_text("{{ titel }}")
    with pytest.raises(UndefinedError):
        html.render(hostile(), read, templates=tmp_path)


def test_rule_page_is_the_only_link_out():
    """A link leaves the page only to the operator's rule pages."""
    review = replace(full(), policy=replace(full().policy, rule_links="https://wiki.corp.example/rules/"))
    links = {a["href"] for tag, a in outline(review).tags if tag == "a" and not a["href"].startswith("#")}
    assert links == {f"https://wiki.corp.example/rules/{rule.id}" for rule in full().rules.rules}
    script = replace(full(), policy=replace(full().policy, rule_links="javascript:alert(1)//"))
    assert not [a for tag, a in outline(script).tags if tag == "a" and not a["href"].startswith("#")]


def _palettes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root\s*\{(.*?)\}", STYLE, flags=re.DOTALL)
    light, dark, paper = (dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})", block)) for block in blocks)
    return {"light": light, "dark": light | dark, "print": light | paper}


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


TEXT_ON = {
    "paper": ("ink", "quiet", "link", "error", "warning", "note", "done"),
    "sheet": ("ink", "quiet", "link", "error", "warning", "note", "done"),
    "faint": ("ink", "quiet", "error", "new", "k", "s", "c", "m", "f"),
    "hit": ("ink", "quiet", "new", "k", "s", "c", "m", "f"),
    "del": ("ink", "error", "quiet", "k", "s", "c", "m", "f"),
    "ins": ("ink", "new", "quiet", "k", "s", "c", "m", "f"),
}


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_contrast_is_enough(scheme):
    """Text has WCAG AA contrast (4.5 to 1) on every ground it stands on, in both schemes and in print."""
    palette = _palettes()[scheme]
    for ground, inks in TEXT_ON.items():
        for ink in inks:
            bright, dim = sorted((_luminance(palette[ground]), _luminance(palette[ink])), reverse=True)
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, (scheme, ink, ground)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        ["a.py", "b.js", "Dockerfile", "c.yml", "d.tf", "e.unknown", "f.rb", "g.html", "Makefile"]
    ),
    texts,
)
def test_colouring_never_changes_code(path, text):
    """Whatever the code, its coloured runs joined are the code."""
    lines = text.split("\n")
    assert ["".join(piece for _, piece in line) for line in coloured(path, lines)] == lines


def test_lexer_that_loses_a_character_is_not_believed():
    """Where the coloured runs are not the code, the code is shown without colour."""

    def lossy(_language, text):
        return [[("k", line[:-1])] for line in text.split("\n")]

    assert coloured("a.py", ["return 1", "x"], lex=lossy) == [[("", "return 1")], [("", "x")]]


def test_login_in_a_repository_address_is_not_shown():
    """User and password in the repository's address are not on the page."""
    review = replace(
        full(), change=replace(full().change, repository="https://bob:hunter2@forge.example/a/b")
    )
    assert "Code review of https://forge.example/a/b" in html.render(review, read)


def test_costly_code_stays_uncoloured():
    """A very long line or file is not given to a lexer."""
    assert coloured("a.py", ["return " * 1000]) == [[("", "return " * 1000)]]
    assert coloured("a.py", ["return 1"] * 30_000)[0] == [("", "return 1")]
    assert coloured("a.py", ["return 1"])[0][0] == ("k", "return")


def test_every_language_has_a_lexer():
    """Each language that is named is one that Pygments has."""
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415 (only here)

    from reviewbot.report import colours  # noqa: PLC0415 (only here)

    for name in {*colours._LANGUAGES, *colours._BY_NAME.values()}:
        assert get_lexer_by_name(name)


def test_template_files_are_where_the_writer_looks():
    """The three files of the page are shipped together."""
    place = Path(folder("templates")) / "report"
    assert {file.name for file in place.iterdir()} == {"report.html.j2", "report.css", "report.js"}
    assert USERS


def test_lines_of_a_patch_are_numbered_as_in_the_reviewed_file():
    """So they fit the finding's own; what is put in has no number, and a hunk says where it begins."""
    first, second = WIDE_PATCH.edits
    apart = replace(WIDE_PATCH, edits=(replace(first, first=1, last=0), second))
    page = html.render(replace(full(), patches=(apart,)), read)
    row = r'<(?:span|ins|del) class="row"><span class="no">(\d*)</span><span class="sign">(.)</span>'
    rows = re.findall(row, page.partition('<div class="patch">')[2].partition("</div>")[0])
    assert rows == [("", "+"), ("1", " "), ("3", " "), ("4", "-"), ("", "+"), ("", "+")]
    assert re.findall(r'<p class="aside at">line (\d+)</p>', page) == ["1", "3"]
