"""Count what a request does with other versions of asgiref, and write it down.

    python -m tools.ladder_versions 3.8.1 3.11.0 3.13.0

Each version is installed into a directory of its own, which is put first on the path of
the process that is counted. The version of Django and of Python are those of this
environment; run it in another one to add others. What is there of the same versions in
`docs/what-django-adds.json` is replaced.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version

from asgi_compare.measure.ladder import check
from asgi_compare.measure.ladder.costs import VersionCounts
from asgi_compare.measure.ladder.ladder import RUNGS, configurations
from asgi_compare.measure.ladder.rung import VARIANTS
from asgi_compare.measure.timing.worker import Worker
from tools.ladder_parts import WRITTEN

COUNTED = ("urls-1", "startproject", "sync-only-inside")


def counted(asgiref: str) -> Iterator[VersionCounts]:
    """Yield what requests do with one version of asgiref."""
    with tempfile.TemporaryDirectory() as directory:
        words = ("-m", "pip", "install", "--quiet", "--no-deps", "--target", directory)
        subprocess.run([sys.executable, *words, f"asgiref=={asgiref}"], check=True)
        for name in COUNTED:
            (only,) = configurations(RUNGS[name], [VARIANTS["async"]])
            environment = {**only.environment, "PYTHONPATH": directory}
            with Worker(replace(only, environment=environment)) as worker:
                counts, _ = worker.count("async")
            yield VersionCounts(
                platform.python_version(),
                version("django"),
                asgiref,
                name,
                counts.hops,
                counts.threads,
                counts.tasks,
            )


def key(row: VersionCounts) -> tuple[int, ...]:
    """Return what rows are sorted by: the rung, then the versions."""
    texts = (row.python, row.django, row.asgiref)
    parts = (part for text in texts for part in text.split(".")[:3])
    return COUNTED.index(row.rung), *(int(part) for part in parts if part.isdigit())


def main(versions: list[str]) -> int:
    """Count with each version, and write it down."""
    if not versions:
        print("Expected versions of asgiref, such as 3.8.1 3.13.0.", file=sys.stderr)
        return 2
    result = check.read(WRITTEN)
    found = {key(row): row for row in result.by_version}
    found |= {key(row): row for each in versions for row in counted(each)}
    result.by_version = [found[each] for each in sorted(found)]
    check.write(WRITTEN, result)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
