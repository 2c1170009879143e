"""The contract. What every application must do, as data, in order.

An *endpoint* is one thing that the application does; its name is the name of its
function in all four folders. A *scenario* is one exchange with an endpoint and what
must come of it; its name is `endpoint/case`. A chapter is a file here.

    scenario.py     the nouns
    http.py         routes, methods and status codes
    fields.py       what the application sees of a request, and header fields
    bodies.py       request bodies, forms and uploads
    files.py        a file, with its validators and its ranges
    streaming.py    responses that take time, and clients that leave
    lifespan.py     start-up, shut-down, and the state between them
    websocket.py    WebSocket conversations
    concurrency.py  waiting, working, and doing so fifty times at once
    accounts.py     a database: transfers in six ways, statements, reports
    jobs.py         work that outlives its request
    caching.py      pages that are kept, and what must not be

The contract does not know who keeps it: it imports nothing but its own nouns and what
the applications know, such as the file that `file` serves.
"""

from types import ModuleType

from asgi_compare.contract.chapters import (
    accounts,
    bodies,
    caching,
    concurrency,
    fields,
    files,
    http,
    jobs,
    lifespan,
    streaming,
    websocket,
)
from asgi_compare.contract.scenario import Endpoint, Scenario

CHAPTERS: dict[str, ModuleType] = {
    "http": http,
    "fields": fields,
    "bodies": bodies,
    "files": files,
    "streaming": streaming,
    "lifespan": lifespan,
    "websocket": websocket,
    "concurrency": concurrency,
    "accounts": accounts,
    "jobs": jobs,
    "caching": caching,
}
"""By name, in the order in which they are read."""

ENDPOINTS: dict[str, Endpoint] = {
    endpoint.name: endpoint
    for chapter in CHAPTERS.values()
    for endpoint in chapter.ENDPOINTS
}
SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for chapter in CHAPTERS.values()
    for scenario in chapter.SCENARIOS
}


def chapter_of(scenario: Scenario) -> str:
    """Return the name of the chapter that a scenario is in."""
    return next(
        name for name, chapter in CHAPTERS.items() if scenario in chapter.SCENARIOS
    )


__all__ = ["CHAPTERS", "ENDPOINTS", "SCENARIOS", "Endpoint", "Scenario", "chapter_of"]
