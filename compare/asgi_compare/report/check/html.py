"""A check as one static page, without a script.

As in `html.py`: every value is escaped, and goes through `clean` first; the content
security policy allows the page's own style sheet, and nothing else.
"""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup, escape

from asgi_compare.model.checked import Checked
from asgi_compare.model.sanitize import clean
from asgi_compare.report.check.view import excerpt, facts, summary, times
from asgi_compare.report.common.pages import template


def render(checked: Checked) -> str:
    """Return the whole page."""
    return template(
        "check/page.html",
        "check/page.css",
        excerpt=excerpt,
        anchor=_anchor,
        lines=_lines,
        times=times,
    ).render(
        checked=checked,
        summary=summary(checked),
        errors=checked.of("error"),
        facts=facts(checked),
    )


def _anchor(rule: str) -> str:
    return quote(rule, safe="/", errors="backslashreplace")


def _lines(text: str) -> Markup:
    """Keep the line feeds of a text, which `clean` would show as escapes."""
    return escape(clean(text, lines=True))
