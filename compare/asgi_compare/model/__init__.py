"""The nouns: what happened, what was concluded, and their text form."""
