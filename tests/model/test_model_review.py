"""The model's part of a review, from a change to claims and coverage, over a real socket."""

import json
import threading
import time
from dataclasses import replace

import pytest
from model_world import Memory, rule
from scripted_model import Endless, Say, Silent, Status, finding, findings

from reviewbot.domain.change import FileClass, FileDiff, FileVersion, Hunk
from reviewbot.domain.change import Status as Change
from reviewbot.domain.coverage import Read
from reviewbot.domain.excerpt import Excerpt
from reviewbot.domain.finding import Confidence, Finding, Severity, Span
from reviewbot.domain.policy import Limits, NetworkPolicy
from reviewbot.domain.rule import RuleSet
from reviewbot.domain.secret import Mask, Secret

CODE = b"import db\n\n\ndef find(name):\n    return db.run('select ' + name)\n"


def test_a_claim_reaches_the_report(world, scripted, review):
    """What the model says about a shown line is passed on in the run's terms, with coverage and usage."""
    world.file("src/app.py", CODE)
    said = finding(rule="sql", path="src/app.py", line=5, quote="    return db.run('select ' + name)")
    server = scripted(answer=lambda _: findings(said))

    report = review(world, server)

    (claim,) = report.claims
    assert (claim.rule, claim.path, claim.line) == ("sql", "src/app.py", 5)
    assert report.coverage[0][1].state is Read.DONE
    assert [line.text for line in report.shown if line.line == 5] == [claim.quote]
    assert report.usage.calls == 1
    assert report.usage.prompt_tokens > 0
    assert (report.name, report.context_tokens, report.constrained) == ("scripted", 32768, "json_schema")


def test_the_second_run_says_the_same_though_the_model_does_not(world, scripted, review, memory):
    """A model that answers differently every time: over an unchanged change nothing is asked again."""
    world.file("src/app.py", CODE)
    world.file("src/b.py", CODE)
    numbers = iter(range(1, 100))
    server = scripted(answer=lambda _: findings(finding(explanation=f"answer {next(numbers)}")))

    first = review(world, server, name="scripted")
    asked = len(server.seen)
    second = review(world, server, name="scripted")

    assert second.claims == first.claims
    assert second.coverage == first.coverage
    assert second.shown == first.shown
    assert second.notes == first.notes
    assert second.context_tokens == first.context_tokens
    assert len(server.seen) == asked, "not even a question about the server"
    assert second.usage.answered_from_cache == 2
    assert second.usage.calls == 0


def test_an_unchanged_file_is_not_asked_again_when_another_changes(world, scripted, review):
    """A new file with its own excerpts and findings does not touch the question about an old one."""
    server = scripted(answer=lambda _: findings(finding()))
    world.file("src/a.py", CODE)
    own = Excerpt("x1", "r", "src/db.py", "c" * 40, 3, 9, "definition of find", "def run(sql): ...")
    review(world.request(excerpts=(own,)), server)
    world.file("src/0-new.py", b"import os\nos.system('x')\n")
    other = Excerpt("x1", "r", "src/os.py", "c" * 40, 1, 2, "definition of system", "def system(): ...")

    again = review(world.request(excerpts=(other, replace(own, id="x2"))), server)

    assert len(server.chats) == 2
    assert again.usage.answered_from_cache == 1
    assert again.excerpts == ("x1", "x2")


def test_evidence_is_mapped_to_the_runs_ids(world, scripted, review):
    """The model cites a request's own names; the report holds the run's, and marks what was never given."""
    world.file("src/a.py", CODE)
    unrelated = Excerpt("x1", "r", "other.py", "c" * 40, 1, 1, "definition of elsewhere", "pass")
    given = Excerpt("x2", "r", "src/db.py", "c" * 40, 3, 9, "definition of find", "def run(sql): ...")
    server = scripted(answer=lambda _: findings(finding(evidence=["x1", "x2"])))

    report = review(world.request(excerpts=(unrelated, given)), server)

    assert report.claims[0].evidence == ("x2", "not given: x2")
    assert report.excerpts == ("x2",)
    assert "elsewhere" not in json.dumps(server.chats)


def test_another_answer_is_kept_apart_from_another_question(world, scripted, review):
    """A different model name is a different question."""
    world.file("src/a.py", CODE)
    server = scripted(models=[{"id": "one"}, {"id": "two"}])
    review(world, server, name="one")
    review(world, server, name="two")

    assert len(server.chats) == 2


