"""Chapter: HTTP/2 with prior knowledge, where a server speaks it without TLS."""

from __future__ import annotations

from asgi_compare.judge.server.acts import (
    ANSWER,
    Act,
    Body,
    ReadBody,
    Send,
    SetState,
    Start,
)
from asgi_compare.judge.server.case import Case, Stream
from asgi_compare.judge.server.checks.application import (
    called,
    of_call,
    saw_body,
    saw_scope,
)
from asgi_compare.judge.server.checks.wire import (
    answers,
    both,
    either,
    first,
    of_answer,
    refused,
)
from asgi_compare.judge.server.observed import Call
from asgi_compare.judge.server.texts import extension, http, http2, lifespan, www

SCOPE = "http-connection-scope"
GET = (
    (b":method", b"GET"),
    (b":scheme", b"http"),
    (b":authority", b"example.org"),
    (b":path", b"/<case>"),
)
POST = ((b":method", b"POST"), *GET[1:])
SECOND = (*GET[:3], (b":path", b"/<case>/second"))
TRAILING: tuple[Act, ...] = (
    ReadBody(),
    Send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"trailer", b"x-sum")],
            "trailers": True,
        }
    ),
    Send({"type": "http.response.body", "body": b"hello"}),
    Send(
        {"type": "http.response.trailers", "headers": [(b"x-sum", b"5")]},
        may_raise=True,
    ),
)


def _names(call: Call) -> list[bytes]:
    return [bytes(name) for name, _ in call.scope.get("headers", ())]


def _first_is_host(call: Call) -> object:
    pairs = [(bytes(k), bytes(v)) for k, v in call.scope.get("headers", ())]
    hosts = [pair for pair in pairs if pair[0].lower() == b"host"]
    good = hosts == [(b"host", b"example.org")]
    return good or repr(pairs)


