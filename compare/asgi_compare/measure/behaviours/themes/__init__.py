"""The behaviours, one file a theme."""
