"""Tests of `compare.drivers`: each client and server that they play."""
