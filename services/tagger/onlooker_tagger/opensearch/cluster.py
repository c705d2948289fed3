"""The few things that the tagger asks of a cluster, each with every answer read."""

import asyncio
import json
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from opensearchpy import AsyncOpenSearch, NotFoundError, TransportError

from onlooker_shared.errors import UnavailableError
from onlooker_tagger.index import RefusedError
from onlooker_tagger.opensearch.client import ACTIVE_WITHIN, TIMEOUT, answering, reason_in
from onlooker_tagger.opensearch.stored import Json

TRIES = 4
"""Of a bulk that the cluster pushes back; after them the messages wait in the queue."""
FIRST_WAIT = 0.25
"""Seconds before the second try, doubled with each."""
MISSING_INDEX = "index_not_found_exception"

log = structlog.stdlib.get_logger(__name__)


class ConflictError(Exception):
    """Another writer was quicker: what stands there now has this version or a newer one."""


class IndexMissingError(UnavailableError):
    """Somebody removed an index or the alias; it is made again before the next request."""

    def __init__(self) -> None:
        super().__init__("OpenSearch has lost the index; it is made again.")


@dataclass(frozen=True, slots=True)
class Action:
    """One line of a bulk, and what it brings; a deletion brings nothing."""

    operation: Json
    source: Json | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A document as it stands in an index, with what says whether it is still the same."""

    id: str
    version: int
    seq_no: int
    term: int
    source: Json


class Cluster:
    """A cluster, seen through what the tagger needs of it.

    Args:
        client: the connection, which does not try again by itself.
        refresh: whether what was written is found at once; costly, for tests. Otherwise it is within a second.
    """

    def __init__(self, client: AsyncOpenSearch, *, refresh: bool = False) -> None:
        self.client = client
        # The client takes `timeout`, which is the cluster's, for its own unless that is said.
        self._parameters = {"request_timeout": TIMEOUT, "timeout": ACTIVE_WITHIN, "refresh": str(refresh).lower()}

    async def documents(self, index: str, ids: Collection[str], fields: Collection[str] = ()) -> dict[str, Hit]:
        """Return the documents with some ids, by id, as they stand this moment; those that are not there are left out.

        Args:
            index: an index, or an alias of one.
            ids: which.
            fields: parts of the source to return; all of it by default.

        Raises:
            UnavailableError: they cannot be read.
        """
        if not ids:
            return {}
        only: Mapping[str, Any] = {"_source_includes": ",".join(fields)} if fields else {}
        with answering():
            answer = await self.client.mget(body={"ids": list(ids)}, index=index, params=dict(only))
        found: dict[str, Hit] = {}
        for each in answer["docs"]:
            if error := each.get("error"):
                raise _unreadable(error)
            if each["found"]:
                place = each["_id"], each["_version"], each["_seq_no"], each["_primary_term"]
                found[each["_id"]] = Hit(*place, each["_source"])
        return found

    async def search(self, index: str, body: Json, **parameters: str) -> Json:
        """Return the answer to a search that every shard took part in.

        Raises:
            UnavailableError: it cannot be answered, or in part only.
            opensearchpy.RequestError: it is no search.
        """
        parameters = {"allow_partial_search_results": "false", **parameters}
        try:
            with answering():
                answer: Json = await self.client.search(body=body, index=index, params=parameters)
        except NotFoundError as error:
            raise IndexMissingError from error
        if answer["timed_out"]:
            raise UnavailableError("OpenSearch took too long for this search.")
        return answer

    async def bulk(self, actions: Sequence[Action]) -> list[Exception | None]:
        """Write; return for each action by what it failed: None, `ConflictError`, `RefusedError`, `UnavailableError`.

        What the cluster pushes back (429) is tried again a few times, ever later.

        Raises:
            UnavailableError: nothing is known of any of them.
        """
        outcomes: list[Exception | None] = [None] * len(actions)
        left = list(range(len(actions)))
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(FIRST_WAIT * 2.0 ** (attempt - 1) * (0.5 + random.random()))  # noqa: S311 - jitter
            for n, outcome in zip(left, await self._bulk_once([actions[n] for n in left]), strict=True):
                outcomes[n] = outcome
            left = [n for n in left if isinstance(outcomes[n], _PushedBackError)]
            if not left:
                break
            log.warning("opensearch.pushed_back", actions=len(left), attempt=attempt + 1)
        return outcomes

    async def _bulk_once(self, actions: Sequence[Action]) -> list[Exception | None]:
        if not actions:
            return []
        parts = [part for each in actions for part in (each.operation, each.source) if part is not None]
        lines = [json.dumps(part, ensure_ascii=False) for part in parts]
        body = "\n".join((*lines, ""))
        try:
            with answering():
                answer = await self.client.bulk(body=body, params=dict(self._parameters))
        except UnavailableError as error:
            cause = error.__cause__
            if isinstance(cause, TransportError) and cause.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                return [_PushedBackError(error.detail)] * len(actions)
            raise
        except TransportError as error:
            if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                return await self._bulk_in_halves(actions)
            raise
        return [_outcome(*item.values()) for item in answer["items"]]

    async def _bulk_in_halves(self, actions: Sequence[Action]) -> list[Exception | None]:
        """Send what was too much at once in two parts; of one alone, say that it is too large."""
        if len(actions) == 1:
            return [RefusedError("The document is larger than OpenSearch takes.")]
        middle = len(actions) // 2
        return [*await self._bulk_once(actions[:middle]), *await self._bulk_once(actions[middle:])]


class _PushedBackError(UnavailableError):
    """The cluster has too much to do."""


def _outcome(item: Json) -> Exception | None:
    """Return by what one item of a bulk failed."""
    error = item.get("error")
    if error is None:
        return None
    reason = reason_in(error)
    match item["status"]:
        case HTTPStatus.CONFLICT:
            return ConflictError()
        case HTTPStatus.TOO_MANY_REQUESTS:
            return _PushedBackError(f"OpenSearch has too much to do: {reason}")
        case HTTPStatus.NOT_FOUND:
            return IndexMissingError()
        case HTTPStatus.BAD_REQUEST:
            return RefusedError(f"OpenSearch refuses the document: {reason}")
        case status:  # 403 is an index that is read-only since its disk is full, 503 a shard that is away
            return UnavailableError(f"OpenSearch cannot write this now ({status}): {reason}")


def _unreadable(error: Json) -> UnavailableError:
    if error.get("type") == MISSING_INDEX:
        return IndexMissingError()
    return UnavailableError(f"OpenSearch cannot read this now: {reason_in(error)}")
