"""Copies the documents into an index with another mapping, while the old one answers and is written to.

A copied document is one more write: whichever is newer stands, so copying may be begun again, done twice, or overlap
with any writer. OpenSearch numbers the operations of each shard; the documents are copied in the order of these
numbers, so what changes meanwhile comes again at the end. Once nothing is left, the alias is moved. The old index is
followed from then on for what other processes still write to it, until somebody deletes it. How far it was copied is
noted in the new index's mapping, so that a restart goes on from there.
"""

import asyncio
import contextlib

import structlog
from opensearchpy import NotFoundError, TransportError
from pydantic import ValidationError

from onlooker_shared.errors import UnavailableError, describe
from onlooker_tagger.documents import Document
from onlooker_tagger.index import RefusedError
from onlooker_tagger.opensearch.client import answering
from onlooker_tagger.opensearch.cluster import Cluster
from onlooker_tagger.opensearch.layout import Layout
from onlooker_tagger.opensearch.schema import Names, Schema
from onlooker_tagger.opensearch.stored import Json
from onlooker_tagger.opensearch.writes import Writer

PAGE = 500
"""Documents copied at once."""
NOTED_EVERY = 10
"""Pages between two notes of how far it is: each changes the state of the whole cluster."""
FOLLOWED_EVERY = 5.0
"""Seconds between two looks at the index that was left."""
NOTHING = -1
"""Before the first operation of a shard."""

log = structlog.stdlib.get_logger(__name__)

Progress = dict[str, int]
"""The last operation that was copied, by the shard's number (JSON knows text keys alone)."""


class Copier:
    """Fills the index of one version of the mapping from the one that readers read. Runs beside the consumer.

    Args:
        cluster: where they are.
        names: their names.
        schema: the version to fill.
        layout: knows the alias.
        writer: writes to the index to fill.
    """

    def __init__(self, cluster: Cluster, names: Names, schema: Schema, layout: Layout, writer: Writer) -> None:
        self._cluster = cluster
        self._client = cluster.client
        self._names = names
        self._schema = schema
        self._target = names.documents(schema.version)
        self._layout = layout
        self._writer = writer
        self._stopping = asyncio.Event()

    def __repr__(self) -> str:
        return f"copier to {self._target}"

    def stop(self) -> None:
        """Let `run` return after the page in hand."""
        self._stopping.set()

    async def run(self) -> None:
        """Bring the index up to date, then follow the older one, until `stop`; outages are waited out."""
        while not self._stopping.is_set():
            try:
                await self._layout.ensure()
                await self.catch_up()
            except (UnavailableError, TransportError) as error:
                log.warning("index.not_copied", index=self._target, reason=describe(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), FOLLOWED_EVERY)

    async def catch_up(self, *, back: bool = False) -> int:
        """Copy what an older index has and ours has not, then let readers read ours; return how many were looked at.

        Args:
            back: copy from a newer index, too, to go back to this version.

        Raises:
            UnavailableError: the cluster does not answer; what was copied stays copied.
        """
        source = await self._source(back=back)
        if source is None:
            return 0
        progress = await self._progress(source)
        copied = latest = await self._copy(source, progress)
        while latest >= PAGE:  # while it was copied, as much was written again
            latest = await self._copy(source, progress)
            copied += latest
        if not self._stopping.is_set() and await self._layout.behind_alias() == source:
            await self._layout.move_alias(source, self._target)
            copied += await self._copy(source, progress)
        return copied

    async def _source(self, *, back: bool) -> str | None:
        """Return the index to copy from: what readers read, or else the next older one; None if there is none."""
        versions = await self._layout.versions()
        read = await self._layout.behind_alias()
        older = [index for version, index in sorted(versions.items()) if version < self._schema.version]
        if read is not None and read != self._target and (back or read in older):
            return read
        return older[-1] if older else None

    async def _copy(self, source: str, progress: Progress) -> int:
        """Copy all that was changed in an index since the last time; return how many documents that were."""
        until = await self._done_operations(source)
        behind = [shard for shard, operation in until.items() if progress.setdefault(shard, NOTHING) < operation]
        if not behind:
            return 0
        with answering():
            await self._client.indices.refresh(index=source)  # after it, all those operations are to be seen
        copied = pages = 0
        for shard in behind:
            while not self._stopping.is_set() and progress[shard] < until[shard]:
                copied += await self._copy_page(source, shard, progress, until[shard])
                pages += 1
                if pages % NOTED_EVERY == 0:
                    await self._note(source, progress)
        await self._note(source, progress)
        return copied

    async def _done_operations(self, source: str) -> Progress:
        """Return the operation up to which all are done, by shard; nothing if the index was deleted."""
        try:
            with answering():
                answer = await self._client.indices.stats(index=source, params={"level": "shards"})
        except NotFoundError:
            return {}
        return {
            shard: max(copy["seq_no"]["global_checkpoint"] for copy in copies)
            for shard, copies in answer["indices"][source]["shards"].items()
        }

    async def _copy_page(self, source: str, shard: str, progress: Progress, until: int) -> int:
        body: Json = {
            "query": {"range": {"_seq_no": {"gt": progress[shard], "lte": until}}},
            "sort": [{"_seq_no": "asc"}],
            "size": PAGE,
            "track_total_hits": False,
        }
        hits = (await self._cluster.search(source, body, preference=f"_shards:{shard}|_primary"))["hits"]["hits"]
        await self._write([hit["_source"] for hit in hits])
        progress[shard] = hits[-1]["sort"][0] if len(hits) == PAGE else until
        return len(hits)

    async def _write(self, sources: list[Json]) -> None:
        """Write documents; one that cannot be is left in the old index, and logged, lest it stop the rest."""
        documents: dict[int, Document] = {}
        left: dict[int, Exception] = {}
        for n, source in enumerate(sources):
            try:
                documents[n] = Document.model_validate(source)
            except ValidationError as error:
                left[n] = error
        for n, outcome in (await self._writer.put(documents)).items():
            if isinstance(outcome, RefusedError):
                left[n] = outcome
            elif outcome is not None:
                raise outcome
        for n, reason in left.items():
            log.error("index.document_left", image_id=sources[n].get("image_id"), reason=describe(reason))

    async def _progress(self, source: str) -> Progress:
        with answering():
            mapping = (await self._client.indices.get_mapping(index=self._target))[self._target]["mappings"]
        noted = mapping.get("_meta", {}).get("copied", {})
        return dict(noted["shards"]) if noted.get("from") == source else {}

    async def _note(self, source: str, progress: Progress) -> None:
        meta = {"schema": self._schema.version, "copied": {"from": source, "shards": progress}}
        with answering():
            await self._client.indices.put_mapping(index=self._target, body={"_meta": meta})
        log.info("index.copying", source=source, target=self._target, shards=progress)
