"""The notebook in its forms."""
