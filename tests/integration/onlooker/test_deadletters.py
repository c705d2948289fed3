"""Looking into dead letters and trying them again, on real queues."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from consuming import Around
from emulator import Emulator
from onlooker.deadletters import look, redrive_all, states
from onlooker_shared.aws import Aws
from onlooker_shared.provision import provision
from onlooker_shared.settings import CommonSettings
from onlooker_shared.topology import Topology, topology


@pytest.fixture
async def aws(emulator: Emulator) -> AsyncIterator[Aws]:
    async with Aws(CommonSettings()) as opened:
        yield opened


@pytest.fixture
async def names(aws: Aws) -> Topology:
    declared = topology("deadletters-")
    await provision(aws, declared)
    return declared


async def test_dead_letters_are_seen_with_their_reasons_and_sent_on_again(aws: Aws, names: Topology) -> None:
    sqs = await aws.client("sqs")
    dead_letter_url = await aws.queue_url(names.tagger.dead_letter)
    for number in range(12):
        await sqs.send_message(
            QueueUrl=dead_letter_url,
            MessageBody=f'{{"type": "image.failed.v1", "image": {{"bucket": "b", "key": "{number:02}.jpg"}}}}',
            MessageAttributes={
                "Reason": {"DataType": "String", "StringValue": "truncated"},
                "type": {"DataType": "String", "StringValue": "image.failed.v1"},
            },
        )
    state = next(s for s in await states(sqs, names) if s.name == names.tagger.name)
    assert (state.waiting, state.in_work, state.dead) == (0, 0, 12)
    letters = await look(sqs, state)
    assert sorted(letter.summary for letter in letters) == [f"image.failed.v1 b/{n:02}.jpg" for n in range(12)]
    assert {letter.reason for letter in letters} == {"truncated"}

    await _until_shown_again(aws, dead_letter_url, 12)
    assert await redrive_all(sqs, names.tagger) == 12
    answer = await sqs.receive_message(
        QueueUrl=await aws.queue_url(names.tagger.name), MaxNumberOfMessages=1, MessageAttributeNames=["All"]
    )
    assert set(answer["Messages"][0]["MessageAttributes"]) == {"type"}
    assert (await states(sqs, names))[2].dead == 0


async def test_what_fails_again_meanwhile_is_left_and_can_be_looked_at(aws: Aws, names: Topology) -> None:
    """The consumer is so fast that each message is a dead letter again before the next is received."""
    sqs = await aws.client("sqs")
    dead_letter_url = await aws.queue_url(names.annotator.dead_letter)

    async def send_message(**message: Any) -> Any:
        return await sqs.send_message(**{**message, "QueueUrl": dead_letter_url})

    for number in range(3):
        await send_message(MessageBody=f"{number}")
    async with asyncio.timeout(10):
        assert await redrive_all(Around(sqs, send_message=send_message), names.annotator) == 3
    state = next(s for s in await states(sqs, names) if s.name == names.annotator.name)
    assert sorted(letter.summary for letter in await look(sqs, state)) == ["0", "1", "2"]


async def _until_shown_again(aws: Aws, url: str, count: int) -> None:
    """Wait until messages that were looked at are visible: their time-out is the event, and SQS tells it by count."""
    sqs = await aws.client("sqs")
    while True:
        answer = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        if answer["Attributes"]["ApproximateNumberOfMessages"] == str(count):
            return
