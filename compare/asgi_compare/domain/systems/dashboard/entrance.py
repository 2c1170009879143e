"""What who reads a board asks for, and the status of an answer that refuses it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from asgi_compare.domain.systems.chat.entrance import token_in
from asgi_compare.domain.systems.dashboard.figures import Position, parse_last_event_id
from asgi_compare.domain.systems.tokens import Token
from asgi_compare.domain.systems.untrusted import Refused

STATUSES: Mapping[str, int] = {
    "bad-token": 403,
    "expired-token": 403,
    "used-token": 403,
    "too-long": 413,
    "too-fast": 429,
    "too-many-readers": 429,
    "too-many-boards": 503,
    "unavailable": 503,
}
"""By the code of a refusal; 400 for all others."""


@dataclass(frozen=True)
class Asked:
    """Whose token it was, which board is read, and from where on."""

    token: Token
    board: str
    position: Position | None


def asked_for(
    query: Iterable[tuple[str, str]], last_event_id: str | None, now: float
) -> Asked | Refused:
    """Read the query of an address; whether a token was used before is yet to be seen.

    An `EventSource` that connects again says in a header how far it is. A script cannot
    do that, and says it as `since`.
    """
    fields = dict(query)
    token = token_in(fields.items(), now)
    if isinstance(token, Refused):
        return token
    position = parse_last_event_id(last_event_id or fields.get("since"))
    return Asked(token, fields.get("board", ""), position)


def status_of(refused: Refused) -> int:
    """Return the status of an answer that refuses something."""
    return STATUSES.get(refused.code, 400)
