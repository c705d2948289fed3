"""Pictures that have gone all the way before a test looks at them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from onlooker.client import ApiError, OnlookerClient
from onlooker.pictures import Picture
from onlooker.uploading import upload_all, wait_for
from onlooker_shared.aws import Aws
from onlooker_shared.messages import ImageRecognized
from onlooker_shared.results import Results
from onlooker_shared.topology import Topology
from recognitions import Found, a_recognition

BUCKET = "onlooker-images"
NOT_FOUND = 404
PATIENCE = 60
"""Seconds without any picture getting ready."""

Album = dict[str, dict[str, Any]]
"""Pictures' documents in the index, by key."""
AddPictures = Callable[..., Awaitable[Album]]
"""The fixture `add_pictures`: `add_to_album` with its client, for one test."""


async def add_to_album(client: OnlookerClient, *pictures: Picture) -> Album:
    """Upload pictures and wait until each is recognized, annotated and indexed; returns their documents."""
    sent = await upload_all(client, BUCKET, pictures, sent=lambda _: None, settled=lambda _: None)
    done = await wait_for(client, sent, patience=PATIENCE, settled=lambda _: None)
    assert {result.stage for result in done} == {"done"}, done
    return {result.picture.key: result.document for result in done if result.document is not None}


async def remove_from_album(client: OnlookerClient, key: str) -> None:
    """Delete a picture, if it is still there."""
    try:
        await client.delete(BUCKET, key)
    except ApiError as error:
        if error.status != NOT_FOUND:
            raise


async def recognized_anew(aws: Aws, topology: Topology, image_id: str, *found: Found) -> ImageRecognized:
    """Store another result of a picture, in which this was found; returns the message that announces it, unsent."""
    results = Results(await aws.client("s3"), topology.results.name)
    recognition = a_recognition(*found, recognized_at=datetime.now(UTC))
    stored = (await results.get(image_id)).model_copy(update={"recognition": recognition})
    await results.put(stored)
    return stored.message(results.bucket)
