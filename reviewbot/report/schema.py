"""The JSON Schema of what `json.py` writes, and the reference page made from it.

Closed: an unknown key is an error, a known one is always there. Each key has a sentence, so
the reference in the documentation is this file and cannot fall behind it.
"""

import json

from reviewbot.domain.change import FileClass, Status
from reviewbot.domain.coverage import Read
from reviewbot.domain.finding import Confidence, Outcome, Severity
from reviewbot.domain.review import SCHEMA
from reviewbot.report import schema_patches
from reviewbot.report.shapes import (
    COUNT,
    DAY,
    FLAG,
    LINE,
    PATH,
    SECONDS,
    TEXT,
    Schema,
    closed,
    list_of,
    maybe,
    one_of,
    said,
)


def _change() -> Schema:
    file = closed(
        path=said(PATH, "New path, or the old one of a deleted file; odd characters C-quoted as git does."),
        old_path=said(maybe(PATH), "Path before a rename or copy."),
        status=said(one_of(Status), "How the file changed."),
        **{"class": said(one_of(FileClass), "Kind of file; the policy names reviewers per class.")},
        added=said(COUNT, "Added lines."),
        removed=said(COUNT, "Removed lines."),
    )
    return closed(
        repository=said(TEXT, "Name of the repository."),
        pull_request=said(maybe(LINE), "Number of the pull request; null for a local run."),
        title=said(TEXT, "What was asked for, such as `main...feature/login`."),
        base=said(TEXT, "Commit at the tip of the target branch; the policy is read there."),
        merge_base=said(TEXT, "Commit that the change starts from."),
        head=said(maybe(TEXT), "Reviewed commit; null for the index or the work tree."),
        base_tree=said(TEXT, "Tree that the change starts from."),
        head_tree=said(TEXT, "Tree that was reviewed."),
        files=said(list_of(file), "Changed files."),
    )


def _policy() -> Schema:
    pack = closed(
        id=said(TEXT, "Name of the pack."),
        version=said(TEXT, "Version of the pack."),
        digest=said(TEXT, "Digest over the pack's files."),
        signed_by=said(
            maybe(TEXT),
            "Key of the policy that signed the pack; null where the policy asks for no signature.",
        ),
    )
    return closed(
        digest=said(TEXT, "Digest over every setting of the run."),
        sources=said(list_of(TEXT), "Where the settings came from."),
        packs=said(list_of(pack), "Rule packs as they were loaded."),
    )


def _coverage() -> Schema:
    word = {
        "anyOf": [
            {"const": str(Read.DONE)},
            closed(not_applicable=said(TEXT, "Why this reviewer does not read such a file.")),
            closed(
                failed=said(TEXT, "Why the file was not read."),
                lines=said(
                    list_of({"type": "array", "items": LINE, "minItems": 2, "maxItems": 2}),
                    "Line ranges that were not read, both ends included; empty for the whole file.",
                ),
            ),
        ]
    }
    return closed(
        path=said(PATH, "Changed file."),
        **{"class": said(one_of(FileClass), "Kind of file.")},
        required=said(list_of(TEXT), "Reviewers that must have read it."),
        excluded_by=said(maybe(TEXT), "The operator's pattern that takes the file out; null if none does."),
        by=said(
            {"type": "object", "additionalProperties": word},
            "Each reviewer's word: `done`, not applicable, or failed.",
        ),
    )


def _finding() -> Schema:
    span = closed(
        path=said(PATH, "File."),
        side=said({"const": "new"}, "Lines are counted in the reviewed version."),
        first=said(LINE, "First line, from 1."),
        last=said(LINE, "Last line, included."),
    )
    waiver = closed(
        reason=said(TEXT, "Why the finding does no harm here."),
        requested_by=said(TEXT, "Who asked for it."),
        approved_by=said(TEXT, "Who approved it."),
        until=said(DAY, "Its last day."),
        ticket=said(TEXT, "Where the work to get rid of it is tracked."),
        signed_by=said(
            maybe(TEXT), "The approver whose key verified its signature; null for an unsigned one."
        ),
        file=said(
            TEXT, "File it stands in; of the repository's, the commit at the tip of the target branch too."
        ),
        line=said(LINE, "Line of that file."),
    )
    return closed(
        fingerprint=said(TEXT, "Identity that survives moves; holds no line number."),
        rule=said(TEXT, "Rule id, or `tool/rule` of a tool's own rule."),
        catalogued=said(FLAG, "Whether the rule is in the catalogue of this run."),
        sources=said(list_of(TEXT), "Who says so: scanners, `model`."),
        severity=said(one_of(Severity), "How bad, if true; the rule's word."),
        confidence=said(one_of(Confidence), "How sure whoever reports it is."),
        cwe=said(list_of(LINE), "CWE numbers."),
        title=said(TEXT, "The catalogue's title."),
        reason=said(TEXT, "The catalogue's reason."),
        span=said(span, "Where."),
        commit=said(maybe(TEXT), "Earlier commit of the range that holds it, if the head does not."),
        quote=said(TEXT, "The lines, secrets masked, hidden characters as code points."),
        explanation=said(TEXT, "The model's prose; empty without."),
        evidence=said(list_of(TEXT), "Excerpts that the model cites."),
        outcome=said(one_of(Outcome), "What became of it; exactly one."),
        why=said(TEXT, "Why, where the outcome needs a sentence."),
        waiver=said(maybe(waiver), "The waiver that covers it; null for what is not waived."),
        patch=said(maybe(TEXT), "Id of the proven patch; null without."),
    )


