"""Chapter: the request line: methods, and the forms of the target."""

from __future__ import annotations

from collections.abc import Callable

from asgi_compare.judge.server.case import Case, Level, Text
from asgi_compare.judge.server.checks.application import (
    called,
    of_call,
    saw_scope,
    saw_values,
)
from asgi_compare.judge.server.checks.wire import answers, both, either, on, refused
from asgi_compare.judge.server.client.build import CLOSE, case, request
from asgi_compare.judge.server.observed import Call
from asgi_compare.judge.server.texts import http, http1, www

SCOPE = "http-connection-scope"
LINE = http1(
    "3", "Recipients of an invalid request-line SHOULD respond with either a 400"
)
METHOD = www(SCOPE, "The HTTP method name, uppercased")
ABSOLUTE = http1("3.2.2", "A server MUST accept the absolute-form in requests")
PATH = www(
    SCOPE,
    "with percent-encoded sequences and UTF-8 byte sequences decoded into characters",
)
RAW_PATH = www(SCOPE, "unmodified from the bytes that were received by the web server")
QUERY = www(SCOPE, "URL portion after the")
MARKED = b"X-Case: <case>"


def _line(name: str, level: Level, shows: str, line: bytes, text: Text = LINE) -> Case:
    data = line + b"\r\nHost: <host>\r\nX-Case: <case>\r\nConnection: close\r\n\r\n"
    return case(name, level, shows, text, data, refused(400))


def _path(
    name: str, shows: str, target: bytes, tail: str, latin: str, text: Text = PATH
) -> Case:
    """The path that the application sees ends so; in WSGI, as Latin-1 (PEP 3333)."""

    def ends(call: Call) -> object:
        return call.path.endswith(latin if call.wsgi else tail) or repr(call.path)

    data = request(CLOSE, target=b"/<case>" + target)
    wanted = of_call(f"a path that ends with {tail!r}", ends)
    return case(name, "must", shows, text, data, answers(200), wanted)


def _raw(tail: bytes) -> Callable[[Call], object]:
    def test(call: Call) -> object:
        raw = call.scope.get("raw_path")
        return raw is None or bytes(raw).endswith(tail) or repr(raw)

    return test


def _path_is_case(call: Call) -> object:
    return call.path.startswith("/wire/") or repr(call.path)


