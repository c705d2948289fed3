"""Makes what has to be there before the first document: templates, indices, and the alias that readers use."""

import structlog
from opensearchpy import NotFoundError, RequestError, TransportError

from onlooker_shared.errors import UnavailableError
from onlooker_tagger.opensearch.client import answering, reason_in
from onlooker_tagger.opensearch.cluster import Cluster
from onlooker_tagger.opensearch.schema import NOTES, Names, Schema, templates
from onlooker_tagger.opensearch.stored import Json

ALREADY = "resource_already_exists_exception"

log = structlog.stdlib.get_logger(__name__)


class Layout:
    """The indices of one installation.

    Args:
        cluster: where they are.
        names: their names.
        schema: the version of the mapping that this process writes.
        shards: of the index of documents, when it is made.
    """

    def __init__(self, cluster: Cluster, names: Names, schema: Schema, shards: int) -> None:
        self._client = cluster.client
        self._names = names
        self._schema = schema
        self._shards = shards

    async def ensure(self) -> None:
        """Make whatever is not there yet; several processes may do so at once.

        The alias is put on the newest index if it is nowhere. It is not moved: that is for who has filled the new one.

        Raises:
            UnavailableError: the cluster does not answer or refuses, or somebody else's index has one of the names.
        """
        try:
            with answering():
                for index, template in templates(self._names, self._schema, self._shards).items():
                    await self._client.indices.put_index_template(name=index, body=template)
                    await self._make(index, template["template"]["mappings"]["_meta"])
                for index, properties in (
                    (self._names.documents(self._schema.version), self._schema.properties),
                    (self._names.notes, NOTES),
                ):
                    await self._client.indices.put_mapping(index=index, body={"properties": properties})
                if await self.behind_alias() is None:
                    await self._put_alias()
        except TransportError as error:
            reason = reason_in(error.info or error.error)
            raise UnavailableError(f"OpenSearch refuses to make the index ({error.status_code}): {reason}") from error

    async def behind_alias(self) -> str | None:
        """Return the index that readers read; None if there is none.

        Raises:
            UnavailableError: the cluster does not answer.
        """
        try:
            with answering():
                found = await self._client.indices.get_alias(name=self._names.alias)
        except NotFoundError:
            return None
        return str(max(found))

    async def versions(self) -> dict[int, str]:
        """Return the indices of documents that there are, by the versions of their mappings.

        Raises:
            UnavailableError: the cluster does not answer.
        """
        with answering():
            found = await self._client.indices.get_alias(index=self._names.pattern)
        numbered = {self._names.version(index): index for index in found}
        return {version: index for version, index in numbered.items() if version is not None}

    async def move_alias(self, source: str, target: str) -> None:
        """Let readers read another index, from one moment to the next.

        Raises:
            UnavailableError: the cluster does not answer.
        """
        actions = [
            {"remove": {"index": source, "alias": self._names.alias, "must_exist": False}},
            {"add": {"index": target, "alias": self._names.alias}},
        ]
        with answering():
            await self._client.indices.update_aliases(body={"actions": actions})
        log.info("index.alias_moved", alias=self._names.alias, source=source, target=target)

    async def _make(self, index: str, meta: Json) -> None:
        """Make an index; one that is there must be ours, or it would refuse every document."""
        if not await self._client.indices.exists(index=index):
            try:
                await self._client.indices.create(index=index)
            except RequestError as error:
                if ALREADY not in str(error.error):
                    raise  # else another process was quicker
            log.info("index.made", index=index)
        mapping = (await self._client.indices.get_mapping(index=index))[index]["mappings"]
        if not meta.items() <= mapping.get("_meta", {}).items():
            raise UnavailableError(
                f"OpenSearch has an index {index} that is not the tagger's, or was not made from its template. Delete "
                "it, or set ONLOOKER_TAGGER_OPENSEARCH_INDEX to another name."
            )

    async def _put_alias(self) -> None:
        if await self._client.indices.exists(index=self._names.alias):
            raise UnavailableError(
                f"OpenSearch has an index named {self._names.alias}, where the tagger's alias should be. Rename that "
                "index (clone, then delete it), or set ONLOOKER_TAGGER_OPENSEARCH_INDEX to another name."
            )
        versions = await self.versions()
        await self._client.indices.put_alias(index=versions[max(versions)], name=self._names.alias)
