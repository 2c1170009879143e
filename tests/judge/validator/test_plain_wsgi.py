"""What passes at the first look breaks no rule of WSGI at a closer one."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import asgi_compare
from asgi_compare.judge.rules import judge_for
from asgi_compare.judge.rules.engine.examples import ENVIRON, HTTP_SCOPE
from asgi_compare.judge.rules.engine.judge_wsgi import WsgiJudge
from asgi_compare.judge.rules.engine.rule import registered
from asgi_compare.judge.validator import plain_environ as environs
from asgi_compare.judge.validator import plain_start as starts
from asgi_compare.judge.validator.plain_environ import is_plain
from asgi_compare.judge.validator.plain_head import REMEMBERED
from asgi_compare.judge.validator.plain_start import plain_start
from tests.judge.validator.changed import ABSENT, CHANGES, USUAL_ENVIRON, changed
from tests.judge.validator.driving import BODY, START, call, drive, sends, wsgi
from tests.tables import each_row

HEADERS = [("Content-Type", "text/plain"), ("Content-Length", "5")]


@given(st.builds(changed, st.just(USUAL_ENVIRON), CHANGES, ABSENT))
def test_plain_environ_breaks_no_rule(environ: Any) -> None:
    # Twice: what was learnt at first sight must not hide anything at the second.
    for _ in range(2):
        if is_plain(environ):
            assert judge_for(environ, "", "wsgi").begin() == []


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"SCRIPT_NAME": "/app"},
        {"CONTENT_LENGTH": "5", "HTTP_COOKIE": "a=b"},
        {"wsgi.file_wrapper": iter},
        {"server.socket": object(), "server.name": "\u20ac"},
    ],
)
def test_environ_of_a_common_server_is_plain(change: Any) -> None:
    assert is_plain({**USUAL_ENVIRON, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"REQUEST_METHOD": ""},
        {"SERVER_NAME": ""},
        {"SERVER_PORT": ""},
        {"SERVER_PORT": 8000},
        {"SERVER_PROTOCOL": ""},
        {"PATH_INFO": "hello"},
        {"PATH_INFO": ""},
        {"SCRIPT_NAME": "app"},
        {"HTTP_COOKIE": "\xe9"},
        {"HTTP_COOKIE": None},
        {"wsgi.version": [1, 0]},
        {"wsgi.version": (1, 1)},
        {"wsgi.errors": object()},
        {"wsgi.file_wrapper": None},
        {1: 2},
    ],
)
def test_odd_environ_is_left_to_a_closer_look(change: Any) -> None:
    for _ in range(2):
        assert not is_plain({**USUAL_ENVIRON, **change})
    assert not is_plain({k: v for k, v in USUAL_ENVIRON.items() if k != "wsgi.errors"})
    assert not is_plain(None)


LINES = st.sampled_from(
    ["200 OK", "204 No Content", "302 Found", "304 Not Modified", "401 No", "999 Odd"]
) | st.sampled_from(["200", "200 OK\n", "200 \u20ac", " 200 OK", b"200 OK", 200, ""])
PAIRS = st.tuples(
    st.sampled_from(
        [
            *("Content-Type", "CONTENT-TYPE", "content-length", "Location", "Vary"),
            *("Set-Cookie", "ETag", "Expires", "Connection", "X-Name", "x name"),
            *("X-\u20ac", "X-Name:", "", 5, b"X-Name"),
        ]
    ),
    st.sampled_from(
        ["5", "0", "\u0665", "+5", "99999999999999999999", "text/plain", "a\tb", "a\nb"]
    )
    | st.sampled_from(["caf\xe9", "\u20ac", '"abc"', "a=1; Path=/, b=2", 5, b"5", ""]),
)
FIELDS = st.lists(PAIRS | PAIRS.map(list), max_size=4)


def judged(status: Any, headers: Any) -> tuple[Any, Any]:
    """Return what the book has to say, and the head as the judge reads it."""
    judge = WsgiJudge({"REQUEST_METHOD": "HEAD"})
    call = {"type": "start_response", "status": status, "response_headers": headers}
    found = [*judge.sent(call), *judge.sent({"type": "yield", "body": b"x"})]
    return found, judge.head


@example("302 Found", [("Vary", "accept")])
@example("200 OK", [("Content-Length", "+5")])
@example("204 No Content", [("Content-Length", "0")])
@example("200 OK", [("Content-Length", "5"), ("content-length", "5")])
@given(LINES, FIELDS)
def test_plain_start_breaks_no_rule(status: Any, headers: Any) -> None:
    for _ in range(2):
        try:
            known = plain_start(status, headers)
        except TypeError:
            known = None  # something in it cannot be hashed
        if known is not None:
            found, head = judged(status, headers)
            assert found == []
            assert known[2] in (
                (head.least, head.most) if head.most < 2**62 else [None]
            )


@each_row("rule", registered().values(), ids=lambda rule: rule.id)
def test_no_start_that_breaks_a_rule_is_plain(rule: Any) -> None:
    for _, event in rule.breaks.events if rule.breaks.wsgi else ():
        if event["type"] == "start_response":
            status, headers = event.get("status"), event.get("response_headers")
            if type(headers) is list and judged(status, headers)[0]:
                assert plain_start(status, headers) is None


@pytest.mark.parametrize(
    ("status", "headers", "length"),
    [
        ("200 OK", [], None),
        ("200 Fine", HEADERS, 5),
        ("404 Not Found", [("X-Request-Id", "1"), *HEADERS], 5),
        ("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")], None),
        ("200 OK", [("X-Name", "caf\xe9")], None),
        ("302 Found", [("Location", "/b")], None),
        ("204 No Content", [], 0),
        ("304 Not Modified", [("Content-Length", "5")], 0),
    ],
)
def test_common_start_is_plain(status: str, headers: Any, length: Any) -> None:
    assert plain_start(status, headers) == (status, headers, length)


def test_field_that_the_book_was_asked_about_is_known() -> None:
    fields = [("ETag", '"a"')]

    assert plain_start("200 OK", fields)
    assert plain_start("200 OK", [("X-Name", "a"), *fields])


def test_headers_that_cannot_be_hashed_are_left_to_the_judge() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [["X-Name", "a"]])
        return [b""]

    wrapped = asgi_compare.validate(application, lambda _: None)
    call(wrapped)

    assert [each.rule for each in wrapped.findings] == ["wsgi/header-not-tuple"]


def test_headers_that_were_changed_in_place_are_looked_at_again() -> None:
    headers = [("X-Name", "a")]

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", headers)
        return [b""]

    wrapped = asgi_compare.validate(application, lambda _: None)
    call(wrapped)
    call(wrapped)
    assert wrapped.findings == []

    headers[0] = ("X-Name", "a\n")
    call(wrapped)

    assert [each.rule for each in wrapped.findings] == ["wsgi/header-control-character"]


def test_what_is_remembered_is_bounded() -> None:
    for number in range(REMEMBERED + 2):
        assert is_plain({**USUAL_ENVIRON, f"HTTP_X_{number}": ""})
        fields = [(f"X-{number}", ""), ("Link", f"</{number}>")]
        assert plain_start(f"200 OK {number}", fields)
        stream = type("Stream", (), vars(type(ENVIRON["wsgi.input"])) | {})
        assert is_plain({**USUAL_ENVIRON, "wsgi.input": stream()})

    for memory in (starts._asked, starts._fields, starts._pairs):
        assert 0 < len(memory) <= REMEMBERED
    for kept in (environs._texts, environs._streams):
        assert 0 < len(kept) <= environs.REMEMBERED


def unclosed(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    yield environ["wsgi.input"].read()


class Marker:
    """Something of the server's, of which it can be seen whether it is still there."""


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("application", [wsgi, unclosed])
@pytest.mark.usefixtures("no_collector")
def test_request_of_wsgi_is_forgotten_at_its_end(application: Any) -> None:
    """A cycle through the `environ` would keep all of it until the collector comes."""
    marker = Marker()
    seen = weakref.ref(marker)

    assert len([*call(asgi_compare.validate(application), **{"x.marker": marker})]) == 1

    del marker
    assert seen() is None


@pytest.mark.usefixtures("no_collector")
async def test_request_of_asgi_is_forgotten_at_its_end() -> None:
    marker = Marker()
    seen = weakref.ref(marker)
    scope = {**HTTP_SCOPE, "state": {"marker": marker}}

    await drive(asgi_compare.validate(sends(START, BODY)), scope)

    del scope, marker
    assert seen() is None
