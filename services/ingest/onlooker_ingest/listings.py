"""Lists of buckets and objects: as JSON, or as S3's XML for programs that know S3.

XML by the Amazon S3 API reference, ListBuckets and ListObjectsV2.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from pydantic import BaseModel

from onlooker_ingest.addresses import ObjectAddress
from onlooker_ingest.s3 import translated
from onlooker_shared import cursor
from onlooker_shared.errors import BadRequestError

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

XML_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


class BucketEntry(BaseModel):
    """A bucket that the caller may touch."""

    name: str
    writable: bool


class BucketList(BaseModel):
    """All of them."""

    buckets: list[BucketEntry]


class ObjectEntry(BaseModel):
    """An object in a list."""

    key: str
    size: int
    etag: str
    last_modified: datetime


class ObjectList(BaseModel):
    """One page of a bucket's objects, in the order of their keys' UTF-8 bytes."""

    bucket: str
    prefix: str
    delimiter: str
    limit: int
    objects: list[ObjectEntry]
    prefixes: list[str]
    """With a delimiter: what the keys that have it after the prefix begin with."""
    cursor: str | None
    """For the next page; None on the last."""


async def list_objects(
    s3: "S3Client", bucket: str, *, prefix: str, delimiter: str, limit: int, after: str | None
) -> ObjectList:
    """Return a page of objects.

    Raises:
        BadRequestError: the cursor `after` is not one of this very list.
        UnavailableError: S3 does not answer.
    """
    query: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix, "MaxKeys": limit}
    if delimiter:
        query["Delimiter"] = delimiter
    which = [bucket, prefix, delimiter]
    if after is not None:
        query["ContinuationToken"] = _token(after, which)
    with translated(ObjectAddress(bucket, prefix)):
        page = await s3.list_objects_v2(**query)
    token = page.get("NextContinuationToken")
    return ObjectList(
        bucket=bucket,
        prefix=prefix,
        delimiter=delimiter,
        limit=limit,
        objects=[
            ObjectEntry(
                key=entry["Key"], size=entry["Size"], etag=entry["ETag"].strip('"'), last_modified=entry["LastModified"]
            )
            for entry in page.get("Contents", [])
        ],
        prefixes=[entry["Prefix"] for entry in page.get("CommonPrefixes", [])],
        cursor=cursor.encode({"token": token, "of": which}) if token else None,
    )


def buckets_xml(names: Sequence[str]) -> bytes:
    """Return S3's ListAllMyBucketsResult."""
    root = ET.Element("ListAllMyBucketsResult", xmlns=XML_NAMESPACE)
    buckets = ET.SubElement(root, "Buckets")
    for name in names:
        _texts(ET.SubElement(buckets, "Bucket"), Name=name)
    return _document(root)


def objects_xml(page: ObjectList) -> bytes:
    """Return S3's ListBucketResult (version 2). Keys are URL-encoded, and said to be: XML cannot hold every key."""
    root = ET.Element("ListBucketResult", xmlns=XML_NAMESPACE)
    _texts(
        root,
        Name=page.bucket,
        Prefix=_encoded(page.prefix),
        Delimiter=_encoded(page.delimiter),
        EncodingType="url",
        KeyCount=str(len(page.objects) + len(page.prefixes)),
        MaxKeys=str(page.limit),
        IsTruncated="true" if page.cursor else "false",
        NextContinuationToken=page.cursor or "",
    )
    for entry in page.objects:
        _texts(
            ET.SubElement(root, "Contents"),
            Key=_encoded(entry.key),
            LastModified=entry.last_modified.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            ETag=f'"{entry.etag}"',
            Size=str(entry.size),
            StorageClass="STANDARD",
        )
    for prefix in page.prefixes:
        _texts(ET.SubElement(root, "CommonPrefixes"), Prefix=_encoded(prefix))
    return _document(root)


def _token(after: str, which: list[str]) -> str:
    position = cursor.decode(after)
    token = position.get("token")
    if position.get("of") != which or not isinstance(token, str):
        raise BadRequestError("This cursor belongs to another list; start again without one.")
    return token


def _encoded(text: str) -> str:
    return quote(text, safe="/")


def _texts(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        if text or name == "Prefix":
            ET.SubElement(parent, name).text = text


def _document(root: ET.Element) -> bytes:
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document
