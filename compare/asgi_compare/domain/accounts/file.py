"""The embedded database: a file that belongs to one process, and ends with it.

    /tmp/asgi-compare-accounts-<pid>-<random>/accounts.sqlite3

Its folder is removed when the process ends. A process that is killed leaves it behind,
and the next one that makes a folder removes it.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from functools import cache
from pathlib import Path

PREFIX = "asgi-compare-accounts-"
TOKEN = secrets.token_hex(8)
"""Made when this is imported: of two threads that come first, each would make one."""


def embedded_file() -> str:
    """Return the path of this process's file; `make_folder` makes its folder."""
    # A fork has a number of its own, and so a file of its own.
    return str(_folder_of(os.getpid()) / "accounts.sqlite3")


def make_folder(file: str) -> None:
    """Make the folder of `file`, if it is that of `embedded_file`."""
    if file == embedded_file():
        _make(_folder_of(os.getpid()))


def _folder_of(process: int) -> Path:
    return Path(tempfile.gettempdir(), f"{PREFIX}{process}-{TOKEN}")


@cache
def _make(folder: Path) -> None:
    for left in folder.parent.glob(f"{PREFIX}*"):
        if not _is_alive(_process_of(left)):
            shutil.rmtree(left, ignore_errors=True)
    folder.mkdir(mode=0o700, exist_ok=True)  # two threads may come at once
    atexit.register(_remove, folder)


def _remove(folder: Path) -> None:
    if os.getpid() == _process_of(folder):  # a fork leaves it to its parent
        shutil.rmtree(folder, ignore_errors=True)


def _process_of(folder: Path) -> int:
    number = folder.name.removeprefix(PREFIX).partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() else 0


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)  # 0 as a process is our own group, which lives
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # it runs, and belongs to somebody else
        return True
    return True
