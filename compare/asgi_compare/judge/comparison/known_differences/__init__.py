"""The differences that we expect, one row each, with the reason.

A row says: in these scenarios, with these implementations, on these hosts, these
aspects are not as on the baseline, because of this layer, for this reason, and here in
its source it can be seen. A difference without a row fails the tests; so does a row
that no longer occurs. Never loosen an expectation instead.

Where a scenario expects what an implementation does not do, the row is also the reason
of the verdict *unsupported*.

    row.py              the noun, and whether it can occur with what is installed
    interfaces.py       what WSGI does not have, and what it does otherwise
    starlette.py        what Starlette does otherwise
    django.py           what Django adds to a response, and how it writes it
    django_requests.py  what Django makes of a request
    asgi_servers.py     what a server does to an exchange with an ASGI application
    wsgi_servers.py     what a server does to an exchange with a WSGI application

Places in a source are those of the versions that `constraints.txt` names.
"""

from asgi_compare.judge.comparison.known_differences.asgi_servers import ASGI_SERVERS
from asgi_compare.judge.comparison.known_differences.django import DJANGO
from asgi_compare.judge.comparison.known_differences.django_requests import (
    DJANGO_REQUESTS,
)
from asgi_compare.judge.comparison.known_differences.interfaces import INTERFACES
from asgi_compare.judge.comparison.known_differences.row import KnownDifference, occurs
from asgi_compare.judge.comparison.known_differences.starlette import STARLETTE
from asgi_compare.judge.comparison.known_differences.wsgi_servers import WSGI_SERVERS

KNOWN: tuple[KnownDifference, ...] = tuple(
    row
    for row in (
        *INTERFACES,
        *STARLETTE,
        *DJANGO,
        *DJANGO_REQUESTS,
        *ASGI_SERVERS,
        *WSGI_SERVERS,
    )
    if occurs(row.only)
)

__all__ = ["KNOWN", "KnownDifference"]
