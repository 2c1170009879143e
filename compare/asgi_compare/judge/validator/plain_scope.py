"""The first look at the scope of an HTTP request.

Nearly every server hands over the same twelve keys, with the same types. This asks for
exactly that, one comparison for each thing that a rule could say of it, and nothing
else: it is the hot path of watching a request, and counts nanoseconds. A scope that
does not pass here is no finding; the rules look at it.

A type is asked for with `type(x) is`, since a subclass may lie; and of bytes also where
the value was seen before, since a memoryview is equal to the bytes that it shows.

A test holds that what passes here breaks no rule.
"""

from __future__ import annotations

from typing import Any

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
VERSIONS = frozenset({"1.0", "1.1", "2"})
SCHEMES = frozenset({"http", "https"})
USUAL = 12
"""How many keys are asked for; `state` and `extensions` may come on top."""
REMEMBERED = 1024
"""How many paths are remembered, and how many names of headers."""
LONGEST = 200
"""How many bytes of each; the client chooses them, and has all the time that it needs
to fill the memory with long ones."""

_paths: dict[bytes, str] = {}
_names: set[bytes] = set()
_client: Any = None
_server: Any = None
"""The ends seen last. A tuple cannot change: what was looked at need not be again."""


def plain_method(scope: Any) -> str | None:
    """Return the method of a scope that needs no closer look; of any other, None."""
    try:
        if type(scope) is not dict:
            return None
        method: str = scope["method"]
        asgi = scope["asgi"]
        raw_path = scope["raw_path"]
        headers = scope["headers"]
        # What comes first in a line is what nearly all requests have.
        if (
            scope["type"] != "http"
            or (method != "GET" and method not in METHODS)
            or ((v := scope["http_version"]) != "1.1" and v not in VERSIONS)
            or ((s := scope["scheme"]) != "http" and s not in SCHEMES)
            or type(asgi) is not dict
            or type(asgi["version"]) is not str
            or (len(asgi) != 1 and type(asgi["spec_version"]) is not str)
            or type(raw_path) is not bytes
            or ((p := scope["path"]) != _paths.get(raw_path) and not _fits(p, raw_path))
            or type(scope["query_string"]) is not bytes
            or type(scope["root_path"]) is not str
            or type(headers) is not list
        ):
            return None
        for pair in headers:
            # A pair may be an iterator (www, "HTTP Connection Scope"). The application
            # would find it used up, were it taken apart; but it has no `[0]`, and
            # raises, which costs less than a look at its type.
            if pair[0] is None:
                return None
            name, value = pair
            if type(name) is not bytes or type(value) is not bytes:
                return None
            if name not in _names and not _is_name(name):
                return None
        client = scope["client"]
        server = scope["server"]
        if (client is not _client or server is not _server) and not _are_ends(
            client, server
        ):
            return None
        others = len(scope) - USUAL
        if others and "state" in scope:
            if type(scope["state"]) is not dict:
                return None
            others -= 1
        if others and "extensions" in scope:
            if not _are_extensions(scope["extensions"]):
                return None
            others -= 1
        return None if others else method
    except Exception:
        return None


def _fits(path: Any, raw_path: bytes) -> bool:
    """Whether a path has no escapes, and is the same in both forms; remember it."""
    if type(path) is not str or "%" in path or "?" in path:
        return False
    if not path.isascii() or path.encode() != raw_path:
        return False
    if len(path) <= LONGEST:
        if len(_paths) >= REMEMBERED:
            _paths.clear()
        _paths[raw_path] = path
    return True


def _is_name(name: bytes) -> bool:
    """Whether a header name is in lower case, and no pseudo header; remember it."""
    if name != name.lower() or name[:1] == b":":
        return False
    if len(name) <= LONGEST:
        if len(_names) >= REMEMBERED:
            _names.clear()
        _names.add(name)
    return True


def _are_ends(client: Any, server: Any) -> bool:
    """Whether both are pairs of a host and a port, or None; remember tuples."""
    global _client, _server
    # The port of a server is None where it has a path for its host.
    for end, ports in ((client, (int,)), (server, (int, type(None)))):
        if end is None:
            continue
        if type(end) is not tuple and type(end) is not list:
            return False
        host, port = end
        if type(host) is not str or type(port) not in ports:
            return False
    if type(client) is tuple and type(server) is tuple:
        _client = client
        _server = server
    return True


def _are_extensions(extensions: Any) -> bool:
    """Whether all is as it should be; that of `tls` has rules of its own."""
    if type(extensions) is not dict:
        return False
    for name, entry in extensions.items():
        if type(name) is not str or type(entry) is not dict or name == "tls":
            return False
    return True
