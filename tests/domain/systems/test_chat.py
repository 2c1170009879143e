"""The chat as its users see it: what they hear, and what they are refused."""

import json
from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems.chat import (
    Beat,
    Chat,
    ClientMessage,
    Here,
    Join,
    Leave,
    Left,
    Limits,
    Message,
    Outcome,
    Past,
    Refused,
    Say,
    ServerMessage,
    parse,
    to_json,
)
from asgi_compare.domain.systems.rate import Rate
from tests.domain import quick

FAST = Rate(per_second=1e6, burst=1e6)
SMALL = Limits(
    rate=FAST,
    connections_of_a_user=2,
    rooms_of_a_connection=2,
    users_in_a_room=2,
    rooms=3,
    messages_kept=3,
    silence=2,
)


def say(chat: Chat, connection: str, text: str, room: str = "tea", **more: str) -> str:
    message = {"type": "say", "room": room, "text": text, **more}
    return hear(chat.receive(connection, json.dumps(message), now=0))


def join(chat: Chat, connection: str, room: str = "tea", since: int = 0) -> str:
    message = {"type": "join", "room": room, "since": since}
    return hear(chat.receive(connection, json.dumps(message), now=0))


def hear(outcome: Outcome) -> str:
    """Write down who hears what, in short."""
    sender = [short(each) for each in outcome.to_sender]
    room = [f"all: {short(each)}" for each in outcome.to_room]
    return "; ".join(sender + room)


def short(message: ServerMessage) -> str:
    match message:
        case Message():
            return f"{message.number} {message.user}: {message.text}"
        case Here():
            return f"{message.user} is here"
        case Left():
            return f"{message.user} has left"
        case Past():
            said = ", ".join(short(each) for each in message.messages)
            some = "" if message.complete else "... "
            return f"[{some}{said}] {' '.join(message.users)}"
        case Refused():
            return message.code


def test_two_talk_in_a_room() -> None:
    chat = Chat()
    chat.connect("a", "ann", now=0)
    chat.connect("b", "bob", now=0)
    assert [
        join(chat, "a"),
        say(chat, "a", "hello?"),
        join(chat, "b"),
        say(chat, "b", "hello!"),
        hear(chat.receive("b", '{"type": "beat"}', now=1)),
        hear(chat.receive("a", '{"type": "leave", "room": "tea"}', now=1)),
        join(chat, "a", since=1),
    ] == [
        "[] ann; all: ann is here",
        "all: 1 ann: hello?",
        "[1 ann: hello?] ann bob; all: bob is here",
        "all: 2 bob: hello!",
        "",
        "all: ann has left",
        "[2 bob: hello!] ann bob; all: ann is here",
    ]
    assert chat.connections("tea") == ("b", "a")
    assert chat.connections("coffee") == ()
    assert chat.disconnect("b") == (Left("tea", "bob"),)
    assert chat.disconnect("b") == ()


def test_message_that_is_sent_again_stands_there_once() -> None:
    chat = Chat()
    chat.connect("a", "ann", now=0)
    join(chat, "a")
    assert say(chat, "a", "hello", key="k1") == "all: 1 ann: hello"
    assert say(chat, "a", "hello", key="k1") == "1 ann: hello"
    assert join(chat, "a") == "[1 ann: hello] ann"


def test_key_that_the_history_has_lost_is_new() -> None:
    chat = Chat(SMALL)
    chat.connect("a", "ann", now=0)
    join(chat, "a")
    heard = [say(chat, "a", "x", key=key) for key in ("k1", "k2", "k3", "k1", "k4")]
    assert heard[3] == "1 ann: x"
    assert say(chat, "a", "x", key="k1") == "all: 5 ann: x"


def test_user_with_two_connections_is_there_once() -> None:
    chat = Chat()
    for connection in ("one", "two"):
        chat.connect(connection, "ann", now=0)
    assert join(chat, "one") == "[] ann; all: ann is here"
    assert join(chat, "two") == "[] ann"
    assert join(chat, "one") == "[] ann"
    assert chat.disconnect("one") == ()
    assert chat.disconnect("two") == (Left("tea", "ann"),)


