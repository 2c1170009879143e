"""PostgreSQL, Valkey and Caddy for the systems, from wheels: no root, no containers.

    with postgres() as database, valkey() as broker:
        ...  # database.url, broker.url

Where `DATABASE_URL` or `REDIS_URL` is set, that service is used and nothing is started.
Else a service of our own listens on a free port of 127.0.0.1, asks for a password, and
keeps its files in a temporary directory. It is set up for tests: what it has confirmed
survives its own death, but not that of the machine.

Nothing of it outlives us, however we end. The process is tied to us by the launcher of
the servers (`servers/launcher.py`). A second small process, the keeper (`keeper.py`),
clears away what a service leaves even so: files, and workers that left its session.
"""

from asgi_compare.drive.services.broker import valkey
from asgi_compare.drive.services.database import empty_database, postgres
from asgi_compare.drive.services.proxy import caddy
from asgi_compare.drive.services.service import Service, ServiceError

__all__ = ["Service", "ServiceError", "caddy", "empty_database", "postgres", "valkey"]
