"""All probes, in the order in which they are played."""

from __future__ import annotations

from asgi_compare.judge.application.probe import Probe
from asgi_compare.judge.application.probes.http import HTTP
from asgi_compare.judge.application.probes.other_protocols import LIFE, WEBSOCKET
from asgi_compare.judge.application.probes.wsgi import WSGI

PROBES: tuple[Probe, ...] = (*HTTP, *WEBSOCKET, *LIFE, *WSGI)
BY_ID: dict[str, Probe] = {probe.id: probe for probe in PROBES}

__all__ = ["BY_ID", "HTTP", "LIFE", "PROBES", "WEBSOCKET", "WSGI"]
