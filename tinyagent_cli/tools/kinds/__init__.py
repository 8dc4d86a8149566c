"""What can run a tool; one module per kind."""
