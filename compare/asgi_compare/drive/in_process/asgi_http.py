"""Play an HTTP server for one request to an ASGI application.

A server calls the application with a scope, which says what was asked, and with two
functions. `receive` gives the request's body, piece by piece, and after that the news
that the client has gone. `send` takes the response: one start, then the pieces of its
body. Everything that crosses goes into the recorder.

The client at the other end is in `http_client`; it may be slow, and it may leave.

The driver does what the specification asks of a server, and where that says nothing,
what servers do.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import copy_context
from threading import get_ident
from time import monotonic_ns as now
from typing import Any

from asgi_compare.contract.scenario import PATIENT, Request
from asgi_compare.drive.in_process.answers import NO_PAIR, check_pairs, written_out
from asgi_compare.drive.in_process.http_client import (
    BODY,
    COMPLETE,
    GONE,
    START,
    TRAILERS,
    HttpClient,
)
from asgi_compare.drive.in_process.recorder import (
    ClientDisconnected,
    Message,
    digest_of,
)
from asgi_compare.drive.in_process.stepping import ENDED, Application, step_on
from asgi_compare.drive.request_parts import (
    ASGI_HTTP,
    LATEST,
    NO_EXTENSIONS,
    Extensions,
    Scope,
    prepare,
)
from asgi_compare.model.transcript import (
    MAX_BYTES,
    MAX_EVENTS,
    Excerpt,
    Transcript,
    Unwritten,
)

EXPECTED = {
    START: "http.response.start",
    BODY: "http.response.body",
    TRAILERS: "http.response.trailers",
}
TRAILERS_EXTENSION = "http.response.trailers"
VERSIONS = ASGI_HTTP  # because Python 3.11 is slow to call a method of an imported name
WITHOUT_EFFECT = {
    # The extensions that a server may take note of and leave at that. The two that send
    # files are not played.
    "http.response.push": (BODY,),
    "http.response.early_hint": (START,),
    "http.response.debug": (START,),
}
"""Events of extensions, and when they may be sent; each has its extension's name."""


async def exchange(
    application: Application,
    request: Request,
    # To be given by name; but Python calls a function that insists on that slower.
    name: str = "",
    deadline: float = 5.0,
    state: Mapping[str, Any] | None = None,
    extensions: Extensions = NO_EXTENSIONS,
) -> Transcript:
    """Put one request to an application, and give the transcript."""
    # In one piece, and without a call that can be spared: all else stands on this.
    prepared = LATEST[0]
    if prepared.request is not request:
        prepared = prepare(request)
    served = HttpExchange()
    served.name = name
    served.prepared = prepared
    served.thread = get_ident()
    served.log = []
    served.phase = START
    served.handed = served.kept = 0
    served.sleepers = ()
    served.special = prepared.client is not PATIENT
    if state is None and extensions is NO_EXTENSIONS:
        scope = prepared.template.copy()
        scope["asgi"] = VERSIONS.copy()
        scope["headers"] = prepared.headers.copy()
        scope["extensions"] = {}
    else:
        scope = prepared.scope(state, extensions)
        served.given = None if state is None else dict(state)
        served.extensions = extensions
    context = copy_context()
    served.began = now()
    if served.special:
        served.client = prepared.client
        served.client_has_sent(0)
    try:
        steps: Any = application(scope, served.receive, served.send).__await__()
        waits_for = context.run(next, steps, ENDED)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        served.failed(error)
    else:
        if waits_for is not ENDED:
            try:
                await step_on(steps, waits_for, context, served, deadline)
            finally:
                served.close()
    served.ended = now()
    if served.phase < COMPLETE or served.special:
        served.close()
    transcript: Transcript = Unwritten()  # as `Transcript.later` does
    transcript._write = served
    return transcript


