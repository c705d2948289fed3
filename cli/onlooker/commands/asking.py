"""Asks an installation something: what nearly every command does."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from onlooker.client import UNAUTHORIZED, ApiError, OnlookerClient
from onlooker.datafolder import DataFolder
from onlooker.target import Target
from onlooker_shared.errors import ConfigurationError

T = TypeVar("T")


def ask(data: Path | None, question: Callable[[OnlookerClient], Awaitable[T]]) -> T:
    """Return what comes of a question to the installation that is named, or that runs on a data folder.

    Raises:
        ApiError: it refuses, or does not answer.
        ConfigurationError: there is none, or the access key is worthless.
    """
    target = Target(DataFolder.chosen(data))

    async def asked() -> T:
        async with target.client() as client:
            return await question(client)

    try:
        return asyncio.run(asked())
    except ApiError as error:
        if error.status != UNAUTHORIZED:
            raise
        raise ConfigurationError(f"{error} It is the one of {target.key_from}.") from error
