"""Moving faces to the model in use, from their chips.

Each portion is kept before the next is begun, and what was moved is not outdated any more: a run that was stopped is
taken up by the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from onlooker_rekognition.store import CollectionStore, EmbeddingStore, OutdatedFace
from onlooker_rekognition.vision.chips import decode_chip
from onlooker_rekognition.vision.errors import UnreadableImageError
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.results import Embedding

_PORTION = 32  # faces: a second or two of work, which is what a stopped run loses
_COLLECTIONS = 100  # read at once


class ChipEmbedder(Protocol):
    """What this needs of the models; `vision.Engine` has it."""

    def embed_chips(self, chips: Sequence[Pixels]) -> Sequence[Embedding]:
        """The embedding of each chip."""


class OutdatedStore(CollectionStore, EmbeddingStore, Protocol):
    """What this needs of a store."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a collection has come: faces that were `moved`, and those `left` because there is no chip of them."""

    moved: int = 0
    left: int = 0


def all_collections(store: CollectionStore) -> Iterator[str]:
    """The ids of all collections, in the order of their creation."""
    after = 0
    while page := store.collections(after=after, limit=_COLLECTIONS):
        yield from (collection.id for collection in page)
        after = page[-1].position


def reembed(store: OutdatedStore, embedder: ChipEmbedder, collection_id: str) -> Iterator[Progress]:
    """Move the faces of a collection; after each portion, how far it has come. Raises ResourceNotFoundError."""
    after, moved, left = 0, 0, 0
    while outdated := store.outdated(collection_id, after=after, limit=_PORTION):
        chips = {face.position: chip for face in outdated if (chip := _chip_of(face)) is not None}
        if chips:
            embeddings = embedder.embed_chips(list(chips.values()))
            moved += store.reembed(collection_id, dict(zip(chips, embeddings, strict=True)))
        left += len(outdated) - len(chips)
        after = outdated[-1].position
        yield Progress(moved, left)


def _chip_of(face: OutdatedFace) -> Pixels | None:
    """The chip of a face; None where none was kept, or it cannot be read any more, which is the same to its owner."""
    try:
        return None if face.chip is None else decode_chip(face.chip)
    except UnreadableImageError:
        return None