class HttpExchange(HttpClient):
    """One request and its answer, as the server has it in hand."""

    __slots__ = ()

    async def receive(self) -> Message:
        """Return the next event: a piece of the body, or that the client has gone."""
        first = self.prepared.first
        if first is not None and not self.handed and self.phase < COMPLETE:
            # The whole body in one piece, from a client that does nothing special.
            self.handed = 1
            self.kept += len(first["body"])
            self.log.append((now(), "receive", first, get_ident()))
            return first.copy()  # so nobody can write into the one in the log
        return await self.receive_next()

    async def receive_next(self) -> Message:
        """Return the next event, when the client is ready for it."""
        pieces = self.prepared.pieces
        if self.client.pause and 0 < self.handed < len(pieces):
            await self.sleep(self.client.pause)
        if self.phase < COMPLETE and self.handed < len(pieces):
            piece = pieces[self.handed]
            self.handed += 1
            more = self.handed < len(pieces)
            event = {"type": "http.request", "body": piece, "more_body": more}
            await self.give(event)
            if self.client is not PATIENT:
                self.client_has_sent(self.handed)
            return event
        # www, "Disconnect": after the response has been sent or the client has left.
        while self.phase < COMPLETE:
            await self.sleep()
        return await self.give({"type": "http.disconnect"})

    async def send(self, event: Message) -> None:
        """Take what the application sends: first the start, then the body."""
        copied: Any
        try:
            kind = event["type"]
            copied = event.copy()
        except Exception:
            kind = copied = None  # nonsense, which `take_other` refuses
        if self.phase != BODY or kind != "http.response.body":
            if self.phase == START and kind == "http.response.start":
                self.take_start(event, copied)
            else:
                await self.take_other(event)
            return
        self.log.append((now(), "send", copied, get_ident()))
        body = event["body"] if "body" in event else b""  # noqa: SIM401 (it is quicker)
        if body.__class__ is not bytes:
            body = self.as_bytes(copied, body)
        self.kept = kept = self.kept + len(body)
        if kept > MAX_BYTES:
            self.cut(copied, body)
        if "more_body" in event or self.special:
            await self.go_on(body, event.get("more_body", False))
        else:
            self.phase = COMPLETE
            if self.sleepers:
                self.changed()

    def take_start(self, event: Message, copied: Message) -> None:
        """Take the status and the headers, and refuse what no server could send.

        Types are told by `__class__`, which is quicker than `type()`.
        """
        self.log.append((now(), "send", copied, get_ident()))
        try:
            if "headers" in event:
                headers = event["headers"]
                if headers.__class__ is list:
                    headers = copied["headers"] = headers.copy()  # it may grow
                elif headers.__class__ is not tuple:
                    headers = copied["headers"] = [*headers]  # read only once
                for pair in headers:
                    if pair.__class__ is not tuple and pair.__class__ is not list:
                        # None of those before it is used up by now.
                        copied["headers"] = written_out(headers)
                        check_pairs(copied["headers"])
                        break
                    field, value = pair
                    if field.__class__ is not bytes or value.__class__ is not bytes:
                        raise TypeError(NO_PAIR.format((field, value)))
            status = event["status"]
            if status.__class__ is not int and not isinstance(status, int):
                raise TypeError(f"Expected a status, but got {status!r}.")
        except Exception:
            self.unheard |= {len(self.log) - 1}
            raise
        self.phase = BODY
        if "trailers" in event and TRAILERS_EXTENSION in self.extensions:
            self.trailers = bool(event["trailers"])
            self.special |= self.trailers

    async def go_on(self, body: bytes, more: Any) -> None:
        """See to what is left of a piece of the body, if there is anything special."""
        if not more:
            self.phase = TRAILERS if self.trailers else COMPLETE
            self.changed()
        elif len(self.log) >= MAX_EVENTS:
            self.halt("flooded")
            await self.never()
        if self.client is not PATIENT and body:
            await self.client_hears()

    def as_bytes(self, copied: Message, body: Any) -> bytes:
        """Take a body that is not of the type `bytes`, as far as servers do."""
        if isinstance(body, bytes | bytearray | memoryview):
            taken = bytes(body)
            copied["body"] = type(body)(taken)  # the application may change its own
            return taken
        self.unheard |= {len(self.log) - 1}
        raise TypeError(f"Expected a byte string as the body, but got {body!r}.")

    def cut(self, copied: Message, body: bytes) -> None:
        """Keep only an excerpt of a piece, but go on with the digest of the whole."""
        if self.digest is None:
            self.digest = digest_of(
                [bytes(event.get("body", b"")) for event in self.heard()[1:-1]]
            )
        self.digest.update(body)
        copied["body"] = Excerpt.of(body)

    async def take_other(self, event: Any) -> None:
        """Take an event that is out of order, late, unknown or of an extension."""
        index = self.record("send", event)
        if index < 0:
            await self.never()
        self.unheard |= {index}
        if self.phase == GONE:
            raise ClientDisconnected
        if self.phase == COMPLETE:
            return  # www, "Response Body": any further messages are ignored
        # Specification, "Error Handling": raise out of `send` what is not valid.
        if not isinstance(event, dict):
            raise TypeError(f"Expected an event as a dict, but got {event!r}.")
        kind: Any = event.get("type")
        if not isinstance(kind, str) or kind not in self.extensions:
            raise RuntimeError(f"Expected {EXPECTED[self.phase]!r}, but got {kind!r}.")
        if self.phase in WITHOUT_EFFECT.get(kind, ()):
            return
        if kind != TRAILERS_EXTENSION or self.phase != TRAILERS:
            raise RuntimeError(f"Expected {EXPECTED[self.phase]!r}, but got {kind!r}.")
        if not event.get("more_trailers", False):
            self.phase = COMPLETE
            self.changed()

    def scope_as_given(self) -> Scope:
        """Make the scope once more, as it was handed over."""
        return self.prepared.scope(self.given, self.extensions)

    def __call__(self) -> Transcript:
        """Write the transcript up."""
        return self.written("asgi", self.answer())
