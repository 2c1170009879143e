"""A second application by hand: naive pages, and the middleware that fixes them.

Most of what a framework does is not missed until it is gone. `pages.py` is written as a
tutorial would have it, and does none of that: it takes every form from everywhere, and
hands on whatever it is given. Around it go small middlewares, one for each thing that
is worth doing, and each says how much it takes:

    app.py          the entry, and the same with each of the middlewares
    pages.py        the pages, as in a tutorial
    guards.py       who may ask: hosts, origins, https
    limits.py       how much may be asked: the size of a body, a time limit
    fields.py       header fields: those that make a browser careful, and broken ones
    static.py       the files of a folder, and no others
    validators.py   answers that need not be sent again, or not as long: ETag, gzip
    sessions.py     what is remembered of a visitor, signed
    leaving.py      to stop when the client has left
"""
