"""More ways to break a rule than its one example shows; and what is said of each."""

from __future__ import annotations

import pytest

from asgi_compare.judge.rules import judge
from asgi_compare.judge.rules.engine.examples import (
    ABSENT,
    ACCEPT,
    BODY,
    CLOSE,
    CONNECT,
    LEFT,
    MORE,
    RAISED,
    REQUEST,
    START,
    extended,
    http,
    lifespan,
    received,
    sent,
    websocket,
    wsgi,
)
from asgi_compare.judge.rules.engine.rule import Example
from asgi_compare.model.transcript import Excerpt

HELLO = (REQUEST, START, BODY)
BIG = Excerpt.of(b"x" * 100_000)
STARTS = sent("start_response", status="200 OK", response_headers=[])
YIELDS = sent("yield", body=b"hello")


def _tls(**tls: object) -> Example:
    both = {"server_cert": None, "tls_version": None, "cipher_suite": None, **tls}
    return http(*HELLO, scope={"scheme": "https", "extensions": {"tls": both}})


VARIANTS: list[tuple[str, Example, str]] = [
    (
        "asgi/version-type",
        http(*HELLO, scope={"asgi": "3.0"}),
        "Expected scope['asgi'] to be a dict, but got '3.0' (in the scope of 'it').",
    ),
    (
        "asgi/version-missing",
        http(*HELLO, scope={"asgi": ABSENT}),
        "Expected a 'version' in scope['asgi'], but the scope has no 'asgi' (in the "
        "scope of 'it').",
    ),
    (
        "asgi/extensions-type",
        http(*HELLO, scope={"extensions": {b"tls": {}}}),
        "Expected an extension's name to be a str, but got b'tls' "
        "(in the scope of 'it').",
    ),
    (
        "asgi-scope/raw-path",
        http(*HELLO, scope={"raw_path": "/"}),
        "Expected a raw_path that is bytes, but got '/' (in the scope of 'it').",
    ),
    (
        "asgi-scope/client",
        http(*HELLO, scope={"client": ("127.0.0.1",)}),
        "Expected a client of [str, int], but got ('127.0.0.1',) "
        "(in the scope of 'it').",
    ),
    (
        "asgi-scope/server",
        http(*HELLO, scope={"server": ("127.0.0.1", "80")}),
        "Expected a server of [str, int or None], but got ('127.0.0.1', '80') "
        "(in the scope of 'it').",
    ),
    (
        "asgi-scope/http-version",
        websocket(CONNECT, CLOSE, scope={"http_version": "1.0"}),
        "Expected an http_version out of ('1.1', '2'), but got '1.0' "
        "(in the scope of 'it').",
    ),
    (
        "asgi-websocket/subprotocols",
        websocket(CONNECT, CLOSE, scope={"subprotocols": "chat"}),
        "Expected subprotocols that are a list of str, but got 'chat' "
        "(in the scope of 'it').",
    ),
    (
        "asgi-tls/client-cert-chain",
        _tls(client_cert_chain=[b"PEM"], client_cert_name="CN=a"),
        "Expected a certificate in PEM, but got b'PEM' (in the scope of 'it').",
    ),
    (
        "asgi-tls/client-cert-name",
        _tls(client_cert_name=b"CN=a"),
        "Expected a client_cert_name that is a str, but got b'CN=a' "
        "(in the scope of 'it').",
    ),
    (
        "asgi-tls/version",
        _tls(tls_version=ABSENT),
        "Expected a tls_version of 16 bits or None, but got none "
        "(in the scope of 'it').",
    ),
    (
        "asgi-tls/not-encrypted",
        lifespan(ending=RAISED, scope=extended("tls")),
        "Expected no extension 'tls' with the scheme 'lifespan', but got one "
        "(in the scope of 'it').",
    ),
    (
        "asgi-extensions/debug-info",
        http(
            REQUEST,
            sent("http.response.debug", info={1: 2}),
            START,
            BODY,
            scope=extended("http.response.debug"),
        ),
        "Expected keys of type str in info, but got 1 (event 1 of 'it').",
    ),
    (
        "asgi-http/after-final-body",
        http(REQUEST, START, BODY, sent("http.response.body", body=BIG)),
        "Expected nothing after the last body, but got 'http.response.body' "
        "(event 3 of 'it').",
    ),
    (
        "asgi/closed-send-not-oserror",
        http(
            REQUEST,
            START,
            LEFT,
            MORE,
            received("send.raised", error="RuntimeError: gone", oserror=False),
        ),
        "Expected an OSError out of `send`, but got 'RuntimeError: gone' "
        "(event 4 of 'it').",
    ),
    (
        "http/content-too-long",
        wsgi(
            sent(
                "start_response",
                status="200 OK",
                response_headers=[("Content-Length", "3")],
            ),
            YIELDS,
        ),
        "Expected 3 bytes of content, but got 5 (event 1 of 'it').",
    ),
    (
        "http/content-too-short",
        http(
            REQUEST,
            sent(
                "http.response.start",
                status=200,
                headers=[(b"content-length", b"100001")],
            ),
            sent("http.response.body", body=BIG),
        ),
        "Expected 100001 bytes of content, but got 100000 (event 2 of 'it').",
    ),
    (
        "wsgi/wrong-len",
        wsgi(STARTS, sent("return", iterable=True, len=5), YIELDS),
        "Expected 5 blocks as len() says, but got 1 (at the end of 'it').",
    ),
    (
        "wsgi/read-not-bytes",
        wsgi(
            received("wsgi.input.readlines", size=None, body=[b"a", "b"]),
            STARTS,
            YIELDS,
        ),
        "Expected bytes from 'wsgi.input.readlines', but got 'b' (event 0 of 'it').",
    ),
    (
        "wsgi/header-not-tuple",
        wsgi(
            sent("start_response", status="200 OK", response_headers=[("A",)]), YIELDS
        ),
        "Expected a tuple of two str, but got ('A',) (event 0 of 'it').",
    ),
    (
        "wsgi/required-variable-missing",
        wsgi(STARTS, YIELDS, environ={"SERVER_PROTOCOL": ABSENT}),
        "Expected a SERVER_PROTOCOL in the environ, but got none "
        "(in the environ of 'it').",
    ),
]