CASES: tuple[Case, ...] = (
    case(
        "method-in-lower-case",
        "must",
        "A method in lower case is upper-cased for the application, or refused.",
        METHOD,
        request(CLOSE, method=b"get"),
        either(both(answers(200), on("asgi", saw_scope("method", "GET"))), refused()),
    ),
    case(
        "method-unknown",
        "may",
        "A method that nobody knows reaches the application, or is refused.",
        http("9.1", "unrecognized or not implemented SHOULD respond with the 501"),
        request(CLOSE, method=b"BREW"),
        either(answers(200), refused()),
    ),
    _line(
        "method-with-parenthesis",
        "should",
        "A method that is no token is refused.",
        b"GE(T /<case> HTTP/1.1",
    ),
    _line(
        "two-spaces-in-request-line",
        "should",
        "More than one space in the request line is refused.",
        b"GET  /<case>  HTTP/1.1",
    ),
    _line(
        "space-in-target",
        "should",
        "A space in the target is refused.",
        b"GET /<case>/a b HTTP/1.1",
    ),
    _line(
        "space-before-method",
        "should",
        "White space before the method is refused.",
        b" GET /<case> HTTP/1.1",
    ),
    _line(
        "control-character-in-target",
        "should",
        "A control character in the target is refused.",
        b"GET /<case>/\x01 HTTP/1.1",
    ),
    _line(
        "nul-in-target",
        "should",
        "NUL in the target is refused.",
        b"GET /<case>/\x00 HTTP/1.1",
    ),
    _line(
        "bare-cr-in-request-line",
        "must",
        "A carriage return in the request line is refused.",
        b"GET /<case>\rX HTTP/1.1",
        http1(
            "2.2",
            "A recipient of such a bare CR MUST consider that element to be invalid or "
            "replace each bare CR with SP",
        ),
    ),
    case(
        "target-absolute-form",
        "must",
        "An absolute target is taken.",
        ABSOLUTE,
        request(CLOSE, target=b"http://<host>/<case>"),
        answers(200),
    ),
    # RFC 9112 takes the URI apart; the text of ASGI only takes off the query.
    case(
        "target-absolute-form-path",
        "unclear",
        "The path of an absolute target is the path in it.",
        PATH,
        request(CLOSE, target=b"http://<host>/<case>"),
        of_call("the path without scheme and host", _path_is_case),
    ),
    case(
        "target-absolute-form-other-host",
        "unclear",
        "The host of an absolute target counts, and the Host field is ignored.",
        http1(
            "3.2.2",
            "the origin server MUST ignore the received Host header field (if any) and "
            "instead use the host information of the request-target",
        ),
        request(
            CLOSE, target=b"http://example.org/<case>", host=b"Host: other.example"
        ),
        either(both(answers(200), saw_values(b"host", (b"example.org",))), refused()),
    ),
    case(
        "target-asterisk",
        "must",
        "OPTIONS * is taken.",
        http1("3.2.4", "OPTIONS for the server as a whole"),
        request(MARKED, CLOSE, method=b"OPTIONS", target=b"*"),
        either(answers(200), answers(range(200, 600))),
    ),
    case(
        "target-asterisk-with-get",
        "should",
        "An asterisk with another method is refused.",
        http("7.1", "These forms MUST NOT be used with other methods"),
        request(MARKED, CLOSE, target=b"*"),
        refused(400),
    ),
    case(
        "target-authority-form",
        "should",
        "CONNECT is refused by a server that is no proxy.",
        http("9.3.6", "CONNECT"),
        request(MARKED, CLOSE, method=b"CONNECT", target=b"example.org:443"),
        either(refused(), on("asgi", called(1)), on("wsgi", called(1))),
    ),
    case(
        "target-authority-form-with-get",
        "should",
        "An authority as target of another method is refused.",
        http("7.1", "These forms MUST NOT be used with other methods"),
        request(MARKED, CLOSE, target=b"example.org:443"),
        refused(400),
    ),
    case(
        "target-without-slash",
        "should",
        "A target that is none of the four forms is refused.",
        LINE,
        request(MARKED, CLOSE, target=b"hello"),
        refused(400),
    ),
    case(
        "target-with-fragment",
        "should",
        "A fragment does not belong into a target; it is refused.",
        LINE,
        request(MARKED, CLOSE, target=b"/<case>#part"),
        either(refused(400), of_call("no fragment in the path", lambda c: _no_part(c))),
    ),
    case(
        "target-raw-bytes",
        "should",
        "Bytes beyond ASCII in a target are refused.",
        LINE,
        request(MARKED, CLOSE, target=b"/<case>/caf\xc3\xa9"),
        refused(400),
    ),
    _path(
        "percent-encoded-utf8",
        "Percent-encoded UTF-8 is decoded in the path.",
        b"/caf%C3%A9",
        "/café",
        "/cafÃ©",
    ),
    _path(
        "percent-encoded-slash",
        "An encoded slash is decoded in the path.",
        b"/a%2Fb",
        "/a/b",
        "/a/b",
    ),
    _path(
        "percent-encoded-percent",
        "A path is decoded once, and once only.",
        b"/%2541",
        "/%41",
        "/%41",
    ),
    _path(
        "plus-in-path", "A plus sign in a path is a plus sign.", b"/a+b", "/a+b", "/a+b"
    ),
    _path(
        "double-slash",
        "A doubled slash stays doubled.",
        b"//a//b",
        "//a//b",
        "//a//b",
        RAW_PATH,
    ),
    case(
        "percent-encoded-not-utf8",
        "may",
        "What of %ff reaches the application is reported.",
        PATH,
        request(CLOSE, target=b"/<case>/%ff"),
        either(answers(200), refused()),
    ),
    case(
        "percent-without-digits",
        "may",
        "A percent sign that begins nothing is kept, or the request is refused.",
        LINE,
        request(CLOSE, target=b"/<case>/100%"),
        either(answers(200), refused(400)),
    ),
    case(
        "dot-segments",
        "may",
        "Dot segments are kept, or removed.",
        http("7.1", "a server reconstructs the target URI"),
        request(MARKED, CLOSE, target=b"/a/../<case>/./b"),
        either(answers(200), refused(400)),
    ),
    case(
        "raw-path",
        "must",
        "`raw_path`, where it is given, holds the bytes as they came.",
        RAW_PATH,
        request(CLOSE, target=b"/<case>/caf%c3%a9%2Fb?x=1"),
        answers(200),
        on("asgi", of_call("raw_path as it came", _raw(b"/caf%c3%a9%2Fb"))),
    ),
    case(
        "query-string",
        "must",
        "The query string arrives as it was sent, without the question mark.",
        QUERY,
        request(CLOSE, target=b"/<case>?a=%C3%A9+b&&c?d=%20"),
        answers(200),
        of_call(
            "the raw query", lambda c: c.query == b"a=%C3%A9+b&&c?d=%20" or c.query
        ),
    ),
    case(
        "query-string-empty",
        "must",
        "A question mark alone leaves an empty query, and no trace in the path.",
        QUERY,
        request(CLOSE, target=b"/<case>?"),
        answers(200),
        of_call("no question mark", lambda c: "?" not in c.path or c.path),
    ),
)


def _no_part(call: Call) -> object:
    return "#part" not in call.path or repr(call.path)
