"""The pictures of the README, taken in Chromium from what the commands show.

    python -m tools.pictures [DIRECTORY]

It starts `asgi-compare serve` with all implementations, opens its page, and writes
`dashboard-compose.png`, `dashboard-live.png` and `dashboard-matrix.png`, by default
into `docs/`. The matrix is that of a run of a few scenarios.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "asgi_compare")
SELECTED = ("hello", "status", "headers", "stream", "ws_echo", "error")
WIDTH, HEIGHT = 1280, 800
LOOKED_AT = "Look at them: "
PATIENCE = 30.0
"""Seconds in which the server must have ended after Ctrl-C."""


def main(words: list[str]) -> int:
    """Take the pictures; the exit code is 3 where there is no Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Expected Debian's chromium; install it with apt-get.", file=sys.stderr)
        return 3
    folder = Path(words[0]) if words else ROOT / "docs"
    with tempfile.TemporaryDirectory() as temporary:
        run = Path(temporary, "run.json")
        chosen = [word for name in SELECTED for word in ("--select", f"{name}/*")]
        subprocess.run(
            [*COMMAND, "run", *chosen, "--json", str(run)],
            cwd=temporary,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        server = subprocess.Popen(
            [*COMMAND, "serve", "--run", str(run)],
            cwd=temporary,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            lines = iter(server.stdout.readline, "")
            said = next((line for line in lines if line.startswith(LOOKED_AT)), "")
            if not said:
                print("Expected an address of asgi-compare serve.", file=sys.stderr)
                return 3
            _take(chromium, said.removeprefix(LOOKED_AT).strip(), folder)
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()  # what it has started ends with it
                server.wait()
    return 0


def _take(chromium: str, address: str, folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})

        def show(view: str, selector: str) -> Any:
            page.goto(f"{address}#{view}")
            page.reload()
            page.wait_for_selector(selector)
            return page

        show("compose?target=/json", ".events li")
        page.screenshot(path=folder / "dashboard-compose.png")
        show("matrix", "tbody tr")
        page.screenshot(path=folder / "dashboard-matrix.png")
        show("live", "polyline")
        page.click("text=Start")
        page.wait_for_selector("text=requests in")
        page.screenshot(path=folder / "dashboard-live.png")
        browser.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
