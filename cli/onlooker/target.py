"""Which installation a command talks to: the one named, or the one that runs on this machine."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from onlooker.client import OnlookerClient, connect
from onlooker.datafolder import DataFolder, Running
from onlooker_shared.errors import ConfigurationError, SettingsError

URL = "ONLOOKER_URL"
KEY = "ONLOOKER_KEY"
REASON = "ONLOOKER_REASON"


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
        async with connect(self.url, self.key, os.environ.get(REASON, "")) as client:
            yield client

    @property
    def url(self) -> str:
        """The base URL of the HTTP APIs."""
        if named := os.environ.get(URL):
            if not (named.startswith(("http://", "https://")) and _host(named)):
                raise SettingsError(f"{URL} has to begin with http:// or https:// and a host, and it is '{named}'.")
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
    def key_from(self) -> str:
        """Where the access key is from, in words."""
        return KEY if os.environ.get(KEY, "").strip() else str(self.folder.admin_key)

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


def _host(url: str) -> str:
    """Return whose address it is; nothing, if it is none."""
    try:
        return httpx.URL(url).host
    except httpx.InvalidURL:
        return ""
