"""About channel layers: what becomes of messages between processes."""
