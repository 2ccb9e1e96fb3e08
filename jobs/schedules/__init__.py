"""Schedules: when each connection is read, and the runs that become due by it."""
