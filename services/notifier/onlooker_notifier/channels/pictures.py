"""What was stored of the pictures that a message tells of: thumbnails for mails, whole results for machines."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from onlooker_notifier.channels.mails import Picture
from onlooker_notifier.channels.message import Message
from onlooker_notifier.letters.letters import name_of
from onlooker_notifier.notices import Notice
from onlooker_shared.annotations import thumbnail_key
from onlooker_shared.errors import describe
from onlooker_shared.objects import is_missing

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

LARGEST = 1_000_000
"""Bytes of a picture in a mail; the annotator's thumbnails have some ten thousand."""
LOOKED_AT = 5
"""Pictures of a message that are looked at for one that is drawn already."""
LOOK_AGAIN = 0.1
"""Seconds between two looks."""

log = structlog.stdlib.get_logger(__name__)


class Pictures:
    """The annotated bucket.

    Args:
        s3: the process's client.
        bucket: its name.
        wait: seconds that a message waits for one of its pictures to be drawn.
    """

    def __init__(self, s3: "S3Client", bucket: str, *, wait: float = 0.0) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._wait = wait

    async def first_of(self, message: Message) -> Picture | None:
        """Return the first picture of a message that is drawn; None if none is in time, or S3 does not answer.

        A picture is told of and drawn at the same time, so a mail waits a little; but one without a picture is better
        than none.
        """
        recognized = [notice for notice in message.notices if notice.event == "recognized"]
        if message.test or not recognized:
            return None
        try:
            for look in range(1 + round(self._wait / LOOK_AGAIN)):
                if look > 0:
                    await asyncio.sleep(LOOK_AGAIN)
                found = await self._drawn(recognized[:LOOKED_AT])
                if found is not None:
                    return found
        except (BotoCoreError, ClientError) as error:
            log.warning("mail.without_picture", error=describe(error))
        return None

    async def _drawn(self, notices: Sequence[Notice]) -> Picture | None:
        for notice in notices:
            jpeg = await self._thumbnail(notice.image_id)
            if jpeg is not None:
                return Picture(jpeg, name_of(notice))
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
