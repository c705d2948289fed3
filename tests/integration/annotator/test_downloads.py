"""However the sending of a picture ends, the next one has its turn."""

import asyncio
import contextlib
from typing import Any

import pytest
from starlette.types import Message

from integration.annotator.conftest import House, a_photo
from onlooker_annotator import downloads
from onlooker_annotator.downloads import Downloads, Kind
from onlooker_shared.errors import TooManyRequestsError

SCOPE: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": []}


@pytest.fixture
async def image_id(house: House) -> str:
    image = await house.upload(a_photo())
    await house.announce(await house.recognize(image))
    await house.announced()
    return image.image_id


@pytest.fixture
async def one_at_a_time(house: House) -> Downloads:
    return Downloads(await house.home.aws.client("s3"), house.annotations.bucket, 1)


async def never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def _leave(_: Message) -> None:
    raise OSError("the connection is gone")


async def _stall(_: Message) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("send", [_leave, _stall], ids=["leaves", "stalls"])
async def test_a_reader_that_goes_or_takes_nothing_holds_up_no_other(
    one_at_a_time: Downloads, image_id: str, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "PATIENCE", 0.05)
    monkeypatch.setattr(downloads, "QUEUED", 5.0)
    first = await one_at_a_time.open(Kind.PREVIEW, image_id, None)
    assert first is not None
    second = asyncio.ensure_future(one_at_a_time.open(Kind.PREVIEW, image_id, None))
    with contextlib.suppress(OSError):  # what the server does with it is its own affair
        await first(SCOPE, never, send)
    assert await second is not None


async def test_who_waits_too_long_is_told_to_come_again_and_large_ones_wait_for_large_ones_only(
    one_at_a_time: Downloads, image_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "QUEUED", 0.05)
    assert await one_at_a_time.open(Kind.ANNOTATED, image_id, None) is not None
    with pytest.raises(TooManyRequestsError, match="try again in a moment"):
        await one_at_a_time.open(Kind.SCREEN, image_id, None)
    for _ in range(2):
        assert await one_at_a_time.open(Kind.PREVIEW, "0" * 32, None) is None
    assert await one_at_a_time.open(Kind.THUMBNAIL, image_id, None) is not None