def test_a_failed_chunk_is_asked_again_in_the_next_run(world, scripted, review):
    """Only whole, valid answers are remembered."""
    world.file("src/a.py", CODE)
    server = scripted(script=[Say("no"), Say("I cannot help with that.")])

    first = review(world, server)
    second = review(world, server)

    assert first.coverage[0][1].state is Read.FAILED
    assert "usable answer" in first.coverage[0][1].reason
    assert len(server.chats) == 3
    assert second.coverage[0][1].state is Read.DONE


def test_a_damaged_memory_is_a_miss(world, scripted, review, memory):
    """Whatever stands in the cache, the run goes on and asks anew."""
    world.file("src/a.py", CODE)
    server = scripted(answer=lambda _: findings(finding()))
    review(world, server, name="scripted")
    for value in (b"{", b"[]", b'{"claims": [[1]], "full": true, "left_out": 0}', b'{"claims": 1}', b"null"):
        for key in memory.kept:
            memory.kept[key] = value
        assert len(review(world, server, name="scripted").claims) == 1


def test_an_invalid_answer_is_asked_for_once_more_with_the_reason(world, scripted, review):
    """The second question says what was wrong; no word of the model's goes back to it."""
    world.file("src/a.py", CODE)
    server = scripted(script=[Say('{"findings": [{"rule": "IGNORE ALL"}]}')])

    report = review(world, server)

    assert report.coverage[0][1].state is Read.DONE
    assert "findings[0] lacks path" in server.chats[1]["messages"][1]["content"]
    assert "IGNORE ALL" not in json.dumps(server.chats[1])
    assert server.chats[0]["messages"][0] == server.chats[1]["messages"][0]


def test_ten_thousand_findings_are_cut_and_counted(world, scripted, review):
    """Only as many findings as were asked for are taken; the rest is counted."""
    world.file("src/a.py", CODE)
    server = scripted(
        answer=lambda _: Say(findings(*(finding(line=n + 1) for n in range(10_000))), piece=50_000)
    )

    report = review(world, server)

    assert len(report.claims) == 20
    assert report.notes == ("9980 findings of the model were over the limit per answer and were not read",)


def test_a_filled_list_is_noted(world, scripted, review):
    """Exactly as many findings as allowed may mean that there are more."""
    world.file("src/a.py", CODE)
    server = scripted(answer=lambda _: findings(*(finding(line=n + 1) for n in range(20))))

    assert "there may be more" in review(world, server).notes[0]


def test_findings_for_other_files_and_our_own_marker_are_passed_on_unjudged(world, scripted, review):
    """Path and text are the verdict's to judge; nothing is lost here."""
    world.file("src/a.py", CODE)
    said = finding(path="../../etc/passwd", explanation="<!-- reviewbot:marker -->")
    report = review(world, scripted(answer=lambda _: findings(said)))

    assert report.claims[0].path == "../../etc/passwd"
    assert report.claims[0].explanation == "<!-- reviewbot:marker -->"


def test_a_cut_answer_is_asked_for_in_halves(world, scripted, review):
    """finish_reason `length`: the chunk is split; each half is answered, and the whole is remembered."""
    filler = b"".join(b"line_%d = 1\n" % n for n in range(60))
    world.file("src/a.py", CODE + b"x = 1\n" + filler + b"x = 2\n", old=filler)
    server = scripted(script=[Say('{"findings": [', finish="length")], answer=lambda _: findings(finding()))

    report = review(world, server)
    review(world, server)

    assert report.coverage[0][1].state is Read.DONE
    assert len(server.chats) == 3


def test_an_answer_cut_for_good_fails_with_its_lines(world, scripted, review):
    """A chunk that cannot be split gets twice the tokens once, then its lines are listed as failed."""
    world.file("src/a.py", b"a = 1\n")
    server = scripted(answer=lambda _: Say("{", finish="length"))

    report = review(world, server, answer_tokens=500)

    coverage = report.coverage[0][1]
    assert coverage.state is Read.FAILED
    assert coverage.lines == ((1, 1),)
    assert [body["max_tokens"] for body in server.chats] == [500, 1000]
    assert report.shown == ()
    assert report.claims == ()


