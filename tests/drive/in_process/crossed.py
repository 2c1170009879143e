"""What crossed the interface, in a form to compare: pairs of direction and event."""

from __future__ import annotations

from typing import Any

from asgi_compare.model.transcript import Response, Transcript


def crossed(transcript: Transcript) -> list[tuple[str, Any]]:
    return [(entry.direction, entry.event) for entry in transcript.events]


def got(**event: Any) -> tuple[str, dict[str, Any]]:
    """An event that the application received."""
    return "receive", event


def sent(**event: Any) -> tuple[str, dict[str, Any]]:
    """An event that the application sent."""
    return "send", event


def request_event(body: bytes = b"", more: bool = False) -> tuple[str, dict[str, Any]]:
    return got(type="http.request", body=body, more_body=more)


GONE = got(type="http.disconnect")

Event = dict[str, Any]


def start(status: int = 200, *headers: tuple[bytes, bytes]) -> Event:
    """An `http.response.start`, to be sent."""
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(content: bytes = b"", more: bool = False) -> Event:
    """An `http.response.body`, to be sent."""
    return {"type": "http.response.body", "body": content, "more_body": more}


LENGTH = (b"content-length", b"5")
SERVER_ERROR = Response(
    500,
    "Internal Server Error",
    (
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"21"),
    ),
    b"Internal Server Error",
    (21,),
)
"""What a server answers for an application that has failed."""
