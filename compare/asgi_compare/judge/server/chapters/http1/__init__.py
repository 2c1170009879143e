"""HTTP/1.1: requests, responses, and the connection that they share."""
