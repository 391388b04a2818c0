"""The steps that need nothing but bytes: whose file it is, where edits stand, what their lines look like."""

import pytest
from proving_scene import Case, finding

from reviewbot.domain.edits import MARK
from reviewbot.domain.mending import Rescanned
from reviewbot.domain.patch import Origin
from reviewbot.domain.rule import ApprovedLibrary
from reviewbot.patches.steps import asking, placing, rescanned, wording
from reviewbot.patches.steps.protected import is_of_a_build, is_untouchable
from reviewbot.patches.steps.subject import Subject, opened

TEXT = "import os\n\n\ndef f(a):\n    x = 1\n    return a + x\n"
CASE = Case(TEXT, 5, 5)


def subject(*edits, case=CASE, **more) -> Subject:
    found = opened(*case.proposed(*edits, **more))
    assert isinstance(found, Subject), found
    return found


class TestApplying:
    """A patch is for one blob of one file."""

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"a\xff\n", "no UTF-8"), (b"a\nb\r\n", "both kinds of ends"), (b"a\rb\n", "a lone carriage return"), (b"a\0\n", "a NUL"),
            (b"\xff\xfea\0\n\0", "UTF-16"), (b"a\n" + MARK + b"b\n", "a mark inside"),
        ],
    )  # fmt: skip
    def test_a_file_that_programs_read_in_different_ways_is_not_mended(self, content, why):
        """Else the lines that were proven are not the lines that run."""
        assert isinstance(opened(*Case(content, 1, 1).proposed((1, 1, ["x"]))), str), why

    @pytest.mark.parametrize("line", ["a\nb", "a\rb", "a\r", "\ud800", "a\0", "\ufeff"])
    def test_a_line_is_one_line(self, line):
        """What ends lines, or is no text, is in none."""
        assert isinstance(opened(*CASE.proposed((5, 5, [line]))), str)

    @pytest.mark.parametrize("edit", [(9, 9, ["x"]), (7, 8, []), (5, 90, ["x"])])
    def test_edits_are_inside_of_the_file(self, edit):
        """A line that is not there cannot be replaced."""
        assert isinstance(opened(*CASE.proposed(edit)), str)

    def test_edits_do_not_overlap(self):
        """Their result would depend on who comes first."""
        assert isinstance(opened(*CASE.proposed((5, 6, ["x"]), (6, 6, ["y"]))), str)
        assert placing.changes_something(subject((5, 4, ["x"]), (5, 5, ["y"])))

    def test_an_edit_changes_something(self):
        """One that does not is noise, and a patch of nothing has nothing to prove."""
        assert placing.changes_something(subject((5, 5, ["    x = 1"])))
        assert placing.changes_something(subject((5, 5, ["    x = 2"]), (1, 1, ["import os"])))
        assert not placing.changes_something(subject((5, 5, ["    x = 2"])))
        assert placing.applies(*CASE.proposed())

    def test_the_file_and_its_version_are_the_findings(self):
        """Neither another path nor another blob, nor a link."""
        other = Case(TEXT, 5, 5, path="app/other.py").edit(5, 5, "x")
        older = Case(TEXT + "\n", 5, 5).edit(5, 5, "x")

        assert placing.applies(*CASE.proposed(other))
        assert placing.applies(*CASE.proposed(older))
        assert placing.applies(*Case(TEXT, 5, 5, mode="120000").proposed((5, 5, ["x"])))
        assert not placing.applies(*CASE.proposed((5, 5, ["x"])))

    def test_what_an_edit_repeats_is_no_part_of_the_change(self):
        """A model gives back whole spans; only what differs is judged as changed."""
        found = subject((4, 6, ["def f(a):", "    x = 2", "    y = 3", "    return a + x"]))

        assert [(one.edit.first, one.edit.last, one.first, one.last) for one in found.places] == [
            (5, 5, 5, 6)
        ]


