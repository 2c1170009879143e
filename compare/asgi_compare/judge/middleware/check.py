"""Check one layer: play every trial twice, judge both sides, and conclude.

The target runs in a child process. Each trial is played with the layer and with the
layer taken out. First the rules of layers look at the pair. Then the rule book judges
the layer as an application, by what came outside, and as a server, by what came inside;
what it finds without the layer as well is not the layer's. A finding counts only if it
is there again when the trial is played once more.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from asgi_compare.contract.scenario import Conversation, Headers, Request
from asgi_compare.drive.targets.target import TargetError, source_of
from asgi_compare.drive.workers.worker import Child
from asgi_compare.judge.middleware import django
from asgi_compare.judge.middleware.play import BUILD, COSTS
from asgi_compare.judge.middleware.rules import LAYER_RULES, LayerRule
from asgi_compare.judge.middleware.trial import (
    NO_ARGUMENTS,
    LayerTrial,
    Pair,
    Wrapping,
    calls,
    noted,
)
from asgi_compare.judge.middleware.trials import NEEDED, Row, rows_for, trial_of
from asgi_compare.judge.rules import RULES, judge
from asgi_compare.model.checked import Checked, Problem, some_places
from asgi_compare.model.environment import environment
from asgi_compare.model.results import IN_PROCESS, Finding, Level, Verdict, VerdictKind
from asgi_compare.model.transcript import Interface, Transcript

PLAY = "asgi_compare.judge.middleware.play:play"
LOST = ("crashed", "abandoned")
ORDER: dict[Level, int] = {"must": 0, "should": 1, "unclear": 2, "advice": 3}
FOLLOWS = {
    "asgi-middleware/state-lost": "asgi-middleware/lifespan-swallowed",
    "asgi-middleware/task-left": "asgi-middleware/cancellation-lost",
    "asgi/unknown-protocol-accepted": "asgi-middleware/lifespan-swallowed",
    "asgi-websocket/connect-unanswered": "asgi-middleware/websocket-swallowed",
    "wsgi-middleware/exc-info-lost": "wsgi-middleware/exception-lost",
}
"""What follows from another fault, and is not shown beside it."""
ALLOWED = (
    # By each layer that is a generator, if the application writes.
    "wsgi/write-while-iterating",
    # By one that holds the start back, as it may; the push is only earlier.
    "asgi-extensions/push-order",
    # `raw_path` is what came from the client, and stays if `path` is rewritten.
    "asgi-scope/path-not-decoded",
    # By one that has something to share as well.
    "asgi-lifespan/state-not-empty",
)
"""What a layer may do, though an application or a server may not."""
Progress = Callable[[str], None]
Drive = Callable[[LayerTrial], Transcript]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which layer to check, and how."""

    target: str
    wrapping: Wrapping = NO_ARGUMENTS
    factory: bool = False
    app_dir: str | None = None
    path: bytes = b"/"
    headers: Headers = ()
    """Fields of every request, so that it comes to the application inside."""
    trials: tuple[str, ...] = ()
    """Globs: play these trials only."""
    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    advice: bool = False
    """Let advice fail, too."""
    words: tuple[str, ...] = ()
    """The command line that checks it."""

    def wants(self, rule: str) -> bool:
        """Return whether findings of a rule are wanted."""
        chosen = not self.select or any(fnmatchcase(rule, g) for g in self.select)
        return chosen and not any(fnmatchcase(rule, g) for g in self.exclude)


@dataclass(slots=True)
class Found:
    """One rule that is broken, and where."""

    first: Finding
    count: int = 0
    scenarios: dict[str, None] = field(default_factory=dict)


def check(plan: Plan, progress: Progress = lambda name: None) -> Checked:
    """Check a target; raises `TargetError` if no layer can be made of it."""
    with Child(
        plan.target,
        # How it is called is found out when it has been called with an application.
        interface=plan.wrapping.outside or "asgi",
        factory=plan.factory,
        app_dir=plan.app_dir,
        driver=PLAY,
    ) as child:
        return check_with(child.drive, plan, progress)


def check_with(
    drive: Drive, plan: Plan, progress: Progress = lambda name: None
) -> Checked:
    """Check the layer that is driven by `drive`."""
    began = time.monotonic()
    one = Check(drive, plan, progress)
    interrupted = False
    try:
        one.run()
    except KeyboardInterrupt:
        interrupted = True
    checked = one.checked()
    checked.interrupted = interrupted
    checked.environment = {
        **environment(),
        "seconds": round(time.monotonic() - began, 3),
    }
    return checked


