"""Children of unruly applications, and a look at what they leave behind."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from asgi_compare.contract.scenario import Request, Scenario
from asgi_compare.drive.servers.process import wait_until
from asgi_compare.drive.workers import worker as isolation
from asgi_compare.drive.workers.worker import Child
from asgi_compare.model.transcript import Transcript
from tests.drive.workers.unruly import APPS, BAD


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("apps")
    (folder / "apps.py").write_text(APPS)
    for name, code in BAD.items():
        find = "import sys; FD = int(sys.argv[1])\n" if "FD" in code else ""
        (folder / f"{name}.py").write_text(find + code)
    return folder


@pytest.fixture
def mark() -> Iterator[str]:
    """Return a mark for the environment, and see that nobody who has it is left."""
    mark = uuid.uuid4().hex
    yield mark
    assert wait_until(lambda: not marked(mark), 5), marked(mark)


def marked(mark: str) -> list[int]:
    """Return the processes that were started with this mark."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"MARK={mark}".encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found


Make = Callable[..., Child]


@pytest.fixture
def make(folder: Path, mark: str) -> Iterator[Make]:
    """Return a function that makes children, which are closed at the end."""
    made: list[Child] = []

    def make(target: str = "apps:application", **options: Any) -> Child:
        environment = {"MARK": mark, **options.pop("environment", {})}
        child = Child(target, app_dir=str(folder), environment=environment, **options)
        made.append(child)
        return child

    yield make
    for child in made:
        child.close()


def to(path: str, **options: Any) -> Scenario:
    """Return a scenario that asks for one path."""
    options = {"deadline": 1.0, **options}
    return Scenario("test", path, "", Request(target=f"/{path}".encode()), **options)


def body(transcript: Transcript) -> object:
    assert transcript.response is not None, transcript
    return transcript.response.body


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait long above the deadline."""
    monkeypatch.setattr(isolation, "GRACE", 0.3)


def when_waiting(folder: Path, act: Callable[[int], None]) -> threading.Thread:
    """Do something with the number of the child, once it says that it waits."""
    said = folder / "pid"
    said.unlink(missing_ok=True)

    def look() -> None:
        if wait_until(said.exists, 10):
            act(int(said.read_text()))

    thread = threading.Thread(target=look)
    thread.start()
    return thread
