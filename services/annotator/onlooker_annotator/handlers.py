"""What is done with a recognized picture: read, drawn, stored, announced. And with a deleted one: forgotten.

Two messages about one picture, of which the later says who is in it, may be in work at once. The thumbnail is stored
last, and only over the one that was there before: who finds another one draws what holds now, so that this stands in
the end, whoever was quicker.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

import structlog

from onlooker_annotator.annotations import Annotations
from onlooker_annotator.deletions import Deletions
from onlooker_annotator.metrics import DRAWING_SECONDS
from onlooker_annotator.originals import OriginalGoneError, Originals
from onlooker_annotator.pictures import UnreadablePictureError
from onlooker_annotator.renditions import Renditions
from onlooker_shared.annotations import Annotation, Drawn
from onlooker_shared.errors import NotFoundError, Reject
from onlooker_shared.images import ImageRef
from onlooker_shared.messages import ImageDeleted, RecognitionMessage, decode
from onlooker_shared.objects import ANY
from onlooker_shared.outages import Outages
from onlooker_shared.publisher import Publisher
from onlooker_shared.recognition import Recognition
from onlooker_shared.results import Results

Draw = Callable[[bytes, Recognition], Renditions]
"""Makes the pictures that are stored of an original's bytes, or raises UnreadablePictureError."""

log = structlog.stdlib.get_logger(__name__)


def decode_event(body: str) -> RecognitionMessage | ImageDeleted:
    """Return the message in a body of the annotator's queue.

    Raises:
        pydantic.ValidationError: it is no message of Onlooker.
        Reject: it is a message that is not for the annotator.
    """
    message = decode(body)
    if not isinstance(message, RecognitionMessage | ImageDeleted):
        raise Reject(
            f"The annotator takes image.recognized.v1, image.identified.v1 and image.deleted.v1, not {message.type}."
        )
    return message


class Annotator:
    """Annotates recognized pictures, each once, however often it is asked.

    Args:
        originals: the pictures.
        results: what was recognized in them, where it was too much for the message.
        annotations: where to store what is drawn.
        deletions: deletes what was drawn of pictures that are no more.
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
        deletions: Deletions,
        publisher: Publisher,
        draw: Draw,
        executor: Executor,
        outages: Outages,
    ) -> None:
        self._originals = originals
        self._results = results
        self._annotations = annotations
        self._deletions = deletions
        self._publisher = publisher
        self._draw = draw
        self._executor = executor
        self._outages = outages

    async def handle(self, message: RecognitionMessage | ImageDeleted) -> None:
        """Handle one message.

        A picture that was annotated before is only announced again: the announcement may be what was lost. It is drawn
        anew if it was recognized or who is in it was settled anew meanwhile, or if a part of what was drawn is gone.

        Raises:
            Reject: the picture can not be annotated, ever. The reason is noted in the bucket, too.
            RetryLater: S3 or SNS does not answer.
        """
        with self._outages.weathered():
            match message:
                case RecognitionMessage():
                    await self._annotate_once(message)
                case ImageDeleted():
                    await self._deletions.delete(message)

    async def _annotate_once(self, message: RecognitionMessage) -> None:
        image_id = message.image.image_id
        try:
            recognition = await self._results.recognition_of(message)
        except NotFoundError:
            log.info("picture.gone", image_id=image_id, reason="Its result was deleted before it was annotated.")
            return
        drawn = await self._annotations.find(image_id)
        if drawn is not None and _is_of(drawn, recognition) and await self._annotations.is_whole(image_id):
            annotation: Annotation | None = drawn.annotation
        else:
            annotation = await self._annotate(message.image, recognition, drawn)
        if annotation is not None:
            await self._publisher.publish(annotation.message(message.image))

    async def _annotate(self, image: ImageRef, recognition: Recognition, before: Drawn | None) -> Annotation | None:
        """Draw and store a picture, or why it can not be; return None if there is nothing to announce."""
        rejected: Reject | None = None
        annotation: Annotation | None = None
        try:
            annotation = await self._store_drawn(image, recognition, before)
        except OriginalGoneError as error:
            await self._annotations.store_reason(image.image_id, str(error))
            log.info("picture.gone", image_id=image.image_id, reason=str(error))
        except Reject as error:
            await self._annotations.store_reason(image.image_id, str(error))
            rejected = error
        if await self._deletions.delete_without_result(image.image_id):
            return None  # it was deleted meanwhile: the message about that may have come before this was stored
        if rejected is not None:
            raise rejected
        return annotation

    async def _store_drawn(self, image: ImageRef, recognition: Recognition, before: Drawn | None) -> Annotation | None:
        """Draw and store a picture, over what was there before; return None if it was deleted meanwhile."""
        data = await self._originals.read(image)
        replacing = before and before.etag
        while True:
            renditions = await self._drawn(data, recognition)
            stored = await self._annotations.store(image.image_id, renditions, recognition.as_of, replacing=replacing)
            if stored is not None:
                return stored
            found = await self._annotations.find(image.image_id)
            if found is not None and found.as_of == recognition.as_of:
                return found.annotation  # of the same message, delivered twice
            try:
                recognition = (await self._results.get(image.image_id)).recognition
            except NotFoundError:
                return None
            replacing = found.etag if found else ANY  # of what is no thumbnail of ours, no ETag is known

    async def _drawn(self, data: bytes, recognition: Recognition) -> Renditions:
        try:
            with DRAWING_SECONDS.time():
                return await asyncio.get_running_loop().run_in_executor(self._executor, self._draw, data, recognition)
        except UnreadablePictureError as error:
            raise Reject(str(error)) from error


def _is_of(drawn: Drawn, recognition: Recognition) -> bool:
    """Whether all that is drawn today was, and of this recognition or a later one."""
    complete = drawn.annotation.preview is not None and drawn.annotation.screen is not None
    return complete and drawn.as_of is not None and drawn.as_of >= recognition.as_of
