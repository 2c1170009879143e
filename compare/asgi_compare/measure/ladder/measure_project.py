"""A ladder out of a user's own MIDDLEWARE, from the whole stack downwards.

The highest rung is the project as it is. One middleware after the other is taken away,
the innermost first; the difference between two rungs is what it costs. One without
which the answer has another status stays where it is and says so: a view that needs
`request.user` can be measured all the way down to what brings it.

All rungs are in one process, so that the project is imported once, and has its tables
made once. What runs in there is `asgi_compare.laboratory.django_lab.user_project`; it
changes nothing of the settings but MIDDLEWARE, ALLOWED_HOSTS (so that it answers us)
and, unless the user wants the real ones, the services (databases, caches, mail).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from asgi_compare.contract.scenario import Request
from asgi_compare.measure.ladder.costs import Cost, LadderResult, Middleware
from asgi_compare.measure.ladder.costs import Project as ProjectFacts
from asgi_compare.measure.ladder.ladder import BASELINE, BASELINES
from asgi_compare.measure.ladder.measure_ladder import THOROUGH, costs, described
from asgi_compare.measure.timing.configuration import Configuration, Entry
from asgi_compare.measure.timing.survey import survey
from asgi_compare.measure.timing.survey_results import Effort, Progress, Survey
from asgi_compare.measure.timing.worker import Unmeasured, Worker

USER_PROJECT = "asgi_compare.laboratory.django_lab.user_project"
NAME = "your project"
BARE, REST = "no middleware", "what it needs"
"""The lowest rung: if all middleware could be taken away, and if not."""
INTERFACES = ("asgi", "wsgi")
QUICK = Effort(rounds=5, batch=0.01, settle=0.02, tries=2, patience=3.0)

Kept = tuple[int, ...]
"""The numbers of the middlewares that are kept."""


class UnknownMiddleware(LookupError):
    """A pattern fits no middleware of the project."""

    def __init__(self, pattern: str, known: Sequence[str]) -> None:
        super().__init__(pattern)
        self.pattern, self.known = pattern, known


@dataclass(frozen=True, slots=True)
class Project:
    """A user's own project."""

    settings: str
    """The module of its settings."""
    request: Request
    """What is asked for."""
    directory: str
    """Where it is imported from."""
    only: tuple[str, ...] = ()
    """Patterns for the middlewares that are taken away; all of them if empty."""
    real_services: bool = False
    """Whether it has its own databases and caches, and writes into them."""
    login: str = ""
    """A user who is to be signed in."""

    def configuration(self, variants: dict[str, Entry]) -> Configuration:
        """Return the process of the project."""
        environment = {
            "DJANGO_SETTINGS_MODULE": self.settings,
            "ASGI_COMPARE_SERVICES": "real" if self.real_services else "memory",
            "ASGI_COMPARE_LOGIN": self.login,
        }
        return Configuration(NAME, variants, environment, self.directory)


