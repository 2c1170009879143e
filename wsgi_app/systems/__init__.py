"""The systems: what people build with what `endpoints/` shows piece by piece.

    chat.py       rooms, presence and history, as a long poll and as a stream
    dashboard.py  figures that change, as server-sent events and by long polls
    editor.py     one text that many edit at once, by long polls or a stream
    gateway.py    one request in, several out; upstreams.py, how it speaks HTTP
    notices.py    one event, many channels; by store.py and senders.py
    ports.py      what stands between the processes of a system

What is true of a system whatever its interface is in `asgi_compare.domain`. Each module
has its paths in `HTTP` and `PATTERNS`, below `/systems/` and its own name.
"""
