"""The rules of the extensions of ASGI."""
