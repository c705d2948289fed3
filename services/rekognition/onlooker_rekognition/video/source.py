"""The video that a request's `Video` member names."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from onlooker_rekognition.jobs import Structure
from onlooker_rekognition.protocol.errors import VideoTooLargeError


class VideoObjects(Protocol):
    """Objects of S3."""

    async def size(self, bucket: str, name: str, version: str | None) -> int:
        """The object's length in bytes. Raises InvalidS3ObjectError, InternalServerError where a retry may help."""

    async def download(self, bucket: str, name: str, version: str | None, target: Path, *, limit: int) -> None:
        """Write the object to a file. Raises as `size` does, and VideoTooLargeError above `limit` bytes."""


class StoredVideos:
    """Videos in S3 of at most `max_bytes`."""

    def __init__(self, objects: VideoObjects, *, max_bytes: int) -> None:
        self._objects = objects
        self._max_bytes = max_bytes

    async def check(self, video: Structure) -> None:
        """Raises InvalidS3ObjectError or VideoTooLargeError when the video can not be analysed."""
        check_video_size(await self._objects.size(*_place(video)), self._max_bytes)

    async def download(self, video: Structure, target: Path) -> None:
        """Write the video to a file; it may have changed since it was checked. Raises as `check` does."""
        await self._objects.download(*_place(video), target, limit=self._max_bytes)


def check_video_size(size: int, limit: int) -> None:
    """Raises VideoTooLargeError above `limit` bytes."""
    if size > limit:
        raise VideoTooLargeError(f"The video has {size} bytes; {limit} are the most that are accepted.")


def _place(video: Structure) -> tuple[str, str, str | None]:
    place = video["S3Object"]
    return place["Bucket"], place["Name"], place.get("Version")