def _excerpt() -> Schema:
    return closed(
        id=said(TEXT, "What a finding's evidence refers to."),
        repository=said(TEXT, "Repository it is from."),
        path=said(PATH, "File it is from."),
        commit=said(TEXT, "Commit it is from."),
        first=said(LINE, "First line."),
        last=said(LINE, "Last line."),
        why=said(TEXT, "Why it was chosen."),
        given=said(FLAG, "Whether it was really sent to the model."),
        cited=said(FLAG, "Whether a finding cites it."),
    )


def _this_run() -> Schema:
    usage = closed(
        calls=said(COUNT, "Requests to the server."),
        answered_from_cache=said(COUNT, "Questions answered without one."),
        prompt_tokens=said(COUNT, "Tokens sent, by the server's count."),
        cached_tokens=said(COUNT, "Of these, served from its prefix cache."),
        completion_tokens=said(COUNT, "Tokens received."),
        seconds=said(SECONDS, "Time spent waiting for the server."),
        notes=said(list_of(TEXT), "What the model's part of the run wants known."),
    )
    return closed(
        run=said(TEXT, "Id of the run."),
        day=said(DAY, "Day in UTC, by which waivers were judged."),
        seconds=said(SECONDS, "Time the run took."),
        tests_seconds=said(maybe(SECONDS), "Time the tests took; null if they were not run."),
        model=said(maybe(usage), "What the model cost; null if none was asked."),
    )


def review_schema() -> Schema:
    """Give the JSON Schema (2020-12) of `reviewbot/review/1`."""
    tool = closed(
        name=said(TEXT, "Scanner."),
        version=said(TEXT, "Its version."),
        detail=said(TEXT, "Its front end or mode, where it has several."),
    )
    verdict = closed(
        complete=said(FLAG, "Whether every required reviewer read what it had to."),
        at_threshold=said(COUNT, "Findings that make the result red."),
        exit_code=said(COUNT, "What the process ended with."),
    )
    model = closed(
        url_host=said(TEXT, "Host of the model server."),
        name=said(TEXT, "Model it served."),
        constrained=said(TEXT, "How its answers were held to the schema."),
        context_tokens=said(COUNT, "Its context length."),
    )
    outcomes = {str(outcome): said(COUNT, _OUTCOMES[outcome]) for outcome in Outcome}
    properties: dict[str, Schema] = {
        "schema": said({"const": SCHEMA}, "Name and version of this format."),
        "reviewbot": said(TEXT, "Version of the program."),
        "change": said(_change(), "What was reviewed."),
        "policy": said(_policy(), "By which rules."),
        "sandbox": said(TEXT, "What contained the scanners."),
        "tools": said(list_of(tool), "Scanners as they ran."),
        "verdict": said(verdict, "The gate's word."),
        "coverage": said(list_of(_coverage()), "Who has read what."),
        "findings": said(list_of(_finding()), "All findings, whatever became of them."),
        "patches": said(list_of(schema_patches.patch()), "Proven patches; no other is shown anywhere."),
        "unproven": said(
            list_of(schema_patches.unproven()), "Patches that came to nothing, for whoever audits."
        ),
        "tests": said(
            maybe(schema_patches.tests()),
            "The repository's own tests on the head; null if they were not run.",
        ),
        "excerpts": said(list_of(_excerpt()), "Pieces of the repository chosen for the model."),
        "model": said(maybe(model), "The model that was asked; null if none was."),
        "outcomes": said(closed(**outcomes), "Findings per outcome; they add up to all findings."),
        "notes": said(list_of(TEXT), "What else a reader should know."),
        "this_run": said(_this_run(), "All that differs between two runs over the same inputs."),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
        "title": f"A review by reviewbot ({SCHEMA})",
        **closed(**properties),
    }


_OUTCOMES = {
    Outcome.INLINE: "Shown on their line.",
    Outcome.SUMMARY: "Listed, not on a line.",
    Outcome.EXISTING: "In the base already.",
    Outcome.DUPLICATE: "Merged into another.",
    Outcome.UNVERIFIED: "The model's, and the evidence did not check out.",
    Outcome.BELOW_THRESHOLD: "Under the confidence that the policy asks for.",
    Outcome.WAIVED: "Waived: somebody answers for it, until a day.",
}


def schema_text() -> str:
    """Give the content of `docs/schemas/review.schema.json`."""
    return json.dumps(review_schema(), indent=2) + "\n"
