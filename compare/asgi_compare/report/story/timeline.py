"""A played story as text: when, who, and what, a line each."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.model.sanitize import clean
from asgi_compare.model.story import Played

ARROWS = {"asks": "->", "says": "->", "hears": "<-", "ends": "<|"}
LONGEST = 76


def lines(played: Played) -> Iterator[str]:
    """Yield the lines."""
    wide = max((len(each.who) for each in played.moments), default=0)
    for each in played.moments:
        server = f" [{each.server}]" if each.server else ""
        words = each.text if each.what != "asks" else f"asks for {each.text}"
        if each.what == "fails":
            words = f"But: {words}"
        elif len(words) > LONGEST:
            words = f"{words[:LONGEST]}..."
        arrow = ARROWS.get(each.what, "  ")
        at = f"{each.at_ns / 1e6:9.1f} ms"
        yield clean(f"{at}  {each.who:{wide}} {arrow} {words}{server}").rstrip()
