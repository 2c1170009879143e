"""The rules of the systems; the time is an argument, and threads lock what they share.

    chat/         rooms, numbered messages, presence, limits
    dashboard/    figures with a version, a snapshot, and changes since
    editor/       operational transformation: operations, server, client, undo
    notices/      deliveries by several channels, the outbox, signed web hooks
    gateway/      deadline, circuit breaker, retries, header fields, merged answers
    pages/        their pages, which each implementation serves itself

What several of them need:

    tokens.py     who may open a WebSocket: a signed token, and the Origin
    broker.py     what stands between processes, and the connection to it
    backlog.py    what waits for a slow reader, with a bound
    rate.py       the token bucket
    seen.py       what has come before
    sse.py        the text of server-sent events
    untrusted.py  JSON that somebody else wrote
"""
