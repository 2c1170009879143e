"""Whether the `environ` of WSGI is an ordinary one.

It has what must be there, all text is ASCII, and only the `wsgi.` variables (and what a
server adds under names of its own) are something else than text. Such an `environ`
breaks no rule. Of any other this module says nothing; then the rules look at it.

A test holds that what is ordinary here breaks no rule.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any

READ = itemgetter(
    "REQUEST_METHOD",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "wsgi.version",
    "wsgi.url_scheme",
    "wsgi.input",
    "wsgi.errors",
    "wsgi.multithread",
    "wsgi.multiprocess",
    "wsgi.run_once",
)
NOT_TEXT = frozenset(
    {
        "wsgi.version",
        "wsgi.input",
        "wsgi.errors",
        "wsgi.multithread",
        "wsgi.multiprocess",
        "wsgi.run_once",
        "wsgi.file_wrapper",
    }
)
PATHS = ("SCRIPT_NAME", "PATH_INFO")
INPUT = ("read", "readline", "readlines", "__iter__")
ERRORS = ("flush", "write", "writelines")
STREAMS = 64
"""How many types of streams are remembered."""

_streams: set[tuple[type, type]] = set()


def is_ordinary(environ: Any) -> bool:
    """Whether nothing in this `environ` needs a closer look."""
    try:
        if type(environ) is not dict:
            return False
        method, name, port, protocol, version, _, body, errors, *_ = READ(environ)
        if not (method and name and port and protocol):
            return False
        if type(version) is not tuple or version != (1, 0):
            return False
        for key, value in environ.items():
            if type(value) is str:
                if not value.isascii():
                    return False
            elif key not in NOT_TEXT and key[:5] != "wsgi.":
                return False
        if (type(body), type(errors)) not in _streams and not _are_streams(
            body, errors
        ):
            return False
        for key in PATHS:
            if key in environ and (path := environ[key]) and path[0] != "/":
                return False
        return "wsgi.file_wrapper" not in environ or callable(
            environ["wsgi.file_wrapper"]
        )
    except Exception:
        return False


def _are_streams(body: object, errors: object) -> bool:
    if not all(hasattr(type(body), each) for each in INPUT):
        return False
    if not all(hasattr(type(errors), each) for each in ERRORS):
        return False
    if len(_streams) >= STREAMS:
        _streams.clear()
    _streams.add((type(body), type(errors)))
    return True
