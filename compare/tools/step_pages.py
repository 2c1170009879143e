"""The steps into ASGI, driven and drawn: `python -m tools.step_pages write|check`.

Each file of `asgi_raw/steps/` shows in its docstring what crosses the interface, has a
picture of it in `docs/steps/`, and stands on the page `docs/steps.md`. All of that is
made here, from the transcripts of the conversations in `STEPS`. In a docstring, what is
made stands between two comments:

    # produced: conversations
    ...
    # end

`write` makes everything anew; `check` names what is not as it would be made. A new
conversation is one row in `STEPS`.
"""

from __future__ import annotations

import ast
import asyncio
import importlib
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from pprint import pformat
from types import ModuleType
from typing import Any

from asgi_compare.contract.scenario import Client, Conversation, Lifetime, Request
from asgi_compare.drive.in_process import asgi_http, asgi_lifespan, asgi_websocket
from asgi_compare.model.transcript import Transcript
from asgi_compare.report.common.files import write
from asgi_compare.report.common.sequence import (
    Item,
    Note,
    drawing,
    ended,
    messages,
    moments,
    outcome,
)

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "asgi_raw" / "steps"
PICTURES = ROOT / "docs" / "steps"
PAGE = ROOT / "docs" / "steps.md"
PRODUCED = re.compile(
    r"(?P<head>^ +# produced: (?P<name>\w+)\n).*?(?P<tail>^ +# end\n)", re.M | re.S
)
PICTURE = re.compile(r"Picture: docs/(\S+\.svg)\. ?")
INDENT = " " * 4
ARROWS = {"receive": "-> ", "send": "<- "}
WIDTH = 88 - len(INDENT + "-> ")
KEYS = ("type", "method", "path", "query_string")


@dataclass(frozen=True, slots=True)
class Example:
    """One exchange with a step."""

    title: str
    exchange: Request | Conversation | Lifetime
    breaks: tuple[str, ...] = ()
    """Rules that it breaks, on purpose."""
    hears: int | None = None
    """After how many messages the client of a WebSocket leaves."""


LEAVES = Client(leaves_after_hearing=2)
FRENCH = ((b"accept-language", b"fr"),)

STEPS: dict[str, tuple[Example, ...]] = {
    "step1": (
        Example("A request", Request()),
        Example("A lifespan, which it refuses", Lifetime()),
    ),
    "step2": (
        Example("A body in two pieces", Request("POST", body=(b"Hello, ", b"world!"))),
        Example("No body", Request()),
        Example(
            "A client that leaves between two pieces",
            Request(
                "POST",
                body=(b"Hello, ", b"world!"),
                client=Client(leaves_after_sending=1),
            ),
        ),
    ),
    "step3": (
        Example(
            "A path that it knows", Request("GET", b"/hello?name=Ada", headers=FRENCH)
        ),
        Example(
            "The same by HEAD", Request("HEAD", b"/hello?name=Ada", headers=FRENCH)
        ),
        Example("A method that the path has not", Request("DELETE", b"/hello")),
        Example("Another path", Request("GET", b"/nowhere")),
    ),
    "step4": (
        Example("A client that stays", Request("GET", b"/ticks")),
        Example("A client that leaves", Request("GET", b"/ticks", client=LEAVES)),
        Example("After a complete response", Request("GET", b"/after")),
        Example(
            "No response at all",
            Request("GET", b"/nothing"),
            breaks=("asgi-http/no-response",),
        ),
    ),
    "step5": (
        Example("A life with two requests", Lifetime(requests=(Request(), Request()))),
        Example("A start-up that fails", Lifetime(state=False)),
    ),
    "step6": (
        Example(
            "A client that closes",
            Conversation(b"/echo", says=("hello", b"hello"), code=1001),
            hears=2,
        ),
        Example(
            "The application closes",
            Conversation(b"/echo", says=("bye",), leaves="stays"),
        ),
        Example("The application refuses", Conversation(b"/nowhere", leaves="stays")),
    ),
    "step7": (
        Example("A request in French", Request(headers=FRENCH)),
        Example("A body that is too long", Request("POST", body=(b"x" * 12,) * 2)),
    ),
    "step8": (
        Example("A request", Request("GET", b"/items/42?color=blue")),
        Example("The same by HEAD", Request("HEAD", b"/items/42?color=blue")),
        Example("An endpoint that raises", Request("GET", b"/error")),
        Example(
            "A life with a request", Lifetime(requests=(Request("GET", b"/state"),))
        ),
        Example("A WebSocket", Conversation(b"/ws/echo", says=("hello",)), hears=1),
    ),
}


def played(step: str) -> list[tuple[Example, Transcript]]:
    """Drive a step through all of its examples."""
    application = module_of(step).application

    async def play(example: Example) -> Transcript:
        exchange = example.exchange
        if isinstance(exchange, Request):
            return await asgi_http.exchange(application, exchange)
        if isinstance(exchange, Lifetime):
            return await asgi_lifespan.exchange(application, exchange)
        return await asgi_websocket.exchange(application, exchange, hears=example.hears)

    return [(example, asyncio.run(play(example))) for example in STEPS[step]]


def module_of(step: str) -> ModuleType:
    """Import a step."""
    return importlib.import_module(f"asgi_raw.steps.{step}")


# In the docstring ------------------------------------------------------------------


