"""`trace` and `diff` on applications that are not ours."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.tables import slow_but

FRAMEWORKS = {
    "fastapi_app": """
from fastapi import FastAPI

application = FastAPI()


@application.get("/hello")
async def hello() -> str:
    return "fastapi here"
""",
    "litestar_app": """
from litestar import Litestar, get


@get("/hello")
async def hello() -> str:
    return "litestar here"


application = Litestar([hello])
""",
    "quart_app": """
from quart import Quart

application = Quart(__name__)


@application.get("/hello")
async def hello() -> str:
    return "quart here"
""",
    "flask_app": """
from flask import Flask

application = Flask(__name__)


@application.get("/hello")
def hello() -> str:
    return "flask here"
""",
}

USUAL = ("fastapi_app", "flask_app")
"""One of each interface is driven by default, and the others by the slow tests."""

Module = Callable[[str, str], Path]


@pytest.mark.parametrize("name", slow_but(USUAL, FRAMEWORKS))
def test_trace_shows_the_events_of_a_framework(
    asgi_compare: Command, module: Module, name: str
) -> None:
    module(name, FRAMEWORKS[name])
    ended = asgi_compare("trace", f"{name}:application", "/hello")
    assert ended.code == 0, ended.err
    assert f"{name.removesuffix('_app')} here" in ended.out
    expected = "start_response" if name == "flask_app" else "http.response.start"
    assert expected in ended.out


@pytest.mark.parametrize("name", slow_but(USUAL, FRAMEWORKS))
def test_diff_compares_a_framework_with_another_one(
    asgi_compare: Command, module: Module, name: str
) -> None:
    module("fastapi_app", FRAMEWORKS["fastapi_app"])
    module(name, FRAMEWORKS[name])
    ended = asgi_compare(
        "diff", "fastapi_app:application", f"{name}:application", "/hello"
    )
    assert "Traceback" not in ended.err
    if name == "fastapi_app":
        assert ended.code == 0, ended.out
        assert "Nothing" in ended.out
    else:
        assert ended.code == 1
        assert "body" in ended.out


@pytest.mark.slow
def test_diff_compares_two_implementations_in_all_scenarios(
    asgi_compare: Command,
) -> None:
    ended = asgi_compare("diff", "raw-wsgi", "django-wsgi", COLUMNS="160")
    assert ended.code == 1, ended.err
    assert "csrf_form/without_token" in ended.out
    assert "differences in" in ended.out


def test_diff_of_one_with_itself_finds_nothing(asgi_compare: Command) -> None:
    ended = asgi_compare("diff", "raw-asgi", "raw-asgi", "/")
    assert ended.code == 0, ended.out


RANDOM_COOKIE = """
import uuid


def application(environ, start_response):
    start_response("200 OK", [("Set-Cookie", f"a={uuid.uuid4()}")])
    return [NAME]
"""


def test_diff_leaves_out_what_differs_each_time(
    asgi_compare: Command, module: Module
) -> None:
    for name in ("one", "other"):
        module(name, RANDOM_COOKIE.replace("NAME", f"b{name!r}"))
    alone = asgi_compare("diff", "one:application", "one:application")
    both = asgi_compare("diff", "one:application", "other:application")

    left_out = "Left out, as one of them differs in it from itself: header:set-cookie."
    assert alone.code == 0, alone.out
    assert left_out in alone.out
    assert "Nothing that a client or a server could see is different." in alone.out
    assert both.code == 1
    assert left_out in both.out
    assert "\nbody\n" in both.out
    assert "\nheader:set-cookie\n" not in both.out


def test_trace_holds_a_websocket_conversation(
    asgi_compare: Command, tmp_path: Path
) -> None:
    ended = asgi_compare(
        "trace", "raw-asgi", "ws:/ws/echo", "-d", "Grüße", "--json", "trace.json"
    )
    assert ended.code == 0, ended.err
    assert "websocket.send" in ended.out
    found = json.loads((tmp_path / "trace.json").read_text())
    assert found["answer"]["heard"] == ["Grüße"]


def test_trace_sends_headers_and_a_body(asgi_compare: Command) -> None:
    words = (
        "trace",
        "starlette",
        "/echo",
        "-d",
        "some body",
        "-H",
        "content-type: a/b",
    )
    ended = asgi_compare(*words)
    assert ended.code == 0, ended.err
    assert "content-type: a/b" in ended.out
    assert "b'some body'" in ended.out


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("no_such_module:application",), 3, "no_such_module"),
        (("asgi_compare.model.sanitize:nothing",), 3, "nothing"),
        (("asgi_compare.model.sanitize:LIMIT",), 3, "callable"),
        (("nonsense",), 2, "Expected module:attribute or one of raw-asgi"),
        (("raw-asgi", "no-slash"), 2, "Expected a path that begins with /"),
        (("raw-asgi", "/", "-H", "no colon"), 2, "Expected a header 'name: value'"),
        (("raw-asgi", "B@D:/"), 2, "Expected a method such as POST, but got 'B@D'."),
    ],
    ids=[
        "module",
        "attribute",
        "not-callable",
        "no-target",
        "path",
        "header",
        "method",
    ],
)
def test_wrong_target_is_one_sentence(
    asgi_compare: Command, words: tuple[str, ...], code: int, sentence: str
) -> None:
    ended = asgi_compare("trace", *words)
    assert ended.code == code, ended.err
    assert sentence in ended.err
    assert "Traceback" not in ended.err


HOSTILE = {
    "hangs": """
