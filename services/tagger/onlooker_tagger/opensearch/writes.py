"""The writes of the OpenSearch index: what is to stand there is decided by `documents.supersedes`, as everywhere.

A document is read with its version, decided upon, and written with a higher external version: S3's sequencer where that
is higher, else the next number. If another writer was quicker, OpenSearch answers 409, and it is decided anew. So an
older event never overwrites a newer one, whoever writes at the same time, and a document copied into another index is
only one more write. What was deleted stays so (`deletions`). The note comes last: what has a note was put for certain.
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
from onlooker_tagger.documents import Deletion, Document, supersedes
from onlooker_tagger.index import RefusedError
from onlooker_tagger.opensearch.cluster import Action, Cluster, ConflictError, Hit
from onlooker_tagger.opensearch.deletions import FIRST_WAIT, RETRIES_OF_NOTES, ROUNDS, Deletions
from onlooker_tagger.opensearch.schema import Names, Schema
from onlooker_tagger.opensearch.stored import DERIVED, Json, note_of, note_of_annotation
from onlooker_tagger.opensearch.tombstones import Stone
from onlooker_tagger.tombstones import object_id

LARGEST_VERSION = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Put:
    """Index a document unless a newer one is there."""

    document: Document


@dataclass(frozen=True, slots=True)
class Annotate:
    """Note the pictures made of one."""

    image_id: str
    annotation: Annotation


@dataclass(frozen=True, slots=True)
class Delete:
    """Forget what a deletion is about."""

    deletion: Deletion


Write = Put | Annotate | Delete


class Writer:
    """Writes to the index of one version of the mapping, whatever the alias points to.

    Args:
        cluster: where.
        names: the indices' names.
        schema: the version.
        deletions: knows and makes them.
    """

    def __init__(self, cluster: Cluster, names: Names, schema: Schema, deletions: Deletions) -> None:
        self._cluster = cluster
        self._names = names
        self._schema = schema
        self._deletions = deletions
        self._index = names.documents(schema.version)

    async def commit(self, writes: Sequence[Write]) -> list[Exception | None]:
        """Make writes durable; return for each by what it failed: None, `RefusedError` or `UnavailableError`."""
        outcomes = await self.put({n: write.document for n, write in enumerate(writes) if isinstance(write, Put)})
        notes = {
            n: self._note(*_noted(write))
            for n, write in enumerate(writes)
            if not isinstance(write, Delete) and not isinstance(outcomes.get(n), Exception)
        }
        for n, outcome in zip(notes, await self._cluster.bulk(list(notes.values())), strict=True):
            outcomes[n] = _conflict_as_outage(outcome)
        outcomes |= await self._delete({n: each.deletion for n, each in enumerate(writes) if isinstance(each, Delete)})
        return [outcomes[n] for n in range(len(writes))]

    async def put(self, documents: Mapping[int, Document]) -> dict[int, Exception | None]:
        """Write documents without their notes; return for each by what it failed, under the key that it came with.

        Raises:
            UnavailableError: nothing is known of any of them.
        """
        groups: dict[str, dict[int, Document]] = defaultdict(dict)
        for n, document in documents.items():
            groups[object_id(document.bucket, document.key)][n] = document
        outcomes = await self._put_until_done(groups)
        await self._deletions.enforce(groups)
        return outcomes

    async def _put_until_done(self, left: Mapping[str, dict[int, Document]]) -> dict[int, Exception | None]:
        outcomes: dict[int, Exception | None] = {}
        for n in range(ROUNDS):
            left = await self._put_once(left, outcomes)
            if not left:
                return outcomes
            await asyncio.sleep(FIRST_WAIT * 2.0**n * random.random())  # noqa: S311 - so that two do not meet again
        busy = UnavailableError("Others write the same documents at the same moment.")
        return outcomes | {n: busy for group in left.values() for n in group}

    async def _delete(self, deletions: Mapping[int, Deletion]) -> dict[int, Exception | None]:
        try:
            await self._deletions.delete(list(deletions.values()))
        except UnavailableError as error:
            return dict.fromkeys(deletions, error)
        return dict.fromkeys(deletions)

    async def _put_once(
        self, groups: Mapping[str, dict[int, Document]], outcomes: dict[int, Exception | None]
    ) -> dict[str, dict[int, Document]]:
        """Write the newest of each group, if it is newer than what stands there; return what is to be decided anew.

        Args:
            groups: documents about one object each, by the id of their document.
            outcomes: is told of those that are decided.
        """
        stored, stones = await asyncio.gather(
            self._cluster.documents(self._index, groups), self._deletions.tombstones(groups)
        )
        newest = {key: _newest(stored.get(key), group, stones.get(key)) for key, group in groups.items()}
        written = {key: groups[key][n] for key, n in newest.items() if n is not None}
        actions = {
            key: action
            for key, document in written.items()
            if (action := self._action(key, document, stored.get(key), stones.get(key)))
        }
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

    def _action(self, key: str, document: Document, hit: Hit | None, stone: Stone | None) -> Action | None:
        """Return how a document is written; None if it is there already, whenever it was taken in."""
        source = self._schema.source(document)
        if hit is not None and _said_by(hit.source) == _said_by(source):
            return None
        before = max(hit.version if hit else 0, stone.version if stone else 0)
        version = min(max(order(document.sequencer), before + 1), LARGEST_VERSION)
        place: Json = {"_index": self._index, "_id": key, "version": version, "version_type": "external"}
        return Action({"index": place}, source)

    def _note(self, image_id: str, part: Json) -> Action:
        place: dict[str, Any] = {
            "_index": self._names.notes,
            "_id": image_id,
            "retry_on_conflict": RETRIES_OF_NOTES,
        }
        return Action({"update": place}, {"doc": part, "doc_as_upsert": True})


def _newest(stored: Hit | None, group: Mapping[int, Document], stone: Stone | None) -> int | None:
    """Return which document of a group is to stand there; None if none of them is."""
    start: tuple[int | None, Document | None] = (None, Document.model_validate(stored.source) if stored else None)
    left = [one for one in group.items() if stone is None or not stone.covers(one[1])]
    return reduce(_newer, left, start)[0]


def _newer(
    so_far: tuple[int | None, Document | None], candidate: tuple[int, Document]
) -> tuple[int | None, Document | None]:
    stands = so_far[1]
    return candidate if stands is None or supersedes(candidate[1], stands) else so_far


def _said_by(source: Json) -> Json:
    """Return a document without what is derived from it, and without the time when the index took it in."""
    return {field: value for field, value in source.items() if field not in {DERIVED, "indexed_at"}}


def _noted(write: Put | Annotate) -> tuple[str, Json]:
    match write:
        case Put(document=document):
            return document.image_id, note_of(document)
        case Annotate(image_id=image_id, annotation=annotation):
            return image_id, note_of_annotation(annotation)


def _conflict_as_outage(outcome: Exception | None) -> Exception | None:
    if isinstance(outcome, ConflictError):
        return UnavailableError("Others write the same note at the same moment.")
    return outcome
