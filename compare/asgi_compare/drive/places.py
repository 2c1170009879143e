"""Where our package is, and where the four applications are.

In a checkout the applications stand at the top, where a reader looks for them; an
installation has them below the package, so that it adds no other top-level name. They
are on the path only of processes that drive them: `APPLICATIONS` is their `app_dir`.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
"""The directory of the package `asgi_compare`."""
IMPORT_ROOT = PACKAGE.parent
"""The directory from which the package is imported."""


def _applications() -> Path:
    installed = PACKAGE / "applications"
    return installed if installed.is_dir() else PACKAGE.parents[1]


APPLICATIONS = _applications()
"""The directory that the four applications are in."""
