"""What the probes conclude by comparing an exchange with the plain one."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.judge.application.probe import Asked
from tests.broken_apps.apps import BODY, START, event, http, start
from tests.judge.probes.playing import (
    GET,
    POST,
    checked,
    echo,
    plain,
    rules,
    trials,
)


@pytest.mark.parametrize("key", ["scheme", "client", "raw_path", "server", "root_path"])
def test_application_that_relies_on_an_optional_key_is_found(key: str) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            assert scope[key] is not self_made
        await plain(scope, receive, send)

    self_made = object()
    found = checked(application)

    probe = f"probe-http/without-{key.replace('_', '-')}"
    assert rules(found) == {probe: 1}
    message = found.problems[0].message
    assert message.startswith(
        "Expected a 200 with 5 bytes as on a plain server, but got "
        f"KeyError: '{key}' (test_check_probes.py:"
    )
    assert message.endswith(f") (at the end of '{probe} GET /').")
    assert found.problems[0].sentence.startswith("Optional")
    assert found.problems[0].level == "must"


def test_application_that_relies_on_an_address_is_found() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and "client" in scope:
            scope["client"][0]
        await plain(scope, receive, send)

    assert rules(checked(application)) == {"probe-http/server-is-a-socket": 1}


def test_application_that_reads_one_piece_only_is_found_where_there_is_a_body() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        body = (await receive()).get("body", b"")
        await send(START)
        await send(BODY | {"body": body})

    assert rules(checked(application, asked=(POST,))) == {
        "probe-http/body-in-pieces": 1,
        "probe-http/body-byte-by-byte": 1,
        "probe-http/body-with-empty-pieces": 1,
        "probe-http/body-arrives-slowly": 1,
        "probe-http/body-without-content-length": 1,
        "asgi-http/more-body-ignored": 6,
    }
    assert rules(checked(application)) == {}


def test_application_that_wants_every_key_of_an_event_is_found() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        while (await receive())["more_body"]:
            pass
        await send(START)
        await send(BODY)

    found = checked(application)

    assert rules(found) == {"probe-http/event-keys-absent": 1}
    assert found.problems[0].statement == (
        "The application answers the same when the events leave `body` and "
        "`more_body` away where the defaults will do."
    )


def test_application_that_echoes_is_fine_in_every_way() -> None:
    found = checked(echo, asked=(POST,))

    assert found.problems == []
    assert "probe-http/body-byte-by-byte POST /" in trials(found)
    assert "probe-http/head POST /" not in trials(found)


def test_answer_that_changes_by_itself_is_not_compared() -> None:
    count = 0

    async def application(scope: Any, receive: Any, send: Any) -> None:
        nonlocal count
        count += 1
        await http(START, BODY | {"body": b"%d" % count})(scope, receive, send)

    assert checked(application).problems == []


def test_application_that_waits_for_a_key_gets_no_longer_than_the_deadline() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and "scheme" not in scope:
            await asyncio.sleep(60)
        await plain(scope, receive, send)

    found = checked(application)

    assert rules(found) == {"probe-http/without-scheme": 1}
    assert "no answer in time" in found.problems[0].message
    assert [v.scenario for v in found.of("error")] == [
        "probe-http/without-scheme GET /"
    ]


def test_extension_that_is_offered_is_played() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        offered = scope.get("extensions", {})
        if "http.response.pathsend" in offered:
            headers = [(b"content-type", b"a/b"), (b"content-length", b"1")]
            await send(start(headers=headers))
            await send(event("http.response.pathsend", path="/etc/hostname"))
        else:
            await plain(scope, receive, send)

    assert checked(application).problems == []


def test_file_of_a_zero_copy_send_is_looked_at_where_it_is() -> None:
    here = io.FileIO(__file__)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if "http.response.zerocopysend" in scope.get("extensions", {}):
            await send(START)
            await send(event("http.response.zerocopysend", file=here))
        else:
            await plain(scope, receive, send)

    async def wrong(scope: Any, receive: Any, send: Any) -> None:
        if "http.response.zerocopysend" in scope.get("extensions", {}):
            await send(START)
            await send(event("http.response.zerocopysend", file=io.BytesIO()))
        else:
            await plain(scope, receive, send)

    with here:
        assert checked(application).problems == []
    assert rules(checked(wrong)) == {"asgi-extensions/zerocopysend-file": 1}


async def raises(scope: Any, receive: Any, send: Any) -> None:
    raise ValueError("no such thing")


def test_plain_exchange_that_raises_is_an_error_with_its_place() -> None:
    found = checked(raises)

    line = raises.__code__.co_firstlineno + 1
    assert [v.reason for v in found.of("error")] == [
        "The application raised ValueError: no such thing "
        f"(test_check_probes.py:{line})."
    ]
    assert found.code == 1


def test_plain_exchange_may_be_allowed_to_raise_if_another_is_answered() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == "/broken":
            raise ValueError("no such thing")
        await plain(scope, receive, send)

    broken = Asked("GET /broken", Request(target=b"/broken"), ("--path", "/broken"))

    assert checked(raises, allow_raise=True).code == 1
    assert checked(raises, allow_raise=True).unanswered
    found = checked(application, allow_raise=True, asked=(GET, broken))
    assert found.code == 0
    assert found.notes[0].startswith("GET /broken: The application raised ValueError")
    assert checked(application, asked=(GET, broken)).code == 1
    strict = checked(application, allow_raise=True, strict=True, asked=(GET, broken))
    assert strict.code == 1
