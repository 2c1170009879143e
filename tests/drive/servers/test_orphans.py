"""When we are killed without warning, every server that we started goes with us."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from asgi_compare.drive.servers.process import living, wait_until

PARENT = """
import os, sys, threading, time
from asgi_compare.drive.servers.supervisor import start
from asgi_compare.drive.servers.table import SERVERS

def begin(name):
    row = SERVERS[name]
    running.append(start(row, "target:asgi", interface="asgi", app_dir=sys.argv[1]))

running = []
threads = [threading.Thread(target=begin, args=(name,)) for name in sys.argv[2:]]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
copy = {copy}
if copy != 0:  # the parent, where there is a copy
    print(copy, *(one.group for one in running), flush=True)
time.sleep(60)
"""
APP = """
async def asgi(scope, receive, send):
    raise NotImplementedError
"""
NAMES = ["uvicorn", "hypercorn", "granian", "gunicorn-asgi"]


@pytest.mark.parametrize("copy", ["-1", "os.fork()"], ids=["alone", "forked"])
def test_a_killed_parent_leaves_no_server(
    copy: str, write: Callable[[str], str]
) -> None:
    """A forked copy of the parent holds all lifelines open, and must not matter."""
    command = [sys.executable, "-c", PARENT.format(copy=copy), write(APP), *NAMES]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child, *groups = map(int, parent.stdout.readline().split())
        assert len(groups) == len(NAMES)
        assert all(living(group) for group in groups)
        parent.kill()
        parent.wait()
        gone = wait_until(lambda: not any(living(g) for g in groups), 5.0)
        if child > 0:
            os.kill(child, signal.SIGKILL)
        assert gone


def test_a_parent_that_just_ends_leaves_no_server(write: Callable[[str], str]) -> None:
    code = PARENT.format(copy="-1").replace("time.sleep(60)", "")
    command = [sys.executable, "-c", code, write(APP), *NAMES]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    _, *groups = map(int, done.stdout.split())
    assert len(groups) == len(NAMES)
    assert wait_until(lambda: not any(living(group) for group in groups), 5.0)
