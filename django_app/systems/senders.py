"""How notices are sent: by Django's mail, httpx2 and pywebpush.

All of them block, mail included: Django 5.2 has no other. So they are called in threads
under ASGI as well, and are the same there.
"""

import smtplib
from collections.abc import Mapping, Sequence
from time import time
from typing import Any

from django.core.mail import EmailMessage, get_connection

from asgi_compare.domain.systems.notices.desk import Desk, Job
from asgi_compare.domain.systems.notices.letters import (
    SENDER,
    Undeliverable,
    as_json,
    check_smtp,
    check_status,
    mail,
)
from asgi_compare.domain.systems.notices.notice import Channel
from asgi_compare.domain.systems.notices.settings import Settings
from asgi_compare.domain.systems.notices.threads import Send
from asgi_compare.domain.systems.notices.webhook import sign


def channels(desk: Desk, settings: Settings) -> Mapping[Channel, Send]:
    """Return how each channel is sent; each with a time-out of its own."""
    import httpx2  # only here: most run without notices
    from pywebpush import WebPushException, webpush

    client = httpx2.Client(timeout=settings.patience, trust_env=False)

    def email(jobs: Sequence[Job]) -> None:
        to, subject, body, key = mail(jobs)
        host, port = settings.smtp
        server = get_connection(
            "django.core.mail.backends.smtp.EmailBackend",
            host=host,
            port=port,
            timeout=settings.patience,
        )
        headers = {"Message-ID": key}
        letter = EmailMessage(
            subject, body, SENDER, [to], connection=server, headers=headers
        )
        try:
            letter.send()
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            check_smtp(code, said)
        except smtplib.SMTPResponseException as answered:
            check_smtp(answered.smtp_code, answered.smtp_error)

    def webhook(jobs: Sequence[Job]) -> None:
        (job,) = jobs
        body = as_json(job.notice).encode()
        headers = sign(job.delivery.key, body, (settings.secret,), time())
        url = f"{settings.hook}/{job.notice.user}"
        check_status(client.post(url, content=body, headers=headers).status_code)

    def push(jobs: Sequence[Job]) -> None:
        (job,) = jobs
        subscription: dict[str, Any] = dict(desk.wishes(job.notice.user).push)
        if not subscription:
            raise Undeliverable("There is no subscription.", permanent=True)
        try:
            webpush(
                subscription,
                as_json(job.notice),
                settings.vapid,
                {"sub": f"mailto:{SENDER}"},
                timeout=settings.patience,
                ttl=3600,
                # A service keeps only the last of a topic: a double replaces the first.
                headers={"topic": job.notice.id},
            )
        except WebPushException as error:
            known = error.response is not None
            check_status(error.response.status_code if known else 0)

    return {"email": email, "webhook": webhook, "push": push}
