"""The rules that all applications share, held to what they promise."""

from hypothesis import settings

quick = settings(max_examples=60, deadline=None)
"""No deadline: on a busy machine a slow example says nothing about the rule."""
