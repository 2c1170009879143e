"""Find the line of the user's that an exception came out of.

The innermost frame is often in the standard library or in a framework. What a user can
mend is the innermost line outside of both; if there is none, the innermost that is not
ours has to do.
"""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Iterable, Iterator
from types import TracebackType

from asgi_compare.drive.places import PACKAGE

OURS = f"{PACKAGE}{os.sep}"
APPLICATIONS = f"{OURS}applications{os.sep}"
"""Where our four applications are when they are installed."""
FOREIGN = tuple(
    f"{sysconfig.get_path(name)}{os.sep}"
    for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
MOST = 200
"""Frames that are looked at; a recursion may have very many."""


def place_of(error: BaseException) -> str:
    """Return `file.py:12`, or nothing if no frame is worth naming."""
    return blamed(_frames(error.__traceback__))


def blamed(frames: Iterable[tuple[str, int]]) -> str:
    """Choose from frames, each a file and a line, the outermost first."""
    # "<frozen os>" is no file that anybody could open.
    named = [
        (file, line)
        for file, line in frames
        if not file.startswith("<")
        and (not file.startswith(OURS) or file.startswith(APPLICATIONS))
    ]
    theirs = [each for each in named if not is_foreign(each[0])]
    for file, line in (theirs or named)[-1:]:
        return f"{os.path.basename(file)}:{line}"
    return ""


def is_foreign(file: str) -> bool:
    """Return whether a file is of Python's library, or of an installed package."""
    return file.startswith(FOREIGN) or f"{os.sep}site-packages{os.sep}" in file


def _frames(trace: TracebackType | None) -> Iterator[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    while trace is not None:
        found.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    yield from found[-MOST:]
