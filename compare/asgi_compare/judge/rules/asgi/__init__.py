"""The rules of ASGI: scopes, events, and their order."""
