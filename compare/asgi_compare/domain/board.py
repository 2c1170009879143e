"""Topics, with those who wait for the next event of one.

A subscriber is a function. It is called in the thread of the one who publishes, so a
coroutine that waits must hand over the event to its own loop
(`loop.call_soon_threadsafe`), and a thread that waits may use a queue.
"""

import threading
from collections import defaultdict
from collections.abc import Callable

Deliver = Callable[[str], None]


class Board:
    """Hands each event of a topic to all who are subscribed at that moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: defaultdict[str, list[Deliver]] = defaultdict(list)

    def subscribe(self, topic: str, deliver: Deliver) -> Callable[[], None]:
        """Have `deliver` called with each event; call what is returned to end it.

        When that has returned, `deliver` is called no more: a loop that it hands events
        to may be closed then. It must not wait, nor come back to the board.
        """
        with self._lock:
            self._subscribers[topic].append(deliver)

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers[topic].remove(deliver)
                if not self._subscribers[topic]:
                    del self._subscribers[topic]

        return unsubscribe

    def publish(self, topic: str, event: str) -> int:
        """Deliver `event`, and give the number of those who got it."""
        with self._lock:
            subscribers = self._subscribers.get(topic, ())
            for deliver in subscribers:
                deliver(event)
            return len(subscribers)
