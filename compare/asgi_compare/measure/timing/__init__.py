"""Measuring what a configuration of an application costs.

A *configuration* is an application with its settings, in a process of its own. It is
measured in three ways, and never in two of them at once:

    calls.py     counted: one request, and every Python function that it calls. Nothing
                 is wrapped or replaced; the interpreter tells us of each call.
    exchange.py  timed: many requests, put in process by the smallest server there is
    served.py    served: a real server, under load from `load_client.py`
    wrk.py       ... or from wrk, where that is on the machine

    figures.py   nouns: what comes of it
    asked.py     nouns: what is asked of whom
    groups.py    to which layer a function belongs
    child.py     the inside of the process, which obeys
    worker.py    the outside of it, which commands
    machine.py   the processor: whose it is, and who else wants it
    rounds.py    in which order to measure, and which of it to throw away
    survey.py    all of that, for many configurations side by side; with its nouns in
                 surveyed.py and its halves in in_process.py and on_servers.py

This package does not know what it measures. `asgi_compare.measure.ladder` does.
"""
