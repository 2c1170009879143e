"""Play an HTTP server for one request to a WSGI application.

A WSGI server calls the application with the `environ`, which says what was asked, and
with `start_response`, which takes the status and the headers. What the application
returns is an iterable over the pieces of the body; the server asks for one at a time,
sends it, and closes the iterable at the end, come what may. The request's body is a
file to read from.

There is nothing to wait for: a call is there or blocks the thread. So the deadline is
looked at whenever the application calls the driver. One that never does cannot be
stopped; `drive` puts it on a thread of its own that can be left behind.

References are to PEP 3333.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from threading import get_ident
from time import monotonic_ns as now
from types import TracebackType
from typing import Any

from asgi_compare.contract.scenario import PATIENT, Request
from asgi_compare.drive.in_process.answers import (
    Headers,
    encoded,
    response,
    returned,
    server_error,
)
from asgi_compare.drive.in_process.environ import (
    FILES,
    Environ,
    Errors,
    Input,
    template,
)
from asgi_compare.drive.in_process.recorder import (
    ClientDisconnected,
    Recorder,
    describe_exc_info,
)
from asgi_compare.drive.request_parts import Prepared, prepare
from asgi_compare.model.transcript import (
    Direction,
    Event,
    Excerpt,
    Response,
    Transcript,
)

ExcInfo = tuple[type[BaseException], BaseException, TracebackType]
Application = Callable[[Environ, Any], Iterable[bytes]]
Write = Callable[[bytes], None]


class Stop(BaseException):
    """The server takes no more. Not an `Exception`, which an application may catch."""


def exchange(
    application: Application,
    request: Request,
    *,
    name: str = "",
    deadline: float = 5.0,
    short_reads: bool = False,
) -> Transcript:
    """Put one request to an application, and give the transcript."""
    served = WsgiExchange(name, prepare(request), deadline, short_reads)
    served.run(application)
    return served.transcript()


class WsgiExchange(Recorder):
    """One request and its answer, as the server has it in hand."""

    interface = "wsgi"
    status = ""
    headers: Headers = ()
    headers_sent = False
    complete = False
    heard_pieces = 0
    heard_bytes = 0
    leaves_at: int | None = None

    def __init__(
        self, name: str, prepared: Prepared, deadline: float, short_reads: bool
    ) -> None:
        self.open(name)
        self.prepared = prepared
        self.client = prepared.client
        self.short_reads = short_reads
        self.began = now()
        self.patience = int(deadline * 1e9)

    def environ(self) -> Environ:
        """Make the `environ`: a new dict, every time."""
        if self.prepared.environ is None:
            self.prepared.environ = template(self.prepared)
        environ = self.prepared.environ.copy()
        environ["wsgi.input"] = Input(
            self.prepared.pieces,
            self.client,
            self.short_reads,
            self.read,
            self.sent,
            lambda: self.crosses("send", {"type": "wsgi.input.close"}),
        )
        environ["wsgi.errors"] = Errors(
            self.logged, lambda: self.crosses("send", {"type": "wsgi.errors.close"})
        )
        return environ

    def run(self, application: Application) -> None:
        """Call the application, send what it returns, and close it."""
        self.thread = get_ident()
        self.began = now()
        self.until = self.began + self.patience
        iterable: Any = None
        try:
            iterable = application(self.environ(), self.start_response)
            self.crosses("send", returned(iterable))
            self.send_all(iterable)
        except KeyboardInterrupt:
            raise
        except Stop:
            pass
        except BaseException as error:
            self.failed(error)
        finally:
            self.close(iterable)
            self.ended = now()

    def send_all(self, iterable: Any) -> None:
        """Send the pieces of the body, one at a time."""
        try:
            blocks = iter(iterable)
        except TypeError:
            self.fail(f"Expected an iterable, but got {iterable!r}.")
        for block in blocks:
            self.crosses("send", {"type": "yield", "body": block})
            if self.left is not None:
                self.unheard |= {len(self.log) - 1}
                raise Stop
            # "The start_response() Callable": called before the first piece of the
            # body, but not necessarily before the iteration begins.
            if not self.status:
                self.fail("Expected start_response() before the first piece.")
            if not isinstance(block, bytes):
                self.fail(f"Expected a byte string, but got {block!r}.")
            self.client_hears(block)
        if not self.status:
            self.fail("Expected start_response() to be called.")
        if self.left is None:
            self.headers_sent = self.complete = True

    def fail(self, what: str) -> None:
        """Stop, because the server cannot go on with this application."""
        self.notes += (what,)
        if self.log and self.log[-1].event["type"] == "yield":
            self.unheard |= {len(self.log) - 1}
        raise Stop

    def start_response(
        self,
        status: str,
        response_headers: list[tuple[str, str]],
        exc_info: ExcInfo | None = None,
    ) -> Write:
        """Take the status and the headers, which are sent with the first piece."""
        headers = response_headers
        self.crosses(
            "send",
            {
                "type": "start_response",
                "status": status,
                "response_headers": [*headers] if type(headers) is list else headers,
                "exc_info": describe_exc_info(exc_info),
            },
        )
        try:
            if exc_info is not None:
                # "The start_response() Callable": too late to change the headers.
                if self.headers_sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            elif self.status:
                raise AssertionError("A second start_response() without exc_info.")
            self.headers = encoded(status, headers)
            self.status = status
        except BaseException:
            self.unheard |= {len(self.log) - 1}
            raise
        finally:
            exc_info = None  # its traceback holds this very frame
        return self.write

    def write(self, data: bytes) -> None:
        """Send a piece of the body at once."""
        self.crosses("send", {"type": "write", "body": data})
        if self.left is not None or not isinstance(data, bytes):
            self.unheard |= {len(self.log) - 1}
            if self.left is not None:
                raise ClientDisconnected
            raise TypeError(f"Expected a byte string, but got {data!r}.")
        self.client_hears(data)

    def read(self, method: str, size: int | None, data: bytes) -> None:
        """Note what the application has read."""
        event = {"type": f"wsgi.input.{method}", "size": size, "body": data}
        self.crosses("receive", event)

    def logged(self, text: str) -> None:
        """Note what the application has written into the server's log."""
        self.notes += (f"wsgi.errors: {text}",)

    def close(self, iterable: Any) -> None:
        """Close the iterable, whatever has happened."""
        # "Specification Details": close() must be called, also after an error.
        if not hasattr(iterable, "close"):
            return
        # Also of an application that has sent too much.
        at = now() - self.began
        self.log.append(Event(at, "send", {"type": "close"}, 0, get_ident()))
        try:
            iterable.close()
        except Stop:
            pass
        except Exception as error:
            if self.error is None:
                self.failed(error)

    def crosses(self, direction: Direction, event: dict[str, Any]) -> None:
        """Write down what crosses, unless it is time to stop."""
        if now() > self.until:
            self.halt("timed out")
            raise Stop
        if self.leaves_at is not None and now() > self.leaves_at:
            self.leave(self.leaves_at)
        if self.record(direction, event) < 0:
            raise Stop

    def client_hears(self, piece: bytes) -> None:
        """Let the client take a piece of the answer, in its own time."""
        if not piece:
            return
        self.headers_sent = True  # with the first piece that is not empty
        self.digested(piece, self.pieces)
        if self.client is not PATIENT:
            time.sleep(self.client.reads_every)
            self.heard_pieces += 1
            self.heard_bytes += len(piece)
            if self.client.has_enough(self.heard_pieces, self.heard_bytes):
                self.leave()

    def sent(self, pieces: int) -> bool:
        """Let an impatient client leave after that many pieces, now or later."""
        if self.client.leaves_after_sending == pieces:
            self.leave()
        all_sent = pieces >= len(self.prepared.pieces) - (pieces == 0)
        seconds = self.client.leaves_after
        if all_sent and seconds is not None and self.leaves_at is None:
            self.leaves_at = now() + int(seconds * 1e9)
        return self.left is None

    def leave(self, at: int | None = None) -> None:
        """Let the client go, or find that it had gone at that time."""
        if self.left is None:
            self.left = now() if at is None else at

    def abandon(self) -> None:
        """Leave an application behind that has not come back."""
        self.halted = "abandoned"
        self.ended = now()

    def scope_as_given(self) -> Environ:
        """Make the `environ` once more; what is no data is named by its type."""
        environ = template(self.prepared)
        for key, kind in FILES.items():
            environ[key] = f"<{kind.__name__}>"
        return environ

    def pieces(self) -> list[Any]:
        """Return the pieces of the body that the client got."""
        heard = [e for e in self.heard() if e["type"] in ("write", "yield")]
        return [event["body"] for event in heard]

    def answer(self) -> Response | None:
        """Work out what the client got."""
        method = self.prepared.request.method.upper()
        if not self.headers_sent:
            gone = self.left is not None or self.halted is not None
            return None if gone else server_error(method)
        pieces: list[bytes | Excerpt] = self.pieces()
        return response(
            method,
            int(self.status[:3]),
            self.status.partition(" ")[2],
            self.headers,
            pieces,
            self.complete,
            self.digest,
        )
