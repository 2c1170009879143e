"""What several participants do together, and what each must hear.

A `Story` is data, like a scenario: steps in order, each by somebody. Printed it is a
test that anyone understands:

    one enters room tea; two enters room tea; one hears that two is here;
    two vanishes; one hears that two has left, within 2 s

A step says what is said and heard as messages. By which transport they travel, a
WebSocket, a stream of server-sent events or long polls, is a question of who plays it;
`System` has the addresses. `drive/stories` plays stories.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from asgi_compare.model.transcript import Interface

Transport = Literal["websocket", "stream", "poll"]
Said = Mapping[str, Any] | str | bytes
Pattern = Mapping[str, Any]
"""Keys that a message must have, with their values; patterns may be nested."""

TRANSPORTS: Mapping[Interface, tuple[Transport, ...]] = {
    "asgi": ("websocket",),
    "wsgi": ("stream", "poll"),
}
"""By which a system is reached under each interface."""
NO_WEBSOCKET = "WSGI has no WebSocket; the same story is played by stream and poll."
WITHIN = 2.0
"""Seconds within which something must be heard, if a step does not say otherwise."""


class Replica(Protocol):
    """What a participant's page holds, and does by itself, in Python."""

    @property
    def position(self) -> str:
        """How far it is, to be said when it comes back; empty at first."""
        ...

    @property
    def view(self) -> object:
        """What it shows."""
        ...

    def hear(self, message: Any) -> Sequence[Said]:
        """Take in a message; return what it says to that."""
        ...

    def do(self, action: Mapping[str, Any]) -> Sequence[Said]:
        """Do what the person before it does; return what it says of it."""
        ...


@dataclass(frozen=True, slots=True)
class System:
    """What all stories of a system have in common."""

    name: str
    does: str
    """One sentence."""
    origin: str = "http://localhost"
    beat: Pattern | None = None
    """What a participant who is there says all the time."""
    beat_every: float = 0.5
    numbers: tuple[str, ...] = ()
    """Where the numbers of messages are: `number`, or `messages.number` in a list."""
    since: str = "since"
    """The key by which one who comes back says the last number."""
    own: tuple[str, ...] = ()
    """Keys whose values are names of things that a story must have for itself. Whoever
    plays it adds something to them, and to the users, and takes it off what is heard;
    so one server can be asked for many stories."""
    transports: Mapping[Interface, tuple[Transport, ...]] = field(
        default_factory=lambda: TRANSPORTS
    )
    replica: Callable[[str], Replica] | None = None
    """How to make the page of a participant, by the participant's name."""
    has_connections: bool = True
    """Whether who has no WebSocket makes a connection by a request, and then speaks and
    listens by that; if not, each request says all: what it is for, and how far one is.
    """

    one_at_a_time: bool = False
    """Whether its stories share something in the outside world."""

    def path(self, rest: str) -> str:
        """Return an address of the system."""
        return f"/systems/{self.name}/{rest}"


# Steps -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Connects:
    """Open a connection; `refused` is the status that must come instead."""

    who: str
    refused: bool = False
    origin: str | None = None
    token: str | None = None
    """What to show instead of a fresh token."""
    user: str = ""
    """Whose token it is, if it is not that of `who`."""
    again: bool = False
    """Show the token of the last time once more."""
    query: Mapping[str, str] = field(default_factory=dict)
    """What the address says, besides the token."""
    words: str = "connects"
    """How this step is read aloud."""

    def __str__(self) -> str:
        notes = [
            f"as {self.user}" if self.user else "",
            f"from {self.origin}" if self.origin else "",
            f"with the token {self.token!r}" if self.token is not None else "",
            "with the token of the last time" if self.again else "",
        ]
        words = " ".join([self.words, *filter(None, notes)])
        return f"{self.who} {words}" + (" and is refused" if self.refused else "")


@dataclass(frozen=True, slots=True)
class Says:
    """Say something, once or several times; `{n}` in it counts them, from 1 on."""

    who: str
    message: Said
    words: str = ""
    """How this step is read aloud."""
    times: int = 1

    def __str__(self) -> str:
        said = self.words or f"says {shortened(self.message)}"
        return f"{self.who} {said}" + (f" {self.times} times" if self.times > 1 else "")


@dataclass(frozen=True, slots=True)
class Hears:
    """Hear a message like this; others may come before it."""

    who: str
    message: Pattern
    words: str = ""
    within: float = WITHIN

    def __str__(self) -> str:
        heard = self.words or shortened(self.message)
        return f"{self.who} hears {heard}, within {self.within:g} s"


