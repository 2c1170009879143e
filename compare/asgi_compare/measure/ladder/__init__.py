"""The ladder of Django's layers: what one gains by each of them, and what it costs.

    rung.py             nouns: a `Rung` (a Django with one layer more than another one),
                        and its `Variant`s
    ladder.py           the rungs, and what they are measured beside
    costs.py            nouns: the `Cost` of a rung in one variant, a `Comparison`, and
                        `LadderResult`: all there is
    measure_ladder.py   measure all of it
    hello.py            the smallest application, for what is measured beside it
    gains.py            which behaviours appear with a rung
    measure_project.py  a ladder out of a user's own MIDDLEWARE
    store.py            to JSON and back
    check.py            is a result that was written down still true?

Measuring itself is done by `asgi_compare.measure.timing`, which knows nothing of
Django. Neither does this package know Django: it knows the names of settings and of
middleware, and a project that obeys them, `asgi_compare.laboratory.django_lab`.
"""
