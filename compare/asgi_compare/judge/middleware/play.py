"""Play one trial after the other, with the layer or with the layer taken out.

The parent asks for trials by name of this module's `play`. The first one, `BUILD`,
calls the target with an application and finds out how both sides are to be called.
"""

from __future__ import annotations

import asyncio
import statistics
import threading
import tracemalloc
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import monotonic_ns as now
from typing import Any

from asgi_compare.contract.scenario import Conversation, Lifetime, Request, Scenario
from asgi_compare.drive.in_process import asgi_lifespan
from asgi_compare.drive.in_process.recorder import Recorder
from asgi_compare.drive.in_process.stepping import GRACE, run
from asgi_compare.drive.servers.nonce import as_asgi3
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.judge.application.edge_case_servers import AwkwardWebSocket
from asgi_compare.judge.application.edge_case_servers_wsgi import AwkwardWsgi
from asgi_compare.judge.application.leftovers import (
    Heartbeat,
    over_and_over_in_loop,
)
from asgi_compare.judge.application.play import Session, Stranger
from asgi_compare.judge.middleware import forms
from asgi_compare.judge.middleware.acts import asgi_application
from asgi_compare.judge.middleware.acts.wsgi import wsgi_application
from asgi_compare.judge.middleware.inside import OUTER, Scene
from asgi_compare.judge.middleware.outside import WatchedHttp, left_behind, watched
from asgi_compare.judge.middleware.trial import (
    BESIDE,
    NO_ARGUMENTS,
    LayerTrial,
    Wrapping,
)
from asgi_compare.model.transcript import Ending, Interface, Transcript

BUILD = "build"
COSTS = "costs"
ROUNDS = 200
"""Requests that are timed, if they take no longer than `TIMED` seconds together."""
TIMED = 0.3
TWO_AT_ONCE = "answers two at once"
TWO_IN_A_ROW = "answers two in a row"
AGAIN = "plain, again"
"""The trial in which it is watched whether the event loop turns."""

Held = WatchedHttp | AwkwardWebSocket


def play(
    target: Any, interface: str, scenario: Scenario, holds: object = None
) -> Transcript:
    """Play one trial with the target that is loaded here."""
    assert isinstance(scenario, LayerTrial), scenario
    if scenario.name == BUILD or STAND.target is not target:
        try:
            STAND.build(target, scenario.wrapping)
        except TargetError as error:
            return Transcript(BUILD, "asgi", ending=Ending("raised", str(error)))
        if scenario.name == BUILD:
            said: tuple[str, ...] = (
                f"outside: {STAND.outside}",
                f"inside: {STAND.inside}",
            )
            said += ("form: django",) if STAND.is_django else ()
            return Transcript(BUILD, "asgi", notes=said)
    return STAND.play(scenario)


