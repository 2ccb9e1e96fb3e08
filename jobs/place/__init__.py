"""The picture of a place: who is at the table, what is offered and needed, who has which role, how ready it is, and how it changed."""
