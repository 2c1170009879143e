"""Stories of the editor: one text, and many who type in it at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asgi_compare.contract.story import (
    Asks,
    ComesBack,
    Connects,
    Does,
    Hears,
    IsClosed,
    KillsServer,
    Leaves,
    Pauses,
    RestartsBroker,
    Said,
    Says,
    SeeTheSame,
    Shows,
    Step,
    Story,
    System,
    Vanishes,
)
from asgi_compare.domain.systems.editor import (
    Accepted,
    Client,
    Edit,
    Operation,
    move_position,
)


class Page:
    """A page of the editor: it shows its own edits at once, and keeps them offline.

    The document's name is this story's own, so edits are named after the participant.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._loads = 0
        self._client: Client | None = None
        self._cursors: dict[str, int] = {}

    @property
    def position(self) -> str:
        """The revision that it has."""
        return "" if self._client is None else str(self._client.revision)

    @property
    def view(self) -> dict[str, object]:
        """The text, where the cursors of others are, and whether all is confirmed."""
        if self._client is None:
            return {}
        return {
            "text": self._client.text,
            "cursors": dict(self._cursors),
            "state": self._client.state,
        }

    def hear(self, message: Any) -> Sequence[Said]:
        """Take in what the server says; return what has to be sent now."""
        match message["type"]:
            case "text":
                self._loads += 1
                name = f"{self._name}-{self._loads}"
                self._client = Client(name, message["text"], message["revision"])
                self._cursors = dict(message["cursors"])
                return ()
            case "missed" if self._client:
                said = [one for row in message["operations"] for one in self._take(row)]
                self._cursors = dict(message["cursors"])
                return said or _edit(self._client.resend())
            case "accepted":
                return self._take(message)
            case "cursor":
                self._cursors[message["user"]] = message["position"]
            case "left":
                self._cursors.pop(message["user"], None)
        return ()

    def do(self, action: Mapping[str, Any]) -> Sequence[Said]:
        """Type, delete, take back, or move the cursor."""
        client = self._client
        if client is None:
            raise ValueError("Expected a text to edit, but none was loaded.")
        if "undo" in action:
            return _edit(client.undo())
        if "redo" in action:
            return _edit(client.redo())
        at = min(action["at"], len(client.text))
        if "cursor" in action:
            where = {"type": "cursor", "revision": client.revision, "position": at}
            return (where,)
        inserted, deleted = action.get("insert", ""), action.get("delete", 0)
        rest = len(client.text) - at - deleted
        operation = Operation.of([at, inserted, -deleted, rest])
        self._move(operation)
        return _edit(client.edit(operation))

    def _take(self, row: Mapping[str, Any]) -> Sequence[Said]:
        assert self._client
        operation = Operation.of(row["operation"])
        is_own = row["id"].startswith(f"{self._client.name}-")
        if row["revision"] == self._client.revision + 1 and not is_own:
            self._move(operation)
        return _edit(self._client.hear(Accepted(row["id"], row["revision"], operation)))

    def _move(self, operation: Operation) -> None:
        for user, position in self._cursors.items():
            self._cursors[user] = move_position(position, operation)


def _edit(edit: Edit | None) -> Sequence[Said]:
    if edit is None:
        return ()
    steps = list(edit.operation.steps)
    return (
        {
            "type": "edit",
            "id": edit.id,
            "revision": edit.revision,
            "operation": steps,
        },
    )


SYSTEM = System(
    "editor",
    "One text that many edit at once, by operational transformation or by Yjs.",
    beat={"type": "beat"},
    own=("document",),
    replica=Page,
)
DOCUMENT = "notes"
END = 1 << 30
"""Behind the last character."""


def opens(who: str, user: str = "") -> Connects:
    """Open the document."""
    words = f"opens document {DOCUMENT}"
    return Connects(who, user=user, query={"document": DOCUMENT}, words=words)


