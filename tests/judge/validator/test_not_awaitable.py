"""An application that gives nothing to await is told from one that raises."""

from __future__ import annotations

import types
from collections.abc import Callable, Generator
from typing import Any

import pytest

import asgi_compare
from asgi_compare.judge.rules import judge
from asgi_compare.judge.rules.engine.examples import HTTP_SCOPE, WEBSOCKET_SCOPE
from asgi_compare.judge.validator import Violation
from asgi_compare.model.transcript import Ending, Event, Transcript
from tests.judge.validator.driving import BODY, REQUEST, START, drive

RULE = "asgi/not-awaitable"
SCOPES = pytest.mark.parametrize(
    "scope",
    [
        HTTP_SCOPE,
        {**HTTP_SCOPE, "path": "/%41", "raw_path": b"/%2541"},
        WEBSOCKET_SCOPE,
        {"type": "lifespan", "asgi": {"version": "3.0"}},
    ],
    ids=["ordinary", "odd", "websocket", "lifespan"],
)


class Promise:
    """Something that is awaited, and no coroutine."""

    def __await__(self) -> Generator[Any, Any, str]:
        return generator()


def generator() -> Generator[Any, Any, str]:
    return "done"
    yield


@types.coroutine
def old_coroutine() -> Generator[Any, Any, str]:
    """Make a generator that can be awaited, as before there was `async def`."""
    return (yield from generator())


class Claims:
    """An object that has the method, but not in its type, where `await` looks."""

    def __init__(self) -> None:
        self.__await__ = Promise().__await__


def gives(value: Callable[[], Any]) -> Any:
    def application(scope: Any, receive: Any, send: Any) -> Any:
        return value()

    return application


def gives_in_asgi2(value: Callable[[], Any]) -> Any:
    return lambda scope: lambda receive, send: value()


async def _call(app: Any, scope: Any) -> Any:
    async def nothing(event: Any = None) -> Any:
        return REQUEST

    return await app(scope, nothing, nothing)


async def _call_asgi2(app: Any, scope: Any) -> Any:
    async def nothing(event: Any = None) -> Any:
        return REQUEST

    return await app(scope)(nothing, nothing)


FORMS = pytest.mark.parametrize(
    ("make", "call"),
    [(gives, _call), (gives_in_asgi2, _call_asgi2)],
    ids=["ASGI 3", "ASGI 2"],
)
NO_PROMISES: dict[str, tuple[Any, str]] = {
    "None": (lambda: None, "None"),
    "a list": (lambda: [b"hello"], "list"),
    "a generator": (generator, "generator"),
    "a claim": (Claims, "Claims"),
}


@SCOPES
@FORMS
@pytest.mark.parametrize("case", NO_PROMISES)
async def test_what_cannot_be_awaited_is_found(
    make: Any, call: Any, scope: Any, case: str
) -> None:
    value, named = NO_PROMISES[case]
    wrapped = asgi_compare.validate(make(value), lambda _: None)

    with pytest.raises(TypeError) as bare:
        await call(make(value), scope)
    with pytest.raises(TypeError) as caught:
        await call(wrapped, scope)

    assert str(caught.value) == str(bare.value)  # the server sees what it saw
    assert [each.rule for each in wrapped.findings] == [RULE]
    assert wrapped.findings[0].message.startswith(
        f"Expected an awaitable from the application, but got {named} (event 0 of "
    )


async def test_finding_is_that_of_a_recorded_exchange() -> None:
    wrapped = asgi_compare.validate(gives(lambda: None))

    with pytest.raises(TypeError):
        await _call(wrapped, HTTP_SCOPE)

    mark = {"type": "call.returned", "value": "None"}
    transcript = Transcript(
        scenario="GET /",
        interface="asgi",
        scope=HTTP_SCOPE,
        events=(Event(0, "receive", mark, 0, 0),),
        ending=Ending("raised", "TypeError: ..."),
    )
    assert [each.message for each in wrapped.findings] == [
        each.message for each in judge(transcript)
    ]


@SCOPES
@FORMS
@pytest.mark.parametrize("value", [Promise, old_coroutine])
async def test_what_can_be_awaited_is_awaited(
    make: Any, call: Any, scope: Any, value: Any
) -> None:
    wrapped = asgi_compare.validate(make(value), select=[RULE])

    assert await call(wrapped, scope) == "done"
    assert wrapped.findings == []


async def breaks() -> None:
    raise TypeError("object NoneType can't be used in 'await' expression")


async def awaits_nothing() -> None:
    nothing: Any = None
    await nothing


def raises_at_once() -> None:
    raise TypeError("own")


def takes_one_more() -> Any:
    more: Any = raises_at_once
    return more(1)


@SCOPES
@FORMS
@pytest.mark.parametrize(
    "value", [breaks, awaits_nothing, raises_at_once, takes_one_more]
)
async def test_type_error_of_the_application_is_its_own(
    make: Any, call: Any, scope: Any, value: Any
) -> None:
    wrapped = asgi_compare.validate(make(value))

    with pytest.raises(TypeError):
        await call(wrapped, scope)

    assert wrapped.findings == []


async def test_it_is_found_although_the_response_is_complete() -> None:
    """A plain function may have sent all of it, in a task that began at once."""

    def application(scope: Any, receive: Any, send: Any) -> None:
        for event in (START, BODY):
            with pytest.raises(StopIteration):
                send(event).send(None)

    wrapped = asgi_compare.validate(application)

    with pytest.raises(TypeError):
        await drive(wrapped)
    assert [each.rule for each in wrapped.findings] == [RULE]


@SCOPES
@FORMS
async def test_it_is_raised_out_of_the_call(make: Any, call: Any, scope: Any) -> None:
    wrapped = asgi_compare.validate(make(lambda: None), "raise")

    with pytest.raises(Violation, match=RULE):
        await call(wrapped, scope)
