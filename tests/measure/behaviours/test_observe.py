"""What the client of a behaviour keeps between two steps."""

from __future__ import annotations

import pytest

from asgi_compare.contract.scenario import Lifetime, Request, Scenario
from asgi_compare.measure.behaviours import BEHAVIOURS
from asgi_compare.measure.behaviours.behaviour import Step, Take
from asgi_compare.measure.behaviours.builders import answers, ask, post
from asgi_compare.measure.behaviours.observe import Browser, cookies_of, play, taken
from asgi_compare.model.transcript import Response, Transcript


def response(*fields: tuple[bytes, bytes], body: bytes = b"") -> Response:
    return Response(200, headers=fields, body=body)


def asked(step: Step) -> Request:
    assert isinstance(step.exchange, Request)
    return step.exchange


def test_browser_sends_the_cookies_that_it_was_given() -> None:
    browser = Browser()
    browser.hears(
        ask("/"),
        response((b"set-cookie", b"a=1; Path=/"), (b"set-cookie", b"b=2")),
    )
    assert asked(browser.prepared(ask("/"))).headers == ((b"cookie", b"a=1; b=2"),)


def test_browser_forgets_a_cookie_that_has_ended() -> None:
    browser = Browser()
    browser.hears(ask("/"), response((b"set-cookie", b"a=1")))
    browser.hears(ask("/"), response((b"set-cookie", b"a=; Max-Age=0; Path=/")))
    browser.hears(ask("/"), response((b"set-cookie", b"b=; Max-Age=0")))
    assert asked(browser.prepared(ask("/"))).headers == ()


def test_step_with_cookies_of_its_own_gets_no_others() -> None:
    browser = Browser()
    browser.hears(ask("/"), response((b"set-cookie", b"a=1")))
    prepared = browser.prepared(ask("/", cookie="c=3"))
    assert asked(prepared).headers == ((b"cookie", b"c=3"),)


def test_step_without_an_answer_leaves_the_browser_as_it_was() -> None:
    browser = Browser()
    browser.hears(ask("/", takes=(Take("x", "header", "etag"),)), None)
    assert browser.taken == {}
    assert browser.cookies == {}


def test_taken_values_are_filled_in_everywhere() -> None:
    browser = Browser()
    browser.taken[b"token"] = b"abc"
    prepared = browser.prepared(
        post("/{token}?{token}", "t={token}", x_token="{token}")
    )
    assert asked(prepared).target == b"/abc?abc"
    assert asked(prepared).body == (b"t=abc",)
    assert (b"x-token", b"abc") in asked(prepared).headers
    outcome = browser.filled_in(answers(mentions=("<{token}>",), hides=("{other}",)))
    assert outcome.mentions == ("<abc>",)
    assert outcome.hides == ("{other}",)


def test_step_that_is_no_request_is_played_as_it_is() -> None:
    step = Step(Lifetime())
    assert Browser().prepared(step) is step


@pytest.mark.parametrize(
    ("take", "value"),
    [
        (Take("x", "cookie", "a"), b"1"),
        (Take("x", "header", "etag"), b'"e"'),
        (Take("x", "json", "key"), b"7"),
        (Take("x", "json", "none"), b""),
        (Take("x", "cookie", "none"), b""),
    ],
    ids=["cookie", "header", "json", "no such key", "no such cookie"],
)
def test_value_is_taken_from_its_place(take: Take, value: bytes) -> None:
    answer = response((b"set-cookie", b"a=1"), (b"etag", b'"e"'), body=b'{"key": 7}')
    assert taken(take, answer) == value


@pytest.mark.parametrize("body", [b"<html>", b"[1]"], ids=["no JSON", "no object"])
def test_nothing_is_taken_from_what_is_no_object(body: bytes) -> None:
    assert taken(Take("x", "json", "key"), response(body=body)) == b""


def test_cookie_has_its_attributes_without_a_date() -> None:
    field = b"a=1; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Path=/"
    answer = response((b"set-cookie", field))
    assert list(cookies_of(answer)) == [(b"a", b"1", "HttpOnly; Path=/")]


def test_steps_are_played_in_order_and_the_last_is_expected() -> None:
    behaviour = BEHAVIOURS["forgery/token-of-a-page"]
    outcome = answers(201)
    driven: list[Scenario] = []

    def drive(scenario: Scenario) -> Transcript:
        driven.append(scenario)
        answer = response((b"set-cookie", b"c=1"), body=b'{"token": "abc"}')
        return Transcript(scenario.name, "wire", answer=answer)

    transcripts, filled = play(behaviour, behaviour.steps, outcome, drive)
    assert len(transcripts) == 2
    assert filled == outcome
    assert [each.name for each in driven] == [behaviour.name] * 2
    assert isinstance(last := driven[1].exchange, Request)
    assert last.body == (b"csrfmiddlewaretoken=abc",)
    assert last.headers[-1] == (b"cookie", b"c=1")
    assert driven[1].expected == outcome.expected
