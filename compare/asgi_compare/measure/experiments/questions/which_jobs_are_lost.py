"""Jobs begun in each way that people use, and what becomes of them when all fails."""

from __future__ import annotations

import http.client
import importlib
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from asgi_compare.drive.servers.process import Process, inherited
from asgi_compare.drive.services import Service, valkey
from asgi_compare.measure.experiments.answer import Answer, Bars, Table, not_answered
from asgi_compare.measure.experiments.bench import Serving, serve
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.load.records import HOST

LAB = "asgi_compare.laboratory.jobs"
TARGET = f"{LAB}.server:application"
SETTINGS = f"{LAB}.by_django"
SECONDS, LONG = 0.2, 2.0
"""How long a job takes with a worker, and in the server."""
JOBS, QUICK_JOBS = 100, 10
AT_ONCE = 10
GRACE = 30.0
"""Seconds that a process has after SIGTERM."""
QUIET, QUICK_QUIET = 12.0, 4.0
"""Seconds without a new line in the notes after which nothing more is waited for."""
TOLD_WITHIN = 0.5
"""The same for jobs that wait for nothing but a word."""
RECONNECT = 60.0
"""The same after a broker has gone: Celery looks at its connections every 25 s."""
PATIENCE = 20.0
"""Seconds that something may take that comes to be in any case."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to begin jobs."""

    name: str
    title: str
    module: str = "starlette"
    """What it needs."""
    worker: tuple[str, ...] = ()
    """The words after `python -m` that start its worker."""
    quick: bool = True
    """Whether it is tried by the quick form: each kind of worker takes its time."""

    @property
    def is_queue(self) -> bool:
        """Whether the job is kept outside the process that began it."""
        return bool(self.worker)

    @property
    def has_broker(self) -> bool:
        """Whether it is kept in Redis."""
        return self.is_queue and self.module != "django_tasks_db"


def _words(line: str) -> tuple[str, ...]:
    return tuple(line.split())


def _celery(app: str) -> tuple[str, ...]:
    return _words(
        f"celery -A {LAB}.by_celery:{app} worker -P threads -c 2 -l WARNING "
        "--without-gossip --without-mingle"
    )


WAYS = (
    Way("background-task", "Starlette's BackgroundTask"),
    Way("create-task", "asyncio.create_task"),
    Way("task-group", "a task group in the lifespan"),
    Way("thread", "a thread"),
    Way("celery-early", "Celery, acks early", "celery", _celery("early")),
    Way("celery-late", "Celery, acks late", "celery", _celery("late")),
    Way(
        "taskiq",
        "taskiq on Redis Streams",
        "taskiq_redis",
        _words(
            f"taskiq worker {LAB}.by_taskiq:broker --workers 1 "
            "--max-async-tasks 2 --max-prefetch 1 --log-level ERROR"
        ),
        quick=False,
    ),
    Way(
        "django-tasks-db",
        "django-tasks-db",
        "django_tasks_db",
        _words("django db_worker --interval 0.1 --no-startup-delay"),
        quick=False,
    ),
)
ON_COMMIT = Way("celery-on-commit", "Celery, on commit", "celery")

KILLED = "kill -9"
TOLD = "SIGTERM"
RESTARTED = "broker restarts"
ROLLED_BACK = "rolled back"
UNHELD = "nobody holds it"
AWAY = "broker away"
LOST, TWICE, STUCK, GHOSTS = "lost", "done twice", "stuck", "begun all the same"
PAUSE = "longest pause of the loop"


def available() -> list[Way]:
    """Return the ways for which everything is installed."""
    return [way for way in WAYS if _is_there(way)]


def _is_there(way: Way) -> bool:
    if way.name == "django-tasks-db":
        tasks = find_spec("django") and (
            find_spec("django.tasks") or find_spec("django_tasks")
        )
        return bool(tasks and find_spec(way.module))
    return find_spec(way.module) is not None


