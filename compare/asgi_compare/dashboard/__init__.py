"""The running servers, in a browser: one request for all of them, side by side.

    subjects.py   what is asked: a server that runs, and the same target in a worker
    forms.py      what the page has sent, as a request or a sentence about it
    asking.py     one request to each subject: its answer, its events
    explaining.py what differs, and what it is explained by
    copying.py    a request to paste: curl, trace, a scenario of the contract
    console.py    one WebSocket or event stream to all of them at once
    live.py       what each process uses, and how long a small request takes
    load.py       a bounded load on one of them, while the others go on
    stored.py     runs from files: the matrix, its evidence, and two runs compared
    sources.py    the code of an endpoint in the four applications
    guard.py      token, Host, Origin, and what a browser may do with our pages
    app.py        the application: by hand on ASGI, as in `asgi_raw/`
    serving.py    uvicorn under it, in this process
    static/       the page: HTML, CSS and modules of JavaScript, without a build step

The browser names subjects by their ids and never by import strings. Whatever comes from
a target reaches the page as text.
"""
