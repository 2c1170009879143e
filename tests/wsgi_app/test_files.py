"""The file, with the preconditions and ranges that the contract has no scenario for."""

import pytest

from compare.domain import SAMPLE
from tests.wsgi_app.serving import ask
from wsgi_app.app import application

CONTENT = SAMPLE.read_bytes()
FIRST_TEN = {"HTTP_RANGE": "bytes=0-9"}


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
            "HTTP_IF_MODIFIED_SINCE": "Fri, 01 Jan 2100 00:00:00 GMT",
        },
        {"HTTP_IF_MODIFIED_SINCE": "yesterday"},
        {"HTTP_RANGE": "bytes=0-1,4-5"},
        {"HTTP_RANGE": "bytes=-"},
        {"HTTP_RANGE": "bytes=5-4"},
        {**FIRST_TEN, "HTTP_IF_RANGE": '"another"'},
    ],
    ids=["tag", "tag and date", "no date", "two", "empty", "backwards", "if-range"],
)
def test_whole_file_is_sent(given: dict[str, str]) -> None:
    exchange = ask(application, "/file", **given)
    assert exchange.status == "200 OK"
    assert exchange.content == CONTENT


@pytest.mark.parametrize(
    ("field", "part"),
    [
        ("bytes=850-", CONTENT[850:]),
        ("bytes=850-9999", CONTENT[850:]),
        ("bytes=-9999", CONTENT),
    ],
    ids=["open", "too far", "too long"],
)
def test_range_ends_with_the_file(field: str, part: bytes) -> None:
    exchange = ask(application, "/file", HTTP_RANGE=field, HTTP_IF_RANGE=etag())
    assert exchange.status == "206 Partial Content"
    assert exchange.content == part


def test_last_zero_bytes_cannot_be_had() -> None:
    exchange = ask(application, "/file", HTTP_RANGE="bytes=-0")
    assert exchange.status == "416 Requested Range Not Satisfiable"


def test_head_has_no_range() -> None:
    exchange = ask(application, "/file", "HEAD", **FIRST_TEN)
    assert exchange.status == "200 OK"
    assert dict(exchange.headers)["content-length"] == str(len(CONTENT))
