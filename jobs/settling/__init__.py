"""Settling: a whole read becomes records, rejects and notices (`settle.py`)."""
