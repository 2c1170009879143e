"""The instrumented application for WSGI: plays the acts of a script, one by one.

What comes before the first piece of the body is done in the call of the application,
and the rest while the server iterates over what the application gave back.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from asgi_compare.drive.servers.nonce import Environ
from asgi_compare.drive.servers.nonce import StartResponse as Starts
from asgi_compare.judge.server.acts import (
    Act,
    Body,
    Fail,
    FileWrapper,
    Input,
    ReadBody,
    Sleep,
    Start,
    StartResponse,
    Write,
)
from asgi_compare.judge.server.instrument.records import Record, named, small_bytes


def play_wsgi(
    record: Record, environ: Environ, start_response: Starts, script: list[Act]
) -> Iterable[bytes]:
    """Play the script; give what the application gives back."""
    play = _WsgiPlay(record, environ, start_response)
    try:
        # All that comes before the first piece of the body is done in the call itself,
        # so that an exception there is one out of the application.
        while script and not isinstance(script[0], Body | FileWrapper):
            play.act(script.pop(0))
    except BaseException as error:
        record.ended = f"raised {named(error)}"
        raise
    if script and isinstance(script[0], FileWrapper):
        return play.file(script[0])
    return _Content(play, script)


class _Content:
    """What the application gives back: the rest of the script, piece by piece."""

    def __init__(self, play: _WsgiPlay, script: list[Act]) -> None:
        self._play = play
        self._script = script

    def __iter__(self) -> Iterator[bytes]:
        record = self._play.record
        try:
            for act in self._script:
                if isinstance(act, Body):
                    record.events.append(("yield", small_bytes(act.data), "", 0.0))
                    yield act.data
                else:
                    self._play.act(act)
        except GeneratorExit:
            record.ended = "left"
            raise
        except BaseException as error:
            record.ended = f"raised {named(error)}"
            raise
        record.ended = "returned"

    def close(self) -> None:
        """Write down that the server kept its word."""
        record = self._play.record
        record.events.append(("close", None, "", 0.0))
        record.ended = record.ended or "closed"


class _WsgiPlay:
    """One call of the WSGI application."""

    def __init__(
        self, record: Record, environ: Environ, start_response: Starts
    ) -> None:
        self.record = record
        self.environ = environ
        self.start_response = start_response
        self.write: Callable[[bytes], object] | None = None
        about = {"is_dict": type(environ) is dict, "methods": _methods(environ)}
        record.scope["asgi_compare"] = about

    def act(self, act: Act) -> None:
        """Do what the act says."""
        WSGI_PLAYS[type(act)](self, act)

    def _read_body(self, act: ReadBody) -> None:
        # PEP 3333: an application should not read past CONTENT_LENGTH; where there is
        # none, only the flag says that the stream has an end of its own.
        length = str(self.environ.get("CONTENT_LENGTH") or "")
        if length.isdigit():
            self._input(Input("read", int(length)))
        elif self.environ.get("wsgi.input_terminated"):
            self._input(Input("read"))

    def _input(self, act: Input) -> None:
        began, found, error = time.monotonic(), None, ""
        method = getattr(self.environ["wsgi.input"], act.method)
        try:
            found = method() if act.size is None else method(act.size)
        except Exception as raised:
            error = named(raised)
            raise
        finally:
            took = time.monotonic() - began
            kept = small_bytes(found) if isinstance(found, bytes) else found
            self.record.events.append(("wsgi.input", kept, error, took))

    def _start(self, act: Start) -> None:
        headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in act.headers]
        self._start_exactly(
            StartResponse(f"{act.status} Status", tuple(headers), may_raise=False)
        )

    def _start_exactly(self, act: StartResponse) -> None:
        error = ""
        arguments: list[Any] = [act.status, list(act.headers)]
        try:
            if act.exc_info:
                try:
                    raise RuntimeError("something to tell of")
                except RuntimeError:
                    arguments.append(sys.exc_info())
            self.write = self.start_response(*arguments)
        except Exception as raised:
            error = named(raised)
            if not act.may_raise:
                raise
        finally:
            del arguments[2:]
            shown = {"type": "start_response", "status": act.status}
            self.record.events.append(("start_response", shown, error, 0.0))

    def _call_write(self, act: Write) -> None:
        assert self.write is not None
        self.write(act.data)
        self.record.events.append(("write", act.data, "", 0.0))

    def _sleep(self, act: Sleep) -> None:
        time.sleep(act.seconds)

    def _fail(self, act: Fail) -> None:
        raise RuntimeError(act.message)

    def file(self, act: FileWrapper) -> Iterable[bytes]:
        """Return what the server makes of a file."""
        if "wsgi.file_wrapper" not in self.environ:
            return []
        file = _File(act.data, self.record)
        wrapped: Iterable[bytes] = self.environ["wsgi.file_wrapper"](file, 4096)
        self.record.events.append(("wsgi.file_wrapper", None, "", 0.0))
        self.record.ended = "returned"
        return wrapped


class _File(io.BytesIO):
    """A file that writes down that it was closed."""

    def __init__(self, data: bytes, record: Record) -> None:
        super().__init__(data)
        self._record = record

    def close(self) -> None:
        if not self.closed:
            self._record.events.append(("close", None, "", 0.0))
        super().close()


def _methods(environ: Environ) -> dict[str, list[str]]:
    found = {}
    for key in ("wsgi.input", "wsgi.errors"):
        stream = environ.get(key)
        names = ("read", "readline", "readlines", "__iter__", "flush", "write")
        found[key] = [
            n for n in (*names, "writelines") if callable(getattr(stream, n, None))
        ]
    return found


WSGI_PLAYS: dict[type, Callable[[_WsgiPlay, Any], None]] = {
    ReadBody: _WsgiPlay._read_body,
    Start: _WsgiPlay._start,
    Sleep: _WsgiPlay._sleep,
    Fail: _WsgiPlay._fail,
    Input: _WsgiPlay._input,
    StartResponse: _WsgiPlay._start_exactly,
    Write: _WsgiPlay._call_write,
}
