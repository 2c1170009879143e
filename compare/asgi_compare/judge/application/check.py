"""Check one application: play the probes, judge what came, and conclude.

The target is driven in a child process, one trial after the other. The first trial with
an exchange is the plain one. It sets the pace for the rest: an application that answers
at once is not waited for long. Where even the plain one gets no answer, or ends the
process, the others are left out, for they would tell nothing new. Any other one that
gets no answer in its time is given the whole time once: it may have had something to
set up.

What a target prints, and what it does to its process, is one line in the result. This
module knows the stages below it, and no report.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Protocol

from asgi_compare.contract.scenario import Conversation, Request
from asgi_compare.drive.targets.target import Form, source_of
from asgi_compare.drive.workers.worker import START_LIMIT, Child
from asgi_compare.judge.application import observed
from asgi_compare.judge.application import probe_findings as own
from asgi_compare.judge.application.arrange import fits, trial, with_validators
from asgi_compare.judge.application.baseline import Yardstick
from asgi_compare.judge.application.codings import two_codings
from asgi_compare.judge.application.gather import Gathered
from asgi_compare.judge.application.openapi import DocumentError, read_document
from asgi_compare.judge.application.probe import (
    LEAVES_INSIDE,
    LEAVES_INSIDE_WSGI,
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
MOST_WORK = 0.5
"""Seconds of an answer that may be cancelled; a thread that works longer than that need
not have ended by the time that a cancelled application is given up."""
SECOND_TRIES = 2
"""How many trials that were too late are given the whole time, in vain."""

LOOPS = {"asyncio": "play", "uvloop": "play_on_uvloop"}
"""By the name of an event loop, the function that plays trials in it."""
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
    interface: Form | None = None
    """How the target is called; None for finding out."""
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
    allow_raise: bool = False
    """An application that raises at a plain request is a note."""
    strict: bool = False
    """A note fails."""
    loop: str = "asyncio"
    """The event loop of an ASGI application; a key of `LOOPS`."""

    def words(self) -> list[str]:
        """Return the command line that checks this target."""
        words = ["asgi-compare", "check", self.target]
        if self.factory:
            words.append("--factory")
        if self.app_dir:
            words += ["--app-dir", self.app_dir]
        if self.interface:
            words += ["--interface", self.interface]
        if self.loop != "asyncio":
            words += ["--loop", self.loop]
        if self.seed:
            words += ["--seed", str(self.seed)]
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
        interface=plan.interface,
        factory=plan.factory,
        app_dir=plan.app_dir,
        driver=f"asgi_compare.judge.application.play:{LOOPS[plan.loop]}",
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
    checked.strict = plan.strict
    checked.unanswered = not (one.answered or one.unstartable or one.interrupted)
    checked.file = source_of(plan.target, plan.app_dir)
    checked.environment = {
        **environment(),
        "seed": plan.seed,
        "loop": plan.loop,
        "seconds": round(time.monotonic() - began, 3),
    }
    return checked


def is_last(probe: Probe) -> bool:
    """Return whether a probe looks how the application does after all the others."""
    return probe.id.endswith("/afterwards")


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
        self.answered = False
        """At least one exchange got an answer of the application's own."""
        self.speaks_websocket = False
        self.second_tries = SECOND_TRIES
        self.rejected: tuple[Probe, Asked, Transcript] | None = None
        """An HTTP request that nobody has asked for, and that was turned away."""

    def run(self) -> None:
        try:
            if self.child.interface == "wsgi":
                self.requests("wsgi")
                self.conclude()
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
        elif trouble := own.why_not_served(started):
            start = rows.BY_ID[LIFESPAN_STARTS]
            self.gathered.add(start, UNASKED, started, [], trouble)
            return  # a server would wait, too; once more, it would only take as long
        else:
            self.requests("http")
            self.conclude()
        for probe in life.values():
            self.play(probe, UNASKED)

    def conclude(self) -> None:
        """Take a request that was turned away for a failure, if no protocol is spoken.

        An application may speak WebSocket alone: then it rejects HTTP by an exception.
        """
        if self.rejected is None:
            return
        probe, asked, transcript = self.rejected
        why = own.raised(transcript)
        if self.speaks_websocket:
            self.gathered.notes.append(f"{asked.label}: {why}")
        else:
            self.gathered.add(probe, asked, transcript, [], why)

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
            try:
                found += self.in_the_document(self.plan.openapi)
            except DocumentError as error:
                plain = rows.BY_ID[f"probe-{self.protocol}/plain"]
                read = Asked("OpenAPI document", Request(), ())
                none = Transcript(f"OpenAPI {self.plan.openapi}", "asgi")
                self.gathered.add(plain, read, none, [], str(error))
        yield from found or DEFAULTS

    @property
    def protocol(self) -> str:
        """The protocol of a plain request."""
        return "wsgi" if self.child.interface == "wsgi" else "http"

    def in_the_document(self, path: str) -> list[Asked]:
        asked = Asked(f"GET {path}", Request(target=path.encode()), ("--path", path))
        plain = rows.BY_ID[f"probe-{self.protocol}/plain"]
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
        if first.elapsed_ns > MOST_WORK * 1e9:
            others = [each for each in others if not each.server.cancels_after]
        validated = with_validators(asked, first)
        if validated is None:
            others = [each for each in others if each.needs != "validator"]
        known = frozenset(f.rule for f in own.believed(judge(first), first))
        made = trial(plain, asked, limit, self.plan.seed)
        yardstick = Yardstick(made, first, known=known)
        for probe in others:
            again = probe.id.endswith("/again")
            came = self.play(
                probe,
                (validated or asked) if probe.needs == "validator" else asked,
                deadline=limit,
                yardstick=yardstick,
                needed=again,
            )
            if again:
                yardstick.played_again(came)
            if own.is_lost(came) or (is_last(probe) and own.failed(came)):
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
        transcript = self.driven(probe, made)
        if probe.id == UNKNOWN_TYPE:
            self.silent_at_anything = transcript.ending.kind == "returned"
        if asked.words:
            self.answered |= own.was_answered(transcript)
            gone = transcript.left_at_ns is not None or probe.server.cancels
            if transcript.sent() or not isinstance(asked.exchange, Conversation):
                self.gathered.count(asked, transcript, gone)
        if judged and shown:
            self.judge(probe, asked, made, transcript, yardstick)
        return transcript

    def driven(self, probe: Probe, made: Trial) -> Transcript:
        """Play a trial; once more with all the time there is, if it was too late."""
        came = self.child.drive(made)
        short = made.deadline < self.plan.deadline and not probe.server.cancels
        if not (short and self.second_tries and own.ran_out_of_time(came)):
            return came
        again = self.child.drive(replace(made, deadline=self.plan.deadline))
        self.second_tries -= own.ran_out_of_time(again)
        return again

    def judge(
        self,
        probe: Probe,
        asked: Asked,
        made: Trial,
        transcript: Transcript,
        yardstick: Yardstick | None,
    ) -> None:
        findings: list[Finding] = []
        silent = self.silent_at_anything and not asked.wanted
        if not own.is_for_nobody(transcript, silent):
            findings = list(own.believed(judge(transcript), transcript))
        if yardstick is not None:
            findings += self.held_against(
                probe, asked, made, transcript, yardstick, findings
            )
        if isinstance(asked.exchange, Conversation):
            taken = transcript.events or transcript.ending.kind == "returned"
            self.speaks_websocket |= bool(taken)
        trouble = own.trouble(probe, transcript)
        fails = any(each.level in ("must", "should") for each in findings)
        if probe.id.endswith("/plain") and not (trouble or fails):
            trouble = self.raised(probe, asked, transcript)
        elif yardstick is not None and not (trouble or own.failed(yardstick.first)):
            trouble = own.raised_later(probe, transcript, yardstick.first)
        self.gathered.add(probe, asked, transcript, findings, trouble)

    def held_against(
        self,
        probe: Probe,
        asked: Asked,
        made: Trial,
        came: Transcript,
        yardstick: Yardstick,
        findings: Sequence[Finding],
    ) -> list[Finding]:
        """Return what follows from more than this exchange."""
        plain, drive = yardstick.first, self.child.drive
        found = list(observed.concluded(made, came, plain))
        if probe.id == LEAVES_INSIDE:
            found += observed.half_body(made, came, plain, drive)
        if probe.id == LEAVES_INSIDE_WSGI:
            found += observed.half_body_wsgi(made, came)
        if is_last(probe) and yardstick.second is not None:
            found += observed.in_a_row(made, plain, yardstick.second, came)
        known = () if probe.compares == "head" else yardstick.known
        if all(each.rule in known for each in findings):
            # What a rule has found here only is reason enough for another answer.
            held = yardstick.of(probe, asked, made, drive)
            own_found = held.compared(probe, made, came, drive)
            if probe.id.endswith("/head-compressed"):
                found += two_codings(made, plain, held.first)
            if own_found and probe.server.another:
                # The mix-up is the cause; that the answer differs is what it does.
                own_found = [*observed.mixed(made, came, plain, drive)] or own_found
            found += own_found
        return found

    def raised(self, probe: Probe, asked: Asked, transcript: Transcript) -> str:
        """Return what to say of a plain exchange at which the application raised."""
        speaks = asked.wanted or transcript.sent()
        if isinstance(asked.exchange, Conversation) and not speaks:
            return ""  # the protocol is rejected, as it may be
        if not own.raised_in_vain(transcript):
            return ""
        if self.plan.allow_raise:
            self.gathered.notes.append(f"{asked.label}: {own.raised(transcript)}")
            return ""
        if own.is_rejection(transcript) and not asked.wanted:
            self.rejected = (probe, asked, transcript)
            return ""
        return own.raised(transcript)

    def enough(self) -> None:
        """Stop where the user wants it."""
        most = self.plan.max_failures
        if most is not None and self.gathered.failures() >= most:
            raise Enough(f"Stopped after {most} failed.")
        if self.ends is not None and time.monotonic() > self.ends:
            raise Enough(f"Stopped after {self.plan.max_time:g} s.")
