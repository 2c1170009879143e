"""Whatever iterable an application sends is looked at, and handed on as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from asgi_compare.judge.application.edge_case_servers import LONGEST, written_out
from tests.broken_apps.apps import BODY, END, event, http, start, where_offered
from tests.judge.probes.playing import checked, rules


def once(*fields: Any) -> Any:
    """Return an application that sends these headers as a generator."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        headers = (field for field in fields)
        await http(start(headers=headers), END)(scope, receive, send)

    return application


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        (("name", b"a"), "asgi-headers/not-bytes"),
        ((b"Name", b"a"), "asgi-headers/not-lowercase"),
        ((b"a", b"b", b"c"), "asgi-headers/not-pairs"),
        ((b"content-length", b"5"), "http/content-too-short"),
    ],
)
def test_headers_in_a_generator_are_judged(field: Any, rule: str) -> None:
    assert set(rules(checked(once(field)))) == {rule}


def test_pairs_that_can_be_read_once_are_pairs() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        pairs = [iter((b"content-length", b"5")), (part for part in (b"a", b"b"))]
        await http(start(headers=pairs), BODY)(scope, receive, send)

    assert checked(application).problems == []


def test_links_in_a_generator_are_judged() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        links = (link for link in ["</a>"])
        hint = event("http.response.early_hint", links=links)
        await http(hint, start(), END)(scope, receive, send)

    found = checked(where_offered(application, ["http.response.early_hint"]))

    assert set(rules(found)) == {"asgi-extensions/early-hint-links"}


def test_event_of_the_application_is_not_touched() -> None:
    headers = {b"a": b"b"}.items()
    kept = event("http.response.start", headers=headers)

    assert written_out(kept) == {**kept, "headers": [(b"a", b"b")]}
    assert kept["headers"] is headers


@pytest.mark.parametrize(
    "value", [[(b"a", b"b")], [[b"a", b"b"]], {b"a": b"b"}, "ab", b"ab", None, 5]
)
def test_value_that_can_be_written_down_stays(value: Any) -> None:
    sent = event("http.response.start", headers=value)

    assert written_out(sent) is sent


def test_what_is_no_event_stays() -> None:
    assert written_out(["headers"]) == ["headers"]


def test_list_without_end_is_cut_off() -> None:
    def fields() -> Iterator[tuple[bytes, bytes]]:
        while True:
            yield (b"a", b"b")

    assert len(written_out({"headers": fields()})["headers"]) == LONGEST
