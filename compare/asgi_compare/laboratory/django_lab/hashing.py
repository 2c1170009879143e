"""A password hasher that notes where it runs.

To hash a password is slow on purpose: some hundred milliseconds of one processor. In
the thread of an event loop, nothing else is answered for that long.
"""

from __future__ import annotations

import asyncio

from django.contrib.auth.hashers import PBKDF2PasswordHasher

HASHED: list[bool] = []
"""One entry a hash: whether it was made in a thread that runs an event loop."""


class WatchedHasher(PBKDF2PasswordHasher):
    """Django's own, with fewer rounds, so that the laboratory is quick."""

    iterations = 1000

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """Hash, and note where."""
        HASHED.append(on_a_loop())
        return super().encode(password, salt, iterations)


def on_a_loop() -> bool:
    """Return whether this thread runs an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
