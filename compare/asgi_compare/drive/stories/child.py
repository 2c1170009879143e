"""Play stories with an application in a process of its own.

Started as `python -m asgi_compare.drive.stories.child NUMBER`. It gets the name of an
implementation first, and then stories and their transports, and answers each time with
one JSON object; see `Child`. An application that exits or hangs is one verdict.
"""

from __future__ import annotations

import os
import pickle
import socket
import sys
from collections.abc import Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

from asgi_compare.contract.stories import STORIES
from asgi_compare.contract.story import Story, Transport
from asgi_compare.drive.outside import outside
from asgi_compare.drive.servers.process import inherited
from asgi_compare.drive.stories.arrange import play_here
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS, Implementation
from asgi_compare.drive.targets.target import load
from asgi_compare.drive.workers.channel import Channel
from asgi_compare.drive.workers.session import NoAnswer, Session
from asgi_compare.model.results import IN_PROCESS
from asgi_compare.model.serialization.codec import dumps
from asgi_compare.model.story import Moment, Played

MODULE = "asgi_compare.drive.stories.child"
START = 30.0
"""Seconds for the process, and for the import of the application."""


class Child:
    """A process in which stories are played with one implementation."""

    host = IN_PROCESS

    def __init__(self, implementation: Implementation) -> None:
        self._implementation = implementation
        self._session: Session | None = None

    def play(self, story: Story, transport: Transport) -> Played:
        """Play one story."""
        return self.play_all([(story, transport)])[0]

    def play_all(self, plays: Sequence[tuple[Story, Transport]]) -> list[Played]:
        """Play stories, some at a time; a process that has failed is replaced."""
        name = self._implementation.name
        names = [(story.name, transport) for story, transport in plays]
        seconds = START + sum(story.deadline for story, _ in plays)
        try:
            if self._session is None:
                # In one process there is nothing to be shared with others.
                environment = {**inherited(), "REDIS_URL": ""}
                self._session = Session(environment, module=MODULE)
                self._session.ask(name, START)
            answer = self._session.ask(names, seconds)
        except NoAnswer as none:
            self._session = None
            reason = f"The application's process {none.happened}.{none.quoted}"
            return [
                Played(story, name, self.host, transport, "error", reason)
                for story, transport in names
            ]
        return [_played(each) for each in answer["played"]]

    def stop(self) -> None:
        """End the process."""
        if self._session:
            self._session.close(1.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _played(answer: dict[str, Any]) -> Played:
    moments = tuple(Moment(**each) for each in answer.pop("moments"))
    return Played(**answer, moments=moments)


def main(descriptor: int) -> None:
    """Serve the parent that holds the other end of `descriptor`, until it hangs up."""
    channel = Channel(socket.socket(fileno=descriptor))
    try:
        row = IMPLEMENTATIONS[pickle.loads(channel.receive())]
        with outside() as world:
            os.environ.update(world.environment)
            application = load(row.target, app_dir=row.app_dir)
            _tell(channel, {})
            while True:
                names = pickle.loads(channel.receive())
                plays = [(STORIES[name], transport) for name, transport in names]
                played = play_here(application, row, plays, IN_PROCESS, world)
                _tell(channel, {"played": [asdict(each) for each in played]})
    except EOFError:
        return


def _tell(channel: Channel, answer: dict[str, Any]) -> None:
    channel.send(dumps(answer).encode())


if __name__ == "__main__":
    main(int(sys.argv[1]))
