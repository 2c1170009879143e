"""How notices are sent: by aiosmtplib, httpx2 and pywebpush."""

import asyncio
from collections.abc import Mapping, Sequence
from time import time
from typing import Any

from asgi_compare.domain.systems.notices.desk import Desk, Job
from asgi_compare.domain.systems.notices.letters import (
    SENDER,
    Undeliverable,
    as_json,
    check_smtp,
    check_status,
    message,
)
from asgi_compare.domain.systems.notices.loop import Send
from asgi_compare.domain.systems.notices.notice import Channel
from asgi_compare.domain.systems.notices.settings import Settings
from asgi_compare.domain.systems.notices.webhook import sign


def channels(desk: Desk, settings: Settings) -> Mapping[Channel, Send]:
    """Return how each channel is sent; the caller limits the time."""
    # Only here: most run without notices.
    import aiosmtplib
    import httpx2
    from pywebpush import WebPushException, webpush_async

    client = httpx2.AsyncClient(timeout=None, trust_env=False)

    async def email(jobs: Sequence[Job]) -> None:
        host, port = settings.smtp
        # Not `aiosmtplib.send`: cancelled, it says QUIT and waits for the answer.
        server = aiosmtplib.SMTP(
            hostname=host, port=port, start_tls=False, timeout=settings.patience
        )
        try:
            await server.connect()
            await server.send_message(message(jobs))
        except aiosmtplib.SMTPRecipientsRefused as refused:
            check_smtp(refused.recipients[0].code, refused.recipients[0].message)
        except aiosmtplib.SMTPResponseException as answered:
            check_smtp(answered.code, answered.message)
        finally:
            server.close()

    async def webhook(jobs: Sequence[Job]) -> None:
        (job,) = jobs
        body = as_json(job.notice).encode()
        headers = sign(job.delivery.key, body, (settings.secret,), time())
        url = f"{settings.hook}/{job.notice.user}"
        answer = await client.post(url, content=body, headers=headers)
        check_status(answer.status_code)

    async def push(jobs: Sequence[Job]) -> None:
        (job,) = jobs
        wishes = await asyncio.to_thread(desk.wishes, job.notice.user)
        if not wishes.push:
            raise Undeliverable("There is no subscription.", permanent=True)
        subscription: dict[str, Any] = dict(wishes.push)
        try:
            await webpush_async(
                subscription,
                as_json(job.notice),
                settings.vapid,
                {"sub": f"mailto:{SENDER}"},
                ttl=3600,
                # A service keeps only the last of a topic: a double replaces the first.
                headers={"topic": job.notice.id},
            )
        except WebPushException as error:
            check_status(error.response.status if error.response is not None else 0)

    return {"email": email, "webhook": webhook, "push": push}
