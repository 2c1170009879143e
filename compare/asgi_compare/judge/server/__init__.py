"""Wire cases. A client that speaks raw bytes, and an application that tells.

    Case --player--> Observed --judge--> Result --matrix--> words
      |                 ^
      +--script--> instrumented application, in the server under test

    acts.py, case.py   nouns: what the application does, what the client does
    observed.py        nouns: what was seen on the wire, and by the application
    chapters/          the cases, as data; texts.py has where the sentences stand
    checks/            what must hold of what was seen, as small functions
    instrument/        the application: it plays its script, and tells what it saw
    client/            the client: raw bytes out, answers read
    player.py          one case
    verdict.py         from what was seen to a verdict
    lifecycle.py       cases with a server of their own
    host.py            one server, up, for many cases
    runner.py          all cases, on one server or on several
    matrix.py          the results in words, and as JSON
    findings.py        the results as findings, for the reports that a check has
    own_command.py     a server by the user's own command line

A finding says what the server did and which sentence asks otherwise. It rests on bytes
that anybody can send: they are in the result, with the answer and with what the
application saw.
"""