CASES: tuple[Case, ...] = (
    Case(
        "http2-request",
        "must",
        "A request on HTTP/2 is answered.",
        http2("3.3", "prior knowledge"),
        checks=(answers(200), called(1)),
        streams=(Stream(GET),),
        needs="http2",
    ),
    Case(
        "http2-version",
        "must",
        "`http_version` is 2.",
        www(SCOPE, "One of"),
        checks=(answers(200), saw_scope("http_version", "2")),
        streams=(Stream(GET),),
        needs="http2",
        interfaces=("asgi",),
    ),
    Case(
        "http2-pseudo-headers",
        "must",
        "Pseudo headers are removed from the headers.",
        www(SCOPE, "Pseudo headers (present in HTTP/2 and HTTP/3) must be removed"),
        checks=(
            of_call(
                "no pseudo header",
                lambda c: (
                    not any(n.startswith(b":") for n in _names(c)) or repr(_names(c))
                ),
            ),
        ),
        streams=(Stream(GET),),
        needs="http2",
        interfaces=("asgi",),
    ),
    Case(
        "http2-authority",
        "must",
        "`:authority` becomes the one `host`.",
        www(SCOPE, "its value must be added to the start of the iterable with"),
        checks=(of_call("host: example.org, once", _first_is_host),),
        streams=(Stream(GET),),
        needs="http2",
        interfaces=("asgi",),
    ),
    Case(
        "http2-authority-is-first",
        "must",
        "`host` stands at the start where there was no Host field to replace.",
        www(SCOPE, "its value must be added to the start of the iterable with"),
        checks=(
            of_call(
                "host first",
                lambda c: _names(c)[:1] == [b"host"] or repr(_names(c)),
            ),
        ),
        streams=(Stream((*GET, (b"x-odd", b"1"))),),
        needs="http2",
        interfaces=("asgi",),
    ),
    Case(
        "http2-authority-and-host",
        "must",
        "`:authority` and a Host field that agree become the one `host`.",
        www(SCOPE, "or replace any existing host header already present"),
        checks=(of_call("host: example.org, once", _first_is_host),),
        streams=(Stream((*GET, (b"host", b"example.org"))),),
        needs="http2",
        interfaces=("asgi",),
    ),
    Case(
        "http2-authority-replaces-host",
        "must",
        "`:authority` takes the place of another Host field, or nobody is called.",
        www(SCOPE, "or replace any existing host header already present"),
        checks=(either(of_call("host: example.org, once", _first_is_host), refused()),),
        streams=(Stream((*GET, (b"host", b"other.example"))),),
        needs="http2",
        interfaces=("asgi",),
    ),
    Case(
        "http2-host-differs",
        "should",
        "A request whose Host is another one than its `:authority` is refused.",
        http2(
            "8.3.1",
            "A server SHOULD treat a request as malformed if it contains a Host header "
            "field that identifies an entity that differs from the entity in the "
            '":authority" pseudo-header field',
        ),
        checks=(refused(),),
        streams=(Stream((*GET, (b"host", b"other.example"))),),
        needs="http2",
        interfaces=("asgi",),
    ),
    Case(
        "http2-streams-have-own-scopes",
        "must",
        "Two requests at the same time are two calls, each answered on its own stream.",
        www("http", "multiple requests"),
        checks=(answers(200, 200), called(2)),
        streams=(Stream(GET), Stream(SECOND)),
        needs="http2",
        interfaces=("asgi",),
    ),
    Case(
        "http2-cookies",
        "must",
        "Several Cookie fields arrive: each by itself, or joined by a semicolon.",
        http2(
            "8.2.3", "the Cookie header field MAY be split into separate header fields"
        ),
        checks=(
            of_call(
                "both cookies",
                lambda c: (
                    b"; ".join(c.values(b"cookie")) == b"a=1; b=2"
                    or c.values(b"cookie")
                ),
            ),
        ),
        streams=(Stream((*GET, (b"cookie", b"a=1"), (b"cookie", b"b=2"))),),
        needs="http2",
        interfaces=("asgi",),
    ),
    Case(
        "http2-body",
        "must",
        "A body in several DATA frames arrives whole.",
        www("request-receive-event", "Body of the request"),
        checks=(answers(200), saw_body(b"hello")),
        streams=(Stream(POST, (b"he", b"ll", b"o")),),
        needs="http2",
        interfaces=("asgi",),
    ),
    Case(
        "http2-response-trailers",
        "should",
        "Trailers go to a client that said `te: trailers`.",
        extension("http-trailers", "TE: trailers"),
        checks=(
            answers(200),
            of_answer(
                "the trailer",
                lambda a: (b"x-sum", b"5") in a.trailers or repr(a.trailers),
            ),
        ),
        script=TRAILING,
        streams=(Stream((*GET, (b"te", b"trailers"))),),
        needs="http.response.trailers",
    ),
    Case(
        "http2-head",
        "must",
        "HEAD has no content on HTTP/2 either.",
        http("9.3.2", "the server MUST NOT send content in the response"),
        checks=(answers(200), of_answer("no content", lambda a: not a.body or a.body)),
        streams=(Stream(((b":method", b"HEAD"), *GET[1:])),),
        needs="http2",
        interfaces=("asgi",),
    ),
    *(
        Case(
            f"http2-{status}-has-no-content",
            "must",
            f"A {status} has no content on HTTP/2 either.",
            http(section, f"A {status} response is terminated by the end"),
            checks=(
                either(
                    both(
                        answers(status),
                        of_answer("no content", lambda a: not a.body or a.body),
                    ),
                    first(500),
                    of_answer("a whole answer", lambda a: not a.complete),
                ),
            ),
            script=(ReadBody(), Start(status), Body(b"hello")),
            streams=(Stream(GET),),
            needs="http2",
            interfaces=("asgi",),
        )
        for status, section in ((204, "15.3.5"), (304, "15.4.5"))
    ),
    Case(
        "http2-trailers-without-te",
        "may",
        "Whether trailers go to a client that did not say `te: trailers` is reported.",
        extension("http-trailers", "TE: trailers"),
        checks=(answers(200),),
        script=TRAILING,
        streams=(Stream(GET),),
        needs="http.response.trailers",
        report=lambda seen: (
            "They were sent." if seen.wire.answers[0].trailers else "They were not."
        ),
    ),
    Case(
        "http2-state-per-stream",
        "must",
        "What one stream writes into `state` is not there in another one.",
        lifespan("lifespan-state", "ensure that a shallow copy of the namespace"),
        checks=(
            called(2),
            of_call(
                "no trace of the first stream",
                lambda c: (
                    "written" not in (c.scope.get("state") or {})
                    or repr(c.scope.get("state"))
                ),
                1,
            ),
        ),
        script=(SetState("written", "by a stream"), *ANSWER),
        streams=(Stream(GET), Stream(SECOND)),
        needs="http2",
    ),
    Case(
        "http2-streamed-response",
        "must",
        "Pieces of a response arrive in order on their stream.",
        www("response-body-send-event", "Concatenated onto any previous"),
        checks=(
            answers(200),
            of_answer("b'hello'", lambda a: a.body == b"hello" or a.body),
        ),
        script=(ReadBody(), Start(200), Body(b"hel", True), Body(b"lo")),
        streams=(Stream(GET),),
        needs="http2",
        interfaces=("asgi",),
    ),
)
