"""What the address of a connection to the editor asks for."""

from collections.abc import Iterable
from dataclasses import dataclass

from asgi_compare.domain.systems.chat.entrance import token_in
from asgi_compare.domain.systems.editor.protocol import since
from asgi_compare.domain.systems.tokens import Token
from asgi_compare.domain.systems.untrusted import Refused


@dataclass(frozen=True)
class Asked:
    """Whose token it was, which document is opened, and what is known of it."""

    token: Token
    document: str
    since: int | None


def asked_for(query: Iterable[tuple[str, str]], now: float) -> Asked | Refused:
    """Read a query; whether the token was used before is yet to be seen."""
    fields = dict(query)
    token = token_in(fields.items(), now)
    if isinstance(token, Refused):
        return token
    return Asked(token, fields.get("document", ""), since(fields.get("since", "")))
