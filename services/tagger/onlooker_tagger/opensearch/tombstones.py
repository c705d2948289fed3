"""Tombstones as they stand in the notes, under the hash of bucket and key. Pure."""

from typing import Self

from onlooker_tagger.opensearch.stored import Json
from onlooker_tagger.tombstones import Tombstone


class Stone(Tombstone):
    """A tombstone, with the last version of a document that it stands for: what comes next needs a higher one."""

    version: int = 0

    def above(self, version: int) -> Self:
        """Return the same, noting that a document with some version stood there."""
        return self.model_copy(update={"version": max(self.version, version)})

    @property
    def note(self) -> Json:
        """What stands in the notes."""
        return {"deletion": self.model_dump(mode="json", exclude_defaults=True)}


def stone_in(note: Json) -> Stone:
    """Return the tombstone in a note; one that covers nothing where there is none."""
    return Stone.model_validate(note.get("deletion") or {})
