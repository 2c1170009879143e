"""Who receives notices: a mail server, a web hook, and a push service.

Each knows a message that it has had by its key, and drops the double.
"""

from __future__ import annotations

import asyncio
import base64
import email
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from email.policy import default
from typing import Any

from asgi_compare.domain.systems.notices.webhook import decode_secret, verify
from asgi_compare.drive.outside.http import Request
from asgi_compare.drive.servers.supervisor import HOST

SECRET = "whsec_" + base64.b64encode(b"for loopback only").decode()

REFUSALS = {"fails": "451 Try again later", "refuses": "550 No such mailbox"}


class Received:
    """What has come, by each way and to each user."""

    KINDS = ("mail", "mails", "hook", "hooks", "push", "pushes")

    def __init__(self) -> None:
        # Only here: most stories need neither.
        from cryptography.hazmat.primitives.asymmetric import ec

        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)
        self.vapid = _vapid(ec.generate_private_key(ec.SECP256R1()))
        self.mail_port = 0
        self.is_silent = False
        """Whether the hook takes what comes, and does not answer."""
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.is_silent = False
        self._titles: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._counts: dict[tuple[str, str], int] = defaultdict(int)
        self._seen: set[str] = set()

    def find(self, kind: str, user: str) -> list[str] | int:
        """Return the titles of what has come, or how often something has."""
        if kind in ("mail", "hook", "push"):
            return sorted(self._titles[kind, user])
        return self._counts[{"mails": "mail", "hooks": "hook"}.get(kind, "push"), user]

    def _take(self, kind: str, user: str, key: str, title: str) -> None:
        self._counts[kind, user] += 1
        if f"{kind} {key}" not in self._seen:
            self._seen.add(f"{kind} {key}")
            self._titles[kind, user].append(title)

    async def hook(self, request: Request) -> None:
        """Take a web hook, if it is signed."""
        now = time.time()
        key = verify(dict(request.fields), request.body, [decode_secret(SECRET)], now)
        if not isinstance(key, str):
            return await request.answer(401, key.sentence.encode())
        title = json.loads(request.body)["title"]
        self._take("hook", request.target.rpartition("/")[2], key, title)
        if self.is_silent:
            return await request.hung_up()
        await request.answer(204)

    async def push(self, request: Request) -> None:
        """Take a push message, if it is for us and says who sends it."""
        import http_ece

        if not request.field("authorization").startswith("vapid t="):
            return await request.answer(401)
        plain = http_ece.decrypt(
            request.body, private_key=self._key, auth_secret=self._auth
        )
        notice = json.loads(plain)
        user = request.target.rpartition("/")[2]
        self._take("push", user, request.field("topic"), notice["title"])
        await request.answer(201)

    def subscription(self, endpoint: str) -> Mapping[str, object]:
        """Return what a browser would, when it was asked for push messages."""
        from cryptography.hazmat.primitives import serialization

        point = self._key.public_key().public_bytes(
            serialization.Encoding.X962,
            serialization.PublicFormat.UncompressedPoint,
        )
        keys = {"p256dh": _text(point), "auth": _text(self._auth)}
        return {"endpoint": endpoint, "keys": keys}

    async def listen(self, fault: Callable[[str], str]) -> asyncio.AbstractServer:
        """Start the mail server."""
        from aiosmtpd.smtp import SMTP

        loop = asyncio.get_running_loop()
        handler = _Mailbox(fault, self._take)
        server = await loop.create_server(
            lambda: SMTP(handler, hostname="localhost", loop=loop), HOST, 0
        )
        self.mail_port = server.sockets[0].getsockname()[1]
        return server


class _Mailbox:
    """What aiosmtpd calls."""

    def __init__(
        self, fault: Callable[[str], str], take: Callable[[str, str, str, str], None]
    ) -> None:
        self._fault, self._take = fault, take

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a mail."""
        user = envelope.rcpt_tos[0].partition("@")[0]
        fault = self._fault(user)
        if fault == "hangs":
            await asyncio.Event().wait()
        if fault in REFUSALS:
            return REFUSALS[fault]
        mail = email.message_from_bytes(envelope.content, policy=default)
        self._take("mail", user, mail["Message-ID"], mail["Subject"])
        return "250 OK"


def _vapid(key: Any) -> str:
    """Return a private key in the short form that pywebpush takes."""
    return _text(key.private_numbers().private_value.to_bytes(32, "big"))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
