"""About single connections, and many of them."""
