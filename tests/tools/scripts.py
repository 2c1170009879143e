"""The tools, by their names; none of them is installed."""

from __future__ import annotations

import importlib
from typing import Any

from tests.places import CODE, ROOT

__all__ = ["ROOT", "TOOLS", "script"]

TOOLS = CODE / "tools"


def script(name: str) -> Any:
    """Import a tool."""
    return importlib.import_module(f"tools.{name}")
