"""The systems: what people build with what `endpoints/` shows piece by piece.

    chat.py     rooms, presence and history, over a WebSocket
    ports.py    what stands between the processes of a system

What is true of a system whatever its interface is in `asgi_compare.domain`. Each module
has its routes in `routes`, below `/systems/` and its own name.
"""
