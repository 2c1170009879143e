"""The first look at the `environ` of WSGI.

A server hands over the same keys in the same order each time, but for the headers of
the request. So which values must be text is learnt once for each row of keys, and then
all of them are joined at one go: that fails if one is no text, and tells whether all of
it is ASCII. Of what a server adds under names of its own the rules say nothing.

An `environ` that does not pass here is no finding; the rules look at it. A test holds
that what passes breaks no rule.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from asgi_compare.judge.rules.wsgi.environ import CGI, METHODS, REQUIRED, WSGI

Texts = Callable[[dict[str, Any]], tuple[str, ...]]
"""Read all values that must be text."""
REMEMBERED = 256
"""How many rows of keys are remembered, and how many types of streams."""
LONGEST = 5000
"""How many characters of a row; the client chooses the names of its headers."""

_texts: dict[tuple[Any, ...], Texts | None] = {}
_streams: set[tuple[type, type]] = set()


def is_plain(environ: Any) -> bool:
    """Whether this `environ` needs no closer look."""
    try:
        if type(environ) is not dict:
            return False
        keys = (*environ,)
        texts = _texts.get(keys) or _read(keys)
        if (
            texts is None
            or not "".join(texts(environ)).isascii()
            or not environ["REQUEST_METHOD"]
            or not environ["SERVER_NAME"]
            or not environ["SERVER_PORT"]
            or not environ["SERVER_PROTOCOL"]
            or environ["PATH_INFO"][:1] != "/"
            or environ["SCRIPT_NAME"][:1] not in ("", "/")
            or type(environ["wsgi.version"]) is not tuple
            or environ["wsgi.version"] != (1, 0)
            or (
                "wsgi.file_wrapper" in environ
                and not callable(environ["wsgi.file_wrapper"])
            )
        ):
            return False
        streams = type(environ["wsgi.input"]), type(environ["wsgi.errors"])
        return streams in _streams or _are_streams(streams)
    except Exception:
        return False


def _read(keys: tuple[Any, ...]) -> Texts | None:
    """Find out which values are text, if the keys are as they should be; remember it.

    A row that is not as it should be is not remembered: there is no end of those.
    """
    needed = {*REQUIRED, *WSGI, "PATH_INFO", "SCRIPT_NAME"}
    if any(type(key) is not str for key in keys) or not needed.issubset(keys):
        return None
    found = itemgetter(*(k for k in keys if k in CGI or k[:5] == "HTTP_"))
    if sum(map(len, keys)) <= LONGEST:
        if len(_texts) >= REMEMBERED:
            _texts.clear()
        _texts[keys] = found
    return found


def _are_streams(streams: tuple[type, type]) -> bool:
    """Whether both have the methods of PEP 3333's table; remember them."""
    for stream, methods in zip(streams, METHODS.values(), strict=True):
        if not all(hasattr(stream, each) for each in methods):
            return False
    if len(_streams) >= REMEMBERED:
        _streams.clear()
    _streams.add(streams)
    return True