def test_user_who_is_silent_has_left_and_must_come_back() -> None:
    chat = Chat(SMALL)
    chat.connect("a", "ann", now=0)
    chat.connect("b", "bob", now=0)
    join(chat, "a")
    join(chat, "b")
    chat.receive("b", '{"type": "beat"}', now=1.5)
    assert chat.expire(now=1.9).connections == ()
    expired = chat.expire(now=2)
    assert (expired.connections, expired.left) == (("a",), (Left("tea", "ann"),))
    assert hear(chat.receive("a", '{"type": "beat"}', now=2)) == "not-connected"
    chat.disconnect("b")
    assert chat.expire(now=9).connections == ()


def test_history_that_begins_later_says_so() -> None:
    chat = Chat(SMALL)
    chat.connect("a", "ann", now=0)
    join(chat, "a")
    for text in "vwxyz":
        say(chat, "a", text)
    assert join(chat, "a", since=2) == "[3 ann: x, 4 ann: y, 5 ann: z] ann"
    assert join(chat, "a", since=1) == "[... 3 ann: x, 4 ann: y, 5 ann: z] ann"
    # A number of before a restart.
    assert join(chat, "a", since=9) == "[... 3 ann: x, 4 ann: y, 5 ann: z] ann"


def test_room_that_is_made_again_gives_no_number_twice() -> None:
    chat = Chat(SMALL)
    chat.connect("a", "ann", now=0)
    for room in ("one", "two", "three"):
        join(chat, "a", room)
        say(chat, "a", "x", room)
        say(chat, "a", "y", room)
        chat.receive("a", json.dumps({"type": "leave", "room": room}), now=0)
    # The fourth takes the place of the one that has been empty longest.
    assert join(chat, "a", "four") == "[... ] ann; all: ann is here"
    assert chat.rooms() == ("two", "three", "four")
    assert say(chat, "a", "x", "four") == "all: 3 ann: x"


def test_room_that_is_in_use_again_is_not_dropped() -> None:
    chat = Chat(SMALL)
    chat.connect("a", "ann", now=0)
    chat.connect("b", "bob", now=0)
    join(chat, "a", "one")
    say(chat, "a", "x", "one")
    chat.receive("a", '{"type": "leave", "room": "one"}', now=0)
    join(chat, "a", "one")
    join(chat, "a", "two")
    join(chat, "b", "three")
    assert join(chat, "b", "four") == "too-many-rooms"
    assert join(chat, "b", "one") == "[1 ann: x] ann bob; all: bob is here"


REFUSALS = {
    "too many connections": (
        "too-many-connections",
        "Expected at most 2 connections of 'ann'; close one of them first.",
    ),
    "too many rooms at once": (
        "too-many-rooms",
        "Expected at most 2 rooms at once; leave one first.",
    ),
    "too many rooms": (
        "too-many-rooms",
        "There are 3 rooms already; join one of them.",
    ),
    "room full": ("room-full", "Room 'r0' is full; try again later."),
    "not joined": ("not-joined", "Join room 'tea' first."),
    "too fast": ("too-fast", "Too many messages; wait 1.0 s."),
    "not connected": ("not-connected", "The connection has expired; come back."),
}


def test_what_is_refused_is_refused_in_a_sentence() -> None:
    chat = Chat(SMALL)
    got: dict[str, Refused | ServerMessage | None] = {}
    for number, user in enumerate(["ann", "ann", "bob", "eve"]):
        chat.connect(str(number), user, now=0)
    got["too many connections"] = chat.connect("x", "ann", now=0)

    def receive(connection: str, **message: str) -> ServerMessage:
        (heard,) = chat.receive(connection, json.dumps(message), now=0).to_sender
        return heard

    receive("0", type="join", room="r0")
    receive("0", type="join", room="r1")
    got["too many rooms at once"] = receive("0", type="join", room="r2")
    receive("2", type="join", room="r0")
    receive("2", type="join", room="r2")
    got["room full"] = receive("3", type="join", room="r0")
    got["too many rooms"] = receive("3", type="join", room="r3")
    got["not joined"] = receive("3", type="say", room="tea", text="x")
    got["not connected"] = receive("x", type="beat")
    chat = Chat(Limits(rate=Rate(1, 1)))
    chat.connect("a", "ann", now=0)
    chat.receive("a", '{"type": "beat"}', now=0)
    got["too fast"] = receive("a", type="beat")
    assert got == {name: Refused(*refusal) for name, refusal in REFUSALS.items()}


