"""Streams a body to S3: one PutObject for what fits into one part, a multipart upload for what does not.

No more than two parts are in memory: while S3 works on one, the next is received or follows it. Parts have a fixed
size, so that the same bytes always get the same ETag, and with it the same image id.
"""

import asyncio
import io
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from onlooker_ingest.addresses import ObjectAddress
from onlooker_ingest.body import Body
from onlooker_ingest.formats import ImageFormat
from onlooker_ingest.s3 import translated, version
from onlooker_shared.images import image_id
from onlooker_shared.telemetry.tracing import TRACEPARENT, current_traceparent

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import CompletedPartTypeDef, CompleteMultipartUploadOutputTypeDef

PART_BYTES = 5 * 1024 * 1024
"""The smallest part that S3 takes (Amazon S3 user guide, "Multipart upload limits"). Changing it changes ETags."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture that is in S3 now."""

    etag: str
    """Quoted, as in HTTP."""
    image_id: str


class Uploads:
    """Stores bodies in S3."""

    def __init__(self, s3: "S3Client") -> None:
        self._s3 = s3

    async def store(
        self, address: ObjectAddress, body: Body, image_format: ImageFormat, *, only_if_absent: bool = False
    ) -> Stored:
        """Store a whole body that is not empty; whatever goes wrong, nothing is stored and no part is left behind.

        Raises:
            ProblemError: what `Body` raises; S3 does not answer; the object exists and `only_if_absent` is asked for.
        """
        traceparent = current_traceparent()
        kind: dict[str, Any] = {
            "ContentType": image_format.media_type,
            "Metadata": {TRACEPARENT: traceparent} if traceparent else {},
        }
        condition: dict[str, Any] = {"IfNoneMatch": "*"} if only_if_absent else {}
        parts = body.parts(PART_BYTES)
        first = await anext(parts)
        with translated(address):
            if body.ended:
                with first:
                    answer: Any = await self._s3.put_object(
                        Bucket=address.bucket, Key=address.key, Body=first, **kind, **condition
                    )
            else:
                async with _MultipartUpload(self._s3, address, kind) as upload:
                    await upload.send(first)
                    async for part in parts:
                        await upload.send(part)
                    answer = await upload.complete(condition)
        found = version(answer.get("VersionId"), answer["ETag"])
        return Stored(answer["ETag"], image_id(address.bucket, address.key, found))


class _MultipartUpload:
    """One multipart upload, aborted if its block is left by an error: parts that nobody completes cost money."""

    def __init__(self, s3: "S3Client", address: ObjectAddress, kind: dict[str, Any]) -> None:
        self._s3 = s3
        self._object: dict[str, Any] = {"Bucket": address.bucket, "Key": address.key}
        self._kind = kind
        self._upload_id = ""
        self._sending: list[asyncio.Task[CompletedPartTypeDef]] = []
        """One for each part, in their order; done ones hold no bytes any more."""

    async def __aenter__(self) -> Self:
        answer = await self._s3.create_multipart_upload(**self._object, **self._kind)
        self._upload_id = answer["UploadId"]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            await self._abort()

    async def send(self, part: io.BytesIO) -> None:
        """Begin to send a part, and return when it is the only one under way.

        So S3 has the next part to receive while it works on the one before, and the caller receives another only
        when one of the two has left the memory.
        """
        self._sending.append(asyncio.create_task(self._send(part, len(self._sending) + 1)))
        if len(self._sending) > 1:
            await self._sending[-2]

    async def complete(self, condition: dict[str, Any]) -> "CompleteMultipartUploadOutputTypeDef":
        """Make the object of the parts."""
        parts = [await sending for sending in self._sending]
        return await self._s3.complete_multipart_upload(
            **self._object, UploadId=self._upload_id, MultipartUpload={"Parts": parts}, **condition
        )

    async def _send(self, part: io.BytesIO, number: int) -> "CompletedPartTypeDef":
        with part:  # frees its bytes at once; the AWS client keeps the object itself in reference cycles
            answer = await self._s3.upload_part(**self._object, UploadId=self._upload_id, PartNumber=number, Body=part)
        return {"PartNumber": number, "ETag": answer["ETag"]}

    async def _abort(self) -> None:
        for sending in self._sending:
            sending.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)  # a part that arrives after the abort would stay
        try:
            await self._s3.abort_multipart_upload(**self._object, UploadId=self._upload_id)
        except (BotoCoreError, ClientError) as error:
            log.warning("upload.abort_failed", **self._object, upload_id=self._upload_id, error=str(error))
