"""The command line, run as a user does: a process, its output, its exit code."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.places import CODE


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]


def environment(**more: str) -> dict[str, str]:
    """Return a user's environment, in which this checkout can be imported."""
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR")}
    return kept | {"PYTHONPATH": str(CODE)} | more


@pytest.fixture
def asgi_compare(tmp_path: Path) -> Command:
    """Run `asgi-compare` in a directory of its own, and wait for its end."""

    def run(*words: str, cwd: Path = tmp_path, **more: str) -> Ended:
        ended = subprocess.run(
            [sys.executable, "-m", "asgi_compare", *words],
            cwd=cwd,
            env=environment(**more),
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return run


@pytest.fixture
def module(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a module of the user's into the directory that the commands run in."""

    def write(name: str, source: str) -> Path:
        path = tmp_path / f"{name}.py"
        path.write_text(source)
        return path

    return write
