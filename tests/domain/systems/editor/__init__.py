"""The editor: operations alone, and many clients with a bad network."""
