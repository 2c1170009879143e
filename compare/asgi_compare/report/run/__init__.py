"""A run in words and pictures."""
