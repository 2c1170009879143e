"""The page in Chromium: each view at 1280 and at 400 pixels, light and dark."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asgi_compare.contract.stories import SYSTEMS
from asgi_compare.dashboard.serving import serving
from asgi_compare.dashboard.subjects import Subject
from asgi_compare.model.results import Run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

NEEDS_CHROMIUM = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"),
    reason="There is no Chromium on this machine; CI installs it.",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@NEEDS_CHROMIUM
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (400, "dark")])
def test_every_view_works_and_fits(
    browser: Any,
    subjects: dict[str, Subject],
    sample_run: Run,
    tmp_path: Path,
    width: int,
    scheme: str,
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    faults: list[str] = []
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda said: faults.append(said.text) if "Policy" in said.text else None,
    )
    page.set_default_timeout(90_000)
    report = tmp_path / "layers.html"
    report.write_text("<!doctype html><title>x</title><p>The ladder")
    first = sample_run.verdicts[0]
    earlier = replace(
        sample_run,
        verdicts=[replace(first, verdict="failed"), *sample_run.verdicts[1:]],
    )
    with serving(subjects, runs=[earlier, sample_run], reports=[report]) as address:

        def fits() -> None:
            """The view is as wide as the window, and axe finds nothing serious."""
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            found = axe.run(page).response["violations"]
            serious = [e for e in found if e["impact"] in ("serious", "critical")]
            assert [(e["id"], e["nodes"][0]["html"]) for e in serious] == []

        page.goto(f"{address}#compose?target=/json")
        page.wait_for_selector(".events li")
        assert "http.response.start" in page.inner_text("main")
        fits()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"

        for box in page.locator("fieldset input[type=checkbox]").all():
            box.uncheck()
        page.click("text=Send to all that are ticked")
        page.wait_for_selector("text=Tick at least one of them.")

        page.click("nav >> text=Console")
        page.click("text=Open on all")
        page.wait_for_selector("text=opened")
        page.click("text=Say it to all")
        page.wait_for_selector("li:has-text('hello')")
        fits()

        page.click("nav >> text=Live")
        page.wait_for_selector("polyline")
        page.fill("input[name=path]", "/cpu?rounds=2000")
        page.fill("input[name=seconds]", "1")
        page.click("text=Start")
        page.wait_for_selector("text=requests in")
        fits()

        page.click("nav >> text=Matrix")
        page.wait_for_selector("text=1 cell changed between the runs")
        page.fill("input[name=text]", "no such scenario")
        page.wait_for_selector("text=0 of 1 scenarios")
        page.fill("input[name=text]", "hello")
        page.wait_for_selector("text=1 of 1 scenarios")
        assert "text=hello" in page.url
        host = first.host
        page.select_option("select[name=host]", host)
        heads = page.locator("thead th:not([hidden])").all_inner_texts()
        assert len(heads) > 1
        assert all(host in each for each in heads[1:])
        page.click("td:not([hidden]) button.cell")
        page.wait_for_selector("pre:has-text('http.response.start')")
        fits()

        page.click("nav >> text=Code")
        page.select_option("select[name=endpoint]", "stream")
        page.wait_for_selector("text=django_app/views/streaming.py")
        assert "endpoint=stream" in page.url
        fits()

        page.click("nav >> text=Systems")
        for system in SYSTEMS:
            page.select_option("select[name=system]", system)
            for n, name in enumerate(subjects):
                frame = page.frame_locator("iframe").nth(n)
                frame.locator("h1").wait_for()
                title = page.locator("iframe").nth(n).get_attribute("title")
                assert title == f"{system} on {name}"

        page.click("nav >> text=Reports")
        report_frame = page.frame_locator("iframe[title='The report']")
        report_frame.locator("text=The ladder").wait_for()
        fits()
        page.close()
    assert faults == []
