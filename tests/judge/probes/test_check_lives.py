"""Lifespans, WebSocket, WSGI, and answers without end, under the probes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from asgi_compare.judge.selection import Selection
from tests.broken_apps.apps import BODY, START, event, lifespan
from tests.judge.probes.playing import (
    POST,
    TALK,
    checked,
    plain,
    rules,
    trials,
)


def test_state_of_the_lifespan_is_handed_to_every_exchange() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            scope.get("state", {})["count"] = 1
            await receive()
            await send(event("lifespan.startup.complete"))
            await receive()
            await send(event("lifespan.shutdown.complete"))
        elif scope["type"] == "http":
            assert scope["state"] == {"count": 1}
            await plain(scope, receive, send)
        else:
            raise NotImplementedError

    found = checked(application)

    assert found.problems == []
    assert found.notes == []


def test_application_that_refuses_to_start_is_asked_nothing() -> None:
    failed = event("lifespan.startup.failed", message="no database")
    found = checked(lifespan("receive", failed))

    assert found.unstartable == "The application refused to start: no database."
    assert found.code == 3
    assert not [name for name in trials(found) if "GET" in name]


def test_application_that_does_not_come_up_is_given_up() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await asyncio.sleep(60)
        raise NotImplementedError

    found = checked(application)

    assert found.code == 1
    assert [v.reason for v in found.of("error")] == [
        "The application did not start: no answer to lifespan.startup in time."
    ]


def test_application_that_does_not_stop_is_an_error() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await plain(scope, receive, send)
            return
        await receive()
        await send(event("lifespan.startup.complete"))
        await receive()
        await asyncio.sleep(60)

    assert [v.scenario for v in checked(application).of("error")] == [
        "probe-lifespan/whole",
        "probe-lifespan/without-state",
    ]


def test_lifespan_that_goes_on_after_its_answer_is_cancelled() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await plain(scope, receive, send)
            return
        await receive()
        await send(event("lifespan.startup.complete"))
        await receive()
        await send(event("lifespan.shutdown.complete"))
        await asyncio.sleep(60)

    assert checked(application).problems == []


def test_application_that_returns_from_everything_breaks_one_rule() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await plain(scope, receive, send)

    assert list(rules(checked(application))) == ["asgi/unknown-protocol-accepted"]


def test_websocket_that_was_asked_for_by_name_must_be_answered() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await plain(scope, receive, send)

    assert list(rules(checked(application, asked=(TALK,)))) == [
        "asgi-websocket/connect-unanswered",
        "asgi/unknown-protocol-accepted",
    ]


def test_refusal_of_our_own_is_no_rejection_by_the_application() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        await send(BODY)

    found = checked(application)

    assert rules(found) == {
        "asgi/unknown-event-type": 28,
        "asgi/unknown-protocol-accepted": 1,
    }
    assert found.code == 1


def test_websocket_application_that_sends_from_its_own_task_is_answered() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            raise NotImplementedError
        inbox: asyncio.Queue[Any] = asyncio.Queue()
        await receive()
        await send(event("websocket.accept"))

        async def answer() -> None:
            while True:
                await send(event("websocket.send", text=await inbox.get()))

        task = asyncio.create_task(answer())
        while (heard := await receive())["type"] == "websocket.receive":
            await inbox.put(heard.get("text") or "bytes")
        task.cancel()

    found = checked(application, asked=(TALK,))

    assert found.problems == []
    assert "probe-websocket/closes-with-a-code WebSocket /" in trials(found)


def test_websocket_application_that_takes_a_key_for_a_value_is_found() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            raise NotImplementedError
        await receive()
        await send(event("websocket.accept"))
        while (heard := await receive())["type"] == "websocket.receive":
            assert "bytes" not in heard or heard["bytes"] is not None
            await send(event("websocket.send", text=heard.get("text") or "bytes"))

    assert rules(checked(application)) == {"probe-websocket/both-keys": 1}


def test_wsgi_application_that_relies_on_what_may_be_absent_is_found() -> None:
    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        environ["QUERY_STRING"].split("&")
        return [b"ok"]

    assert rules(checked(application, "wsgi")) == {
        "probe-wsgi/optional-variables-absent": 1,
    }


def test_wsgi_application_that_breaks_what_only_the_server_can_see_is_found() -> None:
    def application(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])
        environ["wsgi.input"].read(100)
        environ["wsgi.input"].close()
        environ["wsgi.errors"].close()
        return Liar()

    class Liar:
        def __len__(self) -> int:
            return 2

        def __iter__(self) -> Any:
            return iter([b"one"])

    assert list(rules(checked(application, "wsgi", asked=(POST,)))) == [
        "wsgi/stream-closed",
        "wsgi/wrong-len",
        "wsgi/read-past-length",
    ]


def test_wsgi_application_that_returns_no_iterable_is_found() -> None:
    def application(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])

    assert "wsgi/not-iterable" in rules(checked(application, "wsgi"))


def test_wsgi_application_is_asked_for_no_websocket() -> None:
    def application(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])
        return [b"x"]

    found = checked(application, "wsgi", asked=(POST, TALK))

    assert found.problems == []
    assert found.notes == ["WebSocket /: WSGI has no WebSocket."]


def test_wsgi_application_that_streams_for_good_is_cut_off() -> None:
    def application(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])
        while True:
            yield b"x"

    found = checked(application, "wsgi")

    assert found.problems == []
    assert [v.reason for v in found.of("error")] == [
        "The application was stopped after 10,000 events."
    ]


def test_answer_without_end_is_left_by_its_client() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        await send(START)
        while True:
            await send(BODY | {"more_body": True})
            await asyncio.sleep(0.01)

    found = checked(application)

    assert found.problems == []
    assert "Probes that need an end were left out." in found.notes[0]
    assert "probe-http/again GET /" not in trials(found)
    assert "probe-http/client-leaves-while-reading GET /" in trials(found)


def test_application_that_cannot_be_cancelled_is_an_error() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if scope["type"] != "http":
                    raise

    found = checked(application, selection=Selection(select=("http/*",)))

    assert found.of("error")
    assert found.code == 1


def test_wsgi_application_that_names_the_arguments_is_found() -> None:
    def application(environ: dict[str, Any], start_response: Any) -> Any:
        start_response(status="200 OK", response_headers=[])
        return [b"x"]

    assert rules(checked(application, "wsgi")) == {"probe-wsgi/positional-arguments": 1}


def test_reads_that_are_short_are_unclear_to_rely_on() -> None:
    def application(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])
        return [environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))]

    found = checked(application, "wsgi", asked=(POST,))

    assert rules(found) == {"probe-wsgi/short-reads": 1}
    assert found.code == 0