def conversations(transcripts: Iterable[tuple[Example, Transcript]]) -> str:
    """Write out what crossed the interface, as it would stand in a program."""
    return "\n\n".join(
        "\n".join([f"{example.title}:", *lines(transcript)])
        for example, transcript in transcripts
    )


def lines(transcript: Transcript) -> Iterator[str]:
    """Yield the lines of one conversation."""
    for moment in moments(transcript):
        if moment.event is not None:
            shown = pformat(moment.event.event, width=WIDTH, sort_dicts=False)
            first, *others = shown.splitlines()
            yield ARROWS[moment.event.direction] + first
            yield from ("   " + line for line in others)
        elif moment.what == "call":
            yield from called(moment.transcript.scope)
        elif moment.what == "left":
            yield "the client leaves"
        else:
            got = outcome(moment.transcript)
            yield ended(moment.transcript) + (f"; the client gets {got}" if got else "")


def called(scope: Mapping[str, Any]) -> list[str]:
    """Write out the keys of a scope that make the difference."""
    shown = [f"'{key}': {scope[key]!r}" for key in KEYS if scope.get(key)]
    if asked := [pair for pair in scope.get("headers", ()) if pair in FRENCH]:
        shown.append(f"'headers': [..., {asked[0]!r}]")
    shown += ["'state': {...}"] if "state" in scope else []
    return textwrap.wrap(
        f"called with {{{', '.join(shown)}, ...}}", 84, subsequent_indent=" " * 13
    )


def scope(transcripts: Iterable[tuple[Example, Transcript]]) -> str:
    """Write out the scope of the first conversation."""
    _, first = next(iter(transcripts))
    return pformat(dict(first.scope), width=WIDTH, sort_dicts=False)


PARTS: dict[str, Any] = {"conversations": conversations, "scope": scope}


def source(step: str, transcripts: list[tuple[Example, Transcript]]) -> str:
    """Return the step's file with what is produced made anew."""

    def made(match: re.Match[str]) -> str:
        part = textwrap.indent(PARTS[match["name"]](transcripts), INDENT)
        return f"{match['head']}{part}\n{match['tail']}"

    return PRODUCED.sub(made, (FOLDER / f"{step}.py").read_text("utf-8"))


# The picture and the page ----------------------------------------------------------


def picture(step: str, transcripts: list[tuple[Example, Transcript]]) -> str:
    """Draw all conversations of a step, one below the other."""
    items: list[Item] = []
    for example, transcript in transcripts:
        items.append(Note(example.title, heading=True))
        items += messages(transcript)
    title = ast.get_docstring(ast.parse((FOLDER / f"{step}.py").read_text())) or ""
    return drawing(title.partition("\n")[0], ("server", "application"), items)


def page(sources: dict[str, str]) -> str:
    """Make the page that walks through all steps."""
    introduction = ast.get_docstring(
        ast.parse((FOLDER / "__init__.py").read_text("utf-8"))
    )
    # The last paragraph tells readers of the code where this page is.
    title, _, rest = str(introduction).rpartition("\n\n")[0].partition("\n")
    made = "Made by `python -m tools.step_pages write` from `asgi_raw/steps/`."
    chapters = [f"# {title.rstrip('.')}\n{rest}\n\n{made}\n"]
    chapters += [chapter(step, text) for step, text in sources.items()]
    return "\n".join(chapters)


def chapter(step: str, text: str) -> str:
    """Turn one step into Markdown: its picture, its docstring and its code."""
    docstring = ast.get_docstring(ast.parse(text)) or ""
    title, _, prose = docstring.partition("\n")
    code = text.split('"""\n', 1)[1].strip("\n")
    prose = PRODUCED.sub(fenced, prose + "\n")
    prose = PICTURE.sub("", prose).strip("\n")
    image = f"![What crosses the interface in {step}](steps/{step}.svg)"
    return (
        f"## {title.rstrip('.')}\n\n{image}\n\n{prose}\n\n"
        f"The file, `asgi_raw/steps/{step}.py`:\n\n```python\n{code}\n```\n"
    )


def fenced(match: re.Match[str]) -> str:
    """Make a fenced block of what was produced."""
    block = match[0].removeprefix(match["head"]).removesuffix(match["tail"])
    # As text, since a formatter of Markdown would set Python its own way.
    return f"```text\n{textwrap.dedent(block)}```\n"


def files() -> dict[Path, str]:
    """Make every file, by its path."""
    made, sources = {}, {}
    for step in STEPS:
        transcripts = played(step)
        sources[step] = source(step, transcripts)
        made[FOLDER / f"{step}.py"] = sources[step]
        made[PICTURES / f"{step}.svg"] = picture(step, transcripts)
    return made | {PAGE: page(sources)}


def main(arguments: list[str]) -> int:
    """Write or check; the exit code is 1 if `check` finds something stale."""
    if arguments not in (["write"], ["check"]):
        print(f"Expected 'write' or 'check', but got {arguments}.", file=sys.stderr)
        return 2
    stale = {
        path: text
        for path, text in files().items()
        if not path.exists() or path.read_text("utf-8") != text
    }
    for path, text in stale.items():
        if arguments == ["write"]:
            path.parent.mkdir(exist_ok=True)
            write(path, text)
        print(f"{'Wrote' if arguments == ['write'] else 'Stale:'} {path.name}")
    return 1 if stale and arguments == ["check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
