"""The systems: what people build with what `endpoints/` shows piece by piece.

    chat.py       rooms, presence and history, over a WebSocket
    dashboard.py  figures that change, as server-sent events and over a WebSocket
    editor.py     one text that many edit at once, by operations or by Yjs
    gateway.py    one request in, several out; upstreams.py, how it speaks HTTP
    notices.py    one event, many channels; by store.py and senders.py
    ports.py      what stands between the processes of a system

What is true of a system whatever its interface is in `asgi_compare.domain`. Each module
has its routes in `routes`, below `/systems/` and its own name.
"""