class TestPlaces:
    """Inside the change's own lines, and never in what decides over builds and reviews."""

    @pytest.mark.parametrize(
        ("edit", "inside"),
        [
            ((5, 5, ["x"]), True), ((4, 5, ["x", "y"]), True), ((5, 6, ["x"]), False), ((3, 3, ["x"]), False), ((4, 3, ["x"]), True),
            ((6, 5, ["x"]), True), ((5, 4, ["x"]), True), ((3, 2, ["x"]), False), ((7, 6, ["x"]), False),
            # The whole edit counts, also what it repeats of lines that are not the change's.
            ((5, 6, ["    x = 2", "    return a + x"]), False),
        ],
    )  # fmt: skip
    def test_edits_are_inside_of_added_lines_or_next_to_them(self, edit, inside):
        """Lines 4 and 5 are the change's."""
        found = subject(edit, case=Case(TEXT, 5, 5, added=(4, 5)))

        assert (placing.beside(found) == ()) is inside

    @pytest.mark.parametrize(
        "path",
        [
            "pyproject.toml", "web/package.json", "uv.lock", "yarn.lock", "go.sum", "requirements.txt", "requirements/dev.txt", "dev-requirements.in",
            "build/constraints.txt", "Pipfile", "setup.py", "x/SETUP.PY", "pom.xml", "app/build.gradle", "Gemfile", ".npmrc", "Cargo.toml",
            ".reviewbot.yml", ".reviewbot/waivers.yml", "CODEOWNERS", ".github/CODEOWNERS", ".semgrepignore", "sub/.bandit", ".gitleaks.toml",
            ".eslintrc.js", "tox.ini", ".gitattributes", ".pre-commit-config.yaml", "AGENTS.md", "docs/Claude.md", ".cursor/rules/x.mdc",
            "sitecustomize.py",
        ],
    )  # fmt: skip
    def test_nobody_patches_manifests_and_controls(self, path):
        """What is installed, overlooked or obeyed is for people."""
        assert is_untouchable(path)
        for origin in Origin:
            assert placing.in_place(subject((5, 5, ["x"]), case=Case(TEXT, 5, 5, path=path), origin=origin))

    @pytest.mark.parametrize(
        "path",
        [
            ".github/workflows/ci.yml", ".gitlab-ci.yml", "ci/x.gitlab-ci.yml", "azure-pipelines-release.yml", "Jenkinsfile", ".circleci/config.yml",
            "Dockerfile", "docker/dev.Dockerfile", "Containerfile", "docker-compose.yml", "compose.prod.yaml", "Makefile", "CMakeLists.txt", "build.rs",
        ],
    )  # fmt: skip
    def test_only_a_rule_patches_what_builds_and_deploys(self, path):
        """A rule's fix is ours; a model's words run with the secrets of the pipeline."""
        assert is_of_a_build(path)
        case = Case(TEXT, 5, 5, path=path)
        assert placing.in_place(subject((5, 5, ["x"]), case=case, origin=Origin.MODEL))
        assert not placing.in_place(subject((5, 5, ["x"]), case=case, origin=Origin.RULE))

    @pytest.mark.parametrize(
        "path",
        ["src/app.py", "web/index.js", "main.tf", "k8s/deployment.yaml", "docs/requirements.md", "lock.py"],
    )
    def test_ordinary_files_may_be_patched(self, path):
        """By both."""
        assert not is_untouchable(path)
        assert not is_of_a_build(path)


class TestSize:
    """A remedy is small."""

    def test_many_lines_edits_and_long_lines_are_refused(self):
        """Each bound by itself."""
        case = Case("x = 1\n" * 100, 5, 5)

        assert wording.bounded(
            subject(*((number * 2, number * 2, ["y"]) for number in range(1, 10)), case=case)
        )
        assert not wording.bounded(
            subject(*((number * 2, number * 2, ["y"]) for number in range(1, 9)), case=case)
        )
        assert wording.bounded(subject((1, 30, ["y"] * 61), case=case))
        assert wording.bounded(subject((1, 1, ["y"] * 24), case=case))
        assert not wording.bounded(subject((1, 1, ["y"] * 23), case=case))
        assert wording.bounded(subject((1, 40, ["y"]), case=case))
        assert wording.bounded(subject((1, 1, ["y" * 201]), case=case))

    def test_a_long_line_may_stay_as_long_as_it_was(self):
        """What is there already is no fault of the patch."""
        case = Case("x" * 400 + "\n", 1, 1)

        assert not wording.bounded(subject((1, 1, ["y" * 400]), case=case))
        assert wording.bounded(subject((1, 1, ["y" * 401]), case=case))


