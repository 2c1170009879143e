"""Servers and clients that are awkward over WSGI, and legal.

PEP 3333 lets a server leave a variable away when its value would be empty, and says no
more of `wsgi.input` than that it has four methods. As over ASGI, a row that compares
nothing only gives the rules something to look at.
"""

from __future__ import annotations

from asgi_compare.contract.scenario import Client
from asgi_compare.judge.application.probe import Probe, Server
from asgi_compare.judge.rules.engine.rule import PEP, RFC9110

VARIABLES = PEP + "environ-variables"
STREAMS = PEP + "input-and-error-streams"
DETAILS = PEP + "specification-details"
COMPRESSED = ((b"accept-encoding", b"gzip, deflate, br"),)
OMITTED = (
    "unless their value would be an empty string, in which case they may be omitted"
)
STREAM = (
    "An input stream (file-like object) from which the HTTP request body bytes can be "
    "read"
)

WSGI = (
    Probe(
        "probe-wsgi/plain",
        "wsgi",
        "A plain and complete server, and a patient client.",
        "The server or gateway invokes the application callable once for each request",
        PEP + "the-server-gateway-side",
        endless=True,
    ),
    Probe(
        "probe-wsgi/again",
        "wsgi",
        "The same request once more, to see whether the answer is the same.",
        "application objects must be able to be invoked more than once",
        PEP + "the-application-framework-side",
    ),
    Probe(
        "probe-wsgi/head",
        "wsgi",
        "The client asks for the head of the answer only.",
        "The HEAD method is identical to GET except that the server MUST NOT send "
        "content in the response",
        RFC9110 + "9.3.2",
        changes={"method": "HEAD"},
        needs="GET",
        compares="head",
    ),
    Probe(
        "probe-wsgi/head-compressed",
        "wsgi",
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
        "probe-wsgi/options",
        "wsgi",
        "The client asks which methods there are, which is safe.",
        "the GET, HEAD, OPTIONS, and TRACE methods are defined to be safe",
        RFC9110 + "9.2.1",
        changes={"method": "OPTIONS"},
        needs="GET",
        compares="failure",
    ),
    Probe(
        "probe-wsgi/unknown-method",
        "wsgi",
        "The client uses a safe method that few applications know.",
        "An origin server that receives a request method that is unrecognized or not "
        "implemented SHOULD respond with the 501 (Not Implemented) status code",
        RFC9110 + "9.1",
        changes={"method": "PROPFIND"},
        needs="GET",
        compares="failure",
    ),
    Probe(
        "probe-wsgi/optional-variables-absent",
        "wsgi",
        "The environ has no variable that may be left away: those which are empty, and "
        "those which the PEP does not name.",
        OMITTED,
        VARIABLES,
        Server(
            without=(
                # With a question mark: only if it is empty.
                "SCRIPT_NAME?",
                "QUERY_STRING?",
                "CONTENT_TYPE?",
                "CONTENT_LENGTH?",
                "REMOTE_ADDR",
                "REMOTE_PORT",
                "wsgi.input_terminated",
                "wsgi.file_wrapper",
            )
        ),
        compares="failure",
        level="must",
    ),
    Probe(
        "probe-wsgi/empty-variables",
        "wsgi",
        "The environ has CONTENT_TYPE and CONTENT_LENGTH, and they are empty.",
        "May be empty or missing",
        VARIABLES,
        Server(sets={"CONTENT_TYPE": "", "CONTENT_LENGTH": ""}),
        needs="GET",
        compares="failure",
        level="must",
    ),
    Probe(
        "probe-wsgi/unknown-variables",
        "wsgi",
        "The environ has variables that nobody knows, of any type.",
        "the environ dictionary may also contain server-defined variables",
        VARIABLES,
        Server(sets={"compare.unknown": [1, None, b"bytes"], "COMPARE_UNKNOWN": "1"}),
        compares="failure",
        level="must",
    ),
    Probe(
        "probe-wsgi/positional-arguments",
        "wsgi",
        "The parameters of `start_response` have other names than in the text.",
        "the application must invoke it using positional, not keyword, arguments",
        PEP + "specification-details",
        Server(positional=True),
        compares="failure",
        level="must",
    ),
    Probe(
        "probe-wsgi/single-thread",
        "wsgi",
        "The server has one thread, may call the application once only, and speaks "
        "HTTP/1.0.",
        "will only be invoked this one time during the life of its containing process",
        VARIABLES,
        Server(
            sets={
                "wsgi.multithread": False,
                "wsgi.run_once": True,
                "SERVER_PROTOCOL": "HTTP/1.0",
            }
        ),
        compares="failure",
    ),
    Probe(
        "probe-wsgi/https",
        "wsgi",
        "The connection is encrypted.",
        'this will have the value "http" or "https"',
        VARIABLES,
        Server(sets={"wsgi.url_scheme": "https", "HTTPS": "on"}),
    ),
    Probe(
        "probe-wsgi/no-host-field",
        "wsgi",
        "The client speaks HTTP/1.0 and sends no Host.",
        "HTTP_HOST, if present, should be used in preference to SERVER_NAME",
        PEP + "url-reconstruction",
        Server(without=("HTTP_HOST",), sets={"SERVER_PROTOCOL": "HTTP/1.0"}),
        compares="failure",
    ),
    Probe(
        "probe-wsgi/script-name",
        "wsgi",
        "The application is mounted below a path.",
        "The initial portion of the request URL's path that corresponds to the "
        "application object",
        VARIABLES,
        changes={"root_path": "/mounted"},
        compares="status",
    ),
    Probe(
        "probe-wsgi/script-name-not-ascii",
        "wsgi",
        "The application is mounted below a path with a letter that is not ASCII.",
        "must contain only code points representable in ISO-8859-1 encoding",
        PEP + "unicode-issues",
        changes={"root_path": "/h\xe9re"},
        compares="failure",
    ),
    Probe(
        "probe-wsgi/range",
        "wsgi",
        "The client asks for the first two bytes.",
        "The Range header field on a GET request modifies the method semantics to "
        "request transfer of only one or more subranges",
        RFC9110 + "14.2",
        changes={"headers": ((b"range", b"bytes=0-1"),)},
        needs="GET",
        compares="failure",
    ),
    Probe(
        "probe-wsgi/not-modified",
        "wsgi",
        "The client has the answer already, and asks whether it is still so.",
        "A conditional request is an HTTP request with one or more request header "
        "fields that indicate a precondition to be tested",
        RFC9110 + "13",
        needs="validator",
        compares="failure",
    ),
    Probe(
        "probe-wsgi/adds-to-the-fields",
        "wsgi",
        "The server adds to the list of fields that it was given, and calls once more.",
        "the server may change its contents in any way it desires",
        PEP + "the-start-response-callable",
        Server(adds_fields=True),
    ),
    Probe(
        "probe-wsgi/two-at-once",
        "wsgi",
        "Another thread asks for something else at the same time.",
        "should evaluate true if the application object may be simultaneously invoked "
        "by another thread in the same process",
        VARIABLES,
        Server(another=True),
        compares="answer",
        level="advice",
    ),
    Probe(
        "probe-wsgi/inherited-context",
        "wsgi",
        "The request is served by a thread that has served another one before, as in a "
        "server with a pool of threads.",
        "application objects must be able to be invoked more than once",
        PEP + "the-application-framework-side",
        Server(inherits=True),
        compares="answer",
        level="advice",
    ),
    Probe(
        "probe-wsgi/encoded-path",
        "wsgi",
        "The path holds encoded slashes, spaces, quotes and letters of UTF-8.",
        "The remainder of the request URL's path",
        VARIABLES,
        changes={"suffix": b"/a%2Fb%20%22%2541%C3%A9%F0%9F%8D%B5%0D%0A"},
        needs="GET",
        compares="failure",
        level="advice",
    ),
    Probe(
        "probe-wsgi/path-not-utf-8",
        "wsgi",
        "The path, the query and a field hold bytes that are not UTF-8.",
        "must contain only code points representable in ISO-8859-1 encoding",
        PEP + "unicode-issues",
        changes={
            "suffix": b"/%ff%fe%00?q=%ff&=&&%",
            "headers": ((b"x-bytes", b"\xff\xe9"), (b"cookie", b"=;\xff; a")),
        },
        needs="GET",
        compares="failure",
        level="advice",
    ),
    Probe(
        "probe-wsgi/body-in-pieces",
        "wsgi",
        "The body arrives in pieces, slowly.",
        "The server or gateway may perform reads on-demand as requested by the "
        "application",
        STREAMS,
        body="pieces",
        changes={"client": Client(pause=0.005)},
        needs="body",
        compares="answer",
        level="must",
    ),
    Probe(
        "probe-wsgi/short-reads",
        "wsgi",
        "`wsgi.input.read(n)` gives what has arrived, which may be less than `n`.",
        "The semantics of each method are as documented in the Python Library "
        "Reference",
        STREAMS,
        Server(short_reads=True),
        body="pieces",
        needs="body",
        compares="answer",
        level="unclear",
    ),
    Probe(
        "probe-wsgi/input-not-terminated",
        "wsgi",
        "The server does not promise that its input ends by itself.",
        "The application should not attempt to read more data than is specified by the "
        "CONTENT_LENGTH variable",
        STREAMS,
        Server(without=("wsgi.input_terminated",)),
        needs="body",
        compares="answer",
        level="must",
    ),
    Probe(
        "probe-wsgi/body-without-content-length",
        "wsgi",
        "The body comes in the chunked coding: nobody says how long it is.",
        "May be empty or missing",
        VARIABLES,
        body="pieces",
        changes={"chunked": True},
        needs="body",
        compares="failure",
    ),
    Probe(
        "probe-wsgi/client-leaves-while-sending",
        "wsgi",
        "The client leaves in the middle of its request.",
        STREAM,
        STREAMS,
        body="pieces",
        changes={"client": Client(leaves_after_sending=1)},
        needs="body",
        endless=True,
    ),
    Probe(
        "probe-wsgi/closed-early",
        "wsgi",
        "The client leaves after the first block, and the server calls `close()`.",
        "whether the request was completed normally, or terminated early",
        DETAILS,
        changes={"client": Client(leaves_after_hearing=1)},
        endless=True,
    ),
    Probe(
        "probe-wsgi/afterwards",
        "wsgi",
        "The same request once more, when the other probes are over.",
        "application objects must be able to be invoked more than once",
        PEP + "the-application-framework-side",
    ),
    Probe(
        "probe-wsgi/over-and-over",
        "wsgi",
        "The same request a dozen times, with a look at what is left behind.",
        "application objects must be able to be invoked more than once",
        PEP + "the-application-framework-side",
        Server(repeats=True),
        level="advice",
    ),
    Probe(
        "probe-wsgi/over-and-over-left",
        "wsgi",
        "A dozen clients that leave after the first block, with a look at what is left "
        "behind.",
        "whether the request was completed normally, or terminated early",
        DETAILS,
        Server(repeats=True),
        changes={"client": Client(leaves_after_hearing=1)},
        level="advice",
    ),
)
