"""One trace id follows a picture from who publishes to who consumes, through a real topic and queue."""

import asyncio
import uuid
from typing import Any

from structlog.testing import capture_logs

from consuming import PATIENCE, running
from onlooker_shared.aws import Aws
from onlooker_shared.messages import ImageFailed, decode
from onlooker_shared.provision import provision
from onlooker_shared.publisher import Publisher
from onlooker_shared.queue.consumer import Consumer
from onlooker_shared.telemetry.tracing import current_trace_id, span
from onlooker_shared.topology import topology
from recognitions import an_image


async def test_the_consumer_works_in_the_trace_of_the_publisher(aws: Aws) -> None:
    declared = topology(f"t{uuid.uuid4().hex[:12]}-")
    await provision(aws, declared)
    seen: asyncio.Queue[tuple[Any, str | None]] = asyncio.Queue()

    async def handle(message: Any) -> None:
        await seen.put((message, current_trace_id()))

    consumer = Consumer(
        sqs=await aws.client("sqs"),
        queue=declared.tagger,
        url=await aws.queue_url(declared.tagger.name),
        dead_letter_url=await aws.queue_url(declared.tagger.dead_letter),
        decode=decode,
        handle=handle,
    )
    publisher = Publisher(await aws.client("sns"), await aws.topic_arn(declared.image_recognized))
    sent = ImageFailed(image=an_image(), reason="torn")
    with capture_logs() as logged:
        async with running(consumer):
            with span("publish"):
                await publisher.publish(sent)
                published = current_trace_id()
            async with asyncio.timeout(PATIENCE):
                message, worked = await seen.get()
    assert worked == published
    assert message.id == sent.id
    received, done = [line for line in logged if line["event"] in {"message.received", "message.done"}]
    assert received["image_id"] == done["image_id"] == sent.image.image_id, "a picture is followed by its id, too"
    assert received["queue"] == declared.tagger.name
    assert received["waited_milliseconds"] >= 0
    assert done["milliseconds"] > 0