class TestCharacters:
    """What cannot be seen, or looks like something else, is not brought in."""

    @pytest.mark.parametrize(
        "text",
        ["\u202e", "\u200b", "\u00a0", "\x1b[2J", "\x08", "\u2028", "\u3164", "\U000e0041", "\ufe0f", "[secret:password:1]", "é", "日", "\u0301", "“", "\u0661"],
        ids=lambda text: f"U+{ord(text[0]):04X}",
    )  # fmt: skip
    def test_are_refused_where_the_file_has_none_of_them(self, text):
        """Also letters of an alphabet that it does not use."""
        assert wording.plain_text(subject((5, 5, [f"    x = '{text}'"])))

    def test_of_the_files_alphabet_are_fine(self):
        """A German file may get another umlaut, but no Cyrillic, and a quotation mark only if it has that very one."""
        case = Case("x = 'für „alle“'\n", 1, 1)

        assert not wording.plain_text(subject((1, 1, ["x = 'größer „als“'"]), case=case))
        assert wording.plain_text(subject((1, 1, ["x = '\u201aals\u2018'"]), case=case))
        assert wording.plain_text(subject((1, 1, ["x = '\u0430'"]), case=case))

    @pytest.mark.parametrize("name", ["p\u0430ssword", "\uff45val", "\u0435v\u0430l", "ﬁx"])
    def test_names_that_look_like_others_are_refused(self, name):
        """Though the file has letters of that kind."""
        case = Case("x = '\u0441\u043b\u043e\u0432\u043e \uff46\uff55\uff4c\uff4c ﬂ'\n", 1, 1)

        assert wording.plain_text(subject((1, 1, [f"x = {name}"]), case=case))

    def test_lines_that_the_file_has_may_move(self):
        """What is repeated is not new."""
        case = Case("x = '\u200b'\ny = 1\n", 1, 1)

        assert not wording.plain_text(subject((1, 2, ["y = 2", "x = '\u200b'"]), case=case))


class TestFormat:
    """Nothing of the file's format changes beyond the edit."""

    @pytest.mark.parametrize(
        "text",
        [
            TEXT,
            TEXT.replace("\n", "\r\n"),
            "\ufeff" + TEXT,
            TEXT.rstrip(),
            ("\ufeff" + TEXT.rstrip()).replace("\n", "\r\n"),
        ],
    )
    def test_ends_mark_and_last_line_stay(self, text):
        """Whatever they are."""
        found = subject((5, 5, ["    x = 2", "    y = 3"]), case=Case(text, 5, 5))

        assert not wording.format_kept(found)
        assert found.patched.decode() == text.replace(
            "x = 1", "x = 2" + ("\r\n" if "\r" in text else "\n") + "    y = 3"
        )

    @pytest.mark.parametrize("line", ["    x = 2 ", "    x = 2\t", "    "])
    def test_no_white_space_is_left_at_an_end(self, line):
        """Whoever reviews the patch would see it as a change."""
        assert wording.format_kept(subject((5, 5, [line])))

    def test_indentation_is_the_files(self):
        """Spaces where it has spaces, tabs where it has tabs."""
        tabs = Case(TEXT.replace("    ", "\t"), 5, 5)

        assert wording.format_kept(subject((5, 5, ["\tx = 2"])))
        assert wording.format_kept(subject((5, 5, ["    x = 2"]), case=tabs))
        assert not wording.format_kept(subject((5, 5, ["\tx = 2"]), case=tabs))

    @pytest.mark.parametrize("lines", [["    x  = 1"], ["     x = 1"], ["    x=1", "    y = 2"]])
    def test_mere_spacing_is_no_remedy(self, lines):
        """Neither inside of a line nor before it."""
        assert wording.format_kept(subject((5, 5, lines)))

    def test_a_block_may_move_as_one(self):
        """Where something is put around it; all of it by the same width."""
        assert not wording.format_kept(
            subject((5, 6, ["    if a:", "        x = 1", "        return a + x"]))
        )
        assert wording.format_kept(
            subject((5, 6, ["    if a:", "        x = 1", "            return a + x"]))
        )

    def test_an_empty_file_may_be_filled(self):
        """It has no format to keep."""
        assert not wording.format_kept(subject((1, 0, ["x = 1"]), case=Case("", 1, 1)))


