"""The outside of the process of one configuration.

    with Worker(configuration) as worker:
        counts, tree = worker.count("async")

Whatever goes wrong in there is one `Unmeasured` with a sentence, so that one
configuration that cannot be had is one empty cell, and not the end of the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from asgi_compare.drive.servers.process import inherited
from asgi_compare.drive.workers.session import NoAnswer, Session
from asgi_compare.measure.timing.configuration import (
    Batch,
    Command,
    Configuration,
    Count,
    Entry,
    Load,
    Settle,
    Tell,
)
from asgi_compare.measure.timing.figures import Call, Counts, Weight

LIMIT = 30.0
"""Seconds that any command may take."""
CHILD = "asgi_compare.measure.timing.worker_main"


class Unmeasured(Exception):
    """A configuration cannot be measured; the message is one sentence that says why."""


class Worker:
    """One configuration, in a process of its own."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.weight = Weight(0.0, 0, 0)
        environment = {**inherited(), **configuration.environment}
        self._session = Session(environment, module=CHILD)
        self._loaded = False

    @property
    def session(self) -> int:
        """The number of the session that the process is in."""
        return self._session.process.group

    def load(self) -> None:
        """Have the applications imported, unless they are already."""
        if not self._loaded:
            self.add(self.configuration.variants)
            self._loaded = True

    def add(self, variants: Mapping[str, Entry]) -> None:
        """Have more applications imported."""
        command = Load(variants, self.configuration.app_dir)
        self.weight = Weight(**self._ask(command))

    def count(self, variant: str, *, tree: bool = False) -> tuple[Counts, Call | None]:
        """Count what one request does; with the tree of its calls, if entry."""
        answer = self._ask(Count(variant, tree))
        found = answer["tree"]
        return Counts(**answer["counts"]), call_from(found) if found else None

    def settle(self, variant: str, core: int | None, seconds: float) -> float:
        """Warm up, and return the microseconds that a request takes, roughly."""
        return float(self._ask(Settle(variant, core, seconds))["us"])

    def batch(self, variant: str, requests: int) -> tuple[float, float]:
        """Return the microseconds of a request: on the wall, and of the processor."""
        answer = self._ask(Batch(variant, requests))
        return answer["us"], answer["cpu_us"]

    def tell(self, function: str) -> Any:
        """Have a function called in there, `module:function`, and return its answer."""
        return self._ask(Tell(function))["told"]

    def close(self) -> None:
        """End the process."""
        self._session.close(0.2)

    def __enter__(self) -> Self:
        try:
            self.load()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, command: Command) -> dict[str, Any]:
        name = self.configuration.name
        try:
            answer = self._session.ask(command, LIMIT)
        except NoAnswer as failure:
            raise Unmeasured(
                f"The process of {name!r} {failure.happened}.{failure.quoted}"
            ) from None
        if "changed" in answer:
            raise Unmeasured(answer["changed"])
        if "failed" in answer:
            raise Unmeasured(f"{name!r} failed: {answer['failed']}")
        return answer


def call_from(found: Mapping[str, Any]) -> Call:
    """Read a tree of calls."""
    inner = [call_from(each) for each in found["inner"]]
    rest = {key: value for key, value in found.items() if key != "inner"}
    return Call(**rest, inner=inner)
