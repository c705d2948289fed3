"""S3's objects to the copy and back: bytes, headers, metadata, tags, and the very same ETag.

Pictures are known by their ETag, and the ETag of an object that was sent in parts depends on how long each part was: so
it is fetched part by part, and put back in the same parts.
"""

import asyncio
import contextlib
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import uuid4

import aiohttp
import structlog
from botocore.exceptions import BotoCoreError, ClientError
from botocore.handlers import validate_ascii_metadata

from onlooker.keeper.comparison import Listed
from onlooker.keeper.copy import Copy, KeptObject, file_name
from onlooker_shared.errors import OnlookerError, describe
from onlooker_shared.objects import exists, how_gone
from onlooker_shared.outages import is_outage

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

CHUNK = 256 * 1024
"""Bytes held of a body that is fetched."""
HEADERS = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "WebsiteRedirectLocation",
)
"""What S3 keeps of the headers an object came with, by the names that GetObject and PutObject share."""
IN_PARTS = re.compile(r"[0-9a-f]{32}-(?P<count>[0-9]+)")
"""An ETag of an object that was sent in parts: the MD5 of the parts' MD5s, and how many they were."""

log = structlog.stdlib.get_logger(__name__)


class ObjectError(OnlookerError):
    """An object cannot be copied, or be put back, whole."""


ABOUT_ONE = (BotoCoreError, ClientError, ObjectError)
"""What work on one object may fail by because of that object, if the emulator answers otherwise."""


