"""The entry: one call is one request.

There is one protocol, so there is nothing to be told apart. The server calls the
application again for each request (PEP, "The Application/Framework Side"). It may do so
for many at once, each in a thread of its own, if `environ["wsgi.multithread"]` says so;
whatever two requests share must be fit for that (PEP, "Thread Support").
"""

from wsgi_app.middleware import errors, head
from wsgi_app.routes import dispatch

# HEAD is outside, so that the answer to an error has no body either.
application = head(errors(dispatch))
