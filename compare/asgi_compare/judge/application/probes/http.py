"""Servers and clients that are awkward over HTTP, and legal.

Every row says which sentence allows it. A row that compares nothing only gives the
rules something to look at. Those about bodies and about leaving are in a file of their
own, and come last.
"""

from __future__ import annotations

from asgi_compare.contract.scenario import Client
from asgi_compare.judge.application.probe import Probe, Server
from asgi_compare.judge.application.probes.absent_keys import HTTP_OPTIONAL, absent
from asgi_compare.judge.application.probes.http_bodies import HTTP_BODIES
from asgi_compare.judge.rules.engine.rule import MAIN, RFC9110, WWW

SCOPE = WWW + "http-connection-scope"
REQUEST = WWW + "request-receive-event"
EXTRA_KEYS = (
    "the presence of additional keys in the event dictionary should not raise an "
    "exception"
)
ALL_EXTENSIONS = (
    "http.response.push",
    "http.response.early_hint",
    "http.response.debug",
    "http.response.trailers",
    "http.response.pathsend",
    "http.response.zerocopysend",
)
COMPRESSED = ((b"accept-encoding", b"gzip, deflate, br"),)
ONCE = 'The application is called once per "connection"'
UNKNOWN = {"compare.unknown": {"nested": [1, None, b"bytes"]}}

