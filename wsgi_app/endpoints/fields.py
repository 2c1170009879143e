"""Chapter 2: what can be seen of a request; header fields and cookies."""

import re
from hashlib import sha256
from wsgiref.types import StartResponse

from wsgi_app.environ import (
    TEXT,
    Body,
    Environ,
    decoded,
    json_object,
    query,
    read_body,
    request_headers,
    respond,
    text,
)

COOKIE_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""A token (RFC 6265, 4.1.1)."""
COOKIE_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]*")
"""Cookie octets (RFC 6265, 4.1.1): no blanks, quotes, commas, semicolons, controls."""


def inspect(environ: Environ, start_response: StartResponse, rest: str) -> Body:
    """Answer with the request as we see it."""
    body = read_body(environ)
    fields = request_headers(environ)
    root = environ.get("SCRIPT_NAME", "")
    address, port = environ.get("REMOTE_ADDR"), environ.get("REMOTE_PORT")
    return json_object(
        start_response,
        {
            "method": environ["REQUEST_METHOD"],
            "scheme": environ["wsgi.url_scheme"],
            "path": decoded(root + environ.get("PATH_INFO", "")),
            # Only the decoded path is told. Some servers have the other one under a
            # name of their own, which the PEP does not know.
            "raw_path": None,
            "root_path": decoded(root),
            "query_string": environ.get("QUERY_STRING", ""),
            "headers": fields,
            "x_headers": [pair for pair in fields if pair[0].startswith(("x-", "x_"))],
            # Neither variable is required, and the second is not even one of CGI's.
            "client": [address, int(port) if port else None] if address else None,
            # These two are, and may be the server's own name, or the Host that the
            # client sent (PEP, "environ Variables").
            "server": [environ["SERVER_NAME"], int(environ["SERVER_PORT"])],
            "http_version": environ["SERVER_PROTOCOL"].removeprefix("HTTP/"),
            "body_length": len(body),
            "body_sha256": sha256(body).hexdigest(),
        },
    )


def headers(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with repeated header fields and with a value that is not ASCII."""
    return respond(
        start_response,
        b"see the headers",
        headers=[
            TEXT,
            ("x-repeat", "one"),
            ("x-repeat", "two"),
            # Never to be joined: a comma may be part of a cookie (RFC 9110, 5.3).
            ("set-cookie", "a=1; Path=/"),
            ("set-cookie", "b=2; Path=/"),
            # The server encodes header values as latin-1 (PEP, "Unicode Issues").
            ("x-latin", "café"),
        ],
    )


def cookies(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with the cookies that came, and set the one that the query names."""
    wanted = dict(query(environ))
    fields: list[tuple[str, str]] = []
    if "set" in wanted:
        name, value = wanted["set"], wanted.get("to", "")
        if not COOKIE_NAME.fullmatch(name) or not COOKIE_VALUE.fullmatch(value):
            # What a client sends must not become a header field unseen: with a line
            # break in it, it would become two.
            message = (
                f"Expected a cookie's name and value, but got {name!r}, {value!r}."
            )
            return text(start_response, message, status=400)
        fields.append(("set-cookie", f"{name}={value}; Path=/"))
    answer = {"cookies": read_cookies(environ)}
    return json_object(start_response, answer, headers=fields)


def read_cookies(environ: Environ) -> dict[str, str]:
    """Return the cookies of a request by name."""
    # If there were two Cookie fields, the server has joined them: it should have done
    # so with "; " (RFC 9113, 8.2.3). With a comma, two cookies have become one.
    pairs = environ.get("HTTP_COOKIE", "").split(";")
    divided = (pair.partition("=") for pair in pairs if "=" in pair)
    # Blanks and tabs are no part of them (RFC 6265, 5.2). strip() alone takes more than
    # that: some bytes of UTF-8 are blanks in latin-1.
    return {name.strip(" \t"): value.strip(" \t") for name, _, value in divided}
