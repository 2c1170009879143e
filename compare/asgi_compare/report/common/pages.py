"""What the pages have in common: how they escape, and what a browser may do with them.

Everything that came from an application is untrusted. So each value is escaped, and
stripped of control characters before that; and the content security policy lets a
browser take no script, and no style but ours, which is named by its digest.
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
    "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
    "form-action 'none'"
)
"""The content security policy; a `<meta>` can carry all of these directives."""


def template(name: str, *sheets: str, **known: Any) -> Template:
    """Return a template that has its style and its policy, and what else it knows."""
    css = "".join((REPORTS / sheet).read_text("utf-8") for sheet in sheets)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(REPORTS),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        # Ours, and digested as it is, so it is not escaped.
        css=Markup(css),
        policy=POLICY.format(digest=digest),
        **known,
    )
    return environment.get_template(name)


def _finalize(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean(value)
    return value