def messages_of(rule: LayerRule, pair: Pair) -> list[str]:
    """Return what a rule finds; what cannot be looked at is not judged."""
    try:
        return list(rule.check(pair))
    except Exception:  # a layer's value may raise from anything
        return []


ITS_OWN = ("plain", "head", "echo", "messages")
"""Trials by which the answers are judged of a layer that lets nothing through."""


def answers_itself(rule: LayerRule, pair: Pair) -> bool:
    """Return whether a layer that does not call the application may do so.

    A limit, a login or a page that says that the site is closed is an answer like any
    other; it is judged by the rule book.
    """
    failed = pair.layered.ending.kind != "returned"
    if rule.id.endswith(("/fails", "/requests-mixed")):
        return not failed and pair.layered.answer is not None
    return False


def suits_a_view(row: Row) -> bool:
    """Return whether a view of Django can do what the application is told."""
    bare = not row.exchange.body if isinstance(row.exchange, Request) else False
    return row.protocol == "http" and bare and row.act in django.ACTS


class Check:
    """One check while it runs."""

    outside: Interface = "asgi"
    inside: Interface = "asgi"
    is_django = False
    reached = True
    """A plain request comes to the application inside."""

    def __init__(self, drive: Drive, plan: Plan, progress: Progress) -> None:
        self.drive = drive
        self.plan = plan
        self.progress = progress
        self.found: dict[str, Found] = {}
        self.verdicts: list[Verdict] = []
        self.transcripts: dict[str, Transcript] = {}
        self.notes: list[str] = []

    def run(self) -> None:
        """Play all of it."""
        self.build()
        rows = [self.of_the_user(row) for row in rows_for(self.outside, self.inside)]
        if self.is_django:
            rows = [row for row in rows if suits_a_view(row)]
        self.reached = self.reaches(rows)
        if not self.reached:
            self.notes.append(
                "The layer answers a plain request itself, and does not call the "
                "application; say with --path and --header what it lets through."
            )
            others = ("lifespan", "other")
            rows = [r for r in rows if r.protocol in others or r.name in ITS_OWN]
        for row in rows:
            if any(fnmatchcase(row.name, glob) for glob in self.plan.trials or ("*",)):
                self.progress(row.name)
                self.play(row)
        if not (self.plan.trials or self.is_django):
            self.costs()

    def build(self) -> None:
        """Have the layer made; say what goes wrong as an error of the target."""
        made = self.drive(self.trial(Row(BUILD, "http", "answers", ""), False))
        if made.ending.error:
            raise TargetError(made.ending.error)
        for note in made.notes:
            side, _, interface = note.partition(": ")
            self.is_django |= interface == "django"
            if side in ("outside", "inside") and interface in ("asgi", "wsgi"):
                setattr(self, side, interface)

    def of_the_user(self, row: Row) -> Row:
        """Put the user's path and fields into a row."""
        exchange = row.exchange
        if not isinstance(exchange, Request | Conversation):
            return row
        if exchange.target == b"/":
            exchange = replace(exchange, target=self.plan.path)
        headers = (*exchange.headers, *self.plan.headers)
        return replace(row, exchange=replace(exchange, headers=headers))

    def trial(self, row: Row, taken_out: bool) -> LayerTrial:
        """Make a trial."""
        return trial_of(row, taken_out, wrapping=self.plan.wrapping)

    def reaches(self, rows: Iterable[Row]) -> bool:
        """Return whether a plain request comes to the application inside."""
        needed = [row for row in rows if row.name in NEEDED]
        return any(calls(self.drive(self.trial(row, False))) for row in needed)

    def pair(self, row: Row) -> Pair:
        """Play a trial with the layer and without it.

        A layer that has let so many requests through, and no more, is made anew: it may
        be a limit, or a switch that is off after some exceptions.
        """
        trial = self.trial(row, False)
        plain = self.drive(replace(trial, taken_out=True))
        layered = self.drive(trial)
        if self.reached and calls(plain) and not calls(layered):
            self.build()
            layered = self.drive(trial)
        return Pair(trial, layered, plain)

    def play(self, row: Row) -> None:
        """Play a trial, and once more if there is something to be found."""
        pair = self.pair(row)
        findings = list(self.judged(pair))
        if findings and pair.layered.ending.kind not in LOST:
            again = {each.rule for each in self.judged(self.pair(row))}
            findings = [each for each in findings if each.rule in again]
        self.take(pair, findings)

    def take(self, pair: Pair, findings: Iterable[Finding]) -> None:
        """Take what a trial has brought."""
        name = pair.trial.name
        kept = [each for each in findings if self.plan.wants(each.rule)]
        for each in kept:
            found = self.found.setdefault(each.rule, Found(each))
            found.count += 1
            found.scenarios[name] = None
            self.transcripts[name] = pair.layered
        ending = pair.layered.ending
        kind: VerdictKind = "passed"
        reason = ""
        required = [each for each in kept if each.level in ("must", "should")]
        if ending.kind in LOST and pair.plain.ending.kind not in LOST:
            kind = "error"
            reason = ending.error or (
                "The layer went on after it was cancelled, and was left behind."
            )
        elif required:
            kind, reason = "failed", required[0].message
        self.verdicts.append(Verdict(name, self.plan.target, IN_PROCESS, kind, reason))

    def judged(self, pair: Pair) -> Iterator[Finding]:
        """Judge a pair: the layer's own rules first, then the rule book."""
        own = list(self.by_layer_rules(pair))
        required = {each.rule for each in own if each.level != "advice"}
        book: list[Finding] = []
        if not required or required == {f"{self.outside}-middleware/fails"}:
            book = list(self.by_the_book(pair))
        # A rule that says what is wrong goes before one that says only that it is.
        yield from book
        yield from (each for each in own if not (book and each.rule in required))

    def by_layer_rules(self, pair: Pair) -> Iterator[Finding]:
        """Judge a pair by the rules of layers."""
        alone = not (pair.inside or self.is_django)
        for rule in LAYER_RULES.values():
            if alone and answers_itself(rule, pair):
                continue
            if rule.interface == self.outside:
                for message in messages_of(rule, pair):
                    yield Finding(
                        rule.id,
                        "application",
                        rule.level,
                        f"{message} (in {pair.trial.name!r}).",
                        pair.trial.name,
                    )

    def by_the_book(self, pair: Pair) -> Iterator[Finding]:
        """Judge the layer as an application, and as a server."""
        known = {*ALLOWED, *(each.rule for each in judge(pair.plain))}
        outside = judge(replace(pair.layered, requests=()))
        known |= {each.rule for each in outside if each.side == "server"}
        if pair.layered.ending.kind in LOST:
            return
        yield from (
            each
            for each in outside
            if each.side == "application" and each.rule not in known
        )
        for call in () if self.is_django else pair.inside:
            for each in judge(call):
                if each.side == "server" and each.rule not in known:
                    message = each.message.replace("'inside'", "what came inside")
                    yield replace(
                        each, message=message, scenario=pair.trial.name, evidence=()
                    )

    def costs(self) -> None:
        """Say what the layer adds to a request, in time and memory."""
        row = self.of_the_user(Row(COSTS, "http", "answers", ""))
        pair = self.pair(row)
        self.take(pair, self.by_layer_rules(pair))
        with_it, without = (
            [float(noted(each, what)[0]) for what in ("microseconds", "kibibytes")]
            if noted(each, "kibibytes")
            else None
            for each in (pair.layered, pair.plain)
        )
        if with_it is None or without is None:
            return
        self.notes.append(
            f"The layer adds {with_it[0] - without[0]:.0f} µs to a request of "
            f"{without[0]:.0f} µs, and {max(with_it[1] - without[1], 0):,.0f} KiB of "
            f"memory to an answer of 1,536 KiB."
        )

    def checked(self) -> Checked:
        """Put together what was found."""
        for rule, cause in FOLLOWS.items():
            if cause in self.found:
                self.found.pop(rule, None)
        every = sorted(self.found.values(), key=lambda f: ORDER[f.first.level])
        problems = [self.problem(each) for each in every]
        failing = [e for e in problems if e.level != "advice" or self.plan.advice]
        inner = f" around {self.inside}" if self.inside != self.outside else ""
        return Checked(
            self.plan.target,
            f"{self.outside}{inner}",
            problems=failing,
            advice=[each for each in problems if each not in failing],
            verdicts=self.verdicts,
            notes=self.notes,
            transcripts=self.transcripts,
            complete=not self.plan.trials,
            file=source_of(self.plan.target, self.plan.app_dir),
        )

    def problem(self, found: Found) -> Problem:
        """Write one broken rule up, with the words of the rule."""
        first = found.first
        if (layer_rule := LAYER_RULES.get(first.rule)) is not None:
            rule = layer_rule
            about = (rule.statement, rule.quote, rule.link, rule.hint)
        else:
            other = RULES[first.rule]
            about = (other.statement, other.quote, other.link, other.hint)
        words = [*self.plan.words, "--trial", first.scenario, "--select", first.rule]
        return Problem(
            first.rule,
            first.side,
            first.level,
            first.message,
            first.scenario,
            first.evidence,
            found.count,
            some_places(found.scenarios),
            *about,
            shlex.join(words),
        )
