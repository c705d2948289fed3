"""Composes the service and runs it: `python -m onlooker_ingest`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from onlooker_ingest.buckets import Buckets
from onlooker_ingest.routes import router
from onlooker_ingest.s3 import Objects
from onlooker_ingest.settings import IngestSettings
from onlooker_shared.aws import Aws
from onlooker_shared.run import run_service
from onlooker_shared.service import Service
from onlooker_shared.settings import CommonSettings

NAME = "ingest"


@asynccontextmanager
async def compose(aws: Aws, common: CommonSettings) -> AsyncIterator[Service]:
    """Yield the service."""
    s3 = await aws.client("s3")
    buckets = Buckets.of(common.topology)
    yield Service(
        name=NAME,
        routers=(router(s3, await aws.presigner(), buckets, IngestSettings()),),
        checks={"s3": partial(Objects(s3).check, common.topology.images.name)},
    )


def main() -> None:
    """Run until told to stop."""
    run_service(NAME, compose, IngestSettings)


if __name__ == "__main__":
    main()
