"""Check middleware: play the server outside, a scripted application inside.

A layer is both: an application to the server, and a server to the application inside.
So both of its sides are recorded, and the same trial is played once more with the layer
taken out.

    trial.py     nouns: a trial, how to call the target, and what came of a trial
    trials.py    the table of trials: what the server does, what the application does
    check.py     one layer, from the first trial to the conclusion
    rules/       what a layer owes, each rule a record with its check

    in the child process:
    forms.py     call the target with an application, in whatever form it wants it
    inside.py    the application inside: it does as it is told, and writes it down
    acts/        what it is told: over ASGI, over WebSocket and lifespan, over WSGI
    django.py    a Django around a middleware of Django's
    outside.py   the servers, with an eye on what becomes of the scope
    play.py      one trial after the other
"""
