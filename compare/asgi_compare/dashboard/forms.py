"""What the page has sent, made into what we ask with.

A form is a JSON object. Whatever is wrong with it is a `FormError` with one sentence
for the page; nothing else of Python reaches it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from asgi_compare.contract.parse import TARGET, TOKEN
from asgi_compare.contract.scenario import Client, Request

MAX_BODY = 1 << 20
"""Bytes of a body that the page may send."""
SLOW = 0.2
"""Seconds that a slow reader takes over each piece."""
FAR = 1e9
"""A number without a limit of its own."""

Form = Mapping[str, Any]


class FormError(ValueError):
    """The form cannot be used; the message is one sentence."""


def form_from(text: str | bytes) -> Form:
    """Read a JSON object."""
    try:
        form = json.loads(text)
    except (ValueError, RecursionError):
        form = None
    if not isinstance(form, dict):
        raise FormError("Expected a JSON object.")
    return form


def path_from(form: Form, name: str = "target") -> str:
    """Return a path of the form, by default /."""
    path = str(form.get(name, "/"))
    if not TARGET.fullmatch(path):
        raise FormError(
            f"Expected a path that begins with / and is percent-encoded, but got "
            f"{path!r}."
        )
    return path


def number_from(form: Form, name: str, what: str, least: float, most: float) -> float:
    """Return a number of the form; `what` is how the page calls it."""
    value = form.get(name)
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        limits = (
            f"from {least:g} to {most:g}" if most < FAR else f"of at least {least:g}"
        )
        came = "nothing" if value in (None, "") else repr(value)
        raise FormError(f"Expected {what} as a number {limits}, but got {came}.")
    return number


def request_from(form: Form) -> Request:
    """Make the request that the page has composed."""
    method = str(form.get("method", "GET"))
    if not TOKEN.fullmatch(method):
        raise FormError(f"Expected a method such as POST, but got {method!r}.")
    target = path_from(form)
    body = str(form.get("body", "")).encode("utf-8", "replace")
    if len(body) > MAX_BODY:
        raise FormError(
            f"Expected a body of at most {MAX_BODY:,} bytes, but got {len(body):,}."
        )
    leaves: int | None = None
    if form.get("leaves_after") not in (None, ""):
        leaves = int(
            number_from(form, "leaves_after", "the bytes to leave after", 1, FAR)
        )
    return Request(
        method,
        target.encode(),
        tuple(
            _field(line) for line in str(form.get("headers", "")).splitlines() if line
        ),
        (body,) if body else (),
        client=Client(
            leaves_after_bytes=leaves, reads_every=SLOW if form.get("slowly") else 0.0
        ),
    )


def _field(line: str) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(":")
    if not colon or not TOKEN.fullmatch(name) or re.search(r"[\r\n\0]", value):
        raise FormError(f"Expected a header 'name: value', but got {line!r}.")
    return name.lower().encode(), value.strip().encode("latin-1", "replace")
