"""Applications that break one rule of ASGI for WebSocket each, and it alone."""

from __future__ import annotations

from asgi_compare.contract.scenario import Conversation
from tests.broken_apps.apps import (
    ACCEPT,
    CLOSE,
    DENIAL,
    TALK,
    Receive,
    Scope,
    Send,
    broken,
    event,
    websocket,
    where_offered,
)

SEND = event("websocket.send", text="hi")
REFUSE = event("websocket.http.response.start", status=403)
REFUSAL = event("websocket.http.response.body", body=b"no")


async def accepts_before_connect(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "websocket":
        raise NotImplementedError(scope["type"])
    await send(ACCEPT)
    await receive()
    await send(CLOSE)


async def does_not_look(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "websocket":
        raise NotImplementedError(scope["type"])


CASES = tuple(
    broken(rule, application, exchange, also=also)
    for rule, application, exchange, also in (
        (
            "asgi-websocket/sent-payload",
            websocket(ACCEPT, event("websocket.send", text="a", bytes=b"a"), CLOSE),
            TALK,
            "",
        ),
        (
            "asgi-websocket/sent-payload",
            websocket(ACCEPT, event("websocket.send"), CLOSE),
            TALK,
            "neither",
        ),
        (
            "asgi-websocket/sent-payload-type",
            websocket(ACCEPT, event("websocket.send", text=b"a"), CLOSE),
            TALK,
            "",
        ),
        (
            "asgi-websocket/close-reason",
            websocket(ACCEPT, event("websocket.close", reason=b"bye")),
            TALK,
            "",
        ),
        (
            "asgi-websocket/close-code-type",
            websocket(ACCEPT, event("websocket.close", code="1000")),
            TALK,
            "",
        ),
        (
            "asgi-websocket/close-code-type",
            websocket(ACCEPT, event("websocket.close", code=True)),
            TALK,
            "True",
        ),
        (
            "asgi-websocket/text-not-utf-8",
            websocket(ACCEPT, event("websocket.send", text="\ud83c"), CLOSE),
            TALK,
            "",
        ),
        (
            "asgi-websocket/text-not-utf-8",
            websocket(ACCEPT, event("websocket.close", reason="\udcff")),
            TALK,
            "reason",
        ),
        (
            "http/field-name",
            websocket(event("websocket.accept", headers=[(b"a b", b"")]), CLOSE),
            TALK,
            "accept",
        ),
        (
            "http/field-value",
            websocket(event("websocket.accept", headers=[(b"a", b"\r\n")]), CLOSE),
            TALK,
            "accept",
        ),
        (
            "asgi-websocket/close-code-value",
            websocket(ACCEPT, event("websocket.close", code=1005)),
            TALK,
            "",
        ),
        (
            "asgi-websocket/close-code-value",
            websocket(ACCEPT, event("websocket.close", code=404)),
            TALK,
            "404",
        ),
        (
            "asgi-websocket/close-reason-length",
            websocket(ACCEPT, event("websocket.close", reason="\xe4" * 62)),
            TALK,
            "",
        ),
        (
            "asgi-websocket/subprotocol-type",
            websocket(event("websocket.accept", subprotocol=b"chat"), CLOSE),
            TALK,
            "",
        ),
        (
            "asgi-websocket/subprotocol-not-asked-for",
            websocket(event("websocket.accept", subprotocol="chat"), CLOSE),
            Conversation(),
            "",
        ),
        (
            "asgi-websocket/subprotocol-as-header",
            websocket(
                event(
                    "websocket.accept", headers=[(b"sec-websocket-protocol", b"chat")]
                ),
                CLOSE,
            ),
            TALK,
            "",
        ),
        (
            "asgi-headers/not-bytes",
            websocket(event("websocket.accept", headers=[("a", "b")]), CLOSE),
            TALK,
            "accept",
        ),
        ("asgi-websocket/accept-before-connect", accepts_before_connect, TALK, ""),
        (
            "asgi-websocket/accept-twice",
            websocket(ACCEPT, ACCEPT, CLOSE),
            TALK,
            "",
        ),
        ("asgi-websocket/send-before-accept", websocket(SEND), TALK, ""),
        ("asgi-websocket/after-close", websocket(ACCEPT, CLOSE, CLOSE), TALK, ""),
        ("asgi-websocket/connect-unanswered", websocket(), TALK, ""),
        ("asgi-websocket/connect-unanswered", does_not_look, TALK, "nor received"),
        (
            "asgi-extensions/denial-after-accept",
            where_offered(websocket(ACCEPT, REFUSE), DENIAL),
            TALK,
            "",
        ),
        (
            "asgi-extensions/denial-mixed",
            where_offered(websocket(REFUSE, ACCEPT), DENIAL),
            TALK,
            "",
        ),
        (
            "asgi/extension-not-offered",
            websocket(REFUSE, REFUSAL),
            Conversation(denial=False),
            "denial",
        ),
        (
            "asgi-http/start-without-body",
            where_offered(websocket(REFUSE), DENIAL),
            TALK,
            "denial",
        ),
        (
            "http/401-without-challenge",
            where_offered(
                websocket(event("websocket.http.response.start", status=401), REFUSAL),
                DENIAL,
            ),
            TALK,
            "denial",
        ),
    )
)
