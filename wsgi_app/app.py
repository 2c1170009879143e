"""The entry: one call is one request.

There is one protocol, so there is nothing to be told apart. The server may call the
application for many requests at once, each in a thread of its own, if
`environ["wsgi.multithread"]` says so; whatever two requests share must be fit for that.
"""

from wsgi_app.middleware import errors, head
from wsgi_app.routes import dispatch

# HEAD is outside, so that the answer to an error has no body either.
application = head(errors(dispatch))
