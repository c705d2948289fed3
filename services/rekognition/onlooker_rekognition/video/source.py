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

    async def download(self, bucket: str, name: str, version: str | None, target: Path) -> None:
        """Write the object to a file. Raises as `size` does."""


class StoredVideos:
    """Videos in S3 of at most `max_bytes`."""

    def __init__(self, objects: VideoObjects, *, max_bytes: int) -> None:
        self._objects = objects
        self._max_bytes = max_bytes

    async def check(self, video: Structure) -> None:
        """Raises InvalidS3ObjectError or VideoTooLargeError when the video can not be analysed."""
        size = await self._objects.size(*_place(video))
        if size > self._max_bytes:
            raise VideoTooLargeError(f"The video has {size} bytes; {self._max_bytes} are the most that are accepted.")

    async def download(self, video: Structure, target: Path) -> None:
        """Write the video to a file; it may have changed since it was checked. Raises as `check` does."""
        await self.check(video)
        await self._objects.download(*_place(video), target)


def _place(video: Structure) -> tuple[str, str, str | None]:
    place = video["S3Object"]
    return place["Bucket"], place["Name"], place.get("Version")
