"""The file, with the preconditions and ranges that the contract has no scenario for."""

import time
from collections.abc import Iterator

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.domain import SAMPLE
from asgi_compare.drive.in_process.asgi_http import exchange
from asgi_compare.model.transcript import Response
from asgi_raw.app import application

CONTENT = SAMPLE.read_bytes()
FIRST_TEN = (b"range", b"bytes=0-9")
LATER = b"Fri, 01 Jan 2100 00:00:00 GMT"
EARLIER = b"Thu, 01 Jan 1970 00:00:00 GMT"


async def ask(*fields: tuple[bytes, bytes], method: str = "GET") -> Response:
    response = (await exchange(application, Request(method, b"/file", fields))).response
    assert response is not None
    return response


async def etag() -> bytes:
    return dict((await ask()).headers)[b"etag"]


@pytest.fixture
def east_of_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Live where local time is eleven hours ahead of UTC."""
    monkeypatch.setenv("TZ", "XYZ-11")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("form", [b"%b", b"W/%b", b'"another", %b'])
async def test_client_that_has_this_version_gets_304(form: bytes) -> None:
    answer = await ask((b"if-none-match", form % await etag()))
    assert (answer.status, answer.body) == (304, b"")
    assert dict(answer.headers)[b"etag"] == await etag()
    assert b"content-length" not in dict(answer.headers)


@pytest.mark.parametrize(
    "fields",
    [
        [(b"if-none-match", b'"another"')],
        # The tag takes precedence over the date (RFC 9110, 13.1.3).
        [(b"if-none-match", b'"another"'), (b"if-modified-since", LATER)],
        [(b"if-modified-since", b"yesterday")],
        [(b"if-modified-since", b"\xff")],
        [(b"if-modified-since", b"Fri, 01 Jan 2100 00:00:00 +0200")],
        [(b"if-modified-since", b"Fri, 01 Jan 2100 00:00:00 +" + b"9" * 20)],
        [(b"range", b"bytes=0-1,4-5")],
        [(b"range", b"bytes=-")],
        [(b"range", b"bytes=5-4")],
        [(b"range", b"bytes=0-" + b"9" * 5000)],
        [FIRST_TEN, (b"if-range", b'"another"')],
        [(b"if-match", b"*")],
        [(b"if-unmodified-since", LATER)],
        [(b"if-unmodified-since", b"yesterday")],
    ],
    ids=[
        "another tag",
        "another tag and a date",
        "no date",
        "no date in ASCII",
        "a date not in UTC",
        "a date beyond all time zones",
        "two ranges",
        "an empty range",
        "a backwards range",
        "a range beyond all numbers",
        "a range of another version",
        "any version",
        "not changed since",
        "not changed since no date",
    ],
)
async def test_whole_file_is_sent(fields: list[tuple[bytes, bytes]]) -> None:
    answer = await ask(*fields)
    assert (answer.status, answer.body) == (200, CONTENT)


@pytest.mark.parametrize(
    ("date", "status"),
    [
        (LATER, 304),
        (b"Sunday, 06-Nov-68 08:49:37 GMT", 304),
        (b"Sun Nov  6 08:49:37 2095", 304),
        (EARLIER, 200),
        (b"Sunday, 06-Nov-94 08:49:37 GMT", 200),
        (b"Sun Nov  6 08:49:37 1994", 200),
    ],
)
async def test_date_has_three_forms(date: bytes, status: int) -> None:
    assert (await ask((b"if-modified-since", date))).status == status


@pytest.mark.usefixtures("east_of_greenwich")
async def test_date_without_a_zone_is_in_utc() -> None:
    written = time.gmtime(SAMPLE.stat().st_mtime)
    date = time.strftime("%a %b %d %H:%M:%S %Y", written).encode()
    assert (await ask((b"if-modified-since", date))).status == 304


async def test_client_that_insists_on_this_version_gets_it() -> None:
    # The date is not looked at where there is a tag (RFC 9110, 13.1.4).
    fields = (
        (b"if-match", b'"another", ' + await etag()),
        (
            b"if-unmodified-since",
            EARLIER,
        ),
    )
    assert (await ask(*fields)).status == 200


@pytest.mark.parametrize(
    "field",
    [
        (b"if-match", b'"another"'),
        (b"if-match", b"W/%b"),
        (b"if-unmodified-since", EARLIER),
    ],
    ids=["another tag", "a weak tag", "an earlier date"],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_client_that_insists_on_another_version_gets_412(
    field: tuple[bytes, bytes], method: str
) -> None:
    """And not 304, though it has asked for that as well."""
    name, value = field
    value = value.replace(b"%b", await etag())
    answer = await ask((name, value), (b"if-none-match", b"*"), method=method)
    assert answer.status == 412
    expected = b"This is another version of the file." if method == "GET" else b""
    assert answer.body == expected


@pytest.mark.parametrize(
    ("range_", "part"),
    [
        (b"bytes=850-", CONTENT[850:]),
        (b"bytes=850-9999", CONTENT[850:]),
        (b"bytes=-9999", CONTENT),
        (b"Bytes=0-9", CONTENT[:10]),
    ],
    ids=["open", "too far", "too long", "capital"],
)
async def test_range_ends_with_the_file(range_: bytes, part: bytes) -> None:
    answer = await ask((b"range", range_), (b"if-range", await etag()))
    assert (answer.status, answer.body) == (206, part)


async def test_last_zero_bytes_cannot_be_had() -> None:
    answer = await ask((b"range", b"bytes=-0"))
    assert answer.status == 416
    assert answer.body == b"Expected a range that begins within the file."
