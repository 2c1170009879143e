"""What `asgi_compare.validate` does with an application of WSGI."""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import asgi_compare
from asgi_compare.judge.rules.engine.examples import ENVIRON
from asgi_compare.judge.validator import Violation
from tests.judge.validator.driving import call, wsgi


@pytest.mark.parametrize("odd", [{}, {"HTTP_X": "\xe9"}], ids=["ordinary", "odd"])
def test_streams_are_the_servers(odd: Any) -> None:
    def application(environ: Any, start_response: Any) -> Any:
        body, errors = environ["wsgi.input"], environ["wsgi.errors"]
        errors.write("hello")
        assert errors.getvalue() == "hello"
        assert body.readline() == b"a\n"
        assert body.readlines() == [b"b\n", b"c"]
        body.seek(0)
        assert body.read(2) == b"a\n"
        assert [*body] == [b"b\n", b"c"]
        assert body.readlines(1) == []
        assert body.readline(1) == b""
        start_response("200 OK", [])
        return [b""]

    wrapped = asgi_compare.validate(application)
    body = io.BytesIO(b"a\nb\nc")

    returned = call(wrapped, **{"wsgi.input": body}, **odd)

    assert [*returned] == [b""]
    assert wrapped.findings == []
    assert not body.closed


def test_stream_that_is_closed_is_closed_and_found() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        environ["wsgi.input"].close()
        return wsgi(environ, start_response)

    wrapped = asgi_compare.validate(application, lambda _: None)
    body = io.BytesIO()

    call(wrapped, **{"wsgi.input": body})

    assert body.closed
    assert [each.rule for each in wrapped.findings] == ["wsgi/stream-closed"]


class Closable:
    """An iterable that knows what is done with it."""

    def __init__(self, *blocks: bytes) -> None:
        self.blocks = blocks
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        yield from self.blocks

    def close(self) -> None:
        self.closed += 1


def returning(iterable: Any) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return iterable

    return application


def test_iterable_is_as_the_application_made_it() -> None:
    iterable = Closable(b"a", b"b")
    wrapped = asgi_compare.validate(returning(iterable))

    returned = call(wrapped)

    assert not hasattr(type(returned), "__len__")
    assert returned.blocks is iterable.blocks
    assert next(returned) == b"a"
    assert next(returned) == b"b"
    with pytest.raises(StopIteration):
        next(returned)
    assert iterable.closed == 0
    returned.close()
    assert iterable.closed == 1
    assert wrapped.findings == []
    assert len(call(asgi_compare.validate(wsgi))) == 1


def test_block_is_not_delayed() -> None:
    asked = []

    def blocks() -> Iterator[bytes]:
        for number in range(3):
            asked.append(number)
            yield b"%d" % number

    returned = iter(call(asgi_compare.validate(returning(blocks()))))

    assert asked == []
    assert next(returned) == b"0"
    assert asked == [0]


def test_iterable_that_is_closed_early_may_be_short() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Length", "9")])
        yield b"hello"
        yield b"more"

    wrapped = asgi_compare.validate(application, "raise")
    for _ in range(2):
        returned = call(wrapped)
        assert next(returned) == b"hello"
        returned.close()

    assert wrapped.findings == []


def test_server_that_does_not_close_is_found() -> None:
    wrapped = asgi_compare.validate(returning(Closable(b"a")), "raise")

    returned = call(wrapped)
    assert [*returned] == [b"a"]
    del returned
    gc.collect()

    assert [each.rule for each in wrapped.findings] == ["wsgi/not-closed"]


def test_error_in_the_iterable_and_in_close_passes() -> None:
    def blocks() -> Iterator[bytes]:
        yield b"a"
        raise KeyError("own")

    returned = iter(call(wrapped := asgi_compare.validate(returning(blocks()))))
    next(returned)
    with pytest.raises(KeyError, match="own"):
        next(returned)
    assert wrapped.findings == []

    class Broken(Closable):
        def close(self) -> None:
            raise KeyError("close")

    returned = call(wrapped := asgi_compare.validate(returning(Broken())))
    with pytest.raises(KeyError, match="close"):
        returned.close()
    assert wrapped.findings == []


def test_error_in_the_call_passes() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        raise KeyError("own")

    with pytest.raises(KeyError, match="own"):
        call(asgi_compare.validate(application, "raise"))


def test_what_is_no_iterable_is_found_and_handed_on() -> None:
    wrapped = asgi_compare.validate(returning(None), lambda _: None)

    assert call(wrapped) is None
    assert "wsgi/not-iterable" in {each.rule for each in wrapped.findings}


def test_file_wrapper_of_the_server_is_handed_back_as_it_is() -> None:
    class FileWrapper(Closable):
        pass

    file = FileWrapper()

    assert (
        call(
            asgi_compare.validate(returning(file)), **{"wsgi.file_wrapper": FileWrapper}
        )
        is file
    )


def test_violation_in_wsgi_is_raised() -> None:
    with pytest.raises(Violation, match="wsgi/yield-not-bytes"):
        list(call(asgi_compare.validate(returning(["text"]), "raise")))


def test_write_of_an_ordinary_response_is_handed_on() -> None:
    written: list[bytes] = []

    def application(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [])
        write(b"hello")
        try:
            raise KeyError("own")
        except KeyError:
            start_response("500 Oops", [], sys.exc_info())
        return []

    given: list[Any] = []

    def start_response(*args: Any) -> Any:
        given.append(args)
        return written.append

    wrapped: Any = asgi_compare.validate(application, lambda _: None)
    for _ in range(2):
        environ = {
            **ENVIRON,
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
        }
        assert [*wrapped(environ, start_response)] == []

    assert written == [b"hello"] * 2
    assert given[0] == ("200 OK", [])
    assert given[1][2][0] is KeyError
    assert wrapped.findings == []


def test_client_that_has_left_excuses_the_rest() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [("Content-Length", "9")])
        with pytest.raises(OSError, match="gone"):
            write(b"hello")
        return []

    def gone(data: bytes) -> None:
        raise OSError("gone")

    wrapped: Any = asgi_compare.validate(application)
    environ = {**ENVIRON, "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO()}

    assert [*wrapped(environ, lambda *_: gone)] == []
    assert wrapped.findings == []
