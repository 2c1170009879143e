"""The keeper clears a directory, and all who work in it."""

import os
import subprocess
from pathlib import Path

import pytest

from asgi_compare.drive.services import keeper


def test_who_works_in_the_directory_is_killed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for directory in (inside / "data", outside):
        directory.mkdir(parents=True)
    sleep = ["sleep", "60"]
    with (
        subprocess.Popen(sleep, cwd=inside / "data", start_new_session=True) as worker,
        subprocess.Popen(sleep, cwd=outside) as other,
    ):
        keeper.main(os.getpid(), inside)  # which is not our parent, as if that had died
        assert worker.wait(5) == -9
        assert other.poll() is None
        other.kill()
    assert not inside.exists()


def test_it_gives_up_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "LIMIT", 0.0)
    keeper.clear(tmp_path)
    assert tmp_path.exists()
