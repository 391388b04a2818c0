"""Finding the folders that are shipped with the package."""

import pytest

from reviewbot import shipped
from reviewbot.errors import ReviewbotError


def test_source_tree_has_them_beside_the_package():
    """In a source tree, or in a wheel, the templates are found."""
    assert (shipped.folder("templates") / "report" / "report.html.j2").is_file()


def test_wheel_has_them_inside(tmp_path):
    """A folder inside the package goes before one beside it."""
    package = tmp_path / "reviewbot"
    (package / "_shipped" / "rules").mkdir(parents=True)
    (tmp_path / "rules").mkdir()
    assert shipped.folder("rules", package=package) == package / "_shipped" / "rules"


def test_missing_folder_is_an_error_that_says_what_to_do(tmp_path):
    """An installation without the folder says so and how to mend it."""
    with pytest.raises(ReviewbotError, match="lacks its folder templates/") as error:
        shipped.folder("templates", package=tmp_path / "reviewbot")
    assert "install reviewbot again" in error.value.hint