@dataclass(slots=True)
class Removal:
    """The rungs of a project, from the whole downwards, as they are found."""

    worker: Worker
    request: Request
    rungs: list[Kept] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    """What each rung has not that the one before it has."""
    needed: dict[int, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    """Interfaces in which the whole project cannot be measured, and why."""

    def entries(self, kept: Kept) -> dict[str, Entry]:
        """Return the applications that keep these middlewares, by variant."""
        return {
            variant_of(interface, kept): Entry(
                "asgi" if interface == "asgi" else "wsgi",
                f"{USER_PROJECT}:{interface}",
                self.request,
                made_with=",".join(map(str, kept)) or " ",
            )
            for interface in INTERFACES
            if interface not in self.broken
        }

    def status(self, interface: str, kept: Kept) -> int:
        """Return the status that the project answers with if it keeps these."""
        entries = self.entries(kept)
        variant = variant_of(interface, kept)
        self.worker.add({variant: entries[variant]})
        return self.worker.count(variant)[0].status

    def find_rungs(self, count: int, candidates: Sequence[int]) -> None:
        """Find the rungs; `candidates` may be taken away, in this order."""
        kept: Kept = tuple(range(count))
        expected = {}
        for interface in INTERFACES:
            try:
                expected[interface] = self.status(interface, kept)
            except Unmeasured as why:
                self.broken[interface] = str(why)
            else:
                if expected[interface] >= 500:
                    self.broken[interface] = f"It answers {expected[interface]}."
        self.rungs.append(kept)
        for number in candidates:
            fewer = tuple(each for each in kept if each != number)
            if change := self._change(fewer, expected):
                self.needed[number] = change
            else:
                kept = fewer
                self.rungs.append(kept)
                self.removed.append(number)

    def _change(self, kept: Kept, expected: dict[str, int]) -> str:
        """Return how the answer changes; empty if it does not."""
        for interface in INTERFACES:
            if interface in self.broken:
                continue
            try:
                status = self.status(interface, kept)
            except Unmeasured as why:
                return f"without it: {why}"
            if status != expected[interface]:
                return f"without it, the answer is {status}"
        return ""


def variant_of(interface: str, kept: Kept) -> str:
    """Return the name of the variant that keeps these middlewares."""
    return f"{interface} {','.join(map(str, kept))}"


def measure_project(
    project: Project,
    quick: bool = False,
    progress: Progress = lambda stage, done, total: None,
) -> LadderResult:
    """Measure a project as it is, and with less and less of its middleware.

    Raises `Unmeasured` if nothing of it can be measured, and `UnknownMiddleware` if
    `project.only` names one that it does not have.
    """
    worker = Worker(project.configuration({}))
    try:
        worker.load()
        about = worker.tell(f"{USER_PROJECT}:about")
        if "problem" in about:
            raise Unmeasured(about["problem"])
        found_in = [Middleware(**each) for each in about["middleware"]]
        removal = Removal(worker, _with_cookie(project.request, about["cookie"]))
        used = [n for n, each in enumerate(found_in) if not each.unused]
        progress("taking middleware away", 0, len(used))
        removal.find_rungs(len(found_in), _chosen(found_in, used, project.only))
        if len(removal.broken) == len(INTERFACES):
            told = " ".join(f"{n.upper()}: {w}" for n, w in removal.broken.items())
            raise Unmeasured(f"Nothing of {project.settings!r} can be measured. {told}")
        names = _names(
            [found_in[number].path for number in removal.removed],
            REST if any(n in used for n in removal.rungs[-1]) else BARE,
        )
        found = _survey(project, removal, worker, quick, progress)
    finally:
        worker.close()
    result = LadderResult(
        environment=described(),
        ladder=list(_ladder(names, removal, found_in)),
        costs=_costs(found, removal, names),
        trees={
            f"Your project, {interface.upper()}": tree
            for interface in INTERFACES
            if (
                it := found.results.get((NAME, variant_of(interface, removal.rungs[0])))
            )
            and (tree := it.tree) is not None
        },
        in_process=found.in_process,
        interrupted=found.interrupted,
        project=ProjectFacts(
            project.settings,
            f"{project.request.method} {project.request.target.decode('latin-1')}",
            about["entries"],
            about["debug"],
            "its own" if project.real_services else "in memory",
            [
                replace(each, needed=removal.needed.get(number, ""))
                for number, each in enumerate(found_in)
            ],
            project.login,
        ),
    )
    if not any(cost.us for cost in result.costs if cost.rung == names[0]):
        raise Unmeasured(
            f"Nothing of {project.settings!r} could be measured. "
            + " ".join(
                f"{c.variant.upper()}: {c.unsupported}"
                for c in result.costs
                if c.rung == names[0]
            )
        )
    return result


def _survey(
    project: Project, removal: Removal, worker: Worker, quick: bool, progress: Progress
) -> Survey:
    """Count and time all rungs, in the process that is there already."""
    variants = {
        name: entry
        for kept in reversed(removal.rungs)
        for name, entry in removal.entries(kept).items()
    }
    worker.configuration = project.configuration(variants)
    return survey(
        [*BASELINES.values(), worker.configuration],
        BASELINE,
        effort=QUICK if quick else THOROUGH,
        progress=progress,
        accepts=lambda status: status < 500,
        pictured={(NAME, variant_of(each, removal.rungs[0])) for each in INTERFACES},
        started={NAME: worker},
    )


def _costs(found: Survey, removal: Removal, names: Sequence[str]) -> list[Cost]:
    """Name the costs of all variants after their rungs and interfaces."""
    rungs = {
        variant_of(interface, kept): (name, interface)
        for kept, name in zip(removal.rungs, names, strict=True)
        for interface in INTERFACES
    }
    made = []
    for cost in costs(found):
        if cost.rung == NAME:
            rung, interface = rungs[cost.variant]
            made.append(replace(cost, rung=rung, variant=interface))
        elif cost.variant == "async":  # raw ASGI, whatever kind of view the project has
            made.append(replace(cost, variant="asgi"))
        else:
            made.append(cost)
    return made + [
        Cost(names[0], interface, unsupported=why)
        for interface, why in removal.broken.items()
    ]


def _chosen(
    known: Sequence[Middleware], used: Sequence[int], patterns: tuple[str, ...]
) -> list[int]:
    """Return the numbers of what may be taken away, the innermost first."""
    chosen = set(used if not patterns else ())
    for pattern in patterns:
        fits = {
            number
            for number in used
            for name in (known[number].path, known[number].path.rpartition(".")[2])
            if fnmatchcase(name, pattern)
        }
        if not fits:
            names = [each.path.rpartition(".")[2] for each in known]
            raise UnknownMiddleware(pattern, names)
        chosen |= fits
    return sorted(chosen, reverse=True)


def _with_cookie(request: Request, cookie: str) -> Request:
    """Return the request with more cookies; those that it has already come first."""
    if not cookie:
        return request
    had = [value for name, value in request.headers if name.lower() == b"cookie"]
    others = tuple(each for each in request.headers if each[0].lower() != b"cookie")
    joined = b"; ".join([*had, cookie.encode("latin-1")])
    return replace(request, headers=(*others, (b"cookie", joined)))


def _names(paths: Sequence[str], lowest: str) -> list[str]:
    """Name the rungs after what they have and the next has not, the whole one first.

    One that occurs twice gets a number.
    """
    names: list[str] = []
    for path in paths:
        name = f"+ {path.rpartition('.')[2]}"
        seen = sum(each.partition(" (")[0] == name for each in names)
        names.append(f"{name} ({seen + 1})" if seen else name)
    return [*names, lowest]


def _ladder(
    names: Sequence[str], removal: Removal, known: Sequence[Middleware]
) -> Iterator[dict[str, str]]:
    """Yield the rows of the ladder, from the bottom up."""
    left = [
        known[number].path.rpartition(".")[2]
        for number in removal.rungs[-1]
        if not known[number].unused
    ]
    yield {
        "name": names[-1],
        "part": "your middleware",
        "adds": "the view and " + (", ".join(left) or "what is around it, alone"),
        "above": "",
        "layer": "",
    }
    for position in reversed(range(len(removal.removed))):
        path = known[removal.removed[position]].path
        yield {
            "name": names[position],
            "part": "your middleware",
            "adds": path,
            "above": names[position + 1],
            "layer": path,
        }