@dataclass
class Site:
    """A server, its workers, and the folder in which jobs write down what they do."""

    folder: Path
    broker: Service
    ways: Sequence[Way]
    serving: Serving | None = None
    workers: list[Process] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)

    @property
    def environment(self) -> dict[str, str]:
        """Return what tells the laboratory where everything is."""
        found = {
            "ASGI_COMPARE_JOBS": str(self.folder),
            "ASGI_COMPARE_JOB_SECONDS": str(SECONDS),
            "REDIS_URL": self.broker.url,
            "ASGI_COMPARE_QUEUES": " ".join({way.module for way in self.ways}),
        }
        if find_spec("django"):
            found["DJANGO_SETTINGS_MODULE"] = SETTINGS
        return found

    def start(self) -> None:
        """Start the server, and then the workers."""
        self._stack = ExitStack()
        served = serve(TARGET, "uvicorn", environment=self.environment)
        self.serving = self._stack.enter_context(served)
        for way in self.ways:
            if way.is_queue:
                command = [sys.executable, "-P", "-m", *way.worker]
                environment = {**inherited(), **self.environment}
                self.workers.append(Process(command, environment))

    def stop(self, grace: float) -> None:
        """Stop them all: at once, or by SIGTERM and after a while."""
        running = self.serving.running if self.serving else None
        everyone = [*self.workers, *([running] if running else [])]
        with ThreadPoolExecutor(len(everyone) or 1) as pool:
            list(pool.map(lambda each: each.stop(grace), everyone))
        self.workers.clear()
        self._stack.close()

    def ask(self, method: str, target: str) -> tuple[int, dict[str, object]]:
        """Return the status and the content of an answer of the server."""
        assert self.serving
        client = http.client.HTTPConnection(HOST, self.serving.port, timeout=PATIENCE)
        with closing(client):
            client.request(method, target)
            answer = client.getresponse()
            return answer.status, json.loads(answer.read())

    def begin(self, ways: Sequence[Way], event: str, jobs: int, how: str = "") -> None:
        """Begin so many jobs in each way."""
        targets = [
            f"/begin/{way.name}?key={event}-{number}&how={how}"
            for number in range(jobs)
            for way in ways
        ]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda target: self.ask("POST", target), targets))

    def count(self, way: Way, event: str, what: str) -> Counter[str]:
        """Return how often each job of an event has done something."""
        file = self.folder / "notes"
        lines = file.read_text().splitlines() if file.exists() else []
        words = (line.split() for line in lines)
        return Counter(
            key
            for name, key, done in words
            if name == way.name and done == what and key.startswith(f"{event}-")
        )

    def size(self) -> int:
        """Return how much has been written down."""
        file = self.folder / "notes"
        return file.stat().st_size if file.exists() else 0

    def held(self, way: Way) -> int:
        """Return how many jobs a queue still has, waiting or taken."""
        return HELD[way.name](self) if way.name in HELD else 0

    def settle(self, ways: Sequence[Way], event: str, jobs: int, quiet: float) -> None:
        """Wait until all is done, or nothing has happened for a while."""
        size, since = self.size(), time.monotonic()
        while time.monotonic() - since < quiet:
            if all(len(self.count(way, event, "finished")) == jobs for way in ways):
                return
            time.sleep(0.05)
            if self.size() != size:
                size, since = self.size(), time.monotonic()


def _in_celery(site: Site, database: int) -> int:
    with closing(_redis(site, database)) as client:
        return int(client.llen("celery")) + int(client.hlen("unacked"))


def _in_taskiq(site: Site) -> int:
    with closing(_redis(site, 0)) as client:
        groups = client.xinfo_groups("taskiq-jobs")
        return sum(int(each["pending"]) + int(each["lag"] or 0) for each in groups)


def _in_table(site: Site) -> int:
    import sqlite3

    with closing(sqlite3.connect(site.folder / "jobs.sqlite3")) as connection:
        (count,) = connection.execute(
            "SELECT count(*) FROM django_tasks_database_dbtaskresult "
            "WHERE finished_at IS NULL"
        ).fetchone()
    return int(count)


HELD: dict[str, Callable[[Site], int]] = {
    "celery-early": lambda site: _in_celery(site, 1),
    "celery-late": lambda site: _in_celery(site, 2),
    "taskiq": _in_taskiq,
    "django-tasks-db": _in_table,
}


def _redis(site: Site, database: int) -> Any:
    redis = importlib.import_module("redis")
    return redis.Redis.from_url(
        urlsplit(site.broker.url)._replace(path=f"/{database}").geturl()
    )


@contextmanager
def opened(ways: Sequence[Way]) -> Iterator[Site]:
    """Start a broker, a server and workers, and stop them at the end."""
    with valkey() as broker, tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder), broker, ways)
        site.start()
        try:
            yield site
        finally:
            site.stop(0.0)


