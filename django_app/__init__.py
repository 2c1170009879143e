"""The contract in Django, with the files and the middleware that `startproject` makes.

Read `asgi_raw` and `wsgi_app` first: what is done there by hand has mostly gone from
here, because Django does it. One set of settings, routes and views serves both
interfaces; which one it is, a view hardly ever needs to know.

    asgi.py, wsgi.py  two entries to the same application. Django's handlers take the
                      events and the `environ` apart, and put the response together
    settings.py       what Django is told about this project. Most of the middleware of
                      the other folders is a line of `MIDDLEWARE` here
    urls.py           paths to views. Parameters are converted, and a path without a
                      view gets 404
    views/            the endpoints, by chapter of the contract
    systems/          whole systems: a chat, with Channels where it is installed
    models.py         the tables of `accounts`; database.py says where they are
    urls_async.py     the paths whose views are others under ASGI
    streams.py        the one place where the interface shows: a stream has to be an
                      async iterator for ASGI, and an ordinary one for WSGI

What Django takes over, and where it does so:

    the events of a request, and its body      django/core/handlers/asgi.py
    the `environ`, and `wsgi.input`            django/core/handlers/wsgi.py
    sync views under ASGI (a thread each), and
    async views under WSGI (a loop each)       django/core/handlers/base.py
    query strings, forms, uploads, cookies     django/http/
    routing and 404                            django/urls/
    405 and Allow                              django/views/decorators/http.py
    500, and a log record for it               django/core/handlers/exception.py
    Content-Length                             django/middleware/common.py
    forged forms                               django/middleware/csrf.py
    protective header fields                   django/middleware/security.py
                                               django/middleware/clickjacking.py

What it does not have: a lifespan, WebSockets, and ranges of a file. HEAD it answers as
GET, body and all, and leaves it to the server to cut the body off.

Django is imported in this folder and nowhere else. The views import
`asgi_compare.domain` and nothing else of the toolkit.
"""
