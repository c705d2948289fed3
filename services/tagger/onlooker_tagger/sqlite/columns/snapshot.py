"""The columns as they were at one moment: what every search and count reads."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from onlooker_tagger.queries import Statistics, StatisticsQuery, Within
from onlooker_tagger.sqlite.columns.entry import Named
from onlooker_tagger.sqlite.columns.facet import Counts, Postings, Vocabulary
from onlooker_tagger.sqlite.columns.growing import Mask, Numbers, Whole
from onlooker_tagger.sqlite.columns.prefixes import Prefixes


class Faces(NamedTuple):
    """A place for each face; -1 where something is not known."""

    vocabulary: Vocabulary
    rows: Numbers
    emotions: Numbers
    low: Numbers
    high: Numbers

    def of(self, chosen: Mask) -> "Faces":
        """Return the faces in some pictures."""
        if chosen.all():
            return self
        here = chosen[self.rows]
        return Faces(self.vocabulary, self.rows[here], self.emotions[here], self.low[here], self.high[here])


@dataclass
class Snapshot:
    """A row for each picture that is there, and for some that are no more.

    Attributes:
        ids: of the documents in the database.
        uploaded: milliseconds since 1970.
        face_counts: of each picture.
        keys: of each picture, perhaps with later ones behind them.
        row_of: the row of each id; -1 where there is none.
        facets: the names that pictures have, by kind.
        faces: every face.
        prefixes: finds names by how they begin.
        counted: what was counted already: many look at the same page while nothing changes.
    """

    ids: Whole
    uploaded: Whole
    face_counts: Numbers
    keys: list[str]
    row_of: Numbers
    facets: dict[Named, Postings]
    faces: Faces
    prefixes: Prefixes
    counted: dict[tuple[StatisticsQuery, Within], Statistics] = field(default_factory=dict)
    _counts: dict[tuple[Named, Within], Counts] = field(default_factory=dict)
    _visible: dict[Within, Mask] = field(default_factory=dict)

    @cached_property
    def alive(self) -> Mask:
        """Which rows are of pictures that are there."""
        alive: Mask = self.row_of[self.ids] == np.arange(len(self.ids))
        return alive

    @cached_property
    def failed(self) -> Mask:
        """Which pictures failed, dead ones too."""
        state = self.facets["state"]
        return self.having(state.rows_of(state.vocabulary.alike("failed")))

    @cached_property
    def label_counts(self) -> Numbers:
        """How many labels each picture has."""
        return np.bincount(self.facets["labels"].rows, minlength=len(self.ids))

    def visible(self, within: Within) -> Mask:
        """Return which pictures a caller may know of."""
        found = self._visible.get(within)
        if found is None:
            found = self._visible[within] = self.alive & self.placed(within.bucket, within.prefix)
        return found

    def counts(self, kind: Named, within: Within) -> Counts:
        """Return how many pictures that a caller may know of have each name of a kind, by the name's number."""
        found = self._counts.get((kind, within))
        if found is None:
            found = self._counts[kind, within] = self.facets[kind].counts(self.visible(within))
        return found

    def count(self, kind: Named, name: str, within: Within) -> int:
        """Return how many pictures that a caller may know of have a name."""
        code, counts = self.facets[kind].vocabulary.find(name), self.counts(kind, within)
        return 0 if code is None or code >= len(counts) else int(counts[code])  # one that came later is not counted

    def placed(self, bucket: str | None, prefix: str) -> Mask:
        """Return which pictures lie in a bucket (None: in any) under keys with a prefix."""
        placed = np.ones(len(self.ids), np.bool_)
        if bucket is not None:
            code = self.facets["bucket"].vocabulary.find(bucket)
            placed &= self.having(self.facets["bucket"].rows_of(() if code is None else (code,)))
        if prefix:
            placed &= self._begun(prefix)
        return placed

    def having(self, rows: Numbers) -> Mask:
        """Return a mask of some rows."""
        having = np.zeros(len(self.ids), np.bool_)
        having[rows] = True
        return having

    def rows_of(self, ids: Whole) -> Numbers:
        """Return the rows of documents with some ids."""
        rows = self.row_of[ids[ids < len(self.row_of)]]
        return rows[rows >= 0]

    def _begun(self, prefix: str) -> Mask:
        """Return which keys begin with a prefix.

        Either the key's folder does, or the prefix names a folder and the beginning of a file in that very folder.
        """
        folders = self.facets["folder"]
        begun = np.fromiter((name.startswith(prefix) for name in folders.vocabulary.names), np.bool_)
        found = self.having(folders.rows[begun[folders.codes]])
        code = folders.vocabulary.find(prefix[: prefix.rfind("/") + 1])
        if code is not None and code < len(begun) and not begun[code]:  # one that came this very moment has no rows
            rows = folders.rows_of((code,))
            found[rows] = [self.keys[row].startswith(prefix) for row in rows.tolist()]
        return found
