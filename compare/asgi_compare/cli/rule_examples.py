"""The example of a rule, as lines of text: what breaks it, and what keeps it."""

from __future__ import annotations

import re

from asgi_compare.judge.rules import Example
from asgi_compare.judge.rules.engine.examples import (
    ENVIRON,
    HTTP_SCOPE,
    LIFESPAN_SCOPE,
    WEBSOCKET_SCOPE,
)
from asgi_compare.report.check.view import in_one_line
from asgi_compare.report.common.values import show_value

PLAIN = (HTTP_SCOPE, WEBSOCKET_SCOPE, LIFESPAN_SCOPE, ENVIRON)
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def example_lines(example: Example) -> list[str]:
    """Write an exchange out: what is special about the scope, the events, the end."""
    transcript = example.transcript("example")
    lines = [f"scope  {line}" for line in _special(example.scope)]
    lines += [in_one_line(event) for event in transcript.events]
    if example.ending.kind != "returned" or not transcript.events:
        error = f": {example.ending.error}" if example.ending.error else ""
        lines.append(f"the application {example.ending.kind}{error}")
    # Where an object lies in memory changes with every run, and means nothing.
    return [ADDRESS.sub("", line) for line in lines]


def _special(scope: object) -> list[str]:
    """Return how a scope differs from that of a plain server."""
    if not isinstance(scope, dict):
        return [show_value(scope)]
    plain = next((p for p in PLAIN if p.get("type") == scope.get("type")), HTTP_SCOPE)
    missing = [f"without {key!r}" for key in plain if key not in scope]
    changed = [
        f"{key!r}: {show_value(value)}"
        for key, value in scope.items()
        if key not in plain or plain[key] != value
    ]
    return [*missing, *changed]
