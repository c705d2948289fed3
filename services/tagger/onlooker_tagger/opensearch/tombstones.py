"""What is remembered of deleted pictures, so that nothing that comes late brings them back. Pure.

It stands in the notes under the hash of bucket and key, and names neither.
"""

from datetime import datetime

from onlooker_shared.images import order
from onlooker_shared.recognition import Part
from onlooker_tagger.documents import Deletion, Document, outlives
from onlooker_tagger.opensearch.stored import Json


class Mark(Part):
    """The last deletion of an object as a whole."""

    sequencer: str = ""
    deleted_at: datetime


class Tombstone(Part):
    """All deletions of one object, as far as they still matter.

    Deletions that S3 numbered and those known by their time alone are kept apart: neither says when the other was.
    """

    numbered: Mark | None = None
    timed: Mark | None = None
    image_ids: tuple[str, ...] = ()
    version: int = 0

    def covers(self, document: Document) -> bool:
        """Whether a document about the object was deleted."""
        return document.image_id in self.image_ids or not all(
            outlives(document, _deletion(mark)) for mark in (self.numbered, self.timed) if mark
        )

    def joined(self, deletion: Deletion) -> "Tombstone":
        """Return the tombstone of what was deleted before, and of one more deletion."""
        if deletion.image_ids:
            return self.model_copy(update={"image_ids": tuple(sorted({*self.image_ids, *deletion.image_ids}))})
        mark = Mark(sequencer=deletion.sequencer, deleted_at=deletion.deleted_at)
        if mark.sequencer:
            return self.model_copy(update={"numbered": _later(self.numbered, mark)})
        return self.model_copy(update={"timed": _later(self.timed, mark)})

    def above(self, version: int) -> "Tombstone":
        """Return the same, noting that a document with some version stood there."""
        return self.model_copy(update={"version": max(self.version, version)})

    @property
    def note(self) -> Json:
        """What stands in the notes."""
        return {"deletion": self.model_dump(mode="json", exclude_defaults=True)}


def tombstone_in(note: Json) -> Tombstone:
    """Return the tombstone in a note; one that covers nothing where there is none."""
    return Tombstone.model_validate(note.get("deletion") or {})


def _later(one: Mark | None, other: Mark) -> Mark:
    """Return the later of two marks of one kind; its time is the later of both."""
    if one is None:
        return other
    last = max(one, other, key=lambda mark: order(mark.sequencer))
    return last.model_copy(update={"deleted_at": max(one.deleted_at, other.deleted_at)})


def _deletion(mark: Mark) -> Deletion:
    return Deletion(bucket="", key="", sequencer=mark.sequencer, deleted_at=mark.deleted_at)
