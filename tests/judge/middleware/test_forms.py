"""The target is called in whatever form it wants to be."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.wsgi import WsgiToAsgi
from starlette.middleware import Middleware

from asgi_compare.drive.targets.target import TargetError
from asgi_compare.judge.middleware.forms import interface_outside, is_django, wrapped
from asgi_compare.judge.middleware.trial import Wrapping
from tests.judge.middleware.here import checked, rules_in
from tests.middlewares import broken, correct

PLAIN = ("plain", "echo")


def two(first: Any, second: Any) -> Any:
    """Be a dispatcher: the application is there twice."""
    return correct.PassesOn(first if first is second else None)


def made_by_keyword(*, app: Any) -> Any:
    """Take the application by its name."""
    return correct.PassesOn(app)


async def dispatch(request: Any, call_next: Any) -> Any:
    """Do nothing, in Starlette's way."""
    return await call_next(request)


@pytest.mark.parametrize(
    ("target", "wrapping"),
    [
        (correct.adds_a_field, Wrapping(("x-more",), {"value": "2"})),
        (Middleware(correct.adds_a_field, name="x-more"), Wrapping()),
        (two, Wrapping(("$app", "$app"))),
        (made_by_keyword, Wrapping(kwargs={"app": "$app"})),
        (dispatch, Wrapping()),
        (correct.factory(), Wrapping()),
    ],
    ids=["arguments", "Middleware", "dispatcher", "keyword", "dispatch", "partial"],
)
def test_layer_is_made_in_every_form(target: Any, wrapping: Wrapping) -> None:
    found = checked(target, wrapping=wrapping, trials=PLAIN)
    assert (found.interface, found.notes, rules_in(found)) == ("asgi", [], set())
    assert len(found.verdicts) == 2


def test_adapter_is_found_out() -> None:
    """asgiref's adapter does not call close(); its source has no such line."""
    found = checked(WsgiToAsgi, trials=PLAIN)
    assert found.interface == "asgi around wsgi"
    assert "asgi-middleware/close-lost" in rules_in(found)


def test_layer_that_answers_itself_is_a_note() -> None:
    """What needs the application inside is left out, and the user is told."""

    def refuses(app: Any) -> Any:
        async def layer(scope: Any, receive: Any, send: Any) -> Any:
            headers = dict(scope.get("headers") or ())
            if scope["type"] != "http" or headers.get(b"x-key") == b"1":
                return await app(scope, receive, send)
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        return layer

    shut = checked(refuses, trials=(*PLAIN, "an unknown scope"))
    assert shut.notes == [
        "The layer answers a plain request itself, and does not call the application; "
        "say with --path and --header what it lets through."
    ]
    played = [each.scenario for each in shut.verdicts]
    assert played == ["plain", "echo", "an unknown scope"]
    assert rules_in(shut) == set()
    opened = checked(refuses, trials=PLAIN, headers=((b"x-key", b"1"),))
    assert (opened.notes, len(opened.verdicts)) == ([], 2)


def test_django_form_is_told_by_its_parameter() -> None:
    class Old:
        def __init__(self, get_response: Any) -> None:
            """Take it."""

    assert is_django(Old)
    assert not is_django(correct.PassesOn)
    assert not is_django(len)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            lambda: None,
            "Expected a middleware that is called with an application, but calling "
            "'<lambda>' raised TypeError: <lambda>() takes 0 positional arguments but "
            "1 was given; give what else it takes with --args and --kwargs, in JSON.",
        ),
        (
            lambda app: 1,
            "Expected an application from the middleware, but got 'int'; name what is "
            "called with an application.",
        ),
    ],
    ids=["takes nothing", "gives nothing"],
)
def test_what_is_no_middleware_is_refused(target: Any, message: str) -> None:
    target.__qualname__ = "<lambda>"
    with pytest.raises(TargetError) as raised:
        checked(target)
    with pytest.raises(TargetError):
        wrapped(target, Wrapping(), correct.PassesOn)
    assert str(raised.value).replace("test_forms.", "") == message


def test_interface_is_seen_in_a_slot() -> None:
    """Some layers put their call into the instance."""
    assert interface_outside(correct.PassesOn(None)) == "asgi"
    with pytest.raises(TargetError):
        interface_outside(SimpleNamespace())


def test_advice_fails_only_if_asked_for() -> None:
    target = broken.leaves_a_variable_set
    found = checked(target, trials=PLAIN)
    assert [each.rule for each in found.advice] == ["asgi-middleware/context-left"]
    assert (found.problems, found.code) == ([], 0)
    asked = checked(target, trials=PLAIN, advice=True)
    assert [each.rule for each in asked.problems] == ["asgi-middleware/context-left"]
    assert asked.code == 1
