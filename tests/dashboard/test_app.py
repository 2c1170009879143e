"""The dashboard, driven by the toolkit itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asgi_compare import exchange, findings_in
from asgi_compare.contract.scenario import Request
from asgi_compare.dashboard.app import MAX_BODY, Dashboard
from asgi_compare.dashboard.subjects import Subject
from asgi_compare.model.results import Run
from asgi_compare.model.transcript import Response
from tests.dashboard.conftest import GUARD, HERE, OURS


async def get(app: Dashboard, path: str, *fields: tuple[bytes, bytes]) -> Response:
    request = Request("GET", f"/secret{path}".encode(), fields or (HERE,))
    transcript = await exchange(app, request, deadline=30.0)
    assert findings_in(transcript) == []
    assert transcript.response is not None
    return transcript.response


async def post(
    app: Dashboard, path: str, form: object, fields: Any = OURS
) -> tuple[int, Any]:
    body = json.dumps(form).encode()
    request = Request("POST", f"/secret{path}".encode(), fields, (body,))
    transcript = await exchange(app, request, deadline=30.0)
    assert findings_in(transcript) == []
    assert transcript.response is not None
    answer = transcript.response
    kind = answer.header(b"content-type")[0]
    is_json = kind.startswith(b"application/json")
    return answer.status, json.loads(answer.text) if is_json else answer.text


async def test_page_and_its_files_are_served_with_a_strict_policy(
    dashboard: Dashboard,
) -> None:
    page = await get(dashboard, "/")
    assert page.status == 200
    assert b'<script type="module" src=' in page.body  # type: ignore[operator]
    [policy] = page.header(b"content-security-policy")
    assert b"script-src 'self'" in policy
    assert b"unsafe" not in policy
    for name in ("main.js", "compose.js", "style.css"):
        assert (await get(dashboard, f"/{name}")).status == 200
    assert (await get(dashboard, "/../app.py")).status == 404


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/secret/", ((b"host", b"rebound.example:80"),), 421),
        ("/wrong/", (HERE,), 404),
        ("/", (HERE,), 404),
    ],
    ids=["foreign host", "wrong token", "no token"],
)
async def test_stranger_is_refused(
    dashboard: Dashboard, path: str, fields: Any, status: int
) -> None:
    transcript = await exchange(dashboard, Request("GET", path.encode(), fields))
    assert transcript.response is not None
    assert transcript.response.status == status
    assert transcript.response.text.startswith("Expected ")


@pytest.mark.parametrize(
    "fields",
    [(HERE,), (HERE, (b"origin", b"http://evil.example"))],
    ids=["none", "foreign"],
)
async def test_page_of_somebody_else_cannot_ask(
    dashboard: Dashboard, fields: Any
) -> None:
    status, text = await post(dashboard, "/api/ask", {}, fields)
    assert (status, text) == (403, "Expected a request of the dashboard's own page.")


async def test_request_goes_to_all_and_comes_back_in_order(
    dashboard: Dashboard,
) -> None:
    status, answers = await post(dashboard, "/api/ask", {"target": "/json"})
    assert status == 200
    assert [each["id"] for each in answers] == ["raw-asgi", "raw-wsgi"]
    assert [each["answer"]["status"] for each in answers] == [200, 200]
    assert answers[0]["answer"]["body"] == answers[1]["answer"]["body"]
    assert answers[0]["differences"] == []
    assert answers[0]["copies"]["trace"] == "asgi-compare trace raw-asgi GET:/json"


async def test_every_difference_is_told_with_what_explains_it(
    dashboard: Dashboard,
) -> None:
    _, answers = await post(dashboard, "/api/ask", {"target": "/headers"})
    assert [each["differences"] for each in answers] == [
        [],
        [
            {
                "what": "status",
                "values": ["200", "500"],
                "known": True,
                "layer": "start_response",
                "reason": "Header values are encoded as ASCII, and one that is not "
                "becomes an error; it should be latin-1 (PEP 3333, Unicode Issues).",
            }
        ],
    ]


async def test_field_that_is_repeated_is_shown_as_often(dashboard: Dashboard) -> None:
    _, [answer, _] = await post(dashboard, "/api/ask", {"target": "/headers"})
    fields = [value for name, value in answer["answer"]["headers"] if "cook" in name]
    assert fields == ["a=1; Path=/", "b=2; Path=/"]


async def test_client_leaves_after_the_bytes_that_were_asked_for(
    dashboard: Dashboard,
) -> None:
    form = {"target": "/stream?pieces=50&size=1000", "leaves_after": "1500"}
    _, answers = await post(dashboard, "/api/ask", form)
    _, found = await post(dashboard, "/api/record", form)
    for each, record in zip(answers, found["records"], strict=True):
        assert each["answer"]["left"]
        assert not each["answer"]["complete"]
        kinds = [line["kind"] for line in record["events"]["lines"]]
        assert kinds.count("http.response.body") + kinds.count("yield") <= 3


async def test_record_has_the_events_and_the_known_differences(
    dashboard: Dashboard,
) -> None:
    form = {"method": "BREW", "target": "/", "headers": "x-a: b"}
    status, found = await post(dashboard, "/api/record", form)
    assert status == 200
    first, second = found["records"]
    kinds = [line["kind"] for line in first["events"]["lines"]]
    assert kinds[-2:] == ["http.response.start", "http.response.body"]
    assert first["differences"] == []
    assert all(each["known"] for each in second["differences"]), second["differences"]


@pytest.mark.parametrize(
    ("path", "form", "sentence"),
    [
        ("ask", {"ids": ["os:system"]}, "Expected ids among raw-asgi, raw-wsgi"),
        ("ask", {"target": "http://elsewhere/"}, "Expected a path that begins with /"),
        ("ask", {"method": "GET /"}, "Expected a method such as POST"),
        ("ask", {"headers": "no colon"}, "Expected a header 'name: value'"),
        (
            "ask",
            {"leaves_after": "many"},
            "Expected the bytes to leave after as a number of at least 1, but got "
            "'many'.",
        ),
        ("ask", {"leaves_after": 0}, "Expected the bytes to leave after"),
        ("ask", [], "Expected a JSON object."),
        ("ask", "no JSON", "Expected a JSON object."),
        ("load", {"id": "raw-asgi", "target": "x"}, "Expected a path"),
        (
            "load",
            {"id": "raw-asgi", "seconds": "", "connections": 1},
            "Expected the seconds as a number from 0.1 to 10, but got nothing.",
        ),
        (
            "load",
            {"id": "raw-asgi", "seconds": 1, "connections": "nan"},
            "Expected the connections as a number from 1 to 20, but got 'nan'.",
        ),
        ("load", {}, "Expected ids among raw-asgi, raw-wsgi, but got [None]."),
        ("ask", {"body": "x" * (MAX_BODY + 1)}, "Expected at most 2,097,152 bytes."),
    ],
)
async def test_bad_input_gets_one_sentence(
    dashboard: Dashboard, path: str, form: object, sentence: str
) -> None:
    status, answer = await post(dashboard, f"/api/{path}", form)
    assert status == 400
    assert answer["error"].startswith(sentence)


async def test_load_is_bounded_and_counted(dashboard: Dashboard) -> None:
    wish = {"id": "raw-asgi", "target": "/", "seconds": 0.2, "connections": 2}
    status, came = await post(dashboard, "/api/load", wish)
    assert status == 200
    assert came["requests"] > 0
    assert came["errors"] == {}


async def test_endpoint_has_its_code_in_four_folders(dashboard: Dashboard) -> None:
    answer = await get(dashboard, "/api/source?endpoint=hello")
    paths = [each["path"].split("/")[0] for each in json.loads(answer.text)["sources"]]
    assert paths == ["asgi_raw", "wsgi_app", "starlette_app", "django_app"]


@pytest.mark.parametrize("path", ["source?endpoint=nothing", "run", "nothing"])
async def test_what_is_not_there_is_404(dashboard: Dashboard, path: str) -> None:
    answer = await get(dashboard, f"/api/{path}")
    assert answer.status == 404
    assert json.loads(answer.text)["error"].endswith(".")


async def test_subjects_are_told_without_import_strings(dashboard: Dashboard) -> None:
    found = json.loads((await get(dashboard, "/api/subjects")).text)
    assert [each["id"] for each in found["subjects"]] == ["raw-asgi", "raw-wsgi"]
    assert "asgi_raw.app" not in json.dumps(found)
    assert {each["name"] for each in found["endpoints"]} >= {"hello", "ws_echo"}


async def test_report_is_shown_without_its_scripts(
    subjects: dict[str, Subject], tmp_path: Path
) -> None:
    page = tmp_path / "layers.html"
    page.write_text("<script>alert(1)</script><p>The layers")
    app = Dashboard(GUARD, subjects, reports=[page])
    answer = await get(app, "/reports/0")
    assert answer.text.endswith("The layers")
    [policy] = answer.header(b"content-security-policy")
    assert policy.startswith(b"sandbox; default-src 'none'")


async def test_run_has_cells_evidence_and_what_changed(
    subjects: dict[str, Subject], sample_run: Run
) -> None:
    other = replace(sample_run, verdicts=sample_run.verdicts[1:])
    app = Dashboard(GUARD, subjects, [other, sample_run])
    found = json.loads((await get(app, "/api/run")).text)
    first = sample_run.verdicts[0]
    assert found["cells"][0]["verdict"] == first.verdict
    assert [each["before"] for each in found["changed"]] == ["absent"]
    cell = f"{first.implementation}@{first.host}"
    query = f"scenario={first.scenario}&cell={cell}"
    lines = json.loads((await get(app, f"/api/run?{query}")).text)["lines"]
    assert any("<- http.response.start" in line for line in lines)
    assert (await get(app, "/api/run?scenario=no/such&cell=x")).status == 400
