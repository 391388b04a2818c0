"""What GitLab finds in the text of a note: quick actions, and suggestions."""

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

MOST_CONTEXT = 100  # lines above and below [S app/models/concerns/suggestible.rb]
CONTEXT = re.compile(r"^(-(?P<above>\d+))?(\+(?P<below>\d+))?$")  # [S suggestions_parser.rb]
BLOCK = re.compile(r'<pre lang="([^"]*)"[^>]*><code>(.*?)</code></pre>', re.DOTALL)

COMMANDS = (
    "add_child|add_contacts|add_email|add_parent|approve|assign|assign_reviewer|assign_to|award|blocked_by|blocks"
    "|cc|checkin_reminder|child_of|clear_health_status|clear_parent|clear_weight|clone|close|confidential"
    "|convert_to_ticket|copy_metadata|create_merge_request|done|draft|due|duplicate|epic|estimate|estimate_time"
    "|health_status|in_reviewers|invite_email|iteration|label|labels|link|lock|mark_as_done|mark_as_todo|merge"
    "|milestone|move|page|parent_epic|promote|promote_to|promote_to_incident|publish|q|react|ready|reassign"
    "|reassign_reviewer|rebase|relabel|relate|remove_child|remove_child_epic|remove_contacts|remove_due_date"
    "|remove_email|remove_epic|remove_estimate|remove_iteration|remove_label|remove_milestone|remove_parent"
    "|remove_parent_epic|remove_reviewer|remove_severity|remove_time_estimate|remove_time_spent|remove_zoom"
    "|reopen|request_changes|request_review|reset_token|resolve|reviewer|run_pipeline|set_parent|severity|shrug"
    "|ship|spend|spend_time|spent|status|submit_review|subscribe|substitute|summarize_diff|tableflip|tag"
    "|target_branch|timeline|title|todo|type|unapprove|unassign|unassign_reviewer|unlabel|unlink|unlock"
    "|unsubscribe|weight|wip|zoom"
)
COMMAND = rf"^/(?P<cmd>{COMMANDS})(?:[ ](?P<arg>[^\n]*))?(?:\s*\n|$)"
FLAGS = re.MULTILINE | re.DOTALL | re.IGNORECASE
HTML_BLOCK = r"^<[^>]+?>\n.+?\n</[^>]+?>$"
# [S lib/gitlab/quick_actions/extractor.rb, the generation that searches the whole text]
OLD = re.compile(rf"(?:^```.+?\n```$)|(?:{HTML_BLOCK})|(?:^>>>.+?\n>>>$)|(?:{COMMAND})", FLAGS)
# [S the same file, the generation that searches paragraphs found by the Markdown parser]
NEW = re.compile(rf"(?:`.+?`)|(?:{HTML_BLOCK})|(?:{COMMAND})", FLAGS)


def quick_actions(text: str) -> tuple[str, list[str]]:
    """The text without the commands that either generation of GitLab would execute, and the commands.

    Both delete `\r` first, so a command may hide behind one.
    """
    text = text.replace("\r", "")
    left, commands = _taken(OLD, text)
    if commands:
        return left.rstrip(), commands
    lines = text.split("\n")
    for first, last in _paragraphs(text):
        part = "\n".join(lines[first - 1 : last])
        rest, found = _taken(NEW, part)
        if found:
            commands += found
            text = text.replace(part, rest, 1)
    return (text.rstrip() if commands else text), commands


def _taken(pattern: re.Pattern[str], text: str) -> tuple[str, list[str]]:
    commands: list[str] = []

    def take(found: re.Match[str]) -> str:
        if found["cmd"] is None:
            return found[0]
        commands.append(found[0].strip())
        return ""

    return pattern.sub(take, text), commands


class _TopParagraphs(HTMLParser):
    """Source lines of paragraphs that stand in nothing else [S banzai/filter/quick_action_filter.rb]."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.found: list[tuple[int, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("br", "hr", "img", "input"):
            return
        position = dict(attrs).get("data-sourcepos")
        if tag == "p" and self.depth == 0 and position:
            first, last = (int(each.split(":")[0]) for each in position.split("-"))
            self.found.append((first, last))
        self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag not in ("br", "hr", "img", "input")


def _paragraphs(text: str) -> list[tuple[int, int]]:
    parser = _TopParagraphs()
    parser.feed(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_SOURCEPOS))
    return parser.found


@dataclass(frozen=True)
class Suggestion:
    """A suggestion block: how many lines above and below it takes, clamped, and its text without the last EOL."""

    above: int
    below: int
    text: str

    def replacement(self, replaced: list[bytes]) -> bytes:
        r"""The bytes instead of these lines [S lib/gitlab/diff/suggestion.rb].

        Blank text takes the lines out, also if it is one empty line. Otherwise the text, its lines joined
        by `\n` as the note has them, and then the EOL of the last replaced line.
        """
        if not self.text.strip():
            return b""
        last = replaced[-1]
        end = b"\r\n" if last.endswith(b"\r\n") else b"\n" if last.endswith(b"\n") else b""
        return self.text.encode() + end


def suggestions(text: str) -> list[Suggestion]:
    """All suggestion blocks of a note, as its rendering has them: fences of any length, also in lists."""
    rendered = cmarkgfm.github_flavored_markdown_to_html(text)
    out = []
    for name, content in BLOCK.findall(rendered):
        language, _, params = html.unescape(name).partition(":")
        if language != "suggestion":
            continue
        found = CONTEXT.match(params)
        above, below = (int(found[side] or 0) if found else 0 for side in ("above", "below"))
        block = html.unescape(content)
        out.append(Suggestion(min(above, MOST_CONTEXT), min(below, MOST_CONTEXT), block.removesuffix("\n")))
    return out
