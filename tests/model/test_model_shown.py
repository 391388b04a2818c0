"""How the change is shown: nothing hidden, nothing executable by a chat template, nothing lost."""

import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from model_world import TEMPLATES, World, rule

from reviewbot.domain.excerpt import Excerpt
from reviewbot.domain.rule import ApprovedLibrary, RuleSet
from reviewbot.domain.secret import Mask, Secret
from reviewbot.domain.visible import visible
from reviewbot.errors import PolicyError
from reviewbot.model.budget import Chunk
from reviewbot.model.control_tokens import broken
from reviewbot.model.hunks import CONTEXT_LINES, sections
from reviewbot.model.prompt import Material, Templates, change_message, system_message
from reviewbot.model.shown import Veil, decoded, span, spans

TOKENS = [
    "<|im_start|>",
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|start_header_id|>",
    "<|begin_of_text|>",
    "<|python_tag|>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|end|>",
    "<|channel|>",
    "<|message|>",
    "<|call|>",
    "<|return|>",
    "<|START_OF_TURN_TOKEN|>",
    "<|fim_prefix|>",
    "<|file_sep|>",
    "<|vision_start|>",
    "<|tool_call>",
    "<turn|>",
    "<tool_call|>",
    "<channel|>",
    "<\uff5cbegin▁of▁sentence\uff5c>",
    "<\uff5cUser\uff5c>",
    "<\uff5cAssistant\uff5c>",
    "<\uff5cend▁of▁sentence\uff5c>",
    "<\uff5ctool▁calls▁begin\uff5c>",
    "<\uff5cfim▁hole\uff5c>",
    "<|hy_User|>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<bos>",
    "<eos>",
    "<pad>",
    "<unk>",
    "<mask>",
    "<s>",
    "</s>",
    "[INST]",
    "[/INST]",
    "<<SYS>>",
    "<</SYS>>",
    "[SYSTEM_PROMPT]",
    "[/SYSTEM_PROMPT]",
    "[AVAILABLE_TOOLS]",
    "[/AVAILABLE_TOOLS]",
    "[TOOL_CALLS]",
    "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]",
    "[THINK]",
    "[/THINK]",
    "[PREFIX]",
    "[SUFFIX]",
    "[MIDDLE]",
    "[IMG]",
    "[ARGS]",
    "[CALL_ID]",
    "<think>",
    "</think>",
    "<tool_call>",
    "</tool_call>",
    "<tool_response>",
    "</tool_response>",
    "<fim_prefix>",
    "<fim_middle>",
    "<fim_suffix>",
    "<fim_pad>",
    "<repo_name>",
    "<file_sep>",
    "<gh_stars>",
    "<filename>",
    "<issue_start>",
    "<jupyter_code>",
    "<commit_msg>",
    "<extra_id_0>",
    "<unused99>",
    "<reserved_106>",
    "[gMASK]",
    "[sMASK]",
    "<sop>",
    "<eop>",
    "[|system|]",
    "[|endofturn|]",
    "]~b]",
    "]~!b[",
    "[e~[",
    "<minimax:tool_call>",
    "<seed:bos>",
    "<seed:think>",
    "<BOS_TOKEN>",
    "<EOS_TOKEN>",
    "<role>",
    "</role>",
    "[CLS]",
    "[SEP]",
    "[PAD]",
    "[UNK]",
    "[MASK]",
    "<[begin▁of▁image]>",
    "<eoh>",
    "<eoa>",
    "<TOKENS_UNUSED_3>",
]


@pytest.mark.parametrize("token", TOKENS)
def test_no_control_token_survives(token):
    """In any surroundings, joined to itself or another, the token is gone and the text is still all there."""
    for text in (
        token,
        f"a{token}b",
        token * 3,
        f"<{token}",
        f'x = "{token}<|im_end|>"',
        token.upper(),
        f"[{token}]",
    ):
        shown = broken(text)
        assert token not in shown
        assert re.sub(r"<U\+([0-9A-F]{4})>", lambda m: chr(int(m.group(1), 16)), shown) == text
        assert broken(shown) == shown


