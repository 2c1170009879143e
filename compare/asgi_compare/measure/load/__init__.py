"""A client that puts load on a server, and the arithmetic for what comes of it.

Two questions need two clients. *How much can the server do?* is asked by a closed loop:
each connection sends its next request when it has the answer to the last one. *How long
do users wait?* is asked by an open loop: requests are due by a schedule, whether the
server keeps up or not, and each latency counts from the time at which its request was
due. A closed loop stops asking while the server stalls, and so hardly sees the stall.

    records.py       nouns: HttpLoad, StreamLoad, Latencies, and the results
    arrivals.py      when requests are due
    response.py      an HTTP/1.1 response, read piece by piece
    frames.py        WebSocket frames, as far as a client needs them
    http_client.py   HTTP, closed and open loop
    stream_client.py many long connections: SSE and WebSocket, numbered messages
    process.py       the client in a process of its own, on a core of its own
    statistics.py    medians with intervals, controls, turning points
    locustfile.py    the same requests for Locust, and so for several machines
    bare_server.py   the fastest server there can be in Python: the limit

From a shell, one load and its result as JSON:

    python -m asgi_compare.measure.load http://127.0.0.1:8000/ --connections 32
    python -m asgi_compare.measure.load http://127.0.0.1:8000/ --rate 500 --poisson
"""
