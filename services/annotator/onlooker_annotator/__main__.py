"""Composes the annotator, and runs it alone: ``python -m onlooker_annotator``."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from onlooker_annotator import pictures
from onlooker_annotator.annotations import Annotations
from onlooker_annotator.deletions import Deletions
from onlooker_annotator.downloads import Downloads
from onlooker_annotator.handlers import Annotator, decode_event
from onlooker_annotator.links import Presigner
from onlooker_annotator.originals import Originals
from onlooker_annotator.renditions import annotate
from onlooker_annotator.routes import router
from onlooker_annotator.settings import AnnotatorSettings
from onlooker_annotator.sweep import Sweeper
from onlooker_shared.aws import Aws
from onlooker_shared.outages import Outages
from onlooker_shared.publisher import Publisher
from onlooker_shared.queue.consumer import Consumer
from onlooker_shared.queue.sender import Sender
from onlooker_shared.results import Results
from onlooker_shared.run import run_service
from onlooker_shared.service import Service
from onlooker_shared.settings import CommonSettings

NAME = "annotator"


@asynccontextmanager
async def compose(aws: Aws, common: CommonSettings) -> AsyncIterator[Service]:
    """Yield the annotator."""
    settings, names = AnnotatorSettings(), common.topology
    s3, sqs = await aws.client("s3"), await aws.client("sqs")
    results, annotations = Results(s3, names.results.name), Annotations(s3, names.annotated.name)
    deletions = Deletions(s3, annotations, results)
    queue_url = await aws.queue_url(names.annotator.name)
    presigner = Presigner(await aws.presigner(), settings.link_lifetime)
    downloads = Downloads(s3, annotations.bucket, settings.max_downloads)
    pictures.set_up_pillow()
    with ThreadPoolExecutor(settings.threads, thread_name_prefix=NAME) as threads:
        annotator = Annotator(
            originals=Originals(s3, max_bytes=settings.max_bytes),
            results=results,
            annotations=annotations,
            deletions=deletions,
            publisher=Publisher(await aws.client("sns"), await aws.topic_arn(names.image_annotated)),
            draw=partial(annotate, limits=settings.limits),
            executor=threads,
            outages=Outages(),
        )
        consumer = Consumer(
            sqs=sqs,
            queue=names.annotator,
            url=queue_url,
            dead_letter_url=await aws.queue_url(names.annotator.dead_letter),
            decode=decode_event,
            handle=annotator.handle,
            concurrency=settings.concurrency,
            grace=common.shutdown_grace,
        )
        sweeper = Sweeper(
            s3=s3,
            results=results,
            annotated=annotations.bucket,
            deletions=deletions,
            sender=Sender(sqs, queue_url),
            clock=_now,
        )

        async def check_s3() -> None:
            await s3.head_bucket(Bucket=annotations.bucket)

        async def check_sqs() -> None:
            await sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])

        yield Service(
            name=NAME,
            routers=[router(annotations, results, presigner, downloads)],
            workers=[consumer],
            checks={"s3": check_s3, "sqs": check_sqs},
            sweep=sweeper.sweep,
            queues={"annotator": consumer.operated},
        )


def main() -> None:
    """Run the annotator until it is told to stop."""
    run_service(NAME, compose, AnnotatorSettings)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
