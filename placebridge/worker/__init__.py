"""The background service: keeps every connection on its schedule."""
