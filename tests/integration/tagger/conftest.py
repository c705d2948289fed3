"""Every index there is: one suite of behaviour holds for all of them."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import AsyncOpenSearch

from onlooker_tagger.index import Index
from onlooker_tagger.opensearch import connect
from onlooker_tagger.opensearch import open_index as open_opensearch
from onlooker_tagger.opensearch.index import OpenSearchIndex
from onlooker_tagger.opensearch.schema import Names
from onlooker_tagger.sqlite import open_index as open_sqlite


@pytest.fixture
async def alias(opensearch_url: str) -> AsyncIterator[str]:
    """A name in the cluster that nobody else uses; what gets it is deleted afterwards."""
    name = f"tests_{uuid.uuid4().hex[:12]}"
    yield name
    async with AsyncOpenSearch(opensearch_url, timeout=30) as client:
        await drop(client, name)


async def drop(client: AsyncOpenSearch, alias: str) -> None:
    """Delete all that the tagger made under a name."""
    names = Names(alias)
    await client.indices.delete(index=f"{names.pattern},{names.notes}", params={"ignore_unavailable": "true"})
    for template in (names.pattern, names.notes):
        await client.indices.delete_index_template(name=template, params={"ignore": 404})


@pytest.fixture(scope="session")
async def shared_opensearch(opensearch_url: str) -> AsyncIterator[OpenSearchIndex]:
    """One index for all tests that empty it: making one takes as long as most tests."""
    alias = f"tests_{uuid.uuid4().hex[:12]}"
    async with open_opensearch(connect(opensearch_url), alias=alias, refresh=True) as (index, _):
        await index.ping()
        # What a test deletes, another puts again: forget at once that it was there.
        await client_of(index).indices.put_settings(index=indices_of(index), body={"index.gc_deletes": "0s"})
        yield index
        await drop(client_of(index), alias)


def client_of(index: OpenSearchIndex) -> AsyncOpenSearch:
    return index._cluster.client


def indices_of(index: OpenSearchIndex) -> str:
    return f"{index._names.pattern},{index._names.notes}"


async def empty(index: OpenSearchIndex) -> None:
    """Delete every document and note."""
    client = client_of(index)
    found = await client.search(body={"size": 1000, "_source": False}, index=indices_of(index))
    lines: list[dict[str, Any]] = [
        {"delete": {"_index": hit["_index"], "_id": hit["_id"]}} for hit in found["hits"]["hits"]
    ]
    if lines:
        await client.bulk(body=lines, params={"refresh": "true"})


@pytest.fixture
async def sqlite_index(tmp_path: Path) -> AsyncIterator[Index]:
    """An empty index in a file."""
    async with open_sqlite(tmp_path / "tags.db") as opened:
        yield opened


@pytest.fixture
async def opensearch_index(shared_opensearch: OpenSearchIndex) -> AsyncIterator[Index]:
    """An empty index in OpenSearch."""
    yield shared_opensearch
    await empty(shared_opensearch)


@pytest.fixture(params=["sqlite", "opensearch"])
def index(request: pytest.FixtureRequest) -> Index:
    """An empty index."""
    opened: Index = request.getfixturevalue(f"{request.param}_index")
    return opened
