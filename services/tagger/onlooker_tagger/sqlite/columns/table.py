"""The columns themselves: filled from the database, changed by the one thread that writes, read by many."""

from collections.abc import Iterable, Sequence

import numpy as np

from onlooker_tagger.sqlite.columns.entry import NAMED, Entry
from onlooker_tagger.sqlite.columns.facet import Facet, Vocabulary
from onlooker_tagger.sqlite.columns.growing import Growing
from onlooker_tagger.sqlite.columns.prefixes import Prefixes
from onlooker_tagger.sqlite.columns.snapshot import Faces, Snapshot

NOWHERE = -1
"""The row of a picture that is not there; and the number of what a face does not show."""
PORTION = 10_000
"""Entries added at once while loading."""
FEWEST_DEAD = 10_000
"""Rows of pictures that were replaced or deleted, below which it is not worth to tidy up."""


class Table:
    """A row for each picture; one that changes gets a new row, and the old one is dead until the table is tidied."""

    def __init__(self) -> None:
        self._facets = {kind: Facet() for kind in NAMED}
        self._emotions = Vocabulary()
        self._ids: Growing[np.int64] = Growing(np.int64)
        self._uploaded: Growing[np.int64] = Growing(np.int64)
        self._face_counts: Growing[np.intp] = Growing(np.intp)
        self._keys: list[str] = []
        self._faces: Growing[np.intp] = Growing(np.intp)  # four numbers a face, see `Faces`
        self._row_of = np.full(0, NOWHERE, np.intp)
        self._alive = 0
        self._snapshot: Snapshot | None = None
        self._prefixes = Prefixes()

    def load(self, entries: Iterable[Entry]) -> None:
        """Add the entries of a database."""
        portion: list[Entry] = []
        for entry in entries:
            portion.append(entry)
            if len(portion) == PORTION:
                self.change((), portion)
                portion = []
        self.change((), portion)

    def change(self, gone: Iterable[int], entries: Sequence[Entry]) -> None:
        """Forget the pictures with some ids, then add some; the id of each only once."""
        for one in gone:
            if one < len(self._row_of) and self._row_of[one] != NOWHERE:
                self._row_of[one] = NOWHERE
                self._alive -= 1
        self._snapshot = None
        if entries:
            self._add(entries)
        if len(self._keys) - self._alive > max(FEWEST_DEAD, self._alive):
            self._tidy()

    def snapshot(self) -> Snapshot:
        """Return what is here now; it stays as it is, whatever changes here."""
        if self._snapshot is None:
            faces = self._faces.values.reshape(-1, 4).T
            self._snapshot = Snapshot(
                ids=self._ids.values,
                uploaded=self._uploaded.values,
                face_counts=self._face_counts.values,
                keys=self._keys,
                row_of=self._row_of.copy(),
                facets={kind: facet.postings() for kind, facet in self._facets.items()},
                faces=Faces(self._emotions, *faces),
                prefixes=self._prefixes,
            )
        return self._snapshot

    def _add(self, entries: Sequence[Entry]) -> None:
        first = len(self._keys)
        numbered = list(enumerate(entries, start=first))
        self._keys += [entry.key for entry in entries]
        self._ids.extend([entry.id for entry in entries])
        self._uploaded.extend([entry.uploaded_at for entry in entries])
        self._face_counts.extend([len(entry.faces) for entry in entries])
        for kind, facet in self._facets.items():
            named = [(row, names) for row, entry in numbered if (names := entry.names.get(kind))]
            facet.extend([row for row, _ in named], [names for _, names in named])
            self._prefixes.extend(kind, facet.vocabulary.names)
        faces = [self._face(row, *face) for row, entry in numbered for face in entry.faces]
        self._faces.extend([number for face in faces for number in face])
        self._place(entries, first)

    def _face(self, row: int, emotion: str | None, low: int | None, high: int | None) -> tuple[int, int, int, int]:
        shown = NOWHERE if emotion is None else self._emotions.codes[emotion]
        return row, shown, NOWHERE if low is None else low, NOWHERE if high is None else high

    def _place(self, entries: Sequence[Entry], first: int) -> None:
        ids = np.fromiter((entry.id for entry in entries), np.int64, len(entries))
        if ids.max() >= len(self._row_of):
            grown = np.full(max(int(ids.max()) + 1, 2 * len(self._row_of)), NOWHERE, np.intp)
            grown[: len(self._row_of)] = self._row_of
            self._row_of = grown
        self._row_of[ids] = np.arange(first, first + len(entries))
        self._alive += len(entries)

    def _tidy(self) -> None:
        """Forget dead rows. Snapshots that are still read have arrays of their own then."""
        kept = self.snapshot().alive
        moved = np.cumsum(kept) - 1
        for facet in self._facets.values():
            facet.keep(kept, moved)
        faces = self._faces.values.reshape(-1, 4)
        faces = faces[kept[faces[:, 0]]]
        faces[:, 0] = moved[faces[:, 0]]
        self._faces.replace(faces.reshape(-1))
        self._keys = [key for key, keep in zip(self._keys, kept.tolist(), strict=True) if keep]
        for column in (self._ids, self._uploaded):
            column.replace(column.values[kept])
        self._face_counts.replace(self._face_counts.values[kept])
        self._row_of[self._ids.values] = np.arange(len(self._keys))
        self._snapshot = None
