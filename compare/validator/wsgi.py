"""Beside the stages: the wrapper of WSGI.

The application is called with its own `environ`, in which the two streams are replaced
by ones that watch (PEP 3333, "The Application/Framework Side": a middleware may change
the `environ`), and with a `start_response` that watches. What it returns is wrapped as
well; the wrapper has a length where the original has one, delays no block, and passes
`close()` on. What was made by the server's `wsgi.file_wrapper` is handed back as it is,
since the server looks for its own type.

As in `asgi_http`, what is ordinary is only counted, and the judge is made when
something is not. A list of blocks is looked through at once, for all of it is there,
and handed back as it is.

This module does not know any rule by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from compare.drivers.answers import returned
from compare.drivers.recorder import told
from compare.rules.judge_wsgi import FAULTLESS, WsgiJudge
from compare.rules.ordinary_environ import is_ordinary
from compare.rules.response import NO_HEAD, UNBOUNDED, Head
from compare.rules.values import is_a, plain
from compare.validator.asgi import Wrapper
from compare.validator.exchange import Exchange
from compare.validator.findings import Findings
from compare.validator.wsgi_watch import BLOCKS, WatchedErrors, WatchedInput

Environ = Any
StartResponse = Callable[..., Callable[[bytes], Any]]


class Wsgi(Wrapper):
    """A WSGI application, and what it is found to do."""

    def __call__(self, environ: Environ, start_response: StartResponse) -> Any:
        """Call the application as the server asks for, and watch."""
        request = Request(environ, start_response, self._findings)
        try:
            returned = self.app(environ, request.start_response)
        except BaseException as error:
            request.raised(error)
            raise
        return request.returned(returned)


class Request:
    """One request under observation."""

    def __init__(
        self, environ: Environ, start_response: StartResponse, findings: Findings
    ) -> None:
        self._start_response = start_response
        self.environ = environ
        self.findings = findings
        self.exchange: Exchange | None = None
        self.started = self.over = self.returned_at_last = False
        self.complete = self.has_close = self.was_closed = False
        self.head = NO_HEAD
        self.count = self.length = self.least = self.bytes_read = self.yields = 0
        self.most = UNBOUNDED
        self.claimed: int | None = None
        self.past: Any = None
        if is_ordinary(environ):
            self.method = environ["REQUEST_METHOD"]
            self.content_length = environ.get("CONTENT_LENGTH")
            self.wrapper = environ.get("wsgi.file_wrapper")
            environ["wsgi.input"] = WatchedInput(environ["wsgi.input"], self)
            environ["wsgi.errors"] = WatchedErrors(environ["wsgi.errors"], self)
        else:
            self._look_closely(environ)

    def _look_closely(self, environ: Environ) -> None:
        keys = plain(environ) or {}
        self.wrapper = keys.get("wsgi.file_wrapper")
        judge = WsgiJudge(environ.copy() if keys is environ else environ, _name(keys))
        self.exchange = Exchange(judge, self.findings)
        self.exchange.begin()
        if keys is environ:
            for key, watched in STREAMS.items():
                # In a broken environ there may be anything, and it stays that.
                if hasattr(type(stream := environ.get(key)), "__iter__"):
                    environ[key] = watched(stream, self)

    def examined(self) -> Exchange:
        """Give the exchange, with the judge as it would be by now."""
        if self.exchange is None:
            given = {"REQUEST_METHOD": self.method}
            if self.content_length is not None:
                given["CONTENT_LENGTH"] = self.content_length
            scope = {**self.environ, **given}
            judge = WsgiJudge(scope, _name(scope))
            judge.index = self.count - 1
            judge.bytes_read = self.bytes_read
            judge.yields = self.yields
            judge.iterating = self.returned_at_last
            judge.claimed_length = self.claimed
            judge.has_close = self.has_close
            judge.closed = self.was_closed
            judge.started = self.started
            judge.head = self.head
            if self.length:
                judge.response.begin(self.head)
                judge.response.length = self.length
            self.exchange = Exchange(judge, self.findings)
            if self.past is not None:
                event = {"type": "start_response", "status": self.past}
                self.exchange.recent.append(("send", event))
        return self.exchange

    # What the application calls ------------------------------------------------------

    def start_response(
        self, status: Any, response_headers: Any, exc_info: Any = None
    ) -> Callable[[bytes], Any]:
        """Judge the status and the headers, and hand them on."""
        if (
            self.exchange is None
            and exc_info is None
            and not self.started
            and type(response_headers) is list
            and (head := _known(status, response_headers)) is not None
        ):
            self.started = True
            self.head = head
            if self.method != "HEAD":
                self.least = head.least
                self.most = head.most
            self.count += 1
            self.past = status
        else:
            # A copy: it is the server's now, which may change it.
            headers = response_headers
            event = {
                "type": "start_response",
                "status": status,
                "response_headers": [*headers] if type(headers) is list else headers,
                "exc_info": told(exc_info),
            }
            self.examined().sent(event)
            self.started = True
        more = () if exc_info is None else (exc_info,)
        self._write = self._start_response(status, response_headers, *more)
        return self.write

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
        if self.exchange is None and type(data) is bytes and size in (None, -1):
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
        if self.exchange is not None or not self.started:
            return False
        length = 0
        for block in blocks:
            if type(block) is not bytes:
                return False
            length += len(block)
        return self.least <= length <= self.most

    def blocks(self, iterable: Iterable[Any]) -> Iterator[Any]:
        """Give the blocks, each judged, none delayed."""
        try:
            for block in iterable:
                total = self.length + len(block) if type(block) is bytes else -1
                if self.exchange is None and self.started and 0 <= total <= self.most:
                    self.length = total
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
                and self.length >= self.least
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


def _known(status: Any, headers: list[Any]) -> Head | None:
    try:
        return FAULTLESS.get((status, *headers))
    except TypeError:  # an entry that cannot be hashed, such as a list
        return None


def _name(environ: Any) -> str:
    """Say what was asked for; the place of a finding."""
    keys = (environ.get("REQUEST_METHOD"), environ.get("PATH_INFO"))
    return " ".join(each for each in keys if is_a(each, str))


STREAMS = {"wsgi.input": WatchedInput, "wsgi.errors": WatchedErrors}
