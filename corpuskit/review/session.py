"""One review: which document a reviewer sees next, and what becomes of the answer."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from corpuskit.errors import ReviewError
from corpuskit.review.database import Judgment, JudgmentDatabase, now
from corpuskit.review.questions import Answers, answers_of
from corpuskit.review.sampling import Item
from corpuskit.review.texts import Details

MOST_NAME: Final = 40
SECOND_PASS: Final = 5
"""Every fifth document that a reviewer judged is shown again in the second pass."""


class ReviewSession:
    """The state of a review; not for several threads at once."""

    def __init__(self, database: JudgmentDatabase, details: Mapping[str, Details]) -> None:
        self._database = database
        self._details = details
        self._items = [item for item in database.items() if item.id in details]
        self._by_id = {item.id: item for item in self._items}
        self._judged: dict[tuple[str, int], dict[str, Answers]] = {}
        """Answers by reviewer and pass, and by document."""
        self._shown: dict[str, str] = {}
        """The document that each reviewer is looking at."""
        for judgment in database.judgments():
            self._remember(judgment)

    def _remember(self, judgment: Judgment) -> None:
        key = (judgment.reviewer, judgment.number)
        self._judged.setdefault(key, {})[judgment.item] = judgment.answers

    def _of(self, reviewer: str, number: int) -> dict[str, Answers]:
        return self._judged.get((reviewer, number), {})

    def item(self, identifier: str) -> Item:
        """A document of the sample; ReviewError for another one."""
        if identifier not in self._by_id:
            raise ReviewError("this document is not in the sample")
        return self._by_id[identifier]

    def details(self, identifier: str) -> Details:
        """What is known of it, its text included."""
        return self._details[self.item(identifier).id]

    def next(self, reviewer: str, number: int) -> tuple[Item | None, int, int]:
        """The next document of a pass (None at its end), how many are done, and of how many."""
        todo = self._second(reviewer) if number == 2 else self._first(reviewer)
        done = self._of(reviewer, number)
        following = next((item for item in todo if item.id not in done), None)
        if following is None:
            self._shown.pop(reviewer, None)
        else:
            self._shown[reviewer] = following.id
        return following, len(done), len(todo)

    def _first(self, reviewer: str) -> list[Item]:
        """Shared documents, and those that no other reviewer judged or is looking at."""
        others = {
            identifier
            for (name, number), answers in self._judged.items()
            if name != reviewer and number == 1
            for identifier in answers
        }
        others |= {identifier for name, identifier in self._shown.items() if name != reviewer}
        mine = self._of(reviewer, 1)
        return [
            item for item in self._items if item.shared or item.id in mine or item.id not in others
        ]

    def _second(self, reviewer: str) -> list[Item]:
        mine = self._of(reviewer, 1)
        return [item for item in self._items if item.id in mine][::SECOND_PASS]

    def second_pass(self, reviewer: str) -> int:
        """Documents that the reviewer could judge a second time and has not."""
        return len(self._second(reviewer)) - len(self._of(reviewer, 2))

    def judge(self, reviewer: str, number: int, data: Mapping[str, Any]) -> None:
        """Save an answer; ReviewError if it is not one."""
        item = self.item(str(data.get("id")))
        if number == 2 and item.id not in self._of(reviewer, 1):
            raise ReviewError("only what was judged before can be judged a second time")
        answers = answers_of(data, len(self._details[item.id].text))
        judgment = Judgment(item.id, reviewer, number, answers, now())
        self._database.save(judgment)
        self._remember(judgment)

    def undo(self, reviewer: str) -> Judgment | None:
        """Take back the last answer; None if there is none."""
        judgment = self._database.undo(reviewer)
        if judgment is not None:
            self._of(reviewer, judgment.number).pop(judgment.item, None)
        if judgment is None or judgment.item not in self._by_id:
            return None
        self._shown[reviewer] = judgment.item
        return judgment


def reviewer_name(value: Any) -> str:
    """A reviewer's name in one form; ReviewError for one that cannot be used."""
    name = " ".join(unicodedata.normalize("NFC", str(value or "")).split())
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise ReviewError(f"write a name of 1 to {MOST_NAME} characters")
    return name


def pass_number(value: Any) -> int:
    """1 or 2; ReviewError for anything else."""
    if value not in (1, 2, "1", "2", None):
        raise ReviewError("there are two passes, 1 and 2")
    return int(value or 1)
