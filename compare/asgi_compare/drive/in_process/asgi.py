"""What the servers of all protocols of ASGI have in common: they take what is sent."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from asgi_compare.drive.in_process.answers import readable
from asgi_compare.drive.in_process.recorder import Message, Recorder


def type_of(event: Any) -> Any:
    """Return the type of an event; raise if it is not even a dict."""
    if not isinstance(event, dict):
        raise TypeError(f"Expected an event as a dict, but got {event!r}.")
    return event.get("type")


class AsgiExchange(Recorder):
    """One call of an application, as the server has it in hand."""

    @abstractmethod
    async def receive(self) -> Message:
        """Return the next event for the application, when there is one."""

    async def send(self, event: Message) -> None:
        """Take what the application sends."""
        if not self.sent(event):
            await self.never()

    def sent(self, event: Message) -> bool:
        """Record an event and take it; False if there were too many."""
        event = readable(event)
        index = self.record("send", event)
        if index < 0:
            return False
        try:
            self.take(event)
        except Exception:
            self.unheard |= {index}
            raise
        return True

    @abstractmethod
    def take(self, event: Any) -> None:
        """Move on by an event of the application; raise if it is not valid now."""
        # Specification, "Error Handling": raise out of `send` what is not valid.
