"""Everything that is stored of a person, as a zip: for them, or for whoever asks in their name.

person.json        what is told of them, and of those who were merged into them
faces.json         the faces by which they are told
faces/{id}.jpg     those, cut out
sightings.json     where they were seen
results.json       their faces in those pictures, as they were recognized
consents.json
attendance.json    when they signed in and out
audit.json         who read or changed what is known of them
"""

import asyncio
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from onlooker_recognizer.people.audit.log import Audit
from onlooker_recognizer.people.collection.crops_store import CropStore
from onlooker_recognizer.people.consent.consents import Consents
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import FaceRecord, PersonRecord, Sighting
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.errors import NotFoundError
from onlooker_shared.results import Results

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

PAGE = 200
"""Sightings, and entries of the log, that are read at once."""
AT_ONCE = 16
"""Results that are read at the same time."""


class Export:
    """Exports people.

    Args:
        dynamodb: the process's client.
        attendance: the name of the table of attendance.
        people: who is known.
        sightings: where they were seen.
        crops: pictures of their faces.
        results: what was recognized.
        consents: what they agreed to.
        audit: who read or changed it.
    """

    def __init__(
        self,
        *,
        dynamodb: "DynamoDBClient",
        attendance: str,
        people: People,
        sightings: Sightings,
        crops: CropStore,
        results: Results,
        consents: Consents,
        audit: Audit,
    ) -> None:
        self._dynamodb = dynamodb
        self._attendance = attendance
        self._people = people
        self._sightings = sightings
        self._crops = crops
        self._results = results
        self._consents = consents
        self._audit = audit

    async def of_person(self, person_id: str) -> bytes:
        """Return the zip.

        Raises:
            NotFoundError: there is no such person.
        """
        person = await self._people.get(person_id)
        faces = await self._people.faces_of(person_id)
        sightings = await self._all_sightings(person_id)
        texts: dict[str, Sequence[BaseModel | dict[str, Any]]] = {
            "person.json": [person, *await self._merged_into(person_id)],
            "faces.json": faces,
            "sightings.json": sightings,
            "results.json": await self._parts_of_results(person_id, sightings),
            "consents.json": await self._consents.of_person(person_id),
            "attendance.json": await self._signed(person_id),
            "audit.json": await self._entries(person_id),
        }
        files = {name: _json(parts) for name, parts in texts.items()} | await self._pictures(faces)
        return await asyncio.to_thread(_zipped, files)

    async def _merged_into(self, person_id: str) -> list[PersonRecord]:
        return [each for each in await self._people.everybody() if each.merged_into == person_id]

    async def _all_sightings(self, person_id: str) -> list[Sighting]:
        found: list[Sighting] = []
        after: str | None = None
        while True:
            page = await self._sightings.of_person(person_id, limit=PAGE, after=after)
            found += page.sightings
            if (after := page.after) is None:
                return found

    async def _parts_of_results(self, person_id: str, sightings: Iterable[Sighting]) -> list[dict[str, Any]]:
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(image_id: str) -> dict[str, Any] | None:
            async with turns:
                try:
                    result = await self._results.get(image_id)
                except NotFoundError:
                    return None
            faces = result.recognition.faces
            theirs = [face for face in faces if face.person and face.person.person_id == person_id]
            return {
                "image": result.image.model_dump(mode="json"),
                "faces": [face.model_dump(mode="json") for face in theirs],
            }

        image_ids = dict.fromkeys(each.image_id for each in sightings)
        return [part for part in await asyncio.gather(*map(one, image_ids)) if part]

    async def _signed(self, person_id: str) -> list[dict[str, Any]]:
        """Return when somebody signed in and out; no index has it by person, so all are looked through."""
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=self._attendance,
            FilterExpression="begins_with(about, :day) AND person_id = :person",
            ExpressionAttributeValues={":day": {"S": "day:"}, ":person": {"S": person_id}},
            ConsistentRead=True,
        )
        signed = [
            {"at": item["at"]["S"], "direction": item["direction"]["S"]}
            async for page in pages
            for item in page["Items"]
        ]
        return sorted(signed, key=lambda each: each["at"])

    async def _entries(self, person_id: str) -> list[BaseModel]:
        found: list[BaseModel] = []
        after: str | None = None
        while True:
            page = await self._audit.of_person(person_id, limit=PAGE, after=after)
            found += page.entries
            if (after := page.after) is None:
                return found

    async def _pictures(self, faces: Iterable[FaceRecord]) -> dict[str, bytes]:
        found = {f"faces/{face.face_id}.jpg": await self._crops.get(face.crop) for face in faces}
        return {name: jpeg for name, jpeg in found.items() if jpeg is not None}


def _json(parts: Sequence[BaseModel | dict[str, Any]]) -> bytes:
    plain = [part.model_dump(mode="json") if isinstance(part, BaseModel) else part for part in parts]
    return json.dumps(plain, ensure_ascii=False, indent=1).encode()


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
