"""A TCP line to a server that a test can cut and mend: for its clients, the server is killed and started again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Line:
    """Passes bytes on between those who connect to `url` and a server."""

    def __init__(self, target: str) -> None:
        place = urlsplit(target)
        self._target = (place.hostname, place.port)
        self._port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Refuse new connections and break those that are open, in the middle of whatever they carry."""
        assert self._server is not None
        self._server.close()
        self.flow()
        for writer in self._open:
            writer.transport.abort()
        if self._passing:
            await asyncio.wait(self._passing)

    def hang(self) -> None:
        """Take everything and pass nothing on, as a server does that is stuck, until `flow`."""
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            self._open.add(sink)
            passing = asyncio.create_task(self._pass_on(source, sink))
            self._passing.add(passing)
            passing.add_done_callback(self._passing.discard)

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                await self._flowing.wait()
                sink.write(data)
                await sink.drain()
        sink.close()
        self._open.discard(sink)


@asynccontextmanager
async def line_to(target: str) -> AsyncIterator[Line]:
    line = Line(target)
    await line.mend()
    try:
        yield line
    finally:
        await line.cut()
