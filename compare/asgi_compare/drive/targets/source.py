"""Where the code of an endpoint is: found by its name, which is the same everywhere.

Nothing is imported for it: a framework may want to be set up first, and an import may
do anything. The files are read as text.
"""

from __future__ import annotations

import ast
import threading
from dataclasses import dataclass

from asgi_compare.drive.places import APPLICATIONS

ONE_AT_A_TIME = threading.Lock()
"""CPython before 3.13 counts the depth of a tree for all threads together: two that
parse at the same time may end in a SystemError (python/cpython#106905)."""


@dataclass(frozen=True, slots=True)
class Code:
    """The code of one function."""

    path: str
    """Relative to the directory that the folders are in."""
    line: int
    text: str


def code_of(folder: str, function: str) -> Code | None:
    """Find a function of that name in a folder; None if it has none."""
    for path in sorted((APPLICATIONS / folder).rglob("*.py")):
        source = path.read_text("utf-8")
        with ONE_AT_A_TIME:
            tree = ast.parse(source)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (
                node.name == function
            ):
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                lines = source.splitlines()[first - 1 : node.end_lineno]
                relative = path.relative_to(APPLICATIONS).as_posix()
                return Code(relative, first, "\n".join(lines))
    return None
