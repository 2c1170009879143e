"""Multipart forms as clients may send them, where the contract has no scenario."""

import json
from typing import Any

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.in_process.asgi_http import exchange
from asgi_compare.model.transcript import Response
from asgi_raw.app import application

TYPE = b"multipart/form-data; boundary=x"


async def upload(body: bytes, content_type: bytes = TYPE) -> Response:
    fields = ((b"content-type", content_type),)
    transcript = await exchange(
        application, Request("POST", b"/upload", fields, (body,))
    )
    assert transcript.response is not None
    return transcript.response


async def part(head: bytes) -> Any:
    """Send one part with these header fields, and give what was understood."""
    answer = await upload(b"--x\r\n" + head + b"\r\n\r\ncontent\r\n--x--\r\n")
    assert answer.status == 200, answer.body
    found = json.loads(answer.text)
    return (found["fields"] + found["files"])[0]


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        (b'name="a"', "a"),
        (b"name=a", "a"),
        (b'NAME="a"; other=b', "a"),
        (b'name="a;b"', "a;b"),
        (b'name="a\\"b"', 'a"b'),
        (b'name="C:\\temp\\a"', "C:\\temp\\a"),
        (b'name=" a "', " a "),
        (b'name="<a>"', "<a>"),
        (b'name=""', ""),
        ('name="é"'.encode(), "é"),
        (b'name="\xe9"', "�"),
    ],
)
async def test_name_is_what_the_client_has_written(parameter: bytes, name: str) -> None:
    field = await part(b"Content-Disposition: form-data; " + parameter)
    assert field == [name, "content"]


async def test_file_is_a_part_with_a_file_name_and_nothing_else_is() -> None:
    head = b'Content-Disposition: form-data; name="a"'
    typed = b"\r\nContent-Type: Text/CSV; name=b; header=present"
    assert await part(head + typed) == ["a", "content"]
    file = await part(head + b'; filename="<b>"' + typed)
    assert (file["filename"], file["content_type"]) == ("<b>", "text/csv")
    assert (await part(head + b"; filename=b"))["content_type"] == "text/plain"


async def test_rest_of_the_boundary_line_is_no_field() -> None:
    answer = await upload(
        b"before the first\r\n--x Content-Disposition: form-data; name=no\r\n"
        b"Content-Disposition: form-data; name=yes\r\n\r\n1\r\n--x--"
    )
    assert json.loads(answer.text)["fields"] == [["yes", "1"]]


async def test_form_ends_with_the_closing_boundary() -> None:
    """What follows, be it another boundary, is no part of it."""
    field = b"--x\r\nContent-Disposition: form-data; name=%b\r\n\r\n1\r\n"
    answer = await upload(field % b"a" + b"--x--\r\n" + field % b"b" + b"--x--\r\n")
    assert json.loads(answer.text)["fields"] == [["a", "1"]]


async def test_form_may_have_no_parts() -> None:
    assert json.loads((await upload(b"--x--")).text) == {"fields": [], "files": []}


@pytest.mark.parametrize(
    "field",
    [b"name*=a; name*1=b", b"name*" + b"9" * 5000 + b"=a", b"filename=a", b"name"],
    ids=["two kinds of name", "a number beyond all numbers", "no name", "no value"],
)
async def test_part_without_a_name_is_the_mistake_of_the_client(field: bytes) -> None:
    answer = await upload(
        b"--x\r\nContent-Disposition: form-data; " + field + b"\r\n\r\n1\r\n--x--"
    )
    expected = "Expected a part with a Content-Disposition that has a name, but got b'"
    assert answer.status == 400
    assert answer.text.startswith(expected)


@pytest.mark.parametrize(
    "content_type",
    [
        b"multipart/form-data",
        b"multipart/form-data; boundary=",
        b"multipart/mixed; boundary=x",
        b"multipart/form-data; boundary*=utf-8''%E2%82%AC",
    ],
    ids=["none", "empty", "another type", "encoded"],
)
async def test_body_without_a_boundary_is_the_mistake_of_the_client(
    content_type: bytes,
) -> None:
    answer = await upload(b"--x--", content_type)
    assert answer.status == 400
    assert answer.text == (
        "Expected 'multipart/form-data' with a boundary, "
        f"but got {content_type.decode()!r}."
    )


async def test_body_without_its_end_is_the_mistake_of_the_client() -> None:
    answer = await upload(b"--x\r\nContent-Dis")
    assert (answer.status, answer.body) == (
        400,
        b"Expected the closing boundary '--x--', but the body ends without it.",
    )


@pytest.mark.parametrize(
    "boundary",
    [b'"a b"', b"a'()+_,-./:=?", b"\xe9"],
    ids=["quoted", "punctuation", "latin-1"],
)
async def test_boundary_may_be_any_bytes(boundary: bytes) -> None:
    line = b"--" + boundary.strip(b'"')
    body = line + b"\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" + line
    kind = b"Multipart/Form-Data; charset=utf-8;boundary=" + boundary
    assert json.loads((await upload(body + b"--", kind)).text)["fields"] == [["a", "1"]]
