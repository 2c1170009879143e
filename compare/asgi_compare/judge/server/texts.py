"""Where the sentences stand that the wire cases rest on: one maker a document."""

from __future__ import annotations

from asgi_compare.judge.rules.engine.rule import (
    EXTENSIONS,
    LIFESPAN,
    MAIN,
    PEP,
    RFC6455,
    RFC9110,
    RFC9112,
    TLS,
    WWW,
)
from asgi_compare.judge.server.case import Text

RFC9113 = "https://www.rfc-editor.org/rfc/rfc9113#section-"
RFC3875 = "https://www.rfc-editor.org/rfc/rfc3875#section-"
RFC7692 = "https://www.rfc-editor.org/rfc/rfc7692#section-"
RFC8446 = "https://www.rfc-editor.org/rfc/rfc8446#section-"
RFC7301 = "https://www.rfc-editor.org/rfc/rfc7301#section-"
RFC8441 = "https://www.rfc-editor.org/rfc/rfc8441#section-"


def http(section: str, quote: str) -> Text:
    """HTTP Semantics, RFC 9110."""
    return Text(f"RFC 9110, {section}", RFC9110 + section, quote)


def http1(section: str, quote: str) -> Text:
    """HTTP/1.1, RFC 9112."""
    return Text(f"RFC 9112, {section}", RFC9112 + section, quote)


def http2(section: str, quote: str) -> Text:
    """HTTP/2, RFC 9113."""
    return Text(f"RFC 9113, {section}", RFC9113 + section, quote)


def cgi(section: str, quote: str) -> Text:
    """CGI, RFC 3875, whose variables WSGI takes over."""
    return Text(f"RFC 3875, {section}", RFC3875 + section, quote)


def deflate(section: str, quote: str) -> Text:
    """Compression of WebSocket messages, RFC 7692."""
    return Text(f"RFC 7692, {section}", RFC7692 + section, quote)


def rfc8441(section: str, quote: str) -> Text:
    """Bootstrapping WebSockets with HTTP/2, RFC 8441."""
    return Text(f"RFC 8441, {section}", RFC8441 + section, quote)


def rfc8446(section: str, quote: str) -> Text:
    """TLS 1.3, RFC 8446."""
    return Text(f"RFC 8446, {section}", RFC8446 + section, quote)


def alpn(section: str, quote: str) -> Text:
    """How an application protocol is chosen in a TLS handshake, RFC 7301."""
    return Text(f"RFC 7301, {section}", RFC7301 + section, quote)


def ws(section: str, quote: str) -> Text:
    """The WebSocket Protocol, RFC 6455."""
    return Text(f"RFC 6455, {section}", RFC6455 + section, quote)


def main(anchor: str, quote: str) -> Text:
    """The ASGI specification itself."""
    return Text(f"ASGI, {_title(anchor)}", MAIN + anchor, quote)


def www(anchor: str, quote: str) -> Text:
    """HTTP and WebSocket in ASGI."""
    return Text(f"ASGI HTTP & WebSocket, {_title(anchor)}", WWW + anchor, quote)


def lifespan(anchor: str, quote: str) -> Text:
    """The lifespan protocol."""
    return Text(f"ASGI lifespan, {_title(anchor)}", LIFESPAN + anchor, quote)


def extension(anchor: str, quote: str) -> Text:
    """The common extensions."""
    return Text(f"ASGI extensions, {_title(anchor)}", EXTENSIONS + anchor, quote)


def tls(anchor: str, quote: str) -> Text:
    """The TLS extension."""
    return Text(f"ASGI TLS extension, {_title(anchor)}", TLS + anchor, quote)


def pep(anchor: str, quote: str) -> Text:
    """WSGI, PEP 3333."""
    return Text(f"PEP 3333, {_title(anchor)}", PEP + anchor, quote)


def _title(anchor: str) -> str:
    return anchor.replace("-", " ")
