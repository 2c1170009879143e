"""Measuring what a configuration of an application costs.

A *configuration* is an application with its settings, in a process of its own. It is
measured in three ways, and never in two of them at once:

    calls.py            counted: one request, and every Python function that it calls.
                        Nothing is wrapped or replaced; the interpreter tells us of each
                        call. pools.py has it listen to threads that are there already
    smallest_server.py  timed: many requests, put in process by the smallest server
    served.py           served: a real server, under load from `measure/load`

    configuration.py    nouns: what is asked of whom
    figures.py          nouns: what comes of it
    groups.py           to which layer a function belongs
    worker.py           the outside of the process, which commands
    worker_main.py      the inside of it, which obeys
    machine.py          the processor: whose it is, and who else wants it
    rounds.py           in which order to measure, and which of it to throw away
    survey.py           all of that, for many configurations side by side; with its
                        nouns in survey_results.py and its halves in in_process.py and
                        on_servers.py
    wrk.py              wrk as a client, to check ours against

A response whose status is not that of the first one ends the measuring of its variant:
the mean of a page and an error page is the price of neither.

This package does not know what it measures. `asgi_compare.measure.ladder` does.
"""
