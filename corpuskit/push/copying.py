"""A build copied into a store, in place of an earlier version of it or into an empty place."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from corpuskit.errors import PushError
from corpuskit.publish.published import is_published_path
from corpuskit.push.destinations import MANIFEST, PushFile, PushPlan, chunks_of
from corpuskit.store import Store
from corpuskit.store_url import Place

LEFT: Final = ".left-by-publish.json"
"""Names of files of an earlier version, while a new one is being copied."""
_SHOWN: Final = 5


def earlier_files(store: Store, place: Place) -> Sequence[str] | None:
    """Names of shards and rejects of the version that is there, or of one that was being replaced;
    None where there is no corpus."""
    for name in (MANIFEST, LEFT):
        try:
            return files_listed(store.get(name), f"{place}/{name}", is_manifest=name == MANIFEST)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise PushError(f"{place}/{name} cannot be read: {error}") from error
    return None


def files_listed(content: bytes, shown: str, *, is_manifest: bool) -> list[str]:
    """Names of shards and rejects in a manifest, or in the list that stands for it meanwhile."""
    try:
        data = json.loads(content)
        names = [entry["path"] for entry in data["files"]]
    except (ValueError, KeyError, TypeError) as error:
        raise PushError(f"{shown} cannot be read: {error}") from error
    if is_manifest and not {"build_id", "recipe"} <= data.keys():
        raise PushError(f"{shown} is not the manifest of a corpus")
    return [path for path in names if is_published_path(path)]


def refuse_foreign(
    shown: str, there: Iterable[str], files: Sequence[PushFile], earlier: Collection[str]
) -> None:
    """PushError where files are there that neither this version nor the earlier one published and
    that the card would load with the corpus: they are somebody's, and are not deleted."""
    known = {*(file.name for file in files), *earlier}
    foreign = sorted(name for name in there if _is_loaded(name) and name not in known)
    if foreign:
        more = f" and {len(foreign) - _SHOWN:,} more" if len(foreign) > _SHOWN else ""
        raise PushError(
            f"{shown} has files that corpuskit did not publish and that would be loaded as a part "
            f"of the corpus: {', '.join(foreign[:_SHOWN])}{more}. Move or delete them there, or "
            "publish elsewhere; nothing was changed"
        )


def _is_loaded(name: str) -> bool:
    """Whether a file is in the folder of shards: the card names `data/SPLIT/LANG-*.parquet`."""
    return name.startswith("data/") and name.lower().endswith(".parquet")


def plan_copy(
    files: Sequence[PushFile], earlier: Sequence[str], is_there: Callable[[PushFile], bool]
) -> PushPlan:
    """What has to be copied and deleted so that `files` are there and no `earlier` ones."""
    unchanged = tuple(file for file in files if is_there(file))
    names = {file.name for file in files}
    return PushPlan(
        tuple(file for file in files if file not in unchanged),
        unchanged,
        tuple(sorted(name for name in earlier if name not in names)),
        None,
    )


def copy_files(store: Store, plan: PushPlan) -> None:
    """Copy what is new; the manifest goes first and comes back last."""
    if not plan.uploads and not plan.deletions:
        return
    files = (*plan.uploads, *plan.unchanged)
    (manifest,) = (file for file in files if file.name == MANIFEST)
    content = b"".join(chunks_of(manifest))
    members = [file.name for file in files if file is not manifest]
    left = {"files": [{"path": name} for name in (*members, *plan.deletions)]}
    store.put(LEFT, json.dumps(left).encode())
    store.delete(MANIFEST)
    for file in plan.uploads:
        if file is not manifest:
            with store.writing(file.name) as target:
                for chunk in chunks_of(file):
                    target.write(chunk)
    for name in plan.deletions:
        store.delete(name)
    store.commit(MANIFEST, content, members)
    store.delete(LEFT)
