"""Pictures: sent, found, deleted, and what is known of them."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from onlooker.client.errors import ApiError
from onlooker.client.requests import TIMEOUT, Requests, patiently, pieces, segment

MOST = 500
"""Pictures that a search gives at once."""


class Pictures(Requests):
    """What is asked of pictures."""

    async def upload(self, path: Path, bucket: str, key: str, sent: Callable[[int], None] = lambda _: None) -> str:
        """Send a file, from disk as it is read, and return its image id.

        An installation that is too busy, or without S3 for the moment, is asked again when it said to.

        Args:
            path: the file.
            bucket: where to.
            key: under which name.
            sent: called with the number of bytes after each piece; with a negative one if it begins anew.
        """
        counted = 0

        def count(size: int) -> None:
            nonlocal counted
            counted += size
            sent(size)

        async def once() -> str:
            nonlocal counted
            if counted:
                sent(-counted)
            counted = 0
            return await self._upload(path, bucket, key, count)

        return await patiently(once)

    async def _upload(self, path: Path, bucket: str, key: str, sent: Callable[[int], None]) -> str:
        size = await asyncio.to_thread(lambda: path.stat().st_size)
        answer = await self._request(
            "PUT", object_path(bucket, key), content=pieces(path, size, sent), headers={"Content-Length": str(size)}
        )
        return answer.headers["X-Onlooker-Image-Id"]

    async def delete(self, bucket: str, key: str, *, etag: str | None = None) -> None:
        """Delete an object; what is known of it goes a moment later.

        Args:
            bucket: where it is.
            key: its name there.
            etag: without quotes; only if it is still the version with this ETag.
        """
        condition = {} if etag is None else {"If-Match": f'"{etag}"'}
        await self._request("DELETE", object_path(bucket, key), headers=condition)

    async def recognize_again(self, image_id: str) -> dict[str, Any]:
        """Have a picture recognized again, and return where to look and from when on it is new."""
        return await self._json("POST", f"/recognitions/{image_id}")

    async def recognition(self, image_id: str) -> dict[str, Any]:
        """Return what was recognized in a picture."""
        return await self._json("GET", f"/recognitions/{image_id}")

    async def annotation(self, image_id: str) -> dict[str, Any]:
        """Return the presigned links to a picture's annotated copy and thumbnail."""
        return await self._json("GET", f"/annotations/{image_id}")

    async def document(self, image_id: str) -> dict[str, Any]:
        """Return a picture's document in the index."""
        return await self._json("GET", f"/tags/images/{image_id}")

    async def search(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return one page of pictures that match."""
        return await self._json("GET", "/tags/images", parameters)

    async def statistics(self, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return figures of the pictures that match; of all without parameters."""
        return await self._json("GET", "/tags/statistics", parameters)

    async def download(self, url: str, path: Path) -> None:
        """Write what a presigned link leads to into a file."""
        async with httpx.AsyncClient(timeout=TIMEOUT) as plain, plain.stream("GET", url) as answer:
            if answer.is_error:
                raise ApiError(answer.status_code, f"The link was refused with status {answer.status_code}.")
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                async for piece in answer.aiter_bytes():
                    file.write(piece)


def object_path(bucket: str, key: str) -> str:
    """Return an object's path at ingest; every byte that could be read otherwise is percent-encoded, slashes too.

    A key may hold ``..`` or ``//``, which clients and proxies on the way would tidy up if they saw them.
    """
    return f"/v1/{segment(bucket)}/{segment(key)}"
