"""Drive an application that may do anything.

    with Child("main:application") as child:
        transcript = child.drive(scenario)

Django's settings are one to a process. And an application may block, crash, print, or
end its process. So each implementation is driven in a child process (`child.py`), and
whatever becomes of it is a transcript: if there is no answer, the `Ending` says why,
with the last lines that the child wrote. The next scenario gets a fresh child.

    the application ...            its transcript ends with
    ends its process, or crashes   `crashed`
    blocks, and cannot be stopped  `abandoned`; its process is killed
    writes into our channel        `crashed`; its process is killed

Children die with us (see `servers/launcher.py`), are in a session of their own, so that
a Ctrl-C in the terminal is ours alone, and take along the processes that they started.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, get_args

from asgi_compare.contract.scenario import Lifetime, Scenario
from asgi_compare.drive.servers.process import inherited
from asgi_compare.drive.targets.target import Form, TargetError
from asgi_compare.drive.workers.channel import WorkerConfig
from asgi_compare.drive.workers.session import GOODBYE, NoAnswer, Session
from asgi_compare.model.serialization.codec import transcript_from_json
from asgi_compare.model.serialization.schema import short_repr
from asgi_compare.model.transcript import Ending, Transcript

START_LIMIT = 15.0
"""Seconds that a target may take to be imported."""
GRACE = 3.0
"""Seconds above its deadlines that a driver may take: it waits one for an application
that goes on after it was cancelled, and the machine may be busy."""


class Child:
    """A target in a process of its own. One thread at a time may use it."""

    def __init__(
        self,
        target: str,
        *,
        interface: Form | None = None,
        factory: bool = False,
        app_dir: str | None = None,
        environment: Mapping[str, str] | None = None,
        attributes: Mapping[str, str] | None = None,
        driver: str = "asgi_compare.drive:drive",
        start_limit: float = START_LIMIT,
        open_session: Callable[[Mapping[str, str]], Session] = Session,
    ) -> None:
        """Name a target as `asgi_compare.drive.targets.target.load` does.

        `attributes` says by which attribute of the target's module a scenario's
        `application` goes, where that is not its own name. `environment` is added to
        ours. `driver` is the function of ours that plays a scenario in the child.
        `open_session` gives it a process, with that environment (see `fork_server.py`).
        """
        self.target = target
        self._config = WorkerConfig(
            target, interface, factory, app_dir, attributes or {}, driver
        )
        self._environment = {**inherited(), **(environment or {})}
        self._start_limit = start_limit
        self._open_session = open_session
        self._interface = interface
        self._session: Session | None = None
        self._is_closed = False
        self._lock = threading.Lock()

    @property
    def interface(self) -> Form:
        """How the target is called; known when it has been started."""
        assert self._interface is not None, "start it first"
        return self._interface

    def start(self) -> None:
        """Start the process, if it does not run, and wait until the target is loaded.

        Raises `TargetError` if the target cannot be used.
        """
        self._started()

    def drive(self, scenario: Scenario) -> Transcript:
        """Drive the target through a scenario; whatever it does, there is a transcript.

        Raises `TargetError` if what the scenario drives is not there.
        """
        notes = self._buried()
        session, began = self._started(), time.monotonic_ns()
        try:
            answer = session.ask((scenario, limit := limit_of(scenario)), limit)
            transcript = _transcript(session, scenario, answer)
        except TargetError:
            raise  # the child is well; it is asked for what it has not
        except NoAnswer as failure:
            self._drop()
            transcript = self._obituary(scenario, failure, began)
        except BaseException:  # Ctrl-C: what it will answer, nobody would understand
            self._drop()
            raise
        if transcript.ending.kind == "abandoned":
            self._drop()  # what goes on in there would disturb the next exchange
        return replace(transcript, notes=(*notes, *transcript.notes))

    def close(self) -> None:
        """End the process, and all that it started."""
        with self._lock:
            self._is_closed = True
        self._drop(GOODBYE)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _started(self) -> Session:
        if self._session is not None:
            return self._session
        session = self._open()
        try:
            answer = session.ask(self._config, self._start_limit)
        except NoAnswer as failure:
            self._drop()
            raise TargetError(
                f"Expected to load {self.target!r}, but its process {failure.happened}"
                f"; see that it can be imported.{failure.quoted}"
            ) from None
        except BaseException:  # Ctrl-C
            self._drop()
            raise
        if (interface := answer.get("ready")) not in get_args(Form):
            self._drop()
            raise TargetError(_problem(answer))
        self._interface = interface
        return session

    def _open(self) -> Session:
        with self._lock:
            if self._is_closed:
                raise RuntimeError(f"the child for {self.target!r} is closed")
            self._session = self._open_session(self._environment)
            return self._session

    def _drop(self, patience: float = 0.0) -> None:
        with self._lock:
            session, self._session = self._session, None
        if session is not None:
            session.close(patience)

    def _buried(self) -> tuple[str, ...]:
        """Give up a process that has ended since we last heard of it, and note why."""
        happened = self._session and self._session.process.exited()
        if not happened:
            return ()
        self._drop()
        return (f"The process {happened} after the scenario before this one.",)

    def _obituary(
        self, scenario: Scenario, failure: NoAnswer, began: int
    ) -> Transcript:
        """Write the transcript that the child could not write any more."""
        elapsed = time.monotonic_ns() - began
        sentence = (
            f"While {scenario.name!r} was driven, the process of {self.target!r} "
            f"{failure.happened}.{failure.quoted}"
        )
        return Transcript(
            scenario.name,
            "wsgi" if self.interface == "wsgi" else "asgi",
            ending=Ending(failure.kind, sentence, elapsed),
            elapsed_ns=elapsed,
        )


def limit_of(scenario: Scenario) -> float:
    """Return how long a driver may take over a scenario, all deadlines together."""
    exchange = scenario.exchange
    inside = exchange.requests if isinstance(exchange, Lifetime) else ()
    others = len(scenario.before) + len(scenario.meanwhile) + len(inside)
    # What is to hold eventually may be asked for a last time just before the deadline.
    return scenario.deadline * (1 + others + scenario.eventually) + GRACE


def _transcript(
    session: Session, scenario: Scenario, answer: dict[str, Any]
) -> Transcript:
    """Read the transcript in an answer, if there is one."""
    if "transcript" in answer:
        try:
            return transcript_from_json(answer["transcript"])
        except ValueError as error:
            raise session.failure(f"sent no transcript: {error}") from error
    # That the target itself is there is known: the application made that answer up.
    if "no target" in answer and scenario.application != "application":
        raise TargetError(_problem(answer))
    raise session.failure(f"could not drive it: {_problem(answer)}")


def _problem(answer: Mapping[str, object]) -> str:
    """Return the sentence that an answer holds; the child may have made up anything."""
    for key in ("no target", "broken"):
        if isinstance(answer.get(key), str):
            return str(answer[key])
    return f"its answer was {short_repr(answer)}"
