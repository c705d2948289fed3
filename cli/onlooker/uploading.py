"""Sends many pictures at once and, if wanted, waits until each has gone all the way through."""

import asyncio
import dataclasses
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from onlooker.client import NOT_FOUND, UNAUTHORIZED, ApiError, OnlookerClient
from onlooker.pictures import Picture
from onlooker.waiting import until

AT_ONCE = 6
"""Uploads at the same time: enough to keep a disk and a network busy."""

Stage = Literal["sent", "refused", "done", "failed", "overdue"]


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of one picture."""

    picture: Picture
    stage: Stage
    image_id: str | None = None
    reason: str | None = None
    document: dict[str, Any] | None = None


async def upload_all(
    client: OnlookerClient,
    bucket: str,
    pictures: Sequence[Picture],
    *,
    sent: Callable[[int], None],
    settled: Callable[[Uploaded], None],
) -> list[Uploaded]:
    """Send pictures, several at a time; returns what became of each, in their order.

    Args:
        client: of the installation.
        bucket: where to.
        pictures: what to send.
        sent: called with numbers of bytes as they leave.
        settled: called as each upload ends.

    Raises:
        ApiError: the installation does not answer, or not to this key.
    """
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(picture: Picture) -> Uploaded:
        async with slots:
            try:
                image_id = await client.upload(picture.path, bucket, picture.key, sent)
                result = Uploaded(picture, "sent", image_id)
            except ApiError as error:
                if error.status in {0, UNAUTHORIZED}:
                    raise  # the next one would fare no better
                result = Uploaded(picture, "refused", reason=str(error))
            except OSError as error:
                result = Uploaded(picture, "refused", reason=f"cannot be read: {error.strerror}")
        settled(result)
        return result

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(picture)) for picture in pictures]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures  # they are all of one kind, and the caller wants to tell it
    return [task.result() for task in tasks]


async def wait_for(
    client: OnlookerClient, uploads: Sequence[Uploaded], *, patience: float, settled: Callable[[Uploaded], None]
) -> list[Uploaded]:
    """Wait until each picture that was sent is recognized, annotated and indexed, or has failed.

    Looks at one after another: queues give pictures back roughly in the order they came, so while the first is waited
    for the others get ready.

    Args:
        client: of the installation.
        uploads: what `upload_all` returned.
        patience: seconds without a picture getting ready; what is not ready then is overdue, and what comes after it
            is looked at once until one is ready again.
        settled: called as each one is known.
    """
    results: list[Uploaded] = []
    deadline = time.monotonic() + patience
    for upload in uploads:
        result = upload
        if upload.stage == "sent":
            if ready := await _ready(client, upload, deadline):
                result = ready
                deadline = time.monotonic() + patience
            else:
                reason = f"not done after {patience:.0f} s; `onlooker queues` shows what it waits for"
                result = dataclasses.replace(upload, stage="overdue", reason=reason)
        settled(result)
        results.append(result)
    return results


async def _ready(client: OnlookerClient, upload: Uploaded, deadline: float) -> Uploaded | None:
    """Return what became of a picture, None if that is not known by the deadline; it is looked at once at least."""
    image_id = upload.image_id
    assert image_id is not None  # noqa: S101 - every upload that was sent has one

    async def look() -> Uploaded | None:
        document = await _document(client, image_id)
        if document and document["state"] == "failed":
            return dataclasses.replace(upload, stage="failed", reason=document["reason"], document=document)
        if document and document["annotated"]:
            return dataclasses.replace(upload, stage="done", document=document)
        return None

    return await until(deadline, look)


async def _document(client: OnlookerClient, image_id: str) -> dict[str, Any] | None:
    """Return a picture's document; None if it is not indexed yet, or the installation asks to come back later."""
    try:
        return await client.document(image_id)
    except ApiError as error:
        if error.status == NOT_FOUND or error.retry_after is not None:
            return None
        raise