@pytest.mark.parametrize(
    ("rule", "example", "message"), VARIANTS, ids=[v[0] for v in VARIANTS]
)
def test_variant_breaks_the_rule_with_this_message(
    rule: str, example: Example, message: str
) -> None:
    findings = judge(example.transcript("it"))

    assert [(f.rule, f.message) for f in findings] == [(rule, message)]


BAD_START = sent("http.response.start", status=500, headers=[("a", "b")])
BAD_ACCEPT = sent("websocket.accept", subprotocol=b"chat")
REFUSED = received("send.raised", error="TypeError: no", oserror=False)


@pytest.mark.parametrize(
    ("rules", "example"),
    [
        (["asgi-headers/not-bytes"] * 2, http(REQUEST, BAD_START, START, BODY)),
        (["asgi-headers/not-bytes"] * 2, http(REQUEST, BAD_START, REFUSED)),
        (
            ["asgi-headers/not-bytes"] * 2,
            http(REQUEST, BAD_START, REFUSED, START, BODY),
        ),
        (
            ["asgi-websocket/subprotocol-type"],
            websocket(CONNECT, BAD_ACCEPT, ACCEPT, CLOSE),
        ),
        (
            ["asgi-websocket/subprotocol-type", "asgi-websocket/accept-twice"],
            websocket(CONNECT, BAD_ACCEPT, ACCEPT, ACCEPT, CLOSE),
        ),
        (
            ["asgi-http/start-twice"],
            http(
                REQUEST,
                START,
                sent("http.response.start", status=200, extra=1),
                REFUSED,
                BODY,
            ),
        ),
    ],
)
def test_event_that_was_refused_may_be_sent_again(
    rules: list[str], example: Example
) -> None:
    assert [finding.rule for finding in judge(example.transcript("it"))] == rules
