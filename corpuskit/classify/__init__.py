"""A small classifier of quality, trained on judgments of native speakers."""
