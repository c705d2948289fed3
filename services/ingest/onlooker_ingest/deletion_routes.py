"""``DELETE /v1/{bucket}/{object}``: a picture is taken away, and S3's event has everything about it taken away."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from onlooker_ingest.addresses import OBJECT_PATH, Address, ObjectAddress
from onlooker_ingest.buckets import Buckets
from onlooker_ingest.conditions import Conditions, Verdict
from onlooker_ingest.metrics import DELETED
from onlooker_ingest.s3 import Objects
from onlooker_shared.errors import PreconditionFailedError
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.web.auth import requires

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


def add_deletion_routes(routes: APIRouter, s3: "S3Client", buckets: Buckets) -> None:
    """Add the route of deletions."""
    objects = Objects(s3)

    @routes.delete(OBJECT_PATH, status_code=HTTPStatus.NO_CONTENT, response_class=Response)
    async def delete_object(
        request: Request, caller: Annotated[Principal, Depends(requires(Scope.IMAGES_DELETE))], address: Address
    ) -> None:
        """Delete a picture; what was recognized in it, its copies and its place in the index go a moment later."""
        buckets.check_write(caller, address.bucket, address.key)
        await _delete(objects, Conditions.of_change(request.headers), address)
        DELETED.inc()


async def _delete(objects: Objects, conditions: Conditions, address: ObjectAddress) -> None:
    """Delete what is there; with conditions, only the very version that they were judged by."""
    if not conditions:
        await objects.delete(address)
        return
    found = await objects.head(address)
    if conditions.judge(found.etag, found.last_modified) is not Verdict.PROCEED:
        raise PreconditionFailedError(
            f"The object has the ETag {found.etag}, which the request's condition excludes. Nothing was deleted."
        )
    await objects.delete(address, only_etag=found.etag)
