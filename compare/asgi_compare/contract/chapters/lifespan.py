"""Start-up, shut-down, and the state that lies between them.

The lifespan sub-specification of ASGI. WSGI has no such thing, and Django refuses it.
"""

from asgi_compare.contract.scenario import (
    Endpoint,
    Expected,
    ExpectedLifetime,
    Lifetime,
    Request,
    Scenario,
)

GREETING = "hello from start-up"

ENDPOINTS = (
    Endpoint(
        "lifespan",
        ("LIFESPAN",),
        "",
        "Fills the state at start-up, and empties it at shut-down.",
    ),
    Endpoint(
        "state",
        ("GET", "HEAD"),
        "/state",
        "Answers with what start-up has left in the state of this request.",
    ),
)

WHOLE_LIFE = (
    "lifespan.startup",
    "lifespan.startup.complete",
    "lifespan.shutdown",
    "lifespan.shutdown.complete",
)

SCENARIOS = (
    Scenario(
        "lifespan",
        "whole_life",
        "Start-up and shut-down, each asked for and each answered.",
        Lifetime(),
        ExpectedLifetime(events=WHOLE_LIFE),
    ),
    Scenario(
        "lifespan",
        "no_state_offered",
        "A server may have no state to offer; the application starts all the same.",
        Lifetime(state=False, requests=(Request(target=b"/state"),)),
        ExpectedLifetime(
            events=WHOLE_LIFE, answers=(Expected(json={"greeting": None}),)
        ),
    ),
    Scenario(
        "lifespan",
        "start_up_failed",
        "An application that cannot start says so, with a message for the log.",
        Lifetime(),
        ExpectedLifetime(
            events=("lifespan.startup", "lifespan.startup.failed"),
            message="the database is away",
        ),
        application="startup_fails",
    ),
    Scenario(
        "lifespan",
        "not_understood",
        "An application that has no lifespan refuses the scope; servers go on.",
        Lifetime(state=True, requests=(Request(target=b"/"),)),
        ExpectedLifetime(raises=True, answers=(Expected(body=b"Hello, world!"),)),
        application="without_lifespan",
    ),
    Scenario(
        "state",
        "handed_to_requests",
        "What start-up puts into the state is there in every request.",
        Lifetime(requests=(Request(target=b"/state"),)),
        ExpectedLifetime(
            events=WHOLE_LIFE, answers=(Expected(json={"greeting": GREETING}),)
        ),
    ),
    Scenario(
        "state",
        "each_request_has_a_copy",
        "The copy is shallow: what a request adds is gone, what it changes stays.",
        Lifetime(requests=(Request(target=b"/state?visit=1"),) * 2),
        ExpectedLifetime(
            events=WHOLE_LIFE,
            answers=(
                Expected(json={"visits": 1, "visitors": 1}),
                Expected(json={"visits": 1, "visitors": 2}),
            ),
        ),
    ),
)
