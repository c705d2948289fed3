"""What is remembered of deleted pictures, so that nothing that comes late brings them back. Pure.

It is kept under the hash of bucket and key, and names neither.
"""

import hashlib
from datetime import datetime
from typing import Self

from onlooker_shared.images import order
from onlooker_shared.recognition import Part
from onlooker_tagger.documents import Deletion, Document, outlives


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

    def covers(self, document: Document) -> bool:
        """Whether a document about the object was deleted."""
        return document.image_id in self.image_ids or not all(
            outlives(document, _deletion(mark)) for mark in (self.numbered, self.timed) if mark
        )

    def joined(self, deletion: Deletion) -> Self:
        """Return the tombstone of what was deleted before, and of one more deletion."""
        if deletion.image_ids:
            return self.model_copy(update={"image_ids": tuple(sorted({*self.image_ids, *deletion.image_ids}))})
        mark = Mark(sequencer=deletion.sequencer, deleted_at=deletion.deleted_at)
        if mark.sequencer:
            return self.model_copy(update={"numbered": _later(self.numbered, mark)})
        return self.model_copy(update={"timed": _later(self.timed, mark)})


def object_id(bucket: str, key: str) -> str:
    """Return what stands for an object, whatever its version: 32 hexadecimal digits of SHA-256."""
    return hashlib.sha256(f"{bucket}\0{key}".encode()).hexdigest()[:32]


def _later(one: Mark | None, other: Mark) -> Mark:
    """Return the later of two marks of one kind; its time is the later of both."""
    if one is None:
        return other
    last = max(one, other, key=lambda mark: order(mark.sequencer))
    return last.model_copy(update={"deleted_at": max(one.deleted_at, other.deleted_at)})


def _deletion(mark: Mark) -> Deletion:
    return Deletion(bucket="", key="", sequencer=mark.sequencer, deleted_at=mark.deleted_at)
