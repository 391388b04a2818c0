"""Chat-control tokens in untrusted text, broken so that no tokenizer takes them for its own.

Servers of every kind turn `<|im_end|>` inside a message into the real end of that message
(vLLM 31735, transformers 29279, llama.cpp 26273). The first character of each such token is
shown as its code point, `<U+003C>|im_end|>`: visible, the same every time, and nothing else
of the line changes.

Two general rules catch whole families, also those of models not yet known: `<|…`, with the
full-width bar of DeepSeek too, and `<name|>`. The table holds the tokens without a bar, from
the tokenizers of Llama 2, Mistral, Gemma, Qwen, GLM, StarCoder, DeepSeek, MiniMax, Seed,
Baichuan, InternLM, Cohere, EXAONE and BERT-like models.
"""

import re

_ANGLED = (
    r"unk|pad|mask|bos|eos|cls|sep|sop|eop|eoh|eoa|eom|eot|nl|"
    r"start_of_turn|end_of_turn|start_of_image|end_of_image|image_soft_token|"
    r"start_function_\w+|end_function_\w+|start_of_audio|end_of_audio|"
    r"think|thinking|reasoning|answer|tool_call|tool_calls|tool_response|tools|tool|function_call|"
    r"fim_\w+|repo_name|reponame|file_sep|filename|gh_stars|issue_\w+|jupyter_\w+|commit_\w+|empty_output|"
    r"extra_id_\d+|unused\d+|reserved_\d+|reserved_token_\d+|special_token_\d+|tokens_unused_\d+|"
    r"(?:bos|eos|pad|unk|mask|cls|sep|eop|eot)_token|role|system|user|assistant|human|bot|"
    r"(?:seed|minimax|mask|longcat|ernie|hy)[:_][\w:]+|\[[\w▁]+\]"
)
# Upper case only: `rows[mask]` and `names[prefix]` are ordinary code.
_BRACKETED = (
    r"INST|SYS|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|ARGS|CALL_ID|"
    r"IMG|IMG_BREAK|IMG_END|AUDIO|BEGIN_AUDIO|PREFIX|MIDDLE|SUFFIX|THINK|MODEL_SETTINGS|"
    r"gMASK|sMASK|MASK|CLS|SEP|PAD|UNK|BOS|EOS|control_\d+"
)
_TOKEN = re.compile(
    r"<(?=[|\uff5c])"
    r"|<(?=/?[\w▁:.-]{1,60}[|\uff5c]>)"
    r"|\[(?=\|)"
    r"|<(?=<?/?(?:" + _ANGLED + r")>)"
    r"|<(?=<?/?sys>)"
    r"|\[(?=/?(?-i:" + _BRACKETED + r")\])"
    r"|\](?=~!?b?\[|~b\])"
    r"|\[(?=e~\[)",
    re.IGNORECASE,
)
# Strike-through in HTML is spelled like the start of a sequence; a type parameter `<S>` is not.
_SEQUENCE = re.compile(r"<(?=/?s>)")


def broken(text: str) -> str:
    """Give the text with the first character of every control token shown as a code point."""
    return _SEQUENCE.sub(_named, _TOKEN.sub(_named, text))


def _named(match: re.Match[str]) -> str:
    return f"<U+{ord(match.group()):04X}>"
