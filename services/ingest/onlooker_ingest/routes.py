"""The routes under ``/v1``: thin, each says who may call it and hands on."""

from typing import TYPE_CHECKING

from fastapi import APIRouter

from onlooker_ingest.addresses import RawPathRoute
from onlooker_ingest.bucket_routes import add_bucket_routes
from onlooker_ingest.buckets import Buckets
from onlooker_ingest.deletion_routes import add_deletion_routes
from onlooker_ingest.download_routes import add_download_routes
from onlooker_ingest.settings import IngestSettings
from onlooker_ingest.upload_routes import add_upload_routes

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


def router(s3: "S3Client", presigner: "S3Client", buckets: Buckets, settings: IngestSettings) -> APIRouter:
    """Return the routes of pictures.

    Args:
        s3: the process's client.
        presigner: a client whose endpoint is the one that browsers reach S3 at.
        buckets: the allow-list.
        settings: the limits.
    """
    routes = APIRouter(prefix="/v1", tags=["pictures"], route_class=RawPathRoute)
    add_bucket_routes(routes, s3, presigner, buckets, settings)
    add_upload_routes(routes, s3, buckets, settings)
    add_download_routes(routes, s3, buckets, settings)
    add_deletion_routes(routes, s3, buckets)
    return routes
