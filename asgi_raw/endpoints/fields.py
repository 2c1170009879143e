"""Chapter 2: what can be seen of a request; header fields and cookies."""

import re
from hashlib import sha256

from asgi_raw.events import (
    TEXT,
    Receive,
    Scope,
    Send,
    json_object,
    query,
    read_body,
    respond,
    text,
)

COOKIE_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""A token (RFC 6265, 4.1.1)."""
COOKIE_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]*")
"""Cookie octets (RFC 6265, 4.1.1): no blanks, quotes, commas, semicolons, controls."""


async def inspect(scope: Scope, receive: Receive, send: Send, rest: str) -> None:
    """Answer with the request as we see it."""
    body = await read_body(receive)
    # Fields are bytes "as provided" (www, "HTTP"); latin-1 makes every byte a letter.
    fields = [
        (name.lower().decode("latin-1"), value.decode("latin-1"))
        for name, value in scope["headers"]
    ]
    raw_path = scope.get("raw_path")  # Optional: not every server has kept it.
    await json_object(
        send,
        {
            "method": scope["method"],
            "scheme": scope.get("scheme", "http"),
            "path": scope["path"],
            "raw_path": None if raw_path is None else raw_path.decode("latin-1"),
            "root_path": scope.get("root_path", ""),
            "query_string": scope["query_string"].decode("latin-1"),
            "headers": fields,
            "x_headers": [pair for pair in fields if pair[0].startswith(("x-", "x_"))],
            "client": scope.get("client"),
            "server": scope.get("server"),
            "http_version": scope["http_version"],
            "body_length": len(body),
            "body_sha256": sha256(body).hexdigest(),
        },
    )


async def headers(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with repeated header fields and with a value that is not ASCII."""
    await respond(
        send,
        b"see the headers",
        headers=[
            TEXT,
            (b"x-repeat", b"one"),
            (b"x-repeat", b"two"),
            # Never to be joined: a comma may be part of a cookie (www, "HTTP").
            (b"set-cookie", b"a=1; Path=/"),
            (b"set-cookie", b"b=2; Path=/"),
            (b"x-latin", "café".encode("latin-1")),
        ],
    )


async def cookies(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the cookies that came, and set the one that the query names."""
    wanted = dict(query(scope))
    fields: list[tuple[bytes, bytes]] = []
    if "set" in wanted:
        name, value = wanted["set"], wanted.get("to", "")
        if not COOKIE_NAME.fullmatch(name) or not COOKIE_VALUE.fullmatch(value):
            # What a client sends must not become a header field unseen: with a line
            # break in it, it would become two.
            message = (
                f"Expected a cookie's name and value, but got {name!r}, {value!r}."
            )
            return await text(send, message, status=400)
        fields.append((b"set-cookie", f"{name}={value}; Path=/".encode()))
    await json_object(send, {"cookies": read_cookies(scope)}, headers=fields)


def read_cookies(scope: Scope) -> dict[str, str]:
    """Return the cookies of a request by name."""
    # HTTP/2 may send the field in parts. They belong together with "; " between them,
    # where other fields would be joined with commas (www, "HTTP"; RFC 9113, 8.2.3).
    parts = [value for name, value in scope["headers"] if name.lower() == b"cookie"]
    pairs = b"; ".join(parts).decode("latin-1").split(";")
    divided = (pair.partition("=") for pair in pairs if "=" in pair)
    # Blanks and tabs are no part of them (RFC 6265, 5.2). strip() alone takes more than
    # that: some bytes of UTF-8 are blanks in latin-1.
    return {name.strip(" \t"): value.strip(" \t") for name, _, value in divided}
