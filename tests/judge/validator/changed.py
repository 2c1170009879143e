"""A scope and an `environ` with a few things about them changed, at random."""

from __future__ import annotations

import io
from typing import Any

from hypothesis import strategies as st

from asgi_compare.judge.rules.engine.examples import ENVIRON, HTTP_SCOPE
from tests.judge.rules.test_fuzz import VALUES

USUAL_ENVIRON = {
    **ENVIRON,
    "wsgi.input": io.BytesIO(),
    "wsgi.errors": io.StringIO(),
}
ODD_VALUES = (
    VALUES
    | st.sampled_from(
        ["", "/", "/a?b", "/%41", "a", "\u20ac", "http", "HEAD", b"/", {}, {"a": {}}]
    )
    | st.sampled_from([[(b"a", b"b")], [(b"A", b"b")], [(b"a", "b")], [b"a"], (1, 0)])
    | st.sampled_from([("a", 1), ["a", None], ("a", 1, 2), [1, 0], {"tls": {}}])
    | st.sampled_from([io.BytesIO(), iter, {"version": "3.0"}, {1: 2}])
)
KEYS = sorted({*HTTP_SCOPE, *USUAL_ENVIRON, "state", "extensions", "wsgi.file_wrapper"})
CHANGES = st.dictionaries(
    st.sampled_from(KEYS) | st.integers() | st.text(max_size=3), ODD_VALUES, max_size=2
)
ABSENT = st.sets(st.sampled_from(KEYS), max_size=2)


def changed(base: dict[str, Any], changes: Any, absent: set[str]) -> dict[str, Any]:
    return {k: v for k, v in {**base, **changes}.items() if k not in absent}
