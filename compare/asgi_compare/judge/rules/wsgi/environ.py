"""Rules of WSGI on the `environ`, and on what the server does.

All of them bind the server. What the PEP lets a server leave out may be missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import (
    ABSENT,
    ENVIRON,
    received,
    sent,
    wsgi,
)
from asgi_compare.judge.rules.engine.judge_wsgi import READS, WsgiJudge
from asgi_compare.judge.rules.engine.rule import PEP, RFC3875, Example, rule
from asgi_compare.judge.rules.engine.values import is_bytes, kind, shown

VARIABLES = PEP + "environ-variables"
STREAMS = PEP + "input-and-error-streams"
START = sent("start_response", status="200 OK", response_headers=[])
YIELD = sent("yield", body=b"hello")
ANSWER = (START, YIELD)
FINE = wsgi(*ANSWER)
REQUIRED = ("REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL")
CGI = frozenset(
    {
        *REQUIRED,
        "SCRIPT_NAME",
        "PATH_INFO",
        "QUERY_STRING",
        "CONTENT_TYPE",
        "CONTENT_LENGTH",
        "REMOTE_ADDR",
        "REMOTE_HOST",
        "REMOTE_USER",
        "AUTH_TYPE",
        "GATEWAY_INTERFACE",
        "SERVER_SOFTWARE",
    }
)
WSGI = (
    "wsgi.version",
    "wsgi.url_scheme",
    "wsgi.input",
    "wsgi.errors",
    "wsgi.multithread",
    "wsgi.multiprocess",
    "wsgi.run_once",
)


class _Environ(dict[str, Any]):
    """A subclass, which an environ must not be."""


@rule(
    "wsgi/environ-not-dict",
    "server",
    "must",
    "environ",
    quote="This object must be a builtin Python dictionary (not a subclass, UserDict "
    "or other dictionary emulation)",
    link=PEP + "specification-details",
    statement="The `environ` is a dict, and no subclass of it.",
    why="Applications change it in any way they like.",
    hint="Call `dict()` on what you have.",
    breaks=Example(_Environ(ENVIRON), ANSWER, wsgi=True),
    keeps=FINE,
)
def environ_not_dict(judge: WsgiJudge, environ: Any) -> Iterator[str]:
    if type(environ) is not dict:
        yield f"Expected an environ that is a builtin dict, but got {kind(environ)}"


@rule(
    "wsgi/required-variable-missing",
    "server",
    "must",
    "scope wsgi",
    quote="SERVER_NAME and SERVER_PORT are required strings and must never be empty",
    link=VARIABLES,
    statement="REQUEST_METHOD, SERVER_NAME, SERVER_PORT and SERVER_PROTOCOL are there.",
    why="Applications look them up without a default.",
    hint="Set them from the socket and the request line.",
    breaks=wsgi(*ANSWER, environ={"SERVER_NAME": ""}),
    keeps=wsgi(*ANSWER, environ={"SCRIPT_NAME": ABSENT, "QUERY_STRING": ABSENT}),
)
def required_variable(judge: WsgiJudge, environ: dict[str, Any]) -> Iterator[str]:
    for name in REQUIRED:
        if environ.get(name, "") == "":
            got = "an empty one" if name in environ else "none"
            yield f"Expected a {name} in the environ, but got {got}"


@rule(
    "wsgi/wsgi-variable-missing",
    "server",
    "must",
    "scope wsgi",
    quote="must contain the following WSGI-defined variables",
    link=VARIABLES,
    statement="The seven `wsgi.` variables of the PEP are there.",
    why="Applications look them up without a default.",
    hint="Set them all, also where the answer is False.",
    breaks=wsgi(*ANSWER, environ={"wsgi.run_once": ABSENT}),
    keeps=wsgi(*ANSWER, environ={"wsgi.file_wrapper": ABSENT}),
)
def wsgi_variable(judge: WsgiJudge, environ: dict[str, Any]) -> Iterator[str]:
    for name in WSGI:
        if name not in environ:
            yield f"Expected {name!r} in the environ, but got none"


@rule(
    "wsgi/version",
    "server",
    "must",
    "scope wsgi",
    quote="The tuple (1, 0), representing WSGI version 1.0",
    link=VARIABLES,
    statement="`wsgi.version` is the tuple (1, 0).",
    why="PEP 3333 did not change it.",
    hint="Write `(1, 0)`.",
    breaks=wsgi(*ANSWER, environ={"wsgi.version": "1.0"}),
    keeps=FINE,
)
def version(judge: WsgiJudge, environ: dict[str, Any]) -> Iterator[str]:
    value = environ.get("wsgi.version", (1, 0))
    # A stored transcript has lists for tuples.
    if not isinstance(value, (tuple, list)) or list(value) != [1, 0]:
        yield f"Expected the wsgi.version (1, 0), but got {shown(value)}"


@rule(
    "wsgi/variable-not-str",
    "server",
    "must",
    "scope wsgi",
    quote="It is a violation of this specification for any CGI variable's value to be "
    "of any type other than str",
    link=VARIABLES,
    statement="CGI variables are native strings, of type `str`.",
    why="Applications treat all of them as text.",
    hint="Leave a variable out instead of setting it to None; write a port as text.",
    breaks=wsgi(*ANSWER, environ={"SERVER_PORT": 8000}),
    keeps=wsgi(*ANSWER, environ={"CONTENT_LENGTH": ABSENT}),
)
def variable_not_str(judge: WsgiJudge, environ: dict[str, Any]) -> Iterator[str]:
    for name, value in environ.items():
        if _is_cgi(name) and not isinstance(value, str):
            yield f"Expected a {name} that is a str, but got {shown(value)}"


@rule(
    "wsgi/variable-not-latin-1",
    "server",
    "must",
    "scope wsgi",
    quote="servers and gateways must not supply strings to an application containing "
    "any other Unicode characters",
    link=PEP + "unicode-issues",
    statement="CGI variables hold only characters that latin-1 has.",
    why="They are bytes, written as text; an application encodes them back.",
    hint="Decode the bytes of the request as latin-1, and not as UTF-8.",
    breaks=wsgi(*ANSWER, environ={"PATH_INFO": "/\u20ac"}),
    keeps=wsgi(*ANSWER, environ={"PATH_INFO": "/\xe2\x82\xac"}),
)
def variable_not_latin_1(judge: WsgiJudge, environ: dict[str, Any]) -> Iterator[str]:
    for name, value in environ.items():
        if _is_cgi(name) and isinstance(value, str) and _beyond_latin_1(value):
            yield f"Expected latin-1 in {name}, but got {shown(value)}"


def _is_cgi(name: str) -> bool:
    return name in CGI or name.startswith("HTTP_")


def _beyond_latin_1(text: str) -> bool:
    return any(ord(character) > 255 for character in text)


@rule(
    "wsgi/path-without-slash",
    "server",
    "must",
    "scope wsgi",
    quote='PATH_INFO = "" | ( "/" path )',
    link=RFC3875 + "4.1.5",
    statement="SCRIPT_NAME and PATH_INFO are empty or begin with a slash.",
    why="Applications join the two to the path of the request.",
    hint="Split the path before a slash. `*` of an OPTIONS request may stay.",
    breaks=wsgi(*ANSWER, environ={"PATH_INFO": "hello"}),
    keeps=wsgi(*ANSWER, environ={"SCRIPT_NAME": "/app", "PATH_INFO": ""}),
)
def path_without_slash(judge: WsgiJudge, environ: dict[str, Any]) -> Iterator[str]:
    for name in ("SCRIPT_NAME", "PATH_INFO"):
        value = environ.get(name, "")
        if isinstance(value, str) and value not in ("", "*") and value[0] != "/":
            yield f"Expected a {name} that begins with a slash, but got {shown(value)}"


METHODS = {
    "wsgi.input": ("read", "readline", "readlines", "__iter__"),
    "wsgi.errors": ("flush", "write", "writelines"),
}


@rule(
    "wsgi/stream-method-missing",
    "server",
    "must",
    "scope wsgi",
    quote="The methods listed in the table above must be supported by all servers "
    "conforming to this specification",
    link=STREAMS,
    statement="`wsgi.input` and `wsgi.errors` have the methods of the PEP's table.",
    why="Applications call any of them.",
    hint="Inherit from `io.RawIOBase`, or use a file.",
    breaks=wsgi(*ANSWER, environ={"wsgi.errors": object()}),
    keeps=FINE,
)
def stream_method(judge: WsgiJudge, environ: dict[str, Any]) -> Iterator[str]:
    for name, methods in METHODS.items():
        stream = environ.get(name)
        # In a stored transcript the stream is a text about it.
        if stream is None or isinstance(stream, (str, dict)):
            continue
        missing = [method for method in methods if not hasattr(stream, method)]
        if missing:
            yield f"Expected {name!r} to have {missing!r}, but got {shown(stream)}"


@rule(
    "wsgi/file-wrapper",
    "server",
    "must",
    "scope wsgi",
    quote="If the server or gateway supplies wsgi.file_wrapper, it must be a callable",
    link=PEP + "optional-platform-specific-file-handling",
    statement="`wsgi.file_wrapper`, if it is there, can be called.",
    why="Applications test for the key, and call what they find.",
    hint="Leave the key away where there is no file wrapper.",
    breaks=wsgi(*ANSWER, environ={"wsgi.file_wrapper": None}),
    keeps=wsgi(*ANSWER, environ={"wsgi.file_wrapper": iter}),
)
def file_wrapper(judge: WsgiJudge, environ: dict[str, Any]) -> Iterator[str]:
    wrapper = environ.get("wsgi.file_wrapper", iter)
    if not callable(wrapper) and not isinstance(wrapper, str):
        yield f"Expected a wsgi.file_wrapper to be called, but got {shown(wrapper)}"


@rule(
    "wsgi/read-not-bytes",
    "server",
    "must",
    tuple(f"received {name}" for name in sorted(READS)),
    quote="values read from wsgi.input ... the value must be of type bytes",
    link=PEP + "unicode-issues",
    statement="What is read from `wsgi.input` is of type bytes.",
    why="A request's body has no encoding until the application has found it out.",
    hint="Open the stream in binary mode.",
    breaks=wsgi(received("wsgi.input.read", size=1, body="a"), *ANSWER),
    keeps=wsgi(received("wsgi.input.read", size=1, body=b"a"), *ANSWER),
)
def read_not_bytes(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    data = event.get("body", b"")
    for each in data if isinstance(data, (list, tuple)) else [data]:
        if each is not None and not is_bytes(each):
            yield f"Expected bytes from {event['type']!r}, but got {shown(each)}"


@rule(
    "wsgi/not-closed",
    "server",
    "must",
    "ended wsgi",
    quote="the server or gateway must call that method upon completion of the current "
    "request",
    link=PEP + "specification-details",
    statement="The server calls `close()` of the iterable, if it has one.",
    why="It is where an application gives back what it has opened.",
    hint="Call it in a `finally`.",
    breaks=wsgi(START, sent("return", iterable=True, close=True), YIELD),
    keeps=wsgi(START, sent("return", iterable=True, close=True), YIELD, sent("close")),
)
def not_closed(judge: WsgiJudge, ending: Any) -> Iterator[str]:
    if judge.has_close and not judge.closed:
        yield "Expected the server to call close() of the iterable, but it did not"
