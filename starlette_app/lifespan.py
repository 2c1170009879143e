"""The third protocol: start-up, shut-down, and the state between them.

One context manager is the whole of it: what stands before the `yield` is start-up, what
stands after it is shut-down, and what it yields becomes the state of every request. An
exception before the `yield` is a start-up that failed.

Starlette insists: if the server has no place for a state, a start-up that yields one
fails.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypedDict

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse

from starlette_app.cache import Cache, make_cache
from starlette_app.work import Work, opened


class State(TypedDict):
    """What start-up makes for all requests."""

    greeting: str
    visitors: list[str]
    closing: AsyncExitStack
    """What has to be closed at shut-down, by whoever has opened it since."""
    work: Work
    cache: Cache


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[State]:
    """Make what all requests will need, and give back what they have opened."""
    async with AsyncExitStack() as closing:
        work = await closing.enter_async_context(opened())
        cache = make_cache()
        closing.push_async_callback(cache.close)
        yield {
            "greeting": "hello from start-up",
            "visitors": [],
            "closing": closing,
            "work": work,
            "cache": cache,
        }


@asynccontextmanager
async def refuse_to_start(app: Starlette) -> AsyncIterator[State]:
    """Fail, as a start-up does whose database does not answer."""
    raise ConnectionError("the database is away")
    yield State()  # pragma: no cover; it makes a generator


async def state(request: Request) -> JSONResponse:
    """Answer with what start-up has left in the state of this request."""
    # Without a start-up there is a state too, and it is empty.
    visitors: list[str] = getattr(request.state, "visitors", [])
    if request.query_params.get("visit") == "1":
        # The attributes are ours: what we set is gone after this request. What they
        # hold is not: the list is the one that start-up made, and belongs to all.
        request.state.visits = getattr(request.state, "visits", 0) + 1
        visitors.append("somebody")
    return JSONResponse(
        {
            "greeting": getattr(request.state, "greeting", None),
            "visits": getattr(request.state, "visits", 0),
            "visitors": len(visitors),
        }
    )
