"""What the pages have in common: how they escape, and what a browser may do with them.

Everything that came from an application is untrusted. So each value is escaped, and
stripped of control characters before that; and the content security policy lets a
browser take no style and no script but ours, which are named by their digests.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from asgi_compare.model.sanitize import clean

REPORTS = Path(__file__).parents[1]
"""The folder of the reports; a page is `run/page.html`, with `run/page.css`."""

POLICY = (
    "default-src 'none'; style-src 'sha256-{style}';{script} base-uri 'none'; "
    "form-action 'none'"
)
"""The content security policy; a `<meta>` can carry all of these directives."""


def template(name: str, *sheets: str, script: str = "", **known: Any) -> Template:
    """Return a template that has its style and its policy, and what else it knows.

    `script` is the file of the only script that the page runs.
    """
    css = "".join((REPORTS / sheet).read_text("utf-8") for sheet in sheets)
    code = (REPORTS / script).read_text("utf-8") if script else ""
    runs = f" script-src 'sha256-{_digest(code)}';" if code else ""
    environment = Environment(
        loader=FileSystemLoader(REPORTS),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        # Ours, and digested as they are, so they are not escaped.
        css=Markup(css),
        script=Markup(code),
        policy=POLICY.format(style=_digest(css), script=runs),
        **known,
    )
    return environment.get_template(name)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _finalize(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean(value)
    return value
