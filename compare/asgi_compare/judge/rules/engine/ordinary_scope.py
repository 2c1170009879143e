"""Whether the scope of an HTTP request is an ordinary one.

Ordinary is what servers nearly always hand over: the usual keys with the usual types, a
path without escapes, header names that were seen before. Such a scope breaks no rule.
Of any other this module says nothing; then the rules look at it.

It is asked at every request under the live validator, so it counts nanoseconds: what
can be learnt once is remembered (header names, and keys of other kinds), and the
usual keys are read at one go.

A test holds that what is ordinary here breaks no rule.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

LINES = frozenset(
    ("http", version, method, scheme)
    for version in ("1.0", "1.1", "2")
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    for scheme in ("http", "https")
)
"""The ordinary values of `type`, `http_version`, `method` and `scheme` together."""
NAMES = 1024
"""How many header names are remembered."""
PATHS = 1024
"""How many paths are remembered; few are asked for often."""
SHAPES = 64
"""How many sets of keys, in their order, are remembered."""
LONGEST = 200
"""How many bytes of a name and of a path are remembered; the client chooses them."""

READ: Callable[[dict[str, Any]], tuple[Any, ...]] = itemgetter(
    "type",
    "asgi",
    "http_version",
    "method",
    "scheme",
    "path",
    "raw_path",
    "query_string",
    "root_path",
    "headers",
    "client",
    "server",
)
USUAL = 12
"""How many keys these are."""
MAY_BE_ABSENT = {"raw_path": None, "client": None, "server": None}

_paths: dict[str, bytes] = {}
_names: set[bytes] = set()
_shapes: set[tuple[Any, ...]] = set()


def is_ordinary(scope: Any) -> bool:
    """Whether nothing in this scope needs a closer look."""
    try:
        if type(scope) is not dict:
            return False
        others = len(scope) - USUAL
        try:
            values = READ(scope)
        except KeyError:
            filled = {**MAY_BE_ABSENT, **scope}
            others = len(filled) - USUAL
            values = READ(filled)
        (
            protocol,
            asgi,
            version,
            method,
            scheme,
            path,
            raw_path,
            query_string,
            root_path,
            headers,
            client,
            server,
        ) = values
        if (
            (protocol, version, method, scheme) not in LINES
            or type(asgi) is not dict
            or type(asgi["version"]) is not str
            or type(asgi["spec_version"]) is not str
            or (raw_path != _paths.get(path, b"") and not _is_path(path, raw_path))
            or (type(raw_path) is not bytes and raw_path is not None)
            or type(query_string) is not bytes
            or type(root_path) is not str
            or (type(headers) is not list and type(headers) is not tuple)
        ):
            return False
        for pair in headers:
            # An iterator of two would be used up by taking it apart.
            if type(pair) is not tuple and type(pair) is not list:
                return False
            name, value = pair
            # A memoryview is equal to the bytes that it shows, and has their hash.
            if type(name) is not bytes or type(value) is not bytes:
                return False
            if name not in _names and not _is_name(name):
                return False
        if client is not None:
            if type(client) is not tuple and type(client) is not list:
                return False
            host, port = client
            if type(host) is not str or type(port) is not int:
                return False
        if server is not None:
            if type(server) is not tuple and type(server) is not list:
                return False
            host, port = server
            if type(host) is not str or type(port) is not int:
                return False
        if "state" in scope:
            if type(scope["state"]) is not dict:
                return False
            others -= 1
        if "extensions" in scope:
            extensions = scope["extensions"]
            if type(extensions) is not dict and extensions is not None:
                return False
            if extensions and not _are_ordinary(extensions):
                return False
            others -= 1
        return not others or (keys := (*scope,)) in _shapes or _is_shape(keys)
    except Exception:
        return False


def _is_shape(keys: tuple[Any, ...]) -> bool:
    """Whether all keys are text; main, "Strings and Unicode"."""
    if any(type(key) is not str for key in keys):
        return False
    if len(_shapes) >= SHAPES:
        _shapes.clear()
    _shapes.add(keys)
    return True


def _is_path(path: Any, raw_path: Any) -> bool:
    """Whether a path has no escapes, and is the same in both forms."""
    if type(path) is not str or "%" in path or "?" in path:
        return False
    if raw_path is None:
        return path.isascii()
    if raw_path != path.encode("ascii"):
        return False
    if len(path) <= LONGEST:
        if len(_paths) >= PATHS:
            _paths.clear()
        _paths[path] = raw_path
    return True


def _is_name(name: Any) -> bool:
    if type(name) is not bytes or name != name.lower() or name[:1] == b":":
        return False
    if len(name) <= LONGEST:
        if len(_names) >= NAMES:
            _names.clear()
        _names.add(name)
    return True


def _are_ordinary(extensions: dict[Any, Any]) -> bool:
    return "tls" not in extensions and all(
        type(name) is str and type(entry) is dict for name, entry in extensions.items()
    )
