"""The servers that the probes play, over WSGI.

As over ASGI, each is the driver's own server with one thing about it changed. On top of
what the driver writes down, these write down whether the application closes the
streams, which are the server's (PEP 3333, "Input and Error Streams").
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Any

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.in_process.environ import Environ
from asgi_compare.drive.in_process.environ import Errors as PlainErrors
from asgi_compare.drive.in_process.environ import Input as PlainInput
from asgi_compare.drive.in_process.stepping import GRACE
from asgi_compare.drive.in_process.wsgi import Stop, WsgiExchange
from asgi_compare.drive.request_parts import prepare
from asgi_compare.drive.targets.blame import place_of
from asgi_compare.judge.application.arrange import another
from asgi_compare.judge.application.conclusions import LIST_SHARED
from asgi_compare.judge.application.leftovers import over_and_over
from asgi_compare.judge.application.probe import Server
from asgi_compare.model.serialization.schema import short_repr
from asgi_compare.model.serialization.values import Foreign
from asgi_compare.model.transcript import Transcript


class AwkwardWsgi(WsgiExchange):
    """A server for WSGI with one thing about it changed."""

    def __init__(
        self, name: str, request: Request, server: Server, deadline: float
    ) -> None:
        self.server = server
        self.meanwhile: Callable[[], None] = nothing
        """What another thread does while this one is in the application."""
        super().__init__(name, prepare(request), deadline, server.short_reads)

    def run(self, application: Any) -> None:
        """Call the application, as this server does."""

        def called(environ: Environ, start: Any) -> Any:
            if self.server.positional:
                start = positional(start)
            iterable = application(environ, start)
            self.meanwhile()
            return iterable

        super().run(called)

    def environ(self) -> Environ:
        """Make the `environ`: a new dict, every time."""
        environ = awkward_environ(super().environ(), self.server)
        given = environ["wsgi.input"]
        environ["wsgi.input"] = Input.in_place_of(given, self)
        environ["wsgi.errors"] = Errors(self.logged, self)
        return environ

    def scope_as_given(self) -> Environ:
        """Make the `environ` once more; what is no data is named by its type."""
        return awkward_environ(super().scope_as_given(), self.server)

    def start_response(
        self, status: Any, response_headers: Any, exc_info: Any = None
    ) -> Any:
        """Take it as the driver does; a subclass of list shall still be seen as one."""
        index = len(self.log)
        try:
            write = super().start_response(status, response_headers, exc_info)
            if self.server.adds_fields and type(response_headers) is list:
                response_headers.append(ADDED)
            self.meanwhile()
            return write
        finally:
            kind = type(response_headers)
            if index < len(self.log) and kind is not list and issubclass(kind, list):
                seen = Foreign(kind.__qualname__, short_repr(response_headers))
                self.log[index].event["response_headers"] = seen

    def failed(self, error: BaseException) -> None:
        """Note the exception, with the line of the user's that it came out of."""
        super().failed(error)
        if place := place_of(error):
            self.error = f"{self.error} ({place})"

    def send_all(self, iterable: Any) -> None:
        """Send what was returned, which the driver has written down."""
        index = len(self.log) - 1
        try:
            super().send_all(iterable)
        except Stop:
            # A server that stops has not seen how many blocks there would have been.
            self.log[index].event["len"] = None
            raise

    def sent_fields(self) -> list[Any]:
        """Return the fields that the application gave last."""
        starts = [e.event for e in self.log if e.event["type"] == "start_response"]
        headers = starts[-1]["response_headers"] if starts else ()
        return list(headers) if isinstance(headers, list | tuple) else []

    def streams_closed(self, which: str) -> None:
        """Write down that the application closes what is not its own."""
        self.crosses("send", {"type": f"wsgi.{which}.close"})


ADDED = ("X-Added-By-The-Server", "1")
"""A field that a server puts into the list that it was given."""
PATIENCE = 0.25
"""Seconds for the other one of two exchanges at once."""


SHARED = (
    f"{LIST_SHARED.id}: Expected a new list of fields, but the next response has the "
    f"field that the server added to the last one"
)


def nothing() -> None:
    """Do nothing."""


def positional(start_response: Any) -> Any:
    """Return a `start_response` that takes no arguments by name."""

    def begin(a: Any, b: Any, c: Any = None, /) -> Any:
        return start_response(a, b, c)

    return begin


class Input(PlainInput):
    """A `wsgi.input` that notices when it is closed."""

    _server: AwkwardWsgi

    @classmethod
    def in_place_of(cls, given: PlainInput, server: AwkwardWsgi) -> Input:
        """Take over the state of the driver's own."""
        made = cls.__new__(cls)
        made.__dict__.update(given.__dict__)
        made._server = server
        return made

    def close(self) -> None:
        """Stay open, and write it down."""
        self._server.streams_closed("input")


class Errors(PlainErrors):
    """A `wsgi.errors` that notices when it is closed."""

    def __init__(self, note: Any, server: AwkwardWsgi) -> None:
        super().__init__(note)
        self._server = server

    def write(self, text: str) -> int:
        """Write a note, as a text file does."""
        if not isinstance(text, str):
            raise TypeError(f"Expected str, but got {type(text).__name__}.")
        return super().write(text)

    def close(self) -> None:
        """Stay open, and write it down."""
        self._server.streams_closed("errors")


def awkward_environ(environ: Environ, server: Server) -> Environ:
    """Change an `environ` as the row says."""
    for key in server.without:
        name = key.removesuffix("?")
        if name == key or environ.get(name) == "":
            environ.pop(name, None)
    environ.update(copy.deepcopy(dict(server.sets)))
    return environ


def play(
    application: Any, name: str, request: Request, server: Server, deadline: float
) -> Transcript:
    """Have one exchange on a thread of its own, which can be left behind."""
    served = AwkwardWsgi(name, request, server, deadline)
    ended = threading.Event()

    def once(asked: Request = request) -> AwkwardWsgi:
        other = AwkwardWsgi(name, asked, server, deadline)
        other.run(application)
        return other

    def beside() -> None:
        # It may wait for a lock that the first one has.
        thread = threading.Thread(target=once, args=(another(request),), daemon=True)
        thread.start()
        thread.join(PATIENCE)

    if server.another:
        served.meanwhile = beside

    def run() -> None:
        try:
            if server.inherits:
                once(another(request))
            served.run(application)
            if server.adds_fields and ADDED in once().sent_fields():
                served.notes += (SHARED,)
            well = served.error is None or served.left is not None
            if server.repeats and well and served.halted is None:
                served.notes += tuple(over_and_over(once))
        except BaseException as error:  # KeyboardInterrupt; on a thread it ends no more
            served.failed(error)
        finally:
            ended.set()

    threading.Thread(target=run, daemon=True).start()
    if not ended.wait(deadline + GRACE):
        served.abandon()
    return served.transcript()
