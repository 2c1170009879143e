"""The pages of the systems in Chromium: two tabs of each, in light and in dark."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from asgi_compare.drive.outside import World, outside
from asgi_compare.drive.servers.supervisor import RunningServer, start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from tests.tables import slow_but

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PAGES = ("chat", "dashboard", "editor")

pytestmark = pytest.mark.skipif(
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


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with outside() as opened:
        yield opened


def served(implementation: str, world: World) -> RunningServer:
    row = IMPLEMENTATIONS[implementation]
    return start(
        SERVERS["uvicorn" if row.interface == "asgi" else "waitress"],
        row.target,
        interface=row.interface,
        app_dir=row.app_dir,
        environment={"REDIS_URL": "", **world.environment},
        deadline=30.0,
    )


def enter(tab: Any, user: str) -> None:
    """Enter by the keyboard alone: the first field has the focus."""
    tab.wait_for_selector("#user:focus")
    tab.keyboard.type(user)
    tab.keyboard.press("Enter")


def chat(one: Any, two: Any, world: World) -> None:
    enter(one, "ann")
    enter(two, "ben")
    for tab in (one, two):
        tab.wait_for_selector("#users:text-is('ann, ben')")
    for tab, text in ((one, "Hello"), (two, "Good day")):
        tab.fill("#text", text)
        tab.keyboard.press("Enter")
    for tab in (one, two):
        tab.wait_for_selector("#log:has-text('Hello'):has-text('Good day')")


def dashboard(one: Any, two: Any, world: World) -> None:
    two.select_option("#way", label="server-sent events")
    for tab, user, figure in ((one, "ann", "orders"), (two, "ben", "returns")):
        tab.fill("#user", user)
        tab.keyboard.press("Enter")
        tab.fill("#name", figure)
        tab.fill("#value", "42")
        tab.keyboard.press("Enter")
    for tab in (one, two):
        for figure in ("orders", "returns"):
            tab.wait_for_selector(f"#figures tr:has-text('{figure}'):has-text('42')")


ALL_TYPED = "() => document.getElementById('text').value.length === 9"


def editor(one: Any, two: Any, world: World) -> None:
    enter(one, "ann")
    enter(two, "ben")
    for tab in (one, two):
        tab.wait_for_selector("#text:enabled")
    # At once and at one place, so the letters may stand in any order: but in one.
    one.type("#text", "tea ")
    two.type("#text", "cake ")
    for tab in (one, two):
        tab.wait_for_function(ALL_TYPED)
    two.wait_for_function(
        "text => document.getElementById('text').value === text",
        arg=one.input_value("#text"),
    )


def notices(one: Any, two: Any, world: World) -> None:
    for tab in (one, two):
        enter(tab, "ann")
        tab.wait_for_selector("#status:has-text('Listening as ann')")
    for tab, item in ((one, "tea"), (two, "cake")):
        tab.fill("#item", item)
        tab.keyboard.press("Enter")
    for tab in (one, two):
        tab.wait_for_selector("#log:has-text('tea'):has-text('cake')")


def gateway(one: Any, two: Any, world: World) -> None:
    """What one asks for opens the breaker that the other one sees."""
    breaker = "#upstreams tr:has-text('flaky') td:nth-child(2)"
    two.wait_for_selector(f"{breaker}:text-is('closed')")
    world.faults["flaky"] = "fails"
    for _ in range(5):
        one.evaluate("fetch('pass/flaky/x').then((answer) => answer.status)")
    two.wait_for_selector(f"{breaker}:not(:text-is('closed'))")
    world.reset()
    one.click("#fan button")
    one.wait_for_selector("#status:has-text('after')")
    assert '"answers"' in one.inner_text("#answer")


TWO_TABS: dict[str, Callable[[Any, Any, World], None]] = {
    each.__name__: each for each in (chat, dashboard, editor, notices, gateway)
}
BY_WEBSOCKET = ("chat", "editor")
"""Their pages open a WebSocket only, which WSGI does not have."""


@pytest.mark.parametrize("implementation", slow_but(["raw-asgi"], IMPLEMENTATIONS))
def test_two_tabs_see_what_the_other_does(
    browser: Any, world: World, implementation: str
) -> None:
    is_asgi = IMPLEMENTATIONS[implementation].interface == "asgi"
    faults: list[str] = []
    with served(implementation, world) as running:
        for name, meet in TWO_TABS.items():
            if name in BY_WEBSOCKET and not is_asgi:
                continue
            tabs = [browser.new_context().new_page() for _ in range(2)]
            for tab in tabs:
                tab.set_default_timeout(30_000)
                tab.on("pageerror", lambda error: faults.append(str(error)))
                tab.goto(f"{running.address}/systems/{name}/")
            meet(tabs[0], tabs[1], world)
            for tab in tabs:
                tab.context.close()
    assert faults == []


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (400, "dark")])
def test_pages_connect_and_fit(
    browser: Any, world: World, width: int, scheme: str
) -> None:
    """By keyboard alone; and axe finds nothing serious."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import expect

    axe = Axe()
    faults: list[Any] = []
    with served("raw-asgi", world) as running:
        for name in PAGES:
            page = browser.new_page(
                viewport={"width": width, "height": 700},
                color_scheme=scheme,
            )
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.goto(f"{running.address}/systems/{name}/")
            enter(page, "ann")
            status = page.get_by_role("status")
            expect(status).to_contain_text("as ann", timeout=30_000)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{name} is too wide")
            found = axe.run(page).response["violations"]
            faults.extend(
                (name, each["id"], each["nodes"][0]["html"])
                for each in found
                if each["impact"] in ("serious", "critical")
            )
            page.close()
    assert faults == []