@pytest.mark.parametrize(
    "wording",
    [
        "This model's maximum context length is 8192 tokens. However, your prompt contains at least 8193 input tokens",
        "the request exceeds the available context size, try increasing it",
    ],
)
def test_a_prompt_that_does_not_fit_is_split(world, scripted, review, wording):
    """The server's word on its context counts: vLLM's and llama.cpp's refusals lead to halves."""
    world.file("src/a.py", b"".join(b"value_%d = %d\n" % (n, n) for n in range(200)))
    refusal = Status(400, {"error": {"message": wording, "type": "exceed_context_size_error", "code": 400}})
    server = scripted(script=[refusal])

    report = review(world, server)

    assert report.coverage[0][1].state is Read.DONE
    assert len(server.chats) == 3
    assert {line.line for line in report.shown} == set(range(1, 201))


def test_a_silently_shortened_prompt_is_a_failure(world, scripted, review):
    """A server that counts far fewer tokens than were sent has thrown the beginning away."""
    world.file("src/a.py", b"".join(b"value_%d = compute(%d)\n" % (n, n) for n in range(300)))
    usage = {"prompt_tokens": 600, "completion_tokens": 5}
    report = review(world, scripted("ollama", answer=lambda _: Say(usage=usage)))

    assert report.coverage[0][1].state is Read.FAILED
    assert "read only 600 tokens" in report.coverage[0][1].reason


def test_what_does_not_fit_the_budget_is_listed(world, scripted, review):
    """The riskiest file is read; the others are failed, over the token budget, with their lines."""
    for name in ("a", "b", "c"):
        world.file(f"src/{name}.py", b"x = 1\n" * 50)
    world.file("src/z.py", b"import subprocess\n" + b"x = 1\n" * 50)
    hit = Finding(
        "r",
        ("semgrep",),
        Severity.ERROR,
        Confidence.HIGH,
        (),
        Span("src/z.py", 1, 1),
        "t",
        "why",
        "import subprocess",
    )
    report = review(
        world.request(findings=(hit,)), scripted(), limits=Limits(model_tokens=2_500), answer_tokens=300
    )

    coverage = dict(report.coverage)
    assert coverage["src/z.py"].state is Read.DONE
    failed = [c for c in coverage.values() if c.state is Read.FAILED]
    assert failed
    assert all(c.reason == "over the token budget" and c.lines == ((1, 50),) for c in failed)


def test_decoys_do_not_push_out_a_hit_file(world, scripted, review):
    """However many harmless files a change adds, what scanners hit is asked first."""
    hit = Finding(
        "r", ("semgrep",), Severity.ERROR, Confidence.HIGH, (), Span("zz.py", 1, 1), "t", "why", "x"
    )
    world.file("zz.py", b"x = 1\n")
    for n in range(20):
        world.file(f"auth/secret_{n}.py", b"password = token = query = 1\n" * 40)
    report = review(
        world.request(findings=(hit,)), scripted(), limits=Limits(model_tokens=3_000), answer_tokens=300
    )

    assert dict(report.coverage)["zz.py"].state is Read.DONE


def test_each_kind_of_file_has_its_coverage(world, scripted, review):
    """Deleted, excluded, binary, links, unchanged, text without a rule, too large, unreadable."""
    code = world.file("ok.py", CODE)
    world.file("notes.md", b"# hi\n", file_class=FileClass.TEXT)
    world.file("rules.py", b"x\n", file_class=FileClass.TEXT)
    world.file("logo.png", b"\x00\n", file_class=FileClass.BINARY)
    world.file("mode.sh", b"x\n", hunks=(), file_class=FileClass.CODE)
    world.file("third_party/x.py", CODE)
    world.file("big.py", b"x = 1\n" * 100_000)
    world.files.append(
        replace(code, status=Change.DELETED, old=FileVersion("gone.py", "100644", "0" * 40), new=None)
    )
    world.files.append(replace(code, new=FileVersion("link.py", "120000", code.new.oid)))
    report = review(world, scripted(), limits=Limits(file_bytes=100_000), exclude=("third_party/**",))

    said = {path: (coverage.state.value, coverage.reason) for path, coverage in report.coverage}
    assert said == {
        "ok.py": ("done", ""),
        "notes.md": ("not_applicable", "text, and no house rule applies to it"),
        "rules.py": ("done", ""),
        "logo.png": ("not_applicable", "binary"),
        "mode.sh": ("not_applicable", "no line changed"),
        "third_party/x.py": ("not_applicable", "excluded by the operator: third_party/**"),
        "big.py": ("failed", "over the size limit (0.6 MB, the limit is 0.1 MB)"),
        "gone.py": ("not_applicable", "deleted"),
        "link.py": ("not_applicable", "a symbolic link"),
    }


