"""The file, with the preconditions and ranges that the contract has no scenario for."""

import pytest

from asgi_compare.domain import SAMPLE
from tests.wsgi_app.serving import ask
from wsgi_app.app import application

CONTENT = SAMPLE.read_bytes()
FIRST_TEN = {"HTTP_RANGE": "bytes=0-9"}
LATER = "Fri, 01 Jan 2100 00:00:00 GMT"
EARLIER = "Thu, 01 Jan 1970 00:00:00 GMT"


def etag() -> str:
    return dict(ask(application, "/file").headers)["etag"]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"another", {}'])
def test_client_that_has_this_version_gets_304(form: str) -> None:
    exchange = ask(application, "/file", HTTP_IF_NONE_MATCH=form.format(etag()))
    assert exchange.status == "304 Not Modified"
    assert dict(exchange.headers)["etag"] == etag()
    assert exchange.content == b""


@pytest.mark.parametrize(
    "given",
    [
        {"HTTP_IF_NONE_MATCH": '"another"'},
        # The tag takes precedence over the date (RFC 9110, 13.1.3).
        {
            "HTTP_IF_NONE_MATCH": '"another"',
            "HTTP_IF_MODIFIED_SINCE": LATER,
        },
        {"HTTP_IF_MODIFIED_SINCE": "yesterday"},
        {"HTTP_IF_MODIFIED_SINCE": "Fri, 01 Jan 2100 00:00:00 +" + "9" * 20},
        {"HTTP_RANGE": "bytes=0-1,4-5"},
        {"HTTP_RANGE": "bytes=-"},
        {"HTTP_RANGE": "bytes=5-4"},
        {"HTTP_RANGE": "bytes=0-" + "9" * 5000},
        {**FIRST_TEN, "HTTP_IF_RANGE": '"another"'},
        {"HTTP_IF_MATCH": "*"},
        {"HTTP_IF_UNMODIFIED_SINCE": LATER},
        {"HTTP_IF_UNMODIFIED_SINCE": "yesterday"},
    ],
    ids=[
        "another tag",
        "another tag and a date",
        "no date",
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
def test_whole_file_is_sent(given: dict[str, str]) -> None:
    exchange = ask(application, "/file", **given)
    assert exchange.status == "200 OK"
    assert exchange.content == CONTENT


@pytest.mark.parametrize(
    ("date", "status"),
    [
        (LATER, "304 Not Modified"),
        ("Sun Nov  6 08:49:37 2095", "304 Not Modified"),
        (EARLIER, "200 OK"),
        ("Sunday, 06-Nov-94 08:49:37 GMT", "200 OK"),
        ("Sun Nov  6 08:49:37 1994", "200 OK"),
    ],
)
def test_date_has_three_forms(date: str, status: str) -> None:
    assert ask(application, "/file", HTTP_IF_MODIFIED_SINCE=date).status == status


def test_client_that_insists_on_this_version_gets_it() -> None:
    # The date is not looked at where there is a tag (RFC 9110, 13.1.4).
    given = {
        "HTTP_IF_MATCH": f'"another", {etag()}',
        "HTTP_IF_UNMODIFIED_SINCE": EARLIER,
    }
    assert ask(application, "/file", **given).status == "200 OK"


@pytest.mark.parametrize(
    "given",
    [
        {"HTTP_IF_MATCH": '"another"'},
        {"HTTP_IF_MATCH": "W/{}"},
        {"HTTP_IF_UNMODIFIED_SINCE": EARLIER},
    ],
    ids=["another tag", "a weak tag", "an earlier date"],
)
def test_client_that_insists_on_another_version_gets_412(given: dict[str, str]) -> None:
    """And not 304, though it has asked for that as well."""
    told = {name: value.format(etag()) for name, value in given.items()}
    exchange = ask(application, "/file", HTTP_IF_NONE_MATCH="*", **told)
    assert exchange.status == "412 Precondition Failed"
    assert exchange.content == b"This is another version of the file."


@pytest.mark.parametrize(
    ("field", "part"),
    [
        ("bytes=850-", CONTENT[850:]),
        ("bytes=850-9999", CONTENT[850:]),
        ("bytes=-9999", CONTENT),
        ("Bytes=0-9", CONTENT[:10]),
    ],
    ids=["open", "too far", "too long", "capital"],
)
def test_range_ends_with_the_file(field: str, part: bytes) -> None:
    exchange = ask(application, "/file", HTTP_RANGE=field, HTTP_IF_RANGE=etag())
    assert exchange.status == "206 Partial Content"
    assert exchange.content == part


def test_last_zero_bytes_cannot_be_had() -> None:
    exchange = ask(application, "/file", HTTP_RANGE="bytes=-0")
    # Python 3.13 has another phrase for it.
    assert exchange.status.partition(" ")[0] == "416"


def test_head_has_no_range() -> None:
    exchange = ask(application, "/file", "HEAD", **FIRST_TEN)
    assert exchange.status == "200 OK"
    assert dict(exchange.headers)["content-length"] == str(len(CONTENT))
