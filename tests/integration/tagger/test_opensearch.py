"""What only a cluster does: its indices and versions, several writers, and bad days."""

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count

import httpx
import pytest
from opensearchpy import AsyncOpenSearch, RequestError

from installation import DEADLINE, Installation, client_of, eventually, installation, working
from onlooker_shared.aws import Aws
from onlooker_shared.errors import NotFoundError, Reject, RetryLater, UnavailableError
from onlooker_shared.images import ImageRef
from onlooker_shared.messages import AnyMessage, ImageDeleted
from onlooker_shared.outages import Outages
from onlooker_shared.queue.sender import Sender
from onlooker_shared.results import Results
from onlooker_tagger import documents
from onlooker_tagger.__main__ import compose, utc_now
from onlooker_tagger.documents import Document
from onlooker_tagger.handlers import Handler
from onlooker_tagger.index import Index, RefusedError
from onlooker_tagger.opensearch import OpenSearchIndex, connect, open_index
from onlooker_tagger.opensearch.schema import SCHEMA, Names
from onlooker_tagger.queries import ImageQuery, StatisticsQuery, Within
from onlooker_tagger.tombstones import object_id
from recognitions import NOON, a_face, a_label, a_recognition, an_image, annotated, recognized
from severable import line_to

ALL = Within()
OUTAGE = float(os.environ.get("ONLOOKER_TEST_OUTAGE", "4"))
"""Seconds that the cluster is away under load; a minute by hand, or every night."""
PER_SECOND = 20
"""Pictures that arrive."""


@pytest.fixture
async def client(opensearch_url: str) -> AsyncIterator[AsyncOpenSearch]:
    async with AsyncOpenSearch(opensearch_url, timeout=30) as opened:
        yield opened


@pytest.fixture
async def fresh(opensearch_url: str, alias: str) -> AsyncIterator[OpenSearchIndex]:
    """An index of one's own, to be maltreated."""
    async with open_index(connect(opensearch_url), alias=alias, refresh=True) as (opened, _):
        yield opened


async def total(index: Index) -> int:
    return (await index.statistics(StatisticsQuery(), ALL)).total


# -- what others see in the cluster ------------------------------------------------------------------------------------


async def test_dashboards_find_the_fields_of_old_by_the_alias(
    fresh: OpenSearchIndex, alias: str, client: AsyncOpenSearch
) -> None:
    image = an_image("raw-image/my cat.jpg")
    await fresh.put(documents.recognized(image, a_recognition(a_label("Pet"), a_label("Cat", "Pet"))))

    [hit] = (await client.search(index=alias, body={"query": {"term": {"tags": "Cat"}}}))["hits"]["hits"]
    fields = ("doc_id", "image_id", "image_url", "tags", "tag_id", "created_at")
    assert {field: hit["_source"][field] for field in fields} == {
        "doc_id": image.image_id,
        "image_id": image.image_id,
        "image_url": "https://images.s3.amazonaws.com/raw-image/my%20cat.jpg",
        "tags": ["Cat", "Pet"],
        "tag_id": "75505a57",
        "created_at": "2026-11-20T12:00:00Z",
    }
    assert hit["_index"] == Names(alias).documents(SCHEMA.version)
    mapping = (await client.indices.get_mapping(index=alias))[hit["_index"]]["mappings"]
    assert mapping["dynamic"] == "strict"
    assert mapping["properties"]["created_at"] == {"type": "date", "format": "yyyy-MM-dd'T'HH:mm:ss'Z'"}
    assert {mapping["properties"][field]["type"] for field in fields if field != "created_at"} == {"keyword"}


async def test_takes_no_field_that_it_does_not_know(
    fresh: OpenSearchIndex, alias: str, client: AsyncOpenSearch
) -> None:
    await fresh.ping()

    with pytest.raises(RequestError, match="strict_dynamic_mapping"):
        await client.index(index=alias, body={"colour": "red"})


