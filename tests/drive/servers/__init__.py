"""Tests of the servers: nearly all of them start real ones."""
