"""Chapter: the TLS handshake: what is chosen, HTTP/2 by ALPN, certificates of clients.

How a connection goes on after it is in the chapter on TLS.
"""

from __future__ import annotations

from asgi_compare.judge.server.case import Case, Hear, HearEnd, Say, Stream, Tls
from asgi_compare.judge.server.chapters.http2.requests import GET
from asgi_compare.judge.server.chapters.transport.tls import NORMAL
from asgi_compare.judge.server.checks.application import called, saw_scope
from asgi_compare.judge.server.checks.tls import chosen, reported
from asgi_compare.judge.server.checks.wire import answers
from asgi_compare.judge.server.client.build import CLOSE, request
from asgi_compare.judge.server.observed import Observed
from asgi_compare.judge.server.texts import alpn, http2, rfc8446, www

ABLE = rfc8446(
    "4.1.3", "if it is able to negotiate an acceptable set of handshake parameters"
)
SECURE = (GET[0], (b":scheme", b"https"), *GET[2:])


def _of_a_stranger(seen: Observed) -> str:
    return "It is answered." if seen.calls else "It is not answered."


CASES: tuple[Case, ...] = (
    Case(
        "tls-stranger",
        "may",
        "What comes of a client whose certificate nobody knows is reported.",
        rfc8446(
            "4.4.2.4",
            "either continue the handshake (considering the client unauthenticated) "
            "or abort the handshake",
        ),
        (Say(request(CLOSE)), HearEnd()),
        report=_of_a_stranger,
        transport="tls",
        tls=Tls(shows="stranger"),
    ),
    Case(
        "tls-known-client",
        "must",
        "A client whose certificate is signed by the authority is answered.",
        NORMAL,
        (Say(request(CLOSE)), Hear()),
        (answers(200), called(1)),
        transport="tls",
        tls=Tls(shows="client"),
    ),
    Case(
        "tls-handshake",
        "may",
        "What the server chooses is reported.",
        ABLE,
        (Say(request(CLOSE)), Hear()),
        (answers(200),),
        report=reported,
        transport="tls",
        tls=Tls(protocols=("http/1.1",)),
    ),
    Case(
        "tls-1.2",
        "may",
        "Whether a client that has no more than TLS 1.2 is taken is reported.",
        ABLE,
        (Say(request(CLOSE)), Hear()),
        (answers(200),),
        report=reported,
        transport="tls",
        tls=Tls(version="1.2"),
    ),
    Case(
        "tls-alpn-http1",
        "must",
        "A client that offers HTTP/1.1 alone is answered so.",
        alpn("3.2", "will only select a protocol if the client supports it"),
        (Say(request(CLOSE)), Hear()),
        (chosen("http/1.1", ""), answers(200)),
        transport="tls",
        tls=Tls(protocols=("http/1.1",)),
    ),
    Case(
        "tls-alpn-unknown",
        "may",
        "What comes of an offer that nobody knows is reported.",
        alpn(
            "3.2",
            'the server SHALL respond with a fatal "no_application_protocol" alert',
        ),
        (Say(request(CLOSE)), Hear()),
        (chosen(""), answers(200)),
        report=reported,
        transport="tls",
        tls=Tls(protocols=("asgi-compare",)),
    ),
    Case(
        "tls-http2",
        "must",
        "A server that chooses HTTP/2 by ALPN answers on it.",
        http2("3.2", 'A client that makes a request to an "https" URI uses TLS'),
        checks=(answers(200), called(1)),
        streams=(Stream(SECURE),),
        needs="http2",
        transport="tls",
        tls=Tls(protocols=("h2", "http/1.1")),
    ),
    Case(
        "tls-http2-scope",
        "must",
        "There, `http_version` is 2 and `scheme` is `https`.",
        www("http-connection-scope", 'URL scheme portion (likely "http" or "https")'),
        checks=(
            answers(200),
            saw_scope("http_version", "2"),
            saw_scope("scheme", "https"),
        ),
        streams=(Stream(SECURE),),
        needs="http2",
        interfaces=("asgi",),
        transport="tls",
        tls=Tls(protocols=("h2", "http/1.1")),
    ),
)
