"""A day of the worker: many connections, of which a part changes every hour."""
