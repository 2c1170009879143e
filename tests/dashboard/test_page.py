"""The page in Chromium: what a person does in each view, and how it looks.

One server, one browser and one page serve all of them; each test begins by opening the
view that it is about. Whatever the page throws, or its policy forbids, fails a test.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asgi_compare.contract import scenario
from asgi_compare.contract.stories import SYSTEMS
from asgi_compare.dashboard.serving import serving
from asgi_compare.dashboard.subjects import Subject
from asgi_compare.model.results import Difference, Run
from tests.dashboard.test_hostile import MARKUP, hostile
from tests.places import CODE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 90_000
"""Milliseconds that a busy machine may need."""
VIEWS = ("compose", "console", "live", "matrix", "code", "systems", "reports")
LOOKS = [(width, scheme) for width in (1280, 400) for scheme in ("light", "dark")]
EXAMINED = (LOOKS[0], LOOKS[-1])
"""What axe looks at: colours depend on the scheme alone, all else on the width."""

pytestmark = [
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"),
        reason="There is no Chromium on this machine; CI installs it.",
    ),
    pytest.mark.xdist_group("dashboard's page"),
]

Open = Callable[[str], Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(
    subjects: dict[str, Subject],
    sample_run: Run,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Serve two implementations, two runs of which one has failed, and a report."""
    report = tmp_path_factory.mktemp("reports") / "layers.html"
    report.write_text("<!doctype html><title>x</title><p>The ladder")
    first, *others = sample_run.verdicts
    earlier = replace(sample_run, verdicts=[replace(first, verdict="failed"), *others])
    differs = Difference(
        first.scenario,
        ("raw-asgi@in-process", f"{first.implementation}@{first.host}"),
        "header:x-layer",
        ("a", "b"),
        known=True,
        reason="It is said so.",
        layer="a layer",
    )
    later = replace(sample_run, differences=[differs])
    with serving(subjects, runs=[earlier, later], reports=[report]) as found:
        yield found


@pytest.fixture(scope="module")
def shared(browser: Any) -> Iterator[Any]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    yield page
    page.close()


@pytest.fixture
def visit(shared: Any, address: str) -> Iterator[Open]:
    """Open a view, as from a link; nothing may go wrong on the page meanwhile."""
    faults: list[str] = []

    def failed(error: Any) -> None:
        faults.append(str(error))

    def said(message: Any) -> None:
        if "Policy" in message.text:
            faults.append(message.text)

    def opened(place: str) -> Any:
        shared.goto("about:blank")
        shared.goto(f"{address}#{place}")
        return shared

    shared.on("pageerror", failed)
    shared.on("console", said)
    yield opened
    shared.remove_listener("pageerror", failed)
    shared.remove_listener("console", said)
    assert faults == []


def see(locator: Any, text: str | re.Pattern[str] | None = None) -> None:
    """Wait until it is there, and has the text."""
    from playwright.sync_api import expect

    expect(locator).to_be_visible()
    if text is not None:
        expect(locator).to_contain_text(text)


def test_every_view_fits_and_axe_finds_nothing_serious(visit: Open) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe, faults = Axe(), []
    page = visit("compose?target=/headers&slowly=true")
    for view in VIEWS:
        page.get_by_role("link", name=view).click()
        _ready(page, view)
        for width, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                faults.append(f"{view} is {wide} wide at {width}")
            if (width, scheme) not in EXAMINED:
                continue
            found = axe.run(page).response["violations"]
            faults += [
                f"{view} at {width} in {scheme}: {each['id']}: {node['html']}"
                for each in found
                if each["impact"] in ("serious", "critical")
                for node in each["nodes"]
            ]
    page.set_viewport_size({"width": 1280, "height": 900})
    assert faults == []


def _ready(page: Any, view: str) -> None:
    """Fill a view with what it shows."""
    if view == "compose":
        page.get_by_text("Header fields, body").click()
        page.get_by_role("button", name="Send to all").click()
        see(page.get_by_role("img", name="Time line").first)
        page.get_by_role("button", name="Copy as curl").first.click()
    elif view == "console":
        page.get_by_role("button", name="Open on all").click()
        see(page.get_by_text("opened"))
    elif view == "live":
        see(page.get_by_role("img", name="up to").first)
    elif view == "matrix":
        page.get_by_role("button", name=re.compile("differs$")).click()
        see(page.get_by_text("http.response.start").first)
    elif view == "code":
        see(page.get_by_text("asgi_raw/").first)
    else:
        see(page.locator("iframe").first)


def test_one_request_is_answered_by_all_with_differences_explained(
    visit: Open,
) -> None:
    page = visit("compose?target=/headers")
    copying = page.get_by_role("group", name="Copy as")
    cards = page.locator("section.card", has=copying)
    answer, refusal = cards.first, cards.last
    see(refusal, "500 Internal Server Error")
    see(refusal.get_by_role("list", name="Differences"), "status: 200 → 500")
    see(refusal, "explained by start_response: Header values are encoded as ASCII")
    fields = answer.get_by_role("list", name="Header fields")
    see(fields, "set-cookie: a=1; Path=/")
    see(fields, "set-cookie: b=2; Path=/")
    see(page.get_by_role("img", name="3 events and 0 hops on 1 thread in").first)
    for marked in page.locator("li .differs").all():
        assert "explained" in marked.locator("xpath=..").inner_text()


