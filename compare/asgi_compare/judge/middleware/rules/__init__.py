"""What a layer owes to both sides: `LAYER_RULES`, by id.

    rule.py       the record, and how it comes on the list
    bodies.py     content: pieces, request bodies, what is held back
    fields.py     fields: those that get lost, and those that speak of the content
    endings.py    disconnects, cancellation, exceptions, failures
    asgi.py       what only ASGI has: scope, lifespan, extensions, WebSocket
    wsgi.py       what only WSGI has: close(), exc_info, blocks

A check sees the two transcripts of a trial, with the layer and without it, and nothing
of who played them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from asgi_compare.judge.middleware.rules import (
    asgi,
    bodies,
    endings,
    fields,
    wsgi,
)
from asgi_compare.judge.middleware.rules.rule import LayerRule, registered

LAYER_RULES: Mapping[str, LayerRule] = MappingProxyType(
    dict(sorted(registered().items()))
)
CHAPTERS = (asgi, bodies, endings, fields, wsgi)

__all__ = ["CHAPTERS", "LAYER_RULES", "LayerRule"]
