"""Play stories: several participants at once, with one application or several servers.

    openers.py      what a place offers: a request, a stream, a WebSocket
    in_process.py   the same without a socket, on ASGI (`AsgiPlace`) and WSGI
    live.py         the same over sockets, to a server that is up
    lines.py        a participant's connection: by WebSocket, stream or long poll
    play.py         the steps of a story, one after the other, with one timeline
    arrange.py      places for a story: a child process, servers, a broker
    child.py        that child process

What a participant does depends on the place no more than what a browser does.
"""
