"""WebSocket: the handshake, frames, messages, the close."""
