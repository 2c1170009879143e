"""The views of the laboratory.

ladder.py    the views of the ladder of layers: the same few things, async and sync
requests.py  what Django makes of a request: parameters, forms, uploads, limits
answers.py   what it makes of an answer: header fields, redirects, cookies, errors
people.py    sessions, signing in, permissions, messages
rows.py      the database: transactions, and where the ORM runs
running.py   threads, streams, and clients that leave
"""
