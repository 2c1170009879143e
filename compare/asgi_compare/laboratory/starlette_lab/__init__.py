"""A second application in Starlette: what one gets without any middleware, and with.

    app.py      the entry, and the same with each middleware that Starlette brings
    pages.py    the pages, as Starlette's documentation would have them
    running.py  those about threads, streams, and clients that leave

Starlette leaves most of what is asked here to the application: it brings middlewares
for hosts, https, sessions and gzip, and puts none of them there by itself.
"""