def types(who: str, text: str, at: int = END) -> Does:
    """Type a text at a place."""
    where = "at the end" if at == END else f"at {at}"
    words = f"types {text[:20]!r} {where}"
    return Does(who, {"insert": text, "at": at}, words)


def deletes(who: str, count: int, at: int) -> Does:
    """Delete some characters."""
    words = f"deletes {count} characters at {at}"
    return Does(who, {"delete": count, "at": at}, words)


def reads(who: str, text: str, within: float = 2.0) -> Shows:
    """Have this text, and nothing on its way."""
    view = {"text": text, "state": "synchronized"}
    return Shows(who, view, repr(text[:40]), within)


def says(who: str, id: str, revision: int, *operation: int | str) -> Says:
    """Say an edit as it crosses the connection."""
    message = {"type": "edit", "id": id, "revision": revision, "operation": operation}
    return Says(who, message, f"sends edit {id} for revision {revision}")


def is_refused(who: str, code: str) -> Hears:
    """Hear why something was not done."""
    return Hears(who, {"type": "refused", "code": code}, f"that this is {code}")


def both_type(*people: str) -> tuple[Step, ...]:
    """Type at once, each at another place, and delete what others have typed."""
    return tuple(
        step
        for n in range(4)
        for index, who in enumerate(people)
        for step in (
            types(who, f"{who[0]}{n} ", at=n * index),
            deletes(who, 1, at=n),
        )
    )