@dataclass
class Stand:
    """The layer and the application without it, each in a loop of its own."""

    target: Any = None
    wrapping: Wrapping = NO_ARGUMENTS
    outside: Interface = "asgi"
    inside: Interface = "asgi"
    scene: Scene = field(default_factory=Scene)
    layer: Any = None
    plain: Any = None
    is_django: bool = False
    sessions: dict[bool, LayerSession] = field(default_factory=dict)

    def build(self, target: Any, wrapping: Wrapping) -> None:
        """Call the target, and find out how the layer and what is inside are called."""
        self.target, self.wrapping = target, wrapping
        self.end_sessions()
        self.is_django = forms.is_django(target)
        if self.is_django:
            from asgi_compare.judge.middleware import django

            self.outside = self.inside = wrapping.outside or "asgi"
            site = django.site(target, wrapping, self.outside, self.scene)
            self.layer, self.plain = site.layer, site.plain
            return
        tried: tuple[Interface, ...] = ("asgi", "wsgi")
        if wrapping.inside is not None:
            tried = (wrapping.inside,)
        failed: TargetError | None = None
        for inside in tried:
            try:
                self.build_around(inside)
            except TargetError as error:
                failed = failed or error
                continue
            if len(tried) == 1:
                return
            if self.is_reached():
                with suppress(TargetError):  # anew: it may have kept the answer
                    self.build_around(inside)
                return
        if failed is not None and self.layer is None:
            raise failed
        # It answers by itself; then it is taken for what it is outside.
        self.build_around(self.outside)

    def build_around(self, inside: Interface) -> None:
        """Call the target with an application of one interface."""
        self.inside = inside
        self.layer = self.made()
        found = self.wrapping.outside or forms.interface_outside(self.layer)
        if found == "asgi2":
            self.layer = as_asgi3(self.layer)
        self.outside = "wsgi" if found == "wsgi" else "asgi"
        self.plain = self.application(self.outside)
        self.end_sessions()

    def end_sessions(self) -> None:
        """Close the loops that another layer was in."""
        for session in self.sessions.values():
            session.end()
        self.sessions = {}

    def application(self, interface: Interface) -> Any:
        """Make the application that does as the scene says."""
        make = wsgi_application if interface == "wsgi" else asgi_application
        return make(self.scene)

    def made(self) -> Any:
        """Make the layer once more."""
        return forms.wrapped(self.target, self.wrapping, self.application(self.inside))

    def is_reached(self) -> bool:
        """Return whether a plain request comes to the application, and ends well."""
        request = Request(headers=((b"accept", b"*/*"),))
        trial = LayerTrial("", "reaches", "", request, deadline=1.0)
        with suppress(Exception):
            came = self.play(trial)
            return any(call.events and not call.ending.error for call in came.requests)
        return False

    def play(self, trial: LayerTrial) -> Transcript:
        """Play a trial, and put what happened inside with it."""
        application = self.plain if trial.taken_out else self.layer
        fresh = isinstance(trial.exchange, Lifetime) or trial.act == TWO_IN_A_ROW
        if fresh and not trial.taken_out:
            application = self.made() if not self.is_django else application
        if self.outside == "wsgi":
            return WsgiSession(application, self.scene).play(trial)
        session = self.sessions.get(trial.taken_out)
        if session is None:
            session = LayerSession(application, self.scene)
            self.sessions[trial.taken_out] = session
        if fresh:
            session = LayerSession(application, self.scene)
            try:
                return session.loop.run_until_complete(session.come(trial))
            finally:
                session.end()
        return session.loop.run_until_complete(session.come(trial))


STAND = Stand()


