"""A played story as a sequence diagram."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.model.story import Moment, Played
from asgi_compare.report.common.sequence import Item, Message, Note, drawing

LONGEST = 60
MOST = 120
"""Moments that are drawn."""
SERVER = "server"


def svg(played: Played) -> str:
    """Return the picture: participants across, time down."""
    people = dict.fromkeys(each.who for each in played.moments if each.who)
    servers = dict.fromkeys(
        each.server or SERVER for each in played.moments if each.who
    )
    names = [*people, *servers]
    # In the middle, so that an arrow crosses few lines.
    half = (len(people) + 1) // 2
    names = [*list(people)[:half], *servers, *list(people)[half:]] or [SERVER]
    title = f"{played.story}: {played.implementation} {played.host}"
    return drawing(title, names, list(items(played)))


def items(played: Played) -> Iterator[Item]:
    """Yield what is drawn of each moment."""
    for each in played.moments[:MOST]:
        yield _item(each)
    if (left := len(played.moments) - MOST) > 0:
        yield Note(f"{left} more")


def _item(moment: Moment) -> Item:
    server, text = moment.server or SERVER, _short(moment.text)
    match moment.what:
        case "asks":
            return Message(moment.who, server, text, call=True)
        case "says":
            return Message(moment.who, server, text)
        case "hears":
            return Message(server, moment.who, text)
        case "ends":
            return Message(server, moment.who, f"closed: {text}", call=True)
        case "fails":
            return Note(f"But: {moment.text}")
    return Note(text, moment.who or None)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
