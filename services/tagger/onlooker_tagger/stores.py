"""Opens the index that the settings name: a cluster if they name one, else the file."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from onlooker_shared.errors import ConfigurationError
from onlooker_shared.service import Runs
from onlooker_tagger.index import Index
from onlooker_tagger.settings import TaggerSettings
from onlooker_tagger.sqlite import open_index as open_sqlite


class Follows(Runs, Protocol):
    """Keeps an index up to date with one of another version."""

    async def catch_up(self, *, back: bool = False) -> int:
        """Copy what the other has and this one has not; return how many documents that were."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open index, and what keeps it up to date with one of another version, where there may be one."""

    index: Index
    follower: Follows | None = None


@asynccontextmanager
async def open_store(settings: TaggerSettings) -> AsyncIterator[Store]:
    """Open the index, and close it at the end.

    Raises:
        ConfigurationError: the settings or the installation do not allow it. A cluster that is away does.
    """
    if settings.opensearch_url is None:
        async with open_sqlite(settings.database) as file:
            yield Store(file)
        return
    try:
        from onlooker_tagger import opensearch  # noqa: PLC0415 - an extra, and a second to import
    except ImportError as error:
        raise ConfigurationError(
            "ONLOOKER_TAGGER_OPENSEARCH_URL is set, but the parts for OpenSearch are not installed: "
            "pip install 'onlooker-tagger[opensearch]'."
        ) from error
    password = settings.opensearch_password
    client = opensearch.connect(
        settings.opensearch_url.get_secret_value(),
        username=settings.opensearch_username,
        password=password.get_secret_value() if password else None,
        signing=settings.opensearch_signing,
        ca=settings.opensearch_ca,
    )
    opening = opensearch.open_index(client, alias=settings.opensearch_index, shards=settings.opensearch_shards)
    async with opening as (index, copier):
        yield Store(index, copier)
