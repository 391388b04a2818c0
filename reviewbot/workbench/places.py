"""Where a file could lie that a rule is for: paths made from its `applies_to` and its languages."""

import re
from collections.abc import Iterator

from reviewbot.domain.globs import first_match, matches
from reviewbot.domain.rule import Rule, SemgrepDetector, ToolDetector
from reviewbot.scanners import languages

_PREFERRED = (".py", ".js", ".ts", ".sh", ".yml", ".html", ".cpp", ".tf", ".dockerfile", ".r", ".clj", ".xml")
_USUAL = {
    "suppressions": ("code.py", ".semgrepignore"),
    "hidden": ("code.py", "page.md"),
}
"""Names that a scanner of ours judges differently, for rules whose patterns leave the name open."""
_MOST = 8


def extensions(rule: Rule) -> frozenset[str]:
    """Give the extensions of files that the rule's detector looks at; none where it looks at any text."""
    if isinstance(rule.detector, ToolDetector) and rule.detector.tool == "bandit":
        return frozenset(languages.extensions_of("python"))
    if not isinstance(rule.detector, SemgrepDetector):
        return frozenset()
    if any(language.lower() in languages.ANY_TEXT for language in rule.languages):
        return frozenset()
    return frozenset(end for language in rule.languages for end in languages.extensions_of(language))


def likely(rule: Rule) -> str:
    """Give the extension that an example of the rule has: its first language's usual one."""
    known = extensions(rule)
    first = languages.extensions_of(rule.languages[0]) if rule.languages else ()
    for choice in (tuple(end for end in first if end in known), tuple(sorted(known))):
        if choice:
            return next((end for end in _PREFERRED if end in choice), choice[0])
    return ""


def candidates(rule: Rule, stem: str, extension: str = "") -> tuple[str, ...]:
    """Give paths that the rule applies to, the likeliest first; all hold `stem` where the patterns leave room.

    With `extension` the first are of that kind of file. There are none if no file can be meant.
    """
    wanted = extension or likely(rule)
    tool = rule.detector.tool if isinstance(rule.detector, ToolDetector) else ""
    usual = [f"{stem}/{name}" for name in _USUAL.get(tool, ())]
    if not rule.applies_to:
        return tuple(usual) or (f"{stem}/code{wanted or '.py'}",)
    paths = [path for path in usual if first_match(rule.applies_to, path) is not None]
    paths += [path for pattern in rule.applies_to for path in filled(pattern, stem, wanted)]
    known = extensions(rule)
    paths = [path for path in paths if not known or languages.kind(path, b"") in known or _nameless(path)]
    kind = languages.kind(f"x{wanted}", b"") if wanted else None
    if kind is not None:
        paths.sort(key=lambda path: languages.kind(path, b"") != kind)
    return tuple(dict.fromkeys(paths))[:_MOST]


def _nameless(path: str) -> bool:
    """Say whether only a file's first line could tell its language."""
    return not languages.extension(path) and languages.kind(path, b"") is None


def filled(pattern: str, stem: str, extension: str) -> Iterator[str]:
    """Make paths from a pattern by filling in its wild parts; only those that really match."""
    *above, name = f"{pattern}**".split("/") if pattern.endswith("/") else pattern.split("/")
    folders = [part for part in above if part != "**"]
    if "**" in above or not above:
        # Any number of folders may stand there: ours, which tells files of one name apart.
        folders.insert(above.index("**") if "**" in above else 0, stem)
    below = [_plain(part, "code", first=True) if part != stem else part for part in folders]
    if name == "**":
        names = [f"code{extension}" if stem in below else f"{stem}/code{extension}"]
    else:
        fill = "code" if stem in below else stem.replace("/", "-")
        plain = [_plain(name, fill, first=first) for first in (True, False)]
        names = [one + extension for one in plain] + plain if name.endswith("*") else plain
    for made in dict.fromkeys(names):
        path = "/".join((*below, made))
        if matches(pattern, path):
            yield path


def _plain(part: str, fill: str, *, first: bool) -> str:
    """Write out one name of a pattern: `*` as `fill`, `[ab]` as its first or last character."""

    def one(match: re.Match[str]) -> str:
        inside = match.group(1)
        if inside[0] in "!^":
            return next(char for char in "xyz_0" if char not in inside)
        return inside[0] if first else inside[-1]

    written = re.sub(r"\[(.[^\]]*)\]", one, part)
    return re.sub(r"\*+", fill, written).replace("?", "a").replace("\\", "")
