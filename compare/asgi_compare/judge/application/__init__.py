"""Probes, which are awkward but legal servers and clients; act, then judge.

There are two kinds. The probes of an *application* play a server for it in a child
process: `asgi-compare check`. The cases of a *server* are bytes on a socket, and an
application that tells what it saw: `asgi-compare check-server`.

    Plan --check--> Trial --play, in the child--> Transcript --own, rules--> Checked

    probe.py            nouns: a probe, what it is played with, the trial made of both
    rows.py             all probes, in order; the rows themselves stand in
    http_rows.py, http_body_rows.py, other_rows.py, wsgi_rows.py
                        HTTP, its bodies, WebSocket and lifespan, WSGI
    absent.py           rows made from a table: scopes without what has a default
    raw_request.py, openapi.py
                        exchanges out of a file, and out of the target's own document
    arrange.py          apply a probe to an exchange, which makes a trial
    awkward.py, awkward_wsgi.py
                        inside the child: the servers that the probes play
    play.py             inside the child: one trial after the other
    own.py              what a probe concludes by itself, besides the rules
    yardstick.py        ... by holding an exchange against the plain one
    gather.py           the findings of all trials, grouped by rule
    check.py            one application, from the first trial to the conclusion

    wire/               the cases of a server; its own map is in there
    instrument.py       the application of the cases, for the server under test to run
"""
