"""Parameters as GitLab's Grape reads them: coercion, and its exact words for what is missing or invalid [S, I]."""

import re
from typing import Any

from fakes.wire import Entry, RefusedError

POSITION_TEXTS = ("base_sha", "start_sha", "head_sha", "position_type")
POSITION_NUMBERS = ("new_line", "old_line", "width", "height", "x", "y")
POSITION_KEYS = {*POSITION_TEXTS, *POSITION_NUMBERS, "new_path", "old_path", "line_range"}
END_KEYS = {"line_code", "type", "old_line", "new_line"}
BRACKETS = re.compile(r"(\w+)((?:\[\w+\])+)")


def bad(words: str) -> RefusedError:
    """A parameter that Grape refuses: `{"error": …}`, unlike what models refuse."""
    return RefusedError(400, {"error": words})


def fields(entry: Entry) -> dict[str, Any]:
    """All parameters of a request: those of the query, then the body's.

    A form's `position[base_sha]` is nested as Rack does; what looks like a position and cannot be nested is
    dropped without a word, so the note becomes a plain one [I gitbeaker#3494].
    """
    if entry.body_kind in ("broken", "other"):
        raise bad("The request body is not valid JSON")  # K: the exact words
    body = entry.body or {}
    if entry.body_kind == "form":
        body = _nested(body)
    if not isinstance(body, dict):
        raise bad("The request body is not an object")  # K
    return {**entry.query, **body}


def _nested(flat: dict[str, str]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in flat.items():
        found = BRACKETS.fullmatch(key)
        if found:
            target = out.setdefault(found[1], {})
            *steps, last = re.findall(r"\w+", found[2])
            for step in steps:
                target = target.setdefault(step, {})
            target[last] = value
        elif not key.startswith("position"):
            out[key] = value
    return out


def text(params: dict[str, Any], name: str) -> str:
    """A required text. An empty one is a text: the model refuses that, in other words."""
    if params.get(name) is None:
        raise bad(f"{name} is missing")
    value = params[name]
    if isinstance(value, dict | list | bool):
        raise bad(f"{name} is invalid")
    return str(value)


def flag(params: dict[str, Any], name: str) -> bool:
    """A required Boolean."""
    if params.get(name) is None:
        raise bad(f"{name} is missing")
    return boolean(name, params[name])


def boolean(name: str, value: Any) -> bool:
    words = {
        "true": True,
        "1": True,
        "t": True,
        "on": True,
        "false": False,
        "0": False,
        "f": False,
        "off": False,
    }
    if str(value).lower() not in words:
        raise bad(f"{name} is invalid")
    return words[str(value).lower()]


def page_of(entry: Entry) -> tuple[int, int]:
    """`page` and `per_page`: 20 unless told, at most 100 [D]."""
    numbers = {"page": 1, "per_page": 20}
    for name, default in numbers.items():
        given = entry.query.get(name, str(default))
        if not re.fullmatch(r"-?\d+", given):
            raise bad(f"{name} is invalid")
        numbers[name] = int(given)
        if name == "per_page" and numbers[name] == 0:
            raise bad("per_page has a value not allowed")
    return max(numbers["page"], 1), min(max(numbers["per_page"], 1), 100)


def position(params: dict[str, Any]) -> dict[str, Any] | None:
    """The `position` of a note, coerced; None where there is none.

    [S lib/api/discussions.rb, draft_notes.rb]: shas and type are required, the rest is not.
    """
    given = params.get("position")
    if given in (None, "", {}):
        return None
    if not isinstance(given, dict):
        raise bad("position is invalid")
    missing = [f"position[{name}] is missing" for name in POSITION_TEXTS if name not in given]
    if missing:
        raise bad(", ".join(missing))
    if given["position_type"] not in ("text", "image", "file"):
        raise bad("position[position_type] does not have a valid value")
    out = {name: given.get(name) for name in sorted(POSITION_KEYS)}
    for name in (*POSITION_TEXTS, "new_path", "old_path"):
        if out[name] is not None and not isinstance(out[name], str):
            raise bad(f"position[{name}] is invalid")
    for name in POSITION_NUMBERS:
        out[name] = _number(f"position[{name}]", out[name])
    out["line_range"] = _line_range(out["line_range"])
    return {key: value for key, value in out.items() if key not in ("width", "height", "x", "y")}


def unknown_position_keys(params: dict[str, Any]) -> list[str]:
    """Keys that GitLab would ignore without a word, which a careful client does not send."""
    given = params.get("position")
    if not isinstance(given, dict):
        return []
    wrong = [f"position[{name}]" for name in given if name not in POSITION_KEYS]
    ends = given.get("line_range")
    for end, value in ends.items() if isinstance(ends, dict) else ():
        if end not in ("start", "end"):
            wrong.append(f"position[line_range][{end}]")
        elif isinstance(value, dict):
            wrong += [f"position[line_range][{end}][{name}]" for name in value if name not in END_KEYS]
    return wrong


def _number(name: str, value: Any) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not re.fullmatch(r"-?\d+", str(value)):
        raise bad(f"{name} is invalid")
    return int(value)


def _line_range(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad("position[line_range] is invalid")
    out: dict[str, Any] = {}
    for end in ("start", "end"):
        point = value.get(end)
        if not isinstance(point, dict):
            raise bad("position[line_range] is invalid")
        numbers = {
            name: _number(f"position[line_range][{end}][{name}]", point.get(name))
            for name in ("old_line", "new_line")
        }
        out[end] = {"line_code": point.get("line_code"), "type": point.get("type"), **numbers}
    return out
