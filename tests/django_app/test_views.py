"""The views, each asked by both interfaces."""

import gc
import hashlib
import json
import time
import warnings
from typing import Any

import pytest
from django.test import RequestFactory

from asgi_compare.domain import SAMPLE
from django_app.views import fields, streaming
from tests.django_app.conftest import Ask, Interface

NOT_FINAL = b"Expected a final status from 200 to 599, but got %d."
FORM = "application/x-www-form-urlencoded"
UPLOAD = (
    b"--edge\r\n"
    b'Content-Disposition: form-data; name="title"\r\n\r\n'
    b"notes\r\n"
    b"--edge\r\n"
    b'Content-Disposition: form-data; name="data"; filename="a.bin"\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n"
    b"abc\r\n"
    b"--edge--\r\n"
)


def test_hello_carries_what_the_middleware_adds(ask: Ask) -> None:
    answer = ask("GET", "/")
    assert (answer.status, answer.body) == (200, b"Hello, world!")
    assert sorted(answer.headers) == [
        ("content-length", "13"),
        ("content-type", "text/plain; charset=utf-8"),
        ("cross-origin-opener-policy", "same-origin"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/json", {"message": "Grüße, world!"}),
        # The order among different names does not survive a QueryDict.
        (
            "/items/4?b=2&a=&b",
            {"item_id": 4, "query": [["b", "2"], ["b", ""], ["a", ""]]},
        ),
        ("/state?visit=1", {"greeting": None, "visits": 0, "visitors": 0}),
        ("/log?id=nobody-wrote", {"log": []}),
    ],
    ids=["json_message", "item", "state", "log"],
)
def test_answer_is_json(ask: Ask, target: str, expected: object) -> None:
    answer = ask("GET", target)
    assert answer.all("content-type") == ["application/json"]
    assert json.loads(answer.body) == expected


@pytest.mark.parametrize(
    ("target", "status", "body"),
    [
        ("/status/418", 418, b"status 418"),
        ("/status/204", 204, b""),
        ("/status/205", 205, b""),
        ("/status/304", 304, b""),
        ("/status/103", 400, NOT_FINAL % 103),
        ("/status/600", 400, NOT_FINAL % 600),
        ("/redirect", 302, b""),
    ],
)
def test_status_is_what_was_asked_for(
    ask: Ask, target: str, status: int, body: bytes
) -> None:
    answer = ask("GET", target)
    assert (answer.status, answer.body) == (status, body)


@pytest.mark.parametrize(
    ("method", "target", "status", "allow"),
    [
        ("OPTIONS", "/", 405, ["GET, HEAD"]),
        ("GET", "/only-post", 405, ["POST"]),
        ("BREW", "/only-post", 405, ["POST"]),
        ("BREW", "/", 403, []),  # the guard against forged requests comes first
        ("POST", "/only-post", 200, []),
    ],
)
def test_method_is_answered_by_view_or_middleware(
    ask: Ask, method: str, target: str, status: int, allow: list[str]
) -> None:
    answer = ask(method, target)
    assert (answer.status, answer.all("allow")) == (status, allow)


def test_error_before_the_response_says_nothing_of_itself(ask: Ask) -> None:
    answer = ask("GET", "/error")
    assert answer.status == 500
    assert b"always fails" not in answer.body


def test_error_after_the_start_reaches_the_server(ask: Ask) -> None:
    with warnings.catch_warnings():
        # Under ASGI, Django then forgets to close the file that the body was in.
        warnings.filterwarnings("ignore", "Unclosed file", ResourceWarning)
        with pytest.raises(RuntimeError, match="always fails"):
            ask("GET", "/error?after=start")
        gc.collect()


def test_inspect_sees_what_meta_tells(ask: Ask, interface: Interface) -> None:
    answer = ask("POST", "/inspect/a/b?c=d", b"abc", x_one="1", content_type="text/csv")
    seen: dict[str, Any] = json.loads(answer.body)
    assert sorted(seen.pop("headers")) == [
        ["content-length", "3"],
        ["content-type", "text/csv"],
        ["host", "testserver"],
        ["x-one", "1"],
    ]
    assert seen == {
        "method": "POST",
        "scheme": "http",
        "path": "/inspect/a/b",
        "raw_path": None,
        "root_path": "",
        "query_string": "c=d",
        "x_headers": [["x-one", "1"]],
        "client": ["127.0.0.1", {"asgi": 50000, "wsgi": None}[interface]],
        "server": ["testserver", 80],
        "http_version": {"asgi": None, "wsgi": "1.1"}[interface],
        "body_length": 3,
        "body_sha256": hashlib.sha256(b"abc").hexdigest(),
    }


def test_inspect_has_no_client_where_the_server_tells_none() -> None:
    """A server on a Unix socket knows no address of its client."""
    request = RequestFactory(REMOTE_ADDR="").get("/inspect/x")
    assert json.loads(fields.inspect(request, "x").content)["client"] is None


def test_headers_joins_what_it_cannot_repeat(ask: Ask) -> None:
    answer = ask("GET", "/headers")
    assert answer.all("x-repeat") == ["one, two"]
    assert answer.all("x-latin") == ["café"]
    # Django 5.2 leaves a blank before the value under WSGI.
    cookies = [value.strip() for value in answer.all("set-cookie")]
    assert cookies == ["a=1; Path=/", "b=2; Path=/"]


def test_cookies_reads_and_sets(ask: Ask) -> None:
    answer = ask("GET", "/cookies?set=c&to=3", cookie="a=1; b=two")
    assert json.loads(answer.body) == {"cookies": {"a": "1", "b": "two"}}
    assert [value.strip() for value in answer.all("set-cookie")] == ["c=3; Path=/"]


