"""Targets that attack the page, flood it, block and die: each costs its own column."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from asgi_compare.dashboard.app import Dashboard
from asgi_compare.dashboard.serving import serving
from asgi_compare.dashboard.subjects import Subject
from asgi_compare.drive.servers.supervisor import start
from asgi_compare.drive.servers.table import SERVERS
from tests.dashboard.conftest import GUARD
from tests.dashboard.test_app import post
from tests.dashboard.test_page import CHROMIUM, NEEDS_CHROMIUM
from tests.places import CODE

MARKUP = "<img src=x onerror=\"document.title='pwned'\"><script>1</script>"
TARGET = f"""
import os, time

MARKUP = {MARKUP!r}

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
    for _ in range(10_000 if path == "/many" else 0):
        await send({{"type": "http.response.body", "body": b"x", "more_body": True}})
    body = (MARKUP + "\\x1b[2J\\x07").encode() if path != "/many" else b""
    await send({{"type": "http.response.body", "body": body}})
"""


@contextmanager
def hostile(directory: Path) -> Iterator[dict[str, Subject]]:
    (directory / "hostile.py").write_text(TARGET)
    target = "hostile:application"
    row = SERVERS["uvicorn"]
    with start(row, target, interface="asgi", app_dir=str(directory)) as running:
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
    assert sum(line["count"] for line in lines) == 10_000  # and not one more
    assert len(json.dumps(answer)) < 50_000


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


def test_live_view_says_that_a_server_has_ended(attacked: dict[str, Subject]) -> None:
    with serving(attacked) as address:
        place = address.removeprefix("http://")
        origin = Origin(f"http://{place.partition('/')[0]}")
        attacked["hostile"].running.stop()
        with connect(f"ws://{place}live", origin=origin) as watch:
            rows = {row["id"]: row for row in json.loads(watch.recv(timeout=20))}
    assert rows["hostile"]["ended"]
    assert rows["raw-asgi"]["ended"] == ""


@NEEDS_CHROMIUM
def test_what_a_target_sends_is_shown_as_text(attacked: dict[str, Subject]) -> None:
    from playwright.sync_api import sync_playwright

    with serving(attacked) as address, sync_playwright() as playwright:
        browser: Any = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.set_default_timeout(90_000)
        page.goto(f"{address}#compose?target=/")
        page.wait_for_selector(".events li")
        shown = page.inner_text("main")
        assert page.query_selector("main img, main script") is None
        assert page.title() != "pwned"
        browser.close()
    assert "onerror" in shown
    assert "\x1b" not in shown


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
