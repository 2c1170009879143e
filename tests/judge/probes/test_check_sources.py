"""What is asked for: OpenAPI documents, files with requests, what is expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from asgi_compare.contract.parse import ExchangeError
from asgi_compare.contract.scenario import Conversation, Request
from asgi_compare.judge.application.openapi import DocumentError, read_document
from asgi_compare.judge.application.raw_request import read_request
from asgi_compare.judge.selection import (
    Selection,
    SelectionError,
    against,
    read_expected,
    settings,
    write_expected,
)
from asgi_compare.model.checked import Checked
from asgi_compare.model.transcript import Response, Transcript
from tests.report.checks import problem, trial


def served(body: Any, status: int = 200) -> Transcript:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = Response(status, body=content)
    return Transcript("GET /openapi.json", "asgi", {"path": "/api.json"}, answer=answer)


def asked(paths: Any, unsafe: bool = False, **rest: Any) -> list[Request]:
    found = read_document(served({"paths": paths, **rest}), unsafe=unsafe)
    return [each.exchange for each in found if isinstance(each.exchange, Request)]


def operation(*parameters: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"parameters": list(parameters), **rest}


def in_path(name: str, **rest: Any) -> dict[str, Any]:
    return {"in": "path", "name": name, "required": True, **rest}


@pytest.mark.parametrize(
    ("parameter", "target"),
    [
        ({"schema": {"type": "integer"}}, b"/x/1"),
        ({"schema": {"type": "integer", "minimum": 7}}, b"/x/7"),
        ({"schema": {"type": "number"}}, b"/x/1.5"),
        ({"schema": {"type": "boolean"}}, b"/x/true"),
        ({"schema": {"type": "string"}}, b"/x/text"),
        ({"schema": {"type": ["string", "null"]}}, b"/x/text"),
        ({"schema": {"type": "string", "format": "date"}}, b"/x/2026-08-10"),
        ({"schema": {"enum": ["a b", "c"]}}, b"/x/a%20b"),
        ({"schema": {"const": "k"}}, b"/x/k"),
        ({"schema": {"default": 3}}, b"/x/3"),
        ({"schema": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}, b"/x/1"),
        ({"example": "a/b"}, b"/x/a%2Fb"),
        ({"examples": {"one": {"value": 5}}}, b"/x/5"),
        ({"schema": {"$ref": "#/components/schemas/Id"}}, b"/x/9"),
        ({"schema": {"$ref": "#/nowhere"}}, b"/x/text"),
        ({"schema": {"$ref": "https://elsewhere"}}, b"/x/text"),
        ({"schema": {"type": "object"}}, b"/x/%7B%7D"),
        ({}, b"/x/text"),
        ({"schema": 7}, b"/x/text"),
        ({"schema": {"type": 7, "anyOf": 7}}, b"/x/text"),
    ],
)
def test_parameter_of_a_path_is_filled(parameter: Any, target: bytes) -> None:
    paths = {"/x/{id}": {"get": operation(in_path("id", **parameter))}}
    found = asked(paths, components={"schemas": {"Id": {"example": 9}}})

    assert [request.target for request in found] == [target]


def test_query_is_filled_where_it_is_required() -> None:
    query = {"in": "query", "required": True, "name": "q", "example": "a&b"}
    other = {"in": "query", "name": "r"}
    paths = {"/s": {"parameters": [query], "get": operation(other)}}

    assert [each.target for each in asked(paths)] == [b"/s?q=a%26b"]


def test_methods_that_change_something_are_left_out_unless_asked_for() -> None:
    schema = {
        "type": "object",
        "required": ["name", "tags", "inner"],
        "properties": {
            "name": {"type": "string"},
            "tags": {"type": "array"},
            "inner": {"properties": {"a": {}}},
            "not": {},
        },
    }
    body = {"content": {"application/json": {"schema": schema}}}
    paths = {
        "/a": {"get": {}, "post": {"requestBody": body}, "delete": {}},
        "/b": {"put": {"requestBody": {"content": {"text/plain": {}}}}},
    }

    assert [(e.method, e.target) for e in asked(paths)] == [("GET", b"/a")]
    found = asked(paths, unsafe=True)
    assert [e.method for e in found] == ["GET", "POST", "DELETE", "PUT"]
    assert found[1].headers == ((b"content-type", b"application/json"),)
    assert found[1].body == (b'{"name": "text", "tags": [], "inner": {}}',)
    assert found[3].body == ()


def test_what_cannot_be_understood_is_left_out() -> None:
    paths = {"/a": 7, "b": {"get": {}}, "/c": {"get": 7}, "/d": {"get": {}}}
    assert [each.target for each in asked(paths)] == [b"/d"]


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b"{}", b'{"paths": 7}', b"[" * 100_000]
)
def test_document_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(DocumentError, match=r"Expected an OpenAPI document in JSON"):
        read_document(served(body), unsafe=False)


def test_document_that_is_not_there_is_refused() -> None:
    with pytest.raises(DocumentError) as caught:
        read_document(served(b"", 404), unsafe=False)
    assert str(caught.value) == (
        "Expected an OpenAPI document at '/api.json', but got a 404; name its path "
        "with --openapi."
    )
    silent = Transcript("x", "wsgi", {"PATH_INFO": "/o"})
    with pytest.raises(DocumentError, match=r"at '/o', but got no answer"):
        read_document(silent, unsafe=False)


def request_in(folder: Path, content: bytes) -> Any:
    (folder / "request").write_bytes(content)
    return read_request(str(folder / "request"))


def test_request_is_read_as_it_is_on_the_wire(tmp_path: Path) -> None:
    content = b"PUT /a?b HTTP/1.1\r\nHost: x\r\nX-A: b\r\nContent-Length: 2\r\n\r\nhi"
    found = request_in(tmp_path, content)

    assert found.label == "PUT /a?b"
    assert found.words == ("--request", str(tmp_path / "request"))
    assert found.exchange == Request(
        "PUT", b"/a?b", ((b"host", b"x"), (b"x-a", b"b")), (b"hi",)
    )


def test_request_from_an_editor_gets_what_it_lacks(tmp_path: Path) -> None:
    found = request_in(tmp_path, b"POST / HTTP/1.1\nX-A: b\n\nhi\nthere")

    assert found.exchange.body == (b"hi\nthere",)
    assert (b"host", b"127.0.0.1:8000") in found.exchange.headers


def test_chunked_request_is_put_together(tmp_path: Path) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    found = request_in(tmp_path, head + b"2\r\nhi\r\n1\r\n!\r\n0\r\n\r\n")

    assert found.exchange.chunked
    assert found.exchange.body == (b"hi!",)


def test_request_that_upgrades_is_a_conversation(tmp_path: Path) -> None:
    head = (
        b"GET /chat HTTP/1.1\nUpgrade: websocket\nConnection: Upgrade\nCookie: a=b\n"
        b"Sec-WebSocket-Protocol: chat, v2\n\n"
    )
    found = request_in(tmp_path, head)

    assert found.label == "WebSocket /chat"
    assert isinstance(found.exchange, Conversation)
    assert found.exchange.subprotocols == ("chat", "v2")
    assert (b"cookie", b"a=b") in found.exchange.headers


@pytest.mark.parametrize("content", [b"", b"hello\n\n", b"GET /\x00 HTTP/1.1\n\n"])
def test_file_without_a_request_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ExchangeError, match=r"^Expected a request"):
        request_in(tmp_path, content)


def test_selection_goes_by_level_and_by_glob() -> None:
    assert Selection().wants("a/b", "unclear")
    assert not Selection(level="must").wants("a/b", "unclear")
    assert not Selection(level="must").wants("a/b", "should")
    assert Selection(select=("a/*", "c/d")).wants("c/d", "must")
    assert not Selection(select=("a/*",)).wants("c/d", "must")
    assert not Selection(exclude=("a/?",)).wants("a/b", "must")


KNOWN = {"select": True, "level": False, "max_time": False}


def in_pyproject(folder: Path, text: str) -> dict[str, Any]:
    (folder / "pyproject.toml").write_text(text)
    inner = folder / "a" / "b"
    inner.mkdir(parents=True, exist_ok=True)
    return settings(KNOWN, inner)


def test_settings_are_read_from_the_nearest_file(tmp_path: Path) -> None:
    text = '[tool.asgi-compare]\nselect = ["a/*", "b"]\nmax-time = 3\nlevel = "must"'
    found = in_pyproject(tmp_path, text)

    assert found == {"select": ["a/*", "b"], "max_time": 3, "level": "must"}
    assert in_pyproject(tmp_path, "[project]") == {}
    assert in_pyproject(tmp_path, '[tool.asgi-compare]\nselect = "a"') == {
        "select": ["a"]
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "Expected TOML in"),
        ("[tool.asgi-compare]\nx = 1", "but got 'x'; there are level, max-time, sel"),
        ("[tool.asgi-compare]\nselect = {}", "Expected text or a list of texts as"),
        ("tool = 5", "Expected a table [tool.asgi-compare] in"),
        ("[tool]\nasgi-compare = 5", "but got 5."),
        ("[tool.asgi-compare]\nlevel = []", "Expected one value as 'level'"),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(SelectionError) as caught:
        in_pyproject(tmp_path, text)
    assert said in str(caught.value)


def test_expected_findings_are_written_and_read(tmp_path: Path) -> None:
    checked = Checked(
        "a:b", "asgi", problems=[problem("x/y")], verdicts=[trial("probe-http/p GET /")]
    )
    path = tmp_path / "known.json"
    path.write_text(write_expected(checked))
    expected = read_expected(str(path))

    assert expected == ["x/y GET /"]
    found = against(checked, [*expected, "z/z GET /"], Selection())
    assert (found.accepted, found.new, found.gone) == (
        ("x/y GET /",),
        (),
        ("z/z GET /",),
    )
    assert against(checked, ["z/z GET /b"], Selection()).gone == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "Expected JSON in"),
        ("[]", "Expected a file of version 1"),
        ('{"version": 2}', "Expected a file of version 1"),
        ('{"version": 1}', "Expected a list of texts as 'findings'"),
        ('{"version": 1, "findings": [1]}', "Expected a list of texts as 'findings'"),
    ],
)
def test_file_of_expected_findings_that_is_none_is_refused(
    tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "known.json"
    path.write_text(content)
    with pytest.raises(SelectionError, match=said):
        read_expected(str(path))
