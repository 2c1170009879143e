"""A report goes to its file whole, or not at all.

The text is written to a temporary file beside the real one, forced to the disk, and
then moved over it. Whoever opens the report sees the old one or the new one, never half
of one; and a disk that is full spoils neither. Some systems say that the disk is full
only when a file is forced or closed, so both are done before the move.

A path that is there and is no ordinary file (a terminal, a pipe) is written to
directly: moving a file over a device would destroy the device. `/dev/stdout` and its
like are open already, and what they stand for is written to as it is open.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import sys
from pathlib import Path

STREAMS = {"stdout": 1, "stderr": 2}
DESCRIPTOR = re.compile(r"/dev/(?:fd/)?(stdout|stderr|(?<=/fd/)\d+)")
"""A path that names what is open already, by its name or its number."""


class ReportError(Exception):
    """The report could not be written; the message is one sentence for the user."""


def write(path: str | os.PathLike[str], text: str) -> Path:
    """Write `text` to `path` as UTF-8, and make the directory if there is none.

    A lone surrogate is written as an escape.
    """
    data = text.encode("utf-8", "backslashreplace")
    target = Path(path)
    try:
        if open_already := DESCRIPTOR.fullmatch(os.fspath(path)):
            _write_to(STREAMS.get(open_already[1]) or int(open_already[1]), data)
            return target
        # A link stays a link: what it points to is what is replaced.
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            _write_directly(target, data)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            _replace(target, data)
    except OSError as error:
        raise ReportError(
            f"Could not write the report to {os.fspath(path)!r}: "
            f"{error.strerror or error}; {_advice(error, target)}."
        ) from error
    return target


def _replace(target: Path, data: bytes) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _write_through(temporary, data, _mode_of(target))
        os.replace(temporary, target)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _write_through(path: Path, data: bytes, mode: int | None) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def _write_directly(target: Path, data: bytes) -> None:
    with target.open("wb") as file:
        file.write(data)


def _write_to(descriptor: int, data: bytes) -> None:
    if descriptor == 1 and sys.stdout is not None:
        sys.stdout.flush()  # what was printed before comes first
    with open(descriptor, "wb", closefd=False) as file:
        file.write(data)


def _mode_of(target: Path) -> int | None:
    """Return the permissions of the file that is replaced, so that they stay."""
    return stat.S_IMODE(target.stat().st_mode) if target.exists() else None


def _advice(error: OSError, target: Path) -> str:
    if isinstance(error, IsADirectoryError):
        return "name a file in that directory"
    if isinstance(error, FileExistsError | NotADirectoryError):
        return f"{str(target.parent)!r} would have to be a directory"
    if isinstance(error, PermissionError):
        return "name a place where you may write"
    return "make room, or name another place"
