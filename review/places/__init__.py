"""The picture of a place: places by themes, and one place with who is at the table, needs, people, readiness and measures."""
