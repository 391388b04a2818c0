r"""A proven patch as something to click, where clicking gives exactly the proven bytes; else as a diff.

What forges do with a suggestion, and so what stays a diff to read:

- They replace whole lines (Azure DevOps: the characters that the thread spans) and join inner lines
  with `\n`: in a file with CRLF only one line can be put in.
- GitLab ends the text like the last replaced line and takes lines out where the text is blank
  (lib/gitlab/diff/suggestion.rb); a lone CR in that line would count as its end.
- Azure DevOps leaves an empty line where lines are to be taken out.
- The lines stand in the comment as they are. One that a bot or the forge would take for a command is
  not put there; in a diff it has a `+` in front.

Facts: forges 1A.4, 1B.4, 1C.5; threats E1, E2, E4.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reviewbot.domain.anchor import Anchor, Side
from reviewbot.domain.edits import MARK, lines_of, without_end
from reviewbot.domain.forge import SuggestionStyle
from reviewbot.domain.visible import visible
from reviewbot.domain.wanted import Piece, Suggestion
from reviewbot.publish import inert

_OFFSET_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Edit:
    """Whole lines `first`..`last` replaced by others without line ends; `last` is `first - 1` to insert before."""

    first: int
    last: int
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what is not an edit."""
        if not 1 <= self.first <= self.last + 1:
            raise ValueError(f"not an edit: lines {self.first} to {self.last}")


def joined(lines_of_file: Sequence[str], edits: Sequence[Edit]) -> Edit:
    """Give one edit for several, in order and apart from each other: what lies between them is unchanged.

    Lines have no line ends. Raises `ValueError` if they overlap or reach outside of the file.
    """
    one, *more = sorted(edits, key=lambda edit: (edit.first, edit.last))
    for edit in more:
        if edit.first <= one.last or edit.last > len(lines_of_file):
            raise ValueError(f"lines {edit.first} to {edit.last} overlap others, or are not in the file")
        between = lines_of_file[one.last : edit.first - 1]
        one = Edit(one.first, edit.last, (*one.lines, *between, *edit.lines))
    return one


def widen(lines_of_file: Sequence[str], first: int, last: int, edit: Edit) -> Edit:
    """Give an edit that covers `first`..`last` too and gives the same file: what it adds is unchanged.

    Lines have no line ends. Raises `ValueError` if the span or the edit reaches outside of the file.
    """
    start, end = min(first, edit.first), max(last, edit.last)
    if not (1 <= first <= last <= len(lines_of_file) and end <= len(lines_of_file)):
        raise ValueError(f"lines {start} to {end} are not all in the file")
    above, below = lines_of_file[start - 1 : edit.first - 1], lines_of_file[edit.last : end]
    return Edit(start, end, (*above, *edit.lines, *below))


def suggestion(
    content: bytes, edit: Edit, *, style: SuggestionStyle, proof: str, show: Callable[[str], str]
) -> Suggestion | None:
    """Turn an edit of whole lines into what a comment offers; None where it changes nothing.

    `content` is the file before the edit, which must replace at least one line of it. `show` masks a
    line and makes it visible: where that alters a new line, there is nothing to click.
    """
    # The byte order mark is part of no line.
    before = [
        without_end(line).decode("utf-8", "surrogateescape")
        for line in lines_of(content.removeprefix(MARK))[edit.first - 1 : edit.last]
    ]
    if tuple(before) == edit.lines:
        return None
    shown = tuple(show(line) for line in edit.lines)
    exact = shown == edit.lines and not obstacle(content, edit, style)
    return Suggestion(tuple(show(line) for line in before), shown, exact, proof)


def obstacle(content: bytes, edit: Edit, style: SuggestionStyle) -> str:
    """Say why a click would not give exactly the edit; nothing if it would."""
    replaced = lines_of(content)[edit.first - 1 : edit.last]
    if not replaced:
        return "it replaces no line"
    if replaced[0].startswith(MARK):
        return "the file begins with a byte order mark, which a click would take away"
    above = lines_of(content)[max(0, edit.first - 2) : edit.first - 1]
    return _in_lines(edit.lines, style) or _in_ends(content, above, replaced, edit.lines)


