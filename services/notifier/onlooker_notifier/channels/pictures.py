"""What was stored of the pictures that a message tells of: thumbnails for mails, whole results for machines."""

from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from onlooker_notifier.channels.mails import Picture
from onlooker_notifier.channels.message import Message
from onlooker_notifier.letters import name_of
from onlooker_shared.annotations import thumbnail_key
from onlooker_shared.errors import describe
from onlooker_shared.objects import is_missing

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

LARGEST = 1_000_000
"""Bytes of a picture in a mail; the annotator's thumbnails have some ten thousand."""
LOOKED_AT = 5
"""Pictures of a message that are looked at for one that is drawn already."""

log = structlog.stdlib.get_logger(__name__)


class Pictures:
    """The annotated bucket.

    Args:
        s3: the process's client.
        bucket: its name.
    """

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    async def first_of(self, message: Message) -> Picture | None:
        """Return the first picture of a message that is drawn already; None if none is, or S3 does not answer.

        A mail without a picture is better than none.
        """
        recognized = [notice for notice in message.notices if notice.event == "recognized"]
        try:
            for notice in recognized[:LOOKED_AT]:
                jpeg = await self._thumbnail(notice.image_id)
                if jpeg is not None:
                    return Picture(jpeg, name_of(notice))
        except (BotoCoreError, ClientError) as error:
            log.warning("mail.without_picture", error=describe(error))
        return None

    async def _thumbnail(self, image_id: str) -> bytes | None:
        try:
            answer = await self._s3.get_object(Bucket=self._bucket, Key=thumbnail_key(image_id))
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        async with answer["Body"] as body:
            return await body.read() if answer["ContentLength"] <= LARGEST else None
