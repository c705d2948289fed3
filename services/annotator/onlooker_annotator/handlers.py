"""What is done with a recognized picture: read, drawn, stored, announced."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

import structlog

from onlooker_annotator.annotations import Annotations
from onlooker_annotator.metrics import DRAWING_SECONDS
from onlooker_annotator.originals import OriginalGoneError, Originals
from onlooker_annotator.pictures import UnreadablePictureError
from onlooker_annotator.renditions import Renditions
from onlooker_shared.annotations import Annotation
from onlooker_shared.errors import NotFoundError, Reject
from onlooker_shared.messages import ImageAnnotated, ImageRecognized, decode
from onlooker_shared.outages import Outages
from onlooker_shared.publisher import Publisher
from onlooker_shared.recognition import Recognition
from onlooker_shared.results import Results

Draw = Callable[[bytes, Recognition], Renditions]
"""Makes the two pictures of an original's bytes, or raises UnreadablePictureError."""

log = structlog.stdlib.get_logger(__name__)


def decode_recognized(body: str) -> ImageRecognized:
    """Return the message in a body of the annotator's queue.

    Raises:
        pydantic.ValidationError: it is no message of Onlooker.
        Reject: it is a message that is not for the annotator.
    """
    message = decode(body)
    if not isinstance(message, ImageRecognized):
        raise Reject(f"The annotator takes image.recognized.v1, not {message.type}.")
    return message


class Annotator:
    """Annotates recognized pictures, each once, however often it is asked.

    Args:
        originals: the pictures.
        results: what was recognized in them, where it was too much for the message.
        annotations: where to store what is drawn.
        publisher: tells the others.
        draw: does the CPU's work.
        executor: where it does that work: off the event loop, and not more at a time than there are cores for.
        outages: the answer to AWS not answering.
    """

    def __init__(
        self,
        *,
        originals: Originals,
        results: Results,
        annotations: Annotations,
        publisher: Publisher,
        draw: Draw,
        executor: Executor,
        outages: Outages,
    ) -> None:
        self._originals = originals
        self._results = results
        self._annotations = annotations
        self._publisher = publisher
        self._draw = draw
        self._executor = executor
        self._outages = outages

    async def annotate(self, message: ImageRecognized) -> None:
        """Handle one message.

        A picture that was annotated before is only announced again: the announcement may be what was lost.

        Raises:
            Reject: the picture can not be annotated, ever. The reason is noted in the bucket, too.
            RetryLater: S3 or SNS does not answer.
        """
        with self._outages.weathered():
            await self._annotate_once(message)

    async def _annotate_once(self, message: ImageRecognized) -> None:
        image_id = message.image.image_id
        annotation = await self._annotations.find(image_id)
        if annotation is None:
            try:
                annotation = await self._annotate(message)
            except (OriginalGoneError, Reject) as error:
                await self._annotations.store_reason(image_id, str(error))
                if isinstance(error, Reject):
                    raise
                log.info("picture.gone", image_id=image_id, reason=str(error))
                return
        await self._publisher.publish(
            ImageAnnotated(image=message.image, annotated=annotation.annotated, thumbnail=annotation.thumbnail)
        )

    async def _annotate(self, message: ImageRecognized) -> Annotation:
        data, recognition = await asyncio.gather(self._originals.read(message.image), self._recognition(message))
        try:
            with DRAWING_SECONDS.time():
                renditions = await asyncio.get_running_loop().run_in_executor(
                    self._executor, self._draw, data, recognition
                )
        except UnreadablePictureError as error:
            raise Reject(str(error)) from error
        return await self._annotations.store(message.image.image_id, renditions)

    async def _recognition(self, message: ImageRecognized) -> Recognition:
        try:
            return await self._results.recognition_of(message)
        except NotFoundError as error:
            raise Reject(f"The result that the message points to is gone: {message.result.key}") from error
