"""What a rule is, what judges a connection, and the sentences behind it."""
