"""Composes the tagger, and runs it alone: ``python -m onlooker_tagger``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from onlooker_shared.aws import Aws
from onlooker_shared.messages import decode
from onlooker_shared.outages import Outages
from onlooker_shared.queue.consumer import Consumer
from onlooker_shared.queue.sender import Sender
from onlooker_shared.results import Results
from onlooker_shared.run import run_service
from onlooker_shared.service import Service
from onlooker_shared.settings import CommonSettings
from onlooker_tagger.handlers import Handler
from onlooker_tagger.routes import router
from onlooker_tagger.settings import TaggerSettings
from onlooker_tagger.stores import open_store
from onlooker_tagger.sweep import Sweeper


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@asynccontextmanager
async def compose(aws: Aws, common: CommonSettings) -> AsyncIterator[Service]:
    """Open the index and connect it to its queue and routes."""
    settings, topology = TaggerSettings(), common.topology
    s3, sqs = await aws.client("s3"), await aws.client("sqs")
    results = Results(s3, topology.results.name)
    url = await aws.queue_url(topology.tagger.name)
    async with open_store(settings) as store:
        index = store.index
        consumer = Consumer(
            sqs=sqs,
            queue=topology.tagger,
            url=url,
            dead_letter_url=await aws.queue_url(topology.tagger.dead_letter),
            decode=decode,
            handle=Handler(index, results, Outages(), utc_now).handle,
            concurrency=settings.concurrency,
            grace=common.shutdown_grace,
        )
        sweeper = Sweeper(
            s3=s3,
            results=results,
            annotated_bucket=topology.annotated.name,
            index=index,
            sender=Sender(sqs, url),
            clock=utc_now,
        )
        yield Service(
            name="tagger",
            routers=[router(index)],
            workers=[consumer, store.follower] if store.follower else [consumer],
            checks={"index": index.ping},
            sweep=sweeper.sweep,
            queues={"tagger": consumer.operated},
        )


def main() -> None:
    """Run the tagger until it is told to stop."""
    run_service("tagger", compose, TaggerSettings)


if __name__ == "__main__":
    main()
