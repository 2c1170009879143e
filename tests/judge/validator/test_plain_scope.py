"""A scope that passes at the first look breaks no rule at a closer one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asgi_compare.judge.rules import judge_for
from asgi_compare.judge.rules.engine.examples import HTTP_SCOPE
from asgi_compare.judge.validator import plain_scope as scopes
from asgi_compare.judge.validator.plain_scope import plain_method
from tests.judge.rules.test_fuzz import SCOPES
from tests.judge.validator.changed import ABSENT, CHANGES, changed


@settings(max_examples=150, deadline=None)
@given(SCOPES | st.builds(changed, st.just(HTTP_SCOPE), CHANGES, ABSENT))
def test_plain_scope_breaks_no_rule(scope: Any) -> None:
    method = plain_method(scope)

    if method is not None:
        assert method == scope["method"]
        assert judge_for(scope).begin() == []


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"method": "PATCH"},
        {"http_version": "2", "scheme": "https"},
        {"path": "/b", "raw_path": b"/b"},
        {"client": None, "server": None},
        {"client": None},
        {"server": ("/run/app.sock", None)},
        {"client": ("::1", 1), "server": ("::1", 2)},
        {"state": {}, "extensions": {}},
        {"asgi": {"version": "3.0"}},
        {"extensions": {"http.response.debug": {}}},
        {"headers": [(b"x-new", b"1"), (b"x-new", b"2")]},
    ],
)
def test_scope_of_a_common_server_is_plain(change: Any) -> None:
    assert plain_method({**HTTP_SCOPE, **change}) == change.get("method", "GET")


SEEN = memoryview(b"accept").toreadonly()


@pytest.mark.parametrize(
    "change",
    [
        {"headers": [(SEEN, b"*/*")]},
        {"headers": [(b"accept", SEEN)]},
        {"headers": [(b"Accept", b"*/*")]},
        {"headers": [(b":path", b"/")]},
        {"raw_path": memoryview(b"/").toreadonly()},
        {"path": "/%41", "raw_path": b"/%41"},
        {"path": "/\xe9", "raw_path": b"/%C3%A9"},
        {"path": "/a", "raw_path": b"/"},
        {"query_string": bytearray()},
        {"asgi": {"spec_version": "2.5"}},
        {"asgi": {"version": "3.0", "spec_version": 2.5}},
        {"asgi": {"version": "3.0", "spec-version": "2.5"}},
        {"server": {"127.0.0.1": 0, 80: 0}},
        {"server": ("127.0.0.1", 80.0)},
        {"client": ("127.0.0.1", True)},
        {"client": ("127.0.0.1",)},
        {"client": ("127.0.0.1", None)},
        {"state": None},
        {"extensions": None},
        {"extensions": {"tls": {}}},
        {"x-key": 1},
        {"method": "get"},
        {"method": []},
    ],
)
def test_odd_scope_is_left_to_a_closer_look(change: Any) -> None:
    assert plain_method({**HTTP_SCOPE, "headers": [(b"accept", b"*/*")]}) == "GET"

    assert plain_method({**HTTP_SCOPE, **change}) is None
    assert plain_method(None) is None


@pytest.mark.parametrize("field", [(SEEN, b"*/*"), (b"accept", SEEN)])
def test_memoryview_is_not_ordinary_though_its_bytes_were_seen(field: Any) -> None:
    assert plain_method({**HTTP_SCOPE, "headers": [(b"accept", b"*/*")]})

    assert not plain_method({**HTTP_SCOPE, "headers": [field]})


def test_ends_are_asked_for_again_when_they_are_others() -> None:
    ordinary = {**HTTP_SCOPE, "client": ("::1", 1), "server": ("::1", 2)}

    assert plain_method(ordinary) == "GET"
    assert plain_method({**ordinary, "client": ("::1", "1")}) is None
    assert plain_method({**ordinary, "server": ("::1", "2")}) is None
    assert plain_method(ordinary) == "GET"


def test_what_is_remembered_of_scopes_is_bounded() -> None:
    for number in range(scopes.REMEMBERED + 2):
        name, path = b"x-%d" % number, f"/{number}"
        scope = {**HTTP_SCOPE, "path": path, "raw_path": path.encode()}
        assert plain_method({**scope, "headers": [(name, b"")]})

    assert 0 < len(scopes._paths) <= scopes.REMEMBERED
    assert 0 < len(scopes._names) <= scopes.REMEMBERED
