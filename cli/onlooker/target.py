"""Which installation a command talks to: the one named, or the one that runs on this machine."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from onlooker.client import OnlookerClient, connect
from onlooker.datafolder import DataFolder
from onlooker.stack.environment import aws_environment
from onlooker_shared.errors import ConfigurationError
from onlooker_shared.settings import CommonSettings

if TYPE_CHECKING:
    from onlooker_shared.aws import Aws

URL = "ONLOOKER_URL"
KEY = "ONLOOKER_KEY"


@dataclass(frozen=True, slots=True)
class Target:
    """Where an installation answers and how it is entered."""

    folder: DataFolder

    @asynccontextmanager
    async def client(self) -> AsyncIterator[OnlookerClient]:
        """Open a client of the HTTP APIs.

        Raises:
            ConfigurationError: nothing runs here and nothing else is named.
        """
        async with connect(self.url, self.key) as client:
            yield client

    @asynccontextmanager
    async def aws(self) -> "AsyncIterator[tuple[Aws, CommonSettings]]":
        """Open AWS clients: the emulator's if it runs here, else as AWS's standard variables say.

        Raises:
            ConfigurationError: AWS does not answer, or not to these credentials, or nothing says where it is.
        """
        # Imported here, because it takes half a second that most commands need not wait for.
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        from onlooker_shared.aws import Aws  # noqa: PLC0415

        with self._environment():
            settings = CommonSettings()
            try:
                async with Aws(settings) as aws:
                    yield aws, settings
            except (BotoCoreError, ClientError) as error:
                raise ConfigurationError(
                    f"AWS cannot be used: {error} (Nothing runs on {self.folder.root}.)"
                    if self.folder.running() is None
                    else f"The emulator cannot be used: {error}"
                ) from error

    @property
    def url(self) -> str:
        """The base URL of the HTTP APIs."""
        if named := os.environ.get(URL):
            return named
        running = self.folder.running()
        if running is None:
            raise ConfigurationError(
                f"Nothing runs on {self.folder.root}. Start it with `onlooker up`, or set {URL} and {KEY}."
            )
        return running.url

    @property
    def key(self) -> str:
        """The access key."""
        if named := os.environ.get(KEY):
            return named
        path: Path = self.folder.admin_key
        try:
            return path.read_text().strip()
        except OSError as error:
            raise ConfigurationError(f"No access key: {path}: {error.strerror}. Set {KEY}.") from error

    @contextmanager
    def _environment(self) -> Iterator[None]:
        running = self.folder.running()
        if running is None or URL in os.environ:
            yield
            return
        before = dict(os.environ)
        os.environ.update(aws_environment({}, running.emulator_url, running.rekognition_url))
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
