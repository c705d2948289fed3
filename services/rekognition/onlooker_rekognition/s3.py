"""Pictures and videos that lie in S3, read by one client for the life of the process.

Where S3 is comes from AWS's standard variables only (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, AWS_REGION, ...).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aioboto3
from aiobotocore.config import AioConfig

from onlooker_rekognition.clouds import CALL_ERRORS, is_refusal, making_client
from onlooker_rekognition.protocol.errors import (
    ImageTooLargeError,
    InternalServerError,
    InvalidS3ObjectError,
)
from onlooker_rekognition.video.source import check_video_size

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_UNAVAILABLE = (
    "Unable to get object metadata from S3. Check object key, region and/or access permissions."  # Amazon's words
)

_PART_BYTES = 1024 * 1024

_log = logging.getLogger(__name__)


class S3Objects:
    """Objects of S3, by an open client."""

    def __init__(self, client: S3Client) -> None:
        self._client = client

    async def fetch(self, bucket: str, name: str, version: str | None, *, limit: int) -> bytes:
        """The object's bytes.

        Raises InvalidS3ObjectError when S3 refuses it, ImageTooLargeError when it is larger than `limit` (said by
        its length, before its bytes are read), InternalServerError when S3 does not answer: then a retry may help.
        """
        with _translated(bucket):
            answer = await self._client.get_object(**_wanted(bucket, name, version))
            async with answer["Body"] as body:
                if answer["ContentLength"] > limit:
                    raise ImageTooLargeError(
                        f"Image size is too large: {answer['ContentLength']} bytes, at most {limit} are accepted "
                        "from S3."
                    )
                return await body.read()

    async def size(self, bucket: str, name: str, version: str | None) -> int:
        """The object's length in bytes. Raises InvalidS3ObjectError and InternalServerError as `fetch` does."""
        with _translated(bucket):
            answer = await self._client.head_object(**_wanted(bucket, name, version))
            return answer["ContentLength"]

    async def download(self, bucket: str, name: str, version: str | None, target: Path, *, limit: int) -> None:
        """Write the object to a file, part by part.

        Raises as `size` does, VideoTooLargeError when it is larger than `limit` (said by its length, before its bytes
        are read), and OSError when the disk is full.
        """
        with target.open("wb") as file:
            async with aclosing(self._parts(bucket, name, version, limit)) as parts:
                async for part in parts:
                    await asyncio.to_thread(file.write, part)

    async def _parts(self, bucket: str, name: str, version: str | None, limit: int) -> AsyncGenerator[bytes, None]:
        with _translated(bucket):
            answer = await self._client.get_object(**_wanted(bucket, name, version))
            check_video_size(answer["ContentLength"], limit)
            body = answer["Body"]  # entering it gives the bare HTTP response, without iter_chunks
            async with body:
                async for part in body.iter_chunks(_PART_BYTES):
                    yield part


def _wanted(bucket: str, name: str, version: str | None) -> dict[str, Any]:
    wanted = {"Bucket": bucket, "Key": name}
    return wanted if version is None else {**wanted, "VersionId": version}


@contextmanager
def _translated(bucket: str) -> Iterator[None]:
    """S3's errors in Rekognition's words."""
    try:
        yield
    except CALL_ERRORS as error:
        _log.warning("S3 gave no object: %s", error, extra={"bucket": bucket})
        if is_refusal(error):
            raise InvalidS3ObjectError(_UNAVAILABLE) from error
        raise InternalServerError("S3 could not be reached to get the object. Try again.") from error


@asynccontextmanager
async def open_s3(*, region: str) -> AsyncIterator[S3Objects]:
    """A client for the life of the process. Raises CloudError."""
    config = AioConfig(
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=32,
    )
    async with AsyncExitStack() as stack:
        with making_client():
            session = aioboto3.Session(region_name=region)
            client = await stack.enter_async_context(session.client("s3", config=config))
        yield S3Objects(client)
