"""The review as one HTML page that needs nothing else: no network, no script to be read.

The Content-Security-Policy in the page allows exactly the style and the script that are in it.
"""

import base64
import hashlib
from dataclasses import fields
from pathlib import Path

from reviewbot import shipped
from reviewbot.domain.change import ReadBlob
from reviewbot.domain.review import Review
from reviewbot.report.page import Page, page


def render(review: Review, read: ReadBlob, *, templates: Path | None = None) -> str:
    """Give the page. `read` gives the blobs that hunks are cut from; `templates` another folder of templates.

    Raises `UsageError` if the installation lacks its templates.
    """
    folder = (templates or shipped.folder("templates")) / "report"
    return _filled(page(review, read), folder)


def _filled(content: Page, folder: Path) -> str:
    # Only this report needs Jinja2, and it takes a tenth of a second to import.
    from jinja2 import FileSystemLoader, StrictUndefined  # noqa: PLC0415 (heavy, and only this writer needs it)
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415 (heavy, and only this writer needs it)
    from markupsafe import Markup  # noqa: PLC0415 (heavy, and only this writer needs it)

    environment = SandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = (folder / "report.css").read_text("utf-8")
    script = (folder / "report.js").read_text("utf-8")
    values = {field.name: getattr(content, field.name) for field in fields(content)}
    return environment.get_template("report.html.j2").render(
        **values,
        # Both are files of ours; nothing from a review is in them.
        style=Markup(style),  # noqa: S704 (see above)
        script=Markup(script),  # noqa: S704 (see above)
        policy=_policy(style, script),
    )


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