async def test_the_version_of_a_document_is_the_sequencer_of_s3(
    fresh: OpenSearchIndex, alias: str, client: AsyncOpenSearch
) -> None:
    image = an_image(sequencer="0055AED6DCD90281E5")
    await fresh.put(documents.recognized(image, a_recognition()))

    kept = await client.get(index=alias, id=object_id(image.bucket, image.key))
    assert kept["_version"] == 0x55AED6DCD90281E5


async def test_an_index_under_the_name_of_the_alias_is_left_alone_and_said(
    fresh: OpenSearchIndex, alias: str, client: AsyncOpenSearch
) -> None:
    await client.indices.create(index=alias)
    try:
        with pytest.raises(UnavailableError, match="ONLOOKER_TAGGER_OPENSEARCH_INDEX"):
            await fresh.ping()
    finally:
        await client.indices.delete(index=alias)
    await fresh.ping()


async def test_an_index_of_somebody_else_is_left_alone_and_said(
    fresh: OpenSearchIndex, alias: str, client: AsyncOpenSearch
) -> None:
    await client.indices.create(index=Names(alias).documents(SCHEMA.version))

    with pytest.raises(UnavailableError, match="is not the tagger's"):
        await fresh.put(documents.recognized(an_image(), a_recognition()))


async def test_a_template_of_somebody_else_in_the_way_makes_messages_wait(
    fresh: OpenSearchIndex, alias: str, client: AsyncOpenSearch
) -> None:
    await client.indices.put_index_template(
        name=f"{alias}-theirs", body={"index_patterns": [f"{alias}-*"], "priority": 100}
    )

    with pytest.raises(UnavailableError, match="same priority"):
        await fresh.put(documents.recognized(an_image(), a_recognition()))

    await client.indices.delete_index_template(name=f"{alias}-theirs")
    await fresh.put(documents.recognized(an_image(), a_recognition()))


# -- writers -----------------------------------------------------------------------------------------------------------


async def test_several_taggers_leave_the_newest_of_each_object(
    fresh: OpenSearchIndex, opensearch_url: str, alias: str
) -> None:
    uploads = [
        an_image(f"{n}.jpg", content=str(version), sequencer=f"{version:018X}")
        for n in range(5)
        for version in range(1, 9)
    ]
    random.Random(1).shuffle(uploads)
    async with open_index(connect(opensearch_url), alias=alias, refresh=True) as (other, _):
        await asyncio.gather(
            *(
                (fresh, other)[n % 2].put(documents.recognized(image, a_recognition(a_label("Cat"))))
                for n, image in enumerate(uploads)
            )
        )

    found = (await fresh.search(ImageQuery(), ALL)).images
    assert sorted((document.key, document.sequencer) for document in found) == [
        (f"{n}.jpg", f"{8:018X}") for n in range(5)
    ]
    assert await fresh.missing([image.image_id for image in uploads]) == set()


async def test_a_document_that_cannot_be_kept_is_rejected_alone_and_says_no_word_of_itself(
    fresh: OpenSearchIndex,
) -> None:
    secret = "Ann" * 20_000  # a keyword holds 32,766 bytes
    handler = Handler(fresh, Results(None, "results"), Outages(), utc_now)  # nothing is read from it
    messages = [recognized(an_image(f"{n}.jpg"), a_face()) for n in range(4)]
    messages.insert(2, recognized(an_image("odd.jpg"), a_face(name=secret)))

    outcomes = await asyncio.gather(*map(handler.handle, messages), return_exceptions=True)

    assert [n for n, outcome in enumerate(outcomes) if outcome is not None] == [2]
    assert isinstance(outcomes[2], Reject)
    assert "immense term" in outcomes[2].reason
    assert "AnnAnn" not in outcomes[2].reason
    assert await total(fresh) == 4


