"""The code of an endpoint in all four applications, side by side."""

from __future__ import annotations

from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.drive.targets.source import code_of


def sources_of(endpoint: str) -> list[dict[str, object]]:
    """Return path, first line and text in each folder that has the endpoint."""
    found = []
    for folder in dict.fromkeys(row.folder for row in IMPLEMENTATIONS.values()):
        if folder and (code := code_of(folder, endpoint)):
            found.append({"path": code.path, "line": code.line, "text": code.text})
    return found
