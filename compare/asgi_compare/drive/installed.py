"""What is not installed, and the extra of this distribution that brings it."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import util


def missing_module(name: str, modules: Iterable[str], extra: str) -> str | None:
    """Return the sentence about what `name` lacks; None if it lacks nothing."""
    for module in modules:
        if not _is_there(module):
            return (
                f"{name} needs the module {module!r}, which is not installed; "
                f'add it with: pip install "asgi-compare[{extra}]"'
            )
    return None


def _is_there(module: str) -> bool:
    try:
        return util.find_spec(module) is not None
    except ImportError:  # its parent package is not there
        return False
