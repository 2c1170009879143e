"""The rules of WSGI."""
