"""JSON of the nouns, both ways."""
