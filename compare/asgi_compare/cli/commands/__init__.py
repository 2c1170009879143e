"""One file a command; `cli.py` puts them together.

A command reads its arguments, calls the stage that does the work, and shows the result.
"""
