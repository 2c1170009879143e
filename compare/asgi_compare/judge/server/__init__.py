"""Wire cases. A client that speaks raw bytes, and an application that tells.

    Case --player--> Observed --judge--> Result --matrix--> words
      |                 ^
      +--script--> instrumented application, in the server under test

    acts.py, case.py    nouns: what the application does, what the client does
    observed.py         nouns: what was seen on the wire, and by the application
    build.py, frames.py the bytes of requests and of WebSocket frames
    texts.py            where the sentences stand
    checks.py, app_checks.py, frame_checks.py, tls_checks.py
                        what must hold of what was seen, as small functions
    chapters/           the cases, as data
    records.py          what the application writes down, and how it tells it
    asgi_play.py, wsgi_play.py, lifespan_play.py
                        the application plays its script
    answers.py          bytes, read as the answers that they are
    pipes.py            a socket as it is, or TLS upon it
    line.py, http2.py   one connection of the client
    player.py           one case
    judge.py            from what was seen to a verdict
    lifecycle.py        cases with a server of their own
    authority.py        certificates, made for one run
    host.py             one server, up, for many cases
    runner.py           all cases, on one server or on several
    matrix.py           the results in words, and as JSON
    findings.py         the results as findings, for the reports that a check has
    own_command.py      a server by the user's own command line

A finding says what the server did and which sentence asks otherwise. It rests on bytes
that anybody can send: they are in the result, with the answer and with what the
application saw.
"""
