"""``PUT /v1/{bucket}/{object}``: a picture comes in."""

import base64
import binascii
import time
from typing import TYPE_CHECKING, Annotated

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from onlooker_ingest.addresses import OBJECT_PATH, Address, ObjectAddress
from onlooker_ingest.body import Body, BodyLimits
from onlooker_ingest.buckets import Buckets
from onlooker_ingest.formats import HEAD_BYTES, TAKEN, ImageFormat, describe, identify
from onlooker_ingest.metrics import REFUSED, STORED, UPLOADS
from onlooker_ingest.settings import IngestSettings
from onlooker_ingest.slots import Slots
from onlooker_ingest.uploads import Stored, Uploads
from onlooker_shared.errors import BadRequestError, ProblemError, UnsupportedMediaError
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.web.auth import requires

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

MD5_BYTES = 16

log = structlog.stdlib.get_logger(__name__)


def add_upload_routes(routes: APIRouter, s3: "S3Client", buckets: Buckets, settings: IngestSettings) -> None:
    """Add the route of uploads."""
    reception = _Reception(s3, settings)

    @routes.put(OBJECT_PATH, response_class=Response)
    async def put_object(
        request: Request, caller: Annotated[Principal, Depends(requires(Scope.IMAGES_WRITE))], address: Address
    ) -> Response:
        """Store a picture: the body as it is, in any of the formats that are taken."""
        try:
            buckets.check_write(caller, address.bucket, address.key)
            stored = await reception.receive(request, address)
        except ProblemError as error:
            REFUSED.labels(error.status.name.lower()).inc()
            raise
        return Response(headers={"ETag": stored.etag, "X-Onlooker-Image-Id": stored.image_id})


class _Reception:
    """Takes a request's body in, a bounded number at once."""

    def __init__(self, s3: "S3Client", settings: IngestSettings) -> None:
        self._uploads = Uploads(s3)
        self._slots = Slots("uploads", settings.max_uploads)
        self._limits = BodyLimits(size=settings.max_bytes, idle=settings.idle_seconds, total=settings.body_seconds)

    async def receive(self, request: Request, address: ObjectAddress) -> Stored:
        """Return what was stored; raises a ProblemError if nothing was."""
        began = time.perf_counter()
        headers = request.headers
        declared = int(headers["content-length"]) if "content-length" in headers else None
        self._limits.check_declared(declared)
        only_if_absent = _only_if_absent(headers.get("if-none-match"))
        body = Body(request.stream(), self._limits, declared=declared, md5=_digest(headers.get("content-md5")))
        with self._slots.taken(), UPLOADS.track_inprogress():
            image_format = await _identified(body)
            stored = await self._uploads.store(address, body, image_format, only_if_absent=only_if_absent)
        STORED.labels(image_format.name).inc()
        log.info(
            "picture.stored",
            image_id=stored.image_id,
            bucket=address.bucket,
            key=address.key,
            format=image_format.name,
            milliseconds=round(1000 * (time.perf_counter() - began), 1),
        )
        return stored


async def _identified(body: Body) -> ImageFormat:
    head = await body.peek(HEAD_BYTES)
    if not head:
        raise BadRequestError("The body is empty; send a picture's bytes as the body.")
    found = identify(head)
    if found is None:
        raise UnsupportedMediaError(f"By its first bytes this is {describe(head)}; taken are {TAKEN}.")
    return found


def _digest(content_md5: str | None) -> bytes | None:
    if content_md5 is None:
        return None
    try:
        digest = base64.b64decode(content_md5, validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != MD5_BYTES:
        raise BadRequestError("Content-MD5 is not the Base64 of an MD5 digest.")
    return digest


def _only_if_absent(if_none_match: str | None) -> bool:
    if if_none_match not in {None, "*"}:
        raise BadRequestError("If-None-Match of an upload can only be '*': store it if there is no such object.")
    return if_none_match is not None
