"""Small results, made up, for what shows one."""

from asgi_compare.measure.ladder.costs import (
    Comparison,
    Cost,
    LadderResult,
    Middleware,
    Project,
    ServedCost,
    VersionCounts,
)
from asgi_compare.measure.timing.figures import Call, Counts, Spread, Weight
from asgi_compare.measure.timing.rounds import Quality

NASTY = "<script>alert(1)</script>\x1b[31m"


def spread(value: float) -> Spread:
    return Spread(value, value * 0.9, value * 1.1, 5)


def counts(hops: int = 0, *, threads: int = 0, status: int = 200) -> Counts:
    return Counts(
        status,
        hops=hops,
        hops_back=0,
        threads=threads,
        tasks=0,
        queries=0,
        events=4,
        header_bytes=40 + hops,
        body_bytes=13,
        calls=100 * (hops + 1),
        functions={"handlers": 60, "asgiref": 40},
    )


def cost(rung: str, variant: str, hops: int, us: float, rps: float = 0.0) -> Cost:
    some = rps or 1.0
    served = ServedCost(
        "uvicorn",
        spread(rps),
        spread(1e6 / some),
        1e3,
        2e3,
        spread(rps / 40_000),
        spread(40_000 / some),
    )
    return Cost(
        rung,
        variant,
        counts(hops, threads=2 if hops else 0),
        Weight(12.5, 30, 40_000),
        spread(us),
        spread(us),
        spread(us / 3),
        served if rps else None,
    )


def comparison(
    group: str, rung: str, variant: str, rps: float, server: str = "uvicorn"
) -> Comparison:
    return Comparison(
        group,
        rung,
        variant,
        server,
        50 if group == "waiting" else 8,
        spread(rps),
        spread(1e6 / rps),
        2e3,
        12,
        60 * 1024,
        spread(rps / 1000),
    )


def tree() -> Call:
    work = Call("work", "asgi_raw.app", "application", 1, 1)
    hop = Call("SyncToAsync.__call__", "asgiref.sync", "asgiref", 0, 2, [work])
    inner = Call("inner", "django.core.handlers.base", "handlers", 0, 3, [hop])
    outer = Call(NASTY, "django.core.handlers.asgi", "handlers", 0, 4, [inner])
    tiny = [Call("tiny", "json", "standard library", 0) for _ in range(2)]
    many = Call("many", "django.urls", "urls", 0, 2000, tiny)
    return Call("request", "", "server", 0, 2005, [outer, many])


def sample() -> LadderResult:
    return LadderResult(
        environment={
            "date": "2026-01-02T03:04:05+00:00",
            "cpu": "A processor",
            "cores": 2,
            "python": "CPython 3.11",
            "versions": {"django": "5.2", "asgiref": "3.13"},
            "cores used": [0, 1],
        },
        ladder=[
            {
                "name": "urls-1",
                "part": "handler and urls",
                "adds": "the URL resolver",
                "above": "",
                "layer": "urls",
            },
            {
                "name": "startproject",
                "part": "added up",
                "adds": f"middleware {NASTY}",
                "above": "urls-1",
                "layer": "x.y.Z",
            },
            {
                "name": "atomic",
                "part": "work",
                "adds": "ATOMIC_REQUESTS",
                "above": "startproject",
                "layer": "ATOMIC_REQUESTS",
            },
        ],
        costs=[
            cost("raw-asgi", "async", 0, 3.0, 40_000),
            cost("urls-1", "async", 2, 450.0, 1600),
            cost("urls-1", "wsgi", 0, 45.0, 4000),
            cost("urls-1", "no_thread_hops", 0, 80.0),
            cost("startproject", "async", 15, 1500.0, 800),
            cost("startproject", "wsgi", 0, 90.0, 3600),
            Cost("atomic", "async", unsupported="Django refuses that | so it is."),
        ],
        gains={"urls-1": ["paths/a"], "startproject": ["fields/b", "fields/c"]},
        comparisons=[
            comparison("waiting", "wait", "async", 1000),
            comparison("waiting", "wait", "wsgi", 800, "gunicorn-gthread, 50 threads"),
            comparison("uvicorn", "raw-asgi", "async", 40_000),
            comparison("uvicorn", "raw-wsgi", "wsgi", 20_000),
            Comparison(
                *("granian", "raw-asgi", "async", "granian", 8),
                unsupported="granian is not installed.",
            ),
        ],
        by_version=[VersionCounts("3.11.7", "5.2", "3.8.1", "urls-1", 2, 1, 3)],
        trees={"Django, async view on ASGI": tree()},
        in_process=Quality(10, 2, 1, 0.02, 0.05),
        on_servers=Quality(3, 0, 0, 0.01, 0.0),
    )


def project_sample() -> LadderResult:
    """What came of a project that means harm."""
    link = "[x](javascript:alert(1))"
    top, bottom = f"+ {NASTY}", "no middleware"
    return LadderResult(
        environment=sample().environment,
        ladder=[
            {"name": bottom, "part": "", "adds": link, "above": "", "layer": ""},
            {"name": top, "part": "", "adds": NASTY, "above": bottom, "layer": NASTY},
        ],
        costs=[
            cost(bottom, "asgi", 2, 400.0),
            cost(bottom, "wsgi", 0, 40.0),
            cost(top, "asgi", 4, 600.0),
            cost(top, "wsgi", 0, 60.0),
        ],
        project=Project(
            "mysite.settings",
            f"GET /{link}",
            {"asgi": link, "wsgi": "Django's own"},
            debug=True,
            services="in memory",
            middleware=[Middleware(NASTY), Middleware("a.Unused", unused=link)],
        ),
    )