def test_a_file_is_asked_about_under_the_rules_for_its_kind(world, scripted, review):
    """Files of one kind share the words before them to the byte; rules for other files are not among them."""
    for path in ("a.py", "b.py", "c.ts"):
        world.file(path, CODE)
    rules = (rule("for-python"), rule("for-scripts", applies_to=("**/*.ts",)), rule("for-all", applies_to=()))
    server = scripted()
    review(world.request(rules=RuleSet((), rules)), server, parallel=1)

    def kind(chat):
        return "c.ts" if "file: c.ts" in chat["messages"][1]["content"] else "python"

    words = {kind(chat): chat["messages"][0]["content"] for chat in server.chats}
    assert len({chat["messages"][0]["content"] for chat in server.chats}) == 2
    assert [name in words["python"] for name in ("for-python", "for-scripts", "for-all")] == [
        True,
        False,
        True,
    ]
    assert [name in words["c.ts"] for name in ("for-python", "for-scripts", "for-all")] == [False, True, True]


def test_a_line_too_long_for_a_request_is_listed(world, scripted, review):
    """A minified line that fits no request fails alone; the rest of the file is read."""
    world.file("src/a.py", CODE + b"x = '" + b"ab cd " * 20_000 + b"'\n" + b"y = 1\n")
    report = review(world, scripted())

    coverage = report.coverage[0][1]
    assert coverage.state is Read.FAILED
    assert coverage.reason == "a line is too long for one request"
    assert coverage.lines == ((6, 6),)
    assert {line.line for line in report.shown} >= {1, 5, 7}


def test_an_unreachable_server_fails_every_file_and_raises_nothing(world, review, waits):
    """Nothing listens: each file has the sentence as its reason, after a bounded number of tries."""
    world.file("src/a.py", CODE)
    report = review(world, "http://127.0.0.1:9/v1")

    assert report.coverage[0][1].state is Read.FAILED
    assert "cannot be reached" in report.coverage[0][1].reason
    assert waits == [1.0, 2.0, 4.0]


def test_a_silent_server_is_not_asked_for_every_file(world, scripted, review):
    """After a few requests without an answer the rest fail with the same reason at once."""
    for n in range(12):
        world.file(f"src/f{n}.py", CODE)
    server = scripted(answer=lambda _: Silent())
    report = review(world, server, parallel=1, network=NetworkPolicy(idle_s=0.2))

    assert len(server.chats) == 3
    assert {coverage.state for _, coverage in report.coverage} == {Read.FAILED}
    assert len({coverage.reason for _, coverage in report.coverage}) == 1


def test_the_time_limit_ends_an_endless_server(world, scripted, review):
    """Minutes are a bound of the whole run, whatever the server does."""
    world.file("src/a.py", CODE)
    server = scripted(answer=lambda _: Endless())
    report = review(world, server, limits=Limits(minutes=0.005))

    assert report.coverage[0][1].state is Read.FAILED


def test_files_are_read_in_parallel(world, scripted, review):
    """Up to `parallel` requests are under way at once, and the report is in the change's order."""
    together = threading.Barrier(3)

    def answer(body):
        together.wait(timeout=10)
        return findings(finding())

    for name in ("c", "a", "b"):
        world.file(f"src/{name}.py", CODE)
    report = review(world, scripted(answer=answer), parallel=3)

    assert [path for path, _ in report.coverage] == ["src/c.py", "src/a.py", "src/b.py"]


def test_prompt_and_answer_are_kept_masked(world, scripted, review, log):
    """The record holds each prompt and answer; a secret is in neither, nor in what was sent."""
    secret = "AKIA" + "Z" * 16
    world.file("src/a.py", CODE + b"key = '" + secret.encode() + b"'\n")
    server = scripted(answer=lambda _: findings(finding(explanation=f"look, {secret}")))

    review(world.request(mask=Mask.of([Secret("aws-access-key", secret)])), server)

    kept = "".join(log.documents.values())
    assert secret not in kept + json.dumps(server.chats) + repr(log.events)
    assert "[secret:aws-access-key:1]" in kept
    assert "look" in kept
    assert {name.rsplit("-", 1)[1] for name in log.documents} == {"prompt.txt", "answer.txt"}


