"""The Starlette application, where the contract has no scenario for it."""

import asyncio
import json
from threading import get_ident
from typing import Any

import pytest

from asgi_compare.contract.scenario import Conversation, Request
from asgi_compare.drive.in_process.asgi_http import exchange
from asgi_compare.drive.in_process.asgi_websocket import exchange as converse
from asgi_compare.model.transcript import Dialogue, Response
from starlette_app.app import application
from starlette_app.endpoints import streaming


async def ask(target: bytes, method: str = "GET", **others: Any) -> Response:
    answer = (await exchange(application, Request(method, target, **others))).answer
    assert isinstance(answer, Response)
    return answer


async def asked(target: bytes, method: str = "GET") -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((await ask(target, method)).text)
    return answer


async def test_drip_runs_to_its_end() -> None:
    answer = await ask(b"/drip?id=whole")
    assert answer.body == b"".join(b"tick %d\n" % n for n in range(200))
    assert streaming.LEDGER.read("whole") == ["ran to its end"]


async def test_cpu_runs_beside_the_event_loop() -> None:
    assert (await asked(b"/cpu?rounds=1"))["thread"] != get_ident()


async def test_mock_api_runs_in_the_event_loop() -> None:
    assert (await asked(b"/mock-api?latency=0.01"))["thread"] == get_ident()


async def test_state_without_start_up_is_empty() -> None:
    assert await asked(b"/state") == {"greeting": None, "visits": 0, "visitors": 0}


async def test_state_without_start_up_counts_the_visit_at_hand() -> None:
    for _ in range(2):
        answer = await asked(b"/state?visit=1")
        assert answer == {"greeting": None, "visits": 1, "visitors": 1}


async def test_poll_hears_of_an_event_from_another_thread() -> None:
    waiting = asyncio.create_task(asked(b"/poll?topic=thread&timeout=5"))
    for _ in range(500):
        if await asyncio.to_thread(streaming.BOARD.publish, "thread", "ping"):
            break
        await asyncio.sleep(0.01)
    assert await waiting == {"event": "ping"}


async def test_echo_keeps_the_media_type_as_it_is() -> None:
    kind = (b"content-type", b"text/csv")
    answer = await ask(b"/echo", "POST", headers=(kind,), body=(b"a,b",))
    assert answer.header(b"content-type") == [b"text/csv"]


async def test_status_205_has_no_content() -> None:
    answer = await ask(b"/status/205")
    assert (answer.status, answer.body) == (205, b"")
    assert answer.header(b"content-length") == [b"0"]


async def test_event_id_too_long_for_python_is_none_of_ours() -> None:
    last = (b"last-event-id", b"9" * 5000)
    answer = await ask(b"/events", headers=(last,))
    assert answer.text.startswith("retry: 1000\nid: 1\n")


@pytest.mark.parametrize("code", ["999", "1005", "40000", "x"])
async def test_close_code_that_must_not_be_sent_is_refused(code: str) -> None:
    target = f"/ws/close?code={code}".encode()
    answer = (await converse(application, Conversation(target, says=("x",)))).answer
    assert isinstance(answer, Dialogue)
    assert answer.handshake.status == 403


@pytest.mark.parametrize("code", [199, 600, 1000])
async def test_status_that_is_not_final_is_refused(code: int) -> None:
    answer = await ask(b"/status/%d" % code)
    assert answer.status == 400
    assert answer.text == f"Expected a final status from 200 to 599, but got {code}."


async def test_large_upload_comes_back_from_disk() -> None:
    """The file is larger than what Starlette keeps in memory."""
    head = b'--x\r\ncontent-disposition: form-data; name="f"; filename="n"\r\n\r\n'
    pieces = (head, *[b"x" * (1 << 19)] * 3, b"\r\n--x--\r\n")
    kind = (b"content-type", b"multipart/form-data; boundary=x")
    answer = await ask(b"/upload", "POST", headers=(kind,), body=pieces)
    assert json.loads(answer.text)["files"][0]["size"] == 3 << 19
