"""A message as channels are given it, and the other side of a webhook: an HTTP server that answers as it is told."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from onlooker_notifier import notices
from onlooker_notifier.channels.message import Message
from onlooker_notifier.letters import letters
from onlooker_notifier.notices import Notice
from onlooker_notifier.wording.local_time import LocalTime
from recognitions import a_face, a_label, a_recognition, an_image

TOLD_AT = datetime(2026, 11, 20, 12, 1, tzinfo=UTC)


def a_message(*told: Notice, test: bool = False) -> Message:
    """A message about some pictures; without any, about one of Ann with a cat."""
    told = told or (notices.recognized(an_image(), a_recognition(a_face("HAPPY", name="Ann"), a_label("Cat"))),)
    return Message(
        delivery_id="1800000000000-0123456789abcdef",
        rule_id="cats",
        rule_name="Cats",
        letter=letters.write(told, rule_name="Cats", picture_url=None, local=LocalTime(ZoneInfo("UTC"), TOLD_AT)),
        notices=tuple(told),
        told_at=TOLD_AT,
        picture_url="https://onlooker.example.com/pictures/{image_id}",
        test=test,
    )


@dataclass
class Request:
    """What came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """The other side."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nthanks"
    hangs: bool = False
    dries_up: bool = False
    """Whether nothing follows the answer, not even its end."""
    endless: bool = False
    """Whether the answer never ends."""
    sent: int = 0
    """Bytes of an endless answer that went out."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/alerts"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.requests.append(await _read(reader))
            if self.hangs:
                await reader.read()  # until the other side gives up
            writer.write(self.answer)
            while self.endless:
                writer.write(b"x" * 65_536)
                self.sent += 65_536
                await writer.drain()
            await writer.drain()
            if self.dries_up:
                await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    line, *fields = head.strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in fields)}
    method, path, _ = line.split(" ")
    return Request(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


@asynccontextmanager
async def receiver(
    change: Callable[[Receiver], None] = lambda _: None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Serve on a free port of this machine, by HTTPS with `tls`."""
    made = Receiver()
    change(made)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
