"""Play a story: its steps, one after the other, and one timeline of all that happens.

A participant listens all the time, and says that it is there if the system wants that.
A step that waits for something looks at what its participant has heard since the last
one. The first step that does not hold ends the story.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from secrets import token_hex
from time import monotonic_ns
from typing import Any
from urllib.parse import quote

from asgi_compare.contract import story as steps
from asgi_compare.contract.story import (
    Said,
    Story,
    System,
    Transport,
    matches,
    numbers_in,
    shown,
)
from asgi_compare.drive.stories.lines import LINES, Line
from asgi_compare.drive.stories.openers import Fields, Lost, Place
from asgi_compare.model.story import Moment, Played, What

KEPT = 2_000
"""Moments that are kept of a story."""
RETRY = 0.1
"""Seconds between two attempts to come back."""


class Failed(Exception):
    """A step did not hold; the sentence says what was expected, and what came."""


async def _nobody(*_: object) -> None:
    raise Failed("Expected a stage that can do this, but it cannot.")


@dataclass
class Stage:
    """Where a story is played: one place, or several of the same system."""

    places: Sequence[Place]
    kill: Callable[[int], Awaitable[None]] = _nobody
    restart_broker: Callable[[], Awaitable[None]] = _nobody


@dataclass
class Participant:
    """One who takes part, and what it has heard."""

    name: str
    server: int
    line: Line | None = None
    heard: list[Any] = field(default_factory=list)
    read: int = 0
    """How much of that the steps have dealt with."""
    numbers: list[int] = field(default_factory=list)
    token: str = ""
    is_open: bool = False
    code: int | None = None
    beating: asyncio.Task[None] | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)


async def play(
    story: Story,
    stage: Stage,
    transport: Transport,
    *,
    implementation: str = "",
    host: str = "",
) -> Played:
    """Play a story by one transport."""
    player = Player(story, stage, transport)
    reason = ""
    try:
        async with asyncio.timeout(story.deadline):
            for step in story.steps:
                player.step = str(step)
                await player.do(step)
    except Failed as failed:
        reason = f"{player.step}: {failed}"
    except TimeoutError:
        reason = f"{player.step}: the story was not over after {story.deadline:g} s."
    except Lost as lost:
        reason = f"{player.step}: {lost}"
    finally:
        if reason:
            player.note("", "fails", reason)
        await player.end()
    return Played(
        story.name,
        implementation,
        host,
        transport,
        "failed" if reason else "passed",
        reason,
        tuple(player.moments),
    )


class Player:
    """One story that is being played."""

    def __init__(self, story: Story, stage: Stage, transport: Transport) -> None:
        self.system: System = story.system
        self.stage = stage
        self.transport = transport
        self.step = ""
        self.mark = f"-{token_hex(3)}"
        """What makes names this story's own."""
        self.moments: list[Moment] = []
        self.narrow = {
            step.who for step in story.steps if isinstance(step, steps.StopsReading)
        }
        self.began = monotonic_ns()
        count = len(stage.places)
        self.all = {
            name: Participant(name, index % count)
            for index, name in enumerate(story.participants)
        }

    def note(self, who: str, what: What, text: str) -> None:
        """Write a moment down."""
        server = ""
        if who and len(self.stage.places) > 1:
            server = self.stage.places[self.all[who].server].name
        if len(self.moments) < KEPT:
            at = monotonic_ns() - self.began
            self.moments.append(Moment(at, who, what, text, server))

    async def do(self, step: steps.Step) -> None:
        """Do one step; raises `Failed` if it does not hold."""
        await getattr(self, f"_{type(step).__name__}")(step)

    async def end(self) -> None:
        """Let all go."""
        for each in self.all.values():
            self._be_silent(each)
        lines = [each.line.abort() for each in self.all.values() if each.line]
        await asyncio.gather(*lines, return_exceptions=True)

    # Connections ----------------------------------------------------------------------

    async def _Connects(self, step: steps.Connects) -> None:
        who = self.all[step.who]
        if step.again:
            token = who.token
        elif step.token is not None:
            token = step.token
        else:
            token = await self._token(who, step.user or step.who)
        status = await self._open(who, token, step.origin)
        if (status not in (101, 201)) != step.refused:
            wanted = "a refusal" if step.refused else "a connection"
            raise Failed(f"Expected {wanted}, but got {status}.")

    async def _token(self, who: Participant, user: str) -> str:
        body = json.dumps({"user": f"{user}{self.mark}"}).encode()
        target = self.system.path("token")
        got = await self._place(who).request("POST", target, self._fields(), body)
        if got.status != 200:
            raise Failed(f"Expected a token, but got {got.status}.")
        who.token = str(json.loads(got.body)["token"])
        return who.token

    async def _open(
        self, who: Participant, token: str, origin: str | None = None
    ) -> int:
        self.note(who.name, "asks", f"a {self.transport}")
        line = LINES[self.transport](
            self._place(who),
            self.system,
            lambda text: self._hear(who, text),
            lambda code: self._ended(who, line, code),
            who.name in self.narrow,
        )
        status = await line.open(token, self._fields(origin))
        if status in (101, 201):
            who.line, who.is_open, who.code = line, True, None
            who.beating = asyncio.create_task(self._beat(who, line))
        else:
            self.note(who.name, "ends", f"refused with {status}")
        return status

    def _place(self, who: Participant) -> Place:
        return self.stage.places[who.server]

    def _fields(self, origin: str | None = None) -> Fields:
        return (("origin", origin or self.system.origin),)

    async def _beat(self, who: Participant, line: Line) -> None:
        while self.system.beat and who.is_open:
            await asyncio.sleep(self.system.beat_every)
            await line.say(json.dumps(self.system.beat))

    def _be_silent(self, who: Participant) -> None:
        if who.beating:
            who.beating.cancel()

    def _hear(self, who: Participant, text: str | bytes) -> None:
        mark = self.mark if isinstance(text, str) else self.mark.encode()
        plain = text.replace(mark, type(text)())  # type: ignore[arg-type]
        try:
            message = json.loads(plain)
        except ValueError:
            message = plain
        who.heard.append(message)
        who.numbers += numbers_in(message, self.system.numbers)
        self.note(who.name, "hears", shown(message, 120))
        who.changed.set()

    def _ended(self, who: Participant, line: Line, code: int | None) -> None:
        if who.line is not line or not who.is_open:
            return
        who.is_open, who.code = False, code
        self._be_silent(who)
        self.note(
            who.name, "ends", "without a close frame" if code is None else str(code)
        )
        who.changed.set()

    async def _ComesBack(self, step: steps.ComesBack) -> None:
        who = self.all[step.who]
        if who.is_open:
            await self._Leaves(steps.Leaves(step.who))
        if step.server is not None:
            who.server = step.server % len(self.stage.places)
        last = max(who.numbers, default=0)
        message = {**step.message, self.system.since: last}
        refused = "it was not let in"
        try:
            async with asyncio.timeout(step.within):
                while True:
                    with suppress(Lost, Failed):
                        token = await self._token(who, who.name)
                        if await self._open(who, token) in (101, 201):
                            break
                    await asyncio.sleep(RETRY)
        except TimeoutError:
            raise Failed(f"Expected a connection, but {refused}.") from None
        await self._say(who, message)

    async def _Leaves(self, step: steps.Leaves) -> None:
        who = self.all[step.who]
        self._be_silent(who)
        who.is_open = False
        self.note(who.name, "does", "leaves")
        assert who.line
        await who.line.close()

    async def _Vanishes(self, step: steps.Vanishes) -> None:
        who = self.all[step.who]
        self._be_silent(who)
        who.is_open = False
        assert who.line
        who.line.stop_reading()
        self.note(who.name, "does", "vanishes")

    async def _StopsReading(self, step: steps.StopsReading) -> None:
        who = self.all[step.who]
        assert who.line
        who.line.stop_reading()
        self.note(who.name, "does", "stops reading")

    async def _ReadsAgain(self, step: steps.ReadsAgain) -> None:
        who = self.all[step.who]
        assert who.line
        self.note(who.name, "does", "reads again")
        who.line.read_again()

    async def _IsClosed(self, step: steps.IsClosed) -> None:
        who = self.all[step.who]
        if not await self._until(who, lambda: not who.is_open, step.within):
            raise Failed("Expected the end of the connection, but it is open.")
        if step.code is not None and who.code != step.code:
            raise Failed(f"Expected the code {step.code}, but got {who.code}.")

    # Messages -------------------------------------------------------------------------

    async def _Says(self, step: steps.Says) -> None:
        who = self.all[step.who]
        for n in range(1, step.times + 1):
            said = step.message
            if isinstance(said, Mapping):
                said = json.dumps(dict(said), ensure_ascii=False)
                said = json.loads(said.replace("{n}", str(n)))
            await self._say(who, said)

    async def _say(self, who: Participant, said: Said) -> None:
        self.note(who.name, "says", shown(said))
        assert who.line
        await who.line.say(self._written(said))

    def _written(self, said: Said) -> str | bytes:
        """Return a message as it is sent, with the names that are this story's own."""
        if not isinstance(said, Mapping):
            return said
        own = {
            key: f"{value}{self.mark}"
            for key, value in said.items()
            if key in self.system.own
        }
        return json.dumps({**said, **own}, ensure_ascii=False)

    async def _Hears(self, step: steps.Hears) -> None:
        who = self.all[step.who]

        def heard() -> bool:
            while who.read < len(who.heard):
                who.read += 1
                if matches(step.message, who.heard[who.read - 1]):
                    return True
            return False

        before = who.read
        if not await self._until(who, heard, step.within):
            others = ", ".join(shown(each) for each in who.heard[before:][-3:])
            got = f"only {others}" if others else "nothing"
            end = "" if who.is_open else f" (the connection has ended: {who.code})"
            raise Failed(f"Expected {shown(step.message)}, but heard {got}{end}.")

    async def _HearsNothing(self, step: steps.HearsNothing) -> None:
        who = self.all[step.who]

        def heard() -> Any:
            new = who.heard[who.read :]
            return next((each for each in new if matches(step.message, each)), None)

        if await self._until(who, lambda: heard() is not None, step.seconds):
            raise Failed(f"Expected nothing, but heard {shown(heard())}.")
        if not who.is_open:
            raise Failed(f"Expected an open connection, but it ended with {who.code}.")

    async def _HasHeard(self, step: steps.HasHeard) -> None:
        who, wanted = self.all[step.who], list(step.numbers)
        if not await self._until(who, lambda: who.numbers == wanted, step.within):
            raise Failed(
                f"Expected {_ranges(wanted)}, but heard {_ranges(who.numbers)}."
            )

    async def _until(
        self, who: Participant, holds: Callable[[], bool], seconds: float
    ) -> bool:
        """Return whether something comes to hold within that time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not holds():
                    who.changed.clear()
                    await who.changed.wait()
                return True
        return holds()

    # Everything else ------------------------------------------------------------------

    async def _Asks(self, step: steps.Asks) -> None:
        who = self.all[step.who]
        body = step.body
        if isinstance(body, Mapping):
            body = json.dumps(dict(body))
        content = body.encode() if isinstance(body, str) else body
        target = quote(self.system.path(step.rest), safe="/?=&")
        self.note(who.name, "asks", f"{step.method} {target}")
        got = await self._place(who).request(
            step.method, target, self._fields(), content
        )
        self.note(who.name, "hears", f"{got.status}, {len(got.body)} bytes")
        if got.status != step.status:
            raise Failed(f"Expected {step.status}, but got {got.status}.")
        if step.holds.encode() not in got.body:
            raise Failed(f"Expected {step.holds!r} in the answer, but it is not there.")

    async def _Pauses(self, step: steps.Pauses) -> None:
        await asyncio.sleep(step.seconds)

    async def _KillsServer(self, step: steps.KillsServer) -> None:
        self.note("", "does", str(step))
        await self.stage.kill(step.server)

    async def _RestartsBroker(self, step: steps.RestartsBroker) -> None:
        self.note("", "does", str(step))
        await self.stage.restart_broker()


def _ranges(numbers: Sequence[int]) -> str:
    """Return numbers in short: `1-5, 7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    texts = [f"{a}" if a == b else f"{a}-{b}" for a, b in runs]
    return ", ".join(texts) or "none"
