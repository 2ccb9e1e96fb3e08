"""`./run demo`: a fictional town's two CRMs, synced, and what came out of it."""
