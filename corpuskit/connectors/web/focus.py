"""What a crawl expects of a URL: characters in the wanted languages per byte fetched.

Every URL stands in an *area*: its host, the first folders of its path, and a class that says how
it was found (how many links away from a page with wanted text, and what is said of its language).
What a class yields is learned over the whole crawl. A host, a folder and an area each multiply
that by a factor of their own, learned from what they gave against what was expected of them:
`(a + given) / (a + expected)`, the mean of a Gamma posterior over Poisson counts, where `a` says
how many pages' worth of text the belief that a place is like any other weighs. So a failure
counts for much where much was expected, and for little where little was.

SpiderLing (Suchomel and Pomikálek, 2012) drops domains by the same yield; classes by the distance
to a relevant page follow Diligenti et al., "Focused crawling using context graphs" (2000).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from corpuskit.connectors.web.hints import NAMED, NOTHING, OTHER, WRITTEN

PRIOR_WEIGHT: Final = 0.25
"""`a` above, in pages. Measured by benchmarks/focus.py, as the next two."""
OPTIMISM: Final = 1.0
"""Standard deviations by which an area counts for more than is expected of it: to be explored."""
CREDIT: Final = 0.5
"""Share of a page's worth that goes to the page which led to it, once: so that lists and menus
without any wanted text are asked before pages that lead nowhere."""
CREDITED: Final = 2
"""Pages on the way to a page with wanted text that get credit."""

CLASS_WEIGHT: Final = 5.0
"""Pages that the shares below weigh against what is learned of a class."""
PRIORS: Final = {NAMED: 0.5, WRITTEN: 0.4, OTHER: 0.02}
NEAR_PRIORS: Final = {"0": 0.3, "1": 0.15}
FAR_PRIOR: Final = 0.1
"""Share of pages with wanted text that a class begins with; a crawl of some hundred pages has
forgotten them."""
NOMINAL_BYTES: Final = 20_000.0
NOMINAL_CHARS: Final = 2_000.0
"""Of a page with wanted text, before one was seen: medians of the test data's Khmer pages."""

MAX_FOLDERS: Final = 256
"""Folders of a host that are told apart; the rest counts as the host's root."""

SEED, LISTED, FAR = "s", "m", "3"
"""Beside "0" to "2", the links since a page with wanted text: named by the operator; named by a
sitemap or feed of no such page; farther from one, or none seen on the way."""

TOTAL: Final = ""


@dataclass(slots=True)
class Node:
    """What one place or class has given."""

    pages: int = 0
    found: int = 0
    """Pages with wanted text."""
    bytes: int = 0
    gain: float = 0.0
    """Wanted characters, credit included (but for the total)."""
    expected: float = 0.0
    """Wanted characters that were expected by what was known of the place above."""
    idle: int = 0
    """Pages since the last that had wanted text or led to some."""


def step(since: str, wanted: int) -> str:
    """The class letter of links found on a page of class letter `since` that had `wanted`."""
    if wanted > 0:
        return "0"
    return str(int(since) + 1) if since in "012" else FAR


def folder(url: str) -> str:
    """The first two folders of a URL's path: `/km/news/` of `/km/news/2026/1.html`."""
    folders = urlsplit(url).path.split("/")[1:-1][:2]
    return "/" + "".join(f"{folder}/" for folder in folders)


def area(host: str, place: str, since: str, hint: str) -> str:
    """The name of an area; none of its parts holds a space."""
    return f"{host}{place} {since}{hint}"


def since_of(name: str) -> str:
    """The class letter of an area."""
    return name.rpartition(" ")[2][:1] or FAR


class Focus:
    """All that was learned; not for several threads at once."""

    def __init__(self, nodes: dict[str, Node] | None = None) -> None:
        self.nodes = nodes if nodes is not None else {}
        self._total = self.nodes.setdefault(TOTAL, Node())

    @property
    def page_bytes(self) -> float:
        """Bytes of a page, on average."""
        return (NOMINAL_BYTES + self._total.bytes) / (1 + self._total.pages)

    @property
    def page_chars(self) -> float:
        """Wanted characters of a page that has some, on average."""
        return (NOMINAL_CHARS + self._total.gain) / (1 + self._total.found)

    def learn(self, name: str, size: int, wanted: int) -> list[str]:
        """A page of an area had `size` bytes and `wanted` characters; the nodes that changed."""
        rate = self._class_rate(name)
        for key in _chain(name):
            node = self.nodes.setdefault(key, Node())
            factor = self._factor(node)
            node.expected += size * rate
            rate *= factor
        changed = [*_chain(name), _class_of(name), TOTAL]
        for key in changed:
            node = self.nodes.setdefault(key, Node())
            node.pages += 1
            node.found += wanted > 0
            node.bytes += size
            node.gain += wanted
            node.idle = 0 if wanted else node.idle + 1
        return changed

    def credit(self, name: str, wanted: float) -> list[str]:
        """A page of an area led to `wanted` characters elsewhere; the nodes that changed."""
        changed = [*_chain(name), _class_of(name)]
        for key in changed:
            node = self.nodes.setdefault(key, Node())
            node.gain += wanted
            node.idle = 0
        return changed

    def score(self, name: str) -> float:
        """What to expect of an area at best, in wanted characters per byte."""
        rate, node = self._class_rate(name), Node()
        for key in _chain(name):
            node = self.nodes.get(key) or Node()
            rate *= self._factor(node)
        # No page can be better than one that is wanted: what stands above is noise.
        rate = min(rate, self.page_chars / self.page_bytes)
        # Of a Gamma distribution the deviation is the mean over the root of its shape.
        shape = PRIOR_WEIGHT + node.gain / self.page_chars
        return float(rate * (1 + OPTIMISM / shape**0.5))

    def best(self, names: Iterable[str]) -> tuple[float, str]:
        """The highest score with its area, ties by name; (0, "") of none."""
        scored = ((self.score(name), name) for name in names)
        return max(scored, key=lambda one: (one[0], one[1]), default=(0.0, ""))

    def _class_rate(self, name: str) -> float:
        """What a page of the area's class gives anywhere."""
        node = self.nodes.get(_class_of(name)) or Node()
        prior = CLASS_WEIGHT * _prior(name) * self.page_chars
        return (prior + node.gain) / (CLASS_WEIGHT * self.page_bytes + node.bytes)

    def _factor(self, node: Node) -> float:
        """How much better a place is than was expected of it."""
        belief = PRIOR_WEIGHT * self.page_chars
        return (belief + node.gain) / (belief + node.expected)


def _chain(name: str) -> Iterator[str]:
    """The places that an area is in, widest first: its host, its folders, itself."""
    place = name.partition(" ")[0]
    parts = place.split("/")
    for count in range(1, len(parts)):
        yield "/".join(parts[:count])
    yield name


def _class_of(name: str) -> str:
    """The node of an area's class: of no host, since it begins with a space."""
    return " " + name.partition(" ")[2]


def _prior(name: str) -> float:
    kind = name.partition(" ")[2]
    since, hint = kind[:1], kind[1:]
    if hint != NOTHING:
        return PRIORS[hint]
    return NEAR_PRIORS.get(since, FAR_PRIOR)
