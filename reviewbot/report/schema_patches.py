"""The JSON Schema of patches and tests."""

from reviewbot.domain.patch import Origin, State, Step
from reviewbot.report.shapes import (
    COUNT,
    FLAG,
    LINE,
    PATH,
    TEXT,
    Schema,
    closed,
    list_of,
    maybe,
    one_of,
    said,
)


def patch() -> Schema:
    """Give the shape of a proven patch."""
    edit = closed(
        path=said(PATH, "File."),
        oid=said(TEXT, "Blob that the edit is made for; it applies to no other."),
        first=said(LINE, "First line that is replaced, from 1."),
        last=said(COUNT, "Last line, included; one less than `first` for an insertion before it."),
        lines=said(list_of(TEXT), "Lines that take their place, without line ends; secrets masked."),
        exact=said(FLAG, "False if masking or made-visible characters changed a line: not to be applied."),
    )
    step = closed(
        step=said(one_of(Step), "Step of the proof."),
        state=said(one_of(State), "How it ended. Only `tests_pass` may not have been run."),
        said=said(TEXT, "A sentence on it, where there is one."),
    )
    proof = closed(
        steps=said(list_of(step), "Every step, in order."),
        tests=said(maybe(COUNT), "Tests of the repository that pass; null if none were run."),
    )
    return closed(
        id=said(TEXT, "What a finding's `patch` refers to."),
        finding=said(TEXT, "Fingerprint of the finding that it mends."),
        origin=said(one_of(Origin), "Who proposed it."),
        safe=said(FLAG, "Whether applying it needs no second look."),
        sentence=said(TEXT, "What it does."),
        needs=said(list_of(TEXT), "Packages that it imports anew; they must be among the dependencies."),
        edits=said(list_of(edit), "Edits of whole lines."),
        proof=said(proof, "What was proven."),
    )


def unproven() -> Schema:
    """Give the shape of a proposal that came to nothing."""
    return closed(
        finding=said(TEXT, "Fingerprint of the finding that it was to mend."),
        rule=said(TEXT, "Rule of that finding."),
        origin=said(one_of(Origin), "Who was to propose it."),
        step=said(maybe(one_of(Step)), "Step at which its proof failed; null if nothing was proposed."),
        why=said(TEXT, "Why, as a sentence."),
    )


def tests() -> Schema:
    """Give the shape of one run of the repository's tests."""
    failed = closed(
        name=said(TEXT, "Test."),
        lines=said(list_of(TEXT), "The first lines that it printed."),
    )
    return closed(
        command=said(list_of(TEXT), "What was run; the target branch's policy names it."),
        passed=said(COUNT, "Tests that passed, where the output names them."),
        failed=said(list_of(failed), "Tests that failed, where the output names them."),
        named=said(FLAG, "Whether the output names tests in a form that is known."),
        exit_code=said({"type": "integer"}, "What the command ended with."),
        broken=said(TEXT, "Why the tests could not be run to their end; empty if they were."),
        gate=said(FLAG, "Whether failing tests make the result red."),
    )
