"""Which endpoint a path belongs to, and which methods it has.

The table, in the order of the contract. A parameter names its convertor, and arrives as
what this makes of it. A route for GET answers HEAD as well.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from starlette_app import websocket
from starlette_app.endpoints import (
    bodies,
    caching,
    concurrency,
    fields,
    files,
    http,
    jobs,
    streaming,
)
from starlette_app.lifespan import state
from starlette_app.systems import chat, dashboard, editor, gateway, notices

POST = ["POST"]
ANY: list[str] = []
"""No method is asked for, so none is refused; without a list it would be GET."""


def of_accounts(name: str) -> Any:
    """Return an endpoint that is imported when it is first asked for.

    SQLAlchemy takes longer to import than all the rest, and not everybody has it.
    """

    async def endpoint(request: Request) -> Response:
        from starlette_app.endpoints import accounts

        found: Response = await getattr(accounts, name)(request)
        return found

    return endpoint


routes: list[BaseRoute] = [
    Route("/", http.hello),
    Route("/json", http.json_message),
    Route("/items/{item_id:int}", http.item),
    Route("/redirect", http.redirect),
    Route("/status/{code:int}", http.status),
    Route("/only-post", http.only_post, methods=POST),
    Route("/error", http.error),
    Route("/inspect/{rest:path}", fields.inspect, methods=ANY),
    Route("/headers", fields.headers),
    Route("/cookies", fields.cookies),
    Route("/echo", bodies.echo, methods=POST),
    Route("/form", bodies.form, methods=POST),
    Route("/csrf-form", bodies.csrf_form, methods=POST),
    Route("/upload", bodies.upload, methods=POST),
    Route("/file", files.file),
    Route("/stream", streaming.stream),
    Route("/events", streaming.events),
    Route("/drip", streaming.drip),
    Route("/poll", streaming.poll),
    Route("/announce", streaming.announce, methods=POST),
    Route("/log", streaming.log),
    Route("/state", state),
    WebSocketRoute("/ws/echo", websocket.ws_echo),
    WebSocketRoute("/ws/subprotocol", websocket.ws_subprotocol),
    WebSocketRoute("/ws/close", websocket.ws_close),
    WebSocketRoute("/ws/reject", websocket.ws_reject),
    WebSocketRoute("/ws/deny", websocket.ws_deny),
    WebSocketRoute("/ws/late", websocket.ws_late),
    Route("/sequential", concurrency.sequential),
    Route("/concurrent", concurrency.concurrent),
    Route("/mock-api", concurrency.mock_api),
    Route("/background", concurrency.background, methods=POST),
    Route("/cpu", concurrency.cpu),
    Route("/accounts/open", of_accounts("open_account"), methods=POST),
    Route("/accounts/balance", of_accounts("balance")),
    Route("/accounts/transfer", of_accounts("transfer"), methods=POST),
    Route("/accounts/statement", of_accounts("statement")),
    Route("/accounts/report", of_accounts("report")),
    Route("/accounts/slow-query", of_accounts("slow_query")),
    Route("/jobs", jobs.start_job, methods=POST),
    Route("/jobs/{key}", jobs.job),
    Route("/jobs/{key}/events", jobs.job_events),
    Route("/jobs/{key}/result", jobs.job_result),
    Route("/jobs/{key}/cancel", jobs.cancel_job, methods=POST),
    Route("/article", caching.article),
    *chat.routes,
    *dashboard.routes,
    *editor.routes,
    *gateway.routes,
    *notices.routes,
]
