"""A run is judged by the rules, and what one of ours breaks fails it."""

import pytest

from asgi_compare.judge.rules import RULES
from asgi_compare.model.results import IN_PROCESS, Finding
from asgi_compare.model.transcript import Event, Transcript
from asgi_compare.run.conformance import (
    KNOWN_FINDINGS,
    findings_in,
    known_findings,
    unexpected,
)
from asgi_compare.run.matrix import Plan, run

STARTED = {"type": "http.response.start", "status": 200, "headers": [(b"A", b"b")]}
ENDED = {"type": "http.response.body", "body": b""}
SCOPE = {"type": "http", "method": "GET", "path": "/", "headers": []}


def transcript(*sent: object) -> Transcript:
    events = tuple(Event(n, "send", each, 0, 1) for n, each in enumerate(sent))
    return Transcript("a/b", "asgi", SCOPE, events)


def test_each_rule_is_found_once_under_the_name_of_the_transcript() -> None:
    twice = STARTED | {"headers": [(b"A", b"b"), (b"C", b"d")]}
    found = findings_in("a/b raw-asgi@in-process", transcript(twice, ENDED))
    assert [(f.rule, f.scenario) for f in found] == [
        ("asgi-headers/not-lowercase", "a/b raw-asgi@in-process")
    ]


def test_what_binds_the_server_is_left_aside() -> None:
    """The scope above lacks what a server owes, and that is not the application's."""
    assert findings_in("a/b", transcript(STARTED | {"headers": []}, ENDED)) == []


def test_known_finding_fails_only_those_that_are_not_known_for_it() -> None:
    found = findings_in("a/b", transcript(STARTED, ENDED))
    assert unexpected("django-asgi", found) is None
    assert unexpected("raw-asgi", found) == found[0]
    assert known_findings(found)[0].startswith(
        "asgi-headers/not-lowercase (django-asgi)"
    )


def test_unclear_rule_fails_nothing() -> None:
    finding = Finding("asgi/unclear", "application", "unclear", "So so.", "a/b")
    assert unexpected("raw-asgi", [finding]) is None


def test_every_known_finding_is_of_a_rule_and_still_occurs() -> None:
    plan = Plan(
        ("raw-asgi", "django-asgi", "django-wsgi"),
        ("hello/get", "status/no_content", "headers/two_set_cookie"),
        (IN_PROCESS,),
    )
    result = run(plan)
    rows = {row.rule for row in KNOWN_FINDINGS}
    assert rows <= RULES.keys()
    assert rows == {finding.rule for finding in result.findings}
    assert [v.reason for v in result.verdicts if v.verdict == "failed"] == []
    assert all(f.scenario in result.transcripts for f in result.findings)
    assert result.environment["applications"] in ("checkout", "installed")


def test_rule_that_one_of_ours_breaks_fails_its_exchange(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("asgi_compare.run.conformance.KNOWN_FINDINGS", ())
    result = run(Plan(("django-asgi",), ("hello/get",), (IN_PROCESS,)))
    (verdict,) = result.verdicts
    assert verdict.verdict == "failed"
    assert verdict.reason == (
        "It breaks the rule asgi-headers/not-lowercase: Expected a header name in "
        "lower case, but got b'Content-Type' (event 1 of 'hello/get')."
    )
