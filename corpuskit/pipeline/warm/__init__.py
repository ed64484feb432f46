"""Modules whose import computes what all workers share; only a forkserver imports them."""
