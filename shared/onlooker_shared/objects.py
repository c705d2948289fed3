"""Small pieces of S3 that several services use."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import ObjectTypeDef

MISSING = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound"})
"""Codes by which S3 says that an object is not there (HEAD has no body, hence the bare number)."""


def is_missing(error: ClientError) -> bool:
    """Whether S3's error means that the object does not exist."""
    return error.response.get("Error", {}).get("Code") in MISSING


async def list_objects(s3: "S3Client", bucket: str, prefix: str = "") -> "AsyncIterator[ObjectTypeDef]":
    """Yield every object under a prefix, in the order of their keys' UTF-8 bytes, page by page."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    async for page in pages:
        for entry in page.get("Contents", []):
            yield entry


async def exists(s3: "S3Client", bucket: str, key: str) -> bool:
    """Whether an object is there."""
    try:
        await s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True
