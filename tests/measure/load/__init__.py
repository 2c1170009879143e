"""The load client, and its arithmetic."""
