"""Rules of the main ASGI text on the scope: "Applications" and "Extensions".

They hold for the scope of every protocol. All but the last bind the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import (
    ABSENT,
    BODY,
    HTTP_SCOPE,
    OK,
    RAISED,
    REQUEST,
    START,
    http,
)
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.rule import MAIN, Example, rule
from asgi_compare.judge.rules.engine.values import kind, plain, shown
from asgi_compare.model.transcript import Ending

APPLICATIONS = MAIN + "applications"
ANSWER = (REQUEST, START, BODY)
PROTOCOLS = ("scope http", "scope websocket", "scope lifespan")


@rule(
    "asgi/scope-not-dict",
    "server",
    "must",
    "scope",
    quote="scope must be a dict",
    link=APPLICATIONS,
    statement="The scope is a dict.",
    why="Applications copy it, test keys in it, and set keys of their own.",
    hint="Hand over a plain dict, not a mapping of another type.",
    breaks=Example([("type", "http")], ()),
    keeps=OK,
)
def scope_not_dict(judge: Judge, scope: Any) -> Iterator[str]:
    if not isinstance(scope, dict):
        yield f"Expected a scope that is a dict, but got {kind(scope)}, {shown(scope)}"


@rule(
    "asgi/scope-without-type",
    "server",
    "must",
    "scope",
    quote='the key scope["type"] will always be present',
    link=APPLICATIONS,
    statement="The scope has a `type`, a Unicode string.",
    why="An application learns from it which protocol is spoken.",
    hint="Set `scope['type']` to 'http', 'websocket' or 'lifespan'.",
    breaks=http(scope={"type": ABSENT}),
    keeps=OK,
)
def scope_without_type(judge: Judge, scope: Any) -> Iterator[str]:
    keys = plain(scope)
    if keys is not None and not isinstance(keys.get("type"), str):
        got = shown(keys["type"]) if "type" in keys else "no type"
        yield f"Expected a scope whose 'type' is a str, but got {got}"


@rule(
    "asgi/scope-key-not-str",
    "server",
    "must",
    "scope",
    quote="All dict keys mentioned (including those for scopes and events) are "
    "Unicode strings",
    link=MAIN + "strings-and-unicode",
    statement="All keys of the scope are Unicode strings.",
    why="Applications look keys up by str, and never find others.",
    hint="Write the keys as str.",
    breaks=Example({**HTTP_SCOPE, b"path": "/"}, ANSWER),
    keeps=OK,
)
def scope_key_not_str(judge: Judge, scope: Any) -> Iterator[str]:
    if isinstance(scope, dict):
        for key in dict.keys(scope):
            if not isinstance(key, str):
                yield f"Expected keys of type str, but got {shown(key)}"


@rule(
    "asgi/version-missing",
    "server",
    "should",
    PROTOCOLS,
    quote='The key scope["asgi"] will also be present as a dictionary containing a '
    'scope["asgi"]["version"] key',
    link=APPLICATIONS,
    statement="`scope['asgi']['version']` says which ASGI version the server speaks.",
    why="Without it an application must take the server for one of ASGI 2.0.",
    hint="Set `scope['asgi'] = {'version': '3.0', 'spec_version': ...}`.",
    breaks=http(*ANSWER, scope={"asgi": {"spec_version": "2.3"}}),
    keeps=http(*ANSWER, scope={"asgi": {"version": "3.0"}}),
)
def version_missing(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    asgi = scope.get("asgi", {})
    if isinstance(asgi, dict) and "version" not in asgi:
        got = f"got {shown(asgi)}" if "asgi" in scope else "the scope has no 'asgi'"
        yield f"Expected a 'version' in scope['asgi'], but {got}"


@rule(
    "asgi/version-type",
    "server",
    "must",
    PROTOCOLS,
    quote='asgi["version"] (Unicode string)',
    link=APPLICATIONS,
    statement="`scope['asgi']` is a dict, and the versions in it are Unicode strings.",
    why="Applications compare versions as text.",
    hint="Write '3.0', not 3.0.",
    breaks=http(*ANSWER, scope={"asgi": {"version": 3}}),
    keeps=OK,
)
def version_type(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    asgi = scope.get("asgi", {})
    if not isinstance(asgi, dict):
        yield f"Expected scope['asgi'] to be a dict, but got {shown(asgi)}"
        return
    for key in ("version", "spec_version"):
        if key in asgi and not isinstance(asgi[key], str):
            yield f"Expected asgi[{key!r}] to be a str, but got {shown(asgi[key])}"


@rule(
    "asgi/extensions-type",
    "server",
    "must",
    PROTOCOLS,
    quote="an extensions entry in the scope dictionary, which is itself a dict. "
    "Extensions have a Unicode string name",
    link=MAIN + "extensions",
    statement="`scope['extensions']` is a dict whose keys are Unicode strings.",
    why="Applications test for a name in it.",
    hint="Offer extensions as `{'name': {}}`, or leave the key away.",
    breaks=http(*ANSWER, scope={"extensions": ["http.response.push"]}),
    keeps=http(*ANSWER, scope={"extensions": {"http.response.push": {}}}),
)
def extensions_type(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    # asgiref's own types allow None, so that nobody is surprised by it.
    extensions = scope.get("extensions")
    if extensions is None:
        return
    if not isinstance(extensions, dict):
        yield f"Expected scope['extensions'] to be a dict, but got {shown(extensions)}"
        return
    for name in dict.keys(extensions):
        if not isinstance(name, str):
            yield f"Expected an extension's name to be a str, but got {shown(name)}"


@rule(
    "asgi/extension-entry-type",
    "server",
    "should",
    PROTOCOLS,
    quote="the value of that entry should itself be a dict",
    link=MAIN + "extensions",
    statement="What stands beside the name of an extension is a dict.",
    why="An extension may hand over information in it, now or later.",
    hint="Use `{}` where there is nothing to say.",
    breaks=http(*ANSWER, scope={"extensions": {"http.response.push": True}}),
    keeps=http(*ANSWER, scope={"extensions": {"http.response.push": {}}}),
)
def extension_entry_type(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    for name, entry in judge.offered.items():
        if not isinstance(entry, dict):
            yield f"Expected a dict for the extension {name!r}, but got {shown(entry)}"


@rule(
    "asgi/unknown-protocol-accepted",
    "application",
    "should",
    ("ended other", "ended lifespan"),
    quote="Applications should actively reject any protocol that they do not "
    "understand with an Exception (of any type)",
    link=MAIN + "protocol-specifications",
    statement="An application raises at a scope type that it does not know.",
    why="A server takes a quiet return for support, and may wait for more.",
    hint="End the dispatch on `scope['type']` with a `raise`.",
    breaks=http(scope={"type": "x-unknown"}),
    keeps=http(scope={"type": "x-unknown"}, ending=RAISED),
)
def unknown_protocol_accepted(judge: Judge, ending: Ending) -> Iterator[str]:
    protocol = judge.scope.get("type")
    # Whoever has received or sent something in a lifespan has taken part in it. In a
    # protocol that there is not, nobody can.
    quiet = judge.index < 0 or judge.protocol == "other"
    if ending.kind == "returned" and quiet and isinstance(protocol, str):
        yield f"Expected an exception for the protocol {protocol!r}, but it returned"
