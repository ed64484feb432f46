"""Publish: shards, rejects, ledger, manifest and card; and reading and verifying them."""

from corpuskit.publish.read import Build, open_build
from corpuskit.publish.verify import verify

__all__ = ["Build", "open_build", "verify"]
