"""A transcript, taken apart into aspects.

An aspect is one thing that can be said of an exchange by itself: its status, one header
field, one key of the JSON object in its body, the sizes of its pieces. `aspects` gives
all of a transcript by name. What is expected and what differs is both said in these
names, and so are the rows of `known_differences.py`.

What is different in every exchange and means nothing (the date, a port) is made alike
here by the normalisers, which are listed, so that a report can list them too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from asgi_compare.model.transcript import (
    EXCERPT_BYTES,
    Dialogue,
    Event,
    Excerpt,
    Response,
    Transcript,
)

Aspects = dict[str, object]

NOISE_FIELDS = frozenset(
    {b"date", b"server", b"connection", b"keep-alive", b"transfer-encoding"}
)
"""Response header fields that servers add, and that are about the server alone, or
about the connection: an application may not send those (PEP 3333, "Other HTTP
Features"), and whether a connection is kept may depend on which byte came first."""
HANDSHAKE_FIELDS = frozenset({b"upgrade", b"sec-websocket-accept", b"content-length"})
"""Header fields of a handshake that its protocol prescribes."""
UNORDERED_FIELDS = frozenset({b"allow", b"vary"})
"""Header fields that are sets: their members are put in order."""
NOISE_KEYS: Mapping[str, str] = {
    "elapsed": "<seconds>",
    "running": "<count>",
    "thread": "<thread>",
    "client": "<address>",
    "server": "<address>",
}
"""Keys of JSON objects whose values are measurements or addresses of one exchange."""
ACCEPTED = 101
"""The status of a WebSocket handshake that the application has accepted."""
DATE = re.compile(rb"^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$")
HOST = re.compile(r"\b(127\.0\.0\.1|localhost|testserver)(:\d+)?(?![\w.])")
NORMALISERS = (
    "Date and Server are left out: every server has its own.",
    "Connection, Keep-Alive and Transfer-Encoding are left out: they are between the "
    "server and the client alone (RFC 9110 section 7.6.1).",
    "Of fifty at once, JSON objects and Age are left out: what one saw of others, or "
    "got from what was made for them, is chance.",
    "Where an application raises or refuses before it has begun an answer, only the "
    "status is compared with a server's: the words are the server's own.",
    "Of an answer that its client has not waited for, the body is left out on the "
    "wire: how much has come until then is chance.",
    "On the wire, the pieces of a body are looked at only where it is chunked.",
    "The members of Allow and Vary are put in order: they are sets.",
    "A value that is a date becomes <date>, and that of Age becomes <seconds>.",
    f"In JSON, the values of {', '.join(NOISE_KEYS)} become a word for what they are; "
    "and so does the length of a body that has them.",
    "The host and port of the server become <host>.",
)
STOPS_WITHIN_NS = 1_000_000_000
"""An application stops if it has ended a second after its client has left."""


def aspects(transcript: Transcript) -> Aspects:
    """Return everything that can be said of an exchange, by name."""
    found: Aspects = {}
    answer = transcript.answer
    if isinstance(answer, Dialogue):
        found |= _of_dialogue(answer)
    elif answer is not None:
        found |= _of_response(answer)
    response = transcript.response
    if transcript.interface == "wire" and response and not _divided(response):
        # Only the chunked coding keeps the pieces of a body apart.
        found.pop("pieces", None)
    if transcript.interface != "wire":
        found |= _of_events(transcript)
    elif transcript.ending.kind != "returned":
        found["ending"] = transcript.ending.kind
    return found


def _of_response(response: Response) -> Aspects:
    found: Aspects = {"status": response.status, "complete": response.complete}
    found["header:order"] = tuple(
        dict.fromkeys(
            name.decode("latin-1")
            for name, _ in response.headers
            if name not in NOISE_FIELDS
        )
    )
    found |= _of_fields(response, NOISE_FIELDS)
    found |= {"pieces": response.pieces} | _of_body(response)
    if any(value in NOISE_KEYS.values() for value in found.values()):
        # Measurements have more digits or fewer: so the length is noise as well.
        found["pieces"] = ("<length>",) * len(response.pieces)
        if "header:content-length" in found:
            found["header:content-length"] = "<length>"
    return found


def _of_fields(response: Response, without: frozenset[bytes]) -> Aspects:
    return {
        f"header:{name.decode('latin-1')}": tuple(
            normal_value(name, value) for value in response.header(name)
        )
        for name, _ in response.headers
        if name not in without
    }


def _divided(response: Response) -> bool:
    return bool(response.header(b"transfer-encoding"))


def normal_value(name: bytes, value: bytes) -> str:
    """Return a header's value with its noise made alike."""
    if DATE.match(value):
        return "<date>"
    if name == b"age":
        return "<seconds>"
    text = value.decode("latin-1")
    if name in UNORDERED_FIELDS:
        return ", ".join(sorted(part.strip() for part in text.split(",")))
    return HOST.sub("<host>", text)


def _of_body(response: Response) -> Aspects:
    if isinstance(response.body, Excerpt):
        return {"body": response.body}
    kind = b"".join(response.header(b"content-type"))
    if kind.startswith(b"application/json"):
        try:
            content = json.loads(response.body)
        except ValueError:
            content = None
        if isinstance(content, dict):
            return _of_json(content, response.body)
    return {"body": response.body}


def _of_json(content: dict[str, Any], body: bytes) -> Aspects:
    found: Aspects = {
        f"body.{key}": NOISE_KEYS[key] if key in NOISE_KEYS and value else _hosts(value)
        for key, value in content.items()
    }
    # Two objects may be equal and still be written differently.
    spaced = b'": ' in body
    escaped = body.isascii() and b"\\u" in body
    found["json:spelling"] = (
        f"{'spaces' if spaced else 'no spaces'} after : and ,; "
        f"{'escapes' if escaped else 'UTF-8'} where it is not ASCII"
    )
    return found


def _hosts(value: object) -> object:
    """Make the host and its port alike, wherever they stand in a value."""
    if isinstance(value, list):
        return [_hosts(part) for part in value]
    return HOST.sub("<host>", value) if isinstance(value, str) else value


def _of_dialogue(dialogue: Dialogue) -> Aspects:
    handshake = dialogue.handshake
    if handshake.status != ACCEPTED:
        return _of_response(handshake)
    found: Aspects = {"status": handshake.status}
    found |= _of_fields(handshake, NOISE_FIELDS | HANDSHAKE_FIELDS)
    return found | {
        "subprotocol": dialogue.subprotocol,
        "messages": tuple(map(_kept, dialogue.heard)),
        "close:code": dialogue.code,
        "close:reason": dialogue.reason,
    }


def _kept(message: str | bytes | Excerpt) -> str | bytes | Excerpt:
    """Return a long message as an excerpt, however the driver has kept it."""
    if isinstance(message, bytes) and len(message) > EXCERPT_BYTES:
        return Excerpt.of(message)
    return message


def _of_events(transcript: Transcript) -> Aspects:
    """What only those inside can see: events, threads, and how it ended."""
    ending = transcript.ending
    error = ending.error.partition(":")[0]
    found: Aspects = {"ending": f"{ending.kind} {error}".strip()}
    found["threads"] = len(transcript.threads)
    if transcript.left_at_ns is not None:
        late = ending.at_ns - transcript.left_at_ns
        willing = ending.kind in ("returned", "raised")
        found["stops"] = willing and late < STOPS_WITHIN_NS
    if transcript.interface == "asgi":
        both = transcript.scope.get("type") == "lifespan"
        found["events"] = tuple(
            shape_of(entry)
            for entry in transcript.events
            if both or entry.direction == "send"
        )
        for event in transcript.sent("lifespan.startup.failed"):
            found["message"] = str(event.get("message", "")).strip()
    return found


def is_lifetime(transcript: Transcript) -> bool:
    """Whether it is of a lifespan, so that `requests` are those in between."""
    return transcript.answer is None and bool(transcript.requests)


def shape_of(entry: Event) -> str:
    """Return the type of an event, with a + if more is to come, or "empty"."""
    event = entry.event
    if not isinstance(event, dict):
        return type(event).__name__
    kind = str(event.get("type"))
    if not kind.endswith((".body", ".request")):
        return kind
    return kind + ("" if entry.size else " empty") + "+" * bool(event.get("more_body"))


def show(value: object, limit: int = 200) -> str:
    """Return a value as one line of text."""
    if isinstance(value, tuple) and len(value) == 1:
        return show(value[0], limit)
    if isinstance(value, Excerpt):
        return f"{value.length} bytes, SHA-256 {value.sha256[:12]}…"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
