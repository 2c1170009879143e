"""Stories of the dashboard: figures that change, and readers that come and go."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from asgi_compare.contract.story import (
    Asks,
    ComesBack,
    Connects,
    Hears,
    HearsNothing,
    IsClosed,
    KillsServer,
    Leaves,
    Pauses,
    ReadsAgain,
    RestartsBroker,
    Said,
    Says,
    Shows,
    StopsReading,
    Story,
    System,
    Transport,
)
from asgi_compare.domain.systems.dashboard import (
    Change,
    Fit,
    Position,
    Snapshot,
    fits,
)


class Page:
    """A page that shows a board: the figures, and their position."""

    def __init__(self, name: str) -> None:
        self._position: Position | None = None
        self.view: dict[str, float] = {}

    @property
    def position(self) -> str:
        """What an `EventSource` says as `Last-Event-ID`."""
        at = self._position
        return f"{at.run}-{at.version}" if at else ""

    def hear(self, message: Any) -> Sequence[Said]:
        """Take in a snapshot or a change, if it fits; say nothing to it."""
        if message["type"] not in ("snapshot", "change"):
            return ()
        position = Position(message["run"], message["version"])
        event: Snapshot | Change = Snapshot(position, message["figures"])
        if message["type"] == "change":
            event = Change(message["after"], position, message["figures"])
        if fits(event, self._position) is Fit.APPLY:
            if isinstance(event, Snapshot):
                self.view.clear()
            self.view |= event.figures
            self._position = position
        return ()

    def do(self, action: Mapping[str, Any]) -> Sequence[Said]:
        """Do nothing: one looks at it."""
        return ()


SYSTEM = System(
    "dashboard",
    "Figures that change, a snapshot first: as server-sent events and by WebSocket.",
    own=("board",),
    transports={"asgi": ("websocket", "stream"), "wsgi": ("stream", "poll")},
    replica=Page,
    has_connections=False,
)
BOARD = "sales"
PUSHED: tuple[Transport, ...] = ("websocket", "stream")


def watches(who: str, user: str = "", board: str = BOARD) -> Connects:
    """Open the board."""
    query = {"board": board}
    return Connects(who, user=user, query=query, words=f"opens board {board}")


def reports(
    figures: Mapping[str, object], who: str = "meter", board: str = BOARD
) -> Asks:
    """Tell the board of figures."""
    body = {"board": board, "figures": figures}
    words = f"reports {json.dumps(figures)}"
    return Asks(
        who, "POST", "figures", body=body, status=204, with_token=True, words=words
    )


def is_refused(body: Said, status: int, holds: str, words: str) -> Asks:
    """Report something that cannot be, and be told why."""
    return Asks(
        "meter",
        "POST",
        "figures",
        body=body,
        status=status,
        holds=holds,
        with_token=True,
        words=words,
    )


def sees(who: str, within: float = 2.0, **figures: float) -> Shows:
    """Have a page that comes to show these figures, among others."""
    words = ", ".join(f"{name} {value}" for name, value in figures.items())
    return Shows(who, figures, words, within)


ONE_MORE = {"type": "change"}

STORIES: tuple[Story, ...] = (
    Story(
        SYSTEM,
        "page",
        "The implementation serves the page itself.",
        (Asks("one", "GET", "", holds="<title>Dashboard</title>"),),
    ),
    Story(
        SYSTEM,
        "snapshot_first",
        "Who opens a board is told all figures at once, and then only what changes.",
        (
            reports({"orders": 3, "returns": 1}),
            watches("one"),
            Hears("one", {"type": "snapshot", "figures": {"orders": 3, "returns": 1}}),
            reports({"orders": 4}),
            Hears("one", {"type": "change", "figures": {"orders": 4}}),
            sees("one", orders=4, returns=1),
        ),
    ),
    Story(
        SYSTEM,
        "between_snapshot_and_change",
        "What changes while somebody opens the board is not lost, nor seen twice.",
        (
            reports({"orders": 1}),
            watches("one"),
            reports({"orders": 2}),
            watches("two"),
            reports({"orders": 3}),
            sees("one", orders=3),
            sees("two", orders=3),
            HearsNothing("two", 0.4, {"type": "snapshot"}, "no second snapshot"),
        ),
    ),
    Story(
        SYSTEM,
        "many_reports",
        "Many reports at once are a few changes: nobody is sent what is old already.",
        (
            watches("one"),
            *(reports({"orders": n}) for n in range(1, 31)),
            sees("one", orders=30),
            HearsNothing("one", 0.5, ONE_MORE, "no change"),
        ),
    ),
    Story(
        SYSTEM,
        "nothing_new",
        "A report of what is known already is told to nobody.",
        (
            reports({"orders": 3}),
            watches("one"),
            sees("one", orders=3),
            Pauses(0.3),
            reports({"orders": 3}),
            HearsNothing("one", 0.5, {"figures": {"orders": 3}}, "nothing of it"),
        ),
    ),
    Story(
        SYSTEM,
        "comes_back",
        "Who comes back with the position it has is told what changed since, not all.",
        (
            reports({"orders": 3, "returns": 1}),
            watches("two"),
            watches("one"),
            sees("one", orders=3, returns=1),
            Leaves("one"),
            reports({"orders": 5}),
            ComesBack("one"),
            Hears("one", {"type": "change", "figures": {"orders": 5}}),
            sees("one", orders=5, returns=1),
        ),
        needs=("one server",),
    ),
    Story(
        SYSTEM,
        "leaves",
        "Who has left is gone within a second: its generator has ended.",
        (
            watches("one"),
            watches("two"),
            sees("one", readers=2),
            Leaves("two"),
            sees("one", within=1.0, readers=1),
        ),
        by=PUSHED,
        needs=("one server",),
    ),
    Story(
        SYSTEM,
        "leaves_at_once",
        "Who leaves before there was anything to send leaves nothing behind.",
        (
            *(
                step
                for n in range(1, 5)
                for step in (watches(f"tab-{n}", user="one"), Leaves(f"tab-{n}"))
            ),
            watches("one"),
            sees("one", within=1.0, readers=1),
        ),
        by=PUSHED,
        needs=("one server",),
    ),
    Story(
        SYSTEM,
        "slow_reader",
        "For one who does not read nothing is kept: it is told the newest later.",
        (
            watches("slow"),
            watches("two"),
            StopsReading("slow"),
            *(reports({"orders": n}) for n in range(1, 21)),
            sees("two", orders=20),
            reports({"orders": 21}),
            sees("two", orders=21),
            ReadsAgain("slow"),
            sees("slow", orders=21),
        ),
        by=PUSHED,
    ),
    Story(
        SYSTEM,
        "boards_apart",
        "What is reported to a board is seen on no other one.",
        (
            watches("one"),
            watches("two", board="stock"),
            reports({"orders": 3}),
            sees("one", orders=3),
            HearsNothing("two", 0.4, {"figures": {"orders": 3}}, "nothing of it"),
        ),
    ),
    Story(
        SYSTEM,
        "reports_by_websocket",
        "A WebSocket leads in both directions: the meter may report by its own.",
        (
            watches("one"),
            Connects("meter", query={"board": BOARD}, words=f"opens board {BOARD}"),
            Says("meter", {"board": BOARD, "figures": {"orders": 3}}),
            sees("one", orders=3),
            Says("meter", '{"board": ', "says half of a JSON object"),
            Hears("meter", {"type": "refused", "code": "not-json"}),
            Says("meter", b"\xff\xfe", "says bytes that are no text"),
            Hears("meter", {"type": "refused", "code": "not-utf-8"}),
            Says("meter", {"board": BOARD, "figures": {"orders": "many"}}),
            Hears("meter", {"type": "refused", "code": "bad-field"}),
            Says("meter", "x" * (1 << 20), "says 1 MiB"),
            Hears("meter", {"type": "refused", "code": "too-long"}),
            Says("meter", {"board": BOARD, "figures": {"orders": 4}}),
            sees("one", orders=4),
        ),
        by=("websocket",),
    ),
    Story(
        SYSTEM,
        "unusable_reports",
        "What is no report is answered with a reason, and nothing changes.",
        (
            reports({"orders": 3}),
            watches("one"),
            sees("one", orders=3),
            is_refused('{"board": ', 400, "a JSON object", "says half of an object"),
            is_refused(b"\xff\xfe", 400, "UTF-8", "says bytes that are no text"),
            is_refused({"board": BOARD}, 400, "missing", "names no figures"),
            is_refused(
                {"board": BOARD, "figures": {"orders": "many"}},
                400,
                "names and numbers",
                "reports a text",
            ),
            is_refused(
                {"board": BOARD, "figures": {"readers": 7}},
                400,
                "names and numbers",
                "reports what the board counts itself",
            ),
            is_refused(
                '{"board": "b", "figures": {"orders": 1e999}}',
                400,
                "names and numbers",
                "reports an infinite number",
            ),
            is_refused("x" * (1 << 20), 413, "at most", "sends 1 MiB"),
            HearsNothing("one", 0.4, ONE_MORE, "no change"),
        ),
    ),
    Story(
        SYSTEM,
        "too_many_figures",
        "A board has fifty figures, and no more.",
        (
            reports({f"f{n}": n for n in range(50)}),
            is_refused(
                {"board": BOARD, "figures": {"one-more": 1}},
                400,
                "at most 50",
                "reports another figure",
            ),
            reports({"f0": 7}),
        ),
    ),
    Story(
        SYSTEM,
        "without_token",
        "Who has no token reports nothing, and reads nothing.",
        (
            Asks(
                "meter",
                "POST",
                "figures",
                body={"board": BOARD, "figures": {"orders": 1}},
                status=403,
                holds="token",
                words="reports without a token",
            ),
            Connects("one", refused=True, token="made.up", query={"board": BOARD}),
            Connects("one", refused=True, token="", query={"board": BOARD}),
        ),
    ),
    Story(
        SYSTEM,
        "unusable_board",
        "A board that cannot be is refused before anything is opened.",
        (
            Connects("one", refused=True, query={"board": "../../etc/passwd"}),
            Connects("one", refused=True),
        ),
    ),
    Story(
        SYSTEM,
        "foreign_origin",
        "A page of another site opens no WebSocket, and a token opens one only.",
        (
            Connects(
                "one",
                refused=True,
                origin="http://attacker.example",
                query={"board": BOARD},
            ),
            watches("one"),
            Connects("one", refused=True, again=True, query={"board": BOARD}),
        ),
        by=("websocket",),
    ),
    Story(
        SYSTEM,
        "too_many_pages",
        "A user may have five pages, and no sixth one.",
        (
            *(watches(f"tab-{n}", user="one") for n in range(1, 6)),
            sees("tab-1", readers=5),
            Connects("tab-6", refused=True, user="one", query={"board": BOARD}),
            Leaves("tab-5"),
            sees("tab-1", readers=4),
            watches("tab-6", user="one"),
            sees("tab-6", readers=5),
        ),
        by=PUSHED,
        needs=("one server",),
    ),
    Story(
        SYSTEM,
        "too_fast",
        "Who reports more than the rate allows is told how long to wait.",
        (
            watches("one"),
            Connects("meter", query={"board": BOARD}, words=f"opens board {BOARD}"),
            Says("meter", {"board": BOARD, "figures": {"orders": 1}}, times=200),
            Hears("meter", {"type": "refused", "code": "too-fast"}, within=4.0),
            reports({"returns": 1}, who="another"),
            sees("one", returns=1),
        ),
        by=("websocket",),
    ),
    Story(
        SYSTEM,
        "across_servers",
        "What is reported to one server is seen on both, and by who comes late.",
        (
            watches("one"),
            watches("two"),
            reports({"orders": 3}),
            sees("one", orders=3),
            sees("two", orders=3),
            reports({"returns": 1}, who="one"),
            reports({"orders": 4}, who="two"),
            watches("three"),
            watches("four"),
            *(sees(who, orders=4, returns=1) for who in ("one", "two", "three")),
            sees("four", orders=4, returns=1),
        ),
        needs=("servers",),
    ),
    Story(
        SYSTEM,
        "server_killed",
        "Who was on a server that is killed comes back to another, and sees it all.",
        (
            watches("one"),
            watches("two"),
            reports({"orders": 3}, who="one"),
            sees("two", orders=3),
            KillsServer(1),
            IsClosed("two", within=5.0),
            reports({"orders": 4}, who="one"),
            ComesBack("two", server=0),
            sees("two", orders=4),
        ),
        needs=("servers",),
    ),
    Story(
        SYSTEM,
        "broker_restarts",
        "Readers stay when the broker restarts, and see what is reported after it.",
        (
            watches("one"),
            watches("two"),
            reports({"orders": 3}, who="one"),
            sees("two", orders=3),
            RestartsBroker(),
            Pauses(1.0),
            reports({"orders": 4}, who="one"),
            sees("one", within=4.0, orders=4),
            sees("two", within=4.0, orders=4),
        ),
        needs=("servers", "broker"),
    ),
)
