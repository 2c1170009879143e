"""The package as others get it: built, installed, and used in projects of theirs."""
