"""Targets that attack the page, flood it, block and die: each costs its own column."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from asgi_compare.dashboard.app import Dashboard
from asgi_compare.dashboard.asking import DRAWN
from asgi_compare.dashboard.serving import serving
from asgi_compare.dashboard.subjects import Subject
from asgi_compare.drive.servers.supervisor import start
from asgi_compare.drive.servers.table import SERVERS
from tests.dashboard.conftest import GUARD
from tests.dashboard.test_app import post
from tests.places import CODE

MARKUP = "<img src=x onerror=\"document.title='pwned'\"><script>1</script>"
TARGET = f"""
import os, time

MARKUP = {MARKUP!r}
PIECES = {{"/many": [b"x"] * 10_000, "/endless": [b"x" * 10_000] * 20_000}}

async def application(scope, receive, send):
    if scope["type"] != "http":
        raise ValueError("http only")
    path = scope["path"]
    if path == "/dies":
        os._exit(7)
    if path == "/blocks":
        time.sleep(3600)
    await send({{"type": "http.response.start", "status": 200,
                 "headers": [(b"x-markup", MARKUP.encode())]}})
    for piece in PIECES.get(path, []):
        await send({{"type": "http.response.body", "body": piece, "more_body": True}})
    body = (MARKUP + "\\x1b[2J\\x07").encode() if path != "/many" else b""
    await send({{"type": "http.response.body", "body": body}})
"""


@contextmanager
def hostile(directory: Path) -> Iterator[dict[str, Subject]]:
    (directory / "hostile.py").write_text(TARGET)
    target = "hostile:application"
    row = SERVERS["uvicorn"]
    with start(
        row, target, interface="asgi", app_dir=str(directory), grace=0.5
    ) as running:
        subject = Subject("hostile", target, "asgi", running, str(directory))
        try:
            yield {"hostile": subject}
        finally:
            subject.close()


@pytest.fixture
def attacked(
    tmp_path: Path, subjects: dict[str, Subject]
) -> Iterator[dict[str, Subject]]:
    """Serve an application of ours, and the hostile one beside it."""
    with hostile(tmp_path) as found:
        yield {"raw-asgi": subjects["raw-asgi"], **found}


async def test_ten_thousand_events_become_one_line(
    attacked: dict[str, Subject],
) -> None:
    dashboard = Dashboard(GUARD, attacked)
    status, answer = await post(dashboard, "/api/record", {"target": "/many"})
    assert status == 200
    [_, record] = answer["records"]
    lines = record["events"]["lines"]
    assert len(lines) < 20
    assert len(record["events"]["drawn"]) == DRAWN
    [note] = [each for each in record["events"]["notes"] if "time line" in each]
    assert note.startswith(f"The time line has the first {DRAWN} of 10,0")
    assert sum(line["count"] for line in lines) == 10_000  # and not one more
    assert len(json.dumps(answer)) < 50_000


async def test_answer_that_is_too_long_is_cut_with_a_sentence(
    attacked: dict[str, Subject],
) -> None:
    dashboard = Dashboard(GUARD, attacked)
    _, [_, theirs] = await post(dashboard, "/api/ask", {"target": "/endless"})
    answer = theirs["answer"]
    assert re.fullmatch(r"The first 4,096 of [0-9,]+ bytes are shown\.", answer["cut"])
    assert "flooded" in answer["ending"] or "timed out" in answer["ending"]
    assert not answer["complete"]
    assert len(json.dumps(theirs)) < 20_000


@pytest.mark.parametrize("path", ["/dies", "/blocks"])
async def test_target_that_goes_away_costs_its_own_answer(
    path: str, attacked: dict[str, Subject], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asgi_compare.dashboard.asking.DEADLINE", 0.5)
    dashboard = Dashboard(GUARD, attacked)
    _, [ours, theirs] = await post(dashboard, "/api/ask", {"target": path})
    assert ours["answer"]["status"] == 404
    assert theirs["answer"]["status"] is None
    assert theirs["answer"]["ending"]
    _, answer = await post(dashboard, "/api/record", {"target": path})
    [mine, other] = answer["records"]
    assert mine["events"]["lines"]
    assert other["events"]["ending"] or other["events"]["notes"]


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """Give a server that has run, and does not any more."""
    with hostile(tmp_path_factory.mktemp("ended")) as found:
        found["hostile"].running.stop()
        yield found["hostile"]


def place_of(address: str) -> str:
    return address.removeprefix("http://")


def origin_of(address: str) -> Origin:
    return Origin(f"http://{place_of(address).partition('/')[0]}")


def test_live_view_says_that_a_server_has_ended(
    subjects: dict[str, Subject], ended: Subject
) -> None:
    with (
        serving({**subjects, "hostile": ended}) as address,
        connect(f"ws://{place_of(address)}live", origin=origin_of(address)) as watch,
    ):
        rows = {row["id"]: row for row in json.loads(watch.recv(timeout=20))}
    assert rows["hostile"]["ended"]
    assert rows["raw-asgi"]["ended"] == ""


@pytest.mark.parametrize("kind", ["ws", "sse"])
def test_console_says_that_a_server_has_ended(
    kind: str, subjects: dict[str, Subject], ended: Subject
) -> None:
    with (
        serving({**subjects, "hostile": ended}) as address,
        connect(f"ws://{place_of(address)}console", origin=origin_of(address)) as ours,
    ):
        wish = {"kind": kind, "path": "/", "ids": ["hostile"]}
        ours.send(json.dumps({"open": wish}))
        told = json.loads(ours.recv(timeout=20))
    assert (told["what"], told["text"]) == (
        "failed",
        "There is no connection: Connection refused.",
    )


def test_full_disk_takes_nothing_from_it(tmp_path: Path) -> None:
    """No process may write a byte into a file, and the page asks and records."""
    process = subprocess.Popen(
        [sys.executable, "-m", "asgi_compare", "serve", "-i", "raw-asgi"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(CODE)},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    try:
        assert process.stdout is not None
        [address] = [
            line.rpartition(" ")[2].strip()
            for line in iter(process.stdout.readline, "Ctrl-C ends it.\n")
            if line.startswith("Look at them: ")
        ]
        answer = urllib.request.urlopen(
            urllib.request.Request(
                f"{address}api/record",
                json.dumps({"target": "/json"}).encode(),
                {"origin": "/".join(address.split("/")[:3])},
            ),
            timeout=30,
        )
        [record] = json.load(answer)["records"]
        assert record["events"]["lines"]
        assert list(tmp_path.iterdir()) == []
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 0
