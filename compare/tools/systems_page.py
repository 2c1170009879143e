"""The figures of the systems: `python -m tools.systems_page measure|draw|write|check`.

`measure` takes five minutes, and keeps what it finds in `docs/systems.json`; with names
of measurements, as in `measure memory`, it makes only those anew. `draw` plays a story
of each system by hand on ASGI, and writes its sequence diagram. `write` makes the
generated parts of the documents, and `check` says which are not so (`docs.py`).
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterable
from dataclasses import asdict
from importlib import metadata

from asgi_compare.contract.stories import STORIES
from asgi_compare.contract.story import Transport
from asgi_compare.drive.stories.child import Child
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.measure.systems.rooms import Effort
from asgi_compare.measure.systems.table import MEASUREMENTS
from asgi_compare.report.common.files import write
from asgi_compare.report.story import picture
from tools import docs
from tools.system_parts import FILE

PAGES = FILE.parent / "systems"

VERSIONS = (
    "uvicorn",
    "uvloop",
    "websockets",
    "starlette",
    "Django",
    "channels",
    "channels_redis",
    "redis",
)


def measure(names: Iterable[str], effort: Effort) -> None:
    """Make measurements, and keep what was measured, one after the other."""
    stored = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    figures = stored.get("figures", {})
    for name in names:
        print(f"{name}: {MEASUREMENTS[name].does}", file=sys.stderr)
        rows = [
            {"measure": row.measure, "value": row.value, "unit": row.unit}
            | {"case": dict(row.case)}
            for row in MEASUREMENTS[name].run(effort)
        ]
        figures[name] = rows
        found = {
            "python": platform.python_version(),
            "versions": {each: metadata.version(each) for each in VERSIONS},
            "effort": asdict(effort),
            "figures": {
                each: figures[each] for each in MEASUREMENTS if each in figures
            },
        }
        write(FILE, json.dumps(found, indent=1) + "\n")


PICTURES: dict[str, tuple[str, Transport]] = {
    "chat": ("chat/resume", "websocket"),
    "dashboard": ("dashboard/comes_back", "stream"),
    "editor": ("editor/at_one_place", "websocket"),
    "gateway": ("gateway/left_in_body", "stream"),
    "notices": ("notices/dead_channel", "stream"),
}
"""The story of each system whose diagram its page has."""


def draw() -> None:
    """Play the stories, and write their diagrams."""
    with Child(IMPLEMENTATIONS["raw-asgi"]) as child:
        for system, (name, transport) in PICTURES.items():
            played = child.play(STORIES[name], transport)
            if played.verdict != "passed":
                raise SystemExit(f"{name}: {played.verdict}, {played.reason}")
            write(PAGES / f"{system}.svg", picture.svg(played))


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    match arguments:
        case ["measure", *names] if set(names) <= set(MEASUREMENTS):
            measure(names or MEASUREMENTS, Effort())
            return docs.main(["write"])
        case ["draw"]:
            draw()
            return 0
        case ["write"] | ["check"]:
            return docs.main(arguments)
    print(
        "Expected 'measure', 'draw', 'write' or 'check', and after 'measure' any of "
        f"{', '.join(MEASUREMENTS)}, but got {arguments}.",
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
