"""Brings messages into the index."""

from collections.abc import Callable
from datetime import datetime

from onlooker_shared.annotations import Annotation
from onlooker_shared.errors import NotFoundError, Reject
from onlooker_shared.images import ImageRef
from onlooker_shared.messages import ImageAnnotated, ImageDeleted, ImageFailed, RecognitionMessage, SomeMessage
from onlooker_shared.outages import Outages
from onlooker_shared.results import Results
from onlooker_tagger import documents
from onlooker_tagger.documents import Deletion, Document
from onlooker_tagger.index import Index, RefusedError


class Handler:
    """Handles the tagger queue's messages. Every one of them may come twice, late, or in any order.

    Args:
        index: where the documents go.
        results: what was recognized, where it was too much for the message.
        outages: how long to rest while the index or AWS does not answer.
        clock: the time, UTC.
    """

    def __init__(self, index: Index, results: Results, outages: Outages, clock: Callable[[], datetime]) -> None:
        self._index = index
        self._results = results
        self._outages = outages
        self._clock = clock

    async def handle(self, message: SomeMessage) -> None:
        """Index what a message says; on disk when this returns.

        Raises:
            RetryLater: the index or AWS does not answer.
            Reject: the message points to a result that is gone, or says what the index cannot hold.
        """
        try:
            with self._outages.weathered():
                await self._index_message(message)
        except RefusedError as error:
            raise Reject(str(error)) from error
        except NotFoundError as error:
            raise Reject(f"The result that this message points to is gone: {error.detail}") from error

    async def _index_message(self, message: SomeMessage) -> None:
        match message:
            case RecognitionMessage(image=image):
                await self._put_recognized(image, message)
            case ImageFailed(image=image, reason=reason):
                await self._put(documents.failed(image, reason))
            case ImageAnnotated(image=image):
                await self._index.annotate(image.image_id, Annotation.announced(message))
            case ImageDeleted():
                await self._index.delete(
                    Deletion.model_validate(message.model_dump(include=set(Deletion.model_fields)))
                )

    async def _put(self, document: Document) -> None:
        await self._index.put(document.model_copy(update={"indexed_at": self._clock()}))

    async def _put_recognized(self, image: ImageRef, message: RecognitionMessage) -> None:
        try:
            recognition = await self._results.recognition_of(message)
        except NotFoundError:
            if await self._index.missing([image.image_id]):
                raise
            return  # it was deleted, or overwritten, before this message came
        await self._put(documents.recognized(image, recognition))
