"""STAGE 4c: where behaviours are observed: a child process for each configuration.

    with Laboratory() as laboratory:
        cell = laboratory.observe(behaviour, "django-asgi")
        laboratory.ablate(behaviour)

A configuration is an implementation with its settings. Its child is kept while others
are asked, up to a number; so behaviours of the same configuration should be asked one
after the other (`in_order`). One thread at a time may use a laboratory.

This module does not know what is to come of anything.
"""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from compare.behaviours.behaviour import (
    DJANGO_ASGI,
    DJANGO_WSGI,
    RAW,
    STARLETTE,
    Behaviour,
    Unsupported,
)
from compare.behaviours.plans import (
    Observation,
    Plan,
    carry_out,
    plan,
    plan_elsewhere,
)
from compare.isolation import Child

TARGETS = {
    RAW: "asgi_raw.lab.app:application",
    STARLETTE: "starlette_app.lab.app:application",
    DJANGO_ASGI: "django_app.lab.asgi:application",
    DJANGO_WSGI: "django_app.lab.wsgi:application",
}
"""The laboratory of each implementation."""
KEPT = 4
"""How many children are kept at a time."""


class Laboratory:
    """Children, one a configuration."""

    def __init__(self, kept: int = KEPT) -> None:
        self._children: OrderedDict[tuple[str, str], Child] = OrderedDict()
        self._kept = kept
        # A process takes its time to end; the next one need not wait for that.
        self._farewells = ThreadPoolExecutor(max_workers=1)

    def observe(
        self, behaviour: Behaviour, implementation: str, *, without_layer: bool = False
    ) -> Observation | Unsupported:
        """Play a behaviour with an implementation, with or without its layer."""
        planned = plan(behaviour, implementation, without_layer=without_layer)
        return planned if isinstance(planned, Unsupported) else self.carry_out(planned)

    def ablate(self, behaviour: Behaviour) -> tuple[Observation, ...]:
        """Play a behaviour without its layer, wherever that is to be shown."""
        plans = [
            plan(behaviour, implementation, without_layer=True)
            for implementation in behaviour.ablation.on
        ]
        return tuple(self.carry_out(each) for each in plans if isinstance(each, Plan))

    def elsewhere(self, behaviour: Behaviour, implementation: str) -> Observation:
        """Play a behaviour where somebody has built it without Django."""
        return self.carry_out(plan_elsewhere(behaviour, implementation))

    def carry_out(self, plan: Plan) -> Observation:
        """Play what is planned in the child for it."""
        return carry_out(plan, self._child(plan).drive)

    def _child(self, plan: Plan) -> Child:
        key = (plan.implementation, plan.settings)
        if key in self._children:
            self._children.move_to_end(key)
            return self._children[key]
        while len(self._children) >= self._kept:
            self._farewells.submit(self._children.popitem(last=False)[1].close)
        child = Child(TARGETS[plan.implementation], environment=plan.environment)
        self._children[key] = child
        return child

    def close(self) -> None:
        """End all children."""
        while self._children:
            self._farewells.submit(self._children.popitem()[1].close)
        self._farewells.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
