"""The third protocol: start-up, shut-down, and the state between them.

The server calls the application once with a lifespan scope, before it takes the first
request, and this call lasts as long as the server does. In it come two events,
"lifespan.startup" and "lifespan.shutdown", and each has to be answered.

What start-up makes (a pool of connections, say) goes into `scope["state"]`, and the
server puts a shallow copy of that into the scope of every request. So each event loop
has its own, and no request meets a connection of another loop. A server may not offer
it, or not know lifespan at all; `shared` has something in its place.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from asgi_compare.domain import Board, Ledger
from asgi_raw.cache import make_cache, make_cache_away
from asgi_raw.database import Database
from asgi_raw.events import Receive, Scope, Send, json_object, query
from asgi_raw.work import make_work

State = dict[str, Any]
STAND_IN: State = {
    "board": Board(),
    "ledger": Ledger(),
    "work": make_work(),
    "cache": make_cache(),
    "cache_away": make_cache_away(),
}
"""What requests share where the server offers no state: one for the whole process."""


async def start_up(state: State) -> None:
    """Make what all requests will need.

    The keys must not be those of a middleware that puts something there as well; a
    larger application would begin them with its name (lifespan, "Lifespan State").
    """
    state.update(greeting="hello from start-up", visitors=[])
    state.update(board=Board(), ledger=Ledger(), work=make_work())
    state.update(cache=make_cache(), cache_away=make_cache_away())
    # It connects when it is first asked, so that we start without it, too.
    state.update(database=Database(keeps_open=True))


async def refuse_to_start(state: State) -> None:
    """Fail, as a start-up does whose database does not answer."""
    raise ConnectionError("the database is away")


async def shut_down(state: State) -> None:
    """Return what start-up has made."""
    if "work" in state:  # first, since a job may need the rest
        await state["work"].close()
        await state["cache"].close()
    if "database" in state:
        await state["database"].close()
    state.clear()


async def lifespan(
    scope: Scope,
    receive: Receive,
    send: Send,
    start_up: Callable[[State], Awaitable[None]] = start_up,
    shut_down: Callable[[State], Awaitable[None]] = shut_down,
) -> None:
    """Answer both events, in this order, and then end."""
    made: State = scope.get("state", {})
    event = await receive()
    expect(event["type"], "lifespan.startup")
    try:
        await start_up(made)
    except Exception as error:
        # To raise would mean "I do not know lifespan", and the server would go on. Only
        # this event keeps it from starting (lifespan, "Scope" and "Startup Failed").
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    # The server waits for this before it takes requests (lifespan, "Startup Complete").
    await send({"type": "lifespan.startup.complete"})

    event = await receive()
    expect(event["type"], "lifespan.shutdown")
    try:
        await shut_down(made)
    except Exception as error:
        # The server ends all the same, and writes the message into its log (lifespan,
        # "Shutdown Failed").
        await send({"type": "lifespan.shutdown.failed", "message": str(error)})
        return
    # The server waits for this before it ends (lifespan, "Shutdown Complete").
    await send({"type": "lifespan.shutdown.complete"})


def expect(kind: str, expected: str) -> None:
    """Raise on an event that should not come now (ASGI, "Error Handling")."""
    if kind != expected:
        raise ValueError(f"Expected {expected!r}, but got {kind!r}.")


def shared(scope: Scope) -> State:
    """Return what requests share: what start-up has made, or what stands in for it."""
    return {**STAND_IN, **scope.get("state", {})}


async def state(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what start-up has left in the state of this request."""
    copy: State = scope.get("state", {})
    if ("visit", "1") in query(scope):
        # The copy is ours: what we put into it is gone after this request. But it is a
        # shallow one: the list in it belongs to all (lifespan, "Lifespan State").
        copy["visits"] = copy.get("visits", 0) + 1
        copy.setdefault("visitors", []).append("somebody")
    await json_object(
        send,
        {
            "greeting": copy.get("greeting"),
            "visits": copy.get("visits", 0),
            "visitors": len(copy.get("visitors", [])),
        },
    )