def test_client_messages_are_read_as_records() -> None:
    received: list[tuple[str | bytes, ClientMessage]] = [
        ('{"type": "join", "room": "tea"}', Join("tea", since=0)),
        ('{"type": "join", "room": "tea", "since": 7}', Join("tea", since=7)),
        (b'{"type": "say", "room": "tea", "text": "x"}', Say("tea", "x", key="")),
        ('{"type": "beat", "newer": 1}', Beat()),
        ('{"type": "leave", "room": "tea"}', Leave("tea")),
    ]
    assert [parse(each, Limits()) for each, _ in received] == [
        record for _, record in received
    ]


BAD_MESSAGES = {
    "no type": (
        "{}",
        "unknown-type",
        "Expected one of join, say, beat, leave as 'type', but got None.",
    ),
    "a list as type": (
        '{"type": [[["join"]]]}',
        "unknown-type",
        "Expected one of join, say, beat, leave as 'type', but got [[[...]]].",
    ),
    "a bad room": (
        '{"type": "join", "room": "../tea"}',
        "bad-field",
        "Expected a text that matches [a-z0-9][a-z0-9-]{0,31} as 'room', "
        "but got '../tea'.",
    ),
    "no room": (
        '{"type": "leave"}',
        "bad-field",
        "Expected a text that matches [a-z0-9][a-z0-9-]{0,31} as 'room', "
        "but it is missing.",
    ),
    "an empty text": (
        '{"type": "say", "room": "tea", "text": ""}',
        "bad-field",
        "Expected a text of 1 to 2000 plain characters as 'text', but got ''.",
    ),
    "a mebibyte": (
        "x" * 2**20,
        "too-long",
        "Expected at most 16384 bytes, but got 1048576; send less at once.",
    ),
}


@pytest.mark.parametrize("case", BAD_MESSAGES)
def test_bad_message_is_refused_in_a_sentence(case: str) -> None:
    received, code, sentence = BAD_MESSAGES[case]
    assert parse(received, Limits()) == Refused(code, sentence)


def test_server_messages_are_these_objects() -> None:
    message = Message("tea", 1, "ann", "Grüße", "k1")
    as_json: dict[str, ServerMessage] = {
        '{"type":"message","room":"tea","number":1,"user":"ann","text":"Grüße",'
        '"key":"k1"}': message,
        '{"type":"here","room":"tea","user":"ann"}': Here("tea", "ann"),
        '{"type":"left","room":"tea","user":"ann"}': Left("tea", "ann"),
        '{"type":"history","room":"tea","messages":[],"last":0,"complete":true,'
        '"users":["ann"]}': Past("tea", (), 0, True, ("ann",)),
        '{"type":"refused","code":"too-fast","sentence":"Wait."}': Refused(
            "too-fast", "Wait."
        ),
    }
    assert {to_json(said): said for said in as_json.values()} == as_json
    past = json.loads(to_json(Past("tea", (message,), 1, True, ())))
    assert past["messages"][0]["text"] == "Grüße"


USERS = {"a1": "ann", "a2": "ann", "a3": "ann", "b1": "bob", "c1": "cat", "d1": "dan"}
acts = st.tuples(
    st.sampled_from(["connect", "join", "join", "say", "beat", "leave", "disconnect"]),
    st.sampled_from(sorted(USERS)),
    st.sampled_from(["r1", "r2", "r3", "r4"]),
    st.floats(0, 1.5),
)


