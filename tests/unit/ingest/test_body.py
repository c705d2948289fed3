"""A body is read under limits, in parts that the network does not decide."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

import pytest
from starlette.requests import ClientDisconnect

from onlooker_ingest.body import Body, BodyLimits
from onlooker_shared.errors import BadRequestError, TooLargeError, TooSlowError

LIMITS = BodyLimits(size=100, idle=10, total=10)


async def arriving(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def parts_of(body: Body, size: int) -> list[bytes]:
    return [part.read() async for part in body.parts(size)]


@pytest.mark.parametrize("chunk", [1, 3, 7, 10, 64])
async def test_parts_have_the_same_size_however_the_bytes_arrive(chunk: int) -> None:
    sent = bytes(range(64))
    body = Body(arriving(*(sent[at : at + chunk] for at in range(0, 64, chunk))), LIMITS)

    assert await parts_of(body, 10) == [sent[at : at + 10] for at in range(0, 64, 10)]
    assert body.ended


async def test_a_body_that_fits_exactly_is_one_part_and_known_to_be_all() -> None:
    body = Body(arriving(b"12345", b"67890"), LIMITS)
    parts = body.parts(10)

    assert (await anext(parts)).read() == b"1234567890"
    assert body.ended


async def test_what_was_peeked_at_is_still_there() -> None:
    body = Body(arriving(b"12", b"34", b"56"), LIMITS)

    assert await body.peek(3) == b"123"
    assert await body.peek(3) == b"123"
    assert await parts_of(body, 4) == [b"1234", b"56"]


async def test_an_empty_body_has_no_parts() -> None:
    body = Body(arriving(), LIMITS)

    assert await body.peek(8) == b""
    assert await parts_of(body, 4) == []


async def test_exactly_the_limit_is_taken_and_a_byte_more_is_not() -> None:
    assert len(await parts_of(Body(arriving(bytes(100)), LIMITS), 100)) == 1
    with pytest.raises(TooLargeError, match="100 bytes are taken at most"):
        await parts_of(Body(arriving(bytes(100), b"1"), LIMITS), 50)


def test_a_declared_length_is_refused_before_a_byte_is_read() -> None:
    LIMITS.check_declared(None)
    LIMITS.check_declared(100)
    with pytest.raises(TooLargeError, match="101 bytes"):
        LIMITS.check_declared(101)


async def test_a_stalled_body_is_given_up() -> None:
    async def stalling() -> AsyncIterator[bytes]:
        yield b"12"
        await asyncio.Event().wait()

    body = Body(stalling(), BodyLimits(size=100, idle=0.01, total=10))
    with pytest.raises(TooSlowError, match="2 bytes had come") as raised:
        await parts_of(body, 10)
    assert raised.value.headers == {"Connection": "close"}


async def test_a_body_that_only_trickles_is_given_up_too() -> None:
    now = 0.0

    async def trickling() -> AsyncIterator[bytes]:
        nonlocal now
        while True:
            now += 4
            yield b"1"
            await asyncio.sleep(0)

    body = Body(trickling(), BodyLimits(size=100, idle=5, total=10), clock=lambda: now)
    with pytest.raises(TooSlowError):
        await parts_of(body, 100)
    assert now < 20


async def test_a_connection_that_closes_before_the_end_is_an_error() -> None:
    async def cut_off() -> AsyncIterator[bytes]:
        yield b"1234"
        raise ClientDisconnect

    with pytest.raises(BadRequestError, match="closed after 4 bytes"):
        await parts_of(Body(cut_off(), LIMITS), 2)


async def test_the_announced_digest_is_checked_before_the_last_part_is_handed_out() -> None:
    right = hashlib.md5(b"123456", usedforsecurity=False).digest()
    assert await parts_of(Body(arriving(b"123", b"456"), LIMITS, md5=right), 4) == [b"1234", b"56"]

    parts = Body(arriving(b"123", b"457"), LIMITS, md5=right).parts(6)
    with pytest.raises(BadRequestError, match="Content-MD5"):
        await anext(parts)


async def test_a_small_body_can_be_had_whole() -> None:
    assert await Body(arriving(b"12", b"34"), LIMITS).whole() == b"1234"
    assert await Body(arriving(), LIMITS).whole() == b""
