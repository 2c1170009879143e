"""Between the snapshot at the entrance and what follows: no gap, and no double."""

import json
from typing import Any

from asgi_compare.domain.systems.chat.door import Door
from asgi_compare.domain.systems.chat.entrance import sign_in, token_in
from asgi_compare.domain.systems.chat.protocol import Here, Left, Limits, Message, Past
from asgi_compare.domain.systems.chat.rooms import Enter, Event, Exit, Reply, Tell
from asgi_compare.domain.systems.chat.shared import arguments, entry_of, event, reply_to
from asgi_compare.domain.systems.tokens import Token
from asgi_compare.domain.systems.untrusted import Refused

LIMITS = Limits()
JOIN = json.dumps({"type": "join", "room": "tea"})
ENTER = Enter("c", "tea", "ann", 0)
PAST = Past("tea", (), 0, True, ("ann",))


def said(position: int) -> Event:
    return Event(position, Message("tea", position, "bob", "Hello"))


def test_what_comes_before_the_snapshot_is_there_is_held_back() -> None:
    door = Door(LIMITS)
    door.connect("c", "ann", 0)
    assert door.receive("c", JOIN, 0) == ENTER
    assert [*door.hear(said(1)), *door.hear(said(2)), *door.hear(said(3))] == []
    # The snapshot was taken after the second; the reader of the feed may be behind it.
    assert door.answered(ENTER, Reply((PAST,), 2)) == (PAST, said(3).message)
    assert [*door.hear(said(2))] == []
    assert [*door.hear(said(4))] == ["c"]


def test_who_is_not_let_in_hears_nothing_of_the_room() -> None:
    door = Door(LIMITS)
    door.connect("c", "ann", 0)
    door.receive("c", JOIN, 0)
    refused = Refused("room-full", "Room 'tea' is full; try again later.")
    reply = reply_to(ENTER, ("room-full", "0-0", "0", [], [], []), LIMITS)
    assert reply == Reply((refused,))
    assert door.answered(ENTER, reply) == (refused,)
    assert [*door.hear(said(1))] == []
    assert door.disconnect("c") == ()
    assert door.answered(ENTER, reply) == ()


def test_asks_and_answers_of_the_script_are_those_of_the_rooms() -> None:
    tell = Tell("c", "tea", "ann", "Hello", "k")
    assert arguments(ENTER, "p", LIMITS)[:6] == ("enter", "p", "c", "tea", "ann", "0")
    assert arguments(tell, "p", LIMITS)[5:] == ("Hello", "k", "500")
    assert arguments(Exit("c", "tea", "ann"), "p", LIMITS)[0] == "exit"
    row = ["5-1", "message", "tea", "ann", "7", "Hello", "k"]
    heard = Event((5 << 20) + 1, Message("tea", 7, "ann", "Hello", "k"))
    assert reply_to(tell, ("", "5-0", "0", [], [], [row]), LIMITS) == Reply(
        (), 5 << 20, (heard,)
    )
    answer: tuple[Any, ...] = (
        "",
        "5-0",
        "7",
        ["ann"],
        [["7", "ann", "Hello", "k"]],
        [],
    )
    complete = Past("tea", (heard.message,), 7, False, ("ann",))  # type: ignore[arg-type]
    assert reply_to(ENTER, answer, LIMITS).to_sender == (complete,)


def test_event_comes_back_from_its_entry() -> None:
    events = [said(3), Event(1 << 20, Here("tea", "ann")), Event(9, Left("tea", "ann"))]
    assert [event(entry_of(each)) for each in events] == events


def test_token_is_for_the_user_who_asked() -> None:
    token = sign_in(b'{"user": "ann"}', now=0)
    assert isinstance(token, str)
    found = token_in([("token", token)], now=1)
    assert isinstance(found, Token)
    assert found.user == "ann"
    expired = token_in([("token", token)], now=60)
    assert isinstance(expired, Refused)
    assert expired.code == "expired-token"
    for body in (b"x", b"{}", b'{"user": "A B"}'):
        assert isinstance(sign_in(body, 0), Refused)
