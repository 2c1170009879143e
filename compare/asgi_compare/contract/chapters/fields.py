"""What the application sees of a request, and header fields.

`inspect` is the mirror of the contract: it answers with the request as the application
saw it, so that what a server or a framework does to it on the way can be read off.
"""

from asgi_compare.contract.scenario import Endpoint, Expected, Request, Scenario

SHA256_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
SHA256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

ENDPOINTS = (
    Endpoint(
        "inspect",
        (),
        "/inspect/{rest}",
        "Answers with the request as the application saw it.",
    ),
    Endpoint(
        "headers",
        ("GET", "HEAD"),
        "/headers",
        "Answers with repeated header fields and a value that is not ASCII.",
    ),
    Endpoint(
        "cookies",
        ("GET", "HEAD"),
        "/cookies",
        "Answers with the cookies it got, and sets those named in the query.",
    ),
)


def _inspect(case: str, shows: str, request: Request, **json: object) -> Scenario:
    return Scenario("inspect", case, shows, request, Expected(json=json))


INSPECT = (
    _inspect(
        "plain",
        "What the application sees of a plain request.",
        Request(target=b"/inspect/plain"),
        method="GET",
        scheme="http",
        path="/inspect/plain",
        raw_path="/inspect/plain",
        root_path="",
        query_string="",
        body_length=0,
        body_sha256=SHA256_OF_NOTHING,
    ),
    _inspect(
        "encoded_path",
        "`path` is decoded, `raw_path` is what came over the wire.",
        Request(target=b"/inspect/caf%C3%A9%20au%2Flait?q=%C3%A9"),
        path="/inspect/café au/lait",
        raw_path="/inspect/caf%C3%A9%20au%2Flait",
        query_string="q=%C3%A9",
    ),
    _inspect(
        "not_utf8_path",
        "Bytes that are no UTF-8 still have to become a Unicode string.",
        Request(target=b"/inspect/caf%E9"),
        raw_path="/inspect/caf%E9",
    ),
    _inspect(
        "repeated_headers",
        "Request headers reach the application in order, repeated ones as well.",
        Request(
            target=b"/inspect/headers",
            headers=((b"x-one", b"1"), (b"x-two", b"2"), (b"x-one", b"3")),
        ),
        x_headers=[["x-one", "1"], ["x-two", "2"], ["x-one", "3"]],
    ),
    _inspect(
        "header_case",
        "Header names are case-insensitive; interfaces settle on one case.",
        Request(target=b"/inspect/headers", headers=((b"X-Mixed-Case", b"Kept"),)),
        x_headers=[["x-mixed-case", "Kept"]],
    ),
    _inspect(
        "underscore_header",
        "X_Real_IP and X-Real-IP are one variable in CGI, and so in WSGI.",
        Request(target=b"/inspect/headers", headers=((b"X_Real_IP", b"192.0.2.1"),)),
        x_headers=[["x_real_ip", "192.0.2.1"]],
    ),
    _inspect(
        "body",
        "The body arrives whole, whatever its pieces.",
        Request("POST", b"/inspect/body", body=(b"a", b"", b"bc")),
        method="POST",
        body_length=3,
        body_sha256=SHA256_OF_ABC,
    ),
    _inspect(
        "mounted",
        "Below a root path, `path` holds the whole path and `root_path` its head.",
        Request(target=b"/inspect/x", root_path="/mounted"),
        path="/mounted/inspect/x",
        root_path="/mounted",
    ),
    _inspect(
        "options",
        "An endpoint for all methods gets OPTIONS too.",
        Request("OPTIONS", b"/inspect/x"),
        method="OPTIONS",
    ),
    _inspect(
        "unknown_method",
        "An endpoint for all methods gets methods that nobody knows.",
        Request("BREW", b"/inspect/x"),
        method="BREW",
    ),
)

FIELDS = (
    Scenario(
        "headers",
        "repeated",
        "A response may have a field twice, and both values count.",
        Request(target=b"/headers"),
        Expected(headers=((b"x-repeat", b"one"), (b"x-repeat", b"two"))),
    ),
    Scenario(
        "headers",
        "two_set_cookie",
        "Set-Cookie is repeated; joined with a comma it would be broken.",
        Request(target=b"/headers"),
        Expected(
            headers=((b"set-cookie", b"a=1; Path=/"), (b"set-cookie", b"b=2; Path=/"))
        ),
    ),
    Scenario(
        "headers",
        "latin_1",
        "A value that is not ASCII goes out as latin-1 bytes.",
        Request(target=b"/headers"),
        Expected(headers=((b"x-latin", b"caf\xe9"),)),
    ),
    Scenario(
        "cookies",
        "read",
        "The Cookie field holds all cookies, divided by `; `.",
        Request(target=b"/cookies", headers=((b"cookie", b"a=1; b=two"),)),
        Expected(json={"cookies": {"a": "1", "b": "two"}}),
    ),
    Scenario(
        "cookies",
        "set",
        "A cookie that is set comes with the attributes that the framework gives it.",
        Request(target=b"/cookies?set=c&to=3"),
        Expected(headers=((b"set-cookie", b"c=3; Path=/"),)),
    ),
    Scenario(
        "cookies",
        "two_cookie_fields",
        "HTTP/2 may divide the Cookie field; its parts belong together.",
        Request(
            target=b"/cookies", headers=((b"cookie", b"a=1"), (b"cookie", b"b=two"))
        ),
        Expected(json={"cookies": {"a": "1", "b": "two"}}),
    ),
)

SCENARIOS = (*INSPECT, *FIELDS)
