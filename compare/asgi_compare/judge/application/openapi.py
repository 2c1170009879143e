"""Find exchanges in the OpenAPI document of an application.

The document (OpenAPI 3) says which paths and methods there are. Parameters are filled
with what it gives as an example, a default or one of a list, else with a value of the
type that it names. Only methods that are safe (RFC 9110 section 9.2.1) are asked for;
the others may change something, and only the user can say that this does not matter.

The document is the application's, and may be anything; what cannot be understood is
left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from asgi_compare.contract.scenario import Request
from asgi_compare.judge.application.probe import Asked
from asgi_compare.model.transcript import MAX_BYTES, Excerpt, Transcript

SAFE = ("get",)
UNSAFE = ("post", "put", "patch", "delete")
BY_TYPE: dict[str, object] = {
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "string": "text",
    "array": [],
    "object": {},
}
BY_FORMAT = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "date": "2026-08-10",
    "date-time": "2026-08-10T12:00:00Z",
    "email": "someone@example.org",
    "uri": "https://example.org/",
    "ipv4": "192.0.2.1",
}
DEPTH = 5


class DocumentError(ValueError):
    """There is no document that could be read; the message is one sentence."""


def read_document(transcript: Transcript, *, unsafe: bool) -> list[Asked]:
    """Read the document that the application has answered with."""
    response = transcript.response
    where = transcript.scope.get("path") or transcript.scope.get("PATH_INFO")
    if response is None or response.status != 200:
        got = "no answer" if response is None else f"a {response.status}"
        if transcript.ending.error:
            got += f", as the application raised {transcript.ending.error.rstrip('.')}"
        raise DocumentError(
            f"Expected an OpenAPI document at {where!r}, but got {got}; name its path "
            f"with --openapi."
        )
    body = response.body
    if isinstance(body, Excerpt):
        raise DocumentError(
            f"Expected an OpenAPI document of at most {MAX_BYTES:,} bytes at {where!r},"
            f" but it has {len(body):,}; name the operations with --path."
        )
    try:
        document = json.loads(body)
        paths = document["paths"].items()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DocumentError(
            f"Expected an OpenAPI document in JSON at {where!r}, but got something "
            f"else ({type(error).__name__})."
        ) from error
    methods = SAFE + (UNSAFE if unsafe else ())
    return [
        asked
        for path, item in paths
        if isinstance(path, str) and isinstance(item, dict)
        for method in methods
        if isinstance(operation := item.get(method), dict)
        for asked in _asked(document, method, path, item, operation)
    ]


def _asked(
    document: dict[str, Any],
    method: str,
    path: str,
    item: dict[str, Any],
    operation: dict[str, Any],
) -> Iterator[Asked]:
    parameters = [
        _resolved(document, each)
        for holder in (item, operation)
        for each in _list(holder.get("parameters"))
    ]
    values = {
        (each.get("in"), each.get("name")): _example(document, each)
        for each in parameters
    }
    needed = [
        (each["name"], _text(values["query", each["name"]]))
        for each in parameters
        if each.get("in") == "query" and each.get("required") is True
    ]

    def fill(match: re.Match[str]) -> str:
        return quote(_text(values.get(("path", match[1]), 1)), safe="")

    target = quote(re.sub(r"\{([^{}]*)\}", fill, path), safe="/%:@!$&'()*+,;=-._~")
    if not target.startswith("/"):
        return
    if needed:
        target += "?" + urlencode(needed)
    verb = method.upper()
    body, headers = _body(document, operation) if method != "get" else ((), ())
    request = Request(verb, target.encode("ascii"), headers, body)
    yield Asked(f"{verb} {target}", request, ("--path", f"{verb}:{target}"))


def _body(
    document: dict[str, Any], operation: dict[str, Any]
) -> tuple[tuple[bytes, ...], tuple[tuple[bytes, bytes], ...]]:
    """Make a body in JSON, if the operation takes one."""
    wanted = _resolved(document, operation.get("requestBody"))
    content = wanted.get("content")
    media = content.get("application/json") if isinstance(content, dict) else None
    if not isinstance(media, dict):
        return (), ()
    body = json.dumps(_example(document, media)).encode()
    return (body,), ((b"content-type", b"application/json"),)


def _example(document: dict[str, Any], holder: object, depth: int = DEPTH) -> Any:
    """Return a value for what has an example, or a schema, or is one."""
    found = _resolved(document, holder)
    if isinstance(schema := found.get("schema"), dict) and "example" not in found:
        return _example(document, schema, depth)
    for key in ("example", "default", "const"):
        if key in found:
            return found[key]
    for key in ("examples", "enum"):
        values = found.get(key)
        if isinstance(values, dict):
            values = [v.get("value") for v in values.values() if isinstance(v, dict)]
        if isinstance(values, list) and values:
            return values[0]
    for key in ("anyOf", "oneOf", "allOf"):
        if depth and (several := _list(found.get(key))):
            return _example(document, several[0], depth - 1)
    kind = found.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if depth and (kind == "object" or "properties" in found):
        return _object(document, found, depth)
    if kind == "integer" and isinstance(found.get("minimum"), int):
        return found["minimum"]
    if kind == "string" and str(found.get("format")) in BY_FORMAT:
        return BY_FORMAT[str(found["format"])]
    return BY_TYPE.get(kind if isinstance(kind, str) else "string", "text")


def _object(document: dict[str, Any], schema: dict[str, Any], depth: int) -> object:
    properties = schema.get("properties")
    required = _list(schema.get("required"))
    if not isinstance(properties, dict):
        return {}
    return {
        name: _example(document, each, depth - 1)
        for name, each in properties.items()
        if name in required
    }


def _resolved(document: dict[str, Any], found: object) -> dict[str, Any]:
    """Follow references within the document."""
    for _ in range(DEPTH):
        if not isinstance(found, dict):
            return {}
        reference = found.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return found
        inside: Any = document
        for part in reference[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            inside = inside.get(name) if isinstance(inside, dict) else None
        found = inside
    return {}


def _list(found: object) -> list[Any]:
    return found if isinstance(found, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
