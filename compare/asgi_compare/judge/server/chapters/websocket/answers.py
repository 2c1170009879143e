"""Chapter: the WebSocket handshake: what the application answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from asgi_compare.judge.server.acts import Act, Fail, Receive, Send, Sleep
from asgi_compare.judge.server.case import Case, Hear, HearEnd, Leave, Say
from asgi_compare.judge.server.chapters.websocket.handshake import (
    ACCEPT,
    CONNECT,
    hand,
    handshake,
)
from asgi_compare.judge.server.checks.application import (
    announces,
    how_send_went,
    of_call,
)
from asgi_compare.judge.server.checks.wire import (
    answers,
    first,
    has,
    in_order,
    lacks,
    no_answer_has,
    of_answer,
    told,
)
from asgi_compare.judge.server.observed import Answer
from asgi_compare.judge.server.texts import extension, main, ws, www

DENIAL = "websocket.http.response"


def _closing(event: dict[str, Any]) -> tuple[Act, ...]:
    return (Receive(CONNECT), Send(event), Receive("websocket.disconnect", 1.0))


def _late(answer: Answer) -> object:
    return answer.at > 0.5 or f"it after {answer.at:.2f} s"


CASES: tuple[Case, ...] = (
    Case(
        "handshake-waits-for-accept",
        "must",
        "The handshake is not completed before the application has accepted.",
        www(
            "connect-receive-event", "not complete the handshake until it gets a reply"
        ),
        (Say(handshake()), HearEnd(0.4), Hear(), Leave()),
        (answers(101), of_answer("101 after 0.5 s", _late)),
        script=(Receive(CONNECT), Sleep(0.8), Send({"type": ACCEPT}), Receive()),
        needs="websocket",
    ),
    hand(
        "subprotocol-accepted",
        "must",
        "What the application accepts is in the answer.",
        www("accept-send-event", "The subprotocol the server wishes to accept"),
        handshake(b"Sec-WebSocket-Protocol: one, two"),
        answers(101),
        has(b"sec-websocket-protocol", b"two"),
        script=(
            Receive(CONNECT),
            Send({"type": ACCEPT, "subprotocol": "two"}),
            Receive("websocket.disconnect"),
        ),
    ),
    hand(
        "subprotocol-not-accepted",
        "must",
        "Where the application accepts none, the answer has none.",
        ws("4.2.2", "it MUST NOT send back a |Sec-WebSocket-Protocol|"),
        handshake(b"Sec-WebSocket-Protocol: one, two"),
        answers(101),
        lacks(b"sec-websocket-protocol"),
    ),
    *(
        hand(
            f"subprotocol-{name}",
            "must",
            "A subprotocol that the client did not offer is never in the answer.",
            ws("4.2.2", "The value chosen MUST be derived from the client's handshake"),
            handshake(*offers),
            no_answer_has(b"sec-websocket-protocol"),
            told(),
            script=(
                Receive(CONNECT),
                Send({"type": ACCEPT, "subprotocol": "three"}),
                Receive("websocket.disconnect"),
            ),
        )
        for name, offers in (
            ("not-offered", (b"Sec-WebSocket-Protocol: one, two",)),
            ("without-offer", ()),
        )
    ),
    hand(
        "accept-with-headers",
        "must",
        "The headers of `websocket.accept` are in the answer, in order.",
        www("accept-send-event", "Order must be preserved in the HTTP response"),
        handshake(),
        # "headers" of this event came with version 2.1.
        announces("2.1"),
        answers(101),
        in_order((b"x-b", b"1"), (b"x-a", b"2"), (b"x-b", b"3")),
        script=(
            Receive(CONNECT),
            Send(
                {
                    "type": ACCEPT,
                    "headers": [(b"x-b", b"1"), (b"x-a", b"2"), (b"x-b", b"3")],
                }
            ),
            Receive("websocket.disconnect"),
        ),
    ),
    hand(
        "origin-reaches-the-application",
        "must",
        "The Origin reaches the application, which may judge it.",
        ws("10.2", "SHOULD verify the |Origin| field is an origin they expect"),
        handshake(b"Origin: https://other.example"),
        answers(101),
        of_call(
            "the Origin",
            lambda c: (
                c.values(b"origin") == [b"https://other.example"] or c.values(b"origin")
            ),
        ),
    ),
    hand(
        "close-before-accept",
        "must",
        "A close before accept is an answer with 403.",
        www("close-send-event", "must close the connection with a HTTP 403 error code"),
        handshake(),
        answers(403),
        script=_closing({"type": "websocket.close"}),
    ),
    hand(
        "close-before-accept-with-code",
        "must",
        "The close code makes no difference to that.",
        www("close-send-event", "must close the connection with a HTTP 403 error code"),
        handshake(),
        answers(403),
        script=_closing({"type": "websocket.close", "code": 4001, "reason": "no"}),
    ),
    hand(
        "return-before-accept",
        "should",
        "An application that returns without a word does not leave the client waiting.",
        www("websocket", "if the application dies the socket should be closed"),
        handshake(),
        first(range(400, 600)),
        script=(Receive(CONNECT),),
    ),
    hand(
        "error-before-accept",
        "must",
        "An error before accept is a refusal.",
        main(
            "error-handling",
            "they must terminate the application instance and its associated "
            "connection",
        ),
        handshake(),
        first(range(400, 600)),
        script=(Receive(CONNECT), Fail()),
    ),
    # A valid event at the wrong time: the text binds the application, not the server.
    replace(
        hand(
            "send-before-accept",
            "may",
            "What becomes of `websocket.send` before accept is reported.",
            www(
                "connect-receive-event",
                "must be responded to with either an Accept message",
            ),
            handshake(),
            script=(
                Receive(CONNECT),
                Send({"type": "websocket.send", "text": "early"}, may_raise=True),
            ),
        ),
        report=how_send_went("websocket.send"),
    ),
    hand(
        "denial-response",
        "should",
        "A denial response is sent with its own status, fields and body.",
        extension(
            "websocket-denial-response", "the server should send a HTTP response"
        ),
        handshake(),
        answers(401),
        has(b"x-why", b"so"),
        of_answer("the body", lambda a: a.body == b"denied" or a.body),
        script=(
            Receive(CONNECT),
            Send(
                {
                    "type": f"{DENIAL}.start",
                    "status": 401,
                    "headers": [(b"x-why", b"so"), (b"content-length", b"6")],
                }
            ),
            Send({"type": f"{DENIAL}.body", "body": b"den", "more_body": True}),
            Send({"type": f"{DENIAL}.body", "body": b"ied"}),
        ),
        needs=DENIAL,
    ),
    hand(
        "denial-without-body",
        "should",
        "A denial response without a body is sent, too.",
        extension(
            "websocket-denial-response", "the server should send a HTTP response"
        ),
        handshake(),
        answers(404),
        script=(
            Receive(CONNECT),
            Send({"type": f"{DENIAL}.start", "status": 404, "headers": []}),
            Send({"type": f"{DENIAL}.body"}),
        ),
        needs=DENIAL,
    ),
)