def test_cookies_sets_none_unasked(ask: Ask) -> None:
    assert ask("GET", "/cookies").all("set-cookie") == []


def test_echo_is_larger_than_what_body_takes(ask: Ask) -> None:
    body = b"0123456789abcdef" * (3 << 16)
    answer = ask("POST", "/echo", body, content_type="text/csv")
    assert answer.all("content-type") == ["text/csv"]
    assert answer.body == body


def test_form_keeps_blank_values(ask: Ask) -> None:
    answer = ask("POST", "/form", b"a=1&b=&a=2", content_type=FORM)
    assert json.loads(answer.body) == {"form": [["a", "1"], ["a", "2"], ["b", ""]]}


@pytest.mark.parametrize("token", ["a" * 32, ""], ids=["with_token", "without_token"])
def test_csrf_form_asks_for_the_token(ask: Ask, token: str) -> None:
    extra = {"cookie": f"csrftoken={token}", "x_csrftoken": token} if token else {}
    answer = ask("POST", "/csrf-form", b"a=1", content_type=FORM, **extra)
    assert answer.status == (200 if token else 403)


def test_upload_divides_fields_and_files(ask: Ask) -> None:
    kind = "multipart/form-data; boundary=edge"
    answer = ask("POST", "/upload", UPLOAD, content_type=kind)
    assert json.loads(answer.body) == {
        "fields": [["title", "notes"]],
        "files": [
            {
                "name": "data",
                "filename": "a.bin",
                "content_type": "application/octet-stream",
                "size": 3,
                "sha256": hashlib.sha256(b"abc").hexdigest(),
            }
        ],
    }


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning")
def test_file_has_validators_that_are_honoured(ask: Ask) -> None:
    answer = ask("GET", "/file")
    assert answer.body == SAMPLE.read_bytes()
    assert answer.all("content-length") == [str(len(answer.body))]
    [etag] = answer.all("etag")
    assert ask("GET", "/file", if_none_match=etag).status == 304
    [date] = answer.all("last-modified")
    assert ask("GET", "/file", if_modified_since=date).status == 304


def test_stream_sends_each_piece_by_itself(ask: Ask) -> None:
    assert ask("GET", "/stream?pieces=3&size=2").pieces == [b"aa", b"bb", b"cc"]


ALL_EVENTS = [
    b"retry: 1000\nid: 1\ndata: event 1\n\n",
    b"id: 2\ndata: event 2\n\n",
    b"id: 3\ndata: event 3\n\n",
]


@pytest.mark.parametrize(
    ("last", "pieces"),
    [
        ("0", ALL_EVENTS),
        ("2", [b"retry: 1000\nid: 3\ndata: event 3\n\n"]),
        ("3", []),
        ("9" * 5000, ALL_EVENTS),
        ("another", ALL_EVENTS),
    ],
    ids=["none", "the second", "the last", "too long", "not ours"],
)
def test_events_begin_after_the_last_one_seen(
    ask: Ask, last: str, pieces: list[bytes]
) -> None:
    answer = ask("GET", "/events", last_event_id=last)
    assert answer.all("cache-control") == ["no-store"]
    assert answer.pieces == pieces


def test_drip_runs_to_its_end(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "TICKS", 2)
    assert ask("GET", "/drip?id=whole").pieces == [b"tick 0\n", b"tick 1\n"]
    assert streaming.LEDGER.read("whole") == ["ran to its end"]


def test_poll_gives_up_after_its_time_out(ask: Ask) -> None:
    answer = ask("GET", "/poll?topic=nobody&timeout=0.01")
    assert (answer.status, answer.body) == (204, b"")


@pytest.mark.parametrize("event", [b"ping", b"\xff"], ids=["text", "no text"])
def test_announce_says_how_many_heard(ask: Ask, event: bytes) -> None:
    heard: list[str] = []
    unsubscribe = streaming.BOARD.subscribe("somebody", heard.append)
    answer = ask("POST", "/announce?topic=somebody", event)
    unsubscribe()
    assert json.loads(answer.body) == {"delivered": 1}
    assert heard == [event.decode("utf-8", "replace")]


@pytest.mark.parametrize(
    ("endpoint", "order"),
    [("sequential", ["one", "two"] * 3), ("concurrent", ["one"] * 3 + ["two"] * 3)],
)
def test_waits_are_in_order(ask: Ask, endpoint: str, order: list[str]) -> None:
    answer = json.loads(ask("GET", f"/{endpoint}?t=0.01").body)
    assert answer["order"] == order
    assert answer["elapsed"] >= (0.029 if endpoint == "sequential" else 0.009)
    assert answer["running"] == 1


def test_mock_api_answers_for_its_task(ask: Ask) -> None:
    answer = json.loads(ask("GET", "/mock-api?task_id=7&latency=0").body)
    assert (answer["task_id"], answer["running"]) == ("7", 1)


def test_cpu_does_its_rounds(ask: Ask) -> None:
    assert json.loads(ask("GET", "/cpu?rounds=2000").body)["result"] == 825103364


def test_background_works_on_after_the_answer(ask: Ask, interface: Interface) -> None:
    answer = ask("POST", f"/background?id=work-{interface}")
    assert answer.status == 202
    limit = time.monotonic() + 5
    while "done" not in (log := streaming.LEDGER.read(f"work-{interface}")):
        assert time.monotonic() < limit, log
        time.sleep(0.005)
    assert log == ["accepted", "begun", "done"]
