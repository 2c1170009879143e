"""What the dashboard's page costs a browser: bytes, first view, and a keystroke.

    python -m tools.bench_dashboard

It prints the size of the page without data, the milliseconds from the request to the
first meaningful view, and those from a key pressed in the filter of a matrix with 5,000
cells to the frame that shows the answer. Goals: 300 KB, 1,000 ms, 50 ms.
"""

from __future__ import annotations

import shutil
import statistics
import sys

from asgi_compare.dashboard.app import STATIC
from asgi_compare.dashboard.serving import serving
from asgi_compare.model.results import Run, Verdict

SCENARIOS, COLUMNS = 200, 25
KEYS = "scenario/19"

PRESS = """
key => new Promise(done => {
  const input = document.querySelector("input[name=text]");
  const began = performance.now();
  input.value += key;
  input.dispatchEvent(new Event("input"));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})
"""
"""Press a key, and give the milliseconds until the next frame has been painted."""


def large_run() -> Run:
    """Make a run with 5,000 cells."""
    verdicts = [
        Verdict(f"scenario/{n}", f"implementation-{m % 5}", f"host-{m // 5}", "passed")
        for n in range(SCENARIOS)
        for m in range(COLUMNS)
    ]
    return Run(verdicts=verdicts)


def main() -> int:
    """Measure, and print a line for each goal; the exit code is 1 if one is missed."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        print("Expected Debian's chromium; install it with apt-get.", file=sys.stderr)
        return 3
    size = sum(each.stat().st_size for each in STATIC.iterdir()) / 1000
    with serving({}, runs=[large_run()]) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        firsts, keys = [], []
        for _ in range(5):
            page.goto(f"{address}#code")
            page.reload()
            page.wait_for_selector("main form")
            firsts.append(page.evaluate("performance.now()"))
        page.goto(f"{address}#matrix")
        page.reload()
        page.wait_for_selector("tbody tr")
        for key in KEYS:
            keys.append(page.evaluate(PRESS, key))
        browser.close()
    rows = [
        ("the page without data, KB", size, 300.0),
        ("first meaningful view, ms", statistics.median(firsts), 1000.0),
        ("a keystroke in the filter of 5,000 cells, ms", statistics.median(keys), 50.0),
    ]
    for name, value, goal in rows:
        print(f"{name:46} {value:8.1f}  goal {goal:6.0f}  {_verdict(value, goal)}")
    return int(any(value > goal for _, value, goal in rows))


def _verdict(value: float, goal: float) -> str:
    return "met" if value <= goal else "MISSED"


if __name__ == "__main__":
    sys.exit(main())