async def test_of_two_documents_in_one_bulk_the_fit_one_stands_where_the_newer_is_refused(
    fresh: OpenSearchIndex,
) -> None:
    older = documents.recognized(an_image(content="1", sequencer="01"), a_recognition(a_label("Cat")))
    newer = documents.recognized(an_image(content="2", sequencer="02"), a_recognition(a_label("x" * 40_000)))

    outcomes = await asyncio.gather(fresh.put(older), fresh.put(newer), return_exceptions=True)

    assert outcomes[0] is None
    assert isinstance(outcomes[1], RefusedError)
    assert (await fresh.get(older.image_id)).tags == ("Cat",)


# -- bad days ----------------------------------------------------------------------------------------------------------


async def test_without_an_active_shard_messages_wait_and_need_no_restart(
    fresh: OpenSearchIndex, alias: str, client: AsyncOpenSearch
) -> None:
    await fresh.ping()
    index = Names(alias).documents(SCHEMA.version)
    nowhere = "index.routing.allocation.require._name"
    await client.indices.delete(index=index)
    await client.indices.create(
        index=index,
        body={"settings": {nowhere: "nowhere"}, "aliases": {alias: {}}},
        params={"wait_for_active_shards": "0"},
    )
    assert (await client.cluster.health(index=index))["status"] == "red"
    document = documents.recognized(an_image(), a_recognition())

    with pytest.raises(UnavailableError):
        await fresh.put(document)
    with pytest.raises(UnavailableError):
        await fresh.ping()

    await client.indices.put_settings(index=index, body={nowhere: None})
    await client.cluster.health(index=index, params={"wait_for_status": "yellow"})
    await fresh.put(document)
    assert await total(fresh) == 1


async def test_an_index_that_is_read_only_since_the_disk_is_full_makes_messages_wait(
    fresh: OpenSearchIndex, alias: str, client: AsyncOpenSearch
) -> None:
    await fresh.ping()
    blocked = "index.blocks.read_only_allow_delete"  # what the node sets at its flood stage
    await client.indices.put_settings(index=alias, body={blocked: True})
    handler = Handler(fresh, Results(None, "results"), Outages(), utc_now)  # nothing is read from it

    with pytest.raises(RetryLater, match="disk usage exceeded") as waiting:
        await handler.handle(recognized(an_image()))
    assert waiting.value.pause
    assert await total(fresh) == 0  # searches go on

    await client.indices.put_settings(index=alias, body={blocked: None})
    await handler.handle(recognized(an_image()))
    assert await total(fresh) == 1


async def test_an_index_that_somebody_deleted_is_made_again_and_its_pictures_count_as_missing(
    fresh: OpenSearchIndex, alias: str, client: AsyncOpenSearch
) -> None:
    image = an_image()
    await fresh.put(documents.recognized(image, a_recognition()))
    names = Names(alias)
    await client.indices.delete(index=f"{names.pattern},{names.notes}")

    await eventually(lambda: answers(fresh))
    assert await total(fresh) == 0
    assert await fresh.missing([image.image_id]) == {image.image_id}  # so a sweep sends it again
    with pytest.raises(NotFoundError):
        await fresh.get(image.image_id)
    mapping = await client.indices.get_mapping(index=alias)
    assert [index["mappings"]["dynamic"] for index in mapping.values()] == ["strict"]


