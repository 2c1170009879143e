"""About workers, what they share, and work that outlives a request."""