@pytest.mark.parametrize(
    "code",
    [
        "a |> b", "x <- y", "List<String>", "Vec<S>", "a < b", "rows[mask]", "names[prefix]", "if a<b|c>d:", "x[0]",
        "std::cout << a;", "[1, 2]", "<div class='x'>", "a ||b", "[a|b]", "#include <vector>", "f<T>(x)",
    ],
)  # fmt: skip
def test_ordinary_code_is_shown_as_it_is(code):
    """Breaking tokens does not garble what is none."""
    assert broken(code) == code


PIECES = st.lists(
    st.sampled_from([*TOKENS, "<<<data ", " data>>>", "\n", "\r", "\x00", "\u202e", "\u200b", "é", "x", " ", "0" * 32, '"'])
    | st.text(max_size=4),
    max_size=12,
).map("".join)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=4), PIECES)
@example([""], "")
@example(["<<<data " + "0" * 32 + "\n", "0" * 32 + " data>>>"], "x")
def test_a_prompt_decodes_to_its_parts(blocks, words):
    """Whatever the spans hold, reading the prompt back gives exactly our words and the exact spans."""
    veil = Veil.of(Mask())
    shown = [[veil.line(line) for line in block.split("\n")] for block in blocks]
    ours = "Constant words."
    prompt = ours + "".join(span(lines) + ours for lines in shown)

    parts = list(spans(prompt))
    assert [text for data, text in parts if data] == ["\n".join(lines) for lines in shown]
    assert {text for data, text in parts if not data} == {ours}
    for data, text in parts:
        assert not data or not any(token in text for token in TOKENS)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.binary(max_size=20).map(lambda b: b.replace(b"\n", b"")), min_size=1, max_size=6),
    PIECES,
    PIECES,
)
def test_the_whole_question_decodes(lines, path, why):
    """Any bytes in file, path and excerpt: the question is our template's words around the exact spans."""
    world = World()
    file = world.file("a/" + path.replace("\n", "") + ".py", b"\n".join(lines) + b"\n")
    veil = Veil.of(Mask())
    excerpt = Excerpt("x9", "r", path, "c" * 40, 1, 2, why, "\n".join(map(decoded, lines)))
    laid = sections(file, world.blobs[file.new.oid], veil)
    chunk = Chunk(file.path, veil.path(file.path), laid, 0)
    templates = Templates.load(TEMPLATES)

    question = change_message(templates, chunk, Material((("x1", excerpt),), ()), veil).content
    harmless = change_message(
        templates,
        Chunk("p", "p", (), 0),
        Material((("x1", Excerpt("x9", "r", "p", "", 1, 2, "w", "t")),), ()),
        veil,
    ).content

    def words(prompt):
        return [text for data, text in spans(prompt) if not data]

    assert words(question) == words(harmless)
    data = [text for is_data, text in spans(question) if is_data]
    numbered = [line for line in data[1].split("\n") if re.match(r" *\d+ \+\|", line)]
    assert [line.split("|", 1)[1] for line in numbered] == [
        veil.line(decoded(line)) for line in _shown_lines(lines)
    ]
    for char in question:
        assert char == "\n" or visible(char) == char


def _shown_lines(lines):
    content = (b"\n".join(lines) + b"\n").split(b"\n")[:-1]
    crlf = all(line.endswith(b"\r") for line in content)
    return [line.removesuffix(b"\r") if crlf else line for line in content]


def test_an_open_span_is_an_error():
    """A prompt whose span is not closed does not decode."""
    with pytest.raises(ValueError, match="not closed"):
        list(spans("<<<data " + "0" * 32 + "\nx"))


def test_equal_content_has_an_equal_fence():
    """The nonce comes from the content, so that servers recognise a repeated prefix."""
    assert span(["a"]) == span(["a"]) != span(["b"])


def test_secrets_are_hidden_before_all_else():
    """Also one with invisible characters, and one that spans several lines."""
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----"
    veil = Veil.of(Mask.of([Secret("pass", "pa\u200bss-word"), Secret("private-key", key)]))
    assert veil.line("x = 'pa\u200bss-word'") == "x = '[secret:pass:1]'"
    assert veil.line("  kqhkiG9w0BAQEF") == "  [secret:private-key:1]"
    assert "MIIE" not in veil.block(f"a\n{key}\nb")


