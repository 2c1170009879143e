"""STAGE 4b: all probes, in the order in which they are played."""

from __future__ import annotations

from compare.probes.http_rows import HTTP
from compare.probes.other_rows import LIFE, WEBSOCKET
from compare.probes.probe import Probe
from compare.probes.wsgi_rows import WSGI

PROBES: tuple[Probe, ...] = (*HTTP, *WEBSOCKET, *LIFE, *WSGI)
BY_ID: dict[str, Probe] = {probe.id: probe for probe in PROBES}

__all__ = ["BY_ID", "HTTP", "LIFE", "PROBES", "WEBSOCKET", "WSGI"]
