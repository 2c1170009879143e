"""What is driven: our implementations, and any application by its name."""
