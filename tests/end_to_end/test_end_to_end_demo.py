"""`reviewbot demo`: what the README promises."""

import json

# Each a real flaw of the bundled change; nothing else may be shown. A second finding on one line is another flaw.
FLAWS = [
    (".github/workflows/ci.yml", 9),  # a script injection
    (".github/workflows/ci.yml", 9),  # and that CI is changed at all
    ("Dockerfile", 3),
    ("orders/accounts.py", 21),
    ("orders/settings.py", 8),
    ("orders/sync.py", 8),
    ("orders/sync.py", 15),
    ("orders/views.py", 27),
    ("orders/views.py", 44),
    ("orders/views.py", 50),
]


def test_the_demo_finds_the_flaws_and_nothing_else(reviewbot, tmp_path):
    """At least six true findings, none on a harmless edit, and every report is written."""
    ran = reviewbot("demo", "--keep", tmp_path / "demo")
    assert ran.code == 0, ran.out + ran.err
    review = json.loads((tmp_path / "demo" / "review.json").read_text())
    shown = [f for f in review["findings"] if f["outcome"] in {"inline", "summary"}]
    places = [(f["span"]["path"], f["span"]["first"]) for f in shown]
    assert sorted(places) == sorted(FLAWS), [(f["rule"], p) for f, p in zip(shown, places, strict=True)]
    assert review["verdict"]["complete"] is True
    assert {path.name for path in (tmp_path / "demo").iterdir()} >= {
        "review.html",
        "review.sarif",
        "review.md",
    }


def test_the_demo_shows_no_secret(reviewbot, tmp_path):
    """The token in the bundled change appears in no report and not on the terminal."""
    ran = reviewbot("demo", "--keep", tmp_path / "demo")
    source = (tmp_path / "demo/orders/orders/sync.py").read_text()
    token = source.split('WAREHOUSE_TOKEN = "')[1].split('"')[0]
    assert len(token) > 20
    reports = [path.read_text() for path in (tmp_path / "demo").glob("review.*")]
    assert not [text for text in [ran.out, ran.err, *reports] if token in text]


def test_the_demo_replaces_only_its_own_folder(reviewbot, tmp_path):
    """A folder with something else in it is left alone."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    ran = reviewbot("demo", "--keep", tmp_path / "mine")
    assert ran.code == 2
    assert (tmp_path / "mine" / "thesis.txt").exists()
