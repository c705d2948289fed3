"""Composes the service and runs it: `python -m onlooker_ingest`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from onlooker_ingest.buckets import Buckets
from onlooker_ingest.key_routes import key_router
from onlooker_ingest.routes import router
from onlooker_ingest.s3 import Objects
from onlooker_ingest.settings import IngestSettings
from onlooker_shared.aws import Aws
from onlooker_shared.keyring import Keyring
from onlooker_shared.keys import KeyStore
from onlooker_shared.run import run_service
from onlooker_shared.service import Service
from onlooker_shared.settings import CommonSettings

NAME = "ingest"


@asynccontextmanager
async def compose(aws: Aws, common: CommonSettings) -> AsyncIterator[Service]:
    """Yield the service."""
    s3, dynamodb = await aws.client("s3"), await aws.client("dynamodb")
    settings, buckets, keys_table = IngestSettings(), Buckets.of(common.topology), common.topology.access_keys.name
    yield Service(
        name=NAME,
        routers=(
            router(s3, await aws.presigner(), buckets, settings),
            key_router(KeyStore(dynamodb, keys_table), Keyring(dynamodb, keys_table), buckets, settings),
        ),
        checks={"s3": partial(Objects(s3).check, common.topology.images.name)},
    )


def main() -> None:
    """Run until told to stop."""
    run_service(NAME, compose, IngestSettings)


if __name__ == "__main__":
    main()
