"""What the application does: one function an endpoint, chapter by chapter."""
