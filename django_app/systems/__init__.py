"""The systems: what people build with what `views/` shows piece by piece.

    chat.py       rooms, presence and history: the views, and what a thread does
    dashboard.py  figures that change: the views, and the stream
    editor.py     one text that many edit at once: the views
    gateway.py    one request in, several out; upstreams.py, how it speaks HTTP
    notices.py    one event, many channels; by store.py and senders.py
    consumers/    what Channels adds under ASGI: WebSockets, a module for each system
    ports.py      what stands between the processes of a system

Under ASGI the connection of a system is a WebSocket, which Django leaves to Channels;
`routing.py` has their paths. Under WSGI it is requests: a long poll, or a stream.
"""
