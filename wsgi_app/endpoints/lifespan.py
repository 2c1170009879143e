"""Chapter 6: the state that nobody has put anything into.

WSGI has no start-up: an application learns that it is there by its first request, and
that it is over not at all. What all requests need is made when the module is imported
(like the ledger of `streaming.py`), once in each process of the server.
"""

from wsgiref.types import StartResponse

from wsgi_app.environ import Body, Environ, json_object


def state(environ: Environ, start_response: StartResponse) -> Body:
    """Answer that there is none."""
    return json_object(start_response, {"greeting": None, "visits": 0, "visitors": 0})
