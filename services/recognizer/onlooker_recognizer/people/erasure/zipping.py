"""A zip that is made piece by piece, of contents that come so: nothing but one piece is in memory."""

import asyncio
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime

PIECE = 64 * 1024
"""Bytes that are gathered before they are sent on."""


class _Sink:
    """What the archive is written to: no file, so that it writes the sizes behind each content, not before."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        """Keep some bytes."""
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: there is nothing behind it."""

    def close(self) -> None:
        """Likewise."""

    def take(self, least: int = 0) -> bytes:
        """Return what was written since, if that is enough."""
        if len(self._written) < least:
            return b""
        taken, self._written = bytes(self._written), bytearray()
        return taken


class Zip:
    """One archive."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._archive = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED)

    async def add(self, name: str, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Add a file, and yield the archive as far as it is."""
        info = zipfile.ZipInfo(name, datetime.now(UTC).timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        with self._archive.open(info, "w", force_zip64=True) as file:
            async for part in content:
                await asyncio.to_thread(file.write, part)
                if piece := self._sink.take(PIECE):
                    yield piece
        if piece := self._sink.take(PIECE):
            yield piece

    def end(self) -> bytes:
        """Return the end of the archive."""
        self._archive.close()
        return self._sink.take()