STORIES: tuple[Story, ...] = (
    Story(
        SYSTEM,
        "page",
        "The implementation serves the page itself.",
        (Asks("one", "GET", "", holds="<title>Editor</title>"),),
    ),
    Story(
        SYSTEM,
        "two_type",
        "What one types, the other reads.",
        (
            opens("one"),
            opens("two"),
            reads("one", ""),
            reads("two", ""),
            types("one", "Have cup"),
            reads("two", "Have cup"),
            types("two", "a ", at=5),
            reads("one", "Have a cup"),
            deletes("one", 3, at=7),
            reads("two", "Have a "),
        ),
    ),
    Story(
        SYSTEM,
        "at_one_place",
        "Two who type at one place at once read the same afterwards, and both texts.",
        (
            opens("one"),
            opens("two"),
            reads("one", ""),
            reads("two", ""),
            types("one", "tea"),
            types("two", "tea"),
            reads("one", "teatea"),
            reads("two", "teatea"),
        ),
    ),
    Story(
        SYSTEM,
        "both_delete",
        "What two delete at once is gone once, and nothing else with it.",
        (
            opens("one"),
            opens("two"),
            reads("one", ""),
            types("one", "one two three"),
            reads("two", "one two three"),
            reads("one", "one two three"),
            deletes("one", 4, at=4),
            deletes("two", 4, at=4),
            reads("one", "one three"),
            reads("two", "one three"),
        ),
    ),
    Story(
        SYSTEM,
        "three_at_once",
        "Three who type and delete at once, without waiting, read the same in the end.",
        (
            opens("one"),
            opens("two"),
            opens("three"),
            *(reads(who, "") for who in ("one", "two", "three")),
            types("one", "The quick brown fox jumps over the lazy dog."),
            *both_type("one", "two", "three"),
            SeeTheSame("one", ("two", "three"), within=4.0),
        ),
    ),
    Story(
        SYSTEM,
        "characters",
        "Characters are code points: an emoji, or another script, shifts nothing.",
        (
            opens("one"),
            opens("two"),
            reads("two", ""),
            reads("one", ""),
            types("one", "\N{FOX FACE}\N{CYRILLIC SMALL LETTER CHE}!"),
            reads("two", "\N{FOX FACE}\N{CYRILLIC SMALL LETTER CHE}!"),
            types("two", "?", at=2),
            reads("one", "\N{FOX FACE}\N{CYRILLIC SMALL LETTER CHE}?!"),
        ),
    ),
    Story(
        SYSTEM,
        "late_joiner",
        "Who comes late gets the text, and then what follows.",
        (
            opens("one"),
            reads("one", ""),
            types("one", "Have "),
            types("one", "tea"),
            reads("one", "Have tea"),
            opens("two"),
            reads("two", "Have tea"),
            types("one", "."),
            reads("two", "Have tea."),
        ),
    ),
    Story(
        SYSTEM,
        "offline",
        "What was typed without a connection is merged when one comes back.",
        (
            opens("one"),
            opens("two"),
            reads("one", ""),
            types("one", "Have tea"),
            reads("two", "Have tea"),
            Leaves("two"),
            types("two", " today"),
            types("two", "."),
            deletes("one", 4, at=0),
            types("one", "Drink", at=0),
            reads("one", "Drink tea"),
            ComesBack("two"),
            reads("two", "Drink tea today."),
            reads("one", "Drink tea today."),
        ),
    ),
    Story(
        SYSTEM,
        "sent_again",
        "An edit whose fate nobody knows is sent again, and is done once.",
        (
            opens("one"),
            opens("two"),
            reads("two", ""),
            says("one", "other-1", 0, "tea"),
            says("one", "other-1", 0, "tea"),
            says("one", "other-2", 1, 3, "!"),
            reads("two", "tea!"),
            reads("one", "tea!"),
        ),
    ),
    Story(
        SYSTEM,
        "undo",
        "One takes back the own edits, and nobody else's.",
        (
            opens("one"),
            opens("two"),
            reads("two", ""),
            reads("one", ""),
            types("one", "one "),
            reads("two", "one "),
            types("two", "two "),
            reads("one", "one two "),
            types("one", "three"),
            reads("two", "one two three"),
            reads("one", "one two three"),
            Does("one", {"undo": True}, "undoes"),
            reads("two", "one two "),
            Does("one", {"undo": True}, "undoes"),
            reads("two", "two "),
            Does("one", {"redo": True}, "redoes"),
            reads("two", "one two "),
            reads("one", "one two "),
        ),
    ),
    Story(
        SYSTEM,
        "cursors",
        "A cursor stays at its character, whatever is typed before it.",
        (
            opens("one"),
            opens("two"),
            reads("one", ""),
            types("one", "Have tea"),
            reads("two", "Have tea"),
            reads("one", "Have tea"),
            Does("one", {"cursor": True, "at": 5}, "moves the cursor to 5"),
            Hears("two", {"type": "cursor", "position": 5}, "of the cursor of one"),
            types("two", "Please: ", at=0),
            Hears("two", {"type": "accepted", "revision": 2}, "that it is accepted"),
            Shows("two", {"cursors": {"one": 13}}, "the cursor of one at 13"),
            opens("three"),
            Shows("three", {"cursors": {"one": 13}}, "the cursor of one at 13"),
            Leaves("one"),
            Hears("two", {"type": "left", "user": "one"}, "that one has left"),
            Shows("two", {"cursors": {}}, "no cursor"),
        ),
    ),
    Story(
        SYSTEM,
        "vanishes",
        "Who falls silent without a word has left within four seconds.",
        (
            opens("one"),
            opens("two"),
            reads("one", ""),
            Vanishes("two"),
            Hears("one", {"type": "left", "user": "two"}, "that two has left", 4.0),
        ),
    ),
    Story(
        SYSTEM,
        "unusable_messages",
        "What cannot be done is answered with a reason, and the text stays as it is.",
        (
            opens("one"),
            reads("one", ""),
            types("one", "tea"),
            reads("one", "tea"),
            Says("one", '{"type": "edit", ', "says half of a JSON object"),
            is_refused("one", "not-json"),
            Says("one", b"\xff\xfe", "says bytes that are no text"),
            is_refused("one", "not-utf-8"),
            Says("one", {"type": "shout"}),
            is_refused("one", "unknown-type"),
            Says("one", {"type": "edit", "id": "x", "revision": 1, "operation": "tea"}),
            is_refused("one", "bad-field"),
            says("one", "x-1", 1, 7, "too far"),
            is_refused("one", "bad-operation"),
            says("one", "x-2", 9, 3, "!"),
            is_refused("one", "unknown-revision"),
            Says("one", "x" * (1 << 20), "says 1 MiB"),
            is_refused("one", "too-long"),
            types("one", "!"),
            reads("one", "tea!"),
        ),
    ),
    Story(
        SYSTEM,
        "too_long",
        "A text has a hundred thousand characters, and no more.",
        (
            opens("one"),
            reads("one", ""),
            types("one", "x" * 60_000),
            reads("one", "x" * 60_000),
            says("one", "x-1", 1, 60_000, "y" * 60_000),
            is_refused("one", "too-long"),
            opens("two"),
            reads("two", "x" * 60_000),
        ),
    ),
    Story(
        SYSTEM,
        "too_fast",
        "Who sends more than the rate allows is told how long to wait.",
        (
            opens("one"),
            opens("two"),
            reads("two", ""),
            Says("one", {"type": "shout"}, times=150),
            Hears("one", {"code": "too-fast"}, "that this is too-fast", 4.0),
            types("two", "I may"),
            Hears("one", {"type": "accepted"}, "what two types"),
        ),
        by=("websocket",),
    ),
    Story(
        SYSTEM,
        "who_may_open",
        "Without a good token, or from a page of another site, nothing is opened.",
        (
            Connects("one", refused=True, token="made.up"),
            Connects("one", refused=True, origin="http://attacker.example"),
            Connects("one", refused=True, query={"document": "../../etc/passwd"}),
            opens("one"),
            Connects("one", refused=True, again=True, query={"document": DOCUMENT}),
        ),
    ),
    Story(
        SYSTEM,
        "too_many_connections",
        "A user may have five connections, and no sixth one.",
        (
            *(opens(f"tab-{n}", user="one") for n in range(1, 6)),
            Connects("tab-6", refused=True, user="one", query={"document": DOCUMENT}),
        ),
        needs=("one server",),
    ),
    Story(
        SYSTEM,
        "across_servers",
        "Those on two servers read the same, as those on one do.",
        (
            opens("one"),
            opens("two"),
            opens("three"),
            *(reads(who, "") for who in ("one", "two", "three")),
            types("one", "The quick brown fox jumps over the lazy dog."),
            *both_type("one", "two", "three"),
            SeeTheSame("one", ("two", "three"), within=4.0),
            opens("four"),
            SeeTheSame("one", ("two", "three", "four"), within=4.0),
        ),
        needs=("servers",),
    ),
    Story(
        SYSTEM,
        "server_killed",
        "Who was on a server that is killed comes back to another, with all edits.",
        (
            opens("one"),
            opens("two"),
            reads("one", ""),
            types("one", "Have tea"),
            reads("two", "Have tea"),
            KillsServer(1),
            IsClosed("two", within=5.0),
            types("two", " today"),
            types("one", "Please: ", at=0),
            ComesBack("two", server=0),
            reads("two", "Please: Have tea today"),
            reads("one", "Please: Have tea today"),
        ),
        needs=("servers",),
    ),
    Story(
        SYSTEM,
        "broker_restarts",
        "A broker that restarts costs no edit: who was cut off comes back.",
        (
            opens("one"),
            opens("two"),
            reads("one", ""),
            types("one", "Have tea"),
            reads("two", "Have tea"),
            RestartsBroker(),
            Pauses(0.5),
            types("one", "Please: ", at=0),
            types("two", " today"),
            ComesBack("one"),
            ComesBack("two"),
            reads("one", "Please: Have tea today", within=4.0),
            reads("two", "Please: Have tea today", within=4.0),
        ),
        needs=("servers", "broker"),
    ),
)
