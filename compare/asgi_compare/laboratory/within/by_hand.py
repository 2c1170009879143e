"""The server's part of one request, by hand, for what is counted within a process."""

import asyncio
from typing import Any

from django.conf import settings


def configure(urls: str, database: str = ":memory:", **more: Any) -> None:
    """Set up a Django project whose URLs are those of a module."""
    import django

    chosen: dict[str, Any] = {
        "ALLOWED_HOSTS": ["*"],
        "SECRET_KEY": "only for this process",
        "ROOT_URLCONF": urls,
        "INSTALLED_APPS": [
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "django.contrib.messages",
        ],
        "DATABASES": {
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}
        },
        "LOGGING_CONFIG": None,
    }
    settings.configure(**(chosen | more))
    django.setup()


async def ask(
    application: Any, path: str = "/", *, gone: asyncio.Event | None = None
) -> list[dict[str, Any]]:
    """Send a GET request; return the events of the answer.

    The client stays until the answer has ended, or until the event `gone` is set.
    """
    sent: list[dict[str, Any]] = []
    left = gone or asyncio.Event()
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(event: dict[str, Any]) -> None:
        if left.is_set():  # what servers do since version 2.4 of the specification
            raise OSError("The client has left.")
        sent.append(event)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    await application(scope, receive, send)
    return sent


def body_of(events: list[dict[str, Any]]) -> bytes:
    """Return the body of an answer."""
    return b"".join(event.get("body", b"") for event in events)