class LayerSession(Session):
    """The layer in one event loop, between its start-up and its shut-down."""

    def __init__(self, application: Any, scene: Scene) -> None:
        super().__init__(application)
        self.scene = scene

    def end(self) -> None:
        """Cancel what still goes on, and close the loop."""
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self.loop.run_until_complete(asyncio.wait(tasks, timeout=GRACE))
        self.loop.close()

    async def come(self, trial: LayerTrial) -> Transcript:
        """Play a trial of any kind."""
        exchange = trial.exchange
        if isinstance(exchange, Lifetime):
            return await self.life(trial, exchange)
        if trial.server.sets.get("type"):
            return await self.stranger(trial)
        if self.lived is None:
            self.scene.begins("lives", nobody())
            await self.start(trial.deadline)
        if trial.name == COSTS:
            return await self.costs(trial)
        if trial.act == TWO_AT_ONCE:
            return await self.two(trial)
        if trial.act == TWO_IN_A_ROW:
            return await self.in_a_row(trial)
        held = self.server_for(trial)
        self.scene.begins(trial.act, held)
        before = asyncio.all_tasks()
        if trial.name == AGAIN:
            with Heartbeat(self.loop) as heart:
                await self.call(held, trial)
            held.notes += tuple(
                f"loop blocked: {note.partition(': ')[2]}" for note in heart.notes()
            )
        else:
            await self.call(held, trial)
        left = await left_behind(before)
        held.notes += tuple(f"task left: {name}" for name in left)
        return self.with_inside(held.transcript())

    def server_for(self, trial: LayerTrial) -> Held:
        """Make the server of a trial."""
        assert self.lived is not None
        state = self.lived.state if "startup" in self.lived.answers else None
        exchange = trial.exchange
        if isinstance(exchange, Conversation):
            return AwkwardWebSocket(trial.name, exchange, trial.server, state)
        assert isinstance(exchange, Request)
        return WatchedHttp(trial.name, exchange, trial.server, state)

    async def call(self, held: Held, trial: LayerTrial) -> None:
        """Call the layer, as a server does."""
        application = watched(self.awaited(held), held)
        try:
            await run(application, held.scope_as_given(), held, trial.deadline)
        finally:
            held.close()

    def with_inside(self, outside: Transcript) -> Transcript:
        """Put the calls of the application with what was seen outside."""
        return replace(outside, requests=(*outside.requests, *self.scene.written()))

    async def two(self, trial: LayerTrial) -> Transcript:
        """Put two requests at the same time; the second one is answered first."""
        first, second = (self.server_for(each) for each in numbered(trial))
        self.scene.begins(trial.act, first)
        task = asyncio.ensure_future(self.call(first, trial))
        # The first one is inside, or will not come there.
        end = now() + int(0.25e9)
        while not (self.scene.calls or task.done() or now() > end):
            await asyncio.sleep(0.001)
        await self.call(second, trial)
        self.scene.answered.set()
        await task
        return self.with_inside(side_by_side(first, second))

    async def in_a_row(self, trial: LayerTrial) -> Transcript:
        """Put two requests, one after the other."""
        first, second = (self.server_for(each) for each in numbered(trial))
        self.scene.begins(trial.act, first)
        self.scene.answered.set()
        await self.call(first, trial)
        await self.call(second, trial)
        return self.with_inside(side_by_side(first, second))

    async def life(self, trial: LayerTrial, lifetime: Lifetime) -> Transcript:
        """Start and stop a layer of its own."""
        self.scene.begins(trial.act, nobody())
        outside = await asgi_lifespan.exchange(
            self.application, lifetime, name=trial.name, deadline=trial.deadline
        )
        return self.with_inside(outside)

    async def stranger(self, trial: LayerTrial) -> Transcript:
        """Call the layer with a scope of a type that it does not know."""
        held = Stranger()
        held.open(trial.name)
        self.scene.begins(trial.act, held)
        await run(self.application, held.scope_as_given(), held, trial.deadline)
        return self.with_inside(held.written("asgi", None))

    async def costs(self, trial: LayerTrial) -> Transcript:
        """Time a request, and see how much memory a long answer takes."""
        taken: list[int] = []
        end = now() + int(TIMED * 1e9)
        while len(taken) < ROUNDS and now() < end:
            held = self.server_for(trial)
            self.scene.begins(trial.act, held)
            before = now()
            await self.call(held, trial)
            taken.append(now() - before)
        left = await over_and_over_in_loop(lambda: self.once(trial))
        large = replace(trial, act="sends much")
        held = self.server_for(large)
        self.scene.begins(large.act, held)
        tracemalloc.start()
        try:
            await self.call(held, large)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        notes = tuple(f"left: {note.partition(': ')[2]}" for note in left)
        return Transcript(COSTS, "asgi", notes=costs(taken, peak) + notes)

    async def once(self, trial: LayerTrial) -> None:
        """Put a request, and forget it."""
        held = self.server_for(trial)
        self.scene.begins(trial.act, held)
        await self.call(held, trial)
        self.scene.begins(trial.act, nobody())


def nobody() -> Stranger:
    """Stand for a server whose record is kept elsewhere."""
    held = Stranger()
    held.open("")
    held.began = now()
    return held


def costs(taken: list[int], peak: int) -> tuple[str, ...]:
    """Write down what a request costs."""
    return (
        f"microseconds: {statistics.median(taken) / 1000:.0f}",
        f"kibibytes: {peak // 1024}",
    )


def side_by_side(first: Recorder, second: Recorder) -> Transcript:
    """Put the second of two exchanges with the first one."""
    other = replace(second.transcript(), scenario=BESIDE)
    return replace(first.transcript(), requests=(other,))


