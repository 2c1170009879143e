"""A ladder out of a user's own MIDDLEWARE, peeled one by one.

The lowest rung is the project without middleware; each one above has one more, in the
order of the setting, from the outside in. What a middleware costs is the difference to
the rung below. Peeling from the inside keeps what is needed: a middleware that needs
another one stands below it in the list.

A view may need what a middleware brings, `request.user` say. Without it, the answer is
another one, and the rung says so.

The project is imported as it is, by `asgi_compare.laboratory.django_lab.peeled`; its
settings are not changed but for MIDDLEWARE, and for ALLOWED_HOSTS, so that it answers
us.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from asgi_compare.contract.scenario import Request
from asgi_compare.measure.ladder.costs import Adds
from asgi_compare.measure.ladder.ladder import BASELINES, YARDSTICK
from asgi_compare.measure.ladder.measure_ladder import QUICK, THOROUGH, costs, described
from asgi_compare.measure.timing.configuration import Asked, Configuration
from asgi_compare.measure.timing.survey import survey
from asgi_compare.measure.timing.survey_results import Progress
from asgi_compare.measure.timing.worker import Worker

PEELED = "asgi_compare.laboratory.django_lab.peeled"
NONE = "no middleware"


@dataclass(frozen=True, slots=True)
class Project:
    """A user's own project."""

    settings: str
    """The module of its settings."""
    path: str
    """What is asked for."""
    directory: str
    """Where it is imported from."""

    def configuration(self, name: str, kept: int) -> Configuration:
        """Return the process of the project with the first `kept` of its middleware."""
        request = Request(target=self.path.encode())
        return Configuration(
            name,
            {
                "asgi": Asked("asgi", f"{PEELED}:asgi", request),
                "wsgi": Asked("wsgi", f"{PEELED}:wsgi", request),
            },
            {
                "DJANGO_SETTINGS_MODULE": self.settings,
                "ASGI_COMPARE_KEEP": str(kept),
            },
            self.directory,
        )


def peel(
    project: Project,
    quick: bool = False,
    progress: Progress = lambda stage, done, total: None,
) -> Adds:
    """Measure a project with none of its middleware, with the first, and so on.

    Raises `Unmeasured` if the project cannot be imported.
    """
    with Worker(project.configuration("the project", -1)) as worker:
        about = worker.tell(f"{PEELED}:about")
    names = _names(about["middleware"])
    ladder = [project.configuration(name, kept) for kept, name in enumerate(names)]
    found = survey(
        [*BASELINES.values(), *ladder],
        YARDSTICK,
        effort=QUICK if quick else THOROUGH,
        progress=progress,
        accepts=lambda status: status < 500,
        pictured={(names[-1], "asgi"), (names[-1], "wsgi")},
    )
    described_here = described()
    described_here["project"] = f"{project.settings}, asked for {project.path}"
    if about["debug"]:
        described_here["note"] = "DEBUG is on, so these are the costs of development."
    paths = ["", *about["middleware"]]
    return Adds(
        environment=described_here,
        ladder=[
            {
                "name": name,
                "part": "your middleware",
                "adds": paths[kept] or "the view and what is around it, alone",
                "above": names[kept - 1] if kept else "",
                "layer": paths[kept],
            }
            for kept, name in enumerate(names)
        ],
        # Beside the project stands raw ASGI, whatever kind of view it has.
        costs=[
            replace(cost, way="asgi") if cost.way == "async" else cost
            for cost in costs(found)
        ],
        trees={
            f"Your project, {way.upper()}": tree
            for way in ("asgi", "wsgi")
            if (tree := found.results[names[-1], way].tree) is not None
        },
        in_process=found.in_process,
        interrupted=found.interrupted,
    )


def _names(paths: list[str]) -> list[str]:
    """Name the rungs after the classes; one that occurs twice gets a number."""
    names = [NONE]
    for path in paths:
        name = f"+ {path.rpartition('.')[2]}"
        seen = sum(each.partition(" (")[0] == name for each in names)
        names.append(f"{name} ({seen + 1})" if seen else name)
    return names
