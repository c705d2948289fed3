"""What the sweeps of several services share: going through the ids in a bucket, and sending on what is found."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from pydantic import ValidationError

from onlooker_shared.errors import NotFoundError
from onlooker_shared.messages import ImageAnnotated, ImageFailed, ImageRecognized
from onlooker_shared.objects import list_objects
from onlooker_shared.queue.sender import Sender

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

CHUNK = 100
"""Pictures that are looked up together: as many as DynamoDB reads in one call."""
EVER = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.stdlib.get_logger(__name__)


async def stored_ids(
    s3: "S3Client",
    bucket: str,
    prefix: str,
    *,
    until: datetime,
    since: datetime = EVER,
    seen: Callable[[str], object] = lambda _: None,
) -> AsyncIterator[list[str]]:
    """Yield the image ids of the objects under a prefix, a chunk at a time.

    Args:
        s3: the process's client.
        bucket: whose objects' keys are the prefix, an image id, and an extension.
        prefix: which of them.
        until: objects stored later than this are left out: what they lead to may merely be queued.
        since: objects stored before this are left out, too.
        seen: is told every id, of those that are left out, too.
    """
    chunk: list[str] = []
    async for entry in list_objects(s3, bucket, prefix):
        image_id = image_id_in(entry["Key"], prefix)
        seen(image_id)
        if since <= entry["LastModified"] <= until:
            chunk.append(image_id)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def image_id_in(key: str, prefix: str) -> str:
    """Return the image id in a key that is a prefix, an image id, and an extension."""
    return key.removeprefix(prefix).partition(".")[0]


async def send_on(
    sender: Sender, image_id: str, message: Awaitable[ImageRecognized | ImageFailed | ImageAnnotated]
) -> int:
    """Send what the objects of a picture say; return 1, or 0 if they are gone since they were listed, or damaged."""
    try:
        await sender.send(await message)
    except NotFoundError as error:
        log.info("sweep.gone", image_id=image_id, reason=error.detail)
        return 0
    except ValidationError as error:
        log.warning("sweep.unreadable", image_id=image_id, document=error.title, faults=error.error_count())
        return 0
    return 1