def numbered(trial: LayerTrial) -> tuple[LayerTrial, LayerTrial]:
    """Make two of one trial; in a row, their queries differ as well."""
    exchange = trial.exchange
    assert isinstance(exchange, Request)

    def made(number: bytes) -> LayerTrial:
        asked = replace(exchange, headers=(*exchange.headers, (b"x-number", number)))
        if trial.act == TWO_IN_A_ROW:
            mark = b"&" if b"?" in exchange.target else b"?"
            asked = replace(asked, target=exchange.target + mark + b"number=" + number)
        return replace(trial, exchange=asked)

    return made(b"1"), made(b"2")


class WsgiSession:
    """The layer over WSGI: each exchange is on a thread of its own."""

    def __init__(self, application: Any, scene: Scene) -> None:
        self.application = application
        self.scene = scene

    def play(self, trial: LayerTrial) -> Transcript:
        """Play a trial."""
        if trial.name == COSTS:
            return self.costs(trial)
        if trial.act == TWO_AT_ONCE:
            return self.two(trial)
        if trial.act == TWO_IN_A_ROW:
            return self.in_a_row(trial)
        served = self.server_for(trial)
        self.scene.begins(trial.act, served)
        before = set(threading.enumerate())
        self.call(served, trial.deadline)
        for thread in set(threading.enumerate()) - before:
            served.notes += (f"thread left: {thread.name}",)
        return self.with_inside(served.transcript())

    def server_for(self, trial: LayerTrial) -> AwkwardWsgi:
        """Make the server of a trial."""
        assert isinstance(trial.exchange, Request)
        return AwkwardWsgi(trial.name, trial.exchange, trial.server, trial.deadline)

    def call(self, served: AwkwardWsgi, deadline: float) -> None:
        """Have one exchange on a thread, which can be left behind."""
        thread = self.begun(served)
        thread.join(deadline + GRACE)
        if thread.is_alive():
            served.abandon()

    def begun(self, served: AwkwardWsgi) -> threading.Thread:
        """Begin an exchange on a thread of its own."""

        def serve() -> None:
            OUTER.set("set by the server")
            try:
                served.run(self.application)
            except BaseException as error:
                served.failed(error)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        return thread

    def with_inside(self, outside: Transcript) -> Transcript:
        """Put the calls of the application with what was seen outside."""
        return replace(outside, requests=(*outside.requests, *self.scene.written()))

    def two(self, trial: LayerTrial) -> Transcript:
        """Put two requests at the same time; the second one is answered first."""
        first, second = (self.server_for(each) for each in numbered(trial))
        self.scene.begins(trial.act, first)
        thread = self.begun(first)
        end = now() + int(0.25e9)
        while not self.scene.calls and thread.is_alive() and now() < end:
            thread.join(0.001)
        self.call(second, trial.deadline)
        self.scene.answered.set()
        thread.join(trial.deadline + GRACE)
        if thread.is_alive():
            first.abandon()
        return self.with_inside(side_by_side(first, second))

    def in_a_row(self, trial: LayerTrial) -> Transcript:
        """Put two requests, one after the other."""
        first, second = (self.server_for(each) for each in numbered(trial))
        self.scene.begins(trial.act, first)
        self.scene.answered.set()
        self.call(first, trial.deadline)
        self.call(second, trial.deadline)
        return self.with_inside(side_by_side(first, second))

    def costs(self, trial: LayerTrial) -> Transcript:
        """Time a request, and see how much memory a long answer takes."""
        taken: list[int] = []
        end = now() + int(TIMED * 1e9)
        while len(taken) < ROUNDS and now() < end:
            served = self.server_for(trial)
            self.scene.begins(trial.act, served)
            before = now()
            served.run(self.application)
            taken.append(now() - before)
        served = self.server_for(trial)
        self.scene.begins("sends much", served)
        tracemalloc.start()
        try:
            served.run(self.application)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        return Transcript(COSTS, "wsgi", notes=costs(taken, peak))