HTTP = (
    Probe(
        "probe-http/plain",
        "http",
        "A plain and complete server, and a patient client.",
        "your application will be called at the start of the request",
        SCOPE,
        endless=True,
    ),
    Probe(
        "probe-http/again",
        "http",
        "The same request once more, to see whether the answer is the same.",
        "your application will be called at the start of the request",
        SCOPE,
    ),
    Probe(
        "probe-http/head",
        "http",
        "The client asks for the head of the answer only.",
        "The HEAD method is identical to GET except that the server MUST NOT send "
        "content in the response",
        RFC9110 + "9.3.2",
        changes={"method": "HEAD"},
        needs="GET",
        compares="head",
    ),
    Probe(
        "probe-http/head-compressed",
        "http",
        "The client takes compressed content, and asks for the head of the answer.",
        "The HEAD method is identical to GET except that the server MUST NOT send "
        "content in the response",
        RFC9110 + "9.3.2",
        changes={"method": "HEAD", "headers": COMPRESSED},
        needs="GET",
        compares="head",
        against={"headers": COMPRESSED},
    ),
    Probe(
        "probe-http/options",
        "http",
        "The client asks which methods there are, which is safe.",
        "the GET, HEAD, OPTIONS, and TRACE methods are defined to be safe",
        RFC9110 + "9.2.1",
        changes={"method": "OPTIONS"},
        needs="GET",
        compares="failure",
    ),
    Probe(
        "probe-http/unknown-method",
        "http",
        "The client uses a safe method that few applications know.",
        "An origin server that receives a request method that is unrecognized or not "
        "implemented SHOULD respond with the 501 (Not Implemented) status code",
        RFC9110 + "9.1",
        changes={"method": "PROPFIND"},
        needs="GET",
        compares="failure",
    ),
    *absent("http", SCOPE, HTTP_OPTIONAL),
    Probe(
        "probe-http/server-is-a-socket",
        "http",
        "The server listens on a Unix socket, so there are no addresses.",
        "[path, None] where path is that of the unix socket",
        SCOPE,
        Server(sets={"server": ["/run/server.sock", None], "client": None}),
        compares="failure",
        level="must",
    ),
    Probe(
        "probe-http/headers-as-tuple-of-lists",
        "http",
        "The headers are another iterable of two-item iterables.",
        "An iterable of [name, value] two-item iterables",
        SCOPE,
        Server(sets={"headers": ([b"host", b"example.org"], [b"accept", b"*/*"])}),
        compares="failure",
        level="must",
    ),
    Probe(
        "probe-http/header-names-in-upper-case",
        "http",
        "The server keeps the case of header names.",
        "Header names should be lowercased, but it is not required",
        SCOPE,
        Server(sets={"headers": [(b"Host", b"example.org"), (b"X-Probe", b"1")]}),
        compares="failure",
    ),
    Probe(
        "probe-http/headers-repeated",
        "http",
        "Fields come more than once, Cookie among them, as HTTP/2 allows.",
        "Duplicates are possible and must be preserved in the message as received",
        SCOPE,
        Server(sets={"http_version": "2"}),
        changes={
            "headers": (
                (b"cookie", b"a=1"),
                (b"cookie", b"b=2"),
                (b"accept", b"text/html"),
                (b"accept", b"*/*;q=0.1"),
            )
        },
        compares="failure",
    ),
    Probe(
        "probe-http/cookies-in-two-fields",
        "http",
        "Two cookies come in two fields, as HTTP/2 allows, and not in one.",
        "If there are multiple Cookie header fields after decompression, these MUST be "
        "concatenated into a single octet string",
        "https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3",
        Server(sets={"http_version": "2"}),
        changes={"headers": ((b"cookie", b"a=1"), (b"cookie", b"b=2"))},
        compares="answer",
        against={"headers": ((b"cookie", b"a=1; b=2"),)},
    ),
    Probe(
        "probe-http/unknown-scope-keys",
        "http",
        "The scope, and `asgi` in it, have keys that nobody knows.",
        "a dictionary that contains at least a type key",
        MAIN + "applications",
        Server(sets={**UNKNOWN, "asgi": {"version": "3.0", "compare.unknown": 1}}),
        compares="failure",
        level="must",
    ),
    Probe(
        "probe-http/unknown-event-keys",
        "http",
        "The events of the request have a key that nobody knows.",
        EXTRA_KEYS,
        MAIN + "error-handling",
        Server(adds=UNKNOWN),
        compares="answer",
    ),
    Probe(
        "probe-http/event-keys-absent",
        "http",
        "The events leave `body` and `more_body` away where the defaults will do.",
        "Optional; if missing defaults to False",
        REQUEST,
        Server(sparse=True),
        compares="answer",
        level="must",
    ),
    Probe(
        "probe-http/older-server",
        "http",
        "The server speaks version 2.0 of the text.",
        "Spec versions let you understand what the server you are using understands",
        WWW + "spec-versions",
        Server(sets={"asgi": {"version": "3.0", "spec_version": "2.0"}}),
        compares="failure",
    ),
    Probe(
        "probe-http/extensions-offered",
        "http",
        "The server offers every extension of the common list.",
        "named additions to a protocol specification that are optional",
        MAIN + "extensions",
        Server(extensions=ALL_EXTENSIONS),
        compares="failure",
        endless=True,
    ),
    Probe(
        "probe-http/http-1.0",
        "http",
        "The client speaks HTTP/1.0.",
        'One of "1.0", "1.1" or "2"',
        SCOPE,
        Server(sets={"http_version": "1.0"}),
        compares="status",
    ),
    Probe(
        "probe-http/http-2",
        "http",
        "The client speaks HTTP/2.",
        'One of "1.0", "1.1" or "2"',
        SCOPE,
        Server(sets={"http_version": "2"}),
        compares="status",
    ),
    Probe(
        "probe-http/https",
        "http",
        "The connection is encrypted.",
        'URL scheme portion (likely "http" or "https")',
        SCOPE,
        Server(sets={"scheme": "https"}),
    ),
    Probe(
        "probe-http/root-path",
        "http",
        "The application is mounted below a path.",
        "The root path this application is mounted at",
        SCOPE,
        changes={"root_path": "/mounted"},
        compares="status",
    ),
    Probe(
        "probe-http/root-path-not-ascii",
        "http",
        "The application is mounted below a path with a letter that is not ASCII.",
        "percent-encoded sequences and UTF-8 byte sequences decoded into characters",
        SCOPE,
        changes={"root_path": "/h\xe9re"},
        compares="failure",
    ),
    Probe(
        "probe-http/range",
        "http",
        "The client asks for the first two bytes.",
        "The Range header field on a GET request modifies the method semantics to "
        "request transfer of only one or more subranges",
        RFC9110 + "14.2",
        changes={"headers": ((b"range", b"bytes=0-1"),)},
        needs="GET",
        compares="failure",
    ),
    Probe(
        "probe-http/not-modified",
        "http",
        "The client has the answer already, and asks whether it is still so.",
        "A conditional request is an HTTP request with one or more request header "
        "fields that indicate a precondition to be tested",
        RFC9110 + "13",
        needs="validator",
        compares="failure",
    ),
    Probe(
        "probe-http/path-encoded-otherwise",
        "http",
        "A letter of the path is percent-encoded, which makes no other path of it.",
        "percent-encoded sequences and UTF-8 byte sequences decoded into characters",
        SCOPE,
        changes={"encoded": True},
        needs="letter",
        compares="status",
    ),
    Probe(
        "probe-http/odd-query",
        "http",
        "The query holds what no form sends: names without values, values without "
        "names, nothing at all, and bytes that are not UTF-8.",
        "URL portion after the ?, percent-encoded",
        SCOPE,
        changes={"query": b"=&&probe&probe=1&probe=2&%ff=%&%C3%A9=+"},
        needs="GET",
        compares="failure",
    ),
    Probe(
        "probe-http/encoded-path",
        "http",
        "The path holds encoded slashes, spaces, quotes and letters of UTF-8.",
        "percent-encoded sequences and UTF-8 byte sequences decoded into characters",
        SCOPE,
        changes={"suffix": b"/a%2Fb%20%22%2541%C3%A9%F0%9F%8D%B5%0D%0A"},
        needs="GET",
        compares="failure",
        level="advice",
    ),
    Probe(
        "probe-http/path-not-utf-8",
        "http",
        "The path, the query and a field hold bytes that are not UTF-8.",
        "A recipient SHOULD treat other allowed octets in field content (i.e., "
        "obs-text) as opaque data",
        RFC9110 + "5.5",
        changes={
            "suffix": b"/%ff%fe%00?q=%ff&=&&%",
            "headers": ((b"x-bytes", b"\xff\xe9"), (b"cookie", b"=;\xff; a")),
        },
        needs="GET",
        compares="failure",
        level="advice",
    ),
    *HTTP_BODIES,
    Probe(
        "probe-http/two-at-once",
        "http",
        "Another client asks for something else at the same time.",
        ONCE,
        MAIN + "applications",
        Server(another=True),
        compares="answer",
        level="advice",
    ),
    Probe(
        "probe-http/odd-schedule",
        "http",
        "Another client asks meanwhile, and single calls of `send` and `receive` are "
        "late, as --seed has it.",
        ONCE,
        MAIN + "applications",
        Server(another=True, late=True),
        body="pieces",
        compares="answer",
        level="advice",
    ),
    Probe(
        "probe-http/inherited-context",
        "http",
        "The request is served in the context that the one before it has left, as in "
        "a server that reads pipelined requests in one task.",
        ONCE,
        MAIN + "applications",
        Server(inherits=True),
        compares="answer",
        level="advice",
    ),
    Probe(
        "probe-http/afterwards",
        "http",
        "The same request once more, when the other probes are over.",
        ONCE,
        MAIN + "applications",
    ),
    Probe(
        "probe-http/over-and-over",
        "http",
        "The same request a dozen times, with a look at what is left behind.",
        ONCE,
        MAIN + "applications",
        Server(repeats=True),
        level="advice",
    ),
    Probe(
        "probe-http/over-and-over-left",
        "http",
        "A dozen clients that leave after the first piece, with a look at what is left "
        "behind.",
        "The disconnect event sent to the application if receive is called after",
        WWW + "disconnect-receive-event",
        Server(repeats=True),
        changes={"client": Client(leaves_after_hearing=1)},
        level="advice",
    ),
)
