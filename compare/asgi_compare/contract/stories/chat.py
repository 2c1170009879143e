"""Stories of the chat: rooms, presence, numbered history, and who misbehaves."""

from __future__ import annotations

from asgi_compare.contract.story import (
    Asks,
    ComesBack,
    Connects,
    HasHeard,
    Hears,
    HearsNothing,
    IsClosed,
    KillsServer,
    Leaves,
    Pauses,
    ReadsAgain,
    RestartsBroker,
    Says,
    Step,
    StopsReading,
    Story,
    System,
    Vanishes,
)

SYSTEM = System(
    "chat",
    "Rooms, who is there, and numbered messages that one can come back to.",
    beat={"type": "beat"},
    numbers=("number", "messages.number"),
    own=("room",),
)
ROOM = "tea"
JOIN = {"type": "join", "room": ROOM}


def enters(who: str, *present: str) -> tuple[Step, ...]:
    """Connect, join the room, and hear who is there."""
    past = {"type": "history", "users": sorted({who, *present})}
    return (
        Connects(who),
        Says(who, JOIN, f"enters room {ROOM}"),
        Hears(who, past, "who is there"),
    )


def comes_to_speak(who: str) -> tuple[Step, ...]:
    """Connect and join the room, whoever is there."""
    return Connects(who), Says(who, JOIN, f"enters room {ROOM}")


def says(who: str, text: str, times: int = 1, **more: str) -> Says:
    """Say something in the room."""
    message = {"type": "say", "room": ROOM, "text": text, **more}
    return Says(who, message, f"says {text[:20]!r}", times)


def hears(who: str, text: str, by: str, **more: object) -> Hears:
    """Hear what somebody says."""
    message = {"type": "message", "room": ROOM, "user": by, "text": text, **more}
    return Hears(who, message, f"{by} say {text[:20]!r}")


def hears_of(who: str, user: str, kind: str) -> Hears:
    """Hear that somebody is here, or has left."""
    words = {"here": f"that {user} is here", "left": f"that {user} has left"}[kind]
    return Hears(who, {"type": kind, "room": ROOM, "user": user}, words)


def is_refused(who: str, code: str) -> Hears:
    """Hear why something was not done."""
    return Hears(who, {"type": "refused", "code": code}, f"that this is {code}")


LOUD = tuple(f"loud-{n}" for n in range(1, 7))
QUICK = tuple(f"quick-{n}" for n in range(1, 8))
LONG = "\N{EURO SIGN}" * 1990
"""As a message nearly 6 KB, so that the buffers on the way are full soon."""

