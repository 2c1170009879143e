"""What must hold of a wire case: on the wire, and in the application."""
