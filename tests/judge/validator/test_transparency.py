"""What `asgi_compare.validate` hands on: everything."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import asgi_compare
from asgi_compare.drive.targets.target import interface_of
from asgi_compare.judge.rules.engine.examples import HTTP_SCOPE, WEBSOCKET_SCOPE
from tests.judge.validator.driving import BODY, MORE, REQUEST, START, drive, sends, wsgi


@pytest.mark.parametrize(
    "scope",
    [HTTP_SCOPE, {**HTTP_SCOPE, "path": "/%41"}, WEBSOCKET_SCOPE],
    ids=["ordinary", "odd", "websocket"],
)
async def test_wrapper_is_transparent(scope: Any) -> None:
    seen: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> str:
        seen.append(scope)
        seen.append(await receive())
        seen.append(await send({"type": "x"}))
        return "done"

    async def send(event: Any) -> str:
        assert event == {"type": "x"}
        return "sent"

    async def receive() -> Any:
        return REQUEST

    wrapped: Any = asgi_compare.validate(application, lambda _: None)

    assert await wrapped(scope, receive, send) == "done"
    assert seen[0] is scope
    assert seen[1] is REQUEST
    assert seen[2] == "sent"


@pytest.mark.parametrize("events", [(), (START, BODY), (START, MORE)])
async def test_exception_of_the_application_passes(events: Any) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        for event in events:
            await send(event)
        raise KeyError("own")

    wrapped = asgi_compare.validate(application)

    with pytest.raises(KeyError, match="own"):
        await drive(wrapped)
    assert wrapped.findings == []


@pytest.mark.parametrize(
    "event", [{"type": "websocket.accept"}, {"type": "websocket.accept", "x": {1}}]
)
async def test_exception_of_the_server_passes_at_any_event(event: Any) -> None:
    async def refuse(event: Any) -> None:
        raise OSError("gone")

    wrapped = asgi_compare.validate(sends(event), lambda _: None)

    with pytest.raises(OSError, match="gone"):
        await drive(wrapped, WEBSOCKET_SCOPE, refuse)


async def test_attributes_are_those_of_the_application() -> None:
    class Application:
        state = "its state"

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await sends(START, BODY)(scope, receive, send)

    application = Application()
    wrapped = asgi_compare.validate(application)

    assert wrapped.app is application
    assert wrapped.state == "its state"
    with pytest.raises(AttributeError):
        wrapped.nothing  # noqa: B018
    assert copy.copy(wrapped).state == "its state"


def asgi2(scope: Any) -> Any:
    async def instance(receive: Any, send: Any) -> str:
        await receive()
        await send(BODY)
        return "done"

    return instance


@pytest.mark.parametrize(
    ("application", "interface"),
    [(sends(), "asgi"), (asgi2, "asgi2"), (wsgi, "wsgi")],
)
def test_wrapper_has_the_interface_of_the_application(
    application: Any, interface: str
) -> None:
    assert interface_of(asgi_compare.validate(application)) == interface


async def test_application_of_asgi_2_is_judged() -> None:
    wrapped: Any = asgi_compare.validate(asgi2, lambda _: None)

    async def both(scope: Any, receive: Any, send: Any) -> None:
        assert await wrapped(scope)(receive, send) == "done"

    assert await drive(both) == [BODY]
    assert [each.rule for each in wrapped.findings] == [
        "asgi-http/body-before-start",
        "asgi-http/no-response",
    ]
