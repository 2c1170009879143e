"""The ladder of Django's layers: what each of them buys, and what it costs.

    rung.py    nouns: a `Rung` (a Django with one layer more than another one), a `Way`
    ladder.py  the rungs, and what they are measured beside
    costs.py   nouns: the `Cost` of a rung one way, a `Claim`, and `Adds`: all there is
    climb.py   measure all of it
    claims.py  figures that were measured by hand, and whether they come out again
    trials.py  the same under several loads, as they may have been measured by hand
    reasons.py why a figure came out, or did not
    hello.py   the smallest application, for what is measured beside it
    buys.py    which behaviours appear with a rung
    peel.py    a ladder out of a user's own MIDDLEWARE
    store.py   to JSON and back
    check.py   is a climb that was written down still true?

Measuring itself is done by `asgi_compare.measure.timing`, which knows nothing of
Django. Neither does this package know Django: it knows the names of settings and of
middleware, and a project that obeys them, `asgi_compare.laboratory.django_lab`.
"""
