"""Watch the applications of a test session, on behalf of pytest.

A finding belongs to the test that runs when it is made, fixtures included. It is told
once for each test, rule and place. In the mode `fail` the phase that it was made in
(set-up, call, tear-down) fails; in the mode `summary` it travels in the test's report,
which is how it comes from a worker of pytest-xdist to the terminal. How many exchanges
were watched is said at the end: a client that is not in the list gives none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable
from typing import Any, cast

import pytest

from asgi_compare.drive.targets.target import TargetError, interface_of
from asgi_compare.judge.selection import Selection
from asgi_compare.judge.validator.asgi import Asgi2, Wrapper
from asgi_compare.judge.validator.asgi_http import Asgi3
from asgi_compare.judge.validator.clients import CLIENTS, Clients
from asgi_compare.judge.validator.django_response import judge_response
from asgi_compare.judge.validator.findings import Findings, Observed
from asgi_compare.judge.validator.wsgi import Wsgi

MARK = "asgi_compare"
WATCHED = "asgi_compare_watched"
"""Under which a worker of pytest-xdist says how many exchanges it has watched."""
EVERYTHING = Selection()
Told = tuple[str, str, str]
"""A test, a rule, and a place."""


def chosen_by(config: pytest.Config, item: pytest.Item | None) -> Selection:
    """Return which findings count: by the settings, and by the test's own marks."""
    select = list(config.getini("asgi_compare_select"))
    exclude = list(config.getini("asgi_compare_exclude"))
    level = config.getini("asgi_compare_level")
    for mark in item.iter_markers(MARK) if item else ():
        exclude += mark.kwargs.get("exclude", ())
    nearest = item.get_closest_marker(MARK) if item else None
    if nearest is not None:
        select = list(nearest.kwargs.get("select", select))
        level = nearest.kwargs.get("level", level)
    return Selection(tuple(select), tuple(exclude), level)


