"""Same or different: what `compare` gives, and what it leaves out."""

from dataclasses import replace
from typing import Any

import pytest

from asgi_compare.contract.aspects import aspects
from asgi_compare.judge.comparison.diff import compare, covers, differences
from asgi_compare.judge.comparison.known_differences import KnownDifference
from asgi_compare.model.results import IN_PROCESS, Difference
from asgi_compare.model.transcript import (
    Dialogue,
    Ending,
    Event,
    Excerpt,
    Response,
    Transcript,
)

TEXT = (b"content-type", b"text/plain")
JSON = (b"content-type", b"application/json")


def transcript(response: Response | None = None, **more: Any) -> Transcript:
    return replace(Transcript("a/b", "asgi", answer=response), **more)


def response(
    status: int = 200,
    body: bytes = b"",
    *headers: tuple[bytes, bytes],
    pieces: tuple[int, ...] = (),
) -> Response:
    return Response(status, headers=headers, body=body, pieces=pieces)


def test_same_is_no_difference() -> None:
    one = transcript(response(200, b"a", TEXT))
    other = transcript(response(200, b"a", TEXT))
    assert list(compare(one, other)) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            response(200, b"a", TEXT),
            response(404, b"other", JSON),
            [("status", ("200", "404"))],
        ),
        (
            response(200, b"a", TEXT, (b"content-length", b"1"), pieces=(1,)),
            response(200, b"bb", TEXT, (b"content-length", b"2"), pieces=(2,)),
            [("body", ("b'a'", "b'bb'"))],
        ),
        (
            response(200, b"ab", pieces=(1, 1)),
            response(200, b"ab", pieces=(2,)),
            [("pieces", ("(1, 1)", "2"))],
        ),
        (
            response(200, b"", (b"x-a", b"1"), (b"x-a", b"2")),
            response(200, b"", (b"x-a", b"1, 2")),
            [("header:x-a", ("('1', '2')", "1, 2"))],
        ),
        (
            response(200, b"", (b"x-a", b"1"), (b"x-b", b"2")),
            response(200, b"", (b"x-b", b"2"), (b"x-a", b"1")),
            [("header:order", ("('x-a', 'x-b')", "('x-b', 'x-a')"))],
        ),
        (
            response(200, b'{"a":1,"b":2}', JSON),
            response(200, b'{"a":1,"b":3}', JSON),
            [("body.b", ("2", "3"))],
        ),
    ],
    ids=["status", "body", "pieces", "repeated", "order", "json"],
)
def test_difference_is_given_without_what_follows_from_it(
    one: Response, other: Response, expected: list[tuple[str, tuple[str, str]]]
) -> None:
    assert list(compare(transcript(one), transcript(other))) == expected


def test_json_may_be_equal_and_spelled_differently() -> None:
    one = transcript(response(200, '{"a":"é"}'.encode(), JSON))
    other = transcript(response(200, b'{"a": "\\u00e9"}', JSON))
    assert [what for what, _ in compare(one, other)] == ["json:spelling"]


def test_noise_is_no_difference() -> None:
    one = response(
        200,
        b'{"elapsed":0.15,"client":["127.0.0.1",4711]}',
        JSON,
        (b"date", b"Fri, 20 Nov 2026 16:00:00 GMT"),
        (b"last-modified", b"Fri, 20 Nov 2026 16:00:00 GMT"),
        (b"allow", b"GET, HEAD"),
        (b"location", b"http://127.0.0.1:8000/"),
        (b"content-length", b"43"),
    )
    other = response(
        200,
        b'{"elapsed":0.151234,"client":["127.0.0.1",4712]}',
        JSON,
        (b"server", b"something"),
        (b"last-modified", b"Sat, 21 Nov 2026 16:00:00 GMT"),
        (b"allow", b"HEAD, GET"),
        (b"location", b"http://127.0.0.1:8001/"),
        (b"content-length", b"47"),
    )
    assert list(compare(transcript(one), transcript(other))) == []


def test_endings_are_compared_in_process_only() -> None:
    one = transcript(response())
    other = transcript(response(), ending=Ending("raised", "ValueError: no"))
    assert list(compare(one, other)) == [("ending", ("returned", "raised ValueError"))]
    assert list(compare(one, replace(other, interface="wire"))) == []


def test_refused_handshake_is_a_response_like_any_other() -> None:
    refused = Dialogue(response(403, b"no", TEXT))
    assert list(compare(transcript(response(403, b"no", TEXT)), transcript())) != []
    one = transcript(response(403, b"no", TEXT))
    other = transcript(answer=refused)
    assert list(compare(one, other)) == []


def test_conversation_and_response_differ_as_a_whole() -> None:
    accepted = transcript(answer=Dialogue(response(101), heard=("a",)))
    found = list(compare(accepted, transcript(response(404))))
    assert found == [("answer", ("WebSocket handshake, 101", "HTTP response, 404"))]


def test_repeated_field_of_a_handshake_is_compared_whole() -> None:
    cookies = [(b"set-cookie", value) for value in (b"a=1", b"b=2")]
    one = transcript(answer=Dialogue(response(101, b"", *cookies)))
    other = transcript(answer=Dialogue(response(101, b"", cookies[1])))
    assert list(compare(one, other)) == [
        ("header:set-cookie", ("('a=1', 'b=2')", "b=2"))
    ]


