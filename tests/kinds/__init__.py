"""Applications and layers of kinds that people write, broken ones and correct ones."""
