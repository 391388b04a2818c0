"""A structural fix of a setting, applied to a text as the worker does it, and what it changed."""

import difflib

from reviewbot.patches.fixing import ApprovedUse, Asked, Mended, Unmended
from reviewbot.patches.worker import fix_named


def tried(
    name: str, text: str, first: int, last: int = 0, *, rule: str = "a-rule", store: str = ""
) -> Mended | Unmended:
    """Ask a fix to mend lines of a Python file; `store` is the organisation's secret store."""
    approved = (ApprovedUse("secret-store", "Reading secrets", (store,), ("dotenv.*",)),) if store else ()
    found = fix_named(name)(Asked("shop.py", text, rule, first, last or first, approved))
    assert isinstance(found, Mended | Unmended)
    return found


def mended(name: str, text: str, first: int, last: int = 0, *, rule: str = "a-rule", store: str = "") -> str:
    """Give the mended text, which Python can read."""
    found = tried(name, text, first, last, rule=rule, store=store)
    assert isinstance(found, Mended), found
    compile(found.text, "shop.py", "exec")
    return found.text


def line_of(text: str, part: str) -> int:
    """Give the number of the first line that holds a part."""
    return next(number for number, line in enumerate(text.split("\n"), 1) if part in line)


def changed(before: str, after: str) -> list[str]:
    """Give the lines that are gone and new: `-old`, `+new`."""
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0)
    return [line for line in list(lines)[2:] if not line.startswith("@@")]
