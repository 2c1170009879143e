"""What a user may ask for, what is sent, and what an answer means."""

import json

import pytest

from asgi_compare.domain.systems.notices.desk import Job
from asgi_compare.domain.systems.notices.letters import (
    Undeliverable,
    as_json,
    check_smtp,
    check_status,
    message,
)
from asgi_compare.domain.systems.notices.news import number_in
from asgi_compare.domain.systems.notices.notice import Delivery, Notice
from asgi_compare.domain.systems.notices.settings import Settings, read_settings
from asgi_compare.domain.systems.notices.wishes import (
    Order,
    Wishes,
    read_order,
    read_push,
    read_wishes,
    status_of,
    stored,
)
from asgi_compare.domain.systems.untrusted import Refused
from tests.tables import each_row

PUSH = {"endpoint": "https://push/1", "keys": {"p256dh": "A" * 87, "auth": "A" * 22}}


def body(**content: object) -> bytes:
    return json.dumps(content).encode()


def test_order_is_read() -> None:
    assert read_order(body(item="tea", count=2)) == Order("tea", 2)
    assert read_order(body(item="tea", count=2, urgent=True)) == Order("tea", 2, True)


def test_wishes_are_read_and_stored() -> None:
    asked = body(
        channels=["page", "email"],
        quiet=["22:00", "06:30"],
        digest_at="08:00",
        zone="Europe/Vienna",
    )
    found = read_wishes(asked, PUSH)
    assert found == Wishes(
        ("page", "email"), ("22:00", "06:30"), "08:00", "Europe/Vienna", PUSH
    )
    assert stored(found.document) == found
    assert found.preferences.channels == {"order": {"page", "email"}}
    assert str(found.preferences.zone) == "Europe/Vienna"
    assert Wishes().with_push(PUSH).push == PUSH
    assert stored(Wishes().document) == Wishes()


@each_row(
    ("wrong", "code"),
    [
        (b"[]", "not-json"),
        (b"\xff", "not-utf-8"),
        (b"x" * 5000, "too-long"),
        (body(), "bad-field"),
        (body(channels="page"), "bad-field"),
        (body(channels=["pigeon"]), "bad-field"),
        (body(channels=[], quiet=["22:00"]), "bad-field"),
        (body(channels=[], quiet=["22:00", 6]), "bad-field"),
        (body(channels=[], digest_at="25:00"), "bad-field"),
        (body(channels=[], digest_at="08:00+01:00"), "bad-field"),
        (body(channels=[], zone="Atlantis"), "bad-field"),
        (body(channels=[], zone="../../etc/passwd"), "bad-field"),
        (body(channels=[], zone=1), "bad-field"),
    ],
)
def test_unusable_wishes_are_refused(wrong: bytes, code: str) -> None:
    refused = read_wishes(wrong, {})
    assert isinstance(refused, Refused)
    assert refused.code == code


@each_row(
    ("endpoint", "keys", "refused"),
    [
        ("https://push/1", PUSH["keys"], False),
        ("http://127.0.0.1:22/", PUSH["keys"], True),
        ("https://push/1", {"p256dh": "A"}, True),
        ("https://push/1", "keys", True),
        (7, PUSH["keys"], True),
    ],
)
def test_subscription_must_be_that_of_a_push_service(
    endpoint: object, keys: object, refused: bool
) -> None:
    found = read_push(body(endpoint=endpoint, keys=keys), "https://push/")
    assert isinstance(found, Refused) is refused
    if not refused:
        assert found == PUSH
    assert isinstance(read_push(body(endpoint="x", keys={}), ""), Refused)
    assert isinstance(read_push(b"{", "x"), Refused)


def test_refusal_has_its_status() -> None:
    codes = ("too-long", "too-much", "bad-field", "not-utf-8", "bad-token")
    assert [status_of(Refused(code, "")) for code in codes] == [413, 409, 400, 400, 403]


def test_mail_has_the_same_key_when_it_is_sent_again() -> None:
    notices = [Notice(id, "ann", "order", f"Title {id}", "Body") for id in "ab"]
    jobs = [Job(Delivery(each.id, "ann", "email", 0), each) for each in notices]
    first, again, other = message(jobs), message(jobs[::-1]), message(jobs[:1])
    assert (first["To"], first["Subject"]) == ("ann@example.org", "2 notices")
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert other["Subject"] == "Title a"


def test_title_cannot_add_a_field_to_a_mail() -> None:
    refused = read_order(body(item="tea\r\nBcc: all@example.org", count=1))
    assert isinstance(refused, Refused)


def test_notice_is_written_as_json() -> None:
    notice = Notice("a", "ann", "order", "Title", "Body", True)
    known = {
        "id": "a",
        "kind": "order",
        "title": "Title",
        "body": "Body",
        "urgent": True,
    }
    assert json.loads(as_json(notice)) == known
    assert json.loads(as_json(notice, 7)) == {"number": 7, **known}


@each_row(
    ("status", "permanent"),
    [(204, None), (404, True), (410, True), (408, False), (429, False), (500, False)],
)
def test_answer_over_http_is_understood(status: int, permanent: bool | None) -> None:
    if permanent is None:
        return check_status(status)
    with pytest.raises(Undeliverable, match=f"^The answer was {status}.$") as raised:
        check_status(status)
    assert raised.value.permanent is permanent


@each_row(
    ("code", "said", "permanent"),
    [(250, "OK", None), (451, b"Later", False), (550, "No", True)],
)
def test_answer_of_a_mail_server_is_understood(
    code: int, said: str | bytes, permanent: bool | None
) -> None:
    if permanent is None:
        return check_smtp(code, said)
    with pytest.raises(Undeliverable, match=f"^The mail server said {code}") as raised:
        check_smtp(code, said)
    assert raised.value.permanent is permanent


def test_settings_are_read() -> None:
    plain = read_settings({})
    assert plain.smtp == ("localhost", 25)
    assert plain.lease == 2 * Settings.patience
    found = read_settings({"NOTICES_SMTP": "mail:2525", "NOTICES_RETRY": "3"})
    assert (found.smtp, found.schedule.first) == (("mail", 2525), 3.0)


def test_number_of_a_page_is_read() -> None:
    texts = ("12", "", "x", "-1", "9" * 10)
    assert [number_in(text) for text in texts] == [12, 0, 0, 0, 0]