class Watch:
    """One session: which test runs, and what was found in it."""

    def __init__(self, config: pytest.Config, mode: str) -> None:
        self.config = config
        self.mode = mode
        self.side = config.getini("asgi_compare_side")
        self.item: pytest.Item | None = None
        self.selection = EVERYTHING
        self.waiting: list[Observed] = []
        """Found in this phase of this test, and not told yet."""
        self.told: set[tuple[str, str]] = set()
        self.exchanges = 0
        """Watched so far; in the end with those of all workers."""
        self.summary: dict[str, dict[str, list[str]]] = {}
        """By rule and message: the tests."""
        self.clients = Clients(self.wrap, self.judge)
        self.clients.start()

    def pytest_unconfigure(self) -> None:
        """Leave the clients as they were."""
        self.clients.stop()

    # The applications ----------------------------------------------------------------

    def wrap(self, app: Any) -> Any:
        """Wrap an application that a client has been given."""
        if isinstance(app, Wrapper):
            return app
        try:
            kind = COUNTED[interface_of(app)]
        except TargetError:
            return app  # the client will say what it thinks of it
        return kind(app, self.findings())

    def count(self) -> None:
        """Note that an exchange was watched."""
        self.exchanges += 1

    def findings(self) -> _EveryTime:
        """Make the findings of one application; each comes to `found`."""
        side = None if self.side == "both" else self.side
        found = _EveryTime(self.found, EVERYTHING, side)
        found.count = self.count
        return found

    def judge(self, request: Any, response: Any) -> None:
        """Judge a response of Django's test client."""
        self.count()
        judge_response(request, response, self.findings())

    def found(self, observed: Observed) -> None:
        """Take a finding, if this test wants it and has not had it."""
        place = observed.rule, observed.scenario
        if place in self.told or not self.selection.wants(
            observed.rule, observed.level
        ):
            return
        self.told.add(place)
        self.waiting.append(observed)

    # The tests -----------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Note which test runs."""
        self.item = item
        self.selection = chosen_by(self.config, item)
        self.told.clear()
        self.waiting.clear()
        try:
            return (yield)
        finally:
            self.item = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Tell what the fixtures' applications did."""
        return (yield from self._phase(item, "setup"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Tell what the test's applications did."""
        return (yield from self._phase(item, "call"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Tell what was done when clients were closed."""
        return (yield from self._phase(item, "teardown"))

    def _phase(self, item: pytest.Item, when: str) -> Generator[None, Any, Any]:
        try:
            result = yield
        except BaseException:
            # It fails as it is; what was found may be the reason.
            if told := self._text():
                item.add_report_section(when, "asgi-compare", told)
            self._keep(item)
            raise
        told = self._text()
        self._keep(item)
        if told and self.mode == "fail":
            pytest.fail(told, pytrace=False)
        return result

    def _text(self) -> str:
        return "\n".join(each.explained() for each in self.waiting)

    def _keep(self, item: pytest.Item) -> None:
        if self.mode == "summary":
            for each in self.waiting:
                value = json.dumps([each.rule, each.message])
                item.user_properties.append((MARK, value))
        self.waiting.clear()

    # The end -------------------------------------------------------------------------

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the findings of a test; here those of all workers come together."""
        if report.when != "teardown":
            return  # each report of a test has what those before it had
        for name, value in report.user_properties:
            if name == MARK:
                rule, message = json.loads(cast(str, value))
                tests = self.summary.setdefault(rule, {}).setdefault(message, [])
                tests.append(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Say how many exchanges were watched, where this is a worker."""
        if (output := getattr(self.config, "workeroutput", None)) is not None:
            output[WATCHED] = self.exchanges

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a worker has watched; one that was lost says nothing."""
        self.exchanges += getattr(node, "workeroutput", {}).get(WATCHED, 0)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say how much was watched; list the findings by rule."""
        write = terminalreporter.write_line
        write(self._how_much())
        if self.mode != "summary":
            return
        count = sum(len(messages) for messages in self.summary.values())
        terminalreporter.write_sep("=", f"asgi-compare: findings {count}")
        for rule, messages in sorted(self.summary.items()):
            write(rule)
            for message, tests in messages.items():
                write(f"  {message}")
                write(f"    in {_listed(tests)}")

    def _how_much(self) -> str:
        if self.exchanges:
            more = "s" if self.exchanges > 1 else ""
            return f"asgi-compare: {self.exchanges:,} exchange{more} watched"
        known = dict.fromkeys(row.module.partition(".")[0] for row in CLIENTS)
        return (
            f"asgi-compare: no exchange was watched; the test clients that are belong "
            f"to {', '.join(known)}, and the fixture asgi_compare takes any application"
        )


def _listed(tests: Iterable[str], most: int = 3) -> str:
    tests = list(tests)
    more = f" and {len(tests) - most} more" if len(tests) > most else ""
    return ", ".join(tests[:most]) + more


class _Counting(Findings):
    """Findings of an application whose exchanges are counted."""

    count: Callable[[], None]
    """Called at the beginning of each exchange."""


class _EveryTime(_Counting):
    """Findings that are told every time; who listens knows what is new."""

    def _keep(self, observed: Observed) -> None:
        assert callable(self.then)
        self.then(observed)


def _nothing() -> None:
    """Count where nobody wants to know."""


class _Asgi3(Asgi3):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        cast(_Counting, self._findings).count()
        return await super().__call__(scope, receive, send)


class _Asgi2(Asgi2):
    def __call__(self, scope: Any) -> Any:
        cast(_Counting, self._findings).count()
        return super().__call__(scope)


class _Wsgi(Wsgi):
    def __call__(self, environ: Any, start_response: Any) -> Any:
        cast(_Counting, self._findings).count()
        return super().__call__(environ, start_response)


COUNTED: dict[str, type[_Asgi3 | _Asgi2 | _Wsgi]] = {
    "asgi": _Asgi3,
    "asgi2": _Asgi2,
    "wsgi": _Wsgi,
}
"""The wrappers, such that each exchange is counted."""


class Inspection:
    """What the fixture `asgi_compare` is."""

    def __init__(self, item: pytest.Item, watch: Watch | None) -> None:
        self.findings: list[Observed] = []
        """What was found until now in the applications that `validate` has wrapped."""
        self._selection = chosen_by(item.config, item)
        self._side = item.config.getini("asgi_compare_side")
        self._watch = watch

    def validate(self, app: Any) -> Wrapper:
        """Wrap an application; drive the result in its place."""
        side = None if self._side == "both" else self._side
        found = _Counting(self._found, self._selection, side)
        found.count = self._watch.count if self._watch else _nothing
        return COUNTED[interface_of(app)](app, found)

    def _found(self, observed: Observed) -> None:
        self.findings.append(observed)
        if self._watch is not None:
            self._watch.found(observed)
