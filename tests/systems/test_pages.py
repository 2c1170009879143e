"""The pages of the systems in Chromium: at 1280 and at 400 pixels, light and dark."""

import os
import shutil
from typing import Any

import pytest

from asgi_compare.drive.servers.supervisor import start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PAGES = ("chat", "dashboard", "editor")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"),
        reason="There is no Chromium on this machine; CI installs it.",
    ),
]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (400, "dark")])
def test_pages_connect_and_fit(width: int, scheme: str) -> None:
    """By keyboard alone; and axe finds nothing serious."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import expect, sync_playwright

    row, axe = IMPLEMENTATIONS["raw-asgi"], Axe()
    faults: list[Any] = []
    with (
        sync_playwright() as playwright,
        start(
            SERVERS["uvicorn"], row.target, interface=row.interface, app_dir=row.app_dir
        ) as running,
    ):
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        for name in PAGES:
            page = browser.new_page(
                viewport={"width": width, "height": 700},
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            page.on("pageerror", faults.append)
            page.goto(f"{running.address}/systems/{name}/")
            page.keyboard.type("ann")  # the first field has the focus
            page.keyboard.press("Enter")
            status = page.get_by_role("status")
            expect(status).to_contain_text("as ann", timeout=30_000)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{name} is too wide")
            found = axe.run(page).response["violations"]
            faults += [
                (name, each["id"], each["nodes"][0]["html"])
                for each in found
                if each["impact"] in ("serious", "critical")
            ]
            page.close()
        browser.close()
    assert faults == []
