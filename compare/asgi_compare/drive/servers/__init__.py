"""Real servers, as child processes that never outlive us.

    command_lines.py the options of their command lines, and where they listen
    table.py         one row a server: its command, and what it needs
    certificates.py  where those of a server lie that is to be asked over TLS
    transports.py    how a client reaches a server: TCP, TLS, a Unix domain socket
    supervisor.py    starts a row on a free port; ready when it answers with our nonce
    process.py       one command in a session of its own: its exit, its log, its stop
    launcher.py      the small process in between, which takes the server down with us
    log.py           the last lines of what a process wrote
    entry.py         what every server is told to load; in it, the target
    nonce.py         the wrapper in there that answers "who are you?"
    wsgiref_main.py  the command line that wsgiref does not have

Read them in this order. gunicorn is told to read this package as its configuration
file, so that it leaves alone whatever `gunicorn.conf.py` lies in the current directory:
no setting of gunicorn may be defined here.
"""
