"""prometheus_client's WSGI application beside one's own."""

from __future__ import annotations

from typing import Any

from prometheus_client import make_wsgi_app
from werkzeug.middleware.dispatcher import DispatcherMiddleware


def dispatcher(app: Any) -> Any:
    """Mount the figures at /metrics, as its documentation says."""
    return DispatcherMiddleware(app, {"/metrics": make_wsgi_app()})
