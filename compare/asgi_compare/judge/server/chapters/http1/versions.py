"""Chapter: the version of HTTP, and Host."""

from __future__ import annotations

from dataclasses import replace

from asgi_compare.judge.server.case import Case, Level, Text
from asgi_compare.judge.server.checks.application import saw_scope, saw_values
from asgi_compare.judge.server.checks.wire import (
    answers,
    both,
    either,
    has,
    of_answer,
    on,
    refused,
    statuses,
)
from asgi_compare.judge.server.client.build import CLOSE, case, request
from asgi_compare.judge.server.texts import http, http1, www

LINE = http1(
    "3", "Recipients of an invalid request-line SHOULD respond with either a 400"
)
HOST = http1(
    "3.2",
    "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 "
    "request message that lacks a Host header field",
)


def _line(name: str, level: Level, shows: str, line: bytes, text: Text = LINE) -> Case:
    data = line + b"\r\nHost: <host>\r\nX-Case: <case>\r\nConnection: close\r\n\r\n"
    return case(name, level, shows, text, data, refused(400))


CASES: tuple[Case, ...] = (
    case(
        "http-1.0",
        "must",
        "The application sees that a request is of HTTP/1.0, or it is refused.",
        www("http-connection-scope", 'One of "1.0", "1.1" or "2"'),
        request(version=b"HTTP/1.0"),
        either(
            both(
                answers(200),
                on("asgi", saw_scope("http_version", "1.0")),
                on("wsgi", saw_scope("SERVER_PROTOCOL", "HTTP/1.0")),
            ),
            refused(),
        ),
    ),
    case(
        "http-1.0-without-host",
        "must",
        "A request of HTTP/1.0 needs no Host, where a server takes that version.",
        HOST,
        request(version=b"HTTP/1.0", host=None),
        either(answers(200), refused()),
    ),
    case(
        "http-1.2",
        "should",
        "A higher minor version is treated as the highest one that is known.",
        http(
            "2.5",
            "A recipient that receives a message with a major version number that it "
            "implements and a minor version number higher than what it implements "
            "SHOULD process the message as if it were in the highest minor version",
        ),
        request(CLOSE, version=b"HTTP/1.2"),
        answers(200),
    ),
    replace(
        case(
            "http-2.0-in-text",
            "may",
            "What becomes of another major version on a request line is reported.",
            http(
                "2.5", "A server can send a 505 (HTTP Version Not Supported) response"
            ),
            request(CLOSE, version=b"HTTP/2.0"),
            either(answers(200), refused(505, 400)),
        ),
        report=lambda seen: f"The client got {statuses(seen)}.",
    ),
    _line(
        "version-in-lower-case",
        "should",
        "The name of the protocol is case-sensitive.",
        b"GET /<case> http/1.1",
        http1("2.3", 'HTTP-version = HTTP-name "/" DIGIT "." DIGIT'),
    ),
    _line(
        "version-garbage",
        "should",
        "A version that is none is refused.",
        b"GET /<case> HTTX/1.1",
    ),
    _line(
        "version-missing",
        "should",
        "A request line without a version is refused.",
        b"GET /<case>",
    ),
    _line(
        "version-without-minor",
        "should",
        "A version without a minor number is refused.",
        b"GET /<case> HTTP/1",
    ),
    _line(
        "version-with-leading-zero",
        "should",
        "A version with a zero in front is refused.",
        b"GET /<case> HTTP/01.1",
    ),
    _line(
        "version-with-space",
        "should",
        "A version with a space in it is refused.",
        b"GET /<case> HTTP/ 1.1",
    ),
    _line(
        "target-missing",
        "should",
        "A request line without a target is refused.",
        b"GET HTTP/1.1",
    ),
    _line(
        "version-with-two-digits",
        "should",
        "A version with more digits than the grammar has is refused.",
        b"GET /<case> HTTP/1.10",
    ),
    case(
        "host-missing",
        "must",
        "A request of HTTP/1.1 without Host is refused.",
        HOST,
        request(CLOSE, host=None),
        refused(400),
    ),
    case(
        "host-twice",
        "must",
        "A request with two Host fields is refused.",
        http1(
            "3.2", "any request message that contains more than one Host header field"
        ),
        request(b"Host: other.example", CLOSE),
        refused(400),
    ),
    case(
        "host-twice-the-same",
        "must",
        "Two Host fields are refused, even if they say the same.",
        http1(
            "3.2", "any request message that contains more than one Host header field"
        ),
        request(b"Host: <host>", CLOSE),
        refused(400),
    ),
    case(
        "host-joined-by-comma",
        "unclear",
        "Two hosts in one Host field are refused.",
        http1("3.2", "a Host header field with an invalid field value"),
        request(CLOSE, host=b"Host: a.example, b.example"),
        refused(400),
    ),
    # The text is plain, but none of the servers of our table looks at the value.
    case(
        "host-invalid",
        "unclear",
        "A Host that cannot be one is refused.",
        http1("3.2", "a Host header field with an invalid field value"),
        request(CLOSE, host=b"Host: a b/c"),
        refused(400),
    ),
    case(
        "host-empty",
        "must",
        "An empty Host is a Host: it reaches the application, or is refused.",
        http1(
            "3.2", "a client MUST send a Host header field with an empty field value"
        ),
        request(CLOSE, host=b"Host:"),
        either(both(answers(200), saw_values(b"host", (b"",))), refused(400)),
    ),
    case(
        "empty-line-before-request",
        "should",
        "An empty line before the request line is skipped.",
        http1(
            "2.2",
            "SHOULD ignore at least one empty line (CRLF) received prior to the "
            "request-line",
        ),
        b"\r\n" + request(CLOSE),
        answers(200),
    ),
    case(
        "date-field",
        "must",
        "An answer has a Date.",
        http(
            "6.6.1",
            "MUST generate a Date header field in all 2xx (Successful), 3xx "
            "(Redirection), and 4xx (Client Error) responses",
        ),
        request(CLOSE),
        answers(200),
        has(b"date"),
    ),
    case(
        "answer-version",
        "must",
        "The answer says a version that the server conforms to, of the same major one.",
        http("2.5", "A server MUST NOT send a version to which it is not conformant"),
        request(CLOSE),
        of_answer("HTTP/1.0 or HTTP/1.1", lambda a: a.version in ("1.0", "1.1")),
    ),
)
