"""The eight steps: they run, conform, and show what really happens."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import uvicorn
from websockets.exceptions import ConnectionClosedOK
from websockets.sync.client import connect

from asgi_compare.judge.rules import judge
from asgi_raw.events import Event, Receive, Scope, Send
from asgi_raw.steps.step7 import TooLarge, limited, replayed
from tests.asgi_raw.serving import http as scope_of
from tests.asgi_raw.serving import play
from tools import step_pages
from tools.step_pages import STEPS, main, module_of, played

ASKED = {
    "step1": ("GET", "/", 200, b"Hello, world!"),
    "step2": ("POST", "/", 200, b"5 bytes"),
    "step3": ("GET", "/hello?name=Ada", 200, b"Hello, Ada! You read any language."),
    "step4": ("GET", "/ticks", 200, b"tick 1, tick 2, tick 3, end"),
    "step5": ("GET", "/", 200, b"visitor 1"),
    "step7": ("GET", "/", 200, b"Hello!"),
    "step8": ("GET", "/", 200, b"Hello, world!"),
}
"""What each step answers; the sixth is a WebSocket."""


def test_steps_are_those_of_the_folder() -> None:
    assert sorted(STEPS) == sorted(p.stem for p in step_pages.FOLDER.glob("step*.py"))


@pytest.mark.parametrize("step", STEPS)
def test_step_breaks_no_rule_but_on_purpose(step: str) -> None:
    for example, transcript in played(step):
        broken = tuple(finding.rule for finding in judge(transcript))
        assert broken == example.breaks, example.title


@pytest.mark.parametrize("step", STEPS)
async def test_step_refuses_a_protocol_that_it_does_not_know(step: str) -> None:
    with pytest.raises(ValueError, match="'telepathy'"):
        await play(module_of(step).application, {"type": "telepathy"})


@pytest.mark.parametrize("step", ["step2", "step4", "step7"])
async def test_half_a_request_is_not_answered(step: str) -> None:
    half: list[Event] = [
        {"type": "http.request", "body": b"x", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert await play(module_of(step).application, scope_of(), half) == []


async def test_response_that_has_begun_is_broken_off_at_the_limit() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()

    with pytest.raises(TooLarge, match="at most 2 bytes, but got 3"):
        await play(
            limited(app, most=2), scope_of(), [{"type": "http.request", "body": b"abc"}]
        )


async def test_body_that_was_read_comes_again_and_then_what_really_comes() -> None:
    async def left() -> Event:
        return {"type": "http.disconnect"}

    receive = replayed(b"abc", left)
    assert [await receive(), await receive()] == [
        {"type": "http.request", "body": b"abc", "more_body": False},
        {"type": "http.disconnect"},
    ]


def test_what_the_steps_show_is_what_happens(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check"]) == 0, capsys.readouterr().out


def test_tool_wants_to_know_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err == "Expected 'write' or 'check', but got [].\n"


def test_tool_names_and_writes_what_is_stale(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    page = tmp_path / "steps" / "steps.md"
    monkeypatch.setattr(step_pages, "files", lambda: {page: "new"})
    assert main(["check"]) == 1
    assert main(["write"]) == 0
    assert main(["check"]) == 0
    assert page.read_text() == "new"
    assert capsys.readouterr().out == "Stale: steps.md\nWrote steps.md\n"


@contextmanager
def serving(step: str) -> Iterator[int]:
    """Run uvicorn with a step, in a thread, and yield its port."""
    target = f"asgi_raw.steps.{step}:application"
    config = uvicorn.Config(target, ws="websockets-sansio", log_level="critical")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            end = time.monotonic() + 10
            while not server.started and time.monotonic() < end:
                time.sleep(0.01)
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def ask(port: int, method: str, path: str) -> tuple[int, bytes, list[str]]:
    """Send a request, and return the status, the body and the names of the headers."""
    body = b"hello" if method == "POST" else None
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as client:
        client.request(method, path, body)
        answer = client.getresponse()
        names = sorted(name.lower() for name, _ in answer.getheaders())
        return answer.status, answer.read(), names


def test_each_step_runs_on_a_real_server() -> None:
    got = {}
    for step, (method, path, *_) in ASKED.items():
        with serving(step) as port:
            got[step] = (method, path, *ask(port, method, path)[:2])
    assert got == ASKED
    with serving("step6") as port, connect(f"ws://127.0.0.1:{port}/echo") as client:
        client.send("hello")
        assert client.recv() == "hello"
        client.send("bye")
        with pytest.raises(ConnectionClosedOK):
            client.recv()


def test_server_does_what_the_steps_say_of_it() -> None:
    """It answers for an application that does not, and adds what it should add."""
    with serving("step4") as port:
        assert ask(port, "GET", "/nothing")[:2] == (500, b"Internal Server Error")
        names = ["content-type", "date", "server", "transfer-encoding"]
        assert ask(port, "GET", "/after") == (200, b"complete", names)
