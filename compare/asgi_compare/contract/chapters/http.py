"""Routes, methods and status codes.

Every exchange here fits into one small request and one small response.
"""

from asgi_compare.contract.scenario import Endpoint, Expected, Request, Scenario

TEXT = (b"content-type", b"text/plain; charset=utf-8")
JSON = (b"content-type", b"application/json")

ENDPOINTS = (
    Endpoint("hello", ("GET", "HEAD"), "/", "Answers with 13 bytes of plain text."),
    Endpoint("json_message", ("GET", "HEAD"), "/json", "Answers with a JSON object."),
    Endpoint(
        "item",
        ("GET", "HEAD"),
        "/items/{item_id:int}",
        "Answers with its path parameter and its query parameters.",
    ),
    Endpoint("redirect", ("GET", "HEAD"), "/redirect", "Redirects to `/`."),
    Endpoint(
        "status",
        ("GET", "HEAD"),
        "/status/{code:int}",
        "Answers with the status of the path, and with a body where one is allowed.",
    ),
    Endpoint("only_post", ("POST",), "/only-post", "Answers `POST` and nothing else."),
    Endpoint(
        "error",
        ("GET", "HEAD"),
        "/error",
        "Raises, before its response or (`?after=start`) in the middle of it.",
    ),
    Endpoint("not_found", (), "", "The answer for a path that has no route."),
)

HELLO = (
    Scenario(
        "hello",
        "get",
        "The smallest response: one start, one body.",
        Request(target=b"/"),
        Expected(headers=(TEXT,), body=b"Hello, world!", pieces=(13,)),
    ),
    Scenario(
        "hello",
        "head",
        "The header section of GET, without its body.",
        Request("HEAD", b"/"),
        Expected(headers=(TEXT, (b"content-length", b"13")), body=b""),
    ),
    Scenario(
        "hello",
        "options",
        "A method that the route does not have gets 405 and Allow.",
        Request("OPTIONS", b"/"),
        Expected(status=405, headers=((b"allow", b"GET, HEAD"),)),
    ),
    Scenario(
        "hello",
        "unknown_method",
        "A method that nobody has registered is not an error of the server.",
        Request("BREW", b"/"),
        Expected(status=405, headers=((b"allow", b"GET, HEAD"),)),
    ),
    Scenario(
        "json_message",
        "get",
        "A JSON response names its media type, and no charset.",
        Request(target=b"/json"),
        Expected(headers=(JSON,), json={"message": "Grüße, world!"}),
    ),
)

ITEM = (
    Scenario(
        "item",
        "int_parameter",
        "A path parameter becomes an integer.",
        Request(target=b"/items/42"),
        Expected(json={"item_id": 42, "query": []}),
    ),
    Scenario(
        "item",
        "unicode_query",
        "Query parameters are percent-decoded, then decoded as UTF-8.",
        Request(target=b"/items/1?drink=caf%C3%A9&to=go+now"),
        Expected(json={"query": [["drink", "café"], ["to", "go now"]]}),
    ),
    Scenario(
        "item",
        "repeated_query",
        "A parameter that is there twice has two values, in order.",
        Request(target=b"/items/1?tag=b&tag=a"),
        Expected(json={"query": [["tag", "b"], ["tag", "a"]]}),
    ),
    Scenario(
        "item",
        "interleaved_query",
        "Whether the order of parameters with different names survives.",
        Request(target=b"/items/1?tag=b&size=3&tag=a"),
        Expected(json={"query": [["tag", "b"], ["size", "3"], ["tag", "a"]]}),
    ),
    Scenario(
        "item",
        "empty_query",
        "A parameter without a value is there, and empty.",
        Request(target=b"/items/1?tag=&size"),
        Expected(json={"query": [["tag", ""], ["size", ""]]}),
    ),
    Scenario(
        "item",
        "not_an_integer",
        "A path that does not fit the parameter's type has no route.",
        Request(target=b"/items/seven"),
        Expected(status=404),
    ),
    Scenario(
        "item",
        "arabic_digits",
        "Digits of other scripts are digits to str.isdigit, and not to a route.",
        Request(target=b"/items/%D9%A3"),
        Expected(status=404),
    ),
    Scenario(
        "item",
        "encoded_slash",
        "%2F is decoded before routing, so it divides the path as / does.",
        Request(target=b"/items/4%2F2"),
        Expected(status=404),
    ),
    Scenario(
        "item",
        "encoded_newline",
        "A router whose pattern ends with $ takes a newline for the end of the path.",
        Request(target=b"/items/42%0A"),
        Expected(status=404),
    ),
    Scenario(
        "item",
        "head",
        "HEAD on a route with a parameter.",
        Request("HEAD", b"/items/42"),
        Expected(headers=(JSON,), body=b""),
    ),
    Scenario(
        "item",
        "options",
        "OPTIONS on a route with a parameter.",
        Request("OPTIONS", b"/items/42"),
        Expected(status=405, headers=((b"allow", b"GET, HEAD"),)),
    ),
    Scenario(
        "item",
        "unknown_method",
        "An unknown method on a route with a parameter.",
        Request("BREW", b"/items/42"),
        Expected(status=405, headers=((b"allow", b"GET, HEAD"),)),
    ),
)