def run(effort: Effort) -> Iterator[Observation]:
    """Let everything happen, one after the other."""
    ways = [way for way in available() if way.quick or not effort.is_quick]
    jobs = QUICK_JOBS if effort.is_quick else JOBS
    quiet = QUICK_QUIET if effort.is_quick else QUIET
    with opened(ways) as site:
        tried = roll_back(site, ways, jobs)
        yield from unheld(site, ways, jobs)
        yield from stopped(site, ways, jobs, quiet, KILLED, 0.0)
        for way in tried:  # whatever comes of them, they should not have been begun
            yield _row(
                GHOSTS, len(site.count(way, "rolled", "begun")), way, ROLLED_BACK
            )
        if not effort.is_quick:
            # Each by itself: a server that waits for one kind of job waits for all.
            for some in ([way] for way in ways if not way.is_queue):
                yield from stopped(site, some, jobs, quiet, TOLD, GRACE)
            queues = [way for way in ways if way.is_queue]
            yield from stopped(site, queues, jobs, quiet, TOLD, GRACE)
            if site.broker.is_ours:
                yield from restarted(site, ways, jobs)
        if site.broker.is_ours:
            yield from away(site, ways)


def roll_back(site: Site, ways: Sequence[Way], jobs: int) -> Sequence[Way]:
    """Begin jobs within transactions that fail; return the ways that were tried."""
    if not find_spec("django"):
        return ()
    tried = [*ways, *([ON_COMMIT] if _is_there(ON_COMMIT) else [])]
    site.begin(tried, "rolled", jobs, "rollback")
    return tried


def unheld(site: Site, ways: Sequence[Way], jobs: int) -> Iterator[Observation]:
    """Begin jobs that wait for a word, collect what nobody holds, and give it."""
    tried = [way for way in ways if not way.is_queue and way.name != "thread"]
    site.begin(tried, "unheld", jobs, "alone")
    site.ask("POST", "/collect")
    site.settle(tried, "unheld", jobs, TOLD_WITHIN)
    for way in tried:
        yield _row(LOST, jobs - len(site.count(way, "unheld", "finished")), way, UNHELD)


def stopped(
    site: Site,
    ways: Sequence[Way],
    jobs: int,
    quiet: float,
    event: str,
    grace: float,
) -> Iterator[Observation]:
    """End all processes while they work, and start them again."""
    key = "killed" if event == KILLED else "told"
    before = {way: site.held(way) for way in ways}
    queues = [way for way in ways if way.is_queue]
    site.begin(queues, f"before-{key}", 1)  # when it is done, all workers are there
    site.settle(queues, f"before-{key}", 1, PATIENCE)
    site.begin(ways, key, jobs)  # by turns, so that all are in the middle in the end
    _until(lambda: all(site.count(way, key, "begun") for way in queues))
    site.stop(grace)
    site.start()
    yield from _outcome(site, ways, key, jobs, quiet, event, before)


def restarted(site: Site, ways: Sequence[Way], jobs: int) -> Iterator[Observation]:
    """Restart the broker while the workers work."""
    tried = [way for way in ways if way.has_broker]
    before = {way: site.held(way) for way in tried}
    site.begin(tried, "restarted", jobs)
    _until(lambda: all(site.count(way, "restarted", "begun") for way in tried))
    site.broker.restart()
    yield from _outcome(site, tried, "restarted", jobs, RECONNECT, RESTARTED, before)


def _outcome(
    site: Site,
    ways: Sequence[Way],
    key: str,
    jobs: int,
    quiet: float,
    event: str,
    before: dict[Way, int],
) -> Iterator[Observation]:
    # This comes last in each queue: when it is done, all workers are back.
    queues = [way for way in ways if way.is_queue]
    site.begin(queues, f"since-{key}", 1)
    site.settle(queues, f"since-{key}", 1, PATIENCE)
    site.settle(ways, key, jobs, quiet)
    for way in ways:
        finished = site.count(way, key, "finished")
        missing = jobs - len(finished)
        stuck = min(missing, max(site.held(way) - before[way], 0)) if missing else 0
        yield _row(LOST, missing - stuck, way, event)
        yield _row(TWICE, sum(n > 1 for n in finished.values()), way, event)
        yield _row(STUCK, stuck, way, event)


