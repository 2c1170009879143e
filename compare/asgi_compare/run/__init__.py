"""One run: every implementation, on every host, through every scenario."""
