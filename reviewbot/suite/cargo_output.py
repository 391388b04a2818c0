"""What `cargo test` prints. Source: library/test of Rust, `formatters/pretty.rs`."""

import re
from collections.abc import Sequence

from reviewbot.suite.tally import Tally

_END = re.compile(r"test result: (?:ok|FAILED)\. (\d{1,9}) passed;")
_HEADING = re.compile(r"---- (.+) (?:stdout|stderr) ----")
_LAST_WORDS = (" ... ok", " ... FAILED")


def read(lines: Sequence[str]) -> Tally | None:
    """Read what `cargo test` printed; None if it did not print this."""
    tally, known, failing = Tally(), False, ""
    for line in lines:
        if end := _END.match(line):
            known, failing = True, ""
            tally.counts(end.group(1))
        elif line.startswith("test ") and line.endswith(_LAST_WORDS):
            name, _, outcome = line.removeprefix("test ").rpartition(" ... ")
            (tally.passes if outcome == "ok" else tally.fails)(name.removesuffix(" - should panic"))
        elif heading := _HEADING.fullmatch(line):
            failing = heading.group(1)
            tally.fails(failing)
        elif line in {"failures:", "successes:"}:
            failing = ""
        elif failing:
            tally.says(failing, line)
    return tally if known else None
