"""python-socketio as it comes: its own path, and 404 elsewhere; ASGI and WSGI."""

import socketio

asgi = socketio.ASGIApp(socketio.AsyncServer(async_mode="asgi"))
wsgi = socketio.WSGIApp(socketio.Server(async_mode="threading"))
