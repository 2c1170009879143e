"""Children that are forked are as those that are started, and nothing is left."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asgi_compare.drive.servers.process import wait_until
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.drive.workers import fork_server as fork_server
from asgi_compare.drive.workers.fork_server import ForkServer
from asgi_compare.drive.workers.worker import Child
from tests.drive.workers.conftest import body, marked, to

pytestmark = pytest.mark.skipif(not fork_server.IS_POSSIBLE, reason="It is for Linux.")

Fork = Callable[..., Child]


@pytest.fixture
def shared(mark: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ForkServer]:
    """Return a fork_server whose processes all bear the mark."""
    monkeypatch.setenv("MARK", mark)
    with ForkServer(["asgi_compare.drive"]) as opened:
        yield opened


@pytest.fixture
def fork(folder: Path, shared: ForkServer) -> Fork:
    def fork(target: str = "apps:application", **environment: str) -> Child:
        return Child(
            target,
            app_dir=str(folder),
            environment=environment,
            open_session=shared.session,
        )

    return fork


def pid_of(child: Child) -> int:
    answer = body(child.drive(to("pid")))
    assert isinstance(answer, bytes)
    return int(answer)


def is_there(number: int) -> bool:
    return Path(f"/proc/{number}").exists()


def test_forks_are_processes_of_their_own(fork: Fork) -> None:
    with fork() as one, fork() as other:
        numbers = {pid_of(one), pid_of(other), os.getpid()}
        assert len(numbers) == 3
        assert pid_of(one) in numbers


def test_fork_has_the_environment_that_it_is_given(fork: Fork) -> None:
    with fork(GREETING="hello") as one, fork(GREETING="good day") as other:
        assert body(one.drive(to("environment"))) == b"hello"
        assert body(other.drive(to("environment"))) == b"good day"


def test_fork_that_is_closed_is_gone_and_others_stay(fork: Fork) -> None:
    with fork() as stays:
        with fork() as goes:
            number = pid_of(goes)
        assert not is_there(number)
        assert is_there(pid_of(stays))


def test_fork_that_is_killed_is_said_and_the_next_is_fresh(fork: Fork) -> None:
    with fork() as child:
        number = pid_of(child)
        os.kill(number, signal.SIGKILL)
        assert wait_until(lambda: child._buried() != (), 5)
        assert pid_of(child) != number


def test_fork_that_hangs_is_killed(fork: Fork, hasty: None) -> None:
    with fork() as child:
        number = pid_of(child)
        ending = child.drive(to("sleep", deadline=0.2)).ending
        assert ending.kind == "abandoned"
        assert not is_there(number)


def test_fork_that_exits_says_its_code(fork: Fork) -> None:
    with fork() as child:
        ending = child.drive(to("leave")).ending
    assert ending.kind == "crashed"
    assert "exited with code 7" in (ending.error or "")


def test_nursery_that_is_killed_takes_its_forks_along(
    fork: Fork, shared: ForkServer, mark: str
) -> None:
    """And the next child has a new one."""
    with fork() as child:
        number = pid_of(child)
        assert shared._process is not None
        os.killpg(shared._process.group, signal.SIGKILL)
        assert wait_until(lambda: not marked(mark), 5)
        ending = child.drive(to("pid")).ending
        assert ending.kind in ("returned", "crashed")
        assert pid_of(child) != number


def test_nursery_that_is_closed_leaves_no_fork(
    fork: Fork, shared: ForkServer, mark: str
) -> None:
    child = fork()
    child.start()
    shared.close()
    assert wait_until(lambda: not marked(mark), 5)
    child.close()


def test_nursery_that_cannot_import_says_why(folder: Path) -> None:
    with (
        ForkServer(["nowhere"]) as opened,
        pytest.raises(TargetError) as caught,
        Child("apps:wsgi", app_dir=str(folder), open_session=opened.session),
    ):
        pass
    assert str(caught.value).startswith(
        "Expected to import nowhere, but the process exited with code 1."
    )
    assert "No module named 'nowhere'" in str(caught.value)
