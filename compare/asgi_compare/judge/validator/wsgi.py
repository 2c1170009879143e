"""The wrapper of WSGI.

The application is called with its own `environ`, in which the two streams are replaced
by ones that watch (PEP 3333, "The Application/Framework Side": a middleware may change
the `environ`), and with a `start_response` that watches. What it returns is wrapped as
well; the wrapper has a length where the original has one, delays no block, and passes
`close()` on. What was made by the server's `wsgi.file_wrapper` is handed back as it is,
since the server looks for its own type.

As in `asgi_http`, what is ordinary is only counted, and the judge is made when
something is not (`examined`). A list of blocks is looked through at once, for all of it
is there, and handed back as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from asgi_compare.drive.in_process.answers import returned
from asgi_compare.drive.in_process.recorder import describe_exc_info
from asgi_compare.judge.rules.engine.judge_wsgi import WsgiJudge, fields_of, status_of
from asgi_compare.judge.rules.engine.response import head_of
from asgi_compare.judge.rules.engine.values import is_a, plain
from asgi_compare.judge.validator.asgi import Wrapper
from asgi_compare.judge.validator.exchange import JudgedExchange, place
from asgi_compare.judge.validator.findings import Findings
from asgi_compare.judge.validator.plain_environ import is_plain
from asgi_compare.judge.validator.plain_start import Known, plain_start
from asgi_compare.judge.validator.wsgi_watch import BLOCKS, WatchedErrors, WatchedInput

Environ = Any
StartResponse = Callable[..., Callable[[bytes], Any]]

WAITING = -1
"""Fewer bytes than any content has, so that none passes: it has not begun."""


class Wsgi(Wrapper):
    """A WSGI application, and what it is found to do."""

    def __call__(self, environ: Environ, start_response: StartResponse) -> Any:
        """Call the application as the server asks for, and watch."""
        app, findings = self._both
        request = WsgiRequest(environ, start_response, findings)
        try:
            returned = app(environ, request.start_response)
        except BaseException as error:
            request.raised(error)
            raise
        return request.returned(returned)


class WsgiRequest:
    """One request under observation."""

    # Defaults stand on the class, so that a request costs little: whoever returns a
    # list of blocks needs none of these.
    known: Known | None = None
    """What `start_response` was called with."""
    exchange: JudgedExchange | None = None
    """The judge's; None for as long as there is no need for one."""
    room: int | None = WAITING
    """How much content there is to be; None, if that is left open."""
    count = 0
    complete = has_close = was_closed = over = returned_at_last = started = False
    length = bytes_read = yields = 0
    claimed: int | None = None

    def __init__(
        self, environ: Environ, start_response: StartResponse, findings: Findings
    ) -> None:
        self._start_response = start_response
        self.findings = findings
        if is_plain(environ):
            # A copy: what the server handed over, whatever the application writes into
            # it; and it does not hold what holds this request, so all goes at once.
            self.given = environ.copy()
            self.method = environ["REQUEST_METHOD"]
            self.wrapper = environ.get("wsgi.file_wrapper")
            environ["wsgi.input"] = WatchedInput(environ["wsgi.input"], self)
            environ["wsgi.errors"] = WatchedErrors(environ["wsgi.errors"], self)
        else:
            self._look_closely(environ)

    def _look_closely(self, environ: Environ) -> None:
        keys = plain(environ) or {}
        self.wrapper = keys.get("wsgi.file_wrapper")
        judge = WsgiJudge(environ.copy() if keys is environ else environ, _name(keys))
        self.exchange = JudgedExchange(judge, self.findings)
        self.exchange.begin()
        if keys is environ:
            for key, watched in STREAMS.items():
                # In a broken environ there may be anything, and it stays that.
                if hasattr(type(stream := environ.get(key)), "__iter__"):
                    environ[key] = watched(stream, self)

    def examined(self) -> JudgedExchange:
        """Return the exchange, with the judge as it would be by now."""
        if self.exchange is None:
            judge = WsgiJudge(self.given, _name(self.given))
            judge.index = self.count - 1
            judge.bytes_read = self.bytes_read
            judge.yields = self.yields
            judge.iterating = self.returned_at_last
            judge.claimed_length = self.claimed
            judge.has_close = self.has_close
            judge.closed = self.was_closed
            judge.started = self.started
            self.exchange = JudgedExchange(judge, self.findings)
            if self.known is not None:
                status, headers, _ = self.known
                fields = fields_of({"response_headers": headers})
                judge.head = head_of(status_of(status), fields)
                event = {"type": "start_response", "status": status}
                self.exchange.recent.append(("send", event))
            if self.length:
                judge.response.begin(judge.head)
                judge.response.length = self.length
        return self.exchange

    # What the application calls ------------------------------------------------------

    def start_response(
        self, status: Any, response_headers: Any, exc_info: Any = None
    ) -> Callable[[bytes], Any]:
        """Judge the status and the headers, and hand them on."""
        start = self._start_response
        if exc_info is None and self._starts_plainly(status, response_headers):
            self._write = start(status, response_headers)
            return self.write
        # A copy: it is the server's now, which may change it.
        headers = response_headers
        event = {
            "type": "start_response",
            "status": status,
            "response_headers": [*headers] if type(headers) is list else headers,
            "exc_info": describe_exc_info(exc_info),
        }
        self.examined().sent(event)
        self.started = True
        more = () if exc_info is None else (exc_info,)
        self._write = start(status, response_headers, *more)
        return self.write

    def _starts_plainly(self, status: Any, headers: Any) -> bool:
        """Whether the response begins with a head without fault; take note of it."""
        if self.exchange or self.room != WAITING or type(headers) is not list:
            return False
        try:
            known = plain_start(status, headers)
        except Exception:  # an entry that cannot be hashed, or compared
            return False
        if known is None:
            return False
        self.known = known
        self.room = None if self.method == "HEAD" else known[2]
        self.started = True
        self.count += 1
        return True

    def write(self, data: bytes) -> Any:
        """Judge a block, and write it."""
        self.examined().sent({"type": "write", "body": data})
        try:
            return self._write(data)
        except OSError:
            self.examined().judge.left = True
            raise

    def read(self, method: str, size: Any, data: Any) -> None:
        """Note what was read of the request."""
        if (
            self.exchange is None
            and type(data) is bytes
            and size in (None, -1)
            and not self.given.get("CONTENT_LENGTH")
        ):
            self.bytes_read += len(data)
            self.count += 1
        else:
            event = {"type": f"wsgi.input.{method}", "size": size, "body": data}
            self.examined().received(event)

    def closes(self, what: str) -> None:
        """Judge that the application closes a stream."""
        self.examined().sent({"type": f"{what}.close"})

    # What the application gives back -------------------------------------------------

    def returned(self, iterable: Any) -> Any:
        """Judge what was returned, and give what stands in for it."""
        if type(iterable) is list and self._are_all_well(iterable):
            self.over = True
            return iterable
        if is_a(self.wrapper, type) and isinstance(iterable, self.wrapper):
            self.over = True
            return iterable
        event = returned(iterable)
        self.claimed = event["len"]
        self.has_close = event["close"]
        self.returned_at_last = True
        if self.exchange is None and event["iterable"]:
            self.count += 1
        else:
            self.examined().sent(event)
            if not event["iterable"]:
                self.end()
                return iterable
        sized = hasattr(type(iterable), "__len__")
        return BLOCKS[sized, self.has_close](iterable, self)

    def _are_all_well(self, blocks: list[Any]) -> bool:
        """Whether these blocks, which are all there will be, need no further look."""
        if self.exchange is not None or self.room == WAITING:
            return False
        length = 0
        for block in blocks:
            if type(block) is not bytes:
                return False
            length += len(block)
        return self.room is None or length == self.room

    def blocks(self, iterable: Iterable[Any]) -> Iterator[Any]:
        """Return the blocks, each judged, none delayed."""
        try:
            for block in iterable:
                if (
                    self.exchange is None
                    and type(block) is bytes
                    and (self.room is None or self.length + len(block) <= self.room)
                ):
                    self.length += len(block)
                    self.yields += 1
                    self.count += 1
                else:
                    self.examined().sent({"type": "yield", "body": block})
                yield block
        except GeneratorExit:
            raise  # the server wants no more
        except BaseException as error:
            self.raised(error)
            raise
        self.exhausted()

    # How it ends ---------------------------------------------------------------------

    def exhausted(self) -> None:
        """Note that all blocks were given."""
        self.complete = True
        if not self.has_close:
            self.end()

    def closed(self, iterable: Any) -> None:
        """Pass `close()` on, and judge the end."""
        if self.exchange is not None and not self.over:
            self.exchange.sent({"type": "close"})
        self.count += 1
        self.was_closed = True
        if self.has_close:
            try:
                iterable.close()
            except BaseException as error:
                self.raised(error)
                raise
        self.end()

    def end(self, aloud: bool = True) -> None:
        """Judge the end, once. If blocks are left, the server had a reason to stop."""
        if self.over:
            return
        self.over = True
        if self.exchange is None and (
            not self.complete
            or (
                self.started
                and (self.room is None or self.length >= self.room)
                and self.claimed in (None, self.yields)
                and self.was_closed >= self.has_close
            )
        ):
            return
        exchange = self.examined()
        exchange.judge.left = exchange.judge.left or not self.complete
        exchange.returned(aloud)

    def raised(self, error: BaseException) -> None:
        """Note that the application raised: nothing more is asked of it."""
        self.over = True


def _name(environ: Any) -> str:
    """Return what was asked for."""
    return place(environ.get("REQUEST_METHOD"), environ.get("PATH_INFO"))


STREAMS = {"wsgi.input": WatchedInput, "wsgi.errors": WatchedErrors}
