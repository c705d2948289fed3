"""The writes of the OpenSearch index: what is to stand there is decided by `documents.supersedes`, as everywhere.

A document is read with its version, decided upon, and written with a higher external version: S3's sequencer where that
is higher, else the next number. If another writer was quicker, OpenSearch answers 409, and it is decided anew. So an
older event never overwrites a newer one, whoever writes at the same time, and a document copied into another index is
only one more write. Its note comes after it: what has a note was put for certain.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from onlooker_shared.annotations import Annotation
from onlooker_shared.errors import UnavailableError
from onlooker_shared.images import order
from onlooker_tagger.documents import Document, supersedes
from onlooker_tagger.index import RefusedError
from onlooker_tagger.opensearch.cluster import Action, Cluster, ConflictError, Hit
from onlooker_tagger.opensearch.schema import Json, Names, Schema, note_of, note_of_annotation, object_id

ROUNDS = 7
"""Times that a document is decided upon while others write it; then it waits in the queue."""
FIRST_WAIT = 0.02
"""Seconds, at most, before a document is decided upon again; doubled each time."""
LARGEST_VERSION = 2**63 - 1
RETRIES_OF_NOTES = 5
"""OpenSearch's own, where two writers add to one note at once: each adds a part of its own."""


@dataclass(frozen=True, slots=True)
class Put:
    """Index a document unless a newer one is there."""

    document: Document


@dataclass(frozen=True, slots=True)
class Annotate:
    """Note the pictures made of one."""

    image_id: str
    annotation: Annotation


Write = Put | Annotate


class Writer:
    """Writes to the index of one version of the mapping, whatever the alias points to.

    Args:
        cluster: where.
        names: the indices' names.
        schema: the version.
    """

    def __init__(self, cluster: Cluster, names: Names, schema: Schema) -> None:
        self._cluster = cluster
        self._names = names
        self._schema = schema
        self._index = names.documents(schema.version)

    async def commit(self, writes: Sequence[Write]) -> list[Exception | None]:
        """Make writes durable; return for each by what it failed: None, `RefusedError` or `UnavailableError`."""
        outcomes = await self.put({n: write.document for n, write in enumerate(writes) if isinstance(write, Put)})
        notes = {
            n: self._note(*_noted(write))
            for n, write in enumerate(writes)
            if not isinstance(outcomes.get(n), Exception)
        }
        for n, outcome in zip(notes, await self._cluster.bulk(list(notes.values())), strict=True):
            outcomes[n] = _conflict_as_outage(outcome)
        return [outcomes[n] for n in range(len(writes))]

    async def put(self, documents: Mapping[int, Document]) -> dict[int, Exception | None]:
        """Write documents without their notes; return for each by what it failed, under the key that it came with."""
        outcomes: dict[int, Exception | None] = {}
        left: dict[str, dict[int, Document]] = defaultdict(dict)
        for n, document in documents.items():
            left[object_id(document.bucket, document.key)][n] = document
        for n in range(ROUNDS):
            left = await self._put_once(left, outcomes)
            if not left:
                return outcomes
            await asyncio.sleep(FIRST_WAIT * 2.0**n * random.random())  # noqa: S311 - so that two do not meet again
        busy = UnavailableError("Others write the same documents at the same moment.")
        return outcomes | {n: busy for group in left.values() for n in group}

    async def _put_once(
        self, groups: Mapping[str, dict[int, Document]], outcomes: dict[int, Exception | None]
    ) -> dict[str, dict[int, Document]]:
        """Write the newest of each group, if it is newer than what stands there; return what is to be decided anew.

        Args:
            groups: documents about one object each, by the id of their document.
            outcomes: is told of those that are decided.
        """
        stored = await self._cluster.documents(self._index, groups)
        newest = {key: _newest(stored.get(key), group) for key, group in groups.items()}
        actions = {key: action for key, n in newest.items() if (action := self._action(key, n, groups, stored))}
        answers = dict(zip(actions, await self._cluster.bulk(list(actions.values())), strict=True))
        again: dict[str, dict[int, Document]] = {}
        for key, group in groups.items():
            n, answer = newest[key], answers.get(key)
            if isinstance(answer, ConflictError):
                again[key] = group
            elif isinstance(answer, RefusedError) and n is not None:  # the others of its group may be fit
                outcomes[n] = answer
                if rest := {m: document for m, document in group.items() if m != n}:
                    again[key] = rest
            else:
                outcomes.update(dict.fromkeys(group, answer))
        return again

    def _action(
        self, key: str, newest: int | None, groups: Mapping[str, dict[int, Document]], stored: Mapping[str, Hit]
    ) -> Action | None:
        """Return how the newest of a group is written; None if it is there already."""
        if newest is None:
            return None
        document, hit = groups[key][newest], stored.get(key)
        source = self._schema.source(document)
        if hit is not None and hit.source == source:
            return None
        version = min(max(order(document.sequencer), hit.version + 1 if hit else 1), LARGEST_VERSION)
        place: Json = {"_index": self._index, "_id": key, "version": version, "version_type": "external"}
        return Action({"index": place}, source)

    def _note(self, image_id: str, part: Json) -> Action:
        place: dict[str, Any] = {
            "_index": self._names.notes,
            "_id": image_id,
            "retry_on_conflict": RETRIES_OF_NOTES,
        }
        return Action({"update": place}, {"doc": part, "doc_as_upsert": True})


def _newest(stored: Hit | None, group: Mapping[int, Document]) -> int | None:
    """Return which document of a group is to stand there; None if none of them is."""
    start: tuple[int | None, Document | None] = (None, Document.model_validate(stored.source) if stored else None)
    return reduce(_newer, group.items(), start)[0]


def _newer(
    so_far: tuple[int | None, Document | None], candidate: tuple[int, Document]
) -> tuple[int | None, Document | None]:
    stands = so_far[1]
    return candidate if stands is None or supersedes(candidate[1], stands) else so_far


def _noted(write: Write) -> tuple[str, Json]:
    match write:
        case Put(document=document):
            return document.image_id, note_of(document)
        case Annotate(image_id=image_id, annotation=annotation):
            return image_id, note_of_annotation(annotation)


def _conflict_as_outage(outcome: Exception | None) -> Exception | None:
    if isinstance(outcome, ConflictError):
        return UnavailableError("Others write the same note at the same moment.")
    return outcome
