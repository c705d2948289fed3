"""Answers that go on: what is sent, what keeps them open, what ends them."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from starlette.types import Message

from onlooker_console.live import BEAT, RETRY, Event, Live
from onlooker_shared.errors import UnavailableError


class Reader:
    """A browser that reads an answer until it leaves."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[bytes] = asyncio.Queue()
        self.left = asyncio.Event()

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if body := message.get("body"):
            self.received.put_nowait(body)

    async def next(self) -> bytes:
        async with asyncio.timeout(5):
            return await self.received.get()


class Source:
    """Events that a test gives out, and whether anybody still wants them."""

    def __init__(self, *events: Event) -> None:
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.closed = asyncio.Event()
        for event in events:
            self.events.put_nowait(event)

    async def __call__(self) -> AsyncGenerator[Event, None]:
        try:
            while True:
                yield await self.events.get()
        finally:
            self.closed.set()


def read(live: Live, source: Source, reader: Reader) -> asyncio.Task[None]:
    scope = {"type": "http", "asgi": {"spec_version": "2.3"}}
    return asyncio.create_task(live.answer(source())(scope, reader.receive, reader.send))


async def test_events_are_sent_as_they_come() -> None:
    live, reader, source = Live(1), Reader(), Source(Event("picture", {"id": 1}, event_id="7"))
    reading = read(live, source, reader)
    assert await reader.next() == RETRY
    assert await reader.next() == b'event: picture\ndata: {"id":1}\nid: 7\n\n'
    source.events.put_nowait(Event("html", "<p>\n</p>"))
    assert await reader.next() == b"event: html\ndata: <p>\ndata: </p>\n\n"
    reader.left.set()
    await reading
    assert source.closed.is_set()


async def test_silence_is_filled_so_that_nobody_cuts_the_line_and_no_event_is_lost_by_it() -> None:
    live, reader, source = Live(1, heartbeat=0.01), Reader(), Source()
    reading = read(live, source, reader)
    assert [await reader.next() for _ in range(3)] == [RETRY, BEAT, BEAT]
    source.events.put_nowait(Event("late", 1))
    while (sent := await reader.next()) == BEAT:
        pass
    assert sent == b"event: late\ndata: 1\n\n"
    reader.left.set()
    await reading


async def test_all_end_when_the_process_is_told_to_stop() -> None:
    live, readers, sources = Live(2), [Reader(), Reader()], [Source(), Source()]
    working = asyncio.create_task(live.run())
    reading = [read(live, source, reader) for source, reader in zip(sources, readers, strict=True)]
    await asyncio.gather(*(reader.next() for reader in readers))
    live.stop()
    async with asyncio.timeout(5):
        await asyncio.gather(working, *reading)
    assert all(source.closed.is_set() for source in sources)


async def test_there_are_no_more_than_may_be_and_who_leaves_makes_room() -> None:
    live, reader = Live(1), Reader()
    reading = read(live, Source(), reader)
    await reader.next()
    with pytest.raises(UnavailableError):
        live.answer(Source()())
    reader.left.set()
    await reading
    live.answer(Source()())


async def test_who_takes_nothing_any_more_makes_room_too() -> None:
    live, reader, source = Live(1, stalled=0.01), Reader(), Source(Event("one", 1))

    async def stall(message: Message) -> None:
        await reader.send(message)
        if message.get("body", b"").startswith(b"event"):
            await reader.left.wait()

    scope = {"type": "http", "path": "/live", "asgi": {"spec_version": "2.3"}}
    async with asyncio.timeout(5):
        await live.answer(source())(scope, reader.receive, stall)
        await source.closed.wait()
    live.answer(Source()())


async def test_a_source_that_fails_ends_the_answer_with_its_error() -> None:
    async def failing() -> AsyncGenerator[Event, None]:
        yield Event("one", 1)
        raise RuntimeError("broken")

    live, reader = Live(1), Reader()
    with pytest.raises(RuntimeError, match="broken"):
        await live.answer(failing())({"type": "http", "asgi": {"spec_version": "2.3"}}, reader.receive, reader.send)
