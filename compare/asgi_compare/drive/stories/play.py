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
from time import monotonic, monotonic_ns
from typing import Any
from urllib.parse import quote

from asgi_compare.contract import story as steps
from asgi_compare.contract.story import (
    Replica,
    Said,
    Story,
    System,
    Transport,
    matches,
    numbers_in,
    shortened,
)
from asgi_compare.drive.outside import World
from asgi_compare.drive.stories.lines import (
    LINES,
    WITHOUT_CONNECTION,
    AnswerLine,
    Line,
)
from asgi_compare.drive.stories.openers import Fields, Got, Lost, Place
from asgi_compare.model.story import Moment, Played, What

KEPT = 2_000
"""Moments that are kept of a story."""
LOOK = 0.02
"""Seconds between two looks at the world outside."""
AGAIN = 0.02
"""Seconds between two looks at several participants."""
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
    world: World | None = None
    """What the system speaks to."""


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
    query: Mapping[str, str] = field(default_factory=dict)
    replica: Replica | None = None
    saying: set[asyncio.Task[None]] = field(default_factory=set)
    """What the page says by itself."""
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
    if stage.world and story.system.one_at_a_time:
        stage.world.reset()
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
        if make := self.system.replica:
            for each in self.all.values():
                each.replica = make(each.name)

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
            for saying in each.saying:
                saying.cancel()
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
            token = who.token = await self._token(who, step.user or step.who)
        who.query = self._own(step.query)
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
        return str(json.loads(got.body)["token"])

    async def _open(
        self, who: Participant, token: str, origin: str | None = None
    ) -> int:
        self.note(who.name, "asks", f"a {self.transport}")
        lines = LINES if self.system.has_connections else WITHOUT_CONNECTION
        line = lines[self.transport](
            self._place(who),
            self.system,
            lambda text: self._hear(who, text),
            lambda code: self._ended(who, line, code),
            who.name in self.narrow,
        )
        query = {"token": token, **who.query}
        status = await line.open(query, self._fields(origin), lambda: _position(who))
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
        if who.replica and isinstance(message, Mapping):
            self._say_soon(who, who.replica.hear(message))
        who.numbers += numbers_in(message, self.system.numbers)
        self.note(who.name, "hears", shortened(message, 120))
        who.changed.set()

    def _say_soon(self, who: Participant, all_said: Sequence[Said]) -> None:
        for said in all_said:
            if who.is_open:
                task = asyncio.create_task(self._say(who, said))
                who.saying.add(task)
                task.add_done_callback(who.saying.discard)

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
        if step.message and not who.replica:
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
        self.note(who.name, "says", shortened(said))
        assert who.line
        await who.line.say(self._written(said))

    def _written(self, said: Said) -> str | bytes:
        """Return a message as it is sent, with the names that are this story's own."""
        if not isinstance(said, Mapping):
            return said
        return json.dumps(self._own(said), ensure_ascii=False)

    def _own(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return the same with the names that are this story's own."""
        return {
            key: f"{value}{self.mark}" if key in self.system.own else value
            for key, value in said.items()
        }

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
            others = ", ".join(shortened(each) for each in who.heard[before:][-3:])
            got = f"only {others}" if others else "nothing"
            end = "" if who.is_open else f" (the connection has ended: {who.code})"
            raise Failed(f"Expected {shortened(step.message)}, but heard {got}{end}.")

    async def _HearsNothing(self, step: steps.HearsNothing) -> None:
        who = self.all[step.who]

        def heard() -> Any:
            new = who.heard[who.read :]
            return next((each for each in new if matches(step.message, each)), None)

        if await self._until(who, lambda: heard() is not None, step.seconds):
            raise Failed(f"Expected nothing, but heard {shortened(heard())}.")
        if not who.is_open:
            raise Failed(f"Expected an open connection, but it ended with {who.code}.")

    async def _HasHeard(self, step: steps.HasHeard) -> None:
        who, wanted = self.all[step.who], list(step.numbers)
        if not await self._until(who, lambda: who.numbers == wanted, step.within):
            raise Failed(
                f"Expected {_ranges(wanted)}, but heard {_ranges(who.numbers)}."
            )

    async def _Does(self, step: steps.Does) -> None:
        who = self.all[step.who]
        assert who.replica
        self.note(who.name, "does", step.words)
        self._say_soon(who, who.replica.do(step.action))

    async def _Shows(self, step: steps.Shows) -> None:
        who = self.all[step.who]
        replica = who.replica
        assert replica

        def shows() -> bool:
            return matches(step.view, replica.view)

        if not await self._until(who, shows, step.within):
            seen = shortened(replica.view)
            raise Failed(f"Expected to see {shortened(step.view)}, but saw {seen}.")
        who.read = len(who.heard)
        self.note(who.name, "does", f"sees {shortened(step.view)}")

    async def _SeeTheSame(self, step: steps.SeeTheSame) -> None:
        everybody = [self.all[name] for name in (step.who, *step.others)]

        def views() -> dict[str, object]:
            return {each.name: each.replica and each.replica.view for each in everybody}

        with suppress(TimeoutError):
            async with asyncio.timeout(step.within):
                while not _are_alike(views()):
                    await asyncio.sleep(AGAIN)
        if not _are_alike(views()):
            raise Failed(f"Expected one view, but saw {views()}.")
        self.note(
            step.who, "does", f"sees what all see: {shortened(views()[step.who])}"
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
        end = monotonic() + step.within
        while True:
            try:
                return _check(step, *await self._ask(step))
            except Failed:
                if monotonic() > end:
                    raise
                await asyncio.sleep(RETRY)

    async def _ask(self, step: steps.Asks) -> tuple[Got, float]:
        """Ask; return the answer, and the seconds that it took."""
        who = self.all[step.who]
        body = step.body
        if isinstance(body, Mapping):
            body = self._written(body)
        content = body.encode() if isinstance(body, str) else body
        target = quote(self.system.path(step.rest), safe="/?=&")
        self.note(who.name, "asks", f"{step.method} {target}")
        fields = (*self._fields(), self._key(who), *step.fields.items())
        if step.with_token:
            token = await self._token(who, who.name)
            fields = (*fields, ("authorization", f"Bearer {token}"))
        for _ in range(step.times):
            began = monotonic()
            got = await self._place(who).request(step.method, target, fields, content)
            took = monotonic() - began
            if step.until and got.status == step.status:
                break
        self.note(who.name, "hears", f"{got.status}, {len(got.body)} bytes")
        return got, took

    def _key(self, who: Participant) -> tuple[str, str]:
        """Return by what a system may count the requests of one participant."""
        return "x-api-key", f"{who.name}{self.mark}"

    async def _Opens(self, step: steps.Opens) -> None:
        who = self.all[step.who]
        line = AnswerLine(
            self._place(who),
            self.system,
            lambda text: self._hear(who, text),
            lambda code: self._ended(who, line, code),
            who.name in self.narrow,
        )
        who.line, who.is_open = line, True
        self.note(who.name, "asks", f"GET {step.rest}")
        await line.ask(step.rest, (*self._fields(), self._key(who)))

    async def _Subscribes(self, step: steps.Subscribes) -> None:
        assert self.stage.world
        found = self.stage.world.subscription(f"{step.who}{self.mark}")
        body = json.dumps(found)
        ask = steps.Asks(step.who, "PUT", step.rest, body, 204, with_token=True)
        await self._Asks(ask)

    async def _Finds(self, step: steps.Finds) -> None:
        what = f"{step.what} {step.user}{self.mark}" if step.user else step.what

        def is_so() -> bool:
            return matches(step.value, self._found(what))

        def failed() -> Failed:
            found = shortened(self._found(what))
            return Failed(f"Expected {shortened(step.value)}, but found {found}.")

        end = monotonic() + step.within
        while not is_so():
            if monotonic() > end:
                raise failed()
            await asyncio.sleep(LOOK)
        self.note("", "does", step.words)
        end = monotonic() + step.for_seconds
        while monotonic() < end:
            if not is_so():
                raise failed()
            await asyncio.sleep(LOOK)

    def _found(self, what: str) -> object:
        assert self.stage.world
        found = json.dumps(self.stage.world.find(what))
        return json.loads(found.replace(self.mark, ""))

    async def _Sets(self, step: steps.Sets) -> None:
        assert self.stage.world
        self.note("", "does", step.words)
        mark = "" if self.system.one_at_a_time else self.mark
        self.stage.world.faults[f"{step.what}{mark}"] = step.fault

    async def _Pauses(self, step: steps.Pauses) -> None:
        await asyncio.sleep(step.seconds)

    async def _KillsServer(self, step: steps.KillsServer) -> None:
        self.note("", "does", str(step))
        await self.stage.kill(step.server)

    async def _RestartsBroker(self, step: steps.RestartsBroker) -> None:
        self.note("", "does", str(step))
        await self.stage.restart_broker()


def _position(who: Participant) -> str:
    if who.replica:
        return who.replica.position
    return str(max(who.numbers)) if who.numbers else ""


def _check(step: steps.Asks, got: Got, took: float) -> None:
    """Raise `Failed` if an answer is not as it should be."""
    if got.status != step.status:
        raise Failed(f"Expected {step.status}, but got {got.status}.")
    if step.holds.encode() not in got.body:
        raise Failed(f"Expected {step.holds!r} in the answer, but it is not there.")
    if step.says and not matches(step.says, json.loads(got.body)):
        body = got.body.decode("utf-8", "replace")
        raise Failed(f"Expected {shortened(step.says)}, but got {shortened(body)}.")
    for name, value in step.has.items():
        found = tuple(v for k, v in got.fields if k == name)
        if found != (value if isinstance(value, tuple) else (value,)):
            raise Failed(f"Expected {value!r} as {name}, but got {found}.")
    for name in step.lacks:
        if name in dict(got.fields):
            raise Failed(f"Expected no {name} in the answer, but it is there.")
    if step.seconds and not step.seconds[0] <= took <= step.seconds[1]:
        wanted = "{:g} to {:g}".format(*step.seconds)
        raise Failed(f"Expected {wanted} s for the answer, but it took {took:.2f}.")


def _are_alike(views: Mapping[str, object]) -> bool:
    first, *others = views.values()
    return all(each == first for each in others)


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