def away(site: Site, ways: Sequence[Way]) -> Iterator[Observation]:
    """Begin a job while there is no broker, and see how long the loop stands still."""
    site.broker.stop()
    for way in ways:
        if way.has_broker:
            site.ask("GET", "/pause")
            status, _ = site.ask("POST", f"/begin/{way.name}?key=away-0")
            _, told = site.ask("GET", "/pause")
            seconds = told["seconds"]
            assert isinstance(seconds, float)
            note = f"answered {status}"
            case = {"way": way.title, "event": AWAY}
            yield Observation(PAUSE, seconds, "s", case, note=note)


def _row(measure: str, value: float, way: Way, event: str) -> Observation:
    return Observation(measure, value, "", {"way": way.title, "event": event})


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)


EVENTS = (KILLED, TOLD, RESTARTED)


def read(found: Observations) -> Answer:
    """See which ways have lost a job when they were killed."""
    killed = {
        way: found.values(LOST, way=way, event=KILLED)[0]
        for way in found.cases("way")
        if found.values(LOST, way=way, event=KILLED)
    }
    if not killed:
        return not_answered("No process was killed.")
    losers = [way for way, lost in killed.items() if lost]
    keepers = [way for way, lost in killed.items() if not lost]
    rows = [
        (
            way,
            *(_told(found, way, event) for event in EVENTS),
            _number(found, GHOSTS, way, ROLLED_BACK),
            _number(found, LOST, way, UNHELD),
            _number(found, PAUSE, way, AWAY),
        )
        for way in found.cases("way")
    ]
    columns = (
        "way",
        *(f"{event}: lost / twice / stuck" for event in EVENTS),
        f"{ROLLED_BACK}: {GHOSTS}",
        f"{UNHELD}: lost",
        f"{AWAY}: {PAUSE}, s",
    )
    bars = tuple(
        (way, interval)
        for way in killed
        if (interval := found.interval(LOST, way=way, event=KILLED))
    )
    ghosts = [
        way
        for way in found.cases("way")
        if any(found.values(GHOSTS, way=way, event=ROLLED_BACK))
    ]
    return Answer(
        "it depends" if losers and keepers else "yes" if keepers else "no",
        f"By kill -9 in the middle, jobs were lost with {_list(losers)}, and with no "
        "other way.",
        (Table.of(columns, rows),),
        (Bars("Jobs lost by kill -9", "", bars),),
        turning_point=(
            "A job that is kept outside the process, and acknowledged when it is done, "
            "is not lost. It may be done twice, so it must be harmless twice. In a "
            "transaction that rolled back, jobs were begun all the same with "
            f"{_list(ghosts)}."
        ),
    )


def _told(found: Observations, way: str, event: str) -> str | None:
    numbers = [
        found.values(each, way=way, event=event) for each in (LOST, TWICE, STUCK)
    ]
    return " / ".join(f"{each[0]:.0f}" for each in numbers) if all(numbers) else None


def _number(found: Observations, measure: str, way: str, event: str) -> float | None:
    values = found.values(measure, way=way, event=event)
    return round(values[0], 3) if values else None


def _list(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


EXPERIMENT = Experiment(
    name="which-jobs-are-lost",
    topic="Work outside the request",
    question="Which jobs are lost, done twice or stuck when something fails?",
    sources=(
        Source("https://github.com/RealOrangeOne/django-tasks/issues/46"),
        Source("https://github.com/RealOrangeOne/django-tasks-rq/issues/11"),
        Source("https://github.com/celery/celery/issues/6603"),
        Source("https://github.com/Kludex/starlette/issues/1438"),
    ),
    conditions=f"uvicorn and one worker for each queue, two jobs at a time (one with "
    f"django-tasks-db); {JOBS} jobs ({QUICK_JOBS} if quick) in each way, of "
    f"{SECONDS:g} s with a worker and of {LONG:g} s in the server; Valkey. What "
    "a dead worker held is given away after 3 s (Celery; an hour by default) and 2 s "
    "(taskiq; ten minutes by default).",
    measured="Jobs never done, done more than once, and those that a queue still has "
    f"when nothing has happened for {QUIET:g} s ({RECONNECT:g} s after a broker).",
    decided_by="It depends if some ways have lost jobs by kill -9, and others none.",
    refuted_by="All ways lose jobs, or none does.",
    run=run,
    read=read,
    needs=("starlette", "uvicorn", "redis", "celery", "taskiq_redis"),
)
