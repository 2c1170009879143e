"""What is taken for ordinary without a closer look breaks no rule on a closer one."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asgi_compare.judge.rules import judge_for
from asgi_compare.judge.rules.engine import ordinary_environ, ordinary_scope
from asgi_compare.judge.rules.engine.examples import ENVIRON, HTTP_SCOPE
from tests.judge.rules.test_fuzz import SCOPES, VALUES, thorough

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


@settings(max_examples=500, deadline=None)
@given(CHANGES, ABSENT)
def test_ordinary_scope_breaks_no_rule(changes: Any, absent: set[str]) -> None:
    scope = changed(HTTP_SCOPE, changes, absent)

    if ordinary_scope.is_ordinary(scope):
        with thorough():
            assert list(judge_for(scope, "", "asgi").begin()) == []


@settings(max_examples=500, deadline=None)
@given(CHANGES, ABSENT)
def test_ordinary_environ_breaks_no_rule(changes: Any, absent: set[str]) -> None:
    environ = changed(USUAL_ENVIRON, changes, absent)

    if ordinary_environ.is_ordinary(environ):
        assert list(judge_for(environ, "", "wsgi").begin()) == []


@settings(max_examples=200, deadline=None)
@given(SCOPES)
def test_anything_can_be_asked_about(scope: Any) -> None:
    if ordinary_scope.is_ordinary(scope):
        with thorough():
            assert list(judge_for(scope, "", "asgi").begin()) == []
    assert not ordinary_environ.is_ordinary({**HTTP_SCOPE, "PATH_INFO": scope})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"state": {}}, True),
        ({"state": None}, False),
        ({"extensions": {"x": {}}}, True),
        ({"extensions": {"x": 1}}, False),
        ({"extensions": []}, False),
        ({"app": object()}, True),
        ({5: "five"}, False),
        ({"client": None, "server": ["unix", 1]}, True),
        ({"server": ("unix", None)}, False),
        ({"client": (1, 1)}, False),
        ({"headers": [(b"a", "b")]}, False),
        ({"headers": [(b":a", b"b")]}, False),
        ({"headers": 5}, False),
    ],
)
def test_scope_is_ordinary(changes: Any, expected: bool) -> None:
    assert ordinary_scope.is_ordinary({**HTTP_SCOPE, **changes}) is expected


def test_optional_keys_may_be_absent() -> None:
    absent = {"raw_path", "client", "server"}

    assert ordinary_scope.is_ordinary(changed(HTTP_SCOPE, {}, absent))
    assert not ordinary_scope.is_ordinary(changed(HTTP_SCOPE, {}, {"headers"}))
    assert not ordinary_scope.is_ordinary(None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"wsgi.file_wrapper": iter}, True),
        ({"wsgi.file_wrapper": None}, False),
        ({"wsgi.x": object()}, True),
        ({"x": object()}, False),
        ({"SERVER_NAME": ""}, False),
        ({"wsgi.version": (1, 1)}, False),
        ({"wsgi.version": [1, 0]}, False),
        ({"HTTP_X": "\xe9"}, False),
        ({"PATH_INFO": "a"}, False),
        ({"wsgi.input": object()}, False),
        ({"wsgi.errors": object()}, False),
    ],
)
def test_environ_is_ordinary(changes: Any, expected: bool) -> None:
    environ = {**USUAL_ENVIRON, **changes}

    assert ordinary_environ.is_ordinary(environ) is expected


def test_environ_that_is_no_dict_is_not_ordinary() -> None:
    assert not ordinary_environ.is_ordinary(None)
    assert not ordinary_environ.is_ordinary({})


def test_shapes_and_streams_are_forgotten_when_there_are_too_many() -> None:
    for number in range(ordinary_scope.SHAPES + 2):
        assert ordinary_scope.is_ordinary({**HTTP_SCOPE, f"key {number}": 1})
    assert len(ordinary_scope._shapes) < ordinary_scope.SHAPES

    for _ in range(ordinary_environ.STREAMS + 2):
        stream = type("Stream", (io.BytesIO,), {})()
        assert ordinary_environ.is_ordinary({**USUAL_ENVIRON, "wsgi.input": stream})
    assert len(ordinary_environ._streams) < ordinary_environ.STREAMS
