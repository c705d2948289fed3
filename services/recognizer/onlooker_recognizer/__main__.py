"""Composes the recognizer, and runs it alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from onlooker_recognizer import events
from onlooker_recognizer.calls import Calls
from onlooker_recognizer.costs.composing import compose_costs
from onlooker_recognizer.deletions import Deletions
from onlooker_recognizer.handlers import Handler
from onlooker_recognizer.originals import Originals
from onlooker_recognizer.people.basis import Basis
from onlooker_recognizer.people.collection.collection import (
    ABOUT_PICTURES,
    INDEX_FACES,
    SEARCH_BY_FACE,
    SEARCH_FACES,
    SEARCH_USERS,
)
from onlooker_recognizer.people.collection.detecting import Detecting
from onlooker_recognizer.people.composing import collection_name, compose_people
from onlooker_recognizer.people.service import serve_people
from onlooker_recognizer.permissions import Permissions
from onlooker_recognizer.pictures import Pictures
from onlooker_recognizer.questions import (
    DETECT_FACES,
    DETECT_LABELS,
    DETECT_MODERATION_LABELS,
    DETECT_TEXT,
    Questions,
)
from onlooker_recognizer.rates import Pace
from onlooker_recognizer.recognizing import Recognizing
from onlooker_recognizer.rekognition import Rekognition
from onlooker_recognizer.request_routes import requests_router
from onlooker_recognizer.routes import router
from onlooker_recognizer.settings import RecognizerSettings
from onlooker_recognizer.sweep import Sweeper
from onlooker_shared.aws import Aws
from onlooker_shared.outages import Outages
from onlooker_shared.publisher import Publisher
from onlooker_shared.queue.consumer import Consumer
from onlooker_shared.results import Results
from onlooker_shared.run import run_service
from onlooker_shared.service import Service, Swept
from onlooker_shared.settings import CommonSettings


@asynccontextmanager
async def compose(aws: Aws, common: CommonSettings) -> AsyncIterator[Service]:
    """Yield the recognizer."""
    settings = RecognizerSettings()
    names = common.topology
    s3, sqs, dynamodb = await aws.client("s3"), await aws.client("sqs"), await aws.client("dynamodb")
    client = await aws.client("rekognition")
    questions = _questions(settings)
    collection = collection_name(settings, common.prefix)
    permissions = Permissions(client, _operations(settings, questions, collection))
    results = Results(s3, names.results.name)
    originals = Originals(s3, max_bytes=settings.max_bytes)
    publisher = Publisher(await aws.client("sns"), await aws.topic_arn(names.image_recognized))
    queue_url = await aws.queue_url(names.recognizer_images.name)
    costs = await compose_costs(settings, names.costs.name, dynamodb=dynamodb, sqs=sqs, queue_url=queue_url, clock=_now)
    calls = Calls(client, paces=_paces(settings), count=costs.meter.count)
    with Pictures(
        max_pixels=settings.max_pixels, inline_bytes=settings.inline_bytes, threads=settings.decode_threads
    ) as pictures:
        people = compose_people(
            settings,
            names,
            collection=collection,
            s3=s3,
            dynamodb=dynamodb,
            calls=calls,
            permissions=permissions,
            pictures=pictures,
            results=results,
            clock=_now,
        )
        rekognition = Rekognition(calls, questions=questions, permissions=permissions)
        deletions = Deletions(s3, names.results.name, publisher, people.recording, costs.ledger)
        handler = Handler(
            originals=originals,
            recognizing=Recognizing(
                originals=originals,
                pictures=pictures,
                rekognition=rekognition,
                features=settings.features,
                identifying=people.identifying,
                clock=_now,
            ),
            holding=costs.holding,
            results=results,
            recording=people.recording,
            deletions=deletions,
            publisher=publisher,
            outages=Outages(),
            clock=_now,
        )
        consumer = Consumer(
            sqs=sqs,
            queue=names.recognizer_images,
            url=queue_url,
            dead_letter_url=await aws.queue_url(names.recognizer_images.dead_letter),
            decode=events.decode,
            handle=handler.handle,
            concurrency=settings.concurrency,
            grace=common.shutdown_grace,
        )
        about_people = serve_people(
            Basis(
                settings=settings,
                names=names,
                s3=s3,
                sqs=sqs,
                dynamodb=dynamodb,
                queue_url=await aws.queue_url(names.recognizer_people.name),
                originals=originals,
                results=results,
                publisher=publisher,
                clock=_now,
            ),
            people,
            detecting=Detecting(pictures, calls),
            saving=costs.holding.saves,
            dead_letter_url=await aws.queue_url(names.recognizer_people.dead_letter),
            grace=common.shutdown_grace,
        )
        sweeper = Sweeper(
            s3=s3,
            sqs=sqs,
            images=names.images.name,
            results=names.results.name,
            deletions=deletions,
            queue_url=queue_url,
            clock=_now,
        )

        async def sweep(older_than: timedelta) -> Swept:
            swept = await sweeper.sweep(older_than) + await about_people.sweep(older_than)
            await people.restoring.mend()
            return swept

        async def check_s3() -> None:
            await s3.head_bucket(Bucket=names.results.name)

        async def check_sqs() -> None:
            await sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])

        async def check_rekognition() -> None:
            await client.list_collections(MaxResults=1)  # costs nothing

        service = Service(
            name="recognizer",
            routers=[
                costs.router,
                router(s3, results, people.candidates.as_of_now),
                requests_router(results, originals, sqs, queue_url),
                *about_people.routers,
            ],
            workers=[consumer, about_people.consumer, *about_people.timers, costs.meter, costs.holding],
            checks={
                "s3": check_s3,
                "sqs": check_sqs,
                "rekognition": check_rekognition,
                "features": permissions.check,
            },
            sweep=sweep,
            queues={"recognizer": consumer.operated, "recognizer-people": about_people.consumer.operated},
        )
        try:
            yield service
        finally:
            await costs.meter.write()  # the workers have ended, be it by an error, and count no more


def _questions(settings: RecognizerSettings) -> Questions:
    return Questions(
        max_labels=settings.max_labels,
        min_confidence=settings.min_confidence,
    )


def _operations(settings: RecognizerSettings, questions: Questions, collection: str) -> dict[str, dict[str, str]]:
    """Return the operations that are wanted, with what each needs to be asked besides a picture."""
    wanted: dict[str, dict[str, str]] = {question.operation: {} for question in questions.about(settings.features)}
    if "people" in settings.features:
        wanted |= {operation: {"CollectionId": collection} for operation in ABOUT_PICTURES}
    return wanted


def _paces(settings: RecognizerSettings) -> dict[str, Pace]:
    return {
        DETECT_FACES: Pace(settings.detect_faces_rate),
        DETECT_LABELS: Pace(settings.detect_labels_rate),
        DETECT_TEXT: Pace(settings.detect_text_rate),
        DETECT_MODERATION_LABELS: Pace(settings.detect_moderation_labels_rate),
        SEARCH_FACES: Pace(settings.search_rate),
        SEARCH_USERS: Pace(settings.search_rate),
        INDEX_FACES: Pace(settings.index_rate),
        SEARCH_BY_FACE: Pace(settings.suggest_rate),
    }


def main() -> None:
    """Run the recognizer until it is told to stop."""
    run_service("recognizer", compose, RecognizerSettings)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
