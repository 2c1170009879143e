"""Who may ask: middlewares that refuse a request, or send it elsewhere.

Each is a dozen lines. They look at the scope, and either answer themselves or call the
application inside. None of them knows what a page does.
"""

from urllib.parse import urlsplit

from asgi_raw.events import Application, Receive, Scope, Send, header, respond, text

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""


def host_check(app: Application, allowed: frozenset[str]) -> Application:
    """Refuse requests for hosts that are not ours.

    Without it, whoever builds a link from the Host field (for a mail that resets a
    password, say) builds it to wherever the client says.
    """

    async def with_host_check(scope: Scope, receive: Receive, send: Send) -> None:
        if host_name(header(scope, b"host") or b"") not in allowed:
            return await text(send, "Bad Request", status=400)
        await app(scope, receive, send)

    return with_host_check


def host_name(host: bytes) -> str | None:
    """Give the name in a Host field without its port; None if it is not well-formed."""
    parts = urlsplit(f"//{host.decode('latin-1')}")
    try:
        port = parts.port  # raises if it is not a number
    except ValueError:
        return None
    written = parts.hostname if port is None else f"{parts.hostname}:{port}"
    # If there is more than a name and a port in it, the field was up to something.
    return parts.hostname if host.decode("latin-1").lower() == written else None


def origin_check(app: Application) -> Application:
    """Refuse what changes something and comes from a page that is not ours.

    A browser names the origin of the page in the Origin field of every request that is
    not a plain GET, and in Sec-Fetch-Site whether that is the same as ours. No token is
    needed then; but a browser from before 2020 may send neither, and a client that is
    no browser as well. They are let in here: a forged form needs a browser.
    """

    async def with_origin_check(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in SAFE and not is_our_own(scope):
            return await text(send, "Forbidden", status=403)
        await app(scope, receive, send)

    return with_origin_check


def is_our_own(scope: Scope) -> bool:
    """Say whether a request comes from a page of ours, or from no page at all."""
    origin, host = header(scope, b"origin"), header(scope, b"host") or b""
    if origin is not None:
        return origin == b"%s://%s" % (scope["scheme"].encode(), host)
    return header(scope, b"sec-fetch-site") in (None, b"same-origin", b"none")


def https_redirect(app: Application) -> Application:
    """Send everybody to https.

    The scheme is what the server says. Behind a proxy that is the proxy's word, and the
    server has to be told to take it (`--forwarded-allow-ips` with uvicorn).
    """

    async def with_https_redirect(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["scheme"] == "https":
            return await app(scope, receive, send)
        name = host_name(header(scope, b"host") or b"") or ""
        query = scope["query_string"]
        path = scope["raw_path"] + (b"?" + query if query else b"")
        to = b"https://%s%s" % (name.encode("latin-1"), path)
        await respond(send, b"", 301, [(b"location", to)])

    return with_https_redirect


def slash_append(app: Application, paths: frozenset[str]) -> Application:
    """Send those who forgot the slash to the path that has it.

    The Location is a path, and never the beginning of another host: `//` at its start
    would be one (RFC 3986, 4.2), so only paths of ours are sent anywhere.
    """

    async def with_slash(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] + "/"
        if path not in paths:
            return await app(scope, receive, send)
        query = scope["query_string"]
        to = path.encode() + (b"?" + query if query else b"")
        await respond(send, b"", 301, [(b"location", to)])

    return with_slash


def forwarded_scheme(app: Application) -> Application:
    """Believe X-Forwarded-Proto; only for an application that a proxy stands before.

    Whoever can reach it without the proxy can say what they like. That is why servers
    ask for the addresses of proxies, and why this is not on by itself.
    """

    async def with_scheme(scope: Scope, receive: Receive, send: Send) -> None:
        if header(scope, b"x-forwarded-proto") == b"https":
            scope = {**scope, "scheme": "https"}
        await app(scope, receive, send)

    return with_scheme
