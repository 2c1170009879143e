"""The marks that a cell of the matrix can have, and what they mean.

The glyph, not the colour, carries the meaning, and there is a plain letter for
terminals that have no more than ASCII. The legends are made from this table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """What a cell of the matrix says, in one character and in words."""

    kind: str
    glyph: str
    ascii: str
    word: str
    meaning: str


MARKS: dict[str, Mark] = {
    mark.kind: mark
    for mark in (
        Mark(
            "passed",
            "✓",
            ".",
            "passed",
            "All came that the contract expects, and nothing differs from the cell "
            "that this one is compared with.",
        ),
        Mark(
            "known",
            "≈",
            "~",
            "passed, with a known difference",
            "All came that the contract expects. Something else differs, and we know "
            "which layer makes the difference, and why.",
        ),
        Mark(
            "different",
            "≠",
            "D",
            "passed, with an unexplained difference",
            "All came that the contract expects, but something else differs that "
            "nobody has explained yet.",
        ),
        Mark(
            "failed",
            "✗",
            "F",
            "failed",
            "Something came that the contract does not allow, or did not come.",
        ),
        Mark(
            "unsupported",
            "–",
            "-",
            "unsupported",
            "It cannot be done here, and the reason says why. That is an answer, not a "
            "failure.",
        ),
        Mark(
            "error",
            "!",
            "!",
            "error",
            "The exchange itself could not be run: a server did not start, a process "
            "died, a deadline passed.",
        ),
        Mark("absent", " ", " ", "not run", "This exchange was not asked for."),
    )
}

PASSED = frozenset({"passed", "known", "different"})
"""The marks of a cell whose verdict is `passed`."""
