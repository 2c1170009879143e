"""What the dashboard's page costs a browser: bytes, first view, and a keystroke.

    python -m tools.bench_dashboard

It prints the size of the page without data; the milliseconds from the request for the
page until its composer can be used; those from a key pressed in the filter of a matrix
with 5,000 cells, or from a choice in another one, to the frame that shows the answer,
median and worst; and the size of the page that `asgi-compare run --html` writes of the
whole contract. The goals are 300 KB, 1,000 ms, 50 ms and 3,000 KB.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from asgi_compare.dashboard.app import STATIC
from asgi_compare.dashboard.serving import serving
from asgi_compare.dashboard.subjects import Subject
from asgi_compare.drive.servers.supervisor import start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.targets.implementations import BASELINE, IMPLEMENTATIONS
from asgi_compare.model.results import Difference, Run, Verdict
from asgi_compare.report.run.html import render
from asgi_compare.run.matrix import Plan, run

ROWS, COLUMNS, HOSTS = 200, 25, 5
KEYS = "scenario/19"
CHOICES = (("verdict", "failed"), ("layer", "layer-1"), ("host", "host-2"))
VISITS = 5

PRESS = """
([name, key]) => new Promise(done => {
  const field = document.querySelector(`[name=${name}]`);
  const began = performance.now();
  field.value = field.tagName === "INPUT" ? field.value + key : key;
  field.dispatchEvent(new Event(field.tagName === "INPUT" ? "input" : "change"));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})
"""
"""Press a key or choose, and give the milliseconds until the next frame is painted."""


def large_run() -> Run:
    """Make a run with 5,000 cells; in each fourth of them something differs."""
    cells = [
        (f"scenario/{n}", f"implementation-{m % HOSTS}", f"host-{m // HOSTS}", n + m)
        for n in range(ROWS)
        for m in range(COLUMNS)
    ]
    return Run(
        verdicts=[
            Verdict(
                scenario, implementation, host, "failed" if n % 9 == 0 else "passed"
            )
            for scenario, implementation, host, n in cells
        ],
        differences=[
            Difference(
                scenario,
                ("implementation-0@host-0", f"{implementation}@{host}"),
                "status",
                known=True,
                layer=f"layer-{n % 3}",
            )
            for scenario, implementation, host, n in cells
            if n % 4 == 0
        ],
    )


def main(words: Sequence[str] | None = None) -> int:
    """Measure, and print a line for each goal; the exit code is 1 if one is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--run-page", metavar="FILE", help="measure this one's size")
    chosen = parser.parse_args(words)
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Expected Debian's chromium; install it with apt-get.", file=sys.stderr)
        return 3
    firsts, keys = _measured(chromium)
    rows: list[tuple[str, float, float | None]] = [
        ("the page without data, KB", _size(*STATIC.iterdir()), 300.0),
        ("first view of the composer, ms, median", statistics.median(firsts), 1000.0),
        ("first view of the composer, ms, worst", max(firsts), None),
        ("a key or choice, 5,000 cells, ms, median", statistics.median(keys), 50.0),
        ("a key or choice, 5,000 cells, ms, worst", max(keys), None),
        ("the page of a whole run, KB", _run_page(chosen.run_page), 3000.0),
    ]
    for name, value, goal in rows:
        print(f"{name:46} {value:8.1f}{_against(value, goal)}")
    return int(any(goal is not None and value > goal for _, value, goal in rows))


def _measured(chromium: str) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each first view, and those of each key and choice."""
    from playwright.sync_api import sync_playwright

    with ExitStack() as stack:
        row = IMPLEMENTATIONS[BASELINE]
        running = stack.enter_context(
            start(
                SERVERS["uvicorn"],
                row.target,
                interface=row.interface,
                app_dir=row.app_dir,
            )
        )
        subject = Subject(BASELINE, row.target, row.interface, running, row.app_dir)
        address = stack.enter_context(serving({BASELINE: subject}, runs=[large_run()]))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        stack.callback(browser.close)
        page = browser.new_page()
        firsts = [_first_view(page, address) for _ in range(VISITS)]
        page.goto(f"{address}#matrix")
        page.reload()
        page.wait_for_selector("tbody tr")
        keys = [page.evaluate(PRESS, ["text", key]) for key in KEYS]
        page.fill("[name=text]", "")
        for name, value in CHOICES:
            keys += [page.evaluate(PRESS, [name, each]) for each in (value, "")]
        return firsts, keys


def _first_view(page: Any, address: str) -> float:
    """Load the page, and return when its composer was there."""
    page.goto("about:blank")
    page.goto(f"{address}#compose")
    page.wait_for_selector("main form button.main")
    return float(page.evaluate("performance.now()"))


def _run_page(name: str | None) -> float:
    """Return the kilobytes of a page of a run: of a file, or of a new one."""
    if name is not None:
        return _size(Path(name))
    found = run(Plan())
    return len(render(found).encode()) / 1000


def _size(*files: Path) -> float:
    return sum(each.stat().st_size for each in files) / 1000


def _against(value: float, goal: float | None) -> str:
    if goal is None:  # one that is late says more of the machine than of the page
        return ""
    return f"  goal {goal:6.0f}  {'met' if value <= goal else 'MISSED'}"


if __name__ == "__main__":
    sys.exit(main())
