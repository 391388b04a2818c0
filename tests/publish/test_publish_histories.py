"""Pull requests with any past: findings come, go and return, files are renamed, people interfere, runs die."""

import random
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from memory_forge import WRITES, Killed, MemoryForge
from publishing_cases import MODEL, OPEN, REFUSED, RESOLVED, listed, ours, remark, run, wanted

from reviewbot.domain.forge import StatusState
from reviewbot.errors import UncertainWriteError
from reviewbot.publish.marker import Kind

HUMAN = "900"
TEXTS = ("one", "two", "three")
BY = {"one": ("semgrep",), "two": ("semgrep", "bandit"), "three": MODEL}
PLACES = [(at, text) for at in range(3) for text in TEXTS]


@dataclass
class File:
    """A changed file: its name in the base, if it is there, its name now, and what stands in it."""

    base: str | None
    path: str
    texts: set = field(default_factory=set)
    readers: tuple = ("semgrep", "bandit", "model")


class Histories(RuleBasedStateMachine):
    """The forge remembers; the change is described by its files; each `publish` is held against both."""

    @initialize(names_resolver=st.booleans(), refused=st.sampled_from(["", "src/2"]))
    def begin(self, names_resolver, refused):
        self.heads = 0
        self.forge = MemoryForge(self.head(), names_resolver=names_resolver)
        self.forge.refuse = lambda path: "no such line" if refused and path.startswith(refused) else ""
        self.files = [File("src/0", "src/0"), File("src/1", "src/1"), File(None, "src/2")]
        self.speaking, self.listed, self.renames = True, set(), 0

    def head(self):
        self.heads += 1
        return f"{self.heads:040x}"

    # what the author and the scanners do

    @rule(change=st.sets(st.sampled_from(PLACES), max_size=4))
    def push(self, change):
        """Findings come where they were not and go where they were."""
        for at, text in change:
            self.files[at].texts ^= {text}
        self.forge.head = self.head()

    @rule(at=st.integers(0, 2), back=st.booleans())
    def rename(self, at, back):
        """A file gets a name that no other has had, or the one it has in the base."""
        self.renames += 1
        fresh = f"src/{at}/{self.renames}"
        self.files[at].path = self.files[at].base or fresh if back else fresh
        self.forge.head = self.head()

    @rule(at=st.integers(0, 2), readers=st.sets(st.sampled_from(["semgrep", "bandit", "model"])))
    def scanners(self, at, readers):
        """Some reviewers fail on a file."""
        self.files[at].readers = tuple(sorted(readers))
        self.forge.head = self.head()

    @rule(speaking=st.booleans(), budget=st.sets(st.sampled_from(PLACES), max_size=2))
    def mood(self, speaking, budget):
        """The model is silent or not; some findings are over the budget."""
        self.speaking, self.listed = speaking, budget
        self.forge.head = self.head()

    # what people do

    @precondition(lambda self: self.forge.threads)
    @rule(data=st.data(), state=st.sampled_from([OPEN, RESOLVED, REFUSED]))
    def turn(self, data, state):
        thread = data.draw(st.sampled_from(self.forge.threads))
        if thread.path is not None:
            self.forge.turned(HUMAN, thread, state)

    @precondition(lambda self: self.forge.threads)
    @rule(data=st.data(), how=st.sampled_from(["words", "marker", "delete", "answer", "copy", "forge"]))
    def interfere(self, data, how):
        thread = data.draw(st.sampled_from(self.forge.threads))
        body = thread.comments[0].body
        if how == "words" and thread.comments[0].author != HUMAN:
            self.forge.edited(thread, "Other words.\n\n" + body.rpartition("\n")[2])
        elif how == "marker" and thread.comments[0].author != HUMAN:
            self.forge.edited(thread, body.replace("mac=", "mac=0"))
        elif how == "delete":
            self.forge.threads.remove(thread)
        elif how == "answer":
            self.forge.answer(HUMAN, thread, thread.comments[-1].body)
        elif how == "copy":
            self.forge.say(HUMAN, body, thread.path)
        else:
            self.forge.say(self.forge.me, body, thread.path)  # as a run would that was thought lost

    # publishing

    def said(self):
        remarks = [
            listed(found) if (at, text) in self.listed else found
            for at, text in PLACES
            if text in self.files[at].texts and self.speaks(at, text)
            for found in [remark(text, self.files[at].path, by=BY[text])]
        ]
        whole = all(len(file.readers) == 3 for file in self.files)
        bad = sum("model" not in found.by for found in remarks)
        texts = {text for file in self.files for text in file.texts}
        return wanted(
            *remarks,
            head=self.forge.head,
            read_by=tuple((file.path, file.readers) for file in self.files),
            renamed=tuple(
                (file.base, file.path) for file in self.files if file.base and file.base != file.path
            ),
            present=tuple(remark(text).quote for text in texts if BY[text] == MODEL),
            complete=whole,
            at_threshold=bad,
            exit_code=10 if bad else 0,
        )

    def speaks(self, at, text):
        if BY[text] == MODEL:
            return self.speaking and "model" in self.files[at].readers
        return set(BY[text]) <= set(self.files[at].readers)

    @rule(seed=st.integers(0, 40), phase=st.sampled_from(["before", "after"]))
    def publish_and_die(self, seed, phase):
        """The process is killed at some call."""
        foreign = self.forge.foreign()

        def hook(number, verb, when):
            if number == start + seed and when == phase:
                raise Killed

        start = len(self.forge.calls)
        self.forge.hook = hook
        try:
            run(self.forge, self.said())
        except Killed:
            pass
        finally:
            self.forge.hook = None
        assert self.forge.foreign() == foreign

    @rule(seed=st.none() | st.integers(0, 10_000))
    def publish(self, seed):
        """A run, in which some answers are lost if there is a seed; then all must be as it should be."""
        before = {thread.id: (thread.state, thread.resolver) for thread in self.forge.threads}
        foreign, chance = self.forge.foreign(), random.Random(seed)

        def hook(number, verb, when):
            if seed is not None and verb in WRITES and chance.random() < 0.1:
                raise UncertainWriteError("the forge did not answer")

        said = self.said()
        self.forge.hook = hook
        try:
            run(self.forge, said)
        except UncertainWriteError:
            return
        finally:
            self.forge.hook = None
        assert self.forge.foreign() == foreign
        self.check_threads(said)
        self.check_people(before)
        self.check_resolved(said, before)
        status = self.forge.statuses[self.forge.head]
        green = said.complete and said.exit_code == 0
        assert (status.state is StatusState.SUCCESS) == green
        calls = len(self.forge.calls)
        run(self.forge, said)
        assert not set(self.forge.calls[calls:]) & set(WRITES)

    def check_threads(self, said):
        """One open thread for each finding at most; for each that can have one, unless a person said no."""
        findings = ours(self.forge).findings
        opened = Counter(own.marker["fp"] for own in findings if own.thread.state is OPEN)
        assert set(opened.values()) <= {1}
        wanted_now = {found.fingerprint for found in said.remarks}
        people = {thread.id for thread in self.forge.threads if thread.resolver == HUMAN}
        said_no = [own.marker for own in findings if own.thread.id in people]
        for found in said.remarks:
            refused = found.anchor is None or self.forge.refuse(found.place.path)
            dismissed = any(
                marker["fp"] == found.fingerprint
                or (marker["mv"] == found.moved and marker["fp"] not in wanted_now)
                for marker in said_no
            )
            assert opened[found.fingerprint] or dismissed or refused

    def check_people(self, before):
        """What a person closed is as they left it, where the forge says that it was a person."""
        if self.forge.names_resolver:
            for thread in self.forge.threads:
                if before.get(thread.id, ("", ""))[1] == HUMAN:
                    assert (thread.state, thread.resolver) == before[thread.id]

    def check_resolved(self, said, before):
        """What a run resolves is not in the review, or stands in another thread; and a reply says why."""
        wanted_now = {found.fingerprint for found in said.remarks}
        standing = set(said.present)
        for own in ours(self.forge).findings:
            if own.thread.state is RESOLVED and before.get(own.thread.id, (OPEN,))[0] is OPEN:
                assert own.last is not None
                assert own.last.kind is Kind.GONE
                if own.last["why"] != "twin":
                    assert own.marker["fp"] not in wanted_now
                    assert own.marker["by"] != "model" or own.marker["q"] not in standing

    @invariant()
    def nothing_of_others_was_touched(self):
        assert getattr(self, "forge", None) is None or self.forge.violations == []


Histories.TestCase.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)
TestHistories = pytest.mark.timeout(120)(Histories.TestCase)
