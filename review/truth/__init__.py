"""What people decide about what is true and what is the same: on a business's page, and pair by pair."""
