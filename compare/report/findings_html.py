"""STAGE 5: a check as one static page, without a script.

As in `html.py`: every value is escaped, and goes through `clean` first; the content
security policy allows the page's own style sheet, and nothing else.

This module does not know how a finding came about.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from compare.checked import Checked
from compare.report.findings_view import excerpt, facts, summary, times
from compare.report.html import POLICY
from compare.text import clean

HERE = Path(__file__).parent


def render(checked: Checked) -> str:
    """Give the whole page."""
    css = (HERE / "findings.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return (
        _environment()
        .get_template("findings.html")
        .render(
            # Ours, and digested as it is: the only value that is not escaped.
            css=Markup(css),
            policy=POLICY.format(digest=digest),
            checked=checked,
            summary=summary(checked),
            errors=checked.of("error"),
            facts=facts(checked),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        excerpt=excerpt, anchor=_anchor, lines=_lines, times=times
    )
    return environment


def _finalize(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean(value)
    return value


def _anchor(rule: str) -> str:
    return quote(rule, safe="/", errors="backslashreplace")


def _lines(text: str) -> Markup:
    """Keep the line feeds of a text, which `clean` would show as escapes."""
    return escape(clean(text, lines=True))
