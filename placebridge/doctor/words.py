"""Spans of time in words."""

from datetime import timedelta

from placebridge.output import counted


def age(span: timedelta) -> str:
    """A span in its largest unit: 12 seconds, 5 minutes, 3 hours, 2 days."""
    seconds = max(int(span.total_seconds()), 0)
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * length:
            return counted(seconds // length, unit)
    return counted(seconds, "second")
