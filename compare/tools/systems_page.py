"""The figures of the systems: `python -m tools.systems_page measure|write|check`.

`measure` takes five minutes, and keeps what it finds in `docs/systems.json`; with names
of measurements, as in `measure memory`, it makes only those anew. `write` makes the
generated parts of the documents, and `check` says which are not so (`docs.py`).
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterable
from dataclasses import asdict
from importlib import metadata

from asgi_compare.measure.systems.rooms import Effort
from asgi_compare.measure.systems.table import MEASUREMENTS
from asgi_compare.report.common.files import write
from tools import docs
from tools.system_parts import FILE

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


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    match arguments:
        case ["measure", *names] if set(names) <= set(MEASUREMENTS):
            measure(names or MEASUREMENTS, Effort())
            return docs.main(["write"])
        case ["write"] | ["check"]:
            return docs.main(arguments)
    print(
        "Expected 'measure', 'write' or 'check', and after 'measure' any of "
        f"{', '.join(MEASUREMENTS)}, but got {arguments}.",
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
