"""The sentences that bind a WSGI server where a case quotes one of ASGI.

A case whose sentence is of ASGI and that stands not here is not played on WSGI.
"""

from __future__ import annotations

from asgi_compare.judge.server.case import Text
from asgi_compare.judge.server.texts import cgi, http1, pep

PATH = cgi("4.1.5", "specifies a path to be interpreted by the CGI script")
DECODED = cgi("4.1.5", "Unlike a URI path, the PATH_INFO is not URL-encoded")
JOINED = cgi(
    "4.1.18",
    "the server MUST rewrite them as a single value having the same semantics",
)
QUERY = cgi("4.1.7", "contains a URL-encoded search or parameter string")
BLOCK = pep("buffering-and-streaming", "must not delay the transmission of any block")

ON_WSGI: dict[str, Text] = {
    "value-beyond-ascii": pep(
        "unicode-issues", "code points representable in ISO-8859-1 encoding"
    ),
    "repeated-field": JOINED,
    "order-of-values": JOINED,
    "target-absolute-form-path": PATH,
    "percent-encoded-utf8": DECODED,
    "percent-encoded-percent": DECODED,
    "plus-in-path": DECODED,
    "double-slash": PATH,
    "percent-encoded-not-utf8": cgi(
        "4.1.5", "Treatment of non US-ASCII characters in the path is system defined"
    ),
    "query-string": QUERY,
    "query-string-empty": QUERY,
    "http-1.0": cgi(
        "4.1.16", "MUST be set to the name and version of the application protocol"
    ),
    "keep-alive-has-own-scope": pep(
        "the-server-gateway-side",
        "invokes the application callable once for each request it receives",
    ),
    "streamed-without-length": pep(
        "handling-the-content-length-header",
        "may choose one of several approaches to handling it",
    ),
    "empty-piece-does-not-end-the-body": http1(
        "7.1", "complete when a chunk with a chunk-size of zero is received"
    ),
    "piece-is-sent-before-the-next": BLOCK,
    "slow-reader-gets-all": BLOCK,
}
"""By the name of the case."""
