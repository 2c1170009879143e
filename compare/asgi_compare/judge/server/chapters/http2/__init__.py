"""HTTP/2, and WebSocket on it."""
