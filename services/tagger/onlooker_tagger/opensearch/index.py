"""The index in an OpenSearch cluster: for several taggers at once, and for as many pictures as the cluster holds."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime

from opensearchpy import AsyncOpenSearch, RequestError

from onlooker_shared.annotations import Annotation
from onlooker_tagger.batches import Batches
from onlooker_tagger.documents import Deletion, Document, with_annotation
from onlooker_tagger.facts import label_names
from onlooker_tagger.index import not_found
from onlooker_tagger.opensearch import searches, statistics, suggestions
from onlooker_tagger.opensearch.cluster import Cluster, Hit, IndexMissingError
from onlooker_tagger.opensearch.copying import Copier
from onlooker_tagger.opensearch.deletions import Deletions
from onlooker_tagger.opensearch.layout import Layout
from onlooker_tagger.opensearch.schema import SCHEMA, Names, Schema
from onlooker_tagger.opensearch.stored import Json, folded
from onlooker_tagger.opensearch.writes import Annotate, Delete, Put, Write, Writer
from onlooker_tagger.queries import (
    ImageQuery,
    Page,
    Statistics,
    StatisticsQuery,
    SuggestionQuery,
    Suggestions,
    Within,
    another_search,
)
from onlooker_tagger.suggesting import best, typed
from onlooker_tagger.tombstones import object_id

BATCH = 200
"""Writes in one bulk at most: some megabytes."""
HELD_PAGE = 1000
"""Ids that are read at once."""


class OpenSearchIndex:
    """An `onlooker_tagger.index.Index`. Use `open_index`."""

    def __init__(self, cluster: Cluster, names: Names, layout: Layout, deletions: Deletions, writer: Writer) -> None:
        self._cluster = cluster
        self._names = names
        self._layout = layout
        self._deletions = deletions
        self._writer = writer
        self._laid_out: asyncio.Task[None] | None = None
        self._batches: Batches[Write] = Batches(self._commit, BATCH)

    async def put(self, document: Document) -> None:
        """See `Index`."""
        await self._batches.add(Put(document))

    async def annotate(self, image_id: str, annotation: Annotation) -> None:
        """See `Index`."""
        await self._batches.add(Annotate(image_id, annotation))

    async def delete(self, deletion: Deletion) -> None:
        """See `Index`."""
        await self._batches.add(Delete(deletion))

    async def forget(self, image_ids: Collection[str]) -> None:
        """See `Index`."""
        await self._lay_out()
        await self._deletions.forget(image_ids)

    async def get(self, image_id: str) -> Document:
        """See `Index`."""
        await self._lay_out()
        note = (await self._documents(self._names.notes, [image_id])).get(image_id)
        place = note.source.get("object") if note else None
        hit = (await self._documents(self._names.alias, [place])).get(place) if place else None
        if note is None or hit is None or hit.source["image_id"] != image_id:
            raise not_found(image_id)
        return with_annotation(Document.model_validate(hit.source), _annotation(note))

    async def search(self, query: ImageQuery, within: Within) -> Page:
        """See `Index`."""
        alike = await self._alike(query, within)
        hits = (await self._search(searches.search_body(query, within, alike), query.cursor))["hits"]["hits"]
        page = hits[: query.limit]
        notes = await self._documents(self._names.notes, [hit["_source"]["image_id"] for hit in page])
        found = [Document.model_validate(hit["_source"]) for hit in page]
        more = len(hits) > query.limit
        return Page(
            images=tuple(with_annotation(one, _annotation(notes.get(one.image_id))) for one in found),
            cursor=query.cursor_at(*page[-1]["sort"]) if more else None,
        )

    async def statistics(self, query: StatisticsQuery, within: Within) -> Statistics:
        """See `Index`."""
        answers = await asyncio.gather(*map(self._search, statistics.bodies(query, within)))
        return statistics.read(answers, query)

    async def suggest(self, query: SuggestionQuery, within: Within) -> Suggestions:
        """See `Index`."""
        wanted = typed(query.q)
        if not wanted:
            return Suggestions(suggestions=())
        answer = await self._search(suggestions.body(wanted, within))
        return best(suggestions.read(answer, wanted), wanted, query.limit)

    async def held(self, until: datetime) -> AsyncIterator[list[str]]:
        """See `Index`."""
        after = None
        while hits := (await self._search(searches.held_body(until, after, HELD_PAGE)))["hits"]["hits"]:
            yield [hit["_source"]["image_id"] for hit in hits]
            [after] = hits[-1]["sort"]

    async def missing(self, image_ids: Collection[str]) -> set[str]:
        """See `Index`."""
        return await self._without("object", image_ids)

    async def unannotated(self, image_ids: Collection[str]) -> set[str]:
        """See `Index`."""
        return await self._without("annotation", image_ids)

    async def ping(self) -> None:
        """See `Index`. A yellow cluster answers; a red one does not, where what is red is ours."""
        await self._search({"size": 0, "track_total_hits": False})
        await self._documents(self._names.notes, [object_id("", "")])

    async def close(self) -> None:
        """Finish what is being written, then close the connection."""
        await self._batches.close()
        if self._laid_out is not None:
            self._laid_out.cancel()
        await self._cluster.client.close()

    async def _commit(self, writes: Collection[Write]) -> list[Exception | None]:
        await self._lay_out()
        outcomes = await self._writer.commit(list(writes))
        if any(isinstance(outcome, IndexMissingError) for outcome in outcomes):
            self._laid_out = None
        return outcomes

    async def _alike(self, query: ImageQuery, within: Within) -> dict[str, int] | None:
        """Return what each label of the picture counts that a query wants others like; None if it wants none."""
        if query.similar_to is None:
            return None
        document = await self.get(query.similar_to)
        if not within.covers(document):
            raise not_found(query.similar_to)
        names = {folded(name) for name in label_names(document)}
        return searches.rarities(await self._search(searches.rarities_body(names, within)), names)

    async def _search(self, body: Json, cursor: str | None = None) -> Json:
        await self._lay_out()
        try:
            return await self._cluster.search(self._names.alias, body)
        except IndexMissingError:
            self._laid_out = None
            raise
        except RequestError as error:
            if cursor is None:
                raise
            raise another_search() from error  # made up: OpenSearch cannot go on from there

    async def _documents(self, index: str, ids: Collection[str]) -> dict[str, Hit]:
        try:
            return await self._cluster.documents(index, set(ids))
        except IndexMissingError:
            self._laid_out = None
            raise

    async def _without(self, part: str, image_ids: Collection[str]) -> set[str]:
        """Return those of some pictures whose notes lack a part."""
        await self._lay_out()
        notes = await self._documents(self._names.notes, image_ids)
        return {image_id for image_id in image_ids if image_id not in notes or not notes[image_id].source.get(part)}

    async def _lay_out(self) -> None:
        """Have the indices made before the first request, and again if somebody removed them; all wait for one try."""
        if self._laid_out is None:
            self._laid_out = asyncio.create_task(self._layout.ensure(), name="tagger-layout")
        attempt = self._laid_out
        try:
            await asyncio.shield(attempt)
        except Exception:
            if self._laid_out is attempt:
                self._laid_out = None
            raise


def _annotation(note: Hit | None) -> Annotation | None:
    stored = note.source.get("annotation") if note else None
    return Annotation.model_validate(stored) if stored else None


@asynccontextmanager
async def open_index(
    client: AsyncOpenSearch, *, alias: str, shards: int = 1, schema: Schema = SCHEMA, refresh: bool = False
) -> AsyncIterator[tuple[OpenSearchIndex, Copier]]:
    """Open the index in a cluster, which need not be there yet, and close the connection at the end.

    Args:
        client: the connection.
        alias: what the documents are read by.
        shards: of a new index.
        schema: how documents are stored.
        refresh: see `Cluster`.

    Returns:
        The index, and who keeps it up to date with older ones.
    """
    cluster, names = Cluster(client, refresh=refresh), Names(alias)
    layout = Layout(cluster, names, schema, shards)
    deletions = Deletions(cluster, names, layout)
    writer = Writer(cluster, names, schema, deletions)
    index = OpenSearchIndex(cluster, names, layout, deletions, writer)
    try:
        yield index, Copier(cluster, names, schema, layout, writer)
    finally:
        await index.close()
