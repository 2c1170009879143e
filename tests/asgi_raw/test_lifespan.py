"""Lives that do not go as they should."""

import re
from functools import partial

import pytest

from asgi_raw.app import application
from asgi_raw.events import Event, Scope
from asgi_raw.lifespan import STAND_IN, State, lifespan, shared, start_up
from tests.asgi_raw.serving import play

STARTUP: Event = {"type": "lifespan.startup"}
SHUTDOWN: Event = {"type": "lifespan.shutdown"}
COMPLETE = {"type": "lifespan.startup.complete"}


def life() -> Scope:
    return {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}


async def fail(state: State) -> None:
    """As what one waits for at the end may do."""
    raise ConnectionError(f"the {len(state)} things are not given back")


async def test_shut_down_that_fails_is_told_to_the_server() -> None:
    app = partial(lifespan, shut_down=fail)
    made: State = {}
    await start_up(made)
    assert await play(app, life(), [STARTUP, SHUTDOWN]) == [
        COMPLETE,
        {
            "type": "lifespan.shutdown.failed",
            "message": f"the {len(made)} things are not given back",
        },
    ]


async def test_start_up_that_fails_is_the_end() -> None:
    app = partial(lifespan, start_up=fail)
    assert await play(app, life(), [STARTUP]) == [
        {
            "type": "lifespan.startup.failed",
            "message": "the 0 things are not given back",
        }
    ]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([SHUTDOWN], "'lifespan.startup', but got 'lifespan.shutdown'"),
        (
            [STARTUP, STARTUP],
            "'lifespan.shutdown', but got 'lifespan.startup'",
        ),
    ],
    ids=["at the beginning", "at the end"],
)
async def test_event_that_should_not_come_is_refused(
    events: list[Event], expected: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(f"Expected {expected}.")):
        await play(application, life(), events)


def test_what_start_up_has_made_goes_before_what_stands_in_for_it() -> None:
    board = object()
    assert shared({"state": {"board": board}})["board"] is board
    assert shared({"state": {}}) == shared({}) == STAND_IN


async def test_state_is_empty_when_all_is_over() -> None:
    scope = life()
    await play(application, scope, [STARTUP, SHUTDOWN])
    assert scope["state"] == {}
