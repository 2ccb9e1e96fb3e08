"""Businesses: the list, and everything about one."""
