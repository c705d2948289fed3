"""Publishing carries the trace and the type."""

from typing import Any

import pytest

from onlooker_shared.errors import UnavailableError
from onlooker_shared.messages import ImageFailed, decode
from onlooker_shared.publisher import SIZE_LIMIT, Publisher
from onlooker_shared.telemetry.tracing import current_trace_id, span
from recognitions import an_image

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Topic:
    """Notes what is published, as SNS's client is told."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    async def publish(self, **arguments: Any) -> None:
        self.calls.append(arguments)


async def published(message: ImageFailed) -> tuple[ImageFailed, dict[str, Any]]:
    topic = Topic()
    await Publisher(topic, "arn:topic").publish(message)
    (call,) = topic.calls
    decoded = decode(call["Message"])
    assert isinstance(decoded, ImageFailed)
    return decoded, call


async def test_a_message_tells_subscriptions_its_type() -> None:
    _, call = await published(ImageFailed(image=an_image(), reason="torn"))
    assert call["TopicArn"] == "arn:topic"
    assert call["MessageAttributes"] == {"type": {"DataType": "String", "StringValue": "image.failed.v1"}}


async def test_a_message_continues_the_running_trace() -> None:
    with span("work"):
        message, _ = await published(ImageFailed(image=an_image(), reason="torn", traceparent=TRACEPARENT))
        assert (message.traceparent or "").split("-")[1] == current_trace_id()


async def test_outside_a_trace_a_message_keeps_its_own() -> None:
    message, _ = await published(ImageFailed(image=an_image(), reason="torn", traceparent=TRACEPARENT))
    assert message.traceparent == TRACEPARENT


async def test_many_messages_go_ten_at_a_time_and_no_batch_is_larger_than_sns_takes() -> None:
    batches: list[list[dict[str, Any]]] = []

    class Batching(Topic):
        async def publish_batch(self, **arguments: Any) -> dict[str, Any]:
            batches.append(arguments["PublishBatchRequestEntries"])
            return {"Successful": []}

    small = [ImageFailed(image=an_image(f"{number}.jpg"), reason="torn") for number in range(21)]
    large = [ImageFailed(image=an_image(f"{number}.jpg"), reason="x" * (SIZE_LIMIT // 3)) for number in range(4)]
    await Publisher(Batching(), "arn:topic").publish_all([*small, *large])

    told = [decode(entry["Message"]) for batch in batches for entry in batch]
    assert [each.image.key for each in told] == [each.image.key for each in (*small, *large)]
    assert all(len(batch) <= 10 and len({entry["Id"] for entry in batch}) == len(batch) for batch in batches)
    assert all(sum(len(entry["Message"]) for entry in batch) <= 262_144 for batch in batches)
    assert len(batches) == 4
    assert batches[0][0]["MessageAttributes"]["type"]["StringValue"] == "image.failed.v1"


async def test_a_message_of_many_that_sns_does_not_take_is_told_of() -> None:
    class Failing(Topic):
        async def publish_batch(self, **_: Any) -> dict[str, Any]:
            return {"Successful": [], "Failed": [{"Id": "1", "Code": "InternalError", "SenderFault": False}]}

    with pytest.raises(UnavailableError, match="InternalError"):
        await Publisher(Failing(), "arn:topic").publish_all([ImageFailed(image=an_image(), reason="torn")])


async def test_of_no_messages_nothing_is_published() -> None:
    await Publisher(Topic(), "arn:topic").publish_all([])
