"""The chat of each application under ASGI, open to a crowd that comes to be measured.

`crowd:raw_asgi` is the whole of `asgi_raw`, and so on. All that is different is how
much the chat allows: one user may open all connections, without a token, and need not
say that they live.
"""

from importlib import import_module
from typing import Any

from asgi_compare.domain.systems.chat import entrance, hub
from asgi_compare.domain.systems.chat.protocol import Limits
from asgi_compare.domain.systems.rate import Rate
from asgi_compare.domain.systems.tokens import Token

LIMITS = Limits(
    rate=Rate(per_second=1e6, burst=1e6), connections_of_a_user=100_000, silence=3600.0
)
APPLICATIONS = {
    "raw_asgi": "asgi_raw.app",
    "starlette": "starlette_app.app",
    "django_asgi": "django_app.asgi",
}


async def _first(*_: object) -> bool:
    """Let a token be used again."""
    return True


setattr(hub, "Limits", lambda: LIMITS)  # noqa: B010  a class, for mypy
setattr(hub.Hub, "first", _first)  # noqa: B010
setattr(entrance, "verify", lambda *_: Token("crowd", 0, ""))  # noqa: B010


def __getattr__(name: str) -> Any:
    """Import the application of that name."""
    if name not in APPLICATIONS:
        raise AttributeError(name)
    return import_module(APPLICATIONS[name]).application
