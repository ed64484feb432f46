"""Builds that are killed at random, and have to come out as if nothing had happened."""
