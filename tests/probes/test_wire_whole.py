"""All cases of a kind on a server in this process: a correct one, and known ones."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

import uvicorn

from compare.probes.instrument import asgi
from compare.probes.wire.case import Case, Interface
from compare.probes.wire.chapters import CASES, CHAPTER_OF
from compare.probes.wire.runner import Host, Wish, run_host
from compare.servers.process import wait_until
from compare.servers.wsgiref_main import make
from tests.probes.tiny import Tiny, serving

TINY_DOES_NOT = {
    "wire/target-absolute-form-other-host": "warn",
    "wire/target-asterisk-with-get": "warn",
    "wire/target-authority-form-with-get": "warn",
    "wire/target-without-slash": "warn",
    "wire/target-with-fragment": "warn",
    "wire/http-2.0-in-text": "warn",
    "wire/host-invalid": "warn",
    "wire/empty-line-before-request": "warn",
    "wire/target-too-long": "warn",
}
"""What h11 takes that a text would rather have refused; it says nothing of `must`."""


def verdicts(port: int, interface: Interface, *cases: Case) -> dict[str, str]:
    host = Host("here", interface, None, ("127.0.0.1", port))
    table = asyncio.run(run_host(host, Wish(cases)))
    return {result.case: result.verdict for result in table.results}


def in_chapters(*chapters: str) -> tuple[Case, ...]:
    return tuple(case for case in CASES.values() if CHAPTER_OF[case.id] in chapters)


def test_correct_server_passes_all_of_http() -> None:
    cases = [case for case in CASES.values() if not case.needs and not case.life]
    with serving(Tiny) as port:
        found = verdicts(port, "asgi", *cases)
    assert {
        case: verdict
        for case, verdict in found.items()
        if verdict not in ("pass", "unsupported")
    } == TINY_DOES_NOT


@contextlib.contextmanager
def uvicorn_here() -> Iterator[int]:
    config = uvicorn.Config(
        asgi, port=0, http="h11", loop="asyncio", log_level="critical", access_log=False
    )
    server = uvicorn.Server(config)
    server.config.load()
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert wait_until(lambda: server.started, 5)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
    assert not thread.is_alive()


def test_websocket_server_passes_all_frames() -> None:
    with uvicorn_here() as port:
        found = verdicts(port, "asgi", *in_chapters("WebSocket frames"))
    assert set(found.values()) == {"pass"}


def test_websocket_server_is_held_to_handshakes_and_ends() -> None:
    cases = in_chapters("WebSocket handshake", "WebSocket answers", "WebSocket close")
    with uvicorn_here() as port:
        found = verdicts(port, "asgi", *cases)
    assert found["wire/handshake"] == found["wire/client-closes"] == "pass"
    assert found["wire/server-closes"] == found["wire/subprotocols-offered"] == "pass"
    assert found["wire/send-nothing"] == "warn"


@contextlib.contextmanager
def wsgiref_here() -> Iterator[int]:
    server = make("compare.probes.instrument:wsgi", 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def test_wsgi_server_is_held_to_input_and_output() -> None:
    chosen = in_chapters("WSGI output", "WSGI input")
    # wsgiref reads past the body, and waits for what never comes.
    waits = ("past-end", "without-size", "readlines", "input-empty", "chunks")
    cases = [case for case in chosen if not case.name.endswith(waits)]
    with wsgiref_here() as port:
        found = verdicts(port, "wsgi", *cases)
    assert {case: v for case, v in found.items() if v != "pass"} == {
        "wire/start-response-checks-headers": "warn",
        "wire/headers-wait-for-body": "warn",
    }
