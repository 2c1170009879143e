"""Steps that ask, and that look at the world outside, say what was expected."""

import asyncio
import json
from typing import Any

import pytest

from asgi_compare.contract.story import (
    Asks,
    Finds,
    Hears,
    IsClosed,
    Leaves,
    Opens,
    Sets,
    Step,
    Story,
    Subscribes,
    System,
)
from asgi_compare.drive.outside import outside
from asgi_compare.drive.stories.in_process import AsgiPlace
from asgi_compare.drive.stories.play import Stage, play
from asgi_compare.model.story import Played

SYSTEM = System("plain", "It answers.")


async def plain(scope: Any, receive: Any, send: Any) -> None:
    """Answer; below `lines` line by line, and below `broken` not to the end."""
    if scope["type"] != "http":
        raise ValueError("There is no lifespan.")
    body = (await receive())["body"]
    headers = [(b"X-Own", b"1"), (b"x-own", b"2"), (b"content-type", b"text/plain")]
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    await send(start)
    if scope["path"].endswith(("lines", "broken")):
        for n in range(1, 4):
            line = b'{"n": %d}\n' % n
            await send({"type": "http.response.body", "body": line, "more_body": True})
    if scope["path"].endswith("broken"):
        raise RuntimeError("It breaks off.")
    if scope["path"].endswith("late"):
        await asyncio.sleep(0.1)
    content = {"token": "t", "asked": json.loads(body or b"null")}
    tail = b"" if scope["path"].endswith("lines") else json.dumps(content).encode()
    await send({"type": "http.response.body", "body": tail})


async def result(*steps: Step) -> Played:
    story = Story(SYSTEM, "case", "It shows something.", steps, deadline=20.0)
    place = AsgiPlace(plain)
    with outside() as world:
        await place.open()
        try:
            return await play(story, Stage([place], world=world), "stream")
        finally:
            await place.close()


async def test_steps_that_hold_have_passed() -> None:
    played = await result(
        Asks(
            "one",
            "POST",
            "x",
            {"a": 1},
            says={"asked": {"a": 1}},
            has={"x-own": ("1", "2"), "content-type": "text/plain"},
            lacks=("x-other",),
            seconds=(0, 20),
            times=2,
        ),
        Opens("one", "lines"),
        Hears("one", {"n": 3}),
        IsClosed("one", 1000),
        Opens("two", "broken"),
        Hears("two", {"n": 3}),
        IsClosed("two", 1006),
        Opens("three", "lines"),
        Leaves("three"),
        Sets("flaky", "fails", "flaky fails"),
        Finds("asked flaky", 0, "flaky was not asked", for_seconds=0.05),
    )
    assert (played.verdict, played.reason) == ("passed", "")


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (
            Asks("one", "GET", "x", says={"asked": 7}),
            'one asks GET x and gets 200: Expected {"asked": 7}, but got '
            '{"token": "t", "asked": null}.',
        ),
        (
            Asks("one", "GET", "x", has={"x-own": "1"}),
            "one asks GET x and gets 200: Expected '1' as x-own, but got ('1', '2').",
        ),
        (
            Asks("one", "GET", "x", lacks=("x-own",)),
            "one asks GET x and gets 200: Expected no x-own in the answer, but it is "
            "there.",
        ),
        (
            Asks("one", "GET", "x", status=404, times=2, until=True, within=0.1),
            "one asks GET x up to 2 times and gets 404: Expected 404, but got 200.",
        ),
        (
            Finds("asked flaky", 1, "flaky was asked", within=0.05),
            "flaky was asked, within 0.05 s: Expected 1, but found 0.",
        ),
        (
            Subscribes("one"),
            "one subscribes to push messages: Expected 204, but got 200.",
        ),
    ],
)
async def test_step_that_does_not_hold_says_why(step: Step, reason: str) -> None:
    played = await result(step)
    assert (played.verdict, played.reason) == ("failed", reason)


async def test_answer_that_is_too_late_is_told_with_its_time() -> None:
    played = await result(Asks("one", "GET", "late", seconds=(0, 0.05)))
    assert played.reason.startswith(
        "one asks GET late and gets 200 after 0 to 0.05 s: Expected 0 to 0.05 s for "
        "the answer, but it took 0."
    )
