"""What is said of an outcome that is not as it should be."""

from __future__ import annotations

import pytest

from asgi_compare.contract.scenario import ExpectedLifetime
from asgi_compare.measure.behaviours.behaviour import Outcome
from asgi_compare.measure.behaviours.builders import answers
from asgi_compare.measure.behaviours.verdict import problems
from asgi_compare.model.transcript import Ending, Excerpt, Response, Transcript

PAGE = Response(200, headers=((b"set-cookie", b"a=1; Path=/"),), body=b"a page")


def transcript(answer: Response | None = PAGE, error: str = "") -> Transcript:
    ending = Ending("raised" if error else "returned", error)
    return Transcript("theme/case", "asgi", ending=ending, answer=answer)


def said(outcome: Outcome, of: Transcript) -> list[str]:
    return [str(problem) for problem in problems(outcome, (transcript(), of))]


@pytest.mark.parametrize(
    "outcome",
    [
        answers(200, body=b"a page"),
        answers(mentions=("page",), hides=("secret",)),
        answers(cookies={"a": "Path=/", "b": None}),
        answers(raises=""),
    ],
    ids=["body", "texts", "cookies", "no exception"],
)
def test_outcome_that_is_as_described_has_no_problems(outcome: Outcome) -> None:
    assert said(outcome, transcript()) == []


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (answers(404), "Expected status 404, but got 200."),
        (
            answers(mentions=("word",)),
            "Expected the body to mention 'word', but got a page.",
        ),
        (answers(hides=("page",)), "Expected the body to hide 'page', but got a page."),
        (
            answers(cookies={"a": "HttpOnly"}),
            "Expected cookie a 'HttpOnly', but got 'Path=/'.",
        ),
        (
            answers(cookies={"a": None}),
            "Expected cookie a None, but got 'Path=/'.",
        ),
        (
            answers(raises="ValueError"),
            "Expected an exception 'ValueError', but got ''.",
        ),
    ],
    ids=["status", "mentions", "hides", "attributes", "no cookie", "exception"],
)
def test_problem_says_what_was_expected(outcome: Outcome, sentence: str) -> None:
    assert said(outcome, transcript()) == [sentence]


def test_exception_that_should_not_get_out_is_a_problem() -> None:
    found = said(answers(raises=""), transcript(error="KeyError: 'a'"))
    assert found == ["""Expected an exception '', but got "KeyError: 'a'"."""]


def test_exception_cannot_be_seen_on_the_wire() -> None:
    seen = Transcript("theme/case", "wire", answer=PAGE)
    assert said(answers(raises="ValueError"), seen) == []


def test_missing_answer_is_one_problem() -> None:
    found = said(answers(200, mentions=("page",)), transcript(answer=None))
    assert found == ["Expected status 200, but got no answer."]


def test_short_body_of_a_large_exchange_is_read_from_its_excerpt() -> None:
    answer = Response(
        200,
        headers=((b"content-type", b"application/json"),),
        body=Excerpt.of(b'{"length": 7}'),
    )
    assert said(answers(json={"length": 7}), transcript(answer)) == []
    long = Response(200, body=Excerpt.of(b"x" * 5000))
    assert said(answers(mentions=("xxx",)), transcript(long)) == []


def test_lifetime_is_judged_by_its_events() -> None:
    found = said(Outcome(ExpectedLifetime(("lifespan.startup",))), transcript(None))
    assert found == ["Expected events lifespan.startup, but got ()."]
