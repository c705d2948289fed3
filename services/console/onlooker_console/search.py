"""A search as the address bar holds it: the tagger's own parameters, read from a page's address and written into links.

What the values may be is the tagger's to say; it refuses in words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

FILTERS = (
    "q",
    "label",
    "person",
    "person_id",
    "emotion",
    "min_age",
    "max_age",
    "min_faces",
    "max_faces",
    "moderation",
    "moderated",
    "color",
    "from",
    "to",
    "bucket",
    "prefix",
    "state",
)
"""Which pictures are meant: of searches and of statistics."""
VIEW = ("similar_to", "sort")
"""Of searches only."""
SEVERAL = frozenset({"label", "person", "person_id", "color"})
"""Those that may be given more than once; all must hold."""

Given = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for. Two searches that mean the same are equal, and have the same address.

    Attributes:
        given: names and values, in the order of `FILTERS` and `VIEW`, without empty ones.
        unknown: names in the address that mean nothing here.
    """

    given: Given = ()
    unknown: tuple[str, ...] = ()

    @classmethod
    def read(cls, items: Iterable[tuple[str, str]], ignored: Iterable[str] = ()) -> "Search":
        """Return the search in the parameters of an address.

        Args:
            items: names and values. Fields that a form sent empty count as not given; of those that may be given
                once, the last counts.
            ignored: parameters of the page that are no part of the search, such as a cursor.
        """
        known = (*FILTERS, *VIEW)
        values: dict[str, list[str]] = {}
        for name, value in items:
            if value.strip():
                values.setdefault(name, []).append(value.strip())
        given = tuple(
            (name, value)
            for name in known
            if name in values
            for value in (dict.fromkeys(values[name]) if name in SEVERAL else values[name][-1:])
        )
        return cls(given, tuple(name for name in values if name not in {*known, *ignored}))

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a parameter."""
        return tuple(value for given, value in self.given if given == name)

    def get(self, name: str) -> str:
        """Return the value of a parameter; empty if it is not given."""
        return next(iter(self.all(name)), "")

    def has(self, name: str, value: str) -> bool:
        """Whether a parameter has a value, in any case."""
        return value.casefold() in (each.casefold() for each in self.all(name))

    def adding(self, name: str, value: str) -> "Search":
        """Return the search with one more value of a parameter; of those that may be given once, instead."""
        return Search.read((*self.given, (name, value)))

    def setting(self, **values: str) -> "Search":
        """Return the search with other values of parameters; empty: without. `since` and `until` are from and to."""
        named = {{"since": "from", "until": "to"}.get(name, name): value for name, value in values.items()}
        return Search.read((*(pair for pair in self.given if pair[0] not in named), *named.items()))

    def without(self, *names: str, value: str | None = None) -> "Search":
        """Return the search without some parameters, or without one value of them, in any case."""
        folded = None if value is None else value.casefold()
        return Search(
            tuple(
                (name, each)
                for name, each in self.given
                if name not in names or (folded is not None and each.casefold() != folded)
            )
        )

    @property
    def filters(self) -> Given:
        """What the tagger is asked for statistics; with `VIEW`, which is in `given`, for pictures."""
        return tuple(pair for pair in self.given if pair[0] in FILTERS)

    @property
    def filtered(self) -> bool:
        """Whether anything but all pictures is meant."""
        return any(name != "sort" for name, _ in self.given)

    @property
    def query(self) -> str:
        """The search as an address has it after the question mark."""
        return urlencode(self.given)

    def at(self, path: str) -> str:
        """Return a link to a page with this search."""
        return f"{path}?{self.query}" if self.given else path
