"""Which installation a command talks to: the one named, or the one that runs on this machine."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from onlooker.client import OnlookerClient, connect
from onlooker.datafolder import DataFolder, Running
from onlooker.stack.environment import aws_environment
from onlooker_shared.errors import ConfigurationError, SettingsError
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
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above

        from onlooker_shared.aws import Aws  # noqa: PLC0415 - see above

        with self._environment():
            settings = CommonSettings()
            try:
                async with Aws(settings) as aws:
                    yield aws, settings
            except (BotoCoreError, ClientError) as error:
                where = "AWS" if self._running is None else "The emulator"
                raise ConfigurationError(f"{where} cannot be used: {error} {self._why_aws()}".rstrip()) from error

    @property
    def url(self) -> str:
        """The base URL of the HTTP APIs."""
        if named := os.environ.get(URL):
            if not named.startswith(("http://", "https://")):
                raise SettingsError(f"{URL} has to begin with http:// or https://, and it is '{named}'.")
            return named
        if self._running is None:
            raise ConfigurationError(
                f"Nothing runs on {self.folder.root}. Start it with `onlooker up`, or set {URL} and {KEY}."
            )
        return self._running.url

    @property
    def key(self) -> str:
        """The access key."""
        if named := os.environ.get(KEY, "").strip():
            if not (named.isascii() and named.isprintable()):
                raise SettingsError(f"{KEY} is not an access key: those look like olk_...")
            return named
        path: Path = self.folder.admin_key
        try:
            return path.read_text().strip()
        except OSError as error:
            raise ConfigurationError(f"No access key: {path}: {error.strerror}. Set {KEY}.") from error

    @property
    def runs_here(self) -> bool:
        """Whether it is the installation on this machine's data folder, and that runs."""
        return self._running is not None

    @property
    def is_named(self) -> bool:
        """Whether the environment names an installation."""
        return bool(os.environ.get(URL))

    @property
    def _running(self) -> Running | None:
        """What runs on the data folder, unless another installation is named."""
        return None if self.is_named else self.folder.running()

    def _why_aws(self) -> str:
        """Return why AWS itself is asked, where it is."""
        if self.is_named:
            return f"(The installation is another one, by {URL}: AWS's own variables have to say where its queues are.)"
        return "" if self._running else f"(Nothing runs on {self.folder.root}.)"

    @contextmanager
    def _environment(self) -> Iterator[None]:
        running = self._running
        if running is None:
            yield
            return
        before = dict(os.environ)
        os.environ.update(aws_environment({}, running.emulator_url, running.rekognition_url))
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