@quick
@given(st.lists(acts, min_size=20, max_size=60))
def test_presence_is_what_the_room_has_heard_and_limits_hold(
    steps: list[tuple[str, str, str, float]],
) -> None:
    """Here and left take turns, so those who listen know who is there at any time."""
    chat, now = Chat(SMALL), 0.0
    present: defaultdict[str, set[str]] = defaultdict(set)
    connected: set[str] = set()

    def room_hears(messages: tuple[ServerMessage, ...]) -> None:
        for message in messages:
            if isinstance(message, Here):
                assert message.user not in present[message.room]
                present[message.room].add(message.user)
            if isinstance(message, Left):
                present[message.room].remove(message.user)

    everybody = [("connect", connection, "", 0.0) for connection in USERS]
    for act, connection, room, wait in everybody + steps:
        now += wait
        expired = chat.expire(now)
        connected -= set(expired.connections)
        room_hears(expired.left)
        if act == "connect":
            if connection in connected:
                continue
            if chat.connect(connection, USERS[connection], now) is None:
                connected.add(connection)
        elif act == "disconnect":
            room_hears(chat.disconnect(connection))
            connected.discard(connection)
        else:
            message = {"type": act, "room": room, "text": "x"}
            outcome = chat.receive(connection, json.dumps(message), now)
            room_hears(outcome.to_room)
            for heard in outcome.to_sender:
                if isinstance(heard, Past):
                    assert set(heard.users) == present[heard.room]
        for name in ("r1", "r2", "r3", "r4"):
            inside = chat.connections(name)
            assert {USERS[each] for each in inside} == present[name]
            assert len(present[name]) <= SMALL.users_in_a_room
        assert len(chat.rooms()) <= SMALL.rooms
        of_users = Counter(USERS[each] for each in connected)
        assert all(count <= SMALL.connections_of_a_user for count in of_users.values())
    for connection in connected:
        room_hears(chat.disconnect(connection))
    assert not any(present.values())


@quick
@given(
    st.lists(
        st.sampled_from(["say", "say", "cut", "lose the answer", "back"]), min_size=8
    )
)
def test_who_comes_back_has_no_gap_and_no_double(steps: list[str]) -> None:
    """Ann talks and is cut off; bob listens and is cut off with her."""
    chat = Chat(Limits(rate=FAST, silence=1e9))
    chat.connect("a", "ann", now=0)
    join(chat, "a")
    heard: list[Message] = []
    connected, last, said = False, 0, list[str]()

    def listen(messages: tuple[Message, ...]) -> None:
        nonlocal last
        for message in messages:
            if message.number > last:
                heard.append(message)
                last = message.number

    def come_back() -> None:
        nonlocal connected
        connected = True
        chat.connect("b", "bob", now=0)
        request = json.dumps({"type": "join", "room": "tea", "since": last})
        (past,) = chat.receive("b", request, now=0).to_sender
        assert isinstance(past, Past)
        assert past.complete
        # What is said while the history is read comes both ways.
        listen(past.messages + past.messages[-1:])

    for number, step in enumerate(steps):
        if step in ("say", "lose the answer"):
            text = {"type": "say", "room": "tea", "text": "x", "key": str(number)}
            said.append(str(number))
            for _ in range(1 + (step == "lose the answer")):
                outcome = chat.receive("a", json.dumps(text), now=0)
                if connected:
                    listen(tuple(m for m in outcome.to_room if isinstance(m, Message)))
        elif step == "cut":
            connected = False
            chat.disconnect("b")
        elif not connected:
            come_back()
    chat.disconnect("b")
    come_back()
    assert [message.key for message in heard] == said
    assert [message.number for message in heard] == list(range(1, len(said) + 1))


def test_a_million_rooms_leave_nothing_behind() -> None:
    chat = Chat(Limits(rate=FAST))
    chat.connect("a", "ann", now=0)
    for number in range(3_000):
        join(chat, "a", f"r{number}")
        chat.receive("a", json.dumps({"type": "leave", "room": f"r{number}"}), now=0)
        chat.disconnect("a")
        chat.connect("a", f"ann{number}", now=0)
    chat.disconnect("a")
    assert (chat.rooms(), len(chat._door._connections_of)) == ((), 0)


@quick
@given(st.binary() | st.text(), st.floats(0, 1))
def test_anything_at_all_has_an_outcome(received: str | bytes, now: float) -> None:
    chat = Chat()
    chat.connect("a", "ann", now=0)
    (refused,) = chat.receive("a", received, now).to_sender
    assert isinstance(refused, Refused)