def test_scenario_of_the_contract_fills_the_composer(visit: Open) -> None:
    page = visit("compose")
    page.get_by_label("Start from").select_option("echo/small")
    see(page.get_by_text("as echo/small."))
    assert page.get_by_role("combobox", name="Method").input_value() == "POST"
    see(page.get_by_text("http.request").first)


def test_client_leaves_after_bytes_and_reads_slowly(visit: Open) -> None:
    page = visit("compose?target=/stream?pieces=9%26size=1000")
    page.get_by_text("Header fields, body").click()
    page.get_by_label("Leave after n bytes of the answer").fill("1500")
    page.get_by_label("Read slowly").check()
    page.get_by_role("button", name="Send to all").click()
    left = page.get_by_text("ms · the client left · broke off before its end")
    see(left.first)
    waited = float(left.first.inner_text().split()[0])
    assert waited >= 200  # it has taken its time over the first piece
    assert "leaves_after=1500" in page.url
    page.reload()
    see(left.first)
    assert page.get_by_label("Read slowly").is_checked()


def test_request_is_copied_as_commands_and_as_a_row_of_the_contract(
    visit: Open, address: str
) -> None:
    page = visit("compose?target=/json")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for name, beginning in (
        ("curl", "curl -i -X GET http://127.0.0.1:"),
        ("trace", "asgi-compare trace raw-asgi GET:/json"),
        ("scenario", "Scenario("),
    ):
        page.get_by_role("button", name=f"Copy as {name}").first.click()
        see(page.get_by_text("Copied."))
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(beginning)
    [made] = eval(copied, vars(scenario))
    assert made.exchange == scenario.Request(target=b"/json")
    page.context.clear_permissions()


def test_text_to_copy_is_shown_where_the_browser_forbids_to_write_it(
    visit: Open,
) -> None:
    page = visit("compose?target=/json")
    page.get_by_role("button", name="Copy as curl").first.wait_for()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    page.get_by_role("button", name="Copy as curl").first.click()
    see(page.get_by_text("Copy it from here:"))
    field = page.get_by_role("textbox", name="To copy")
    assert field.input_value().startswith("curl -i")
    assert page.evaluate("getSelection().toString()") == field.input_value()


def test_what_is_wrong_is_one_sentence(visit: Open) -> None:
    page = visit("compose?method=POST&target=/json")
    page.get_by_role("group", name="Send to").get_by_label("raw-asgi").uncheck()
    page.get_by_role("group", name="Send to").get_by_label("raw-wsgi").uncheck()
    page.get_by_role("button", name="Send to all").click()
    see(page.get_by_role("alert"), "Tick at least one of them.")
    page = visit("live")
    page.get_by_label("Seconds").fill("")
    page.get_by_role("button", name="Start").click()
    see(page.get_by_role("alert"), "Expected the seconds as a number from 0.1 to 10")
    page.route("**/api/*", lambda route: route.abort())
    page.get_by_label("Seconds").fill("1")
    page.get_by_role("button", name="Start").click()
    see(page.get_by_role("alert"), "asgi-compare serve does not answer: has it ended?")
    page.unroute("**/api/*")


def test_websockets_are_talked_to_at_once(visit: Open) -> None:
    page = visit("console?path=/ws/echo")
    page.get_by_role("button", name="Open on all").click()
    see(page.get_by_role("listitem").filter(has_text="opened"))
    see(page.get_by_role("listitem").filter(has_text="refused HTTP "))
    page.get_by_label("Message").fill("<b>Grüße")
    page.get_by_role("button", name="Say it to all").click()
    see(page.get_by_role("listitem").filter(has_text="←<b>Grüße"))


def test_event_streams_are_read_event_by_event(visit: Open) -> None:
    page = visit("console?kind=sse&path=/events")
    page.get_by_role("button", name="Open on all").click()
    heard = page.get_by_role("listitem").filter(has_text="←")
    see(heard.filter(has_text="id: 3").last)
    assert page.get_by_role("listitem").filter(has_text="opened HTTP 200").count() == 2
    assert heard.count() == 6
    assert "kind=sse" in page.url


def test_load_is_put_on_one_while_the_others_are_watched(visit: Open) -> None:
    page = visit("live")
    see(page.get_by_role("img", name="up to").first)
    page.get_by_label("Path").fill("/cpu?rounds=2000")
    page.get_by_label("Seconds").fill("1")
    page.get_by_role("button", name="Start").click()
    see(page.get_by_role("status").filter(has_text="requests in"), "raw-asgi: ")


