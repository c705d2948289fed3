"""Publishing carries the trace and the type."""

from typing import Any

from onlooker_shared.messages import ImageFailed, decode
from onlooker_shared.publisher import Publisher
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
