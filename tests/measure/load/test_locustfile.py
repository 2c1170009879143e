"""A locustfile of our requests: what stands in it, and Locust with it."""

from __future__ import annotations

import ast
import csv
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from asgi_compare.drive.servers.supervisor import free_port, start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.measure.load.locustfile import locustfile
from asgi_compare.measure.load.records import HttpLoad

LOCUST = shutil.which("locust")
MADE = locustfile(
    {
        "hello/get": HttpLoad(0, "/"),
        "echo/text": HttpLoad(
            0, "/echo", method="POST", headers=(("content-type", "a/b"),), body="tea"
        ),
    }
)


def test_requests_stand_in_it_as_they_are() -> None:
    (listed,) = (
        ast.literal_eval(node.value)
        for node in ast.parse(MADE).body
        if isinstance(node, ast.Assign)
    )
    assert listed == [
        {
            "name": "hello/get",
            "method": "GET",
            "url": "/",
            "headers": {},
            "data": "",
            "allow_redirects": False,
        },
        {
            "name": "echo/text",
            "method": "POST",
            "url": "/echo",
            "headers": {"content-type": "a/b"},
            "data": "tea",
            "allow_redirects": False,
        },
    ]


@pytest.mark.slow
@pytest.mark.skipif(LOCUST is None, reason="There is no locust; pip install locust.")
def test_master_counts_what_two_workers_have_asked(tmp_path: Path) -> None:
    """All on loopback: the master's total is what all requests of its workers are."""
    assert LOCUST is not None
    file, port = tmp_path / "locustfile.py", free_port()
    file.write_text(MADE)
    row = IMPLEMENTATIONS["raw-asgi"]
    with start(
        SERVERS["uvicorn"], row.target, interface="asgi", app_dir=row.app_dir
    ) as server:
        host = ["-f", str(file), "--host", server.address]
        workers = [
            subprocess.Popen(
                [LOCUST, *host, "--worker", "--master-port", str(port)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for _ in range(2)
        ]
        try:
            asked = ["--headless", "-u", "4", "-r", "4", "-t", "3s", "--csv", "out"]
            master = ["--master", "--master-bind-port", str(port)]
            subprocess.run(
                [LOCUST, *host, *master, "--expect-workers", "2", *asked],
                cwd=tmp_path,
                check=True,
                capture_output=True,
                timeout=60,
            )
            end = time.monotonic() + 10
            while any(each.poll() is None for each in workers):
                assert time.monotonic() < end, "A worker goes on."
                time.sleep(0.1)
        finally:
            for each in workers:
                each.kill()
                each.wait()
    with (tmp_path / "out_stats.csv").open() as stats:
        rows = {each["Name"]: each for each in csv.DictReader(stats)}
    counts = {name: int(each["Request Count"]) for name, each in rows.items()}
    assert counts["Aggregated"] == counts["hello/get"] + counts["echo/text"]
    assert abs(counts["hello/get"] - counts["echo/text"]) <= 4  # one each, by turns
    assert counts["Aggregated"] > 100
    assert int(rows["Aggregated"]["Failure Count"]) == 0
