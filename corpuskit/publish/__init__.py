"""Publish: shards, rejects, ledger, manifest and card; and reading and verifying them."""

from corpuskit.publish.read import Build
from corpuskit.publish.verify import verify

__all__ = ["Build", "verify"]
