"""The endpoints, where the contract has no scenario for it."""

import io
import json
from threading import get_ident

import pytest

from tests.wsgi_app.serving import Exchange, ask, environ
from wsgi_app.app import application
from wsgi_app.endpoints import streaming
from wsgi_app.routes import PATHS

# The validator wants a Content-Type with every body that may be there, an empty one
# included; no specification does, and a redirect has none.
CHECKED = [path for path in PATHS if path not in ("/redirect", "/drip")]


@pytest.mark.parametrize("path", CHECKED)
def test_endpoint_keeps_the_rules_of_the_validator(path: str) -> None:
    method = PATHS[path].methods[0]
    answer = ask(application, f"{path}?timeout=0.01&t=0.01&latency=0.01", method)
    assert answer.calls


def test_drip_stops_when_it_is_closed() -> None:
    Exchange(environ("/drip?id=closed")).call(application).finish(blocks=2)
    assert streaming.LEDGER.read("closed") == ["stopped"]


def test_drip_runs_to_its_end() -> None:
    exchange = ask(application, "/drip?id=whole")
    assert exchange.blocks == [b"tick %d\n" % n for n in range(200)]
    assert streaming.LEDGER.read("whole") == ["ran to its end"]


def test_background_works_when_the_body_is_closed() -> None:
    given = environ("/background?id=closing", "POST", CONTENT_LENGTH="0")
    exchange = Exchange(given).call(application)
    assert streaming.LEDGER.read("closing") == ["accepted"]
    exchange.finish()
    assert streaming.LEDGER.read("closing") == ["accepted", "begun", "done"]


def test_concurrent_answers_from_the_thread_that_was_called() -> None:
    answer = json.loads(ask(application, "/concurrent?t=0.01").content)
    assert answer["thread"] == get_ident()
    assert answer["running"] == 1


@pytest.mark.parametrize("query", ["set=a%0D%0Ab&to=1", "set=a&to=1;%20b"])
def test_cookie_that_is_none_is_refused(query: str) -> None:
    exchange = ask(application, f"/cookies?{query}")
    assert exchange.status == "400 Bad Request"
    assert exchange.content.startswith(b"Expected a cookie's name and value, but got '")


@pytest.mark.parametrize(
    ("content_type", "body", "message"),
    [
        (
            "text/plain; boundary=x",
            b"--x--",
            "Expected 'multipart/form-data' with a boundary, "
            "but got 'text/plain; boundary=x'.",
        ),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nno field\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--",
            "Expected a part with a Content-Disposition that has a name, but got "
            "b'\\r\\nno field\\r\\nContent-Disposition: form-data'.",
        ),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\n",
            "Expected the closing boundary '--x--', but the body ends without it.",
        ),
    ],
    ids=["another type", "no name", "no end"],
)
def test_malformed_upload_is_refused(
    content_type: str, body: bytes, message: str
) -> None:
    given = {
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    exchange = ask(application, "/upload", "POST", **given)
    assert exchange.status == "400 Bad Request"
    assert exchange.content.decode() == message