class Objects:
    """Fetches objects into a copy and puts them back.

    Args:
        s3: the process's client.
        copy: where they are kept.
    """

    def __init__(self, s3: "S3Client", copy: Copy) -> None:
        self._s3 = s3
        self._copy = copy
        # Some S3 take metadata in raw UTF-8. What they gave is to be given back, which botocore refuses by itself.
        for operation in ("PutObject", "CreateMultipartUpload"):
            s3.meta.events.unregister(f"before-parameter-build.s3.{operation}", validate_ascii_metadata)

    async def pages(self, bucket: str) -> AsyncIterator[list[Listed]]:
        """Yield a bucket's objects as they are listed, page by page.

        By their versions: from its second page on, LocalStack's list of objects leaves out keys that are not plain
        ASCII. MiniStack's list of versions begins each page with the key that the one before ended with, and fails at
        a key with control characters: from there on its list of objects, which is right, is taken.
        """
        last = ""
        try:
            async for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
                entries = page.get("Versions", [])
                yield [_listed(entry) for entry in entries if entry["IsLatest"] and entry["Key"] != last]
                last = entries[-1]["Key"] if entries else last
        except ClientError as error:
            if not is_outage(error):
                raise
            async for rest in self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, StartAfter=last):
                yield [_listed(entry) for entry in rest.get("Contents", [])]

    async def if_gone(self, bucket: str, key: str) -> str | None:
        """Return a key under which there is nothing: what lists leave out may be there all the same."""
        return None if await exists(self._s3, bucket, key) else key

    async def fetch(self, bucket: str, listed: Listed) -> KeptObject | None:
        """Have an object's bytes in a file of the copy, synced; return it for the index.

        Returns None if it was deleted or overwritten since it was listed: the next pass sees that.

        Raises:
            Exception: one of `ABOUT_ONE`; of the copy nothing changed.
        """
        draft = self._copy.files / f".{uuid4().hex}"
        try:
            properties = await self._download(bucket, listed, draft)
            file = file_name(bucket, listed.key, listed.version)
            kept = KeptObject(bucket, listed.key, listed.version, draft.stat().st_size, properties, file)
            draft.replace(self._copy.path(kept))
        except ClientError as error:
            if how_gone(error) is None:
                raise
            return None
        finally:
            draft.unlink(missing_ok=True)
        return kept

    async def put_back(self, kept: KeptObject) -> None:
        """Put an object back, unless its key has come to hold another one since.

        Raises:
            Exception: one of `ABOUT_ONE`, or an OSError: its file cannot be read.
        """
        if (fault := self._copy.fault_of(kept)) is not None:
            raise ObjectError(fault)
        named: Any = {"Bucket": kept.bucket, "Key": kept.key}
        headers: Any = {name: kept.properties[name] for name in (*HEADERS, "Expires") if name in kept.properties}
        headers["Metadata"] = kept.properties["Metadata"]
        event = "keeper.put_back_differently"  # damaged on the disk, or this S3 makes ETags in another way
        try:
            if kept.properties["parts"]:
                etag = await self._put_parts(kept, headers)
            else:
                with self._copy.path(kept).open("rb") as body:
                    etag = (await self._s3.put_object(**named, **headers, Body=body, IfNoneMatch="*"))["ETag"]
        except ClientError as error:
            if how_gone(error) != "overwritten":
                raise
            etag = (await self._s3.head_object(**named))["ETag"]
            event = "keeper.another_object"
        if etag.strip('"') != kept.properties["etag"]:
            log.warning(event, bucket=kept.bucket, key=kept.key, etag=etag, kept=kept.properties["etag"])
        elif kept.properties["tags"]:
            tags: Any = [{"Key": name, "Value": value} for name, value in kept.properties["tags"]]
            await self._s3.put_object_tagging(**named, Tagging={"TagSet": tags})

    async def _download(self, bucket: str, listed: Listed, draft: Path) -> dict[str, Any]:
        """Write an object's bytes to a file and return its properties."""
        named = {"Bucket": bucket, "Key": listed.key, "IfMatch": f'"{listed.etag}"'}
        in_parts = IN_PARTS.fullmatch(listed.etag)
        count = int(in_parts["count"]) if in_parts else 0
        sizes: list[int] = []
        with draft.open("xb") as file:
            answer, size = await self._append(file, named | ({"PartNumber": 1} if count else {}))
            if count and answer.get("PartsCount") != count:
                log.warning("keeper.parts_unknown", bucket=bucket, key=listed.key, etag=listed.etag)
                if size != listed.size:  # it is the first part, of nobody knows how many
                    file.seek(0)
                    file.truncate()
                    answer, _ = await self._append(file, named)
            elif count:
                sizes = [size, *[(await self._append(file, named | {"PartNumber": n}))[1] for n in range(2, count + 1)]]
            if file.tell() != listed.size:
                raise ObjectError(f"S3 gave {file.tell()} bytes of an object that it lists with {listed.size}.")
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        tags = await self._tags(bucket, listed.key) if answer.get("TagCount") else []
        return {**_headers(answer), "etag": listed.etag, "parts": sizes, "tags": tags}

    async def _append(self, file: BinaryIO, named: dict[str, Any]) -> tuple[Any, int]:
        """Append what S3 has under a name to a file; return S3's answer and the number of bytes."""
        answer = await self._s3.get_object(**named)
        before = file.tell()
        body = answer["Body"]
        try:
            async for chunk in body.iter_chunks(CHUNK):
                file.write(chunk)
        except aiohttp.ClientPayloadError as error:  # which aiobotocore lets through
            raise ObjectError(f"S3 broke off in the middle of an object: {describe(error)}.") from error
        finally:
            body.close()
        return answer, file.tell() - before

    async def _tags(self, bucket: str, key: str) -> list[tuple[str, str]]:
        answer = await self._s3.get_object_tagging(Bucket=bucket, Key=key)
        return [(tag["Key"], tag["Value"]) for tag in answer["TagSet"]]

    async def _put_parts(self, kept: KeptObject, headers: Any) -> str:
        """Put an object back in the parts that it came in, and return its ETag."""
        named: Any = {"Bucket": kept.bucket, "Key": kept.key}
        begun = await self._s3.create_multipart_upload(**named, **headers)
        upload: Any = {**named, "UploadId": begun["UploadId"]}
        try:
            parts: list[Any] = []
            with self._copy.path(kept).open("rb") as file:
                for number, size in enumerate(kept.properties["parts"], 1):
                    sent = await self._s3.upload_part(**upload, PartNumber=number, Body=file.read(size))
                    parts.append({"PartNumber": number, "ETag": sent["ETag"]})
            done = await self._s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}, IfNoneMatch="*")
            return done["ETag"]
        except BaseException:
            with contextlib.suppress(BotoCoreError, ClientError):  # what made it fail is what is told
                await self._s3.abort_multipart_upload(**upload)
            raise


def _listed(entry: Any) -> Listed:
    return Listed(entry["Key"], entry["ETag"].strip('"'), entry["LastModified"], entry["Size"])


def _headers(answer: Any) -> dict[str, Any]:
    """Return the headers and metadata in S3's answer, as JSON has them."""
    headers = {name: answer[name] for name in HEADERS if name in answer}
    if "Expires" in answer:
        headers["Expires"] = answer["Expires"].isoformat()
    # A header may have bytes that are no text in any encoding; they could not be sent again.
    printable = {name: value.encode(errors="replace").decode() for name, value in answer["Metadata"].items()}
    return {**headers, "Metadata": printable}
