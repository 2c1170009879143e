"""A story that does not hold says what was expected, what came, and at which step."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from asgi_compare.contract.story import (
    Asks,
    Connects,
    HasHeard,
    Hears,
    HearsNothing,
    IsClosed,
    KillsServer,
    Leaves,
    Says,
    Step,
    Story,
    System,
)
from asgi_compare.drive.stories.in_process import AsgiPlace
from asgi_compare.drive.stories.play import Stage, play
from asgi_compare.model.story import Played
from asgi_compare.report.story import picture, timeline

ECHO = System("echo", "It says everything back.", numbers=("n",))


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Give a token to everybody, say all back, and close on "bye"."""
    if scope["type"] == "http":
        body = b'{"token": "t"}' if scope["path"].endswith("token") else b"page"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})
        return
    if scope["type"] != "websocket":
        raise ValueError("There is no lifespan.")
    await receive()
    if dict(scope["headers"])[b"origin"] == b"http://other":
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        if event.get("text") == "bye":
            await send({"type": "websocket.close", "code": 4000})
            return
        if event.get("text") == "fail":
            raise RuntimeError("It failed.")
        kept = {k: v for k, v in event.items() if k in ("text", "bytes")}
        await send({"type": "websocket.send", **kept})


@asynccontextmanager
async def place() -> AsyncIterator[AsgiPlace]:
    opened = AsgiPlace(echo)
    await opened.open()
    try:
        yield opened
    finally:
        await opened.close()


async def result(*steps: Step, deadline: float = 5.0) -> Played:
    story = Story(ECHO, "case", "It shows something.", steps, deadline=deadline)
    async with place() as opened:
        return await play(story, Stage([opened]), "websocket", implementation="echo")


async def test_story_that_holds_has_passed() -> None:
    played = await result(
        Connects("one", refused=True, origin="http://other"),
        Connects("one"),
        Says("one", {"n": 1}),
        Hears("one", {"n": 1}),
        Says("one", {"text": "{n}"}, times=2),
        Hears("one", {"text": "2"}),
        Says("one", b"\xff"),
        HasHeard("one", (1,)),
        Asks("one", "POST", "page", {"a": 1}, holds="page"),
        Leaves("one"),
        Connects("two"),
        Says("two", "bye"),
        IsClosed("two", 4000),
    )
    assert (played.verdict, played.reason) == ("passed", "")
    first = next(iter(timeline.lines(played)))
    assert first.endswith("one -> asks for a websocket")
    drawn = picture.svg(played)
    assert drawn.startswith("<svg")
    assert "closed: 4000" in drawn


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (
            (Connects("one", refused=True),),
            "one connects and is refused: Expected a refusal, but got 101.",
        ),
        (
            (Connects("one"), Says("one", {"n": 1}), Hears("one", {"n": 2}, "", 0.05)),
            'one hears {"n": 2}, within 0.05 s: Expected {"n": 2}, but heard only '
            '{"n": 1}.',
        ),
        (
            (Connects("one"), Says("one", "fail"), Hears("one", {"n": 2}, "", 0.05)),
            'one hears {"n": 2}, within 0.05 s: Expected {"n": 2}, but heard nothing '
            "(the connection has ended: 1011).",
        ),
        (
            (Connects("one"), Says("one", {"n": 1}), HearsNothing("one", 0.05)),
            'one hears nothing for 0.05 s: Expected nothing, but heard {"n": 1}.',
        ),
        (
            (Connects("one"), Says("one", "bye"), HearsNothing("one", 0.05)),
            "one hears nothing for 0.05 s: Expected an open connection, but it ended "
            "with 4000.",
        ),
        (
            (Connects("one"), Says("one", {"n": 3}), HasHeard("one", (1, 2, 3), 0.05)),
            "one has heard 1 to 3, each once and in order: Expected 1-3, but heard 3.",
        ),
        (
            (Connects("one"), IsClosed("one", 1013, 0.05)),
            "one is closed with 1013, within 0.05 s: Expected the end of the "
            "connection, but it is open.",
        ),
        (
            (Connects("one"), Says("one", "bye"), IsClosed("one", 1013)),
            "one is closed with 1013, within 2 s: Expected the code 1013, but got "
            "4000.",
        ),
        (
            (Asks("one", "GET", "", status=404),),
            "one asks GET the page and gets 404: Expected 404, but got 200.",
        ),
        (
            (Asks("one", "GET", "", holds="x"),),
            "one asks GET the page and gets 200: Expected 'x' in the answer, but it "
            "is not there.",
        ),
        (
            (KillsServer(0),),
            "server 1 is killed: Expected a stage that can do this, but it cannot.",
        ),
    ],
)
async def test_story_that_does_not_hold_says_why(
    steps: tuple[Step, ...], reason: str
) -> None:
    played = await result(*steps)
    assert (played.verdict, played.reason) == ("failed", reason)
    assert played.moments[-1].what == "fails"


async def test_story_that_is_too_long_is_given_up() -> None:
    played = await result(Connects("one"), HearsNothing("one", 60), deadline=0.1)
    assert played.reason == (
        "one hears nothing for 60 s: the story was not over after 0.1 s."
    )


async def test_one_who_does_not_read_holds_up_the_application() -> None:
    """Its buffer takes a few messages, and then `send` waits."""
    async with place() as opened:
        heard: list[str | bytes] = []
        ended: list[int | None] = []
        fields = (("origin", "http://localhost"),)
        socket = await opened.websocket("/", fields, heard.append, ended.append)
        assert not isinstance(socket, int)
        socket.stop_reading()
        for number in range(20):
            await socket.send(str(number))
        await asyncio.sleep(0)
        assert heard == []
        socket.read_again()
        async with asyncio.timeout(5):
            while len(heard) < 20:
                await asyncio.sleep(0)
        assert heard == [str(number) for number in range(20)]


async def test_stream_is_over_when_the_answer_is() -> None:
    async with place() as opened, opened.stream("/") as stream:
        assert await stream.status() == 200
        assert [piece async for piece in stream] == [b"page"]
