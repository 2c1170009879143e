"""The command: `asgi-compare`. Each of its commands is a file in `commands/`."""
