"""The endpoints, by chapter of the contract: a view each, in the order of the contract.

    http.py         routes, methods and status codes
    fields.py       what a view sees of a request, and header fields
    bodies.py       request bodies, forms and uploads
    files.py        a file, with its validators
    streaming.py    responses that take time, and clients that leave
    lifespan.py     what is there instead of a state: nothing
    concurrency.py  waiting, working, and doing so fifty times at once
    accounts.py     transfers in six ways, statements, reports; accounts_async.py has
                    the same for ASGI, where the ORM is awaited

There is no `websocket.py`: Django has no WebSockets.

A view is async where it waits for something other than the processor (`poll`,
`sequential`, `concurrent`, `mock_api`), and sync everywhere else, as most views in the
world are. Both kinds work under both interfaces: Django runs a sync view under ASGI in
a thread of its own, and an async view under WSGI in an event loop of its own.

Views that take a POST without a page of ours behind it are `csrf_exempt`, as those of
an API are. The guard is part of the middleware and looks at every method that is not
safe. So a view that is not exempt answers even a method that nobody knows with 403, and
405 has no chance.
"""
