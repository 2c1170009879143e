"""Consumers of Channels: one object a connection, one method an event."""
