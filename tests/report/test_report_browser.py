"""The HTML report in a real browser."""

import re
from html import escape, unescape

import pytest
from report_reviews import ALL, full, hostile, read

from reviewbot.domain.finding import Outcome
from reviewbot.report import html

pytestmark = pytest.mark.browser


def written(tmp_path, review, extra: str = ""):
    """Write the page, with a script of the test's own before the end that the page's policy must be told of."""
    page = tmp_path / "review.html"
    page.write_text(html.render(review, read) + extra, "utf-8")
    return page


@pytest.mark.parametrize("name", ["full", "hostile"])
def test_page_asks_nobody(tmp_path, chromium, name):
    """The page opens with no request to the network, and its script has run."""
    dom, addresses = chromium(written(tmp_path, ALL[name]()), "--dump-dom", "--virtual-time-budget=2000")
    assert addresses == []
    assert re.search(r'<form class="filters" id="filters" aria-label', dom)
    assert re.search(r"\d of \d shown\.", dom)


def test_request_would_be_noticed(tmp_path, chromium):
    """A page that does ask for something is caught: the check is not blind."""
    page = tmp_path / "loud.html"
    page.write_text('<img src="http://tracker.example/x.png">')
    _, addresses = chromium(page, "--dump-dom", "--virtual-time-budget=2000")
    assert "http://tracker.example/x.png" in addresses


def test_policy_stops_what_gets_in(tmp_path, chromium):
    """Even if markup of somebody else got into the page, it would load and run nothing."""
    extra = (
        '<img src="http://tracker.example/x.png"><link rel="stylesheet" href="http://tracker.example/x.css">'
        "<script>document.title = 'owned'</script><iframe src='http://tracker.example/f'></iframe>"
    )
    dom, addresses = chromium(written(tmp_path, full(), extra), "--dump-dom", "--virtual-time-budget=2000")
    assert "<title>owned</title>" not in dom
    assert addresses == []


def test_readable_with_scripts_off(tmp_path, chromium):
    """Without scripts all findings, code and tables can be read, and no control that would do nothing."""
    inner = escape(html.render(full(), read), quote=True)
    page = tmp_path / "frame.html"
    # The frame may run no script; the page around it may, and takes down what a reader sees in the frame.
    page.write_text(
        f'<pre></pre><iframe width="1000" height="900" sandbox="allow-same-origin" srcdoc="{inner}"></iframe><script>'
        "const f = document.querySelector('iframe');"
        "f.onload = () => document.querySelector('pre').textContent = f.contentDocument.body.innerText;</script>",
        "utf-8",
    )
    dom, _ = chromium(page, "--dump-dom", "--virtual-time-budget=3000")
    seen = unescape(dom.partition("<pre>")[2].partition("</pre>")[0])
    for judged in full().with_outcome(Outcome.INLINE, Outcome.SUMMARY):
        assert judged.finding.title in seen
        assert judged.finding.rule in seen
    assert "SELECT * FROM users WHERE name" in seen
    assert "third_party/lib.js" in seen
    assert "Severity" not in seen
    assert "shown." not in seen


DRIVER = """
const frame = document.querySelector('iframe');
frame.onload = () => {
  const doc = frame.contentDocument, out = [];
  const press = (key) => doc.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  const cards = () => Array.from(doc.querySelectorAll('article.card')).filter((card) => !card.hidden);
  const choose = (name, value) => {
    doc.querySelector(`select[name=${name}]`).value = value;
    doc.querySelector('form').dispatchEvent(new Event('change'));
    out.push(`${name}=${value}: ${cards().map((card) => card.dataset.rule)}`);
    doc.querySelector(`select[name=${name}]`).value = '';
  };
  for (const key of ['j', 'j', 'k', 'k']) { press(key); out.push(cards().indexOf(doc.activeElement)); }
  choose('sources', 'model');
  choose('file', 'deploy/key.pem');
  choose('rule', 'checkov/CKV_AWS_20');
  doc.querySelector('input[value=error]').click();
  out.push(`no errors: ${cards().length}; ${doc.querySelector('output').textContent}`);
  document.querySelector('pre').textContent = out.join('\\n');
};
"""


def test_filters_and_keys(tmp_path, chromium):
    """j and k walk through the findings; the filters leave what fits and say how many."""
    inner = escape(html.render(full(), read), quote=True)
    page = tmp_path / "frame.html"
    page.write_text(f'<pre></pre><iframe srcdoc="{inner}"></iframe><script>{DRIVER}</script>', "utf-8")
    dom, _ = chromium(page, "--dump-dom", "--virtual-time-budget=3000")
    assert unescape(dom.partition("<pre>")[2].partition("</pre>")[0]).split("\n") == [
        *("0", "1", "0", "0"),
        "sources=model: python-sql-built-from-input,timeout-missing",
        "file=deploy/key.pem: private-key-in-repository",
        "rule=checkov/CKV_AWS_20: checkov/CKV_AWS_20",
        "no errors: 2; 2 of 5 shown.",
    ]


def test_link_to_a_finding_opens_it(tmp_path, chromium):
    """The address of a finding leads to it."""
    page = written(tmp_path, full())
    name = f"f-{full().findings[0].finding.fingerprint}"

    class Deep:
        def as_uri(self):
            return f"{page.as_uri()}#{name}"

    dom, _ = chromium(Deep(), "--dump-dom", "--virtual-time-budget=2000")
    assert f'id="{name}"' in dom


@pytest.mark.parametrize(
    ("look", "flags"),
    [
        ("light", ("--window-size=1200,2000",)),
        ("dark", ("--window-size=1200,2000", "--blink-settings=preferredColorScheme=0")),
        ("narrow", ("--window-size=500,2000",)),
    ],
)
def test_screenshot_is_made(tmp_path, chromium, look, flags):
    """The page can be drawn, light, dark and narrow."""
    picture = tmp_path / f"{look}.png"
    chromium(written(tmp_path, full()), f"--screenshot={picture}", "--hide-scrollbars", *flags)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000


def test_page_prints(tmp_path, chromium):
    """The page prints to PDF, hostile text and all."""
    paper = tmp_path / "review.pdf"
    chromium(written(tmp_path, hostile()), f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    assert paper.read_bytes().startswith(b"%PDF")
