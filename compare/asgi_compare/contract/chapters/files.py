"""A file, with its validators and its ranges.

RFC 9110 sections 8.8 (validators), 13 (conditional requests) and 14 (ranges).
"""

from asgi_compare.contract.chapters.http import TEXT
from asgi_compare.contract.scenario import Endpoint, Expected, Request, Scenario
from asgi_compare.domain import SAMPLE

CONTENT = SAMPLE.read_bytes()
LENGTH = b"%d" % len(CONTENT)

ENDPOINTS = (
    Endpoint(
        "file",
        ("GET", "HEAD"),
        "/file",
        "Answers with a file, with what makes it cacheable, or with a part of it.",
    ),
)


def _part(case: str, shows: str, field: bytes, expected: Expected) -> Scenario:
    request = Request(target=b"/file", headers=((b"range", field),))
    return Scenario("file", case, shows, request, expected)


WHOLE = (
    Scenario(
        "file",
        "get",
        "Type and length of a file.",
        Request(target=b"/file"),
        Expected(headers=(TEXT, (b"content-length", LENGTH)), body=CONTENT),
    ),
    Scenario(
        "file",
        "head",
        "HEAD tells the length of what GET would bring.",
        Request("HEAD", b"/file"),
        Expected(headers=(TEXT, (b"content-length", LENGTH)), body=b""),
    ),
    Scenario(
        "file",
        "if_none_match",
        "A client that has any version of it is told so, and gets no body.",
        Request(target=b"/file", headers=((b"if-none-match", b"*"),)),
        Expected(status=304, body=b""),
    ),
    Scenario(
        "file",
        "if_modified_since",
        "A client that has it from a later date than the file's gets no body.",
        Request(
            target=b"/file",
            headers=((b"if-modified-since", b"Fri, 01 Jan 2100 00:00:00 GMT"),),
        ),
        Expected(status=304, body=b""),
    ),
    Scenario(
        "file",
        "older_copy",
        "A client that has an older copy gets the file.",
        Request(
            target=b"/file",
            headers=((b"if-modified-since", b"Thu, 01 Jan 1970 00:00:00 GMT"),),
        ),
        Expected(status=200, body=CONTENT),
    ),
)

PARTS = (
    _part(
        "range",
        "The first hundred bytes.",
        b"bytes=0-99",
        Expected(
            status=206,
            headers=((b"content-range", b"bytes 0-99/" + LENGTH),),
            body=CONTENT[:100],
        ),
    ),
    _part(
        "suffix_range",
        "The last ten bytes.",
        b"bytes=-10",
        Expected(status=206, body=CONTENT[-10:]),
    ),
    _part(
        "range_past_the_end",
        "A range that begins behind the last byte cannot be satisfied.",
        b"bytes=100000-",
        Expected(status=416, headers=((b"content-range", b"bytes */" + LENGTH),)),
    ),
    _part(
        "malformed_range",
        "A Range that is not well formed is ignored (RFC 9110 section 14.2).",
        b"bytes=last-ten",
        Expected(status=200, body=CONTENT),
    ),
    _part(
        "backwards_range",
        "A range that ends before it begins is not valid (RFC 9110 section 14.1.1).",
        b"bytes=5-4",
        Expected(status=200, body=CONTENT),
    ),
    Scenario(
        "file",
        "head_with_range",
        "Ranges are defined for GET alone (RFC 9110 section 14.2).",
        Request("HEAD", b"/file", headers=((b"range", b"bytes=0-99"),)),
        Expected(headers=((b"content-length", LENGTH),), body=b""),
    ),
)

SCENARIOS = (*WHOLE, *PARTS)
