"""Finding the repository that a folder lies in, and refusing one that must not be read.

In: a `Git` that runs in the folder. Out: where the git directory, its objects and the work tree are.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from reviewbot.change.command import Git
from reviewbot.domain.paths import from_bytes, quoted
from reviewbot.errors import UsageError

_QUESTIONS = (
    "--is-bare-repository", "--is-inside-work-tree", "--is-shallow-repository", "--show-object-format",
    "--git-dir", "--git-path", "objects",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a repository is. `work_tree` is None for a bare one."""

    git_dir: Path
    objects: Path
    work_tree: Path | None
    is_shallow: bool
    object_format: str


def discover(git: Git) -> tuple[Place, Git]:
    """Find the repository around `git.cwd`; the `Git` that comes back may read it.

    Raises `UsageError` if there is none, if it belongs to somebody else and the user has not said
    that it is safe, or if it is a bare repository hidden inside a work tree.
    """
    if not git.cwd.is_dir():
        raise UsageError(f"{quoted(str(git.cwd))} is not a folder")
    try:
        answers = _ask(git)
    except UsageError as error:
        if not _is_about_ownership(error):
            raise _refusal(git, error) from error
        git = replace(git, extra=_user_says_safe(git))
        try:
            answers = _ask(git)
        except UsageError as again:
            raise _not_owned(git, again) from again
    return _place(git, answers), git


def _ask(git: Git) -> list[str]:
    raw = git.run("rev-parse", "--path-format=absolute", *_QUESTIONS)
    return from_bytes(raw).removesuffix("\n").split("\n")


def _place(git: Git, answers: list[str]) -> Place:
    if len(answers) != 6:
        raise UsageError(
            "the path of this repository holds a newline", hint="move it to a folder without one"
        )
    bare, inside, shallow, object_format, git_dir, objects = answers
    work_tree = None
    if inside == "true":
        work_tree = Path(from_bytes(git.run("rev-parse", "--show-toplevel").removesuffix(b"\n")))
    place = Place(Path(git_dir), Path(objects), work_tree, shallow == "true", object_format)
    if bare == "true":
        _refuse_embedded(place.git_dir)
    return place


def _refuse_embedded(git_dir: Path) -> None:
    """A change may carry a folder that looks like a bare repository: do not take it for the real one."""
    for parent in git_dir.parents:
        if (parent / ".git").exists() and git_dir != parent / ".git":
            raise UsageError(
                f"{quoted(str(git_dir))} is a bare repository inside the work tree {quoted(str(parent))}",
                hint="start reviewbot in the folder of the repository that you mean",
            )


def _is_about_ownership(error: UsageError) -> bool:
    return "dubious ownership" in error.sentence or "unsafe repository" in error.sentence


def _user_says_safe(git: Git) -> tuple[str, ...]:
    """Give the user's own `safe.directory` settings as options: the one thing read from outside the repository."""
    asking = replace(git, cwd=Path("/"), directories=(("GIT_CONFIG_NOSYSTEM", "0"),))
    options: list[str] = []
    for scope in (("--system",), *(("--file", str(file)) for file in _own_files(git))):
        _, values = asking.attempt("config", *scope, "-z", "--get-all", "safe.directory", accept=(0, 1, 128))
        for value in from_bytes(values).split("\0")[:-1]:
            options += ["-c", f"safe.directory={value}"]
    return tuple(options)


def user_excludes(git: Git) -> tuple[str, ...]:
    """Give the option for the user's own list of ignored files, unless the repository names another.

    Only names of files come from it: an editor's folder that the user ignores everywhere is no part of a change.
    """
    if git.attempt("config", "--get", "core.excludesFile")[0] == 0:
        return ()
    home = git.environ.get("HOME", "")
    asking = replace(git, cwd=Path("/"), directories=(("HOME", home),))
    named = b""
    for file in _own_files(git):
        code, value = asking.attempt(
            "config", "--file", str(file), "--includes", "--type=path", "-z", "--get", "core.excludesFile",
            accept=(0, 1, 128),
        )  # fmt: skip
        named = value if code == 0 else named
    path = from_bytes(named).removesuffix("\0")
    if not path and home:
        path = str(_shared(git, home) / "git/ignore")
    return ("-c", f"core.excludesFile={path}") if path else ()


def _own_files(git: Git) -> tuple[Path, ...]:
    home = git.environ.get("HOME")
    if not home:
        return ()
    return (_shared(git, home) / "git/config", Path(home, ".gitconfig"))


def _shared(git: Git, home: str) -> Path:
    return Path(git.environ.get("XDG_CONFIG_HOME") or Path(home, ".config"))


def _refusal(git: Git, error: UsageError) -> UsageError:
    if "not a git repository" in error.sentence:
        return UsageError(
            f"{quoted(str(git.cwd))} is not in a git repository",
            hint="start reviewbot inside one, or name it with --repo DIR",
        )
    return error


def _not_owned(git: Git, error: UsageError) -> UsageError:
    where = error.sentence.partition("'")[2].partition("'")[0] or str(git.cwd)
    return UsageError(
        f"{quoted(where)} belongs to another user, so git does not read it",
        hint=f"if you trust it: git config --global --add safe.directory {where}",
    )
