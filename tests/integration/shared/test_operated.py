"""Looking into queues and their dead letters and trying those again, on real queues; and over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx
import pytest

from consuming import Around, Rig
from installation import Keys, client_of, eventually
from onlooker_shared.aws import Aws
from onlooker_shared.errors import NotFoundError, RetryLater
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.queue.operated import OperatedQueue, QueueState
from onlooker_shared.service import Service

TYPED = {"type": {"DataType": "String", "StringValue": "image.failed.v1"}}
TRUNCATED = {"Reason": {"DataType": "String", "StringValue": "truncated"}}


@pytest.fixture
async def rig(aws: Aws) -> Rig:
    return await Rig.make(await aws.client("sqs"))


@pytest.fixture
def queue(rig: Rig) -> OperatedQueue:
    return OperatedQueue(rig.sqs, rig.queue.name, rig.url, rig.dead_letter_url)


async def bury(rig: Rig, *keys: str) -> list[str]:
    """Put messages about pictures into the dead-letter queue, as the consumer would; returns their ids there."""
    image = {"bucket": "b", "image_id": "0" * 32}
    return [
        (
            await rig.sqs.send_message(
                QueueUrl=rig.dead_letter_url,
                MessageBody=json.dumps({"type": "image.failed.v1", "image": {**image, "key": key}}),
                MessageAttributes=TRUNCATED | TYPED,
            )
        )["MessageId"]
        for key in keys
    ]


async def test_dead_letters_are_seen_with_their_reasons_and_sent_on_again(rig: Rig, queue: OperatedQueue) -> None:
    keys = [f"{number:02}.jpg" for number in range(12)]
    await bury(rig, *keys)
    state = await queue.state()
    assert (state.waiting, state.in_work, state.delayed, state.dead) == (0, 0, 0, 12)
    letters = await queue.dead_letters(12)
    assert sorted(letter.summary for letter in letters) == [f"image.failed.v1 b/{key}" for key in keys]
    assert {(letter.reason, letter.image_id) for letter in letters} == {("truncated", "0" * 32)}
    for letter in letters:
        assert letter.died_at is not None
        assert abs(datetime.now(UTC) - letter.died_at) < timedelta(seconds=10)

    assert await queue.redrive() == 12, "who looked does not hide them"
    answer = await rig.sqs.receive_message(QueueUrl=rig.url, MaxNumberOfMessages=1, MessageAttributeNames=["All"])
    assert set(answer["Messages"][0]["MessageAttributes"]) == {"type"}
    assert (await queue.state()).dead == 0


async def test_what_fails_again_meanwhile_is_left_and_can_be_looked_at(rig: Rig) -> None:
    """The consumer is so fast that each message is a dead letter again before the next is received."""

    async def send_message(**message: Any) -> Any:
        return await rig.sqs.send_message(**{**message, "QueueUrl": rig.dead_letter_url})

    for number in range(3):
        await send_message(MessageBody=f"{number}")
    failing = OperatedQueue(Around(rig.sqs, send_message=send_message), rig.queue.name, rig.url, rig.dead_letter_url)
    async with asyncio.timeout(10):
        assert await failing.redrive() == 3
    assert sorted(letter.summary for letter in await failing.dead_letters(3)) == ["0", "1", "2"]


async def test_one_of_many_is_sent_on_and_the_others_stay(rig: Rig, queue: OperatedQueue) -> None:
    ids = await bury(rig, *(f"{number}.jpg" for number in range(13)))
    await queue.redrive_one(ids[11])
    assert {letter.message_id for letter in await queue.dead_letters(12)} == {*ids} - {ids[11]}
    with pytest.raises(NotFoundError, match="may have been sent on already"):
        await queue.redrive_one(ids[11])
    assert (await queue.state()).waiting == 1


async def test_no_more_are_sent_on_than_asked_for(rig: Rig, queue: OperatedQueue) -> None:
    await bury(rig, *(f"{number}.jpg" for number in range(13)))
    assert await queue.redrive(12) == 12
    assert len(await queue.dead_letters(5)) == 1


async def test_the_consumer_tells_how_old_what_it_works_on_is(rig: Rig) -> None:
    working, go_on = asyncio.Event(), asyncio.Event()

    async def handle(_: str) -> None:
        working.set()
        await go_on.wait()

    consumer = rig.consumer(handle)
    assert (await consumer.operated.state()).oldest_seconds is None
    async with asyncio.TaskGroup() as group:
        group.create_task(consumer.run())
        await rig.send("1")
        await working.wait()
        state = await consumer.operated.state()
        assert (state.waiting, state.in_work) == (0, 1)
        assert state.oldest_seconds is not None
        assert 0 <= state.oldest_seconds < 10
        go_on.set()
        await eventually(consumer.operated.state, lambda state: state.left == 0 and state.oldest_seconds is None)
        consumer.stop()


async def test_what_was_put_back_counts_as_well(rig: Rig) -> None:
    async def handle(_: str) -> None:
        raise RetryLater("S3 is away", delay=600)

    consumer = rig.consumer(handle)

    async def state() -> QueueState:
        return await consumer.operated.state()

    async with asyncio.TaskGroup() as group:
        group.create_task(consumer.run())
        await rig.send("1")
        first = await eventually(state, lambda seen: seen.oldest_seconds is not None)
        later = await eventually(state, lambda seen: (seen.oldest_seconds or 0) > (first.oldest_seconds or 0) + 0.1)
        assert later.in_work == 1
        consumer.stop()


@pytest.fixture
async def client(queue: OperatedQueue) -> AsyncIterator[httpx.AsyncClient]:
    keys = Keys()
    keys.principals["reader"] = Principal("reader", "tests", frozenset({Scope.TAGS_READ}))
    keys.principals["bound"] = Principal("bound", "tests", frozenset({Scope.ADMIN}), bucket="b")
    async with client_of(Service("tagger", queues={"tagger": queue}), keys) as opened:
        yield opened


async def test_a_queue_is_seen_and_redriven_over_http(client: httpx.AsyncClient, rig: Rig) -> None:
    ids = await bury(rig, "1.jpg", "2.jpg", "3.jpg")
    seen = (await client.get("/queues/tagger", params={"letters": 2})).json()
    assert (seen["service"], seen["name"], seen["waiting"], seen["dead"]) == ("tagger", rig.queue.name, 0, 3)
    assert seen["oldest_seconds"] is None
    assert len(seen["dead_letters"]) == 2
    assert seen["dead_letters"][0].keys() >= {"message_id", "reason", "died_at", "bucket", "key", "image_id", "summary"}
    assert (await client.get("/queues/tagger", params={"letters": 0})).json()["dead_letters"] == []

    one = await client.post("/queues/tagger/redrive", params={"message_id": ids[0]})
    assert one.json() == {"redriven": 1, "dead": 2}
    assert (await client.post("/queues/tagger/redrive")).json() == {"redriven": 2, "dead": 0}
    again = await client.post("/queues/tagger/redrive", params={"message_id": ids[0]})
    assert again.status_code == HTTPStatus.NOT_FOUND
    assert (await client.get("/queues/tagger")).json()["waiting"] == 3


@pytest.mark.parametrize("key", ["reader", "bound"])
async def test_only_an_operator_of_everything_may(client: httpx.AsyncClient, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    assert (await client.get("/queues/tagger", headers=headers)).status_code == HTTPStatus.FORBIDDEN
    assert (await client.post("/queues/tagger/redrive", headers=headers)).status_code == HTTPStatus.FORBIDDEN


async def test_more_letters_than_are_shown_are_not_asked_for(client: httpx.AsyncClient) -> None:
    answer = await client.get("/queues/tagger", params={"letters": 51})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
