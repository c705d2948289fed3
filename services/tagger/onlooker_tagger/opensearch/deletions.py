"""The deletions of the OpenSearch index: no document comes back that was deleted, whoever writes it, however late.

Two indices cannot be written in one step, so order makes it safe. Who deletes writes the tombstone first, then looks
for the document, and deletes it; who puts a document writes it first, then looks for a tombstone, and deletes its own
again. Whichever of the two comes second sees the other's work. OpenSearch's own memory of a deleted document's version,
which it keeps for a minute (`index.gc_deletes`), is not relied upon; while it lasts, a picture that is uploaded anew
needs a higher version, so the tombstone keeps the last one.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from onlooker_shared.errors import UnavailableError
from onlooker_tagger.documents import Deletion, Document
from onlooker_tagger.opensearch.cluster import Action, Cluster, ConflictError, Hit
from onlooker_tagger.opensearch.layout import Layout
from onlooker_tagger.opensearch.schema import Names
from onlooker_tagger.opensearch.stored import NO_RENDITIONS, NOTHING_KNOWN, Json, note_of_object
from onlooker_tagger.opensearch.tombstones import Stone, stone_in
from onlooker_tagger.tombstones import object_id

ROUNDS = 7
"""Times that something is decided upon while others write it; then the message waits in the queue."""
FIRST_WAIT = 0.02
"""Seconds, at most, before it is decided upon again; doubled each time."""
RETRIES_OF_NOTES = 5
"""OpenSearch's own, where two writers add to one note at once: each adds a part of its own."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """A document in the index of some version of the mapping."""

    index: str
    hit: Hit
    document: Document


