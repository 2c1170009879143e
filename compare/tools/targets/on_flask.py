"""The endpoints of the table, in Flask."""

from collections.abc import Iterator

from flask import Flask, Response, request, send_file

application = Flask(__name__)


@application.get("/")
def hello() -> str:
    return "Hello"


@application.post("/echo")
def echo() -> bytes:
    return request.get_data()


@application.get("/stream")
def stream() -> Iterator[str]:
    yield from ("one", "two", "three")


@application.get("/nothing")
def nothing() -> tuple[str, int]:
    return "", 204


@application.get("/file")
def file() -> Response:
    return send_file(__file__, mimetype="text/plain")


@application.get("/error")
def error() -> str:
    raise ValueError("on purpose")
