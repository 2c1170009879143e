"""Lines of code: what is neither empty, nor a comment, nor a docstring.

What an implementation has for a system is the modules of its name below `systems`. What
all systems of an implementation share, such as its client of Redis, is not counted; nor
is `asgi_compare.domain`, which is the same for all.
"""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

from asgi_compare.drive.places import APPLICATIONS
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS

NO_CODE = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)


def count(system: str) -> dict[str, int]:
    """Return the lines that each of the four folders has for a system."""
    folders = dict.fromkeys(row.folder for row in IMPLEMENTATIONS.values())
    return {
        folder: sum(
            map(lines_of, (APPLICATIONS / folder / "systems").rglob(f"{system}.py"))
        )
        for folder in folders
    }


def lines_of(path: Path) -> int:
    """Return the lines of code of a file."""
    source = path.read_text("utf-8")
    return len(_lines_with_tokens(source) - _lines_of_docstrings(source))


def _lines_with_tokens(source: str) -> set[int]:
    return {
        line
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in NO_CODE
        for line in range(token.start[0], token.end[0] + 1)
    }


def _lines_of_docstrings(source: str) -> set[int]:
    """Return the lines of strings that stand alone."""
    return {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
