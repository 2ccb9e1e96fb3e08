"""What people decide: what is the same, and what is true. It holds through every sync until it is undone."""