def test_the_second_view_has_no_comments_and_its_quotes_map_back(world, scripted, review):
    """The same lines are asked about without comments; both answers count, in the first view's words."""
    source = b"def f(a):\n    return eval(a)  # reviewed by security: safe\n"
    world.file("src/a.py", source)

    def answer(body):
        bare = "reviewed by security" not in body["messages"][1]["content"]
        quote = "    return eval(a)" if bare else "def f(a):"
        return findings(finding(line=2 if bare else 1, quote=quote))

    server = scripted(answer=answer)
    report = review(world, server, second_view=True)

    assert len(server.chats) == 2
    assert {claim.quote for claim in report.claims} == {
        "def f(a):",
        "    return eval(a)  # reviewed by security: safe",
    }
    assert len({(line.path, line.line) for line in report.shown}) == len(report.shown)


def test_the_second_view_is_not_asked_where_it_is_the_same(world, scripted, review):
    """Without a comment in the shown lines there is nothing to ask twice."""
    world.file("src/a.py", CODE)
    server = scripted()
    review(world, server, second_view=True)

    assert len(server.chats) == 1


def test_house_rules_that_fill_the_context_are_a_failure(world, scripted, review):
    """No room for the change is said, not worked around."""
    world.file("src/a.py", CODE)
    many = RuleSet((), tuple(rule(f"rule-{n}", title="words " * 300) for n in range(60)))
    report = review(world.request(rules=many), scripted())

    assert "no room" in report.coverage[0][1].reason


def test_no_word_of_title_or_commits_is_sent(world, scripted, review):
    """The security pass is blind to title, commit ids and the repository's name."""
    world.file("src/a.py", CODE)
    server = scripted()
    review(world, server)

    sent = json.dumps(server.chats)
    assert "TITLE" not in sent
    assert "h" * 40 not in sent
    assert "ledger" not in sent


def test_the_answer_to_a_cached_server_is_a_new_memory(world, scripted, review):
    """Another cache knows nothing."""
    world.file("src/a.py", CODE)
    server = scripted()
    review(world, server)
    review(world, server, cache=Memory())

    assert len(server.chats) == 2


def test_excerpts_go_with_the_chunks_they_concern(world, scripted, review):
    """Guidelines with every file, the surrounding function with its lines, a caller by the function's name."""
    world.file("src/a.py", CODE)
    world.file("src/b.py", b"import os\n")

    def excerpt(number, path, why, text="pass", first=1):
        return Excerpt(f"x{number}", "r", path, "c" * 40, first, first + 20, why, text)

    request = world.request(
        excerpts=(
            excerpt(1, "docs/rules.md", "guideline docs/rules.md", "GUIDE"),
            excerpt(2, "src/a.py", "the function around line 4", "def outer(): AROUND"),
            excerpt(3, "src/c.py", "caller of outer", "CALLER"),
            excerpt(4, "src/d.py", "caller of unrelated", "UNRELATED"),
            excerpt(5, "src/a.py", "the function around line 500", "FAR", first=500),
        )
    )
    server = scripted()
    report = review(request, server, parallel=1)

    sent = {body["messages"][1]["content"].split("file: ")[1][:8]: json.dumps(body) for body in server.chats}
    words = ("GUIDE", "AROUND", "CALLER", "UNRELATED", "FAR")
    assert [word in sent["src/a.py"] for word in words] == [True, True, True, False, False]
    assert [word in sent["src/b.py"] for word in words] == [True, False, False, False, False]
    assert report.excerpts == ("x1", "x2", "x3")


def test_repeats_live_within_the_budget(world, scripted, review):
    """A repeated question is paid from what earlier ones did not use, and refused when that is gone."""
    world.file("src/a.py", b"x = 1\n")
    server = scripted(answer=lambda _: Say("no", usage={"prompt_tokens": 2_000, "completion_tokens": 100}))
    report = review(world, server, limits=Limits(model_tokens=2_500), answer_tokens=300)

    assert len(server.chats) == 1
    assert report.coverage[0][1].reason == "over the token budget"


def test_a_large_change_is_planned_in_little_time(world, scripted, review):
    """Thousands of files: what is over the budget costs next to nothing."""
    for number in range(1_000):
        world.files.append(
            FileDiff(
                Change.ADDED,
                None,
                FileVersion(f"src/f{number}.py", "100644", world.blob(b"value = compute(1)\n" * 100)),
                (Hunk(0, 1, (), (b"value = compute(1)",) * 100),),
                FileClass.CODE,
            )
        )
    started = time.process_time()
    report = review(world, scripted(), limits=Limits(model_tokens=20_000), answer_tokens=300)

    assert len(report.coverage) == 1_000
    assert time.process_time() - started < 20