def _in_ends(
    content: bytes, above: Sequence[bytes], replaced: Sequence[bytes], lines: tuple[str, ...]
) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "the file is not UTF-8"
    if any(b"\r" in without_end(line) for line in replaced):
        return "a line holds a carriage return"
    if lines and len({line[len(without_end(line)) :] for line in replaced} - {b""}) > 1:
        return "the replaced lines end differently"
    # The file's last line may have no end of its own: then the line above tells.
    if len(lines) > 1 and any(line.endswith(b"\r\n") for line in (*above, *replaced)):
        return "the file's lines end with CR and LF"
    # Fewer lines: the last one may have been taken out, and what is last then keeps its end in the patch.
    if len(lines) < len(replaced) and not replaced[-1].endswith(b"\n"):
        return "the file's last line has no end"
    return ""


def _in_lines(lines: tuple[str, ...], style: SuggestionStyle) -> str:
    if style is SuggestionStyle.DIFF:
        return "the forge has no suggestions"
    if not lines:
        return "an empty line would stay" if style is SuggestionStyle.RANGE else ""
    if not lines[-1].strip():
        return "it ends with a blank line"
    if any(visible(line) != line for line in lines):
        return "it holds a hidden character"
    if any(inert.commands(line, gitlab=style is SuggestionStyle.OFFSETS) for line in lines):
        return "a line of it could be taken for a command"
    return ""


def render(offered: Suggestion, style: SuggestionStyle, anchor: Anchor) -> str:
    """Write a suggestion for the comment on `anchor`, as code: exact lines in a fence, or a diff block."""
    if offered.pieces:
        return diff_of_pieces(offered.pieces)
    if not clickable(offered, style, anchor):
        return diff(offered)
    above = len(offered.before) - 1
    info = f"suggestion:-{above}+0" if style is SuggestionStyle.OFFSETS else "suggestion"
    return _fenced(info, offered.lines)


def clickable(offered: Suggestion, style: SuggestionStyle, anchor: Anchor) -> bool:
    """Say whether `render` gives something to click: only on exactly the lines that it replaces."""
    first, last = anchor.first.new, anchor.last.new
    if not offered.appliable or anchor.side is Side.OLD or first is None or last is None:
        return False
    count = last - first + 1
    too_far = style is SuggestionStyle.OFFSETS and count - 1 > _OFFSET_LIMIT
    return len(offered.before) == count and not too_far and not _in_lines(offered.lines, style)


def diff(offered: Suggestion) -> str:
    """Write a suggestion as a diff block, without the lines that stay at its top and bottom."""
    before, after = list(offered.before), list(offered.lines)
    while before and after and before[-1] == after[-1]:
        before.pop()
        after.pop()
    same = next((n for n, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), None)
    start = min(len(before), len(after)) if same is None else same
    rows = [f"-{line}" for line in before[start:]] + [f"+{line}" for line in after[start:]]
    return _fenced("diff", [inert.broken(row) for row in rows])


def diff_of_pieces(pieces: Sequence[Piece]) -> str:
    """Write what a patch does at several places as one diff block, each place with its line numbers."""
    rows: list[str] = []
    shift = 0
    for piece in sorted(pieces, key=lambda one: one.first):
        old, new = len(piece.before), len(piece.lines)
        # As git counts: a side without lines names the line above.
        rows.append(f"@@ -{piece.first - (not old)},{old} +{piece.first + shift - (not new)},{new} @@")
        rows += [inert.broken(f"-{line}") for line in piece.before]
        rows += [inert.broken(f"+{line}") for line in piece.lines]
        shift += new - old
    return _fenced("diff", rows)


def _fenced(info: str, lines: Sequence[str]) -> str:
    fence = "`" * max(3, max((inert.longest_fence(line) for line in lines), default=0) + 1)
    return "\n".join([f"{fence}{info}", *lines, fence])