async def test_a_cluster_that_hangs_is_not_waited_for(
    opensearch_url: str, alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onlooker_tagger.opensearch.client.TIMEOUT", 0.5)
    monkeypatch.setattr("onlooker_tagger.opensearch.cluster.TIMEOUT", 0.5)
    document = documents.recognized(an_image(), a_recognition())
    async with line_to(opensearch_url) as line, open_index(connect(line.url), alias=alias, refresh=True) as (index, _):
        await eventually(lambda: answers(index))
        line.hang()
        waited = await asyncio.gather(index.put(document), index.ping(), total(index), return_exceptions=True)
        assert [type(outcome) for outcome in waited] == [UnavailableError] * 3
        assert "TimeoutError" in str(waited[0])

        line.flow()
        await eventually(lambda: written(index, document))
        assert await total(index) == 1


async def written(index: Index, document: Document) -> bool:
    try:
        await index.put(document)
    except UnavailableError:
        return False
    return True


async def answers(index: Index) -> bool:
    try:
        await index.ping()
    except UnavailableError:
        return False
    return True


# -- as it is deployed -------------------------------------------------------------------------------------------------


@pytest.fixture
async def here(aws: Aws) -> AsyncIterator[Installation]:
    async with installation(aws) as made:
        yield made


class Load:
    """Pictures that arrive all the time: some are annotated, some deleted."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._stopping = asyncio.Event()
        self.kept: list[ImageRef] = []
        self.deleted: list[ImageRef] = []

    async def run(self) -> None:
        for n in count():
            image = an_image(f"{n}.jpg", sequencer=f"{2 * n + 1:018X}", uploaded_at=NOON + timedelta(seconds=n))
            messages: list[AnyMessage] = [recognized(image, a_label("Cat"))]
            if n % 3 == 0:
                messages.append(annotated(image))
            if n % 5 == 0:
                later = f"{2 * n + 2:018X}"
                messages.append(
                    ImageDeleted(bucket=image.bucket, key=image.key, sequencer=later, deleted_at=image.uploaded_at)
                )
            random.shuffle(messages)
            await asyncio.gather(*map(self._sender.send, messages))
            (self.deleted if n % 5 == 0 else self.kept).append(image)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1 / PER_SECOND)
            if self._stopping.is_set():
                return

    def stop(self) -> None:
        self._stopping.set()


async def test_a_cluster_that_is_stopped_for_a_while_under_load_costs_no_message(
    here: Installation, opensearch_url: str, alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqs = await here.aws.client("sqs")
    url = await here.aws.queue_url(here.topology.tagger.name)
    load = Load(Sender(sqs, url))
    monkeypatch.setattr("installation.DEADLINE", DEADLINE + OUTAGE)  # after an outage it rests for half as long

    async with line_to(opensearch_url) as line:
        monkeypatch.setenv("ONLOOKER_TAGGER_OPENSEARCH_URL", line.url)
        monkeypatch.setenv("ONLOOKER_TAGGER_OPENSEARCH_INDEX", alias)
        await line.cut()
        async with compose(here.aws, here.common) as service, client_of(service) as client, working(service):
            loading = asyncio.create_task(load.run())
            # Away when the service starts.
            unready = (await client.get("/readyz")).json()
            assert "OpenSearch does not answer" in unready["checks"]["index"]
            assert (await client.get("/tags/images")).status_code == 503
            await line.mend()
            await eventually(lambda: total_of(client), lambda found: found > 0)
            # And in the middle of its work.
            await line.cut()
            await asyncio.sleep(OUTAGE)
            assert (await client.get("/readyz")).status_code == 503
            load.stop()
            await loading
            await line.mend()
            await eventually(lambda: left_in(here, url), lambda left: left == 0)
            assert (await client.get("/readyz")).json() == {"ready": True, "checks": {"index": "ok"}}

            for image in load.kept:
                document = (await client.get(f"/tags/images/{image.image_id}")).json()
                assert (document["key"], document["thumbnail"] is not None) == (image.key, int(image.key[:-4]) % 3 == 0)
            for image in load.deleted:
                assert (await client.get(f"/tags/images/{image.image_id}")).status_code == 404
            await eventually(lambda: total_of(client), lambda found: found == len(load.kept))

    dead_letters = await here.aws.queue_url(here.topology.tagger.dead_letter)
    assert await left_in(here, dead_letters) == 0


async def total_of(client: httpx.AsyncClient) -> int:
    answer = await client.get("/tags/statistics", params={"include": "labels"})
    found: int = answer.json()["total"] if answer.status_code == 200 else 0
    return found


async def left_in(here: Installation, url: str) -> int:
    sqs = await here.aws.client("sqs")
    attributes = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=attributes)
    return sum(map(int, answer["Attributes"].values()))
