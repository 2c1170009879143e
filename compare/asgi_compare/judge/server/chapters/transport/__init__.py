"""Below HTTP: TLS, and Unix domain sockets."""
