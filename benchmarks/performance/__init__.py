"""What a document costs beside datatrove and datasketch: `make bench` (docs/performance.md)."""
