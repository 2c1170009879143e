"""The endpoints of the table, in Bottle."""

from collections.abc import Iterator
from pathlib import Path

from bottle import Bottle, HTTPResponse, request, static_file

application = Bottle()
HERE = Path(__file__)


@application.get("/")
def hello() -> str:
    return "Hello"


@application.post("/echo")
def echo() -> bytes:
    return request.body.read()


@application.get("/stream")
def stream() -> Iterator[str]:
    yield from ("one", "two", "three")


@application.get("/nothing")
def nothing() -> HTTPResponse:
    return HTTPResponse(status=204)


@application.get("/file")
def file() -> HTTPResponse:
    return static_file(HERE.name, HERE.parent, mimetype="text/plain")


@application.get("/error")
def error() -> str:
    raise ValueError("on purpose")
