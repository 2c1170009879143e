"""The page in Chromium: each view at 1280 and at 400 pixels, light and dark."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from asgi_compare.dashboard.serving import serving
from asgi_compare.dashboard.subjects import Subject

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
    browser: Any, subjects: dict[str, Subject], width: int, scheme: str
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
    page.set_default_timeout(30_000)
    with serving(subjects) as address:

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

        page.click("nav >> text=Console")
        page.click("text=Open on all")
        page.wait_for_selector("text=opened")
        page.click("text=Say it to all")
        page.wait_for_selector("li:has-text('hello')")
        fits()

        page.click("nav >> text=Live")
        page.wait_for_selector("polyline")
        fits()

        page.click("nav >> text=Matrix")
        page.wait_for_selector("text=No run was named")

        page.click("nav >> text=Code")
        page.select_option("select[name=endpoint]", "stream")
        page.wait_for_selector("text=django_app/views/streaming.py")
        assert "endpoint=stream" in page.url
        fits()
        page.close()
    assert faults == []
