"""What people of a search are called: as their pictures say it, so that nobody's record is read for a word."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from onlooker_console.apis import Api, attempt


async def names(api: Api, person_ids: Iterable[str]) -> dict[str, str]:
    """Return people's names by id; without those who are in no picture, or who cannot be looked up just now."""
    ids = tuple(dict.fromkeys(person_ids))
    found = await asyncio.gather(*(attempt(api.get("/tags/images", {"person_id": each, "limit": 1})) for each in ids))
    told = {each: _name(answer.value, each) for each, answer in zip(ids, found, strict=True)}
    return {each: name for each, name in told.items() if name}


def _name(answer: Mapping[str, Any] | None, person_id: str) -> str:
    faces = (face for image in (answer or {}).get("images", ()) for face in image["faces"])
    return next((face["person"] or "" for face in faces if face["person_id"] == person_id), "")
