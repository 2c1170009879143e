"""asgi-compare: one application, by hand and in frameworks, compared event by event.

Data flows in one direction, and so do the imports: each stage knows the nouns on its
two sides, and nothing of the stages above it.

    Scenario --driver--> Transcript --rules--> Finding ----+
       ^                    |                              |
    contract                +------diff-----> Difference --+--> Run --report--> words

    domain/               what the applications know; no interface, no framework
    contract/             STAGE 1   what every application must do, as data
      scenario.py           nouns: Scenario, Request, Expected
    target.py             STAGE 2   any application, by its `module:attribute`
    implementations.py              ours, one row each
    reach.py                        what can be asked of whom
    transcript.py         noun: what happened, event by event
    drivers/              STAGE 3   play the server (or the client) for one scenario
    servers/                        real servers, as child processes
    isolation.py                    a target in a child process of its own
    rules/                STAGE 4a  judge events by the specifications
    validator/                      the same rules, as the events pass
    probes/               STAGE 4b  awkward servers and clients: act first, then judge
    behaviours/           STAGE 4c  what a framework adds, proved by taking it away
    lean.py                         what a run keeps of a long transcript
    aspects.py            STAGE 4   a transcript, taken apart
    expectation.py                  is it what the contract expects?
    diff.py               STAGE 4d  same or different?
    known_differences.py            the differences we expect, each with its reason
    verdicts.py                     passed, failed, unsupported, error
    measurements.py                 the numbers in a transcript
    measure/                        what a configuration costs: counted, timed, served
    load.py                         a client that puts load on a server
    layers/                         the ladder of Django's layers, and what each costs
    results.py            nouns: Verdict, Finding, Difference, Measurement, Run
    codec.py                        the nouns to JSON and back
    described.py                    what took part in a run, for who has only that
    run.py                the loop; the only module that knows every stage
    report/               STAGE 5   a Run in words and pictures
    cli.py                the command
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asgi_compare.judge.validator import validate as validate

__all__ = ["validate"]


def __getattr__(name: str) -> Any:
    # Late, so that an application that imports `asgi_compare.domain` pays for nothing
    # else.
    if name == "validate":
        from asgi_compare.judge.validator import validate

        return validate
    raise AttributeError(f"module 'asgi_compare' has no attribute {name!r}")