def test_long_message_is_compared_by_its_digest() -> None:
    message = b"x" * 10_000
    one = transcript(answer=Dialogue(response(101), heard=(message,)))
    other = transcript(answer=Dialogue(response(101), heard=(Excerpt.of(message),)))
    assert list(compare(one, other)) == []


def test_requests_within_a_lifespan_are_compared_one_by_one() -> None:
    one = transcript(requests=(transcript(response(200, b"a")),))
    other = transcript(requests=(transcript(response(200, b"b")),))
    assert list(compare(one, other)) == [("answer 1 body", ("b'a'", "b'b'"))]


ROW = KnownDifference(
    scenario=("hello/*", "item/head"),
    implementation=("starlette", "django-*"),
    what=("status", "header:x-*"),
    layer="layer",
    why="Why.",
    source="x",
)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (("hello/get", "starlette", IN_PROCESS, "status"), True),
        (("item/head", "django-wsgi", IN_PROCESS, "header:x-a"), True),
        (("item/get", "starlette", IN_PROCESS, "status"), False),
        (("hello/get", "raw-wsgi", IN_PROCESS, "status"), False),
        (("hello/get", "starlette", "uvicorn", "status"), False),
        (("hello/get", "starlette", IN_PROCESS, "body"), False),
    ],
)
def test_row_covers_what_its_patterns_say(
    cell: tuple[str, str, str, str], expected: bool
) -> None:
    assert covers(ROW, *cell) is expected


def test_known_difference_carries_its_reason() -> None:
    one, other = transcript(response(200)), transcript(response(404))
    found = differences("hello/get", "starlette", IN_PROCESS, one, other, [ROW])
    assert found == [
        Difference(
            "hello/get",
            ("raw-asgi@in-process", "starlette@in-process"),
            "status",
            ("200", "404"),
            known=True,
            reason="Why.",
            layer="layer",
            source="x",
        )
    ]


def test_unknown_difference_carries_none() -> None:
    one, other = transcript(response(200)), transcript(response(404))
    (found,) = differences("hello/get", "starlette", "uvicorn", one, other, [ROW])
    assert not found.known
    assert found.between == ("starlette@in-process", "starlette@uvicorn")


def test_body_that_claims_to_be_json_may_be_none() -> None:
    found = aspects(transcript(response(200, b"{no", JSON)))
    assert found["body"] == b"{no"


CHUNKED = (b"transfer-encoding", b"chunked")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [((CHUNKED,), [("pieces", ("(1, 1)", "2"))]), ((), [])],
    ids=["chunked", "plain"],
)
def test_pieces_are_compared_where_the_wire_keeps_them_apart(
    fields: tuple[tuple[bytes, bytes], ...],
    expected: list[tuple[str, tuple[str, str]]],
) -> None:
    one = transcript(response(200, b"ab", pieces=(1, 1)))
    other = transcript(response(200, b"ab", *fields, pieces=(2,)), interface="wire")
    assert list(compare(one, other)) == expected


SENT = Event(0, "send", {"type": "http.response.start"}, 0, 1)
CLOSED = Event(0, "send", {"type": "websocket.close"}, 0, 1)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ({"ending": Ending("raised", "ValueError: no")}, []),
        ({"events": (CLOSED,)}, []),
        ({"events": (SENT,)}, [("body", ("b'ours'", "b'theirs'"))]),
        ({}, [("body", ("b'ours'", "b'theirs'"))]),
    ],
    ids=["raised", "refused", "answered", "not recorded"],
)
def test_words_of_a_server_are_not_compared(
    left: dict[str, object], expected: list[tuple[str, tuple[str, str]]]
) -> None:
    """With a status, a server says for the application that it has not answered."""
    one = transcript(response(500, b"ours"), **left)
    other = transcript(response(500, b"theirs"), interface="wire")
    assert list(compare(one, other)) == expected
    other = transcript(response(403, b"theirs"), interface="wire")
    assert list(compare(one, other)) == [("status", ("500", "403"))]


def test_what_one_of_a_crowd_saw_is_not_compared() -> None:
    one, other = (
        transcript(response(200, body, JSON), requests=(transcript(),))
        for body in (b'{"order": [1, 2]}', b'{"order": [2, 1]}')
    )
    assert list(compare(one, other)) == []
    one, other = replace(one, requests=()), replace(other, requests=())
    assert list(compare(one, other)) == [("body.order", ("[1, 2]", "[2, 1]"))]


def test_whether_one_of_a_crowd_got_what_was_kept_is_not_compared() -> None:
    one, other = (
        transcript(response(200, b"", *fields), requests=(transcript(),))
        for fields in ((), ((b"age", b"0"),))
    )
    assert list(compare(one, other)) == []
    one, other = replace(one, requests=()), replace(other, requests=())
    assert [what for what, _ in compare(one, other)] == ["header:age"]


def test_body_is_not_compared_if_the_client_has_left_before_its_end() -> None:
    one = transcript(response(200, b"a"), left_at_ns=1)
    other = transcript(response(200, b"ab"), left_at_ns=1, interface="wire")
    assert list(compare(one, other)) == []
    other = replace(other, left_at_ns=None)
    assert list(compare(one, other)) == [("body", ("b'a'", "b'ab'"))]
