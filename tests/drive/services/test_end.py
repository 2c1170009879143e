"""However we end, no service and no file of it is left."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from asgi_compare.drive.servers.process import wait_until

PARENT = """
import os, threading, time
from asgi_compare.drive.services import caddy, postgres, valkey
{start}
    print("up", flush=True)
    {end}
"""
VALKEY = "with valkey():"
ALL = """
with postgres() as database, valkey(), caddy("127.0.0.1:1"):
    import psycopg
    busy = psycopg.connect(database.url)
    endless = "DO 'BEGIN LOOP END LOOP; END'"
    threading.Thread(target=busy.execute, args=(endless,), daemon=True).start()
    with psycopg.connect(database.url, autocommit=True) as other:
        asked = "SELECT FROM pg_stat_activity WHERE pid = %s AND state = 'active'"
        while not other.execute(asked, [busy.info.backend_pid]).rowcount:
            time.sleep(0.01)
"""
COPY = r"os.write(1, b'%d\n' % os.fork()); time.sleep(60)"
"""Each of the two says it in one piece."""


def ended(start: str, end: str, killed_by: signal.Signals | None = None) -> int:
    """Run a parent of services until it ends; give its exit code."""
    code = PARENT.format(start=start.strip(), end=end)
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "up\n"
        if killed_by:
            parent.send_signal(killed_by)
        return parent.wait(15)


@pytest.mark.parametrize(
    ("end", "killed_by", "code"),
    [
        pytest.param("raise SystemExit(4)", None, 4, id="by-an-exception"),
        pytest.param("time.sleep(60)", signal.SIGINT, -2, id="by-Ctrl-C"),
    ],
)
def test_a_parent_that_ends_leaves_nothing(
    place: Path, end: str, killed_by: signal.Signals | None, code: int
) -> None:
    assert ended(VALKEY, end, killed_by) == code


def test_a_killed_parent_leaves_no_service_and_no_query(place: Path) -> None:
    """The worker of PostgreSQL that is busy would never look up."""
    assert ended(ALL, "time.sleep(60)", signal.SIGKILL) == -9


def test_a_copy_of_the_parent_keeps_no_service(place: Path) -> None:
    """It holds open all that the parent had open, and must not matter."""
    code = PARENT.format(start=VALKEY, end=COPY)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "up\n"
        copy = max(int(parent.stdout.readline()), int(parent.stdout.readline()))
        parent.kill()
        gone = wait_until(lambda: os.listdir(place) == [], 15.0)
        os.kill(copy, signal.SIGKILL)
    assert gone
