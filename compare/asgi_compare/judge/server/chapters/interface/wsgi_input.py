"""Chapter: what only WSGI has: the environ and `wsgi.input`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgi_compare.judge.server.acts import Act, Body, Input, StartResponse
from asgi_compare.judge.server.case import Case, Hear, Level, Say
from asgi_compare.judge.server.checks.application import of_call, saw_body, that
from asgi_compare.judge.server.checks.wire import answers, speaks_1_1
from asgi_compare.judge.server.client.build import (
    CHUNKED,
    CLOSE,
    LAST,
    chunk,
    post,
    request,
    sized,
)
from asgi_compare.judge.server.observed import Call
from asgi_compare.judge.server.texts import pep

BODY = b"one\ntwo\nthree\n"
FIVE = ("Content-Length", "5")
CGI = ("REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL")
OTHERS = ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH")
WSGI = ("multithread", "multiprocess", "run_once")
INPUT = {"read", "readline", "readlines", "__iter__"}
ERRORS = {"flush", "write", "writelines"}


def _environ(
    name: str, level: Level, shows: str, quote: str, test: Callable[[Call], object]
) -> Case:
    return Case(
        name,
        level,
        shows,
        pep("environ-variables", quote),
        (Say(sized(b"hello", b"X-Odd: 1", b"Content-Type: text/x", CLOSE)), Hear()),
        (answers(200), of_call(that(shows), test)),
        interfaces=("wsgi",),
    )


def _missing(names: tuple[str, ...]) -> Callable[[Call], object]:
    def test(call: Call) -> object:
        bad = [n for n in names if not isinstance(call.scope.get(n), str)]
        bad += [n for n in names if call.scope.get(n) == ""]
        return not bad or f"missing or no text: {bad}"

    return test


def _texts(call: Call) -> object:
    names = [k for k in call.scope if k in (*CGI, *OTHERS) or k.startswith("HTTP_")]
    bad = {n: call.scope[n] for n in names if not _latin1(call.scope[n])}
    return not bad or repr(bad)


def _latin1(value: Any) -> bool:
    return type(value) is str and all(ord(char) < 256 for char in value)


def _wsgi_keys(call: Call) -> object:
    scope = call.scope
    bad = [k for k in WSGI if f"wsgi.{k}" not in scope]
    if tuple(scope.get("wsgi.version", ())) != (1, 0):
        bad.append("version")
    if scope.get("wsgi.url_scheme") not in ("http", "https"):
        bad.append("url_scheme")
    return not bad or f"wrong or missing: {bad}"


def _streams(call: Call) -> object:
    found = call.scope.get("asgi_compare", {}).get("methods", {})
    lacking = INPUT - set(found.get("wsgi.input", ()))
    lacking |= ERRORS - set(found.get("wsgi.errors", ()))
    return not lacking or f"without {sorted(lacking)}"


def _slashes(call: Call) -> object:
    values = [str(call.scope.get(key, "")) for key in ("SCRIPT_NAME", "PATH_INFO")]
    return all(not v or v.startswith("/") for v in values) or repr(values)


def _fields(call: Call) -> object:
    scope = call.scope
    wanted = {"HTTP_X_ODD": "1", "CONTENT_TYPE": "text/x", "CONTENT_LENGTH": "5"}
    bad = {k: scope.get(k) for k, v in wanted.items() if scope.get(k) != v}
    bad |= {
        k: scope[k]
        for k in ("HTTP_CONTENT_TYPE",)
        if scope.get(k) not in (None, "text/x")
    }
    return not bad or repr(bad)


def _inputs(call: Call) -> list[object]:
    return [event for did, event, *_ in call.events if did == "wsgi.input"]


def _read(
    name: str,
    level: Level,
    shows: str,
    quote: str,
    acts: tuple[Input, ...],
    *wanted: object,
) -> Case:
    """Read `wsgi.input` in this way; `BODY` is three lines."""
    script: tuple[Act, ...] = (
        *acts,
        StartResponse("200 OK", (FIVE,), may_raise=False),
        Body(b"hello"),
    )

    def test(call: Call) -> object:
        return _inputs(call) == list(wanted) or repr(_inputs(call))

    return Case(
        name,
        level,
        shows,
        pep("input-and-error-streams", quote),
        (Say(sized(BODY, CLOSE)), Hear(1, 1.0)),
        (of_call(repr(list(wanted)), test), answers(200)),
        script=script,
    )


CASES: tuple[Case, ...] = (
    _environ(
        "environ-is-a-dict",
        "must",
        "The environ is a builtin dictionary.",
        "This object must be a builtin Python dictionary",
        lambda c: (
            bool(c.scope.get("asgi_compare", {}).get("is_dict")) or "another type"
        ),
    ),
    _environ(
        "environ-required",
        "must",
        "REQUEST_METHOD, SERVER_NAME, SERVER_PORT and SERVER_PROTOCOL are there.",
        "are required strings and must never be empty",
        _missing(CGI),
    ),
    _environ(
        "environ-wsgi-variables",
        "must",
        "The variables that begin with `wsgi.` are there.",
        "must contain the following WSGI-defined variables",
        _wsgi_keys,
    ),
    _environ(
        "environ-native-strings",
        "must",
        "CGI variables are text of Latin-1 characters.",
        "for any CGI variable's value to be of any type other than str",
        _texts,
    ),
    _environ(
        "environ-fields",
        "should",
        "The header fields are there as variables.",
        "should correspond with the presence or absence of the appropriate HTTP header",
        _fields,
    ),
    _environ(
        "environ-paths",
        "must",
        "SCRIPT_NAME and PATH_INFO are empty or begin with a slash.",
        "The initial portion of the request URL's",
        _slashes,
    ),
    _environ(
        "environ-stream-methods",
        "must",
        "The two streams have the methods that they must have.",
        "must be supported by all servers conforming to this specification",
        _streams,
    ),
    _read(
        "input-read-exactly",
        "must",
        "Reading as much as there is gives it.",
        "The semantics of each method are as documented in the Python Library",
        (Input("read", 14),),
        BODY,
    ),
    _read(
        "input-read-past-end",
        "should",
        "Reading more than there is ends at the end.",
        "should simulate an end-of-file condition",
        (Input("read", 100), Input("read", 10)),
        BODY,
        b"",
    ),
    _read(
        "input-read-without-size",
        "should",
        "Reading without a size gives the rest.",
        "A server should allow read() to be called without an argument",
        (Input("read", 4), Input("read")),
        b"one\n",
        b"two\nthree\n",
    ),
    _read(
        "input-readline",
        "must",
        "Lines are read one by one.",
        "The semantics of each method are as documented in the Python Library",
        (Input("readline"), Input("readline"), Input("readline")),
        b"one\n",
        b"two\n",
        b"three\n",
    ),
    _read(
        "input-readline-with-size",
        "should",
        "The size of `readline` is a limit.",
        'Servers should support the optional "size" argument to readline()',
        (Input("readline", 2), Input("readline", 100)),
        b"on",
        b"e\n",
    ),
    _read(
        "input-readlines",
        "should",
        "All lines are read at once.",
        "The semantics of each method are as documented in the Python Library",
        (Input("readlines"),),
        [b"one\n", b"two\n", b"three\n"],
    ),
    Case(
        "input-empty",
        "should",
        "Without a body, reading gives nothing at once.",
        pep("input-and-error-streams", "A server should return empty bytestrings"),
        (Say(request(CLOSE)), Hear(1, 1.0)),
        (
            answers(200),
            of_call("nothing", lambda c: _inputs(c) == [b""] or repr(_inputs(c))),
        ),
        script=(Input("read"), StartResponse("200 OK", (FIVE,)), Body(b"hello")),
    ),
    Case(
        "input-of-chunks",
        "should",
        "A chunked body is decoded.",
        pep("other-http-features", "such as by decoding any inbound Transfer-Encoding"),
        (
            Say(post(CHUNKED, CLOSE, body=chunk(b"hel") + chunk(b"lo") + LAST)),
            Hear(1, 1.0),
        ),
        (speaks_1_1(), answers(200), saw_body(b"hello")),
        script=(Input("read", 5), StartResponse("200 OK", (FIVE,)), Body(b"hello")),
    ),
)
