"""A new version of the mapping: documents are copied while the old index answers and is written to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from opensearchpy import AsyncOpenSearch

from onlooker_shared.images import ImageRef
from onlooker_tagger import documents, reindex
from onlooker_tagger.index import Index
from onlooker_tagger.opensearch import OpenSearchIndex, connect, copying, open_index
from onlooker_tagger.opensearch.copying import Copier
from onlooker_tagger.opensearch.schema import SCHEMA, Names
from onlooker_tagger.opensearch.stored import Json
from onlooker_tagger.queries import ImageQuery, StatisticsQuery, Within
from onlooker_tagger.settings import TaggerSettings
from recognitions import NOON, a_label, a_recognition, an_image
from tagger_version_one import ONE

ALL = Within()


class Versions:
    """The same installation as seen by the services of two versions."""

    def __init__(self, url: str, alias: str, stack: AsyncExitStack) -> None:
        self._url, self._alias, self._stack = url, alias, stack

    async def old(self) -> OpenSearchIndex:
        return (await self._open(1))[0]

    async def new(self) -> tuple[OpenSearchIndex, Copier]:
        return await self._open(SCHEMA.version)

    async def newest(self) -> tuple[OpenSearchIndex, Copier]:
        return await self._open(SCHEMA.version + 1)

    async def _open(self, version: int) -> tuple[OpenSearchIndex, Copier]:
        schema = ONE if version == 1 else replace(SCHEMA, version=version)
        opening = open_index(connect(self._url), alias=self._alias, schema=schema, refresh=True)
        index, copier = await self._stack.enter_async_context(opening)
        await index.ping()
        return index, copier


@pytest.fixture
async def versions(opensearch_url: str, alias: str) -> AsyncIterator[Versions]:
    async with AsyncExitStack() as stack:
        yield Versions(opensearch_url, alias, stack)


@pytest.fixture
async def client(opensearch_url: str) -> AsyncIterator[AsyncOpenSearch]:
    async with AsyncOpenSearch(opensearch_url, timeout=30) as opened:
        yield opened


def picture(n: int, *, content: str = "1") -> ImageRef:
    return an_image(f"{n}.jpg", content=content, uploaded_at=NOON + timedelta(seconds=int(content)))


async def put(index: Index, *images: ImageRef, label: str = "Cat") -> None:
    await asyncio.gather(*(index.put(documents.recognized(image, a_recognition(a_label(label)))) for image in images))


async def total(index: Index) -> int:
    return (await index.statistics(StatisticsQuery(), ALL)).total


async def keys(index: Index, label: str) -> set[str]:
    page = await index.search(ImageQuery.model_validate({"label": [label], "limit": 500}), ALL)
    return {document.key for document in page.images}


async def test_readers_miss_nothing_while_documents_are_copied_and_written(
    versions: Versions, alias: str, client: AsyncOpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PAGE", 20)  # many pages
    old = await versions.old()
    await put(old, *map(picture, range(200)))
    new, copier = await versions.new()
    seen = [await total(old), await total(new)]

    async def write_meanwhile() -> None:
        for n in range(10):
            await put(old, picture(200 + n))
            await put(old, picture(n, content="2"), label="Dog")  # a newer upload of what may be copied already
            await put(new, picture(300 + n))
            await put(new, picture(20 + n, content="2"), label="Dog")
            seen.extend([await total(old), await total(new)])

    await asyncio.gather(write_meanwhile(), copier.catch_up())
    await copier.catch_up()

    assert min(seen) == 200
    assert await total(old) == await total(new) == 220
    assert await keys(new, "Dog") == {f"{n}.jpg" for n in (*range(10), *range(20, 30))}
    [index] = await client.indices.get_alias(name=alias)
    assert index == Names(alias).documents(SCHEMA.version)
    derived = await client.count(index=alias, body={"query": {"prefix": {"search.names": "cat"}}})
    assert derived["count"] == 200


async def test_what_the_old_services_still_write_is_followed(versions: Versions) -> None:
    old = await versions.old()
    await put(old, picture(1))
    new, copier = await versions.new()
    await copier.catch_up()

    await put(old, picture(1, content="2"), picture(2), label="Dog")
    assert await copier.catch_up() == 2
    assert await keys(new, "Dog") == {"1.jpg", "2.jpg"}
    assert await copier.catch_up() == 0


async def test_an_older_document_copied_late_does_not_hide_a_newer_one(versions: Versions) -> None:
    old = await versions.old()
    await put(old, picture(1, content="1"), label="Cat")
    new, copier = await versions.new()
    await put(new, picture(1, content="2"), label="Dog")

    await copier.catch_up()

    assert await keys(new, "Dog") == {"1.jpg"}
    assert await keys(new, "Cat") == set()


async def test_goes_on_where_it_was_stopped(versions: Versions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "PAGE", 10)
    monkeypatch.setattr(copying, "NOTED_EVERY", 1)
    old = await versions.old()
    await put(old, *map(picture, range(100)))
    _, killed = await versions.new()
    write, pages = killed._write, 0

    async def dying(sources: list[Json]) -> None:
        nonlocal pages
        pages += 1
        if pages == 5:
            raise ConnectionAbortedError
        await write(sources)

    killed._write = dying  # to be killed in the middle of a copy
    with pytest.raises(ConnectionAbortedError):
        await killed.catch_up()
    assert await total(old) == 100  # the alias was not moved

    new, copier = await versions.new()
    assert await copier.catch_up() == 60
    assert await total(new) == 100


async def test_nothing_is_copied_where_there_is_no_other_version(versions: Versions, alias: str) -> None:
    new, copier = await versions.new()
    await put(new, picture(1))

    assert await copier.catch_up() == 0
    assert await total(new) == 1


async def test_the_old_index_may_be_deleted_afterwards(versions: Versions, alias: str, client: AsyncOpenSearch) -> None:
    old = await versions.old()
    await put(old, picture(1))
    new, copier = await versions.new()
    await copier.catch_up()

    await client.indices.delete(index=Names(alias).documents(1))

    assert await copier.catch_up() == 0
    assert await total(new) == 1


async def test_goes_back_to_the_version_before_when_told_to(
    versions: Versions, alias: str, opensearch_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, _ = await versions.new()
    await put(old, picture(1))
    newest, copier = await versions.newest()
    await copier.catch_up()
    await put(newest, picture(2))
    monkeypatch.setenv("ONLOOKER_TAGGER_OPENSEARCH_URL", opensearch_url)
    monkeypatch.setenv("ONLOOKER_TAGGER_OPENSEARCH_INDEX", alias)

    assert await reindex.reindex(TaggerSettings(), back=False) == 0  # it does not turn back by itself
    assert await reindex.reindex(TaggerSettings(), back=True) == 2
    await put(old, picture(3))
    assert await total(old) == 3
