"""A server without a socket, for what no driver does: they are too well behaved."""

from collections.abc import Iterable
from typing import Any

from asgi_raw.events import Application, Event, Scope

END_OF_BODY: Event = {"type": "http.request"}


def http(path: str = "/", method: str = "GET", **others: Any) -> Scope:
    """Make the smallest scope of a request; a "?" in the path begins the query."""
    path, _, query = path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [],
        **others,
    }


class Sent(list[Event]):
    """A `send` that keeps what it is given."""

    async def __call__(self, event: Event) -> None:
        """Take an event."""
        self.append(event)


async def never() -> Event:
    """A `receive` that nobody should ask."""
    raise AssertionError("Expected no `receive`.")  # pragma: no cover


async def play(
    application: Application, scope: Scope, events: Iterable[Event] = (END_OF_BODY,)
) -> list[Event]:
    """Call the application, hand it the events, and give what it has sent."""
    sent = Sent()
    coming = iter(events)

    async def receive() -> Event:
        return next(coming)

    await application(scope, receive, sent)
    return list(sent)
