"""What happens to a picture that arrived.

    is there a result? ── yes ──> publish it again (a crash may have come between store and publish)
          │ no
    get the object ── deleted, overwritten ──> done
          │
    prepare, ask Rekognition ── refused ──> store the failure, publish it, dead-letter queue
          │
    store the result, publish it

Every step may be repeated: the outputs lie under the picture's id, and who listens is idempotent. Four AWS calls a
picture besides Rekognition's own: look for the result (or they would be paid again), get, put, publish; a fifth where
Rekognition fetched the object itself: look whether it is still the same.
"""

import asyncio
from collections.abc import Callable, Collection
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import structlog
from botocore.exceptions import ClientError

from onlooker_recognizer import translation
from onlooker_recognizer.conversion import Frame
from onlooker_recognizer.errors import PictureGoneError, PictureRefusedError
from onlooker_recognizer.events import Arrivals
from onlooker_recognizer.metrics import PICTURES
from onlooker_recognizer.originals import Originals
from onlooker_recognizer.pictures import MIN_SIDE, Pictures, Prepared
from onlooker_recognizer.rekognition import Answers, Rekognition
from onlooker_shared.errors import NotFoundError, Reject
from onlooker_shared.images import ImageRef, order
from onlooker_shared.outages import Outages
from onlooker_shared.publisher import Publisher
from onlooker_shared.recognition import Feature, Missing
from onlooker_shared.results import Results, StoredFailure, StoredResult
from onlooker_shared.telemetry.tracing import current_traceparent, span

if TYPE_CHECKING:
    from types_aiobotocore_rekognition.type_defs import ImageTypeDef

log = structlog.stdlib.get_logger(__name__)

PADDED = Missing(
    feature="properties",
    reason=f"The picture has a side under {MIN_SIDE} pixels, and the grey around it that is sent would be counted.",
)


class Handler:
    """Recognizes pictures that arrived.

    Args:
        originals: where pictures are.
        pictures: looks into them.
        rekognition: recognizes them.
        features: what is looked for.
        results: where results go.
        publisher: tells of them.
        outages: the answer to AWS not answering.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        originals: Originals,
        pictures: Pictures,
        rekognition: Rekognition,
        features: Collection[Feature],
        results: Results,
        publisher: Publisher,
        outages: Outages,
        clock: Callable[[], datetime],
    ) -> None:
        self._originals = originals
        self._pictures = pictures
        self._rekognition = rekognition
        self._features = features
        self._results = results
        self._publisher = publisher
        self._outages = outages
        self._clock = clock
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def handle(self, arrivals: Arrivals) -> None:
        """Recognize every picture of a message.

        Raises:
            Reject: one of them can never be recognized; its failure is stored and published.
            RetryLater: something is away or too busy.
        """
        refused: list[str] = []
        for image in arrivals.images:
            lock = self._locks.setdefault(image.image_id, asyncio.Lock())
            async with lock:  # the same picture twice at once: the second finds the first one's result
                try:
                    with self._outages.weathered():
                        await self._recognize_once(image)
                except PictureGoneError as gone:
                    _note("gone", image, reason=str(gone))
                except PictureRefusedError as error:
                    refused.append(f"{error.reason} ({image.bucket}/{image.key})")
        if refused:
            raise Reject(" ".join(refused))

    async def _recognize_once(self, image: ImageRef) -> None:
        try:
            known = await self._results.get(image.image_id)
        except NotFoundError:
            await self._recognize(image)
        else:
            await self._repeat(known, image)

    async def _repeat(self, known: StoredResult, image: ImageRef) -> None:
        """Tell again what is known; of the same bytes put again under the same key, the newer upload is remembered."""
        with span("recognizer repeat", known.traceparent):
            if order(image.sequencer) > order(known.image.sequencer):
                known = known.model_copy(update={"image": image})
                await self._results.put(known)
            await self._publisher.publish(known.message(self._results.bucket))
            _note("repeated", image)

    async def _recognize(self, image: ImageRef) -> None:
        with ExitStack() as trace:
            try:
                original = await self._originals.fetch(image)
                trace.enter_context(span("recognizer recognize", original.traceparent))
                result = await self._result(image, original.data)
            except PictureRefusedError as refusal:
                await self._fail(image, refusal)
                raise
            await self._results.put(result)
            await self._publisher.publish(result.message(self._results.bucket))
            _note(
                "recognized",
                image,
                faces=len(result.recognition.faces),
                labels=len(result.recognition.labels),
                missing=[missing.feature for missing in result.recognition.missing],
            )

    async def _result(self, image: ImageRef, data: bytes) -> StoredResult:
        picture = await self._pictures.prepare(data)
        unfit = _unfit(picture, self._features)
        features = [feature for feature in self._features if feature not in {missing.feature for missing in unfit}]
        if picture.body is not None:
            answers = await self._rekognition.recognize({"Bytes": picture.body}, features)
        else:
            answers = await self._by_reference(image, features)
        return StoredResult(
            image=image,
            recognition=translation.recognition(
                picture,
                answers.by_operation,
                features=answers.features,
                missing=(*answers.denied, *unfit),
                recognized_at=self._clock(),
            ),
            rekognition=answers.by_operation,
            traceparent=current_traceparent(),
        )

    async def _by_reference(self, image: ImageRef, features: Collection[Feature]) -> Answers:
        """Have Rekognition fetch the object itself; what it says holds only if the object is still the same then."""
        try:
            answers = await self._rekognition.recognize(_reference(image), features)
        except (ClientError, PictureRefusedError):
            await self._originals.confirm(image)
            raise
        await self._originals.confirm(image)
        return answers

    async def _fail(self, image: ImageRef, refusal: PictureRefusedError) -> None:
        failure = StoredFailure(image=image, reason=refusal.reason, traceparent=current_traceparent())
        await self._results.put_failure(failure)
        await self._publisher.publish(failure.message())
        _note("refused", image, reason=refusal.reason)


def _unfit(picture: Prepared, features: Collection[Feature]) -> tuple[Missing, ...]:
    """Return the features that are not worth asking for, as what is sent is not all the picture's own."""
    return (PADDED,) if "properties" in features and picture.frame != Frame() else ()


def _reference(image: ImageRef) -> "ImageTypeDef":
    if image.version_id is not None:
        return {"S3Object": {"Bucket": image.bucket, "Name": image.key, "Version": image.version_id}}
    return {"S3Object": {"Bucket": image.bucket, "Name": image.key}}


def _note(outcome: str, image: ImageRef, **more: object) -> None:
    PICTURES.labels(outcome).inc()
    log.info("picture.handled", outcome=outcome, image_id=image.image_id, bucket=image.bucket, key=image.key, **more)