STORIES: tuple[Story, ...] = (
    Story(
        SYSTEM,
        "page",
        "The implementation serves the page itself.",
        (Asks("one", "GET", "", holds="<title>Chat</title>"),),
    ),
    Story(
        SYSTEM,
        "two_talk",
        "What one says, all in the room hear, with its number; the sender as well.",
        (
            *enters("one"),
            *enters("two", "one"),
            says("one", "Hello"),
            hears("two", "Hello", "one", number=1),
            hears("one", "Hello", "one", number=1),
            says("two", "Good day"),
            hears("one", "Good day", "two", number=2),
            HasHeard("one", (1, 2)),
            HasHeard("two", (1, 2)),
        ),
    ),
    Story(
        SYSTEM,
        "presence",
        "Who comes and who leaves is known to the others.",
        (
            *enters("one"),
            *enters("two", "one"),
            hears_of("one", "two", "here"),
            Leaves("two"),
            hears_of("one", "two", "left"),
        ),
    ),
    Story(
        SYSTEM,
        "two_tabs",
        "A user with two connections is there until the last of them leaves.",
        (
            *enters("one"),
            *enters("two", "one"),
            hears_of("one", "two", "here"),
            Connects("second-tab", user="two"),
            Says("second-tab", JOIN, f"enters room {ROOM}"),
            Hears("second-tab", {"type": "history"}, "who is there"),
            Leaves("two"),
            HearsNothing("one", 0.5, {"type": "left"}, "of nobody who leaves"),
            Leaves("second-tab"),
            hears_of("one", "two", "left"),
        ),
    ),
    Story(
        SYSTEM,
        "vanishes",
        "A client that falls silent without a word has left within two seconds.",
        (
            *enters("one"),
            *enters("two", "one"),
            hears_of("one", "two", "here"),
            Vanishes("two"),
            hears_of("one", "two", "left"),
        ),
    ),
    Story(
        SYSTEM,
        "stays",
        "A client that says nothing, but is there, is not thrown out.",
        (
            *enters("one"),
            *enters("two", "one"),
            HearsNothing("one", 2.5, {"type": "left"}, "of nobody who leaves"),
            says("two", "I am here"),
            hears("one", "I am here", "two"),
        ),
    ),
    Story(
        SYSTEM,
        "history",
        "Who comes late is told what was said, and then hears what follows.",
        (
            *enters("one"),
            says("one", "message {n}", 5),
            HasHeard("one", (1, 2, 3, 4, 5)),
            *enters("two", "one"),
            says("one", "and so on"),
            HasHeard("two", (1, 2, 3, 4, 5, 6)),
        ),
    ),
    Story(
        SYSTEM,
        "resume",
        "Who comes back with the last number it has gets what it missed, and no more.",
        (
            *enters("one"),
            *enters("two", "one"),
            says("one", "message {n}", 3),
            HasHeard("two", (1, 2, 3)),
            Leaves("two"),
            hears_of("one", "two", "left"),
            says("one", "message {n}", 3),
            HasHeard("one", (1, 2, 3, 4, 5, 6)),
            ComesBack("two", JOIN),
            says("one", "and so on"),
            HasHeard("two", (1, 2, 3, 4, 5, 6, 7)),
        ),
    ),
    Story(
        SYSTEM,
        "said_again",
        "A message that is sent again with its key stands in the room once.",
        (
            *enters("one"),
            says("one", "Hello", key="k1"),
            says("one", "Hello", key="k1"),
            says("one", "Bye", key="k2"),
            hears("one", "Hello", "one", number=1),
            hears("one", "Bye", "one", number=2),
        ),
    ),
    Story(
        SYSTEM,
        "rooms_apart",
        "What is said in a room is heard in no other one.",
        (
            *enters("one"),
            Connects("two"),
            Says("two", {"type": "join", "room": "coffee"}, "enters room coffee"),
            Hears("two", {"type": "history", "users": ["two"]}, "who is there"),
            says("one", "Only here"),
            hears("one", "Only here", "one"),
            HearsNothing("two", 0.4, {"type": "message"}, "no message"),
        ),
    ),
    Story(
        SYSTEM,
        "foreign_origin",
        "A page of another site cannot open a connection, whatever token it has.",
        (Connects("one", refused=True, origin="http://attacker.example"),),
    ),
    Story(
        SYSTEM,
        "bad_token",
        "A token that was made up opens nothing.",
        (
            Connects("one", refused=True, token="made.up"),
            Connects("one", refused=True, token=""),
        ),
    ),
    Story(
        SYSTEM,
        "used_token",
        "A token opens one connection: one that was seen in a log opens none.",
        (*enters("one"), Connects("one", refused=True, again=True)),
    ),
    Story(
        SYSTEM,
        "unusable_messages",
        "What cannot be read is answered with a reason, and the connection goes on.",
        (
            *enters("one"),
            Says("one", '{"type": "say", ', "says half of a JSON object"),
            is_refused("one", "not-json"),
            Says("one", b"\xff\xfe", "says bytes that are no text"),
            is_refused("one", "not-utf-8"),
            Says("one", '["join"]', "says a list"),
            is_refused("one", "not-json"),
            Says("one", {"type": "shout"}),
            is_refused("one", "unknown-type"),
            Says("one", {"type": "say", "room": ROOM, "text": 7}),
            is_refused("one", "bad-field"),
            says("one", "All is well"),
            hears("one", "All is well", "one", number=1),
        ),
    ),
    Story(
        SYSTEM,
        "too_long",
        "A message of 1 MiB is refused, and nobody else hears of it.",
        (
            *enters("one"),
            *enters("two", "one"),
            says("one", "x" * (1 << 20)),
            is_refused("one", "too-long"),
            HearsNothing("two", 0.3, {"type": "message"}, "no message"),
            says("one", "Shorter"),
            hears("two", "Shorter", "one"),
        ),
    ),
    Story(
        SYSTEM,
        "unknown_room",
        "Nobody can speak in a room that was not entered, or that cannot be.",
        (
            *enters("one"),
            Says("one", {"type": "say", "room": "coffee", "text": "Hello?"}),
            is_refused("one", "not-joined"),
            Says("one", {"type": "join", "room": "../../etc/passwd"}),
            is_refused("one", "bad-field"),
        ),
    ),
    Story(
        SYSTEM,
        "too_fast",
        "A user who says more than the rate allows is told how long to wait.",
        (
            *enters("one"),
            *enters("two", "one"),
            says("one", "message {n}", 20),
            is_refused("one", "too-fast"),
            says("two", "I may still speak"),
            hears("one", "I may still speak", "two"),
        ),
    ),
    Story(
        SYSTEM,
        "too_many_connections",
        "A user may have five connections, and no sixth one.",
        (
            *(Connects(f"tab-{n}", user="one") for n in range(1, 6)),
            Connects("tab-6", refused=True, user="one"),
        ),
        needs=("one server",),
    ),
    Story(
        SYSTEM,
        "slow_reader",
        "One who does not read delays nobody: it is closed with 1013, and comes back.",
        (
            *enters("slow"),
            *enters("two", "slow"),
            *(step for name in (*LOUD, *QUICK) for step in comes_to_speak(name)),
            *(says(name, LONG, 8) for name in LOUD),
            HasHeard("two", tuple(range(1, 49)), within=10.0),
            StopsReading("slow"),
            # The history again and again fills what is on the way to it. That may be
            # 2 MB in the system's buffer, if they come slowly, and three histories with
            # the client. Who hears what it says then knows that all of it was sent.
            Says("slow", JOIN, "asks for the history", 8),
            Pauses(2.0),
            Says("slow", JOIN, "asks for the history", 6),
            says("slow", "And now?"),
            HasHeard("two", tuple(range(1, 50)), within=10.0),
            *(says(name, "message {n}", 8) for name in QUICK),
            HasHeard("two", tuple(range(1, 106)), within=10.0),
            Pauses(1.0),
            ReadsAgain("slow"),
            IsClosed("slow", 1013, within=5.0),
            ComesBack("slow", JOIN),
            Hears(
                "slow", {"type": "history", "last": 105, "complete": True}, "the rest"
            ),
        ),
        deadline=45.0,
    ),
    Story(
        SYSTEM,
        "across_servers",
        "Those on two servers hear each other as those on one do.",
        (
            *enters("one"),
            *enters("two", "one"),
            hears_of("one", "two", "here"),
            says("one", "Hello"),
            hears("two", "Hello", "one", number=1),
            says("two", "Good day"),
            hears("one", "Good day", "two", number=2),
            Leaves("two"),
            hears_of("one", "two", "left"),
        ),
        needs=("servers",),
    ),
    Story(
        SYSTEM,
        "server_killed",
        "Those on a server that is killed have left within two seconds; they come "
        "back to another one, and miss nothing.",
        (
            *enters("one"),
            *enters("two", "one"),
            hears_of("one", "two", "here"),
            says("one", "message {n}", 3),
            HasHeard("two", (1, 2, 3)),
            KillsServer(1),
            says("one", "message {n}", 3),
            hears_of("one", "two", "left"),
            ComesBack("two", JOIN, server=0),
            hears_of("one", "two", "here"),
            says("two", "Back again"),
            HasHeard("one", (1, 2, 3, 4, 5, 6, 7)),
            HasHeard("two", (1, 2, 3, 4, 5, 6, 7)),
        ),
        needs=("servers",),
    ),
    Story(
        SYSTEM,
        "broker_restarts",
        "A broker that restarts costs no message: who was cut off comes back.",
        (
            *enters("one"),
            *enters("two", "one"),
            says("one", "message {n}", 3),
            HasHeard("two", (1, 2, 3)),
            RestartsBroker(),
            Pauses(0.5),
            ComesBack("one", JOIN),
            ComesBack("two", JOIN),
            says("one", "message {n}", 3),
            HasHeard("two", (1, 2, 3, 4, 5, 6), within=4.0),
            HasHeard("one", (1, 2, 3, 4, 5, 6), within=4.0),
        ),
        needs=("servers", "broker"),
    ),
    Story(
        SYSTEM,
        "idle",
        "A socket on which nothing is said for 12 s is not thrown out by the broker's "
        "client.",
        (
            *enters("one"),
            *enters("two", "one"),
            HearsNothing("one", 12.0, {"type": "left"}, "of nobody who leaves"),
            says("two", "Still here"),
            hears("one", "Still here", "two"),
        ),
        needs=("servers",),
        deadline=40.0,
    ),
)