@dataclass(frozen=True, slots=True)
class HearsNothing:
    """Hear no message like this for some time."""

    who: str
    seconds: float
    message: Pattern = field(default_factory=dict)
    words: str = ""

    def __str__(self) -> str:
        return f"{self.who} hears {self.words or 'nothing'} for {self.seconds:g} s"


@dataclass(frozen=True, slots=True)
class HasHeard:
    """Have heard the messages with these numbers, each once and in order."""

    who: str
    numbers: tuple[int, ...]
    within: float = WITHIN

    def __str__(self) -> str:
        first, last = self.numbers[0], self.numbers[-1]
        return f"{self.who} has heard {first} to {last}, each once and in order"


@dataclass(frozen=True, slots=True)
class Does:
    """Do something on one's page, whether it is connected or not."""

    who: str
    action: Mapping[str, Any]
    words: str

    def __str__(self) -> str:
        return f"{self.who} {self.words}"


@dataclass(frozen=True, slots=True)
class Shows:
    """Have a page that comes to show this, whatever it was told on the way."""

    who: str
    view: object
    words: str = ""
    within: float = WITHIN

    def __str__(self) -> str:
        seen = self.words or shortened(self.view)
        return f"{self.who} sees {seen}, within {self.within:g} s"


@dataclass(frozen=True, slots=True)
class SeeTheSame:
    """Have pages that come to show the same, some participants together."""

    who: str
    others: tuple[str, ...]
    within: float = WITHIN

    def __str__(self) -> str:
        people = " and ".join((self.who, *self.others))
        return f"{people} see the same, within {self.within:g} s"


@dataclass(frozen=True, slots=True)
class StopsReading:
    """Stay, and read nothing more; go on to say that one is there."""

    who: str

    def __str__(self) -> str:
        return f"{self.who} stops reading"


@dataclass(frozen=True, slots=True)
class ReadsAgain:
    """Read on."""

    who: str

    def __str__(self) -> str:
        return f"{self.who} reads again"


@dataclass(frozen=True, slots=True)
class IsClosed:
    """Be closed by the server, with this code."""

    who: str
    code: int | None = None
    within: float = WITHIN

    def __str__(self) -> str:
        code = "" if self.code is None else f" with {self.code}"
        return f"{self.who} is closed{code}, within {self.within:g} s"


@dataclass(frozen=True, slots=True)
class Vanishes:
    """Fall silent without a word, as in a tunnel; the socket stays open."""

    who: str

    def __str__(self) -> str:
        return f"{self.who} vanishes"


@dataclass(frozen=True, slots=True)
class Leaves:
    """Close the connection in good order."""

    who: str

    def __str__(self) -> str:
        return f"{self.who} leaves"


@dataclass(frozen=True, slots=True)
class ComesBack:
    """Connect again, and say this with the last number heard; try until it works."""

    who: str
    message: Pattern = field(default_factory=dict)
    """Nothing, where a page says in the address how far it is."""
    server: int | None = None
    """To which server, if it is not the one of before."""
    within: float = 6.0

    def __str__(self) -> str:
        return f"{self.who} comes back with the last number it has"


@dataclass(frozen=True, slots=True)
class Asks:
    """Make one HTTP request, and get this answer."""

    who: str
    method: str
    rest: str
    """The address below that of the system."""
    body: Said = b""
    status: int = 200
    holds: str = ""
    """What the body of the answer must hold."""
    says: Pattern = field(default_factory=dict)
    """What the JSON in it must be like."""
    with_token: bool = False
    """Show a fresh token, as `Authorization`."""
    words: str = ""
    """How this step is read aloud."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Header fields of the request."""
    has: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    """Header fields that the answer must have; several of a name in their order."""
    lacks: tuple[str, ...] = ()
    """Names of those that it must not have."""
    seconds: tuple[float, float] | None = None
    """How long the answer may take, at least and at most."""
    times: int = 1
    """How often to ask; only the last answer counts."""
    until: bool = False
    """Ask no more once the status is right."""
    within: float = 0.0
    """Seconds in which to ask again, if the answer says something else."""

    def __str__(self) -> str:
        asked = self.words or f"asks {self.method} {self.rest or 'the page'}"
        most = "up to " if self.until else ""
        often = f" {most}{self.times} times" if self.times > 1 else ""
        took = ""
        if self.seconds:
            took = f" after {self.seconds[0]:g} to {self.seconds[1]:g} s"
        return f"{self.who} {asked}{often} and gets {self.status}{took}"


@dataclass(frozen=True, slots=True)
class Opens:
    """Ask for an answer that goes on, and hear each of its lines; do not wait for it.

    Who leaves then hangs up on it.
    """

    who: str
    rest: str
    """The address below that of the system."""

    def __str__(self) -> str:
        return f"{self.who} opens {self.rest}"


