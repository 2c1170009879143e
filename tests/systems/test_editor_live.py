"""The editor on real servers, with either engine, and in a browser."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from asgi_compare.drive.servers.supervisor import start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.services import Service
from asgi_compare.drive.stories.arrange import on_servers
from asgi_compare.drive.stories.live import LivePlace
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from tests.systems.tabs import SharedTab, settle

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.mark.parametrize(
    "implementation",
    [
        pytest.param("raw-asgi", marks=pytest.mark.slow),
        pytest.param("starlette", marks=pytest.mark.slow),
        "django-asgi",
    ],
)
async def test_documents_of_yjs_are_one_on_two_servers(
    implementation: str, valkey_service: Service
) -> None:
    """Two clients of another make, pycrdt, each on a server of its own."""
    row = IMPLEMENTATIONS[implementation]
    document = f"d-{token_hex(4)}"
    with on_servers(row, SERVERS["uvicorn"], 2, valkey_service) as servers:
        places = [LivePlace(each.host, each.port, "") for each in servers.running]
        one, two = (
            SharedTab(place, f"tab-{n}", document) for n, place in enumerate(places)
        )
        for tab in (one, two):
            await tab.come()
        one.edit(0, "Have ", 0)
        two.edit(0, "tea", 0)
        await settle([one, two])
        await two.leave()
        two.edit(0, "Please: ", 0)
        one.edit(8, ".", 0)
        late = SharedTab(places[1], "late", document)
        await settle([one, two, late])
        for tab in (one, two, late):
            await tab.leave()
        for place in places:
            await place.close()
    assert one.text is not None
    assert sorted(one.text.replace("Please: ", "")) == sorted("Have tea.")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"),
    reason="There is no Chromium on this machine; CI installs it.",
)
@pytest.mark.parametrize(
    "implementation",
    [
        "raw-asgi",
        pytest.param("starlette", marks=pytest.mark.slow),
        pytest.param("django-asgi", marks=pytest.mark.slow),
    ],
)
def test_two_tabs_that_type_at_once_read_the_same(
    browser: Any, implementation: str
) -> None:
    row = IMPLEMENTATIONS[implementation]
    with start(
        SERVERS["uvicorn"], row.target, interface=row.interface, app_dir=row.app_dir
    ) as running:
        address, faults = f"{running.address}/systems/editor/", list[str]()
        tabs = [opened(browser, address, name, faults) for name in "ab"]
        for n in range(8):
            for tab, letter in zip(tabs, "\N{FOX FACE}y", strict=True):
                # Without waiting for the other; one at the start, one at the end.
                tab.locator("#text").press("Home" if n % 2 else "End")
                tab.keyboard.insert_text(f"{letter}{n} ")
        tabs[1].get_by_role("button", name="Undo").click()
        end = time.monotonic() + 30
        while True:
            texts = [tab.locator("#text").input_value() for tab in tabs]
            if (texts[0] == texts[1] and len(texts[0]) == 45) or time.monotonic() > end:
                break
        for tab in tabs:
            tab.context.close()
    assert faults == []
    assert texts[0] == texts[1]
    words = {f"{letter}{n}" for n in range(8) for letter in "\N{FOX FACE}y"}
    assert {*texts[0].split()} == words - {"y7"}


def opened(browser: Any, address: str, name: str, faults: list[str]) -> Any:
    from playwright.sync_api import expect

    page = browser.new_context().new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Open").click()
    expect(page.locator("#text")).to_be_enabled(timeout=30_000)
    return page


YJS = ("yjs@13", "y-websocket@3", "esbuild")
PAGE = """
import * as Y from "yjs";
import { WebsocketProvider } from "y-websocket";

export async function open(user, name) {
  const asked = { method: "POST", body: JSON.stringify({ user }) };
  const { token } = await (await fetch("/systems/editor/token", asked)).json();
  const at = `ws://${location.host}/systems/editor`;
  const doc = new Y.Doc();
  new WebsocketProvider(at, "yjs", doc, { params: { token, document: name } });
  window.text = doc.getText("text");
}
"""


@pytest.fixture(scope="module")
def yjs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A module of Yjs and its own provider, for a browser."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("Yjs comes by npm, which is not installed.")
    folder = tmp_path_factory.mktemp("yjs")
    (folder / "page.js").write_text(PAGE)
    (folder / "package.json").write_text(json.dumps({"private": True}))
    bundle = ["exec", "--", "esbuild", "page.js", "--bundle", "--format=esm"]
    for command in (["install", *YJS], [*bundle, "--outfile=module.js"]):
        done = subprocess.run([npm, *command], cwd=folder, capture_output=True)
        if done.returncode:
            pytest.skip(f"npm gives no Yjs: {done.stderr.decode()[-200:]}")
    return folder / "module.js"


@pytest.mark.slow
@pytest.mark.parametrize("implementation", ["raw-asgi", "starlette", "django-asgi"])
def test_two_pages_of_yjs_itself_read_the_same(
    browser: Any, yjs: Path, implementation: str
) -> None:
    """Its own provider, y-websocket, speaks to the server."""
    row = IMPLEMENTATIONS[implementation]
    with start(
        SERVERS["uvicorn"], row.target, interface=row.interface, app_dir=row.app_dir
    ) as running:
        pages = []
        for user in ("one", "two"):
            page = browser.new_context(bypass_csp=True).new_page()
            page.route("**/yjs.js", lambda route: route.fulfill(path=yjs))
            page.goto(f"{running.address}/systems/editor/")
            page.evaluate(
                "user => import('/yjs.js').then(yjs => yjs.open(user, 'tea'))", user
            )
            pages.append(page)
        for page, word in zip(pages, ("\N{FOX FACE} ", "tea "), strict=True):
            for _ in range(5):
                page.evaluate("word => window.text.insert(0, word)", word)
        whole = "() => window.text.toString().length == 35"
        for page in pages:
            page.wait_for_function(whole, timeout=30_000)
        texts = [page.evaluate("window.text.toString()") for page in pages]
        for page in pages:
            page.context.close()
    assert texts[0] == texts[1]
    assert texts[0].split().count("tea") == 5
