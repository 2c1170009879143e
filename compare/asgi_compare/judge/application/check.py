"""Check one application: play the probes, judge what came, and conclude.

The target is driven in a child process, one trial after the other. The first trial with
an exchange is the plain one. It sets the pace for the rest: an application that answers
at once is not waited for long. Where even the plain one gets no answer, or ends the
process, the others are left out, for they would tell nothing new.

What a target prints, and what it does to its process, is one line in the result. This
module knows the stages below it, and no report.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Protocol

from asgi_compare.contract.scenario import Conversation, Request
from asgi_compare.drive.targets.target import Form, source_of
from asgi_compare.drive.workers.worker import START_LIMIT, Child
from asgi_compare.judge.application import probe_findings as own
from asgi_compare.judge.application.arrange import fits, trial
from asgi_compare.judge.application.baseline import Yardstick
from asgi_compare.judge.application.gather import Gathered
from asgi_compare.judge.application.openapi import read_document
from asgi_compare.judge.application.probe import (
    LIFESPAN_STARTS,
    UNASKED,
    UNKNOWN_TYPE,
    Asked,
    Probe,
    Trial,
)
from asgi_compare.judge.application.probes import all_probes as rows
from asgi_compare.judge.rules import judge
from asgi_compare.judge.selection import Selection
from asgi_compare.model.checked import Checked
from asgi_compare.model.environment import environment
from asgi_compare.model.results import Finding
from asgi_compare.model.transcript import Transcript

DEADLINE = 2.0
"""Seconds that the first exchange may take."""
LEAST = 0.5
"""Seconds that every other one may take, however quick the first was."""
SLOWER = 20
"""How many times longer than the first another one may take."""

DEFAULTS = (
    Asked("GET /", Request(), ("--path", "/"), wanted=False),
    Asked(
        "WebSocket /",
        Conversation(says=("hello",)),
        ("--path", "ws:/"),
        wanted=False,
    ),
)
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to check, and how far to go."""

    target: str
    factory: bool = False
    app_dir: str | None = None
    asked: tuple[Asked, ...] = ()
    openapi: str = ""
    """Where the application has its OpenAPI document; empty for not looking."""
    unsafe: bool = False
    """Ask for what the document has with methods that change something, too."""
    probes: tuple[str, ...] = ()
    """Globs: play these probes only."""
    selection: Selection = field(default_factory=Selection)
    deadline: float = DEADLINE
    max_failures: int | None = None
    max_time: float | None = None
    seed: int = 0

    def words(self) -> list[str]:
        """Return the command line that checks this target."""
        words = ["asgi-compare", "check", self.target]
        if self.factory:
            words.append("--factory")
        if self.app_dir:
            words += ["--app-dir", self.app_dir]
        return words


class Driver(Protocol):
    """Whoever plays a trial: a `Child`, or a test in its own process."""

    @property
    def interface(self) -> Form:
        """How the target is called."""

    def drive(self, scenario: Trial) -> Transcript:
        """Play a trial, and give the transcript, whatever happens."""


def check(plan: Plan, progress: Progress = lambda name: None) -> Checked:
    """Check a target; raises `TargetError` if it cannot be loaded."""
    began = time.monotonic()
    with Child(
        plan.target,
        factory=plan.factory,
        app_dir=plan.app_dir,
        driver="asgi_compare.judge.application.play:play",
        start_limit=max(START_LIMIT, plan.deadline),
    ) as child:
        return check_with(child, plan, progress, began)


def check_with(
    driver: Driver,
    plan: Plan,
    progress: Progress = lambda name: None,
    began: float | None = None,
) -> Checked:
    """Check what a driver has at hand."""
    began = time.monotonic() if began is None else began
    one = _Check(plan, driver, progress, began)
    try:
        one.run()
    except KeyboardInterrupt:
        one.interrupted = True
    checked = one.gathered.checked(driver.interface)
    checked.interrupted = one.interrupted
    checked.unstartable = one.unstartable
    checked.complete = one.complete
    checked.file = source_of(plan.target, plan.app_dir)
    checked.environment = {
        **environment(),
        "seed": plan.seed,
        "seconds": round(time.monotonic() - began, 3),
    }
    return checked


class Enough(Exception):
    """So many failures, or so much time, as the user has set."""