import asyncio
async def application(scope, receive, send):
    await asyncio.Event().wait()
""",
    "blocks": """
import time
async def application(scope, receive, send):
    while True:
        time.sleep(1)
""",
    "floods": """
async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
""",
    "exits": """
import os
async def application(scope, receive, send):
    if scope["type"] == "http":
        os._exit(7)
    raise ValueError("http only")
""",
}
ENDS = {
    "hangs": "timed out",
    "blocks": "abandoned",
    "floods": "flooded",
    "exits": "exited with code 7",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_application_is_survived(
    asgi_compare: Command, module: Module, name: str
) -> None:
    module(name, HOSTILE[name])
    ended = asgi_compare("trace", f"{name}:application", "/", "--deadline", "0.5")
    assert ended.code == 1, ended.err
    assert ENDS[name] in " ".join(ended.out.split())


def test_application_cannot_write_to_our_terminal(
    asgi_compare: Command, module: Module
) -> None:
    """Escape sequences, in bodies and headers and exceptions, are shown as text."""
    module(
        "rude",
        r"""
async def application(scope, receive, send):
    if scope["type"] != "http":
        raise ValueError("\x1b[2J")
    headers = [(b"x-rude", b"\x1b]0;owned\x07")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"\x1b[31m[link=x]a[/nope]"})
""",
    )
    ended = asgi_compare("trace", "rude:application", "/")
    assert ended.code == 0, ended.err
    assert "\x1b" not in ended.out + ended.err
    assert "[link=x]a[/nope]" in ended.out


def test_very_long_exception_is_cut_and_its_exchange_kept(
    asgi_compare: Command, module: Module
) -> None:
    module(
        "long",
        """
async def application(scope, receive, send):
    raise ValueError("x" * 20_000_000)
""",
    )
    ended = asgi_compare("trace", "long:application", "/")
    assert ended.code == 0, ended.err
    assert "500 Internal Server Error" in ended.out
    assert "ValueError:" in ended.out
    assert "xxx… (65," in ended.out


def test_trace_shows_the_scope_and_what_an_empty_return_means(
    asgi_compare: Command, module: Module
) -> None:
    module(
        "silent",
        """
calls = []

async def application(scope, receive, send):
    if scope["type"] == "http":
        calls.append(scope["path"])
        if scope["path"] == "/calls":
            body = repr(calls).encode()
            start = {"type": "http.response.start", "status": 200, "headers": []}
            await send(start)
            await send({"type": "http.response.body", "body": body})
""",
    )
    ended = asgi_compare("trace", "silent:application", "/quiet?a=b")
    assert "  query_string: b'a=b'" in ended.out
    assert "The application returned without a response: a server answers 500" in (
        " ".join(ended.out.split())
    )
    warm = asgi_compare("trace", "silent:application", "/calls")
    assert "b\"['/calls', '/calls']\"" in warm.out
    cold = asgi_compare("trace", "silent:application", "/calls", "--cold")
    assert "b\"['/calls']\"" in cold.out
    assert "This was the first call of the process" in cold.out
    posted = asgi_compare("trace", "silent:application", "POST:/calls")
    assert "b\"['/calls']\"" in posted.out
    assert "This was the first call of the process" in posted.out


def test_trace_without_times_is_the_same_each_time(asgi_compare: Command) -> None:
    words = ("trace", "raw-asgi", "/", "--no-times")
    assert asgi_compare(*words).out == asgi_compare(*words).out
