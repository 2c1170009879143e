"""Requests as a locustfile, for load from more than one machine.

Locust has a master that counts and workers on other machines that ask; nothing of that
is ours. What is ours is what they ask: the same requests as `bench` measures with.

    asgi-compare bench --select hello/get --locust locustfile.py
    locust -f locustfile.py --host http://HOST:PORT --master
    locust -f locustfile.py --worker --master-host MASTER      # on each other machine
"""

from __future__ import annotations

from collections.abc import Mapping
from pprint import pformat

from asgi_compare.measure.load.records import HttpLoad

HEAD = '''"""Requests of asgi-compare; made by `asgi-compare bench --locust`.

    locust -f FILE --host http://HOST:PORT --headless -u 8 -r 8 -t 10s

Add --master, and start it with --worker on other machines, for more load than one can
make. Each user asks for one after the other, without a pause.
"""

from locust import HttpUser, constant, task

'''
TAIL = '''

class User(HttpUser):
    """Ask for one after the other."""

    wait_time = constant(0)

    @task
    def ask(self) -> None:
        """Ask for each once."""
        for each in REQUESTS:
            self.client.request(**each)
'''


def locustfile(requests: Mapping[str, HttpLoad]) -> str:
    """Return the text of a locustfile with these requests, by their names."""
    listed = [
        {
            "name": name,
            "method": each.method,
            "url": each.target,
            "headers": dict(each.headers),
            "data": each.body,
            "allow_redirects": False,
        }
        for name, each in requests.items()
    ]
    return f"{HEAD}REQUESTS = {pformat(listed, sort_dicts=False)}\n{TAIL}"
