"""The model's prose, cut down to what may stand beside a finding: one short visible paragraph."""

from reviewbot.domain.visible import visible

LONGEST = 600
"""Characters of an explanation, as shown."""

# Showing a character takes at most ten (`<U+10FFFF>`); what lies further back is never needed.
_LOOKED_AT = 40 * LONGEST
_ENDS = (". ", "! ", "? ")


def paragraph(text: str) -> str:
    """Give the text as one line, hidden characters as code points, at most `LONGEST` long.

    What is too long ends after a sentence if one ends in the second half, else after a word,
    with an ellipsis.
    """
    line = visible(" ".join(text[:_LOOKED_AT].split()))
    if len(line) <= LONGEST:
        return line
    sentence = max(line.rfind(end, 0, LONGEST) for end in _ENDS)
    if sentence >= LONGEST // 2:
        return line[: sentence + 1]
    room = LONGEST - 1
    word = line.rfind(" ", 0, room + 1)
    return line[: word if word > 0 else room] + "…"
