"""Applications read it as empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import (
    BODY,
    OK,
    REQUEST,
    START,
    http,
)
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.rule import WWW, rule
from asgi_compare.judge.rules.engine.values import (
    entries,
    is_int,
    is_iterable,
    names,
    not_byte_pairs,
    not_pairs,
    shown,
)

SCOPE = WWW + "http-connection-scope"
BOTH = ("scope http", "scope websocket")
ANSWER = (REQUEST, START, BODY)


@rule(
    "asgi-scope/headers-not-pairs",
    "server",
    "must",
    BOTH,
    quote="An iterable of [name, value] two-item iterables",
    link=SCOPE,
    statement="`headers` is an iterable of pairs.",
    why="Applications unpack each entry into a name and a value.",
    hint="Use a list of pairs, not a dict: names may be repeated.",
    breaks=http(*ANSWER, scope={"headers": {b"host": b"example.org"}}),
    keeps=http(*ANSWER, scope={"headers": ((b"a", b"1"), [b"a", b"2"])}),
)
def headers_not_pairs(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    yield from not_pairs(scope.get("headers", ()))


@rule(
    "asgi-scope/headers-not-bytes",
    "server",
    "must",
    BOTH,
    quote="headers (Iterable[[byte string, byte string]])",
    link=SCOPE,
    statement="Names and values of headers are byte strings.",
    why="HTTP does not say how they are encoded; the application decides.",
    hint="Hand over the bytes as they came.",
    breaks=http(*ANSWER, scope={"headers": [("host", "example.org")]}),
    keeps=http(*ANSWER, scope={"headers": [(b"x-name", b"caf\xe9")]}),
)
def headers_not_bytes(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    yield from not_byte_pairs(scope.get("headers", ()))


@rule(
    "asgi-scope/headers-not-lowercase",
    "server",
    "should",
    BOTH,
    quote="Header names should be lowercased, but it is not required",
    link=SCOPE,
    statement="The names of headers are in lower case.",
    why="Many applications compare them without lowering them first.",
    hint="Call `.lower()` on the names.",
    breaks=http(*ANSWER, scope={"headers": [(b"Host", b"example.org")]}),
    keeps=OK,
)
def headers_not_lowercase(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    for name in names(scope.get("headers", ())):
        if name != name.lower():
            yield f"Expected a header name in lower case, but got {shown(name)}"


@rule(
    "asgi-scope/pseudo-header",
    "server",
    "must",
    BOTH,
    quote="Pseudo headers (present in HTTP/2 and HTTP/3) must be removed",
    link=SCOPE,
    statement="`:authority` and its kin are not among the headers.",
    why="They are said elsewhere in the scope; `:authority` becomes `host`.",
    hint="Move `:authority` to the front as `host`, and drop the others.",
    breaks=http(*ANSWER, scope={"headers": [(b":authority", b"example.org")]}),
    keeps=http(*ANSWER, scope={"http_version": "2"}),
)
def pseudo_header(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    for name in names(scope.get("headers", ())):
        if name.startswith(b":"):
            yield f"Expected no pseudo header, but got {shown(name)}"


@rule(
    "asgi-scope/client",
    "server",
    "must",
    BOTH,
    quote="A two-item iterable of [host, port], where host is the remote host's IPv4 "
    "or IPv6 address, and port is the remote port as an integer",
    link=SCOPE,
    statement="`client`, if it is there, is a pair of a Unicode string and an int.",
    why="Applications unpack it into host and port.",
    hint="Use None where there is no address, as with a Unix socket.",
    breaks=http(*ANSWER, scope={"client": ("127.0.0.1", "50000")}),
    keeps=http(*ANSWER, scope={"client": None}),
)
def client(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    value = scope.get("client")
    both = entries(value)
    if value is None or (both is None and is_iterable(value)):
        return
    if both is None or len(both) != 2 or not _host(both[0]) or not is_int(both[1]):
        yield f"Expected a client of [str, int], but got {shown(value)}"


@rule(
    "asgi-scope/server",
    "server",
    "must",
    BOTH,
    quote="Either a two-item iterable of [host, port] ... or [path, None] where path "
    "is that of the unix socket",
    link=SCOPE,
    statement="`server`, if it is there, is a pair of a Unicode string and an int, or "
    "of a Unicode string and None.",
    why="Applications unpack it into host and port.",
    hint="Use None where the address is not known.",
    breaks=http(*ANSWER, scope={"server": "127.0.0.1:8000"}),
    keeps=http(*ANSWER, scope={"server": ["/run/app.sock", None]}),
)
def server(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    value = scope.get("server")
    both = entries(value)
    if value is None or (both is None and is_iterable(value)):
        return
    if (
        both is None
        or len(both) != 2
        or not _host(both[0])
        or (both[1] is not None and not is_int(both[1]))
    ):
        yield f"Expected a server of [str, int or None], but got {shown(value)}"


def _host(value: object) -> bool:
    return isinstance(value, str)