class TestScannedAgain:
    """Findings of both versions, matched one to one."""

    CASE = Case("a\nb\nc\nd\ne\n", 3, 3)

    def compared(self, before, after, *edits, also=(), failures=()):
        found = opened(*Case("a\nb\nc\nd\ne\n", 3, 3, also=also).proposed(*(edits or [(3, 3, ["x", "y"])])))
        made = [[finding("app/users.py", *one[:2], *one[2:]) for one in side] for side in (before, after)]
        return rescanned.compared(found, Rescanned(tuple(made[0]), tuple(made[1]), failures))

    def test_the_finding_is_gone_and_what_else_was_there_has_moved(self):
        """Two lines for one: what stood below stands one line further down."""
        found = self.compared([(3, 3), (1, 1), (5, 5, "other")], [(1, 1), (6, 6, "other")])

        assert found == rescanned.Compared("", "")

    @pytest.mark.parametrize("after", [[(3, 3)], [(4, 4)], [(1, 1)], [(3, 4)], [(6, 6)]])
    def test_a_finding_of_the_same_rule_anywhere_means_that_it_is_still_there(self, after):
        """On the new lines, or on another line that had none."""
        assert self.compared([(3, 3)], after).gone

    def test_the_flaw_never_stands_for_what_is_found_now(self):
        """Another finding of its rule on the same lines does, once."""
        assert not self.compared([(3, 3), (2, 4)], [(2, 5)]).gone
        assert self.compared([(3, 3), (2, 4)], [(2, 5), (3, 3)]).gone
        assert self.compared([(3, 3), (3, 3)], [(3, 3)]).gone

    def test_what_was_merged_into_it_has_to_go_too(self):
        """Else the patch mends what one scanner says and not what the other does."""
        also = (finding("app/users.py", 3, 3, rule="other"),)

        assert self.compared([(3, 3), (3, 3, "other")], [(3, 3, "other")], also=also).gone
        assert not self.compared([(3, 3), (3, 3, "other")], [], also=also).gone

    @pytest.mark.parametrize("after", [[(1, 1, "new")], [(3, 3, "new")], [(6, 6, "new")]])
    def test_another_rule_that_finds_something_is_new(self, after):
        """Also where an edit is not."""
        assert self.compared([(3, 3)], after).new
        assert not self.compared([(3, 3)], after).gone

    def test_what_was_on_an_edited_line_may_stay_there(self):
        """As often as it was."""
        assert not self.compared([(3, 3), (3, 3, "other")], [(4, 4, "other")]).new
        assert self.compared([(3, 3), (3, 3, "other")], [(3, 3, "other"), (4, 4, "other")]).new
        assert self.compared([(3, 3), (3, 3, "other")], [(1, 1, "other")]).new

    def test_lines_around_a_gap_keep_their_findings(self):
        """An insertion touches what stands on both sides of it, and a deletion too."""
        assert not self.compared(
            [(3, 3), (1, 1, "other"), (2, 5, "wide")], [(1, 1, "other"), (2, 4, "wide")], (3, 3, [])
        ).new
        assert not self.compared([(3, 3), (2, 3, "wide")], [(2, 4, "wide")], (3, 2, ["x"])).new

    def test_a_scanner_that_could_not_read_the_patched_file_proves_nothing(self):
        """Nor does one that does not find the flaw as it is; findings of earlier commits are none of the file's."""
        assert self.compared([(3, 3)], [], failures=("semgrep: it crashed",)).gone
        assert self.compared([], []).gone
        found = opened(*self.CASE.proposed((3, 3, ["x"])))
        old = finding("app/users.py", 3, 3, commit="a" * 40)
        assert rescanned.compared(found, Rescanned((old,), ())).gone
        assert not rescanned.compared(found, Rescanned((finding("app/users.py", 3, 3),), (old,))).gone


def test_a_list_approves_the_modules_of_what_it_names():
    """`argon2.PasswordHasher` may be used, so `argon2` may be imported, and nothing that only begins like it."""
    lists = (
        ApprovedLibrary("x", "p", "hashing", ("python",), ("argon2.PasswordHasher", "left/pad"), (), ""),
    )

    assert asking.is_approved("argon2", lists)
    assert asking.is_approved("argon2.PasswordHasher", lists)
    assert asking.is_approved("left", lists)
    assert not asking.is_approved("argon", lists)
    assert not asking.is_approved("argon2.evil", lists)