STATUS = (
    Scenario(
        "redirect",
        "get",
        "302 and a Location that is a path.",
        Request(target=b"/redirect"),
        Expected(status=302, headers=((b"location", b"/"),)),
    ),
    Scenario(
        "status",
        "teapot",
        "Any final status may be sent, and its text is a matter of the server.",
        Request(target=b"/status/418"),
        Expected(status=418, headers=(TEXT,), body=b"status 418"),
    ),
    Scenario(
        "status",
        "no_content",
        "204 has no body, and must not have a Content-Length.",
        Request(target=b"/status/204"),
        Expected(status=204, absent=(b"content-length",), body=b""),
    ),
    Scenario(
        "status",
        "not_modified",
        "304 has no body.",
        Request(target=b"/status/304"),
        Expected(status=304, body=b""),
    ),
    Scenario(
        "status",
        "informational",
        "A 1xx is not a final status, so the application refuses to send it.",
        Request(target=b"/status/103"),
        Expected(status=400),
    ),
    Scenario(
        "only_post",
        "post",
        "The one method that is allowed.",
        Request("POST", b"/only-post"),
        Expected(headers=(TEXT,), body=b"posted"),
    ),
    Scenario(
        "only_post",
        "get",
        "Any other method gets 405, and Allow says which one is right.",
        Request(target=b"/only-post"),
        Expected(status=405, headers=((b"allow", b"POST"),)),
    ),
    Scenario(
        "only_post",
        "head",
        "Where there is no GET there is no HEAD.",
        Request("HEAD", b"/only-post"),
        Expected(status=405, headers=((b"allow", b"POST"),), body=b""),
    ),
    Scenario(
        "only_post",
        "options",
        "OPTIONS on a route for POST.",
        Request("OPTIONS", b"/only-post"),
        Expected(status=405, headers=((b"allow", b"POST"),)),
    ),
    Scenario(
        "only_post",
        "unknown_method",
        "An unknown method on a route for POST.",
        Request("BREW", b"/only-post"),
        Expected(status=405, headers=((b"allow", b"POST"),)),
    ),
)

ERRORS = (
    Scenario(
        "error",
        "before_the_response",
        "An exception before the response becomes 500, and says nothing of itself.",
        Request(target=b"/error"),
        Expected(status=500),
    ),
    Scenario(
        "error",
        "after_the_start",
        "After the start it is too late for 500: the answer breaks off.",
        Request(target=b"/error?after=start"),
        Expected(status=200, complete=False),
    ),
    Scenario(
        "not_found",
        "no_such_path",
        "A path that has no route gets 404.",
        Request(target=b"/no-such-path"),
        Expected(status=404),
    ),
    Scenario(
        "not_found",
        "trailing_slash",
        "`/json/` is another path than `/json`.",
        Request(target=b"/json/"),
        Expected(status=404),
    ),
    Scenario(
        "not_found",
        "head",
        "HEAD of a path that has no route.",
        Request("HEAD", b"/no-such-path"),
        Expected(status=404, body=b""),
    ),
)

SCENARIOS = (*HELLO, *ITEM, *STATUS, *ERRORS)
