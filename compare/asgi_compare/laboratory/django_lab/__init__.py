"""A second project over the same application: the laboratory.

`django_app` shows what the contract asks for. What Django does besides (it refuses a
forged form, rotates a session, keeps a query from being injected) shows only where
there is a form, a session and a database. This project has them, and its settings can
be changed from outside, so that any layer can be put in or taken away:

    ASGI_COMPARE_LAB='{"MIDDLEWARE": []}' uvicorn
    asgi_compare.laboratory.django_lab.asgi:application

    settings.py     the settings of `django_app`, what the laboratory needs besides, and
                    then whatever the environment variable changes
    overrides.py    how it changes them
    preparation.py  what happens before the first request: replacements and tables
    database.py     the tables, and two users to sign in as
    watching.py     what cannot be seen in a response: signals, log records, mail
    models.py       one table of our own
    urls.py         paths to views; the endpoints of the contract are there too
    views/          each view that the ladder needs in an async and a sync version
    fronts.py       ASGI middlewares before the whole of Django, for experiments
    hashing.py      a password hasher that notes where it runs
    without.py      parts of Django with one thing left out, for experiments
    user_project/   a user's own project, with some of its middleware taken away
    asgi.py, wsgi.py  the entries

Everything lives in memory and is gone with the process.
"""
