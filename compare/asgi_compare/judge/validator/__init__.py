"""Judge an application while somebody else drives it.

    application = asgi_compare.validate(application)

`validate` wraps an application; under a server or in a test it then does what it did
before, and every event that passes is judged by the rule book. What is found is logged
once for each rule and place, and is on `.findings`. With `on_finding="raise"`, the
first violation is raised out of the `send`, the `receive` or the call in which it
happened.

    findings.py    what becomes of a finding: `Observed`, `Violation`, `Findings`
    exchange.py    one connection under observation: a judge, and the last few events
    asgi.py        what all wrappers are; ASGI the thorough way; ASGI 2
    asgi_http.py   ASGI 3: the fast way for HTTP that is ordinary
    wsgi.py        the wrapper of WSGI
    wsgi_watch.py  what it puts around the streams and the iterable
    plain_scope.py, plain_head.py, plain_environ.py, plain_start.py
                   the first look: what is let through without the rule book
    clients.py, django_response.py, watching.py
                   for `asgi_compare.pytest_plugin`: the applications of a test session

Nothing is kept of what has passed, but for the last few events; so a stream may be
endless. What is ordinary and in order is let through by a handful of comparisons, and
the judge of `asgi_compare.judge.rules` is made when something is not: it is told where
the exchange stands, and goes on from there. `make bench-validator` shows what that
costs. What is remembered for that is shared by all wrappers and by all threads. Each
memory has a limit to its entries and to their length, since clients choose what goes
in. There is nothing in between: WebSocket, lifespan and whatever is unusual is judged
the thorough way, event by event.

Headers may be any iterable of two-item iterables, so also a generator, or a list of
iterators. To look at these is to use them up, and a list in their place would hide from
you what a server makes of them. So they are handed on unread: nothing is said of what
they may hold, nor of what they may lack. `asgi-compare check` can say more, because it
plays the server, and reads them as a server does.

This package does not know the rules, and starts nothing by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from asgi_compare.drive.targets.target import interface_of
from asgi_compare.judge.selection import Selection
from asgi_compare.judge.validator.asgi import Asgi2, Wrapper
from asgi_compare.judge.validator.asgi_http import Asgi3
from asgi_compare.judge.validator.findings import Findings, Observed, Violation
from asgi_compare.judge.validator.wsgi import Wsgi
from asgi_compare.model.results import Side

__all__ = ["WRAPPERS", "Observed", "Violation", "Wrapper", "validate"]

Watched = Asgi3 | Asgi2 | Wsgi
WRAPPERS: dict[str, type[Watched]] = {"asgi": Asgi3, "asgi2": Asgi2, "wsgi": Wsgi}


def validate(
    app: Callable[..., Any],
    on_finding: Literal["log", "raise"] | Callable[[Observed], object] | None = None,
    *,
    select: Iterable[str] = (),
    exclude: Iterable[str] = (),
    level: Literal["must", "should"] = "should",
    side: Side | None = None,
) -> Watched:
    """Wrap an application of any of the three interfaces; use the result in its place.

    `on_finding` is "log", which None stands for, "raise", or a function that is called
    with each finding. Rules are chosen by globs of their ids; `level="must"` leaves out
    what is only recommended, and `side` keeps to one of "application" and "server".
    """
    wrapper = WRAPPERS[interface_of(app)]
    chosen = Selection(tuple(select), tuple(exclude), level)
    return wrapper(app, Findings(on_finding or "log", chosen, side))
