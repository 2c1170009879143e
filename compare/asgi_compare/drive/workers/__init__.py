"""Drive a target in a child process of its own, whatever it does."""
