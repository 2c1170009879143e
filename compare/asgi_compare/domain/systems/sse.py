"""Write server-sent events, the text format of `EventSource` in a browser.

An event is a few lines of `field: value` and an empty line. The browser remembers the
last `id` and sends it as `Last-Event-ID` when it connects again.
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import re

LINE_END = re.compile("\r\n|\r|\n")
"""What ends a line in the format; `str.splitlines` knows a few more."""

CONTENT_TYPE = "text/event-stream"


def format_event(
    data: str, *, event: str = "", id: str = "", retry_ms: int | None = None
) -> str:
    """Return one event; data of several lines is sent as several `data` fields.

    An event without `event` is heard as "message".
    """
    lines = []
    if event:
        lines.append(f"event: {_one_line('event', event)}")
    if id:
        lines.append(f"id: {_one_line('id', id)}")
    if retry_ms is not None:
        lines.append(f"retry: {retry_ms}")
    lines += [f"data: {line}" for line in LINE_END.split(data)]
    return "\n".join(lines) + "\n\n"


def format_comment(text: str = "") -> str:
    """Return a line that the browser ignores: it keeps the connection alive."""
    return f": {_one_line('comment', text)}\n\n"


def _one_line(field: str, value: str) -> str:
    # A browser ignores an id with NUL in it, so it would resume from an older one.
    if LINE_END.search(value) or "\0" in value:
        raise ValueError(f"Expected one line as {field}, but got {value!r}.")
    return value
