"""What was deleted stays so in a cluster, whoever writes at the same moment, and whatever OpenSearch forgets."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from opensearchpy import AsyncOpenSearch

from onlooker_shared.errors import NotFoundError
from onlooker_shared.images import ImageRef
from onlooker_tagger import documents
from onlooker_tagger.documents import Deletion, Document
from onlooker_tagger.index import Index
from onlooker_tagger.opensearch import OpenSearchIndex, connect, open_index
from onlooker_tagger.opensearch.cluster import Action
from onlooker_tagger.opensearch.copying import Copier
from onlooker_tagger.opensearch.schema import SCHEMA, Names
from onlooker_tagger.queries import ImageQuery, Within
from recognitions import NOON, a_label, a_recognition, an_image

ALL = Within()


class Taggers:
    """Several services at one cluster."""

    def __init__(self, url: str, alias: str, stack: AsyncExitStack) -> None:
        self._url, self._alias, self._stack = url, alias, stack

    async def another(self, version: int = SCHEMA.version) -> OpenSearchIndex:
        return (await self.with_copier(version))[0]

    async def with_copier(self, version: int) -> tuple[OpenSearchIndex, Copier]:
        opening = open_index(
            connect(self._url), alias=self._alias, schema=replace(SCHEMA, version=version), refresh=True
        )
        index, copier = await self._stack.enter_async_context(opening)
        await index.ping()
        return index, copier


@pytest.fixture
async def taggers(opensearch_url: str, alias: str) -> AsyncIterator[Taggers]:
    async with AsyncExitStack() as stack:
        yield Taggers(opensearch_url, alias, stack)


@pytest.fixture
async def client(opensearch_url: str) -> AsyncIterator[AsyncOpenSearch]:
    async with AsyncOpenSearch(opensearch_url, timeout=30) as opened:
        yield opened


def upload(key: str = "cat.jpg", *, second: int = 0, numbered: bool = True) -> ImageRef:
    """What is uploaded under a key at some second, with S3's number or as a sweep finds it."""
    sequencer = f"{second + 1:018X}" if numbered else ""
    return an_image(key, content=str(second), sequencer=sequencer, uploaded_at=NOON + timedelta(seconds=second))


def deletion(key: str = "cat.jpg", *, second: int, numbered: bool = True) -> Deletion:
    """All that was uploaded up to some second is deleted half a second later."""
    sequencer = f"{second + 1:018X}" if numbered else ""
    return Deletion(
        bucket="images", key=key, sequencer=sequencer, deleted_at=NOON + timedelta(seconds=second, milliseconds=500)
    )


def document(image: ImageRef) -> Document:
    return documents.recognized(image, a_recognition(a_label("Cat")))


async def found(index: Index) -> set[tuple[str, str]]:
    page = await index.search(ImageQuery(limit=500), ALL)
    return {(each.key, each.image_id) for each in page.images}


async def test_an_older_upload_that_comes_after_the_cluster_forgot_the_deletion_stays_away(
    taggers: Taggers, alias: str, client: AsyncOpenSearch
) -> None:
    index = await taggers.another()
    await client.indices.put_settings(index=alias, body={"index.gc_deletes": "0s"})
    await index.put(document(upload(second=5)))
    await index.delete(deletion(second=5))
    await client.indices.flush(index=alias)

    for second, numbered in ((5, True), (2, True), (2, False)):
        await (await taggers.another()).put(document(upload(second=second, numbered=numbered)))

    assert await found(index) == set()
    assert await index.missing([upload(second=2).image_id, upload(second=5).image_id]) == set()


@pytest.mark.parametrize("numbered", [True, False])
async def test_what_is_uploaded_anew_is_found_at_once_though_the_cluster_remembers_the_deletion(
    taggers: Taggers, numbered: bool
) -> None:
    index = await taggers.another()
    for second in (1, 2, 3):  # each has a higher version than the one before
        await index.put(document(upload(second=second, numbered=False)))
    await index.delete(deletion(second=3, numbered=numbered))
    anew = upload(second=4, numbered=numbered)

    await index.put(document(anew))

    assert await found(index) == {("cat.jpg", anew.image_id)}


class Slow:
    """Lets a tagger read what stands there, and holds what it would write of documents until told to go on."""

    def __init__(self, index: OpenSearchIndex) -> None:
        self._bulk = index._cluster.bulk
        index._cluster.bulk = self  # as a process that is stopped in between
        self.decided, self.go_on = asyncio.Event(), asyncio.Event()

    async def __call__(self, actions: Sequence[Action]) -> list[Exception | None]:
        if any("version" in operation for each in actions for operation in each.operation.values()):
            self.decided.set()
            await self.go_on.wait()
        return await self._bulk(actions)


