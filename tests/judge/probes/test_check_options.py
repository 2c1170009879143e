"""What the client of `--path` says, and documents that cannot be read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asgi_compare.cli.commands.check import Says, asked
from asgi_compare.contract.parse import ExchangeError
from asgi_compare.contract.scenario import Conversation, Request
from asgi_compare.judge.application.arrange import another, encoded
from asgi_compare.judge.application.raw_request import read_request
from tests.broken_apps.apps import only
from tests.judge.probes.playing import GET, checked
from tests.judge.probes.test_check_kinds import say

FORM_FIELD = (b"content-type", b"application/x-www-form-urlencoded")


def test_client_says_what_the_command_line_says() -> None:
    says = Says(("Accept: text/html",), '{"a": 1}', ("one", "two"), ("chat",))
    get, post, talk = asked(("/x", "POST:/x", "ws:/x"), (), says)

    fields = ((b"Accept", b"text/html"),)
    assert get.exchange == Request("GET", b"/x", fields)
    assert post.exchange == Request("POST", b"/x", fields, (b'{"a": 1}',))
    assert talk.exchange == Conversation(b"/x", fields, ("chat",), ("one", "two"))
    assert " ".join(talk.words) == (
        '--path ws:/x --header Accept: text/html --data {"a": 1} --message one '
        "--message two --subprotocol chat"
    )


def test_what_is_said_without_a_path_is_said_to_what_is_asked_by_itself() -> None:
    get, talk = asked((), (), Says(("a: b",)))

    assert (get.label, talk.label) == ("GET /", "WebSocket /")
    assert get.exchange == Request("GET", b"/", ((b"a", b"b"),))
    assert not any(each.wanted for each in (get, talk))
    assert asked((), ()) == ()


def test_method_that_wants_a_body_gets_a_form() -> None:
    (post,) = asked(("POST:/x",), ())

    assert post.exchange == Request("POST", b"/x", (FORM_FIELD,), (b"a=1&b=2&c=3",))


def test_file_that_holds_no_request_is_not_shown_whole(tmp_path: Any) -> None:
    (tmp_path / "no.txt").write_bytes(b"x" * 10_000)

    with pytest.raises(ExchangeError) as caught:
        read_request(str(tmp_path / "no.txt"))
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("target", "other"),
    [
        (b"/page", b"/pag%65"),
        (b"/a/1?b=c", b"/%61/1?b=c"),
        (b"/", b"/"),
        (b"/1%20", b"/1%20"),
    ],
)
def test_last_letter_of_a_path_is_encoded(target: bytes, other: bytes) -> None:
    assert encoded(target) == other


def test_other_client_asks_for_the_like_and_not_the_same() -> None:
    assert another(Request(target=b"/x?a=1")).target == b"/x?a=1&another=1"
    assert another(Request("POST", body=(b"abc",))).body == (b"c", b"ba")


@only("http")
async def raises_at_its_document(scope: Any, receive: Any, send: Any) -> None:
    if scope["path"] == "/openapi.json":
        raise ValueError("the cause is here")
    if scope["path"] == "/large.json":
        await say(send, b" " * (1 << 21))
    await say(send, json.dumps({"paths": many()}).encode())


def many() -> dict[str, Any]:
    return {f"/things/{number}": {"get": {}} for number in range(210)}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/openapi.json", "as the application raised ValueError: the cause is here"),
        ("/large.json", "of at most 1,048,576 bytes at '/large.json', but it has"),
    ],
)
def test_document_that_cannot_be_read_is_an_error_and_the_rest_is_checked(
    path: str, said: str
) -> None:
    found = checked(raises_at_its_document, openapi=path, asked=(GET,))

    assert found.code == 1
    assert [v.scenario for v in found.of("error")] == [f"OpenAPI {path}"]
    assert said in found.of("error")[0].reason
    assert found.answers["GET /"]["200"] > 30


def test_every_operation_of_a_document_is_asked_for() -> None:
    found = checked(
        raises_at_its_document, openapi="/", probes=("probe-http/plain",), seed=3
    )

    assert len(found.answers) == 210
    assert found.code == 0
