"""Paths of WebSockets, for `asgi.py`; imported only where Channels is installed."""

from collections.abc import Callable
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import re_path

from django_app.systems.consumers.chat import ChatConsumer
from django_app.systems.consumers.dashboard import DashboardConsumer
from django_app.systems.consumers.editor import EditorConsumer, YjsConsumer
from django_app.systems.consumers.notices import NoticesConsumer

Application = Callable[..., Any]


def with_systems(django: Application) -> Application:
    """Return Django with the WebSockets of the systems; all else is as it was."""
    consumers: dict[str, Any] = {
        "chat/ws": ChatConsumer,
        "dashboard/ws": DashboardConsumer,
        "editor/ws": EditorConsumer,
        "editor/yjs": YjsConsumer,
        "notices/ws": NoticesConsumer,
    }
    systems = URLRouter(
        [
            # Compares the Origin with ALLOWED_HOSTS, and answers 403.
            re_path(
                f"^systems/{address}$",
                AllowedHostsOriginValidator(consumer.as_asgi()),
            )
            for address, consumer in consumers.items()
        ]
    )

    async def websockets(scope: dict[str, Any], receive: Any, send: Any) -> None:
        # Any other WebSocket is refused by Django itself, in its own words: URLRouter
        # would speak of a missing route, where there is no such protocol.
        ours = "/systems/" in scope.get("path", "")
        await (systems if ours else django)(scope, receive, send)

    router: Application = ProtocolTypeRouter(
        {"http": django, "websocket": websockets, "lifespan": django}
    )
    return router
