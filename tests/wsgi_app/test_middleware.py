"""The two middlewares, around applications that are written for it."""

import io
from collections.abc import Iterator
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from tests.wsgi_app.serving import Exchange, ask, environ
from wsgi_app.app import application
from wsgi_app.environ import Body, ClosingBody, read_body, text
from wsgi_app.middleware import errors, head

PLAIN = [("content-type", "text/plain")]


def test_error_before_the_response_is_answered_and_logged() -> None:
    exchange = ask(application, "/error")
    assert exchange.calls == ["500 Internal Server Error"]
    assert exchange.content == b"Internal Server Error"
    assert exchange.log.getvalue().endswith(
        "RuntimeError: this endpoint always fails\n"
    )


def test_error_before_the_first_block_replaces_the_response() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", PLAIN)
        yield b""
        raise RuntimeError("too early")

    exchange = ask(errors(app), "/")
    assert exchange.calls == ["200 OK", "500 Internal Server Error"]
    assert exchange.content == b"Internal Server Error"
    assert "too early" in exchange.log.getvalue()


def test_error_after_the_first_block_is_the_servers() -> None:
    exchange = Exchange(environ("/error?after=start")).call(application)
    with pytest.raises(RuntimeError, match="this endpoint always fails"):
        exchange.finish()
    assert exchange.calls == ["200 OK"]
    assert exchange.content == b"the beginning of"
    assert exchange.log.getvalue() == ""


def test_body_is_closed_once_though_nobody_has_asked_for_a_block() -> None:
    closed: list[str] = []

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Body:
        body = text(start_response, "x")
        return ClosingBody(body, lambda: closed.append("closed"))

    Exchange(environ()).call(errors(app)).body.close()  # type: ignore[attr-defined]
    assert closed == ["closed"]


def test_head_of_an_application_that_starts_late() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", PLAIN)
        yield b"body"

    exchange = ask(head(app), "/", "HEAD")
    assert exchange.calls == ["200 OK"]
    assert exchange.headers == PLAIN
    assert exchange.content == b""


def test_head_of_an_application_that_writes() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Body:
        start_response("200 OK", PLAIN)(b"body")
        return []

    assert ask(head(app), "/", "HEAD").content == b""
    assert ask(head(app), "/").blocks == [b"body"]


def test_head_does_not_ask_for_a_body() -> None:
    happened: list[str] = []

    def blocks() -> Iterator[bytes]:
        happened.append("asked")
        yield b"body"

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Body:
        start_response("200 OK", PLAIN)
        return ClosingBody(blocks(), lambda: happened.append("closed"))

    assert ask(head(app), "/", "HEAD").content == b""
    assert happened == ["closed"]
    assert ask(head(app), "/").blocks == [b"body"]
    assert happened == ["closed", "asked", "closed"]


def test_error_has_no_body_for_head() -> None:
    exchange = ask(application, "/error", "HEAD")
    assert exchange.status == "500 Internal Server Error"
    assert exchange.content == b""


def test_client_that_leaves_while_the_body_is_made_is_not_an_error() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", PLAIN)
        yield read_body(environ)

    exchange = ask(errors(app), "/", "POST", CONTENT_LENGTH="3")
    assert exchange.calls == ["200 OK", "400 Bad Request"]
    assert exchange.content == b"Expected 3 bytes more, but the body ended."
    assert exchange.log.getvalue() == ""


def test_head_closes_what_raises_before_it_has_begun() -> None:
    """Whoever calls an application has a server's duties, whatever comes of it."""
    closed: list[str] = []

    def failing() -> Iterator[bytes]:
        raise RuntimeError("before the start")
        yield b""  # pragma: no cover; it makes a generator

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Body:
        return ClosingBody(failing(), lambda: closed.append("closed"))

    exchange = Exchange(environ("/", "HEAD")).call(head(app))
    with pytest.raises(RuntimeError, match="before the start"):
        exchange.finish()
    assert closed == ["closed"]


def test_error_is_flushed_into_the_log() -> None:
    """A log may be kept back, and lost with the process, if nobody asks for it."""
    on_disk = io.BytesIO()
    log = io.TextIOWrapper(io.BufferedWriter(on_disk))
    errors(application)({**environ("/error"), "wsgi.errors": log}, lambda *_: print)
    assert b"RuntimeError: this endpoint always fails" in on_disk.getvalue()
