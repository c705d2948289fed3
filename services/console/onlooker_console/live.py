"""Answers that go on: server-sent events, bounded in number, ended when the process is told to stop.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from onlooker_shared.errors import UnavailableError
from onlooker_shared.web.sending import Sending

HEARTBEAT = 15.0
"""Seconds of silence after which a comment goes out: gateways close what says nothing, and a gone reader is noticed."""
BEAT = b": still here\n\n"
RETRY = b"retry: 3000\n\n"
"""Milliseconds after which the browser connects again."""
STALLED = 60.0
"""Seconds after which a reader that takes nothing loses its place among those that there may be."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a page is told: `data` as JSON for scripts, or as it is if it is a fragment of HTML."""

    name: str
    data: Any
    event_id: str = ""
    """Comes back as the header ``Last-Event-ID`` when the browser connects again."""

    def encode(self) -> bytes:
        """Return it as it is sent."""
        text = self.data if isinstance(self.data, str) else json.dumps(self.data, separators=(",", ":"))
        lines = [f"event: {self.name}", *(f"data: {line}" for line in text.splitlines() or [""])]
        if self.event_id:
            lines.append(f"id: {self.event_id}")
        return ("\n".join(lines) + "\n\n").encode()


class Live:
    """Runs live answers; a worker of the service, so that they end when it does.

    Args:
        limit: answers at one time.
        heartbeat: see `HEARTBEAT`.
        stalled: see `STALLED`.
    """

    def __init__(self, limit: int, heartbeat: float = HEARTBEAT, stalled: float = STALLED) -> None:
        self._limit = limit
        self._heartbeat = heartbeat
        self._stalled = stalled
        self._stopping = asyncio.Event()
        self._running = 0

    async def run(self) -> None:
        """Wait until told to stop."""
        await self._stopping.wait()

    def stop(self) -> None:
        """End all answers."""
        self._stopping.set()

    def answer(self, events: AsyncGenerator[Event, None]) -> StreamingResponse:
        """Return a response that sends events as they come, until they end, the reader leaves or all stops.

        Raises:
            UnavailableError: there are as many as may be; the browser tries again by itself.
        """
        if self._running >= self._limit:
            raise UnavailableError("Too many pages are open that are kept up to date; this one is not.")
        return _LiveResponse(self._send(events), self._count, self._stalled)

    def _count(self, change: int) -> None:
        self._running += change

    async def _send(self, events: AsyncGenerator[Event, None]) -> AsyncGenerator[bytes, None]:
        """Yield events as they are sent, with heartbeats between them."""
        yield RETRY
        stopping = asyncio.ensure_future(self._stopping.wait())
        following = asyncio.ensure_future(anext(events, None))
        try:
            while not stopping.done():
                await asyncio.wait({following, stopping}, timeout=self._heartbeat, return_when=asyncio.FIRST_COMPLETED)
                if not following.done():
                    yield BEAT
                elif (event := following.result()) is not None:
                    yield event.encode()
                    following = asyncio.ensure_future(anext(events, None))
                else:
                    break
        finally:
            stopping.cancel()
            following.cancel()
            await asyncio.wait({following})  # a generator that still runs cannot be closed
            await events.aclose()


class _LiveResponse(Sending):
    """Counts itself for as long as it is sent, and lets go of its events however it ends."""

    def __init__(self, body: AsyncGenerator[bytes, None], count: Callable[[int], None], stalled: float) -> None:
        headers = {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        super().__init__(body, headers, patience=stalled, over=lambda: count(-1))
        self._body = body
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        self._count(+1)
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._body.aclose()
