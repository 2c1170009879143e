"""Play the client of a real server, over a socket."""
