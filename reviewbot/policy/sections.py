"""What all our documents share: the strict base, and the kinds of text that keys take.

Unknown keys are errors: a misspelt guard must not pass in silence. Types are strict: `"12"` is
not a number, and a number is not text. What a validator refuses, it says in a sentence.
"""

import re
from collections.abc import Callable, Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from reviewbot.policy import addresses, patterns
from reviewbot.policy.yaml_source import Key

ID = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
VARIABLE = r"^[A-Z][A-Z0-9_]*$"
VERSION = r"^[0-9]+\.[0-9]+\.[0-9]+$"


class Section(BaseModel):
    """A part of a document. `refusals` are the sentences for keys that people try and may not write."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    refusals: ClassVar[dict[str, str]] = {}

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Name what is wrong between keys that are each right by themselves."""
        yield from ()


def matching(pattern: str, sentence: str) -> Callable[[str], str]:
    """Make a validator that refuses, with the sentence, what the whole pattern does not match."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if len(text) > 500 or not compiled.fullmatch(text):
            raise ValueError(sentence)
        return text

    return check


def _glob(text: str) -> str:
    parts = text.split("/")
    if not text or len(text) > 300 or text.startswith(("/", "!", "./")) or {"..", "."} & set(parts):
        raise ValueError(
            "wants a path pattern that counts from the top of the repository, as in src/**/*.py, without .. or !"
        )
    return text


def _absolute(text: str) -> str:
    if not text.startswith("/"):
        raise ValueError("wants a path on this machine, written from /, as in /etc/reviewbot/packs")
    return text


def _below(text: str) -> str:
    if not text or text.startswith(("/", "-")) or {"..", ".", ""} & set(text.split("/")):
        raise ValueError(
            "wants the file's path below the working directory, without .. and not beginning with / or -"
        )
    return text


def _one_line(text: str) -> str:
    if not text.strip() or "\n" in text or len(text) > 200:
        raise ValueError("wants one line of text, at most 200 characters")
    return text.strip()


def _prose(text: str) -> str:
    if not text.strip() or len(text) > 4000:
        raise ValueError("wants some text, at most 4,000 characters")
    return text.strip()


def _schema(**keys: object) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **keys})


def _format_version(value: object) -> object:
    # For Python, and so for the validating library, true and 1.0 equal 1.
    if type(value) is not int:
        raise ValueError("wants 1, the version of the format, as a whole number")
    return value


FormatVersion = Annotated[Literal[1], BeforeValidator(_format_version)]
Id = Annotated[
    str,
    AfterValidator(
        matching(ID, "wants a name in small letters and digits, words joined by -, as in python-security")
    ),
    _schema(pattern=ID, maxLength=100),
]
Variable = Annotated[
    str,
    # The text is not repeated: somebody may have put the key itself here.
    AfterValidator(
        matching(
            VARIABLE, "wants the name of a variable in capitals, as in REVIEWBOT_MODEL_KEY; never the key"
        )
    ),
    _schema(pattern=VARIABLE, maxLength=100),
]
Version = Annotated[
    str,
    AfterValidator(matching(VERSION, "wants a version of three numbers, as in 1.3.0")),
    _schema(pattern=VERSION),
]
Glob = Annotated[str, AfterValidator(_glob), _schema(minLength=1, maxLength=300)]
AbsolutePath = Annotated[str, AfterValidator(_absolute), _schema(pattern="^/")]
PathBelow = Annotated[str, AfterValidator(_below), _schema(minLength=1)]
Line = Annotated[str, AfterValidator(_one_line), _schema(minLength=1, maxLength=200)]
Prose = Annotated[str, AfterValidator(_prose), _schema(minLength=1, maxLength=4000)]
Argument = Annotated[str, Field(min_length=1, max_length=1000)]
Host = Annotated[str, AfterValidator(addresses.host_name), _schema(minLength=1)]
ProxyUrl = Annotated[str, AfterValidator(addresses.proxy_url), _schema(format="uri")]
LinkUrl = Annotated[str, AfterValidator(addresses.link_url), _schema(format="uri")]
Pattern = Annotated[
    str, AfterValidator(patterns.checked), _schema(format="regex", maxLength=patterns.MAX_LENGTH)
]
