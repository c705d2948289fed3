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
from opensearchpy import NotFoundError

from onlooker_shared.errors import UnavailableError
from onlooker_tagger.documents import Document
from onlooker_tagger.index import RefusedError
from onlooker_tagger.opensearch.client import answering
from onlooker_tagger.opensearch.cluster import Cluster, IndexMissingError
from onlooker_tagger.opensearch.layout import Layout
from onlooker_tagger.opensearch.schema import Json, Names, Schema
from onlooker_tagger.opensearch.writes import Writer

PAGE = 500
"""Documents copied at once."""
NOTED_EVERY = 10
"""Pages between two notes of how far it is: each changes the state of the whole cluster."""
FOLLOWED_EVERY = 30.0
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
                if not await self.catch_up():
                    log.debug("index.copied", index=self._target)
            except UnavailableError as error:
                log.warning("index.not_copied", index=self._target, reason=error.detail)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), FOLLOWED_EVERY)

    async def catch_up(self, *, back: bool = False) -> int:
        """Copy what an older index has and ours has not, then let readers read ours; return how many were written.

        Args:
            back: copy from a newer index, too, to go back to this version.

        Raises:
            UnavailableError: the cluster does not answer; what was copied stays copied.
            RefusedError: a document does not fit the new mapping. Readers go on with the old index.
        """
        source = await self._source(back=back)
        if source is None:
            return 0
        progress = await self._progress(source)
        copied = 0
        while (more := await self._copy(source, progress)) and not self._stopping.is_set():
            copied += more
        if not self._stopping.is_set() and await self._layout.behind_alias() == source:
            await self._layout.move_alias(source, self._target)
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
        """Copy all that has changed in an index since the last time; return how many documents that were."""
        try:
            with answering():
                shards = (await self._client.indices.stats(index=source, params={"level": "shards"}))["indices"][source]
                await self._client.indices.refresh(index=source)
        except (NotFoundError, KeyError):
            return 0  # deleted: what it had is here
        copied = pages = 0
        for shard, copies in shards["shards"].items():
            # All operations up to this one are done, and after the refresh, to be seen.
            until = max(copy["seq_no"]["global_checkpoint"] for copy in copies)
            while not self._stopping.is_set() and progress.setdefault(shard, NOTHING) < until:
                copied += await self._copy_page(source, shard, progress, until)
                pages += 1
                if pages % NOTED_EVERY == 0:
                    await self._note(source, progress)
        if pages:
            await self._note(source, progress)
        return copied

    async def _copy_page(self, source: str, shard: str, progress: Progress, until: int) -> int:
        body: Json = {
            "query": {"range": {"_seq_no": {"gt": progress[shard], "lte": until}}},
            "sort": [{"_seq_no": "asc"}],
            "size": PAGE,
            "track_total_hits": False,
        }
        try:
            answer = await self._cluster.search(source, body, preference=f"_shards:{shard}|_primary")
        except IndexMissingError:
            hits = []
        else:
            hits = answer["hits"]["hits"]
        await self._write([Document.model_validate(hit["_source"]) for hit in hits])
        progress[shard] = hits[-1]["sort"][0] if len(hits) == PAGE else until
        return len(hits)

    async def _write(self, documents: list[Document]) -> None:
        for outcome in (await self._writer.put(dict(enumerate(documents)))).values():
            if isinstance(outcome, RefusedError):
                log.error("index.not_copied", index=self._target, reason=str(outcome))
            if outcome is not None:
                raise outcome

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
