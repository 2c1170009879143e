"""Applications as people write them: broken ones are found, correct ones are not."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Any
from wsgiref.validate import validator

import pytest

from asgi_compare.contract.scenario import Conversation, Request
from asgi_compare.judge.application.probe import Asked
from tests.judge.probes.playing import checked
from tests.kinds import asgi_broken, correct, wsgi_broken
from tests.kinds.common import Kind
from tests.tables import each_row

FORM = (b"content-type", b"application/x-www-form-urlencoded")
ASKED = {
    "GET": Asked("GET /", Request(), ("--path", "/")),
    "POST": Asked(
        "POST /",
        Request("POST", headers=(FORM,), body=(b"a=1&b=2&c=3",)),
        ("--path", "POST:/"),
    ),
    "/page": Asked("GET /page", Request(target=b"/page"), ("--path", "/page")),
    "ws": Asked("WebSocket /", Conversation(says=("hello",)), ("--path", "ws:/")),
}


def check(kind: Kind, interface: Any) -> Any:
    asked = tuple(ASKED[each] for each in kind.asked)
    return checked(kind.made, interface, asked=asked, repeats=kind.repeats)


def check_broken(kind: Kind, interface: Any) -> None:
    found = check(kind, interface)
    rules = {each.rule for each in (*found.problems, *found.advice)}
    rules |= {"error"} if found.of("error") else set()

    assert kind.finds in rules
    assert found.code == 1 or found.advice


def check_correct(kind: Kind, interface: Any) -> None:
    found = check(kind, interface)

    assert [each.message for each in found.problems] == []
    assert [each.reason for each in found.of("error")] == []
    assert found.code == 0


def each(kinds: Iterable[Kind], test: Any, interface: str) -> None:
    each_row("kind", kinds, ids=attrgetter("name"))(
        lambda kind: test(kind, interface)
    )()


@pytest.mark.parametrize("half", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_broken_asgi_application_is_found(half: int) -> None:
    each(asgi_broken.breaks.kinds[half::2], check_broken, "asgi")


def test_broken_wsgi_application_is_found() -> None:
    each(wsgi_broken.breaks.kinds, check_broken, "wsgi")


@pytest.mark.parametrize("half", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_correct_asgi_application_passes(half: int) -> None:
    each(correct.keeps.kinds[half::2], check_correct, "asgi")


def test_correct_wsgi_application_passes() -> None:
    each(correct.keeps_wsgi.kinds, check_correct, "wsgi")


@pytest.mark.filterwarnings("ignore::wsgiref.validate.WSGIWarning")
def test_checker_of_the_standard_library_may_stand_around_it() -> None:
    """It reads SCRIPT_NAME where there is none; the application cannot help that."""
    each(
        [Kind("validated", validator(correct.w_plain), asked=("GET", "POST"))],
        check_correct,
        "wsgi",
    )
