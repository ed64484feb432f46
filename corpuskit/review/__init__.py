"""Judgments by native speakers: samples, a local web application, agreement, what follows.

`serve` shows sampled documents to reviewers and saves what they answer; `judgment_summary` says
what the answers mean for a build.
"""
