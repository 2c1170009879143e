"""Chapter: what stands in the scope of a request, and of what types it is.

(What of the target and the header fields arrives is in the chapters on those.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgi_compare.judge.server.acts import ANSWER, Act, SetState
from asgi_compare.judge.server.case import Case, Hear, Level, Say, Text
from asgi_compare.judge.server.checks.application import of_call, that
from asgi_compare.judge.server.checks.wire import answers, without_tls
from asgi_compare.judge.server.client.build import CLOSE, request, sized
from asgi_compare.judge.server.observed import Call
from asgi_compare.judge.server.texts import lifespan, main, www

SCOPE = "http-connection-scope"
MISSING = object()
PLAIN = (bytes, str, int, float, list, tuple, dict, bool, type(None))
EVENTS = main("events", "they are only allowed to contain the following types")


def _case(
    name: str,
    level: Level,
    shows: str,
    text: Text,
    test: Callable[[Call], object],
    *,
    script: tuple[Act, ...] = ANSWER,
) -> Case:
    return Case(
        name,
        level,
        shows,
        text,
        (Say(sized(b"hello", CLOSE)), Hear()),
        (answers(200), of_call(that(shows), test)),
        script=script,
        interfaces=("asgi",),
    )


def _optional(key: str, test: Callable[[Any], bool]) -> Callable[[Call], object]:
    """An optional key is not there (None counts as not there), or passes the test."""

    def check(call: Call) -> object:
        value = call.scope.get(key)
        return value is None or test(value) or f"{key} {value!r}"

    return check


def _versions(call: Call) -> object:
    asgi = call.scope.get("asgi")
    if not isinstance(asgi, dict) or type(asgi.get("version")) is not str:
        return f"asgi {asgi!r}"
    spec = asgi.get("spec_version", "2.0")
    return type(spec) is str or f"spec_version {spec!r}"


def _address(value: Any, *, port_may_be_none: bool) -> bool:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return False
    host, port = value
    fits = type(port) is int or (port is None and port_may_be_none)
    return type(host) is str and fits


def _headers(call: Call) -> object:
    pairs = call.scope.get("headers", [])
    good = all(
        len(pair) == 2 and type(pair[0]) is bytes and type(pair[1]) is bytes
        for pair in pairs
    )
    return good or repr(pairs)


def _plain(value: Any, path: str = "scope") -> str:
    """Find the first thing that is none of the types that may cross."""
    if isinstance(value, dict):
        for key, item in value.items():
            if type(key) is not str:
                return f"the key {key!r} in {path}"
            # What the lifespan put into its namespace is its own business.
            if key != "state" and (found := _plain(item, f"{path}[{key!r}]")):
                return found
    elif isinstance(value, list | tuple):
        each = (_plain(item, f"{path}[{i}]") for i, item in enumerate(value))
        return next(filter(None, each), "")
    elif type(value) not in PLAIN:
        return f"{value!r} at {path}"
    return ""


def _events(call: Call) -> object:
    for event in call.received("http.request"):
        body, more = event.get("body", b""), event.get("more_body", False)
        if type(body) is not bytes or type(more) is not bool:
            return repr(event)
    return bool(call.received("http.request")) or "no http.request"


def _state(call: Call) -> object:
    if "state" not in call.scope:
        return True  # the server does not support it, and says so
    return call.scope["state"] == {
        "shared": {"by": "lifespan"},
        "top": "lifespan",
    } or repr(call.scope["state"])


def _extensions(call: Call) -> object:
    found = call.scope.get("extensions")
    if found is None:
        return True
    good = isinstance(found, dict) and all(
        type(key) is str and isinstance(value, dict) for key, value in found.items()
    )
    return good or repr(found)


CASES: tuple[Case, ...] = (
    _case(
        "scope-versions",
        "must",
        "The versions in `asgi` are text.",
        www(SCOPE, "Version of the ASGI spec"),
        _versions,
    ),
    _case(
        "scope-http-version",
        "must",
        "`http_version` is one of the three.",
        www(SCOPE, "One of"),
        lambda c: (
            c.scope.get("http_version") in ("1.0", "1.1", "2")
            or repr(c.scope.get("http_version", MISSING))
        ),
    ),
    _case(
        "scope-method",
        "must",
        "`method` is the method.",
        www(SCOPE, "The HTTP method name, uppercased"),
        lambda c: c.scope.get("method") == "POST" or repr(c.scope.get("method")),
    ),
    Case(
        "scope-scheme",
        "must",
        "`scheme`, if given, is `http` here.",
        www(SCOPE, "Optional (but must not be empty); default is"),
        (Say(request(CLOSE)), Hear()),
        (
            answers(200),
            without_tls(
                of_call(
                    "no scheme, or http",
                    _optional("scheme", lambda value: value == "http"),
                )
            ),
        ),
        interfaces=("asgi",),
    ),
    _case(
        "scope-types-of-path",
        "must",
        "`path` is text, and `query_string` bytes.",
        www(SCOPE, "HTTP request target excluding any query string"),
        lambda c: (
            (
                type(c.scope.get("path")) is str
                and type(c.scope.get("query_string")) is bytes
            )
            or repr((c.scope.get("path"), c.scope.get("query_string")))
        ),
    ),
    _case(
        "scope-raw-path-type",
        "must",
        "`raw_path`, if given, is bytes.",
        www(SCOPE, "Some web server implementations may be unable to provide this"),
        _optional("raw_path", lambda value: type(value) is bytes),
    ),
    _case(
        "scope-root-path",
        "must",
        "`root_path`, if given, is text, and empty here.",
        www(SCOPE, "The root path this application is mounted at"),
        _optional("root_path", lambda value: value == ""),
    ),
    _case(
        "scope-headers",
        "must",
        "`headers` are pairs of byte strings.",
        www(SCOPE, "two-item iterables"),
        _headers,
    ),
    _case(
        "scope-client",
        "must",
        "`client`, if given, is a host and a port.",
        www(SCOPE, "is the remote port as an integer"),
        _optional("client", lambda v: _address(v, port_may_be_none=False)),
    ),
    _case(
        "scope-server",
        "must",
        "`server`, if given, is a host and a port.",
        www(SCOPE, "is the integer listening port"),
        _optional("server", lambda v: _address(v, port_may_be_none=True)),
    ),
    _case(
        "scope-state",
        "must",
        "`state`, if given, is what the lifespan left there.",
        www(SCOPE, "A copy of the namespace passed into the lifespan"),
        _state,
    ),
    Case(
        "scope-state-is-a-copy",
        "must",
        "What one request writes into `state` is not there in the next one.",
        lifespan("lifespan-state", "ensure that a shallow copy of the namespace"),
        (
            Say(request()),
            Hear(),
            Say(request(CLOSE, target=b"/<case>/second")),
            Hear(2, 1.0),
        ),
        (
            of_call(
                "no trace of the first request",
                lambda c: (
                    "written" not in (c.scope.get("state") or {})
                    or repr(c.scope.get("state"))
                ),
                1,
            ),
        ),
        script=(SetState("written", "by a request"), *ANSWER),
    ),
    _case(
        "scope-extensions",
        "must",
        "`extensions`, if given, is a dictionary of dictionaries.",
        main("extensions", "is itself a dict"),
        _extensions,
    ),
    _case(
        "scope-no-tls",
        "must",
        "Without TLS, there is no `tls` extension.",
        Text(
            "ASGI TLS extension",
            "https://asgi.readthedocs.io/en/latest/specs/tls.html",
            "This extension must only be used for TLS connections",
        ),
        lambda c: "tls" not in (c.scope.get("extensions") or {}),
    ),
    _case(
        "scope-plain-values",
        "must",
        "Only plain values are in the scope.",
        EVENTS,
        lambda c: _plain(c.scope) or True,
    ),
    _case(
        "request-events",
        "must",
        "`http.request` holds bytes and a bool.",
        www(
            "request-receive-event", "Signifies if there is additional content to come"
        ),
        _events,
    ),
    _case(
        "request-events-plain",
        "must",
        "Only plain values are in the events.",
        EVENTS,
        lambda c: _plain(c.received(), "events") or True,
    ),
)
