"""Tabs of the editor, with either engine: what a browser would have open, in Python.

A tab types whether it is connected or not; when it comes back, it says what it has.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from time import time
from typing import Any, Protocol
from urllib.parse import urlencode

from pycrdt import (
    Doc,
    Text,
    TransactionEvent,
    create_sync_message,
    create_update_message,
    handle_sync_message,
)

from asgi_compare.contract.stories.editor import Page
from asgi_compare.contract.story import Said
from asgi_compare.domain.systems.chat.entrance import sign_in
from asgi_compare.drive.stories.openers import Place, Socket

ORIGIN = (("origin", "http://localhost"),)


class Tab(Protocol):
    """One tab."""

    @property
    def text(self) -> str | None:
        """What it shows; None before it was told anything."""
        ...

    @property
    def is_settled(self) -> bool:
        """Whether nothing of its own is on its way."""
        ...

    async def come(self) -> None:
        """Connect, if it is not connected."""
        ...

    async def leave(self) -> None:
        """Drop the connection, if there is one."""
        ...

    def edit(self, at: int, inserted: str, deleted: int) -> None:
        """Type something, and delete what follows."""
        ...

    def undo(self) -> None:
        """Take back the own last edit."""
        ...

    def read(self, reads: bool) -> None:
        """Stop reading, or read on."""
        ...


class Connected:
    """What tabs of both engines do."""

    rest = "ws"

    def __init__(self, place: Place, name: str, document: str = "d") -> None:
        self.place, self.name, self.document = place, name, document
        self.socket: Socket | None = None
        self._saying: set[asyncio.Task[None]] = set()

    async def come(self) -> None:
        if self.socket:
            return
        user = json.dumps({"user": self.name}).encode()
        query = {"token": str(sign_in(user, time())), "document": self.document}
        target = f"/systems/editor/{self.rest}?{urlencode({**query, **self.known()})}"
        opened = await self.place.websocket(target, ORIGIN, self.hear, self.ended)
        assert not isinstance(opened, int), opened
        self.socket = opened
        self.begin()

    async def leave(self) -> None:
        socket, self.socket = self.socket, None
        if socket:
            await socket.abort()

    def ended(self, code: int | None) -> None:
        self.socket = None

    def read(self, reads: bool) -> None:
        if self.socket:
            (self.socket.read_again if reads else self.socket.stop_reading)()

    def say(self, messages: Sequence[Said]) -> None:
        for said in messages:
            if self.socket:
                message = said if isinstance(said, str | bytes) else json.dumps(said)
                task = asyncio.create_task(self.socket.send(message))
                self._saying.add(task)
                task.add_done_callback(self._saying.discard)

    def known(self) -> dict[str, str]:
        return {}

    def begin(self) -> None:
        pass

    def hear(self, message: str | bytes) -> None:
        raise NotImplementedError


class OperationsTab(Connected):
    """A tab that edits by operational transformation."""

    def __init__(self, place: Place, name: str, document: str = "d") -> None:
        super().__init__(place, name, document)
        self.page = Page(name)

    @property
    def text(self) -> str | None:
        text = self.page.view.get("text")
        return None if text is None else str(text)

    @property
    def is_settled(self) -> bool:
        return self.page.view.get("state") == "synchronized"

    def known(self) -> dict[str, str]:
        return {"since": self.page.position}

    def hear(self, message: str | bytes) -> None:
        self.say(self.page.hear(json.loads(message)))

    def edit(self, at: int, inserted: str, deleted: int) -> None:
        if self.text is None:
            return
        at = min(at, len(self.text))
        deleted = min(deleted, len(self.text) - at)
        self.say(self.page.do({"at": at, "insert": inserted, "delete": deleted}))

    def undo(self) -> None:
        if self.text is not None:
            self.say(self.page.do({"undo": True}))


class SharedTab(Connected):
    """A tab that edits a document of Yjs."""

    rest = "yjs"
    is_settled = True

    def __init__(self, place: Place, name: str, document: str = "d") -> None:
        super().__init__(place, name, document)
        self.shared: Text = Text()
        self.doc: Doc[Any] = Doc({"text": self.shared})
        self._hears = False
        self.doc.observe(self._changed)

    @property
    def text(self) -> str | None:
        return str(self.shared)

    def begin(self) -> None:
        self.say([create_sync_message(self.doc)])

    def hear(self, message: str | bytes) -> None:
        assert isinstance(message, bytes)
        if message[0] == 0:
            self._hears = True
            try:
                reply = handle_sync_message(message[1:], self.doc)
            finally:
                self._hears = False
            self.say([reply] if reply else [])

    def edit(self, at: int, inserted: str, deleted: int) -> None:
        with self.doc.transaction():
            # pycrdt counts bytes of UTF-8.
            text = str(self.shared)
            start = len(text[:at].encode())
            end = len(text[: at + deleted].encode())
            if end > start:
                del self.shared[start:end]
            if inserted:
                self.shared.insert(start, inserted)

    def undo(self) -> None:
        self.edit(0, "", 1)  # that is for an undo manager of the client alone

    def _changed(self, event: TransactionEvent) -> None:
        if not self._hears:
            self.say([create_update_message(event.update)])


async def settle(tabs: Sequence[Tab], seconds: float = 10.0) -> None:
    """Have all come back and read on, and wait until all show the same."""

    def is_one() -> bool:
        first, *others = tabs
        same = all(each.text == first.text for each in others)
        return same and first.text is not None and all(t.is_settled for t in tabs)

    try:
        async with asyncio.timeout(seconds):
            while True:
                for each in tabs:
                    await each.come()
                    each.read(True)
                for _ in range(50):
                    await asyncio.sleep(0)
                if is_one():
                    return
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError([(t.text, t.is_settled) for t in tabs]) from None
