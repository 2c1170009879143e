"""All cases of a kind on a server in this process: a correct one, and known ones."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from asgi_compare.judge.server.case import Case
from asgi_compare.judge.server.chapters import CASES, CHAPTER_OF
from asgi_compare.judge.server.host import Host
from asgi_compare.judge.server.runner import Wish, run_host
from tests.judge.probes.here import uvicorn_here, wsgiref_here
from tests.judge.probes.tiny import Tiny, serving

TINY_DOES_NOT = {
    "wire/target-absolute-form-other-host": "warn",
    "wire/target-asterisk-with-get": "warn",
    "wire/target-authority-form-with-get": "warn",
    "wire/target-without-slash": "warn",
    "wire/target-with-fragment": "warn",
    "wire/host-invalid": "warn",
    "wire/host-joined-by-comma": "warn",
    "wire/chunk-extension-with-control-character": "warn",
    "wire/status-205-with-body": "warn",
    "wire/empty-line-before-request": "warn",
    "wire/target-too-long": "warn",
}
"""What h11 takes that a text would rather have refused; it says nothing of `must`."""


def verdicts(port: int, *cases: Case) -> dict[str, str]:
    host = Host("here", "asgi", None, ("127.0.0.1", port))
    table = asyncio.run(run_host(host, Wish(cases)))
    return {result.case: result.verdict for result in table.results}


def in_chapters(*chapters: str) -> tuple[Case, ...]:
    return tuple(case for case in CASES.values() if CHAPTER_OF[case.id] in chapters)


def test_correct_server_passes_all_of_http() -> None:
    cases = [case for case in CASES.values() if not case.needs and not case.life]
    with serving(Tiny) as port:
        found = verdicts(port, *cases)
    assert {
        case: verdict
        for case, verdict in found.items()
        if verdict not in ("pass", "unsupported")
    } == TINY_DOES_NOT


@pytest.fixture(scope="module")
def uvicorn_port() -> Iterator[int]:
    with uvicorn_here() as port:
        yield port


def test_websocket_server_passes_all_frames(uvicorn_port: int) -> None:
    cases = in_chapters("WebSocket frames", "broken WebSocket frames")
    found = verdicts(uvicorn_port, *cases)
    assert set(found.values()) == {"pass"}


def test_websocket_server_is_held_to_handshakes_and_ends(uvicorn_port: int) -> None:
    cases = in_chapters(
        "WebSocket handshake",
        "WebSocket answers",
        "WebSocket sending",
        "WebSocket close",
    )
    found = verdicts(uvicorn_port, *cases)
    assert found["wire/handshake"] == found["wire/client-closes"] == "pass"
    assert found["wire/server-closes"] == found["wire/subprotocols-offered"] == "pass"
    assert found["wire/send-nothing"] == "warn"


def test_http2_is_unsupported_where_only_http1_is_spoken(uvicorn_port: int) -> None:
    case = CASES["wire/http2-request"]
    assert verdicts(uvicorn_port, case) == {case.id: "unsupported"}


async def shared_out(cases: Sequence[Case], *ports: int) -> dict[str, str]:
    """Play each case on one of several servers that serve one connection at a time."""
    hosts = [Host("here", "wsgi", None, ("127.0.0.1", port)) for port in ports]
    tables = await asyncio.gather(
        *(
            run_host(host, Wish(tuple(cases[number :: len(hosts)])))
            for number, host in enumerate(hosts)
        )
    )
    return {r.case: r.verdict for table in tables for r in table.results}


def test_wsgi_server_is_held_to_input_and_output() -> None:
    chosen = in_chapters("WSGI output", "WSGI input")
    # wsgiref reads past the body, and waits for what never comes.
    waits = ("past-end", "without-size", "readlines", "input-empty", "chunks")
    cases = [case for case in chosen if not case.name.endswith(waits)]
    with wsgiref_here() as one, wsgiref_here() as two, wsgiref_here() as three:
        found = asyncio.run(shared_out(cases, one, two, three))
    assert len(found) == len(cases)
    assert {case: v for case, v in found.items() if v != "pass"} == {
        "wire/start-response-checks-headers": "warn",
        "wire/headers-wait-for-body": "warn",
        "wire/too-much-content": "warn",
    }
