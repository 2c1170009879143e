"""One request's way through the code, as an icicle chart in SVG.

Outermost is on top; what a call calls is below it. A block is as wide as the number of
function calls in it: counted, not timed, so that two runs draw the same picture. Calls
of one layer that follow from each other are one block; so a step down is a step from
one layer into another. A block that runs on another thread has a bold edge, and a mark
where the request hops over.

Blocks too narrow to be seen are left out, and their place stays. Colours are classes,
which the page's sheet gives a meaning to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from asgi_compare.measure.timing.figures import Call
from asgi_compare.measure.timing.groups import NAMES
from asgi_compare.model.sanitize import clean

WIDTH = 1000.0
ROW = 19
NARROWEST = 1.6
"""Blocks that would be narrower are not drawn."""
CHARACTER = 6.4
"""About the width of a character of the labels."""
DEEPEST = 40


@dataclass(slots=True)
class Block:
    """Calls of one layer on one thread that follow from each other."""

    group: str
    name: str
    thread: int
    calls: int
    inner: list[Block] = field(default_factory=list)
    hops: bool = False
    """Whether it runs on another thread than the block above."""


def blocks(call: Call, thread: int = 0) -> Block:
    """Put calls of one layer together that follow from each other."""
    name = f"{call.module}.{call.name}" if call.module else call.name
    block = Block(call.group, name, call.thread, call.calls)
    block.hops = call.thread != thread
    _gather(call, block)
    return block


def _gather(call: Call, block: Block) -> None:
    for inner in call.inner:
        if inner.group == block.group and inner.thread == block.thread:
            _gather(inner, block)
        else:
            block.inner.append(blocks(inner, block.thread))


def class_of(group: str) -> str:
    """Return the class of a layer: `layer-rest-of-django`."""
    return f"layer-{group.lower().replace(' ', '-') if group in NAMES else 'other'}"


def icicle(call: Call, title: str) -> str:
    """Draw one request."""
    root = blocks(call)
    drawn = list(_drawn(root, 0.0, 0, WIDTH / max(root.calls, 1)))
    height = (max(depth for _, _, depth, _ in drawn) + 1) * ROW
    parts = [
        f'<svg class="icicle" viewBox="0 0 {WIDTH:g} {height}" role="img" '
        f'aria-label="{escape(clean(title))}: {call.calls:,} calls">'
    ]
    for block, x, depth, width in drawn:
        parts.append(_block(block, x, depth * ROW, width))
    return "".join([*parts, "</svg>"])


def _drawn(
    block: Block, x: float, depth: int, scale: float
) -> Iterator[tuple[Block, float, int, float]]:
    width = block.calls * scale
    if width < NARROWEST or depth > DEEPEST:
        return
    yield block, x, depth, width
    at = x
    for inner in block.inner:
        yield from _drawn(inner, at, depth + 1, scale)
        at += inner.calls * scale


def _block(block: Block, x: float, y: float, width: float) -> str:
    classes = class_of(block.group) + (" elsewhere" if block.thread else "")
    told = f"{block.group}: {clean(block.name)}, {block.calls:,} calls"
    told += f", thread {block.thread}" if block.thread else ""
    told += ", a hop" if block.hops else ""
    parts = [
        f'<g class="{classes}"><title>{escape(told)}</title>'
        f'<rect x="{x:.1f}" y="{y:g}" width="{max(width - 0.6, 0.8):.1f}" '
        f'height="{ROW - 1}"/>'
    ]
    if block.hops:
        parts.append(f'<path class="hop" d="M{x:.1f} {y:g}l5 0l-5 7z"/>')
    room = int((width - 8) / CHARACTER)
    label = _label(block, room)
    if label:
        parts.append(f'<text x="{x + 5:.1f}" y="{y + 13:g}">{escape(label)}</text>')
    return "".join([*parts, "</g>"])


def _label(block: Block, room: int) -> str:
    parts = [part for part in clean(block.name).split(".") if part != "<locals>"]
    short = ".".join(parts[-2:])
    whole = f"{block.group} · {short}"
    if len(whole) <= room:
        return whole
    return block.group if len(block.group) <= room else ""


def groups_in(trees: dict[str, Call]) -> list[str]:
    """Return the layers that occur, in the order of the table."""
    found = {call.group for tree in trees.values() for call in tree.walk()}
    return [group for group in NAMES if group in found]


def bar(value: float, most: float, kind: str) -> str:
    """Draw a bar that fills its cell in proportion; decoration for a number in text."""
    width = 0.0 if most <= 0 else 100 * value / most
    return (
        f'<svg class="bar {kind}" viewBox="0 0 100 10" preserveAspectRatio="none" '
        f'aria-hidden="true"><rect width="{width:.1f}" height="10"/></svg>'
    )
