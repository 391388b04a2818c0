"""The JSON Schema of what `json.py` writes, and the reference page made from it.

Closed: an unknown key is an error, a known one is always there. Each key has a sentence, so
the reference in the documentation is this file and cannot fall behind it.
"""

import json
from typing import Any

from reviewbot.domain.change import FileClass, Status
from reviewbot.domain.coverage import Read
from reviewbot.domain.finding import Confidence, Outcome, Severity
from reviewbot.domain.review import SCHEMA

Schema = dict[str, Any]

_COUNT: Schema = {"type": "integer", "minimum": 0}
_LINE: Schema = {"type": "integer", "minimum": 1}
_SECONDS: Schema = {"type": "number", "minimum": 0}
_TEXT: Schema = {"type": "string"}
_DAY: Schema = {"type": "string", "format": "date"}
_FLAG: Schema = {"type": "boolean"}
_PATH: Schema = {"type": "string", "minLength": 1}


def _said(shape: Schema, sentence: str) -> Schema:
    return shape | {"description": sentence}


def _maybe(shape: Schema) -> Schema:
    return {"anyOf": [shape, {"type": "null"}]}


def _closed(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _one_of(
    words: type[Severity] | type[Confidence] | type[Outcome] | type[FileClass] | type[Status],
) -> Schema:
    return {"enum": [str(word) for word in words]}


def _change() -> Schema:
    file = _closed(
        path=_said(_PATH, "New path, or the old one of a deleted file; odd characters C-quoted as git does."),
        old_path=_said(_maybe(_PATH), "Path before a rename or copy."),
        status=_said(_one_of(Status), "How the file changed."),
        **{"class": _said(_one_of(FileClass), "Kind of file; the policy names reviewers per class.")},
        added=_said(_COUNT, "Added lines."),
        removed=_said(_COUNT, "Removed lines."),
    )
    return _closed(
        repository=_said(_TEXT, "Name of the repository."),
        pull_request=_said(_maybe(_LINE), "Number of the pull request; null for a local run."),
        title=_said(_TEXT, "What was asked for, such as `main...feature/login`."),
        base=_said(_TEXT, "Commit at the tip of the target branch; the policy is read there."),
        merge_base=_said(_TEXT, "Commit that the change starts from."),
        head=_said(_maybe(_TEXT), "Reviewed commit; null for the index or the work tree."),
        base_tree=_said(_TEXT, "Tree that the change starts from."),
        head_tree=_said(_TEXT, "Tree that was reviewed."),
        files=_said(_list(file), "Changed files."),
    )


def _policy() -> Schema:
    pack = _closed(
        id=_said(_TEXT, "Name of the pack."),
        version=_said(_TEXT, "Version of the pack."),
        digest=_said(_TEXT, "Digest over the pack's files."),
        signed_by=_said(
            _maybe(_TEXT),
            "Key of the policy that signed the pack; null where the policy asks for no signature.",
        ),
    )
    return _closed(
        digest=_said(_TEXT, "Digest over every setting of the run."),
        sources=_said(_list(_TEXT), "Where the settings came from."),
        packs=_said(_list(pack), "Rule packs as they were loaded."),
    )


def _coverage() -> Schema:
    word = {
        "anyOf": [
            {"const": str(Read.DONE)},
            _closed(not_applicable=_said(_TEXT, "Why this reviewer does not read such a file.")),
            _closed(
                failed=_said(_TEXT, "Why the file was not read."),
                lines=_said(
                    _list({"type": "array", "items": _LINE, "minItems": 2, "maxItems": 2}),
                    "Line ranges that were not read, both ends included; empty for the whole file.",
                ),
            ),
        ]
    }
    return _closed(
        path=_said(_PATH, "Changed file."),
        **{"class": _said(_one_of(FileClass), "Kind of file.")},
        required=_said(_list(_TEXT), "Reviewers that must have read it."),
        excluded_by=_said(
            _maybe(_TEXT), "The operator's pattern that takes the file out; null if none does."
        ),
        by=_said(
            {"type": "object", "additionalProperties": word},
            "Each reviewer's word: `done`, not applicable, or failed.",
        ),
    )


def _finding() -> Schema:
    span = _closed(
        path=_said(_PATH, "File."),
        side=_said({"const": "new"}, "Lines are counted in the reviewed version."),
        first=_said(_LINE, "First line, from 1."),
        last=_said(_LINE, "Last line, included."),
    )
    fix = _closed(
        path=_said(_PATH, "File."),
        first=_said(_LINE, "Line where the replaced text begins."),
        first_column=_said(_LINE, "Column where it begins, in characters from 1."),
        last=_said(_LINE, "Line where it ends."),
        last_column=_said(_LINE, "Column after its last character."),
        text=_said(_TEXT, "Replacement, secrets masked."),
        safe=_said(_FLAG, "Whether the rule's author calls the fix safe."),
        exact=_said(
            _FLAG, "False if masking or made-visible characters changed the text: not to be applied."
        ),
    )
    waiver = _closed(
        reason=_said(_TEXT, "Why the finding does no harm here."),
        requested_by=_said(_TEXT, "Who asked for it."),
        approved_by=_said(_TEXT, "Who approved it."),
        until=_said(_DAY, "Its last day."),
        ticket=_said(_TEXT, "Where the work to get rid of it is tracked."),
        signed_by=_said(
            _maybe(_TEXT), "The approver whose key verified its signature; null for an unsigned one."
        ),
        file=_said(
            _TEXT, "File it stands in; of the repository's, the commit at the tip of the target branch too."
        ),
        line=_said(_LINE, "Line of that file."),
    )
    return _closed(
        fingerprint=_said(_TEXT, "Identity that survives moves; holds no line number."),
        rule=_said(_TEXT, "Rule id, or `tool/rule` of a tool's own rule."),
        catalogued=_said(_FLAG, "Whether the rule is in the catalogue of this run."),
        sources=_said(_list(_TEXT), "Who says so: scanners, `model`."),
        severity=_said(_one_of(Severity), "How bad, if true; the rule's word."),
        confidence=_said(_one_of(Confidence), "How sure whoever reports it is."),
        cwe=_said(_list(_LINE), "CWE numbers."),
        title=_said(_TEXT, "The catalogue's title."),
        reason=_said(_TEXT, "The catalogue's reason."),
        span=_said(span, "Where."),
        commit=_said(_maybe(_TEXT), "Earlier commit of the range that holds it, if the head does not."),
        quote=_said(_TEXT, "The lines, secrets masked, hidden characters as code points."),
        explanation=_said(_TEXT, "The model's prose; empty without."),
        evidence=_said(_list(_TEXT), "Excerpts that the model cites."),
        outcome=_said(_one_of(Outcome), "What became of it; exactly one."),
        why=_said(_TEXT, "Why, where the outcome needs a sentence."),
        waiver=_said(_maybe(waiver), "The waiver that covers it; null for what is not waived."),
        fix=_said(_maybe(fix), "The rule's own fix."),
        patch=_said(_maybe(_TEXT), "Id of the proven patch; null without."),
    )


def _patch() -> Schema:
    edit = _closed(
        path=_said(_PATH, "File."),
        oid=_said(_TEXT, "Blob that the edit is made for; it applies to no other."),
        first=_said(_LINE, "First line that is replaced, from 1."),
        last=_said(_COUNT, "Last line, included; one less than `first` for an insertion before it."),
        lines=_said(_list(_TEXT), "Lines that take their place, without line ends; secrets masked."),
        exact=_said(_FLAG, "False if masking or made-visible characters changed a line: not to be applied."),
    )
    proof = _closed(
        applies=_said(_FLAG, "Whether it applies to that blob."),
        parses=_said(_FLAG, "Whether the result has no new syntax error."),
        finding_gone=_said(_FLAG, "Whether the scanners no longer report the finding."),
        new_findings=_said(_COUNT, "Findings that the result has and the head has not."),
        tests=_said(_maybe(_COUNT), "Tests of the repository that pass; null if none were run."),
    )
    return _closed(
        id=_said(_TEXT, "What a finding's `patch` refers to."),
        finding=_said(_TEXT, "Fingerprint of the finding that it mends."),
        safe=_said(_FLAG, "Whether applying it needs no second look."),
        edits=_said(_list(edit), "Edits of whole lines."),
        proof=_said(proof, "What was proven."),
    )


def _excerpt() -> Schema:
    return _closed(
        id=_said(_TEXT, "What a finding's evidence refers to."),
        repository=_said(_TEXT, "Repository it is from."),
        path=_said(_PATH, "File it is from."),
        commit=_said(_TEXT, "Commit it is from."),
        first=_said(_LINE, "First line."),
        last=_said(_LINE, "Last line."),
        why=_said(_TEXT, "Why it was chosen."),
        given=_said(_FLAG, "Whether it was really sent to the model."),
        cited=_said(_FLAG, "Whether a finding cites it."),
    )


def _this_run() -> Schema:
    usage = _closed(
        calls=_said(_COUNT, "Requests to the server."),
        answered_from_cache=_said(_COUNT, "Questions answered without one."),
        prompt_tokens=_said(_COUNT, "Tokens sent, by the server's count."),
        cached_tokens=_said(_COUNT, "Of these, served from its prefix cache."),
        completion_tokens=_said(_COUNT, "Tokens received."),
        seconds=_said(_SECONDS, "Time spent waiting for the server."),
        notes=_said(_list(_TEXT), "What the model's part of the run wants known."),
    )
    return _closed(
        run=_said(_TEXT, "Id of the run."),
        day=_said(_DAY, "Day in UTC, by which waivers were judged."),
        seconds=_said(_SECONDS, "Time the run took."),
        model=_said(_maybe(usage), "What the model cost; null if none was asked."),
    )


def review_schema() -> Schema:
    """Give the JSON Schema (2020-12) of `reviewbot/review/1`."""
    tool = _closed(
        name=_said(_TEXT, "Scanner."),
        version=_said(_TEXT, "Its version."),
        detail=_said(_TEXT, "Its front end or mode, where it has several."),
    )
    verdict = _closed(
        complete=_said(_FLAG, "Whether every required reviewer read what it had to."),
        at_threshold=_said(_COUNT, "Findings that make the result red."),
        exit_code=_said(_COUNT, "What the process ended with."),
    )
    model = _closed(
        url_host=_said(_TEXT, "Host of the model server."),
        name=_said(_TEXT, "Model it served."),
        constrained=_said(_TEXT, "How its answers were held to the schema."),
        context_tokens=_said(_COUNT, "Its context length."),
    )
    outcomes = {str(outcome): _said(_COUNT, _OUTCOMES[outcome]) for outcome in Outcome}
    properties: dict[str, Schema] = {
        "schema": _said({"const": SCHEMA}, "Name and version of this format."),
        "reviewbot": _said(_TEXT, "Version of the program."),
        "change": _said(_change(), "What was reviewed."),
        "policy": _said(_policy(), "By which rules."),
        "sandbox": _said(_TEXT, "What contained the scanners."),
        "tools": _said(_list(tool), "Scanners as they ran."),
        "verdict": _said(verdict, "The gate's word."),
        "coverage": _said(_list(_coverage()), "Who has read what."),
        "findings": _said(_list(_finding()), "All findings, whatever became of them."),
        "patches": _said(_list(_patch()), "Patches, each with what was proven of it."),
        "excerpts": _said(_list(_excerpt()), "Pieces of the repository chosen for the model."),
        "model": _said(_maybe(model), "The model that was asked; null if none was."),
        "outcomes": _said(_closed(**outcomes), "Findings per outcome; they add up to all findings."),
        "notes": _said(_list(_TEXT), "What else a reader should know."),
        "this_run": _said(_this_run(), "All that differs between two runs over the same inputs."),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
        "title": f"A review by reviewbot ({SCHEMA})",
        **_closed(**properties),
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