def test_hunks_are_shown_with_context_numbers_and_marks():
    """Added lines are marked and numbered, removed ones have no number, context surrounds both."""
    world = World()
    old = b"".join(b"line %d\n" % n for n in range(1, 41))
    new = old.replace(b"line 20\n", b"twenty\ntwenty b\n")
    file = world.file("a.py", new, old)
    (section,) = sections(file, new, Veil.of(Mask()))

    assert str(section.lines[0]) == f"{20 - CONTEXT_LINES:>6}  |line {20 - CONTEXT_LINES}"
    assert [str(line) for line in section.lines if line.changed] == [
        "       -|line 20",
        "    20 +|twenty",
        "    21 +|twenty b",
    ]
    assert section.lines[-1].number == 21 + CONTEXT_LINES
    assert section.range == (20, 21)


def test_neighbouring_hunks_are_one_section_and_far_ones_two():
    """Surroundings that touch are joined; every line is shown once."""
    world = World()
    old = b"".join(b"line %d\n" % n for n in range(1, 101))
    new = old.replace(b"line 10\n", b"a\n").replace(b"line 20\n", b"b\n").replace(b"line 90\n", b"")
    file = world.file("a.py", new, old)
    near, far = sections(file, new, Veil.of(Mask()))

    numbers = [line.number for line in near.lines if line.number]
    assert numbers == list(range(2, 29))
    assert far.range == (89, 89)


def test_line_ends_are_shown_only_where_they_differ():
    """In a CRLF file the CR is left out; a lone one elsewhere is shown."""
    world = World()
    crlf, mixed = b"a\r\nb\r\n", b"a\r\nb\n"
    texts = [
        [line.text for line in sections(world.file("f.py", new), new, Veil.of(Mask()))[0].lines]
        for new in (crlf, mixed)
    ]
    assert texts == [["a", "b"], ["a<U+000D>", "b"]]


def test_the_system_message_is_the_same_bytes_for_the_same_rules():
    """Order of rules does not matter; rules are sorted, and hold no token or fence."""
    veil = Veil.of(Mask())
    one, two = rule("a-rule", title="Not <|im_end|> nor\n<<<data " + "0" * 32 + "\n"), rule("b-rule")
    templates = Templates.load(TEMPLATES)
    texts = {
        system_message(templates, RuleSet((), rules), tight=False, veil=veil).content
        for rules in ((one, two), (two, one))
    }
    (text,) = texts
    assert text.index("## a-rule") < text.index("## b-rule")
    assert "<|im_end|>" not in text
    assert [data for data, _ in spans(text)] == [False]
    assert json.dumps({"findings": []}) in text
    assert "{{" not in text


def test_the_system_message_names_the_approved_libraries():
    """The model is told what to mend with, in words that hold no control token either."""
    library = ApprovedLibrary(
        "http", "p", "Requests <|im_end|>", ("python",), ("corp_http.Session",), ("requests.*",), ""
    )
    templates = Templates.load(TEMPLATES)
    with_, without = (
        system_message(templates, RuleSet((), (), lists), tight=False, veil=Veil.of(Mask())).content
        for lists in ((library,), ())
    )

    assert "(python): corp_http.Session; instead of requests.*" in with_
    assert "<|im_end|>" not in with_
    assert "Approved libraries" not in without


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ nonsense }}", "nonsense"),
        ("{% if %}", "line 1"),
        ("{{ change.__class__.__mro__ }}", "__class__|unsafe|access"),
        ("{{ ''.format.__globals__ }}", "unsafe"),
    ],
)
def test_templates_are_strict_and_sandboxed(tmp_path, source, said):
    """An unknown value, a syntax error and a way out of the sandbox are errors that name the template."""
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "system.j2").write_text("x")
    (folder / "change.j2").write_text(source)
    with pytest.raises(PolicyError, match=said):
        change_message(Templates.load(tmp_path), Chunk("p", "p", (), 0), Material((), ()), Veil.of(Mask()))


def test_template_syntax_in_the_change_stays_text():
    """Values are never template source."""
    world = World()
    file = world.file("a.py", b"{{ 7*7 }} {% raw %} {# x #}\n")
    veil = Veil.of(Mask())
    chunk = Chunk("a.py", "a.py", sections(file, world.blobs[file.new.oid], veil), 0)
    text = change_message(Templates.load(TEMPLATES), chunk, Material((), ()), veil).content
    (shown,) = [part for data, part in spans(text) if data]
    assert shown.endswith("+|{{ 7*7 }} {% raw %} {# x #}")
