"""Notices: what is sent when, what becomes of it, and how a web hook is signed."""
