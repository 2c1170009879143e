"""What the application does: one coroutine an endpoint, chapter by chapter."""
