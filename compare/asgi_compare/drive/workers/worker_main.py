"""Load an application, drive it, tell.

Started by `worker.py` as `python -m asgi_compare.drive.workers.worker_main NUMBER`,
where NUMBER is that of the descriptor over which it gets its `WorkerConfig` first, and
then one scenario after the other. It answers each message with one, in JSON:

    {"ready": "asgi"}            the target is loaded; this is its interface
    {"transcript": {...}}        what came of the scenario
    {"no target": "..."}         the target cannot be used, and why
    {"broken": "..."}            our own driver raised, which is a mistake of ours

The application runs in this process, and what it prints goes where it wants. An
exception of it ends in the transcript; if it exits, so does this process, and that is
an answer as well. The end of the stream is the order to go.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

from asgi_compare.contract.scenario import Scenario
from asgi_compare.drive.targets.target import (
    Application,
    Form,
    TargetError,
    interface_of,
    load,
)
from asgi_compare.drive.workers.channel import MAX_MESSAGE, Channel, WorkerConfig
from asgi_compare.model.serialization.codec import dumps, transcript_to_json
from asgi_compare.model.transcript import Transcript

STACK_LEAD = 0.5
"""Seconds before the limit at which a child that hangs writes down where it is."""
KEPT_EVENTS = (1000, 100, 0)
"""How many events to keep of a transcript that is too large; tried in turn."""

Loaded = tuple[Application, Form]
Reply = dict[str, Any]


class Applications:
    """The applications of the target's module, each loaded when it is first driven."""

    def __init__(self, config: WorkerConfig) -> None:
        self._config = config
        self._loaded: dict[str, Loaded] = {}

    def driver(self) -> Callable[..., Transcript]:
        """Return the function of ours that plays a scenario."""
        module, _, function = self._config.driver.partition(":")
        found: Callable[..., Transcript] = getattr(import_module(module), function)
        return found

    def get(self, name: str = "application") -> Loaded:
        """Return the application that scenarios know by `name`, and its interface.

        Raises `TargetError` if it is not there, or no application.
        """
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def _load(self, name: str) -> Loaded:
        config = self._config
        target, factory = config.target, config.factory
        if name != "application":
            module, _, _ = target.partition(":")
            target, factory = f"{module}:{config.attributes.get(name, name)}", False
        application = load(target, factory=factory, app_dir=config.app_dir)
        return application, config.interface or interface_of(application)


def main(descriptor: int) -> None:
    """Serve the parent that holds the other end of `descriptor`, until it hangs up."""
    os.set_inheritable(descriptor, False)
    # A copy: the application may close the standard error, and put a file in its place.
    serve(Channel(socket.socket(fileno=descriptor)), stacks=os.dup(2))


def serve(channel: Channel, stacks: int) -> None:
    """Take an config and then scenarios, and answer each, until the stream ends."""
    try:
        # What comes down is pickled; what goes up never is. We trust our parent, but it
        # cannot trust the process that an application runs in.
        applications = Applications(pickle.loads(channel.receive()))
        tell(channel, attempt(lambda: {"ready": applications.get()[1]}))
        while True:
            scenario, limit = pickle.loads(channel.receive())
            faulthandler.dump_traceback_later(max(limit - STACK_LEAD, 0.1), file=stacks)
            try:
                tell(channel, attempt(lambda: played(applications, scenario)))  # noqa: B023
            finally:
                faulthandler.cancel_dump_traceback_later()
    except EOFError:
        return


def attempt(act: Callable[[], Reply]) -> Reply:
    """Do something, and make an answer of what it raises."""
    try:
        return act()
    except TargetError as error:
        return {"no target": str(error)}
    except Exception as error:
        traceback.print_exc()
        return {"broken": f"{type(error).__name__}: {error}"}


def played(applications: Applications, scenario: Scenario) -> Reply:
    """Drive one scenario."""
    application, interface = applications.get(scenario.application)
    if interface == "asgi2":
        from asgi_compare.drive.servers.nonce import as_asgi3  # hardly any are left

        application, interface = as_asgi3(application), "asgi"
    play = applications.driver()
    transcript = play(application, interface, scenario, holds=expectation(scenario))
    return {"transcript": fitting(transcript)}


def expectation(scenario: Scenario) -> Callable[[Transcript], bool]:
    """Return how to find out whether a transcript is what the scenario expects."""
    if not scenario.eventually:
        return lambda transcript: True
    from asgi_compare.contract.expectation import (
        judge,  # only here, because most never need it
    )

    return lambda transcript: not judge(scenario, transcript)


def fitting(transcript: Transcript, limit: int = MAX_MESSAGE - 1024) -> Reply:
    """Write a transcript, with fewer events if it would be too large to be sent."""
    written = transcript_to_json(transcript)
    for kept in KEPT_EVENTS:
        if len(dumps(written).encode()) <= limit:
            break
        written = transcript_to_json(shortened(transcript, kept))
    return written


def shortened(transcript: Transcript, kept: int) -> Transcript:
    """Keep the first events only, here and in the transcripts inside."""
    left_out = len(transcript.events) - kept
    note = f"{left_out} events were left out: there was too much to keep"
    return replace(
        transcript,
        events=transcript.events[:kept],
        notes=(*transcript.notes, note) if left_out > 0 else transcript.notes,
        requests=tuple(shortened(inner, kept) for inner in transcript.requests),
    )


def tell(channel: Channel, answer: Reply) -> None:
    """Send an answer to the parent."""
    channel.send(dumps(answer).encode())


if __name__ == "__main__":
    main(int(sys.argv[1]))
