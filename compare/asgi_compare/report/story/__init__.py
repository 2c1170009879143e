"""A story in words and as a picture: one timeline of all who took part."""
