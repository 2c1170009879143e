"""Applications that break one rule of HTTP each, and it alone; behind ASGI."""

from __future__ import annotations

from tests.broken_apps.apps import BODY, END, MORE, broken, http, start


def _fields(status: int, *fields: tuple[bytes, bytes]) -> object:
    return http(start(status, list(fields)), END)


SEVEN = start(200, [(b"content-length", b"7")])

CASES = (
    broken("http/status-range", _fields(1000)),
    broken("http/status-range", _fields(99), also="low"),
    broken("http/interim-status", _fields(100)),
    broken("http/field-name", _fields(200, (b"x-name:", b"a"))),
    broken("http/field-name", _fields(200, (b"", b"a")), also="empty"),
    broken("http/field-value", _fields(200, (b"x-name", b"a\r\nx-other: b"))),
    broken("http/field-value", _fields(200, (b"x-name", b"a\0")), also="NUL"),
    broken("http/field-value-blanks", _fields(200, (b"set-cookie", b" a=1"))),
    broken("http/field-value-blanks", _fields(200, (b"x-name", b"a\t")), also="tab"),
    broken("http/content-length-value", _fields(200, (b"content-length", b"0x0"))),
    broken(
        "http/single-field-repeated",
        _fields(200, (b"content-length", b"0"), (b"content-length", b"1")),
    ),
    broken(
        "http/set-cookie-folded", _fields(200, (b"set-cookie", b"a=1, b=2; Path=/"))
    ),
    broken("http/etag", _fields(200, (b"etag", b"abc"))),
    broken(
        "http/set-cookie-folded",
        _fields(200, (b"set-cookie", b"a=1; HttpOnly,b=2")),
        also="without a blank",
    ),
    broken(
        "http/set-cookie-folded",
        _fields(200, (b"set-cookie", b"a=1; Path=/, b=2")),
        also="behind a path",
    ),
    broken("http/date", _fields(200, (b"date", b"2026-08-10"))),
    broken("http/date", _fields(200, (b"expires", b"tomorrow")), also="expires"),
    broken("http/date", _fields(503, (b"retry-after", b"1.5")), also="retry"),
    broken("http/401-without-challenge", _fields(401)),
    broken("http/405-without-allow", _fields(405)),
    broken("http/407-without-challenge", _fields(407)),
    broken("http/426-without-upgrade", _fields(426)),
    broken("http/206-without-range", _fields(206)),
    broken(
        "http/206-range-beside-parts",
        _fields(
            206,
            (b"content-type", b"multipart/byteranges; boundary=x"),
            (b"content-range", b"bytes 0-1/2"),
        ),
    ),
    broken("http/416-without-range", _fields(416)),
    broken("http/redirect-without-location", _fields(302)),
    broken("http/redirect-without-location", _fields(308), also="308"),
    broken("http/content-too-long", http(SEVEN, MORE, BODY)),
    broken("http/content-too-short", http(SEVEN, BODY)),
    broken(
        "http/content-too-short",
        _fields(205, (b"content-length", b"5")),
        also="205",
    ),
    broken("http/204-with-content", http(start(204), BODY)),
    broken("http/205-with-content", http(start(205), BODY)),
    broken("http/304-with-content", http(start(304), BODY)),
    broken("http/204-with-content-length", _fields(204, (b"content-length", b"0"))),
)
