"""How a body gets to S3: how much of it is in memory, and what happens when S3 fails on the way."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from onlooker_ingest.addresses import ObjectAddress
from onlooker_ingest.body import Body, BodyLimits
from onlooker_ingest.formats import JPEG
from onlooker_ingest.uploads import PART_BYTES, Uploads
from onlooker_shared.errors import UnavailableError

ADDRESS = ObjectAddress("images", "a.jpg")
CHUNK = bytes(256 * 1024)
DOWN = EndpointConnectionError(endpoint_url="http://s3")


class FakeS3:
    """Notes what it is asked for; fails at what it is told to."""

    def __init__(self, **failures: Exception) -> None:
        self.failures = failures
        self.calls: list[str] = []
        self.sizes: list[int] = []
        self.parts: list[io.BytesIO] = []
        self.most_alive = 0
        self.most_alive_while_receiving = 0
        self.sending = 0
        self.sending_began = asyncio.Event()

    @property
    def alive(self) -> int:
        """Parts that were sent or are being sent and are still in memory."""
        return sum(not part.closed for part in self.parts)

    async def put_object(self, **asked: Any) -> dict[str, Any]:
        return await self._answer("put_object", {"ETag": '"e"'})

    async def create_multipart_upload(self, **asked: Any) -> dict[str, Any]:
        return await self._answer("create_multipart_upload", {"UploadId": "u"})

    async def upload_part(self, *, Body: io.BytesIO, PartNumber: int, **asked: Any) -> dict[str, Any]:  # noqa: N803
        self.parts.append(Body)
        self.sizes.append(len(Body.getbuffer()))
        self.sending += 1
        self.sending_began.set()
        try:
            for _ in range(50):  # slower than the body comes
                await asyncio.sleep(0)
                self.most_alive = max(self.most_alive, self.alive)
            return await self._answer("upload_part", {"ETag": f'"{PartNumber}"'})
        finally:
            self.sending -= 1

    async def complete_multipart_upload(self, *, MultipartUpload: Any, **asked: Any) -> dict[str, Any]:  # noqa: N803
        assert [part["PartNumber"] for part in MultipartUpload["Parts"]] == list(range(1, len(self.sizes) + 1))
        return await self._answer("complete_multipart_upload", {"ETag": '"e-2"'})

    async def abort_multipart_upload(self, **asked: Any) -> dict[str, Any]:
        assert self.sending == 0, "a part that arrives after the abort would stay"
        return await self._answer("abort_multipart_upload", {})

    async def _answer(self, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(operation)
        if operation in self.failures:
            raise self.failures[operation]
        return answer


async def store(s3: FakeS3, size: int) -> None:
    async def arriving() -> AsyncIterator[bytes]:
        for _ in range(0, size, len(CHUNK)):
            await asyncio.sleep(0)
            s3.most_alive_while_receiving = max(s3.most_alive_while_receiving, s3.alive)
            yield CHUNK

    body = Body(arriving(), BodyLimits(size=2 * size, idle=10, total=10))
    await Uploads(cast("Any", s3)).store(ADDRESS, body, JPEG)


async def test_a_small_body_costs_one_call() -> None:
    s3 = FakeS3()
    await store(s3, PART_BYTES)

    assert s3.calls == ["put_object"]


async def test_a_large_body_is_never_in_memory_by_more_than_two_parts() -> None:
    s3 = FakeS3()
    await store(s3, 6 * PART_BYTES + 1)

    assert s3.sizes == [PART_BYTES] * 6 + [len(CHUNK)]
    assert s3.most_alive == 2
    assert s3.most_alive_while_receiving == 1  # and the one that is being received
    assert s3.alive == 0


@pytest.mark.parametrize("operation", ["upload_part", "complete_multipart_upload"])
async def test_what_s3_refuses_is_aborted(operation: str) -> None:
    s3 = FakeS3(**{operation: DOWN})
    with pytest.raises(UnavailableError):
        await store(s3, 3 * PART_BYTES)

    assert s3.calls[-1] == "abort_multipart_upload"
    assert ("complete_multipart_upload" in s3.calls) is (operation == "complete_multipart_upload")


async def test_an_upload_that_did_not_begin_needs_no_abort() -> None:
    s3 = FakeS3(create_multipart_upload=DOWN)
    with pytest.raises(UnavailableError):
        await store(s3, 3 * PART_BYTES)

    assert s3.calls == ["create_multipart_upload"]


async def test_a_failing_abort_does_not_hide_the_failure() -> None:
    refused = ClientError({"Error": {"Code": "AccessDenied"}}, "UploadPart")
    s3 = FakeS3(upload_part=refused, abort_multipart_upload=DOWN)
    with pytest.raises(ClientError) as raised:
        await store(s3, 3 * PART_BYTES)

    assert raised.value is refused


async def test_a_cancelled_upload_is_aborted() -> None:
    s3 = FakeS3()
    storing = asyncio.create_task(store(s3, 100 * PART_BYTES))
    await s3.sending_began.wait()
    storing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await storing

    assert s3.calls[-1] == "abort_multipart_upload"
