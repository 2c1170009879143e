"""Play a WebSocket server, and its client, for one conversation.

A WebSocket begins as an HTTP request. The application learns of it by
`websocket.connect` and answers with `websocket.accept`, which opens the socket, or with
`websocket.close`, which the client sees as 403. Where the server offers the extension,
the application may refuse with a response of its own. Once open, messages cross both
ways, until one side closes.

The client says all it has to say, a message each time the application asks for one, and
leaves when it has heard as many messages as it was told to wait for. If it was told of
none, it leaves when the application asks for more than there is.

The driver does what the specification asks of a server, and where that says nothing,
what servers do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic_ns as now
from typing import Any

from asgi_compare.contract.scenario import Conversation
from asgi_compare.drive.in_process.answers import (
    Headers,
    check_pairs,
    phrase,
    refusal,
    response,
    server_error,
)
from asgi_compare.drive.in_process.asgi import AsgiExchange, type_of
from asgi_compare.drive.in_process.recorder import BYTES, ClientDisconnected, Message
from asgi_compare.drive.in_process.stepping import Application, run
from asgi_compare.drive.request_parts import Scope, websocket_scope
from asgi_compare.model.transcript import Dialogue, Excerpt, Response, Transcript

CONNECTING, OPEN, DENYING, REFUSED, CLOSED = range(5)

ABNORMAL = 1006
"""RFC 6455 7.1.5: the code of a connection that ended without a close frame."""


async def exchange(
    application: Application,
    conversation: Conversation,
    *,
    name: str = "",
    deadline: float = 5.0,
    state: Mapping[str, Any] | None = None,
    hears: int | None = None,
) -> Transcript:
    """Hold one conversation with an application, and give the transcript."""
    held = WebSocketExchange(name, conversation, state, hears)
    try:
        await run(application, held.scope_as_given(), held, deadline)
    finally:
        held.close()
    return held.transcript()


class WebSocketExchange(AsgiExchange):
    """One conversation, as the server has it in hand."""

    phase = CONNECTING
    asked = False
    """Whether the application was told of the connection."""
    said = 0
    """Messages that the application was given."""
    messages_heard = 0
    by_application: Message | None = None
    """The close that the application has sent."""

    def __init__(
        self,
        name: str,
        conversation: Conversation,
        state: Mapping[str, Any] | None,
        hears: int | None,
    ) -> None:
        self.open(name)
        self.conversation = conversation
        self.given = None if state is None else dict(state)
        self.hears = hears

    def scope_as_given(self) -> Scope:
        """Make the scope: new dicts and lists, every time."""
        return websocket_scope(self.conversation, self.given)

    async def receive(self) -> Message:
        """Return the next event: the connection, a message, or that it is over."""
        if not self.asked:
            self.asked = True
            return await self.give({"type": "websocket.connect"})
        # www, "Connect": no message before the application has answered.
        while self.phase in (CONNECTING, DENYING):
            await self.sleep()
        if self.phase == OPEN and self.said < len(self.conversation.says):
            message = self.conversation.says[self.said]
            self.said += 1
            key = "text" if isinstance(message, str) else "bytes"
            event = await self.give({"type": "websocket.receive", key: message})
            self.client_may_leave()
            return event
        if self.phase == OPEN and self.hears is None:
            self.client_may_leave(at_last=True)
        while self.phase == OPEN:
            await self.sleep()
        return await self.give(self.disconnect())

    def disconnect(self) -> Message:
        """Return how the connection came to its end."""
        event = {"type": "websocket.disconnect", "code": ABNORMAL, "reason": ""}
        if self.by_application is not None:
            code = self.by_application.get("code", 1000)
            return event | {"code": code} if self.was_open else event
        if self.left is not None and self.conversation.leaves == "closes":
            said = self.conversation
            return event | {"code": said.code, "reason": said.reason}
        return event

    def take(self, event: Any) -> None:
        """Find who takes an event now; refuse it if nobody does."""
        # www, "Disconnected Client": on a closed connection, raise an OSError.
        if self.phase in (REFUSED, CLOSED):
            raise ClientDisconnected
        kind = type_of(event)
        takers = TAKERS.get(self.phase, {})
        taker = takers.get(kind) if isinstance(kind, str) else None
        denial = isinstance(kind, str) and kind.startswith("websocket.http.response.")
        if taker is None or (denial and not self.conversation.denial):
            expected = " or ".join(
                repr(each)
                for each in takers
                if self.conversation.denial or ".http." not in each
            )
            raise RuntimeError(f"Expected {expected}, but got {kind!r}.")
        taker(self, event)

    @property
    def was_open(self) -> bool:
        """Whether the application has accepted."""
        return self.handshake().status == 101

    def accept(self, event: Message) -> None:
        """Take the accept: the socket is open."""
        _check(event.get("subprotocol"), str | None, "a subprotocol")
        check_pairs(event.get("headers") or ())
        self.phase = OPEN
        self.changed()

    def message(self, event: Message) -> None:
        """Take a message for the client."""
        text, data = event.get("text"), event.get("bytes")
        # www, "Send": exactly one of the two must not be None.
        if (text is None) == (data is None):
            raise ValueError("Expected either 'text' or 'bytes', and only one of them.")
        _check(text, str | None, "text as a Unicode string")
        _check(data, bytes | bytearray | memoryview | None, "bytes as a byte string")
        self.messages_heard += 1
        self.client_may_leave()

    def shut(self, event: Message) -> None:
        """Take the close; before the accept it is a refusal."""
        _check(event.get("code", 1000), int, "a close code")
        _check(event.get("reason"), str | None, "a reason")
        self.by_application = event
        self.phase = CLOSED if self.phase == OPEN else REFUSED
        self.changed()

    def deny(self, event: Message) -> None:
        """Take the start of a refusal that is a response."""
        _check(event.get("status"), int, "a status")
        check_pairs(event.get("headers") or ())
        self.phase = DENYING

    def deny_body(self, event: Message) -> None:
        """Take a piece of that response."""
        body = event.get("body", b"")
        _check(body, BYTES, "a byte string")
        self.digested(body, self.pieces)
        if not event.get("more_body", False):
            self.phase = REFUSED
            self.changed()

    def client_may_leave(self, at_last: bool = False) -> None:
        """Let the client go, if it has said and heard everything."""
        if self.conversation.leaves == "stays" or self.phase != OPEN:
            return
        all_said = self.said == len(self.conversation.says)
        waits_for = self.hears
        all_heard = at_last if waits_for is None else self.messages_heard >= waits_for
        if all_said and all_heard:
            self.left = now()
            self.close()

    def close(self) -> None:
        """Close the connection, and tell all that wait for it."""
        if self.phase < REFUSED:
            self.phase = REFUSED if self.phase in (CONNECTING, DENYING) else CLOSED
        self.changed()

    def answer(self) -> Dialogue | None:
        """Work out what the client got."""
        heard = self.heard()
        if not heard:
            return None if self.halted else Dialogue(server_error())
        messages = [e for e in heard if e["type"] == "websocket.send"]
        first, last = heard[0], heard[-1]
        closed = first is not last and last["type"] == "websocket.close"
        return Dialogue(
            self.handshake(),
            first.get("subprotocol"),
            tuple(_payload(event) for event in messages),
            int(last.get("code", 1000)) if closed else None,
            (last.get("reason") or "") if closed else "",
        )

    def pieces(self) -> list[Any]:
        """Return the pieces of the body of a refusal."""
        bodies = [event.get("body", b"") for event in self.heard()[1:]]
        return [each if isinstance(each, Excerpt) else bytes(each) for each in bodies]

    def handshake(self) -> Response:
        """Work out the answer to the handshake."""
        first, *rest = self.heard()
        if first["type"] == "websocket.close":
            return refusal(403)  # www, "Close": before the socket is accepted
        headers: Headers = tuple((k.lower(), v) for k, v in first.get("headers") or ())
        if first["type"] == "websocket.accept":
            if first.get("subprotocol") is not None:
                subprotocol = first["subprotocol"].encode("latin-1", "replace")
                headers += ((b"sec-websocket-protocol", subprotocol),)
            return Response(101, phrase(101), headers)
        return response(
            "GET",
            int(first["status"]),
            phrase(first["status"]),
            headers,
            self.pieces(),
            not rest or not rest[-1].get("more_body", False),
            self.digest,
        )


Taker = Callable[[WebSocketExchange, Message], None]
TAKERS: dict[int, dict[str, Taker]] = {
    CONNECTING: {
        "websocket.accept": WebSocketExchange.accept,
        "websocket.close": WebSocketExchange.shut,
        "websocket.http.response.start": WebSocketExchange.deny,
    },
    OPEN: {
        "websocket.send": WebSocketExchange.message,
        "websocket.close": WebSocketExchange.shut,
    },
    DENYING: {"websocket.http.response.body": WebSocketExchange.deny_body},
}
"""Which event is taken when, and by whom."""


def _check(value: object, kind: Any, what: str) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"Expected {what}, but got {value!r}.")


def _payload(event: Message) -> str | bytes | Excerpt:
    text = event.get("text")
    payload: Any = event["bytes"] if text is None else text
    return payload if isinstance(payload, str | Excerpt) else bytes(payload)
