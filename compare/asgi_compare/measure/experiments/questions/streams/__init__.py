"""About streams, those who leave them, and how a server stops."""
