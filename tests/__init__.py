"""The tests; their folders mirror those of what they test."""
