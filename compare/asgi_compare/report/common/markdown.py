"""Text in Markdown: escaped, or as code, so that it means nothing there.

The dialect is GitHub's. Text from an application is shown as code, in a fence of
backticks that is longer than any in it, so that it can be no link, no picture and no
mention of anybody; text of our own is escaped.
"""

from __future__ import annotations

import re

from asgi_compare.model.sanitize import clean

SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#&@])")
"""Characters that begin or end something in Markdown, wherever they stand."""


def escape(text: str) -> str:
    """Show text as it is, whatever it would mean in Markdown."""
    # An address becomes a link by itself, but not without its colon.
    shown = SPECIAL.sub(r"\\\1", clean(text))
    return shown.replace("://", ":&#8203;//").replace("www.", "www&#8203;.")


def code(text: str) -> str:
    """Show text as code, in a table too."""
    if not text:
        return ""
    # In a table, GitHub's dialect looks for cells before it looks for code.
    shown = clean(text).replace("|", "\\|")
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{space}{shown}{space}{fence}"
