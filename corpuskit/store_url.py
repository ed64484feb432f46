"""Places of builds: a folder, or a prefix in an object store, written as a URL.

    s3://BUCKET/PREFIX   Amazon S3 and servers that speak its protocol
    gs://BUCKET/PREFIX   Google Cloud Storage
    az://CONTAINER/PREFIX   Azure Blob Storage

A URL says where and never who: credentials come from the environment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from corpuskit.display import mask
from corpuskit.errors import WorkspaceError

SCHEMES: Final = ("s3", "gs", "az")

_URL: Final = re.compile(r"(?i)([a-z][a-z0-9+.-]+):/{1,2}(?!/)(.*)", re.DOTALL)
# A path object makes `s3:/bucket` of `s3://bucket`, so that one slash is enough here. A scheme has
# two letters or more: `C:/` is a drive.


@dataclass(frozen=True, slots=True, order=True)
class StoreUrl:
    """A prefix in an object store, or the name of an object below it."""

    scheme: str
    bucket: str
    prefix: str = ""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}" + (f"/{self.prefix}" if self.prefix else "")

    def __truediv__(self, name: str) -> StoreUrl:
        """The URL of what is called `name` below this prefix."""
        return StoreUrl(self.scheme, self.bucket, f"{self.prefix}/{name}".strip("/"))

    @property
    def name(self) -> str:
        """The last part of the prefix, as that of a path."""
        return self.prefix.rpartition("/")[2] or self.bucket

    @classmethod
    def parse(cls, text: str) -> StoreUrl:
        """The prefix that a URL names; WorkspaceError if it cannot be one."""
        match = _URL.fullmatch(text)
        scheme = match[1].lower() if match else ""
        if match is None or scheme not in SCHEMES:
            raise WorkspaceError(
                f"{mask(text)!r} is not a place for builds; write a folder or "
                f"{', '.join(f'{known}://BUCKET/PREFIX' for known in SCHEMES)}"
            )
        bucket, _, prefix = match[2].partition("/")
        if {"@", ":"} & set(bucket):
            raise WorkspaceError(
                f"the URL {scheme}://... has a user or a key before its bucket; leave them out and "
                "set the variables of the environment that docs/object-stores.md names"
            )
        prefix = prefix.rstrip("/")
        if not bucket or set("?#") & set(match[2]) or not _is_plain(prefix):
            raise WorkspaceError(
                f"{mask(text)!r} is not the URL of a prefix; write {scheme}://BUCKET/PREFIX "
                "without `?`, `#`, empty parts or `..`"
            )
        return cls(scheme, bucket, prefix)


def _is_plain(prefix: str) -> bool:
    return not prefix or not {"", ".", ".."} & set(prefix.split("/"))


Place: TypeAlias = Path | StoreUrl
"""Where a build is."""


def is_store_url(text: str) -> bool:
    """Whether a text is a URL of any scheme, and not the path of a folder."""
    return "://" in text and not text.startswith((".", "/"))


def place_of(place: str | Path | StoreUrl) -> Place:
    """A folder, or the prefix in an object store that a URL names; WorkspaceError for a URL that
    names none."""
    if isinstance(place, StoreUrl):
        return place
    text = str(place)
    match = _URL.fullmatch(text)
    if is_store_url(text) or (match and match[1].lower() in SCHEMES):
        return StoreUrl.parse(text)
    return Path(place)