@dataclass(frozen=True, slots=True)
class Subscribes:
    """Say where one's browser takes push messages."""

    who: str
    rest: str = "subscription"
    """The address below that of the system."""

    def __str__(self) -> str:
        return f"{self.who} subscribes to push messages"


@dataclass(frozen=True, slots=True)
class Finds:
    """See in the outside world that something has come to be so, or has remained so."""

    what: str
    value: object
    words: str
    """How this step is read aloud."""
    within: float = WITHIN
    for_seconds: float = 0.0
    """For how long it must be so, from the first time on."""
    user: str = ""
    """A participant whose it is."""
    who: str = ""

    def __str__(self) -> str:
        lasts = f" for {self.for_seconds:g} s" if self.for_seconds else ""
        return f"{self.words}, within {self.within:g} s{lasts}"


@dataclass(frozen=True, slots=True)
class Sets:
    """Break something in the outside world, or mend it.

    It is broken for the participants of this story alone, unless the stories of the
    system are played one at a time.
    """

    what: str
    fault: str
    words: str
    who: str = ""

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Pauses:
    """Let time pass, for something that must not happen, or has to be over."""

    seconds: float
    who: str = ""

    def __str__(self) -> str:
        return f"{self.seconds:g} s pass"


@dataclass(frozen=True, slots=True)
class KillsServer:
    """Kill a server, as `kill -9` does."""

    server: int
    who: str = ""

    def __str__(self) -> str:
        return f"server {self.server + 1} is killed"


@dataclass(frozen=True, slots=True)
class RestartsBroker:
    """Stop the broker and start it again."""

    who: str = ""

    def __str__(self) -> str:
        return "the broker restarts"


Step = (
    Connects
    | Says
    | Hears
    | HearsNothing
    | HasHeard
    | Does
    | Shows
    | SeeTheSame
    | StopsReading
    | ReadsAgain
    | IsClosed
    | Vanishes
    | Leaves
    | ComesBack
    | Asks
    | Opens
    | Subscribes
    | Finds
    | Sets
    | Pauses
    | KillsServer
    | RestartsBroker
)

ALL_TRANSPORTS: tuple[Transport, ...] = ("websocket", "stream", "poll")


@dataclass(frozen=True, slots=True)
class Story:
    """Several participants with one system, and what must come of it."""

    system: System
    case: str
    shows: str
    """One sentence: what a reader learns from it."""
    steps: tuple[Step, ...]
    by: tuple[Transport, ...] = ALL_TRANSPORTS
    """The transports for which it makes sense."""
    needs: tuple[
        Literal["servers", "broker", "one server", "news of leaving", "close"], ...
    ] = ()
    """`servers`: two of them, with a broker between. `broker`: one to be restarted.
    `one server`: it is about something that each server does for itself.
    `news of leaving`: an application that waits must hear that its client has left.
    `close`: one that sends must, at the latest when it sends."""
    deadline: float = 30.0

    @property
    def name(self) -> str:
        """The name by which every command knows it: `system/case`."""
        return f"{self.system.name}/{self.case}"

    @property
    def participants(self) -> tuple[str, ...]:
        """Those who take part, in the order in which they come."""
        return tuple(dict.fromkeys(step.who for step in self.steps if step.who))

    def __str__(self) -> str:
        return "; ".join(map(str, self.steps)) + "."


def shortened(message: object, longest: int = 60) -> str:
    """Return a message in short."""
    if isinstance(message, Mapping):
        message = json.dumps(message, ensure_ascii=False)
    text = message if isinstance(message, str) else repr(message)
    return text if len(text) <= longest else f"{text[:longest]}... ({len(text)} long)"


def matches(pattern: object, message: object) -> bool:
    """Return whether a message is like a pattern."""
    if isinstance(pattern, Mapping):
        return isinstance(message, Mapping) and all(
            key in message and matches(value, message[key])
            for key, value in pattern.items()
        )
    if isinstance(pattern, list | tuple):
        return (
            isinstance(message, list)
            and len(pattern) == len(message)
            and all(map(matches, pattern, message))
        )
    return type(pattern) is type(message) and pattern == message


def numbers_in(message: object, paths: tuple[str, ...]) -> tuple[int, ...]:
    """Return the numbers that a message holds, in order."""
    found: list[int] = []
    for path in paths:
        head, _, rest = path.partition(".")
        value = message.get(head) if isinstance(message, Mapping) else None
        if rest and isinstance(value, list):
            found += [n for each in value for n in numbers_in(each, (rest,))]
        elif not rest and isinstance(value, int):
            found.append(value)
    return tuple(found)
