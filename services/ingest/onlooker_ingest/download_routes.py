"""``GET`` and ``HEAD /v1/{bucket}/{object}``: a picture goes out, whole, in part, or only if it changed."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from onlooker_ingest.addresses import OBJECT_PATH, Address, ObjectAddress
from onlooker_ingest.buckets import Buckets
from onlooker_ingest.conditions import Conditions, Verdict
from onlooker_ingest.downloads import download, headers_of, validators_of
from onlooker_ingest.ranges import single
from onlooker_ingest.s3 import Objects, OpenObject, StoredObject
from onlooker_ingest.settings import IngestSettings
from onlooker_ingest.slots import Slots
from onlooker_shared.errors import PreconditionFailedError
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.web.auth import requires

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

Reader = Annotated[Principal, Depends(requires(Scope.IMAGES_READ))]


class _NotModified(Exception):  # noqa: N818 - no error: the caller has the object already
    def __init__(self, found: StoredObject) -> None:
        super().__init__(found.etag)
        self.answer = Response(status_code=HTTPStatus.NOT_MODIFIED, headers=validators_of(found))


def add_download_routes(routes: APIRouter, s3: "S3Client", buckets: Buckets, settings: IngestSettings) -> None:
    """Add the routes of downloads."""
    objects = Objects(s3)
    slots = Slots("downloads", settings.max_downloads)

    @routes.get(OBJECT_PATH, response_class=Response)
    async def get_object(request: Request, caller: Reader, address: Address) -> Response:
        """Send a picture, or a range of it."""
        buckets.check_read(caller, address)
        slots.take()
        try:
            opened = await _open(objects, request, address)
        except _NotModified as unchanged:
            slots.give_back()
            return unchanged.answer
        except BaseException:
            slots.give_back()
            raise
        return download(opened, patience=settings.idle_seconds, done=slots.give_back)

    @routes.head(OBJECT_PATH, response_class=Response, include_in_schema=False)
    async def head_object(request: Request, caller: Reader, address: Address) -> Response:
        """Answer as GET of the whole would, without the body."""
        buckets.check_read(caller, address)
        found = await objects.head(address)
        try:
            _judge(Conditions.of(request.headers), found)
        except _NotModified as unchanged:
            return unchanged.answer
        return Response(headers={**headers_of(found), "Content-Length": str(found.size)})

    @routes.options(OBJECT_PATH, include_in_schema=False)
    async def object_options() -> Response:
        """Say what can be done; a browser's preflight is answered before it comes here."""
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": "DELETE, GET, HEAD, OPTIONS, PUT"})


async def _open(objects: Objects, request: Request, address: ObjectAddress) -> OpenObject:
    """Return what is to be sent. Only a conditional request costs a second call to S3."""
    byte_range = single(request.headers.get("range"))
    conditions = Conditions.of(request.headers)
    if not conditions:
        return await objects.open(address, byte_range=byte_range)
    found = await objects.head(address)
    _judge(conditions, found)
    if not conditions.range_holds(found.etag, found.last_modified):
        return await objects.open(address)
    return await objects.open(address, byte_range=byte_range, only_etag=found.etag if conditions.binds else None)


def _judge(conditions: Conditions, found: StoredObject) -> None:
    verdict = conditions.judge(found.etag, found.last_modified)
    if verdict is Verdict.FAILED:
        raise PreconditionFailedError(f"The object has the ETag {found.etag}, which the request's condition excludes.")
    if verdict is Verdict.NOT_MODIFIED:
        raise _NotModified(found)