class _Check:
    """One check while it runs."""

    interrupted = False
    unstartable = ""

    def __init__(
        self, plan: Plan, child: Driver, progress: Progress, began: float
    ) -> None:
        self.plan = plan
        self.child = child
        self.progress = progress
        self.ends = began + plan.max_time if plan.max_time else None
        self.complete = not plan.probes
        self.gathered = Gathered(plan.words(), plan.target, plan.selection)
        self.silent_at_anything = False
        """It returned from a scope type that there is not, without a word."""

    def run(self) -> None:
        try:
            if self.child.interface == "wsgi":
                self.requests("wsgi")
            else:
                self.lifespan_and_requests()
        except Enough as why:
            self.complete = False
            self.gathered.notes.append(f"{why} Not all probes were played.")

    def lifespan_and_requests(self) -> None:
        life = {probe.id: probe for probe in rows.LIFE}
        self.play(life.pop(UNKNOWN_TYPE), UNASKED)
        started = self.play(life.pop(LIFESPAN_STARTS), UNASKED, judged=False)
        self.unstartable = own.why_not_started(started)
        if self.unstartable:
            self.gathered.notes.append(self.unstartable)
            if not started.sent():
                return  # once more, it would only take as long
        else:
            self.requests("http")
        for probe in life.values():
            self.play(probe, UNASKED)

    def requests(self, protocol: str) -> None:
        for asked in self.everything_asked():
            chosen = [
                each
                for each in rows.PROBES
                if fits(each, asked) and each.protocol in (protocol, "websocket")
            ]
            if protocol == "wsgi" and isinstance(asked.exchange, Conversation):
                if asked.wanted:
                    self.gathered.notes.append(f"{asked.label}: WSGI has no WebSocket.")
                continue
            self.series(chosen, asked)

    def everything_asked(self) -> Iterator[Asked]:
        """Return what the user has asked for, or else the two defaults."""
        found = list(self.plan.asked)
        if self.plan.openapi:
            found += self.in_the_document(self.plan.openapi)
        yield from found or DEFAULTS

    def in_the_document(self, path: str) -> list[Asked]:
        asked = Asked(f"GET {path}", Request(target=path.encode()), ("--path", path))
        plain = rows.BY_ID[
            f"probe-{'wsgi' if self.child.interface == 'wsgi' else 'http'}/plain"
        ]
        return read_document(
            self.child.drive(trial(plain, asked, self.plan.deadline, 0)),
            unsafe=self.plan.unsafe,
        )

    def series(self, probes: Iterable[Probe], asked: Asked) -> None:
        """Play all that fits to one exchange, the plain one first."""
        plain, *others = probes
        first = self.play(plain, asked, needed=True)
        if why := own.why_not_worth_more(first, asked, self.silent_at_anything):
            if asked.wanted or isinstance(asked.exchange, Request):
                self.gathered.notes.append(why)
            return
        if said := own.remark(first, asked):
            self.gathered.notes.append(said)
        quick = max(LEAST, SLOWER * first.elapsed_ns / 1e9)
        if own.is_endless(first):
            others = [each for each in others if each.endless]
            quick = LEAST / 2  # each of them is waited for to its end
        limit = min(quick, self.plan.deadline)
        yardstick = Yardstick(trial(plain, asked, limit, self.plan.seed), first)
        for probe in others:
            again = probe.id.endswith("/again")
            came = self.play(
                probe, asked, deadline=limit, yardstick=yardstick, needed=again
            )
            if again:
                yardstick.played_again(came)
            if own.is_lost(came):
                break  # each of the others would cost as much time
        if yardstick.spent and not own.failed(first):
            self.gathered.notes.append(
                f"{asked.label}: the application began to fail on a plain server, too; "
                f"from there on nothing was compared with the first answer."
            )

    def play(
        self,
        probe: Probe,
        asked: Asked,
        *,
        deadline: float | None = None,
        yardstick: Yardstick | None = None,
        judged: bool = True,
        needed: bool = False,
    ) -> Transcript:
        """Play one trial, and judge it; also if nobody asked for it, where needed."""
        self.enough()
        made = trial(probe, asked, deadline or self.plan.deadline, self.plan.seed)
        globs = self.plan.probes
        shown = not globs or any(fnmatchcase(probe.id, glob) for glob in globs)
        if globs and not shown and not needed and judged and asked.words:
            return Transcript(made.name, "asgi")
        self.progress(made.name)
        transcript = self.child.drive(made)
        if probe.id == UNKNOWN_TYPE:
            self.silent_at_anything = transcript.ending.kind == "returned"
        if judged and shown:
            self.judge(probe, asked, made, transcript, yardstick)
        return transcript

    def judge(
        self,
        probe: Probe,
        asked: Asked,
        made: Trial,
        transcript: Transcript,
        yardstick: Yardstick | None,
    ) -> None:
        findings: list[Finding] = []
        if not own.is_for_nobody(transcript, self.silent_at_anything):
            findings = list(own.believed(judge(transcript), transcript, asked))
        if yardstick is not None and not findings:
            # What a rule has found is reason enough for another answer.
            findings += yardstick.compared(probe, made, transcript, self.child.drive)
        trouble = own.trouble(probe, transcript)
        self.gathered.add(probe, asked, transcript, findings, trouble)

    def enough(self) -> None:
        """Stop where the user wants it."""
        most = self.plan.max_failures
        if most is not None and self.gathered.failures() >= most:
            raise Enough(f"Stopped after {most} failed.")
        if self.ends is not None and time.monotonic() > self.ends:
            raise Enough(f"Stopped after {self.plan.max_time:g} s.")
