"""Play the server in process: no socket, every event recorded."""
