"""Tests of `asgi_compare.drive`: each client and server that they play."""
