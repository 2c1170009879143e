"""The systems: what people build with what `endpoints/` shows piece by piece.

    chat.py     rooms, presence and history, as a long poll and as a stream
    ports.py    what stands between the processes of a system

What is true of a system whatever its interface is in `asgi_compare.domain`. Each module
has its paths in `HTTP` and `PATTERNS`, below `/systems/` and its own name.
"""
