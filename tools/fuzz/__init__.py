"""Fuzzing of every connector and stage: `python -m tools.fuzz --help`, docs/field-cases.md."""
