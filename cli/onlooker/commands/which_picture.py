"""Which picture somebody means: by its id, or by its key."""

import re
from typing import Any

from onlooker.client import MOST, NOT_FOUND, ApiError, OnlookerClient
from onlooker_shared.images import IMAGE_ID_PATTERN

Found = dict[str, Any]
"""A piece of what the API answers."""


async def id_of(client: OnlookerClient, image: str) -> str:
    """Return a picture's id, by that or by its key; raises as `find`."""
    return image if re.fullmatch(IMAGE_ID_PATTERN, image) else str((await find(client, image))["image_id"])


async def find(client: OnlookerClient, image: str) -> dict[str, Any]:
    """Return a picture's document by its id, its key, or its bucket and key as they are printed.

    Raises:
        ApiError: there is none.
    """
    if re.fullmatch(IMAGE_ID_PATTERN, image):
        return await client.document(image)
    bucket, _, key = image.partition("/")
    found = await _with_key(client, image) or (key and await _with_key(client, key, bucket=bucket))
    if not found:
        raise ApiError(NOT_FOUND, f"No picture with the key '{image}' is indexed (yet).")
    return found


async def _with_key(client: OnlookerClient, key: str, **more: str) -> Found | None:
    """Return the document of a picture with this key; the index finds those whose keys begin with it."""
    page: Found = {"cursor": ""}
    while page["cursor"] is not None:
        position = {"cursor": page["cursor"]} if page["cursor"] else {}
        page = await client.search({"prefix": key, "limit": MOST, **more, **position})
        exact: list[Found] = [document for document in page["images"] if document["key"] == key]
        if exact:
            return exact[0]
    return None
