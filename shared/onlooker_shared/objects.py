"""Small pieces of S3 that several services use."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from onlooker_shared.images import ImageRef

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import ObjectTypeDef

MISSING = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound"})
"""Codes by which S3 says that an object is not there (HEAD has no body, hence the bare number)."""
CONFLICT = "ConditionalRequestConflict"
"""The code by which S3 says that the object was deleted while a write with a condition was under way."""
ANY = "*"
"""What stands for any ETag in a condition."""


def is_missing(error: ClientError) -> bool:
    """Whether S3's error means that the object does not exist."""
    return error.response.get("Error", {}).get("Code") in MISSING


def version_of(image: ImageRef) -> dict[str, Any]:
    """Return the arguments of GetObject and HeadObject that name exactly this picture.

    By its version id, or by its ETag as a condition: another picture under the same key is never taken for it.
    """
    named = {"Bucket": image.bucket, "Key": image.key}
    if image.version_id is not None:
        return {**named, "VersionId": image.version_id}
    return {**named, "IfMatch": f'"{image.etag}"'}


def how_gone(error: ClientError) -> Literal["deleted", "overwritten"] | None:
    """Return why S3 does not have the picture that `version_of` names; None if the error means something else."""
    if is_missing(error):
        return "deleted"
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return "overwritten" if status == HTTPStatus.PRECONDITION_FAILED else None


def is_overtaken(error: ClientError) -> bool:
    """Whether S3's error means that a condition of a write does not hold, or that another write was in its way."""
    return how_gone(error) is not None or error.response.get("Error", {}).get("Code") == CONFLICT


async def delete_if(s3: "S3Client", bucket: str, key: str, etag: str) -> None:
    """Delete an object if it is there with this ETag (or `ANY`); S3 looks and deletes in one.

    An S3 that cannot (LocalStack) is asked for one after the other: who writes in between loses what was written.

    Raises:
        botocore.exceptions.ClientError: nothing was deleted; `how_gone` says whether because of the condition.
    """
    try:
        await s3.delete_object(Bucket=bucket, Key=key, IfMatch=etag)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "NotImplemented":
            raise
        condition: dict[str, Any] = {} if etag == ANY else {"IfMatch": etag}
        await s3.head_object(Bucket=bucket, Key=key, **condition)
        await s3.delete_object(Bucket=bucket, Key=key)


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
