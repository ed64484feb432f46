"""Licenses as SPDX writes them: identifiers, expressions, names in texts, what they ask."""
