"""Offers for a file, as a review makes them."""

from reviewbot.domain.patch import Edit, Origin, Patch, Proof, State, Step, StepResult
from reviewbot.mending.offer import Offer
from reviewbot.mending.plan import Lying, Plan

OID = "1" * 40
CONTENT = b"import os\n\none\ntwo\nthree\nfour\n"
PROVEN = Proof.of(StepResult(step, State.PASSED) for step in Step if step is not Step.TESTS_PASS)


def edit(first, last, *lines, path="a.py", oid=OID):
    return Edit(path, oid, first, last, lines)


def offer(name, *edits, safe=True, proof=PROVEN, path="a.py", masked=False):
    """An offer whose finding's fingerprint begins with the name."""
    fingerprint = name.ljust(16, "0")
    patch = Patch(f"P{fingerprint}", fingerprint, Origin.RULE, safe, "Does it.", edits, proof)
    return Offer(patch, fingerprint[:8], path, 3, "a-rule", "A title", masked)


def plan(content=CONTENT, uncommitted="", **others):
    """A plan over one file, or several."""
    files = {"a.py": Lying(content, frozenset({OID}), uncommitted)}
    return Plan(files | {f"{name}.py": value for name, value in others.items()})


def taking(*offers, content=CONTENT):
    """Take them one after the other; give the file, and what was refused."""
    made, refused = plan(content), {}
    for one in offers:
        why = made.obstacle(one)
        if why:
            refused[one.name] = why
        else:
            made = made.taking(one)
    return {one.path: one.new for one in made.rewritten}.get("a.py", content), refused
