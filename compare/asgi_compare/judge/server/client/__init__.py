"""The client of the wire cases: raw bytes out, answers read."""
