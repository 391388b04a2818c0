"""Two renders of equal reviews are equal, and a run's own numbers stay in their place."""

import json
import re
from dataclasses import replace

import pytest
from report_reviews import ALL, read

from reviewbot.domain.claim import Usage
from reviewbot.report import html, markdown, sarif, terminal
from reviewbot.report import json as report_json

WRITERS = {
    "json": lambda review: report_json.render(review).decode(),
    "sarif": lambda review: sarif.render(review, read).decode(),
    "markdown": lambda review: markdown.render(review, read),
    "html": lambda review: html.render(review, read),
    "terminal": lambda review: terminal.render(review, colour=False, width=100, read=read),
}


def without_this_run(name: str, text: str) -> str:
    """Take out the one place where a run's own numbers may stand."""
    if name == "json":
        document = json.loads(text)
        del document["this_run"]
        return json.dumps(document)
    if name == "sarif":
        document = json.loads(text)
        del document["runs"][0]["properties"]["this_run"]
        return json.dumps(document)
    places = {
        "markdown": r"(?m)^- this run: .*$",
        "html": r'(?s)<div id="this-run">.*?</div>\n</section>',
        "terminal": r"(?m)\s+\S+ s(, [0-9,]+ tokens \([0-9,]+ cached\))?$",
    }
    rest, count = re.subn(places[name], "", text)
    assert count == 1
    return rest


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("name", ["clean", "full", "incomplete"])
def test_runs_differ_only_in_their_place(writer, name):
    """Another run id, time and usage change nothing outside the place for them."""
    first = ALL[name]()
    model = first.model and replace(first.model, usage=Usage(9, 8, 7, 6, 5, 4.5))
    suite = first.suite and replace(first.suite, seconds=66.6)
    second = replace(ALL[name](), run="01JE1111111111111111111111", seconds=77.7, model=model, suite=suite)
    texts = [WRITERS[writer](review) for review in (first, second)]
    assert texts[0] != texts[1]
    assert without_this_run(writer, texts[0]) == without_this_run(writer, texts[1])


@pytest.mark.parametrize("writer", WRITERS)
def test_equal_reviews_give_equal_bytes(writer):
    """The same review gives the same bytes."""
    assert WRITERS[writer](ALL["full"]()) == WRITERS[writer](ALL["full"]())
