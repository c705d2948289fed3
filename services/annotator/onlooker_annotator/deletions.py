"""Deletes what was made of pictures that are no more.

The recognizer deletes a picture's result before it tells of the deletion, and writes a new one if the same picture is
uploaded again. So what has no result is not to be there, and what has one stays: it does not matter in which
order the messages come, how often, or whose ids begin with the same digits.
"""

from typing import TYPE_CHECKING

import structlog

from onlooker_annotator.annotations import UNANNOTATED, Annotations
from onlooker_shared.annotations import ANNOTATED, PREVIEWS, SCREENS, THUMBNAILS
from onlooker_shared.images import object_prefix
from onlooker_shared.messages import ImageDeleted
from onlooker_shared.objects import list_objects
from onlooker_shared.results import Results
from onlooker_shared.sweeping import image_id_in

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

PREFIXES = (ANNOTATED, PREVIEWS, SCREENS, THUMBNAILS, UNANNOTATED)
"""Of everything that is stored of a picture."""

log = structlog.stdlib.get_logger(__name__)


class Deletions:
    """Deletes from the annotated bucket.

    Args:
        s3: the process's client.
        annotations: what was drawn.
        results: what was recognized.
    """

    def __init__(self, s3: "S3Client", annotations: Annotations, results: Results) -> None:
        self._s3 = s3
        self._annotations = annotations
        self._results = results

    async def delete(self, message: ImageDeleted) -> None:
        """Delete what was made of the pictures that a message is about."""
        for image_id in message.image_ids or await self._stored(object_prefix(message.bucket, message.key)):
            await self.delete_without_result(image_id)

    async def delete_without_result(self, image_id: str) -> bool:
        """Delete all that is stored of a picture if its result is gone; return whether it is."""
        if await self._results.exists(image_id):
            return False
        await self._annotations.delete(image_id)
        log.info("annotation.deleted", image_id=image_id)
        return True

    async def _stored(self, digits: str) -> set[str]:
        """Return the ids that begin with these digits and of which anything is stored."""
        return {
            image_id_in(entry["Key"], prefix)
            for prefix in PREFIXES
            async for entry in list_objects(self._s3, self._annotations.bucket, prefix + digits)
        }
