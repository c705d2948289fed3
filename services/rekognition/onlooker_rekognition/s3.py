"""Pictures that lie in S3, read by one client for the life of the process.

Where S3 is comes from AWS's standard variables only (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, AWS_REGION, ...).
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aioboto3
from aiobotocore.config import AioConfig
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ParamValidationError

from onlooker_rekognition.protocol.errors import (
    ImageTooLargeError,
    InternalServerError,
    InvalidS3ObjectError,
)

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_UNAVAILABLE = (
    "Unable to get object metadata from S3. Check object key, region and/or access permissions."  # Amazon's words
)

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
        wanted: dict[str, Any] = {"Bucket": bucket, "Key": name}
        if version is not None:
            wanted["VersionId"] = version
        try:
            answer = await self._client.get_object(**wanted)
            async with answer["Body"] as body:
                if answer["ContentLength"] > limit:
                    raise ImageTooLargeError(
                        f"Image size is too large: {answer['ContentLength']} bytes, at most {limit} are accepted "
                        "from S3."
                    )
                return await body.read()
        except (ClientError, BotoCoreError, OSError, UnicodeEncodeError) as error:
            _log.warning("S3 gave no object: %s", error, extra={"bucket": bucket})
            if _is_refusal(error):
                raise InvalidS3ObjectError(_UNAVAILABLE) from error
            raise InternalServerError("S3 could not be reached to get the image. Try again.") from error


def _is_refusal(error: Exception) -> bool:
    """Whether S3 (or having no credentials for it) said no, so that asking again is of no use."""
    if isinstance(error, ClientError):
        return int(error.response["ResponseMetadata"]["HTTPStatusCode"]) < HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, (NoCredentialsError, ParamValidationError, UnicodeEncodeError))


@asynccontextmanager
async def open_s3(*, region: str) -> AsyncIterator[S3Objects]:
    """A client for the life of the process."""
    config = AioConfig(
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=32,
    )
    session = aioboto3.Session(region_name=region)
    async with session.client("s3", config=config) as client:
        yield S3Objects(client)