async def test_a_tagger_that_decided_before_the_deletion_and_writes_after_it_takes_its_own_back(
    taggers: Taggers, alias: str, client: AsyncOpenSearch
) -> None:
    slow, other = await taggers.another(), await taggers.another()
    await client.indices.put_settings(index=alias, body={"index.gc_deletes": "0s"})
    held = Slow(slow)
    putting = asyncio.create_task(slow.put(document(upload(second=1))))
    await held.decided.wait()

    await other.delete(deletion(second=1))
    held.go_on.set()
    await putting

    assert await found(other) == set()
    with pytest.raises(NotFoundError):
        await other.get(upload(second=1).image_id)


async def test_a_deletion_that_meets_a_newer_upload_in_the_middle_leaves_it(taggers: Taggers) -> None:
    slow, other = await taggers.another(), await taggers.another()
    await other.put(document(upload(second=1)))
    held = Slow(slow)
    deleting = asyncio.create_task(slow.delete(deletion(second=1)))
    await held.decided.wait()

    await other.put(document(upload(second=2)))
    held.go_on.set()
    await deleting

    assert await found(other) == {("cat.jpg", upload(second=2).image_id)}


@pytest.mark.parametrize("seed", range(2))
async def test_many_writers_and_deletions_at_once_leave_what_was_uploaded_last(taggers: Taggers, seed: int) -> None:
    dice = random.Random(seed)
    indices = [await taggers.another() for _ in range(3)]
    keys = [f"{n}.jpg" for n in range(6)]
    again = set(keys[:3])  # uploaded once more after the deletion
    numbered = seed % 2 == 0
    work = [("put", key, second) for key in keys for second in range(6) if second < 4 or key in again]
    work += [("delete", key, 3) for key in keys] * 2
    dice.shuffle(work)

    async def do(what: str, key: str, second: int) -> None:
        index = dice.choice(indices)
        if what == "put":
            await index.put(document(upload(key, second=second, numbered=numbered)))
        else:
            await index.delete(deletion(key, second=second, numbered=numbered))

    await asyncio.gather(*(do(*one) for one in work))

    assert await found(indices[0]) == {(key, upload(key, second=5).image_id) for key in again}


async def test_what_is_kept_of_a_deletion_names_nothing(taggers: Taggers, alias: str, client: AsyncOpenSearch) -> None:
    index = await taggers.another()
    secret = an_image("clinic/Ann Example.jpg", bucket="patients")
    await index.put(document(secret))
    await index.delete(Deletion(bucket="patients", key=secret.key, deleted_at=NOON + timedelta(days=1)))

    everything = await client.search(index=f"{alias},{Names(alias).notes}", body={"size": 100})
    assert len(everything["hits"]["hits"]) == 2  # the tombstone, and that the picture is known
    told = json.dumps(everything)
    assert "Ann" not in told
    assert "patients" not in told


# -- while documents are copied ----------------------------------------------------------------------------------------


async def test_a_copy_does_not_bring_back_what_is_deleted_meanwhile(taggers: Taggers) -> None:
    old = await taggers.another(SCHEMA.version)
    keys = [f"{n}.jpg" for n in range(12)]
    await asyncio.gather(*(old.put(document(upload(key))) for key in keys))
    new, copier = await taggers.with_copier(SCHEMA.version + 1)

    async def delete_meanwhile() -> None:
        for n, key in enumerate(keys[:6]):
            await (old, new)[n % 2].delete(deletion(key, second=0))

    await asyncio.gather(delete_meanwhile(), copier.catch_up())
    await copier.catch_up()

    left = {(key, upload(key).image_id) for key in keys[6:]}
    assert await found(new) == await found(old) == left


async def test_a_deletion_by_either_version_is_seen_by_readers_of_both(
    taggers: Taggers, alias: str, client: AsyncOpenSearch
) -> None:
    old = await taggers.another(SCHEMA.version)
    await old.put(document(upload("before.jpg")))
    await old.put(document(upload("after.jpg")))
    new, copier = await taggers.with_copier(SCHEMA.version + 1)

    await new.delete(deletion("before.jpg", second=0))
    assert await found(old) == {("after.jpg", upload("after.jpg").image_id)}  # the alias is at the old index yet
    await copier.catch_up()
    await old.delete(deletion("after.jpg", second=0))

    await client.indices.refresh(index=f"{alias}-*")
    assert await found(new) == set()
    left = await client.count(index=f"{alias}-*")
    assert left["count"] == 0
