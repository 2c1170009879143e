"""Where behaviours are observed: a child process for each configuration.

    with Laboratory() as laboratory:
        cell = laboratory.observe(behaviour, "django-asgi")
        laboratory.ablate(behaviour)

A configuration is an implementation with its settings. Its child is kept while others
are asked, up to a number; so behaviours of the same configuration should be asked one
after the other (`in_order`). Children of Django are forked from a process that has
imported it, and in which there are no settings (`fork_server.py`). One thread at a time
may use a laboratory.
"""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from asgi_compare.drive.places import APPLICATIONS
from asgi_compare.drive.workers import fork_server as fork_server
from asgi_compare.drive.workers.fork_server import ForkServer
from asgi_compare.drive.workers.session import Session
from asgi_compare.drive.workers.worker import Child
from asgi_compare.measure.behaviours.behaviour import (
    DJANGO_ASGI,
    DJANGO_WSGI,
    RAW,
    STARLETTE,
    Behaviour,
    Unsupported,
)
from asgi_compare.measure.behaviours.plans import (
    DJANGOS,
    Observation,
    Plan,
    carry_out,
    plan,
    plan_elsewhere,
)

TARGETS = {
    RAW: "asgi_compare.laboratory.raw_lab.app:application",
    STARLETTE: "asgi_compare.laboratory.starlette_lab.app:application",
    DJANGO_ASGI: "asgi_compare.laboratory.django_lab.asgi:application",
    DJANGO_WSGI: "asgi_compare.laboratory.django_lab.wsgi:application",
}
"""The laboratory of each implementation."""
KEPT = 4
"""How many children are kept at a time."""
IMPORTED_FIRST = (
    "asgi_compare.drive",
    "django.contrib.admin.options",
    "django.contrib.staticfiles.handlers",
    "django.core.asgi",
    "django.core.management.commands.migrate",
    "django.core.wsgi",
    "django.db.backends.sqlite3.base",
)
"""What the laboratories of Django have imported before they replace any part of it.

None of it asks for a setting when it is imported. So their children can share it.
"""


class Laboratory:
    """Children, one a configuration."""

    def __init__(self, kept: int = KEPT) -> None:
        self._children: OrderedDict[tuple[str, str], Child] = OrderedDict()
        self._kept = kept
        self._fork_server = ForkServer(IMPORTED_FIRST)
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
        is_forked = plan.implementation in DJANGOS and fork_server.IS_POSSIBLE
        child = Child(
            TARGETS[plan.implementation],
            app_dir=str(APPLICATIONS),
            environment=plan.environment,
            open_session=self._fork_server.session if is_forked else Session,
        )
        self._children[key] = child
        return child

    def close(self) -> None:
        """End all children."""
        while self._children:
            self._farewells.submit(self._children.popitem()[1].close)
        self._farewells.shutdown()
        self._fork_server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
