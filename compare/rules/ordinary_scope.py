"""STAGE 4a, an early answer: whether the scope of an HTTP request is an ordinary one.

Ordinary is what servers nearly always hand over: the usual keys with the usual types, a
path without escapes, header names that were seen before. Such a scope breaks no rule.
Of any other this module says nothing; then the rules look at it.

A test holds that what is ordinary here breaks no rule.
"""

from __future__ import annotations

from typing import Any

VERSIONS = frozenset({"1.0", "1.1", "2"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SCHEMES = frozenset({"http", "https"})
PAIRS = frozenset({list, tuple})
NAMES = 1024
"""How many header names are remembered."""

_names: set[bytes] = set()


def is_ordinary(scope: dict[str, Any]) -> bool:
    """Whether nothing in this scope needs a closer look."""
    try:
        asgi = scope["asgi"]
        path = scope["path"]
        raw_path = scope.get("raw_path")
        return (
            type(asgi) is dict
            and type(asgi["version"]) is str
            and type(asgi["spec_version"]) is str
            and scope["http_version"] in VERSIONS
            and scope["method"] in METHODS
            and scope["scheme"] in SCHEMES
            and type(scope["query_string"]) is bytes
            and type(scope["root_path"]) is str
            and type(path) is str
            and "%" not in path
            and "?" not in path
            and (raw_path is None or raw_path == path.encode("ascii"))
            and _are_headers(scope["headers"])
            and _is_address(scope.get("client"))
            and _is_address(scope.get("server"))
            and type(scope.get("state", scope)) is dict
            and _are_extensions(scope.get("extensions"))
        )
    except Exception:
        return False


def _are_headers(headers: Any) -> bool:
    if type(headers) not in PAIRS:
        return False
    for name, value in headers:
        if type(value) is not bytes:
            return False
        if name not in _names and not _is_name(name):
            return False
    return True


def _is_name(name: Any) -> bool:
    if type(name) is not bytes or name != name.lower() or name[:1] == b":":
        return False
    if len(_names) >= NAMES:
        _names.clear()
    _names.add(name)
    return True


def _is_address(value: Any) -> bool:
    if value is None:
        return True
    if type(value) not in PAIRS:
        return False
    host, port = value
    return type(host) is str and type(port) is int


def _are_extensions(value: Any) -> bool:
    if value is None:
        return True
    if type(value) is not dict or "tls" in value:
        return False
    return all(
        type(name) is str and type(entry) is dict for name, entry in value.items()
    )
