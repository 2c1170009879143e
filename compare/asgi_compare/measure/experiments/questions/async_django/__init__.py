"""About Django under ASGI, and what it does with a request."""
