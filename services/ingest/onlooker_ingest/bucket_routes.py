"""``/v1/`` and ``/v1/{bucket}``: lists, and signatures for browser uploads."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from onlooker_ingest import policies
from onlooker_ingest.addresses import decode
from onlooker_ingest.body import Body, BodyLimits
from onlooker_ingest.buckets import Buckets
from onlooker_ingest.json_bodies import described, read
from onlooker_ingest.listings import BucketEntry, BucketList, ObjectList, buckets_xml, list_objects, objects_xml
from onlooker_ingest.negotiation import wants_xml
from onlooker_ingest.policies import PolicyRequest, SignedPolicy
from onlooker_ingest.settings import IngestSettings
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.web.auth import requires

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

XML = "application/xml"
ALSO_XML: dict[int | str, dict[str, Any]] = {200: {"content": {XML: {}}}}
"""For the API's description."""
MAX_PAGE = 1000
"""S3 gives no more objects at once."""

Reader = Annotated[Principal, Depends(requires(Scope.IMAGES_READ))]
Writer = Annotated[Principal, Depends(requires(Scope.IMAGES_WRITE))]


def add_bucket_routes(
    routes: APIRouter, s3: "S3Client", presigner: "S3Client", buckets: Buckets, settings: IngestSettings
) -> None:
    """Add the routes of buckets."""

    @routes.get("/", response_model=BucketList, responses=ALSO_XML)
    async def list_buckets(request: Request, caller: Reader) -> BucketList | Response:
        """List the buckets that the access key may touch."""
        names = buckets.seen_by(caller)
        if wants_xml(request.headers.get("accept")):
            return Response(buckets_xml(names), media_type=XML)
        return BucketList(buckets=[BucketEntry(name=name, writable=name in buckets.writable) for name in names])

    limits = BodyLimits(policies.MAX_REQUEST_BYTES, idle=settings.idle_seconds, total=settings.idle_seconds)

    @routes.post("/", openapi_extra=described(PolicyRequest))
    async def sign_policy(request: Request, caller: Writer) -> SignedPolicy:
        """Sign a browser's POST policy: its form then sends the picture straight to S3."""
        asked = await read(PolicyRequest, Body(request.stream(), limits))
        policy = policies.read(
            asked, now=datetime.now(UTC), max_seconds=settings.policy_seconds, max_bytes=settings.max_bytes
        )
        buckets.check_write(caller, policy.bucket, policy.key_prefix)
        return await policies.sign(presigner, policy)

    @routes.get("/{bucket}/", response_model=ObjectList, include_in_schema=False)
    @routes.get("/{bucket}", response_model=ObjectList, responses=ALSO_XML)
    async def list_bucket(
        request: Request,
        caller: Reader,
        bucket: Annotated[str, Path(description="The bucket's name.")],
        prefix: Annotated[str, Query(max_length=1024, description="Only keys that begin with this.")] = "",
        delimiter: Annotated[str, Query(max_length=16, description="Fold keys that have this after the prefix.")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Entries a page.")] = 100,
        cursor: Annotated[str | None, Query(description="From the page before.")] = None,
    ) -> ObjectList | Response:
        """List a bucket's objects, page by page."""
        name = decode(bucket, "bucket")
        buckets.check_list(caller, name, prefix)
        page = await list_objects(s3, name, prefix=prefix, delimiter=delimiter, limit=limit, after=cursor)
        if wants_xml(request.headers.get("accept")):
            return Response(objects_xml(page), media_type=XML)
        return page

    @routes.options("/", include_in_schema=False)
    async def bucket_options() -> Response:
        """Say what can be done; a browser's preflight is answered before it comes here."""
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": "GET, OPTIONS, POST"})
