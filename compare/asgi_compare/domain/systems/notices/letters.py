"""What is sent by each channel, and what an answer means. No sending here."""

import hashlib
import json
from collections.abc import Sequence
from email.message import EmailMessage

from asgi_compare.domain.systems.notices.desk import Job
from asgi_compare.domain.systems.notices.notice import Notice
from asgi_compare.domain.systems.notices.preferences import digest

SENDER = "notices@example.org"


class Undeliverable(Exception):
    """It was not delivered; to try again helps, unless it is `permanent`."""

    def __init__(self, sentence: str, permanent: bool = False) -> None:
        super().__init__(sentence)
        self.permanent = permanent


def address(user: str) -> str:
    """Return where a user has mail; a real system would ask, and verify it."""
    return f"{user}@example.org"


def mail(jobs: Sequence[Job]) -> tuple[str, str, str, str]:
    """Return the recipient, subject, body and Message-ID of a mail for all jobs.

    The Message-ID is made of their keys: it stays the same when the mail is sent again.
    """
    subject, body = digest(job.notice for job in jobs)
    keys = " ".join(sorted(job.delivery.key for job in jobs))
    key = hashlib.sha256(keys.encode()).hexdigest()[:32]
    return address(jobs[0].notice.user), subject, body, f"<{key}@example.org>"


def message(jobs: Sequence[Job]) -> EmailMessage:
    """Return the same as a message."""
    made = EmailMessage()
    made["From"] = SENDER
    made["To"], made["Subject"], body, made["Message-ID"] = mail(jobs)
    made.set_content(body)
    return made


def as_json(notice: Notice, number: int | None = None) -> str:
    """Return a notice as the page, a web hook and a push message have it."""
    known = {} if number is None else {"number": number}
    texts = {"id": notice.id, "title": notice.title, "body": notice.body}
    return json.dumps({**known, "kind": notice.kind, **texts, "urgent": notice.urgent})


def check_status(status: int) -> None:
    """Raise `Undeliverable` if an answer over HTTP is no success.

    Most of 4xx says that the request is wrong, and it would be wrong again. 410 is how
    a push service says that a subscription has ended.
    """
    if not 200 <= status < 300:
        wrong = 400 <= status < 500 and status not in (408, 425, 429)
        raise Undeliverable(f"The answer was {status}.", permanent=wrong)


def check_smtp(code: int, said: str | bytes) -> None:
    """Raise `Undeliverable` for an answer of a mail server that is no success."""
    if code >= 400:
        text = said if isinstance(said, str) else said.decode("utf-8", "replace")
        raise Undeliverable(f"The mail server said {code} {text}.", code >= 500)
