"""Who may ask: middlewares that refuse a request, or send it elsewhere.

Each is a dozen lines. They look at the scope, and either answer themselves or call the
application inside. None of them knows what a page does.

A WebSocket goes through the same checks as a request: any page in the world may open
one, and the browser sends the cookies along. The lifespan comes from the server itself,
and is let through: a guard that raised at it would keep the application from starting.
"""

import re
from collections.abc import Callable
from urllib.parse import quote

from asgi_raw.events import Application, Receive, Scope, Send, header, respond, text

FROM_OUTSIDE = frozenset({"http", "websocket"})
"""Scopes that somebody else has asked for."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""
HOST = re.compile(rb"([a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::([0-9]{0,5}))?", re.IGNORECASE)
"""What may stand in a Host field: a name or an address, and a port (RFC 9110, 7.2)."""
LAST_PORT = 65535


def letting_in(
    app: Application, is_good: Callable[[Scope], bool], status: int, words: str
) -> Application:
    """Hand on what is good, and refuse the rest."""

    async def with_a_guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in FROM_OUTSIDE or is_good(scope):
            return await app(scope, receive, send)
        await refuse(scope, receive, send, status, words)

    return with_a_guard


async def refuse(
    scope: Scope, receive: Receive, send: Send, status: int, words: str
) -> None:
    """Say no, in the words of the protocol."""
    if scope["type"] == "websocket":
        await receive()  # "websocket.connect", which has to be answered
        # Before it is accepted, this refuses the handshake with 403 (www, "Close").
        return await send({"type": "websocket.close"})
    await text(send, words, status=status)


def host_check(app: Application, allowed: frozenset[str]) -> Application:
    """Refuse requests for hosts that are not ours.

    Without it, whoever builds a link from the Host field (for a mail that resets a
    password, say) builds it to wherever the client says.
    """

    def is_ours(scope: Scope) -> bool:
        # Two Host fields come joined by a comma, and so are no host.
        return host_name(header(scope, b"host") or b"") in allowed

    return letting_in(app, is_ours, 400, "Bad Request")


def host_name(host: bytes) -> str | None:
    """Return the name in a Host field without its port.

    None if it is not well-formed.
    """
    match = HOST.fullmatch(host)
    if match is None or int(match[2] or 0) > LAST_PORT:
        return None
    return match[1].decode("ascii").lower()


def origin_check(app: Application) -> Application:
    """Refuse what changes something and comes from a page that is not ours.

    A browser names the origin of the page in the Origin field of every request that is
    not a plain GET, and of every WebSocket; and in Sec-Fetch-Site it says whether that
    is the same as ours. No token is needed then. But a browser from before 2020 may
    send neither, and a client that is no browser as well. They are let in here: a
    forged form needs a browser.

    The origin is compared with the Host field. So it takes `host_check` besides: a name
    of somebody else's that leads to our address (DNS rebinding) is in both fields.
    """
    return letting_in(app, changes_nothing_or_is_ours, 403, "Forbidden")


def changes_nothing_or_is_ours(scope: Scope) -> bool:
    """Return whether there is nothing to fear.

    A WebSocket has no method, and is asked.
    """
    return scope.get("method") in SAFE or is_our_own(scope)


def is_our_own(scope: Scope) -> bool:
    """Return whether a request comes from a page of ours, or from no page at all."""
    origin, host = header(scope, b"origin"), header(scope, b"host") or b""
    if origin is not None:
        scheme = b"https" if is_secure(scope) else b"http"
        return origin == b"%s://%s" % (scheme, host.lower())
    return header(scope, b"sec-fetch-site") in (None, b"same-origin", b"none")


def is_secure(scope: Scope) -> bool:
    """Return whether the server calls the way to it safe; the key is optional."""
    return scope.get("scheme") in ("https", "wss")


def https_redirect(app: Application) -> Application:
    """Send everybody to https.

    The scheme is what the server says. Behind a proxy that is the proxy's word, and the
    server has to be told to take it (`--forwarded-allow-ips` with uvicorn). Where to is
    built from the Host field, so `host_check` belongs around it.
    """

    async def with_https_redirect(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in FROM_OUTSIDE or is_secure(scope):
            return await app(scope, receive, send)
        name = host_name(header(scope, b"host") or b"")
        if name is None or scope["type"] == "websocket":  # which nothing can redirect
            return await refuse(scope, receive, send, 400, "Bad Request")
        # Optional, and without the query (www, "HTTP Connection Scope").
        path = scope.get("raw_path") or quote(scope["path"]).encode()
        to = b"https://%s%s" % (name.encode(), path + query_of(scope))
        await respond(send, b"", 301, [(b"location", to)])

    return with_https_redirect


def query_of(scope: Scope) -> bytes:
    """Return the query as it stands in a target, with its question mark."""
    query: bytes = scope["query_string"]
    return b"?" + query if query else b""


def slash_append(app: Application, paths: frozenset[str]) -> Application:
    """Send those who forgot the slash to the path that has it.

    The Location is a path, and never the beginning of another host: `//` at its start
    would be one (RFC 3986, 4.2), so only paths of ours are sent anywhere. With 301 a
    browser makes a GET of a POST, as with Django; 308 would keep the method.
    """

    async def with_slash(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (path := scope["path"] + "/") not in paths:
            return await app(scope, receive, send)
        to = quote(path).encode() + query_of(scope)
        await respond(send, b"", 301, [(b"location", to)])

    return with_slash


def forwarded_scheme(app: Application) -> Application:
    """Believe X-Forwarded-Proto; only for an application that a proxy stands before.

    Whoever can reach it without the proxy can say what they like. That is why servers
    ask for the addresses of proxies, and why this is not on by itself. And the proxy
    must overwrite what a client has sent: it is taken for the proxy's word.
    """

    async def with_scheme(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in FROM_OUTSIDE:
            safe = {"http": "https", "websocket": "wss"}[scope["type"]]
            if header(scope, b"x-forwarded-proto") == b"https":
                scope = {**scope, "scheme": safe}
        await app(scope, receive, send)

    return with_scheme