class Deletions:
    """Deletes from the indices of all versions of the mapping, since readers may read any.

    Args:
        cluster: where they are.
        names: their names.
        layout: knows which there are.
    """

    def __init__(self, cluster: Cluster, names: Names, layout: Layout) -> None:
        self._cluster = cluster
        self._names = names
        self._layout = layout

    async def tombstones(self, objects: Collection[str]) -> dict[str, Stone]:
        """Return the tombstones of some objects, by the ids of their documents; those without one are left out.

        Raises:
            UnavailableError: they cannot be read.
        """
        notes = await self._cluster.documents(self._names.notes, objects)
        return {key: stone_in(note.source) for key, note in notes.items() if note.source.get("deletion")}

    async def delete(self, deletions: Sequence[Deletion]) -> None:
        """Make deletions durable, then delete what they are about.

        Raises:
            UnavailableError: the cluster does not answer, or others write the same all the time.
        """
        groups: dict[str, list[Deletion]] = defaultdict(list)
        for deletion in deletions:
            groups[object_id(deletion.bucket, deletion.key)].append(deletion)
        await until_none(groups, lambda left: self._mark({key: groups[key] for key in left}))
        await until_none(groups, self._bury)
        ids = {image_id: key for key, group in groups.items() for each in group for image_id in each.image_ids}
        await self._write([self._note(image_id, note_of_object(key)) for image_id, key in ids.items()])

    async def forget(self, image_ids: Collection[str]) -> None:
        """Delete the documents of some pictures without a tombstone; of those that others write meanwhile, none.

        Raises:
            UnavailableError: the cluster does not answer.
        """
        known = await self._cluster.documents(self._names.notes, image_ids)
        objects = {place for note in known.values() if (place := note.source.get("object"))}
        notes = await self._cluster.documents(self._names.notes, objects)
        doomed = [one for one in await self._standing(objects) if one.document.image_id in known]
        await self._remove(doomed, notes, NOTHING_KNOWN)

    async def enforce(self, objects: Collection[str]) -> None:
        """Delete what was put under some ids though, as it turns out, it had been deleted.

        Raises:
            UnavailableError: the cluster does not answer, or others write the same all the time.
        """
        await until_none(await self.tombstones(objects), self._bury)

    async def _mark(self, groups: dict[str, list[Deletion]]) -> set[str]:
        """Join deletions to the tombstones of their objects; return those where somebody was quicker."""
        notes = await self._cluster.documents(self._names.notes, groups)
        stones: dict[str, Stone] = {}
        for key, group in groups.items():
            stone = stone_in(notes[key].source) if key in notes else Stone()
            for deletion in group:
                stone = stone.joined(deletion)
            stones[key] = stone
        return await self._keep(stones, notes)

    async def _bury(self, objects: Collection[str]) -> set[str]:
        """Delete the documents that tombstones cover; return those where somebody was quicker."""
        notes = await self._cluster.documents(self._names.notes, objects)
        stones = {key: stone_in(note.source) for key, note in notes.items()}
        covered = [one for one in await self._standing(objects) if stones[one.hit.id].covers(one.document)]
        return await self._remove(covered, notes, NO_RENDITIONS)

    async def _remove(self, doomed: Sequence[_Standing], notes: dict[str, Hit], left: Json) -> set[str]:
        """Delete documents, if they still are those that were read; return the ids of those where they are not.

        Args:
            doomed: which.
            notes: of their objects, as they were read before.
            left: what the notes of their pictures say afterwards.
        """
        above: dict[str, Stone] = {}
        for one in doomed:
            key, version = one.hit.id, one.hit.version
            stone = above.get(key) or stone_in(notes[key].source if key in notes else {})
            if stone.version < version:
                above[key] = stone.above(version)
        again = await self._keep(above, notes)
        ready = [one for one in doomed if one.hit.id not in again]
        outcomes = await self._write([_removal(one) for one in ready])
        again |= {
            one.hit.id for one, outcome in zip(ready, outcomes, strict=True) if isinstance(outcome, ConflictError)
        }
        removed = {one.document.image_id for one in ready if one.hit.id not in again}
        await self._write([self._note(image_id, left) for image_id in sorted(removed)])
        return again

    async def _standing(self, objects: Collection[str]) -> list[_Standing]:
        indices = (await self._layout.versions()).values() if objects else ()
        found = [(index, await self._cluster.documents(index, objects)) for index in indices]
        return [
            _Standing(index, hit, Document.model_validate(hit.source)) for index, hits in found for hit in hits.values()
        ]

    async def _keep(self, stones: dict[str, Stone], notes: dict[str, Hit]) -> set[str]:
        """Write tombstones over the notes that they were made from; return those where somebody was quicker."""
        actions = [Action(self._over(notes.get(key), key), stone.note) for key, stone in stones.items()]
        outcomes = zip(stones, await self._write(actions), strict=True)
        return {key for key, outcome in outcomes if isinstance(outcome, ConflictError)}

    def _over(self, note: Hit | None, key: str) -> Json:
        place: Json = {"_index": self._names.notes, "_id": key}
        if note is None:
            return {"create": place}
        return {"index": {**place, "if_seq_no": note.seq_no, "if_primary_term": note.term}}

    def _note(self, image_id: str, part: Json) -> Action:
        place = {"_index": self._names.notes, "_id": image_id, "retry_on_conflict": RETRIES_OF_NOTES}
        return Action({"update": place}, {"doc": part, "doc_as_upsert": True})

    async def _write(self, actions: Sequence[Action]) -> list[Exception | None]:
        """Write; return what conflicts there were.

        Raises:
            UnavailableError: something could not be written.
        """
        outcomes = await self._cluster.bulk(actions)
        for outcome in outcomes:
            if outcome is not None and not isinstance(outcome, ConflictError):
                raise outcome
        return outcomes


async def until_none(what: Collection[str], decide: Callable[[Collection[str]], Awaitable[Collection[str]]]) -> None:
    """Decide upon some things, and again on those that this returns, with ever longer pauses, until none is left.

    Raises:
        UnavailableError: others write the same all the time.
    """
    left = what
    for n in range(ROUNDS):
        if not left or not (left := await decide(left)):
            return
        await asyncio.sleep(FIRST_WAIT * 2.0**n * random.random())  # noqa: S311 - so that two do not meet again
    raise UnavailableError("Others write the same documents at the same moment.")


def _removal(one: _Standing) -> Action:
    """Return how a document is deleted if it is still the one that was read."""
    place: Json = {"_index": one.index, "_id": one.hit.id, "version": one.hit.version, "version_type": "external_gte"}
    return Action({"delete": place}, None)
