"""What is written by hand keeps the rule book, whatever the server is like.

Each endpoint is asked as in its first scenario, by the awkward but legal servers and
clients of `check`.
"""

from dataclasses import replace

import pytest

from asgi_compare.contract import SCENARIOS
from asgi_compare.contract.scenario import Client, Conversation, Request
from asgi_compare.judge.application.check import Plan, check
from asgi_compare.judge.application.probe import Asked

LEFT_OUT = {
    "inspect",  # It tells what each server does differently.
    "drip",  # These wait, or work, and do nothing else that others do not.
    "poll",
    "sequential",
    "concurrent",
    "mock_api",
    "cpu",
}
TARGETS = {
    "asgi_raw": "asgi_raw.app:application",
    "wsgi_app": "wsgi_app.app:application",
}


def everything_asked() -> tuple[Asked, ...]:
    """Return the first exchange with each endpoint, by a client that stays."""
    asked: dict[str, Asked] = {}
    for scenario in SCENARIOS.values():
        exchange = scenario.exchange
        if isinstance(exchange, Request):
            exchange = replace(exchange, client=Client())
        if isinstance(exchange, Request | Conversation):
            asked.setdefault(scenario.endpoint, Asked(scenario.name, exchange, ()))
    return tuple(one for name, one in asked.items() if name not in LEFT_OUT)


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        pytest.param(target, asked, id=f"{folder}, {title}", marks=marks)
        for folder, target in TARGETS.items()
        for title, asked, marks in (
            ("some", everything_asked()[::6], ()),
            ("all", everything_asked(), pytest.mark.slow),
        )
    ],
)
def test_no_rule_is_broken(target: str, asked: tuple[Asked, ...]) -> None:
    checked = check(Plan(target, asked=asked))
    assert [problem.message for problem in checked.problems] == []
    assert len(checked.verdicts) > 10 * len(asked)
