"""A trial of a layer, how to call the target, and what came of a trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from asgi_compare.contract.scenario import Scenario
from asgi_compare.judge.application.probe import Server
from asgi_compare.model.transcript import Event, Interface, Transcript

APP = "$app"
"""Stands for the application among the arguments."""
INSIDE = "inside"
"""The name of what the application inside has recorded."""
BESIDE = "beside"
"""The name of the other exchange of two at once."""
PLAIN = Server()

Protocol = Literal["http", "websocket", "lifespan", "other", "wsgi"]


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How to call the target with an application."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    """Of a middleware of Django's, the settings."""
    outside: Interface | None = None
    inside: Interface | None = None
    """None: find out."""


NO_ARGUMENTS = Wrapping()


@dataclass(frozen=True, slots=True)
class LayerTrial(Scenario):
    """One exchange with the layer, or with the layer taken out."""

    server: Server = PLAIN
    act: str = "answers"
    """What the application inside does; a name in `acts/`."""
    taken_out: bool = False
    wrapping: Wrapping = NO_ARGUMENTS

    @property
    def name(self) -> str:
        """The name of the row that it was made from."""
        return self.case


@dataclass(frozen=True, slots=True)
class Pair:
    """A trial with the layer, and the same one with the layer taken out."""

    trial: LayerTrial
    layered: Transcript
    plain: Transcript

    @property
    def inside(self) -> tuple[Transcript, ...]:
        """The calls of the application, inside the layer."""
        return calls(self.layered)

    @property
    def plain_inside(self) -> tuple[Transcript, ...]:
        """The calls of the application without the layer."""
        return calls(self.plain)

    @property
    def both(self) -> tuple[Transcript, Transcript] | None:
        """Outside and inside, if the application was called once."""
        if len(self.inside) == 1 and len(self.plain_inside) == 1:
            return self.layered, self.inside[0]
        return None


def calls(transcript: Transcript) -> tuple[Transcript, ...]:
    """Return what the application inside has recorded, call by call."""
    return tuple(t for t in transcript.requests if t.scenario == INSIDE)


def beside(transcript: Transcript) -> tuple[Transcript, ...]:
    """Return the other exchanges that went on at the same time."""
    return tuple(t for t in transcript.requests if t.scenario == BESIDE)


def noted(transcript: Transcript, what: str) -> list[str]:
    """Return what the drivers have noted under one head."""
    head = f"{what}: "
    return [n.removeprefix(head) for n in transcript.notes if n.startswith(head)]


def of_type(
    transcript: Transcript, *kinds: str, direction: str = "send"
) -> Iterator[Event]:
    """Yield the events of some types that went one way."""
    for event in transcript.events:
        found = event.event
        if (
            event.direction == direction
            and isinstance(found, dict)
            and found.get("type") in kinds
        ):
            yield event


def body_of(transcript: Transcript) -> bytes:
    """Return the body that the application's side has sent, as far as it was kept."""
    return b"".join(pieces_of(transcript))


def pieces_of(transcript: Transcript) -> list[bytes]:
    """Return the pieces of that body, the empty ones, too."""
    kinds = ("http.response.body", "yield", "write")
    found = []
    for event in of_type(transcript, *kinds):
        body = event.event.get("body", b"")
        body = getattr(body, "head", body)  # of an excerpt
        found.append(bytes(body) if isinstance(body, bytes | bytearray) else b"")
        if event.event["type"] == kinds[0] and not event.event.get("more_body"):
            break  # what comes after the last piece is ignored
    return found


def head_of(transcript: Transcript) -> tuple[int, list[tuple[bytes, bytes]]] | None:
    """Return status and fields as the application's side has sent them last."""
    for event in list(of_type(transcript, "http.response.start", "start_response"))[
        ::-1
    ]:
        said = event.event
        try:
            if said["type"] == "start_response":
                return int(said["status"][:3]), [
                    (n.lower().encode("latin-1"), v.encode("latin-1"))
                    for n, v in said["response_headers"]
                ]
            return int(said["status"]), [
                (bytes(n).lower(), bytes(v)) for n, v in said.get("headers") or ()
            ]
        except (TypeError, ValueError, AttributeError, KeyError):
            return None
    return None


def values(fields: list[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    """Return all values of one field."""
    return [value for key, value in fields if key == name]
