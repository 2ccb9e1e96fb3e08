"""Looking for garbage less often while a stage makes millions of small objects, none of which is in a cycle."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 200_000
"""New objects before Python looks. Its own 700 cost the flag stage more than a quarter of its time (docs/performance.md)."""


@contextmanager
def seldom() -> Iterator[None]:
    """Has Python look for garbage seldom inside."""
    before = gc.get_threshold()
    gc.set_threshold(MANY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def at_the_end() -> Iterator[None]:
    """Has Python look for garbage once, after what is inside, and never again at what was there before: for a process of its own."""
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()
