"""The world outside: what it does to those who speak to it, and what it has seen."""

import http.client
import json
import smtplib
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from asgi_compare.domain.systems.notices.webhook import decode_secret, sign
from asgi_compare.drive.outside import World, outside
from asgi_compare.drive.outside.receivers import SECRET
from asgi_compare.drive.servers.process import wait_until
from tests.tables import each_row


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with outside() as made:
        yield made


def ask(
    world: World, target: str, body: bytes = b"", fields: dict[str, str] | None = None
) -> tuple[int, bytes]:
    client = http.client.HTTPConnection("127.0.0.1", world.port, timeout=10)
    client.request("POST" if body else "GET", target, body or None, fields or {})
    answer = client.getresponse()
    found = answer.status, answer.read()
    client.close()
    return found


def test_upstream_says_what_it_was_asked(world: World) -> None:
    world.reset()
    status, body = ask(world, "/catalog/a?b=c", b"body", {"x-own": "1"})
    assert status == 200
    found = json.loads(body)
    kept = ("upstream", "method", "path", "query", "body")
    assert [found[key] for key in kept] == [
        "catalog",
        "POST",
        "/catalog/a",
        "b=c",
        "body",
    ]
    assert found["fields"]["x-own"] == "1"
    assert world.find("asked catalog") == 1


@each_row(
    ("target", "status"), [("/broken/x", 500), ("/nobody", 404), ("/catalog/x", 200)]
)
def test_upstream_has_its_fault(world: World, target: str, status: int) -> None:
    world.reset()
    assert ask(world, target)[0] == status


def test_busy_upstream_is_busy_every_other_time(world: World) -> None:
    world.reset()
    statuses = [ask(world, "/shy/x")[0] for _ in range(4)]
    assert sorted(statuses) == [200, 200, 503, 503]


def test_body_in_chunks_is_read(world: World) -> None:
    client = http.client.HTTPConnection("127.0.0.1", world.port, timeout=10)
    client.request("POST", "/catalog/x", iter([b"a", b"bc"]), encode_chunked=True)
    assert json.loads(client.getresponse().read())["body"] == "abc"
    client.close()


def test_fault_is_set_and_mended(world: World) -> None:
    world.reset()
    world.faults["flaky"] = "fails"
    assert ask(world, "/flaky/x")[0] == 500
    world.faults["flaky"] = "gone"
    assert ask(world, "/flaky/x")[0] == 410
    world.reset()
    assert ask(world, "/flaky/x")[0] == 200


def test_hook_is_taken_once_if_it_is_signed(world: World) -> None:
    world.reset()
    body = b'{"title": "Hello"}'
    headers = sign("key", body, [decode_secret(SECRET)], time.time())
    assert ask(world, "/hook/ann", body)[0] == 401
    assert [ask(world, "/hook/ann", body, headers)[0] for _ in range(2)] == [204] * 2
    assert (world.find("hook ann"), world.find("hooks ann")) == (["Hello"], 2)


def test_push_message_must_say_who_sends_it(world: World) -> None:
    world.reset()
    assert ask(world, "/push/ann", b"message")[0] == 401
    assert world.find("pushes ann") == 0


def test_mail_is_taken_or_refused(world: World) -> None:
    world.reset()
    host, _, port = world.environment["NOTICES_SMTP"].partition(":")
    mail = "Subject: Hello\r\nMessage-ID: <1@example.org>\r\n\r\nBody"
    with smtplib.SMTP(host, int(port), timeout=10) as server:
        server.sendmail("a@example.org", ["ann@example.org"], mail)
        for fault, code in (("fails", 451), ("refuses", 550)):
            world.faults["mail"] = fault
            with pytest.raises(smtplib.SMTPDataError) as raised:
                server.sendmail("a@example.org", ["ann@example.org"], mail)
            assert raised.value.smtp_code == code
    assert world.find("mail ann") == ["Hello"]
    assert world.find("mails ann") == 1


def test_settings_name_where_everything_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    found = world.environment
    assert urlsplit(found["NOTICES_HOOK"]).port == world.port
    assert found["DATABASE_URL"].startswith("sqlite:///")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere")
    assert "DATABASE_URL" not in world.environment


def test_nobody_can_look_for_what_is_not_there(world: World) -> None:
    with pytest.raises(ValueError, match=r"^Expected something that can be seen, but"):
        world.find("weather")


def test_request_is_under_way_until_the_client_hangs_up(world: World) -> None:
    world.reset()
    client = http.client.HTTPConnection("127.0.0.1", world.port, timeout=10)
    client.request("GET", "/late/x")
    assert wait_until(lambda: world.find("in use") == 1, 10)
    client.close()
    assert wait_until(lambda: world.find("in use") == 0, 10)
