"""How far a check goes, and that what it plays is legal."""

from __future__ import annotations

from typing import Any

from asgi_compare.contract.scenario import Request
from asgi_compare.judge.application.arrange import changed, cut
from asgi_compare.judge.application.check import Plan, check_with
from asgi_compare.judge.application.probe import LIFESPAN_STARTS, Asked
from asgi_compare.judge.application.probes.all_probes import BY_ID, PROBES
from asgi_compare.judge.rules import judge
from asgi_compare.judge.selection import Selection
from tests.broken_apps.apps import BODY, http, start, wsgi
from tests.judge.probes.playing import (
    GET,
    POST,
    TALK,
    InProcess,
    checked,
    everything,
    plain,
    trials,
    wsgi_echo,
)


def test_check_stops_after_so_many_failures() -> None:
    bad = http(start("200"), BODY)
    found = checked(bad, max_failures=1)

    assert len(found.problems) == 1
    assert found.notes[-1] == "Stopped after 1 failed. Not all probes were played."


def test_check_stops_after_so_much_time() -> None:
    found = checked(plain, max_time=1e-9)

    assert found.verdicts == []
    assert found.notes == ["Stopped after 1e-09 s. Not all probes were played."]


def test_only_some_probes_are_played_with_the_plain_one_for_comparison() -> None:
    found = checked(plain, probes=("probe-http/without-*", "probe-lifespan/*"))

    assert trials(found)[0] == "probe-http/without-raw-path GET /"
    assert "probe-http/plain GET /" not in trials(found)
    assert len(trials(found)) == 10


def test_selection_leaves_out_what_is_not_wanted() -> None:
    bad = http(start("200"), BODY)

    assert checked(bad, selection=Selection(select=("wsgi/*",))).problems == []
    assert checked(bad, selection=Selection(exclude=("asgi-http/*",))).problems == []


def test_interrupt_keeps_what_was_found() -> None:
    count = 0

    async def application(scope: Any, receive: Any, send: Any) -> None:
        nonlocal count
        count += scope["type"] == "http"
        if count == 3:
            raise KeyboardInterrupt
        await plain(scope, receive, send)

    found = checked(application)

    assert found.interrupted
    assert found.code == 130
    assert "probe-http/plain GET /" in trials(found)


def test_body_is_cut_at_places_that_the_seed_decides() -> None:
    body = bytes(range(100))
    assert cut("pieces", body, 1) == cut("pieces", body, 1) != cut("pieces", body, 2)
    for how in ("pieces", "bytes", "empty pieces"):
        assert b"".join(cut(how, body, 0)) == body
    assert cut("pieces", b"a", 0) == (b"a",)
    assert cut("pieces", b"", 0) == (b"", b"", b"")


def test_every_probe_is_a_complete_row() -> None:
    assert len(BY_ID) == len(PROBES) > 60
    for probe in PROBES:
        assert probe.id.startswith(f"probe-{probe.protocol}/")
        assert probe.plays.endswith(".")
        assert probe.quote
        assert not probe.quote.endswith(".")
        assert probe.link.startswith("https://")


PAGE = Asked("GET /page", Request(target=b"/page"), ("--path", "/page"))


def test_every_probe_is_legal() -> None:
    """No server that is played breaks a rule that binds servers."""
    kept = []

    class Keeping(InProcess):
        def drive(self, trial: Any) -> Any:
            kept.append(super().drive(trial))
            return kept[-1]

    tagged = wsgi(headers=[("ETag", '"1"')])

    async def with_etag(scope: Any, receive: Any, send: Any) -> None:
        await http(start(headers=[(b"etag", b'"1"')]), BODY)(scope, receive, send)

    for application, interface in (
        (everything, "asgi"),
        (wsgi_echo, "wsgi"),
        (with_etag, "asgi"),
        (tagged, "wsgi"),
    ):
        driver = Keeping(application, interface)  # type: ignore[arg-type]
        check_with(driver, Plan("x:y", asked=(POST, TALK, GET, PAGE)))
        driver.close()
    sides = [f for one in kept for f in judge(one) if f.side == "server"]
    sides = [f for f in sides if f.level == "must"]
    # What does not survive the way out of a child is no data.
    assert [f for f in sides if f.rule != "wsgi/file-wrapper"] == []
    played = {one.scenario.partition(" ")[0] for one in kept}
    # Start and stop are one lifespan, and one transcript.
    assert played | {LIFESPAN_STARTS} == set(BY_ID)


def test_probe_s_range_takes_the_place_of_the_client_s() -> None:
    """A client that sends Range twice is none."""
    given = Request(headers=((b"Range", b"bytes=2-5"), (b"accept", b"*/*")))

    for name in ("probe-http/range", "probe-wsgi/range"):
        request = changed(BY_ID[name], given, 0)

        assert isinstance(request, Request)
        assert request.headers == ((b"accept", b"*/*"), (b"range", b"bytes=0-1"))
