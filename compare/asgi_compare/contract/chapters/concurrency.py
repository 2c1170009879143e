"""Waiting, working, and doing so fifty times at once.

`sequential` and `concurrent` wait three times for `t` seconds: the first takes three
times as long as the second, and answers in another order. Each answer says in which
thread it was made and how many of its kind were under way, so that fifty at once show
how many a server and a framework really run at a time.
"""

from asgi_compare.contract.chapters.http import JSON
from asgi_compare.contract.scenario import Endpoint, Expected, Request, Scenario

ENDPOINTS = (
    Endpoint(
        "sequential",
        ("GET", "HEAD"),
        "/sequential",
        'Three times "one", a wait of `t` seconds, "two"; one after the other.',
    ),
    Endpoint(
        "concurrent",
        ("GET", "HEAD"),
        "/concurrent",
        'Three times "one", a wait of `t` seconds, "two"; all at the same time.',
    ),
    Endpoint(
        "mock_api",
        ("GET", "HEAD"),
        "/mock-api",
        "Answers after `latency` seconds, with the `task_id` it was given.",
    ),
    Endpoint(
        "background",
        ("POST",),
        "/background",
        "Answers first, and works after that; `/log` tells how far it has come.",
    ),
    Endpoint(
        "cpu", ("GET", "HEAD"), "/cpu", "Answers after `rounds` rounds of arithmetic."
    ),
)

TARGETS = {
    "sequential": b"/sequential",
    "concurrent": b"/concurrent",
    "mock_api": b"/mock-api?latency=0.05",
    "cpu": b"/cpu?rounds=2000",
}

WAITING = (
    Scenario(
        "sequential",
        "three_waits",
        "One wait after the other: 3t.",
        Request(target=TARGETS["sequential"]),
        Expected(headers=(JSON,), json={"order": ["one", "two"] * 3}),
    ),
    Scenario(
        "concurrent",
        "three_waits",
        "All waits at once: t.",
        Request(target=TARGETS["concurrent"]),
        Expected(json={"order": ["one"] * 3 + ["two"] * 3}),
    ),
    Scenario(
        "mock_api",
        "with_task_id",
        "The answer belongs to the task it was asked for.",
        Request(target=b"/mock-api?task_id=7&latency=0.01"),
        Expected(json={"task_id": "7"}),
    ),
    Scenario(
        "mock_api",
        "without_task_id",
        "The task is optional.",
        Request(target=b"/mock-api?latency=0.01"),
        Expected(json={"task_id": None}),
    ),
    Scenario(
        "background",
        "answers_first",
        "202: accepted, and not yet done.",
        Request("POST", b"/background?id=answers-first"),
        Expected(status=202, json={"accepted": "answers-first"}),
    ),
    Scenario(
        "log",
        "background_done",
        "The work goes on when the answer is out.",
        Request(target=b"/log?id=background-done"),
        Expected(json={"log": ["accepted", "begun", "done"]}),
        before=(Request("POST", b"/background?id=background-done"),),
        eventually=True,
    ),
    Scenario(
        "cpu",
        "fixed_work",
        "The same arithmetic in all implementations.",
        Request(target=TARGETS["cpu"]),
        Expected(json={"result": 825103364}),
    ),
)

FIFTY = tuple(
    Scenario(
        endpoint,
        "fifty_at_once",
        "How many run at a time, and on which threads.",
        Request(target=target),
        Expected(status=200),
        at_once=50,
        deadline=15,
    )
    for endpoint, target in TARGETS.items()
)

SCENARIOS = (*WAITING, *FIFTY)