def test_matrix_is_filtered_and_a_link_leads_to_what_was_opened(visit: Open) -> None:
    page = visit("matrix")
    see(page.get_by_text("1 cell changed between the runs"))
    count = page.get_by_role("status")
    field = page.get_by_role("searchbox", name="Text")
    field.fill("no such scenario")
    see(count, "0 of 1 scenarios")
    field.fill("hello")
    for label, value in (
        ("Verdict", "passed"),
        ("Layer of a difference", "a layer"),
        ("Implementation", "raw-asgi"),
        ("Server", "in-process"),
    ):
        page.get_by_role("combobox", name=label).select_option(value)
        see(count, "1 of 1 scenarios")
    assert page.get_by_role("columnheader").all_inner_texts() == [
        "scenario",
        "raw-asgi\nin-process",
    ]
    page.get_by_role("button", name="hello/get, raw-asgi@in-process").click()
    see(page.get_by_text("explained by a layer: It is said so."))
    page.reload()
    see(page.get_by_text("explained by a layer: It is said so."))
    see(page.get_by_text("<- http.response.start"))
    assert page.get_by_label("Verdict").input_value() == "passed"
    see(count, "1 of 1 scenarios")


def test_code_of_an_endpoint_stands_side_by_side(visit: Open) -> None:
    page = visit("code")
    page.get_by_label("Endpoint").select_option("stream")
    see(page.get_by_text("django_app/views/streaming.py"))
    assert "endpoint=stream" in page.url


def test_systems_of_two_implementations_stand_in_frames(
    visit: Open, subjects: dict[str, Subject]
) -> None:
    page = visit("systems")
    for system in SYSTEMS:
        page.get_by_label("System").select_option(system)
        for name in subjects:
            frame = page.frame_locator(f"iframe[title='{system} on {name}']")
            see(frame.get_by_role("heading", level=1))


def test_report_is_shown(visit: Open) -> None:
    page = visit("reports")
    frame = page.frame_locator("iframe[title='The report']")
    see(frame.get_by_text("The ladder"))


def test_keyboard_alone_leads_through_the_page(visit: Open) -> None:
    page = visit("compose")
    see(page.get_by_role("button", name="Send to all"))

    def focused() -> str:
        return str(page.evaluate("document.activeElement.textContent"))

    def tab_to(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate(
                "name => [...document.activeElement.labels ?? [],"
                " document.activeElement].some(e => e.textContent.startsWith(name))",
                name,
            ):
                return
        raise AssertionError(f"Tab does not lead to {name!r}.")

    page.keyboard.press("Tab")
    assert focused() == "Skip to the content"
    tab_to("Path and query")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Control+A")
    page.keyboard.type("/json")
    page.keyboard.press("Enter")
    see(page.get_by_text("as json_message/get."))
    page = visit("matrix")
    see(page.get_by_role("button", name="hello/get, raw-asgi@in-process"))
    tab_to("●")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    see(page.get_by_role("heading", name="hello/get, raw-wsgi@in-process: passed"))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    see(page.get_by_role("heading", name="hello/get, raw-asgi@in-process: passed"))


def test_hint_is_one_line_at_the_first_visit_only(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 400, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}#matrix")
    see(page.get_by_label("Verdict"))
    page.evaluate("localStorage.clear()")
    page.goto("about:blank")
    page.goto(f"{address}#compose")
    hint = page.get_by_text("Send one request to all, and compare.")
    see(hint)
    assert hint.bounding_box()["height"] < 30
    page.reload()
    see(page.get_by_role("button", name="Send to all"))
    assert not hint.is_visible()
    page.close()


def test_what_a_target_sends_is_shown_as_text(
    browser: Any, subjects: dict[str, Subject], tmp_path: Path
) -> None:
    with (
        hostile(tmp_path) as found,
        serving({"raw-asgi": subjects["raw-asgi"], **found}) as address,
    ):
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}#compose?target=/")
        see(page.get_by_role("img", name="Time line").last)
        shown = page.inner_text("main")
        assert page.query_selector("main img, main script") is None
        assert page.title() == "asgi-compare"
        page.close()
    assert MARKUP in shown
    assert "\x1b" not in shown


def test_application_of_the_user_is_served_beside_ours(
    browser: Any, tmp_path: Path
) -> None:
    (tmp_path / "main.py").write_text(
        "from asgiref.sync import sync_to_async\n"
        "async def app(scope, receive, send):\n"
        "    await sync_to_async(print)('in a thread')\n"
        "    start = {'type': 'http.response.start', 'status': 418}\n"
        "    await send(start)\n"
        "    await send({'type': 'http.response.body', 'body': b'Mine'})\n"
    )
    words = ("serve", "-i", "raw-asgi", "--target", "main:app")
    process = subprocess.Popen(
        [sys.executable, "-m", "asgi_compare", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(CODE)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        [address] = [
            line.rpartition(" ")[2].strip()
            for line in iter(process.stdout.readline, "Ctrl-C ends it.\n")
            if line.startswith("Look at them: ")
        ]
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        card = page.locator("section.card", has_text="main:app").first
        see(card, "418")
        see(card, "Mine")
        see(card, "not explained")
        drawn = "2 events and 1 hop on 2 threads in"
        see(page.get_by_role("img", name=drawn))
        page.close()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0
