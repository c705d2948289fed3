"""Everything that is stored of a person, as a zip: for them, or for whoever asks in their name.

It is made piece by piece while it is sent: somebody may be in as many pictures as do not fit into memory.

person.json        what is told of them, and of those who were merged into them
faces.json         the faces by which they are told
faces/{id}.jpg     those, cut out
profiles.json      what others kept of whom those faces belong to
sightings.json     where they were seen
results.json       their faces in those pictures, as they were recognized
consents.json
attendance.json    when they signed in and out
audit.json         who read or changed what is known of them
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from onlooker_recognizer.people.audit.log import Audit
from onlooker_recognizer.people.collection.crops_store import CropStore
from onlooker_recognizer.people.consent.consents import Consents
from onlooker_recognizer.people.erasure.zipping import Zip
from onlooker_recognizer.people.profiles.table import Profiles
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord, Sighting
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.errors import NotFoundError
from onlooker_shared.results import Results

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

PAGE = 200
"""Sightings, and entries of the log, that are read at once."""
AT_ONCE = 16
"""Results that are read at the same time."""


Part: TypeAlias = BaseModel | dict[str, Any]
T = TypeVar("T")


class Export:
    """Exports people.

    Args:
        dynamodb: the process's client.
        attendance: the name of the table of attendance.
        people: who is known.
        sightings: where they were seen.
        profiles: what others kept of whom a face belongs to.
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
        profiles: Profiles,
        sightings: Sightings,
        crops: CropStore,
        results: Results,
        consents: Consents,
        audit: Audit,
    ) -> None:
        self._dynamodb = dynamodb
        self._attendance = attendance
        self._people = people
        self._profiles = profiles
        self._sightings = sightings
        self._crops = crops
        self._results = results
        self._consents = consents
        self._audit = audit

    async def find(self, person_id: str) -> PersonRecord:
        """Return who is to be exported: of somebody who was merged, whom they became.

        Raises:
            NotFoundError: there is no such person.
        """
        return await self._people.resolve(person_id)

    async def of_person(self, person: PersonRecord) -> AsyncIterator[bytes]:
        """Yield the zip, piece by piece. Who is erased meanwhile is in it as far as it was made."""
        merged = await self._merged_into(person.person_id)
        person_ids = [person.person_id, *(each.person_id for each in merged)]
        found = (await self._people.faces(person.face_ids)).values()
        faces = sorted(found, key=lambda face: (face.added_at, face.face_id))
        texts: dict[str, AsyncIterator[Part]] = {
            "person.json": _each([person, *merged]),
            "faces.json": _each(faces),
            "profiles.json": _each(await self._kept_by_others(person.face_ids)),
            "sightings.json": self._sightings_of(person.person_id),
            "results.json": self._parts_of_results(person.person_id),
            "consents.json": _each(await self._consents.of_person(person.person_id)),
            "attendance.json": _each(await self._signed(person_ids)),
            "audit.json": self._entries(person_ids),
        }
        archive = Zip()
        for name, parts in texts.items():
            async for piece in archive.add(name, _json(parts)):
                yield piece
        for face in faces:
            if (jpeg := await self._crops.get(face.crop)) is not None:
                async for piece in archive.add(f"faces/{face.face_id}.jpg", _each([jpeg])):
                    yield piece
        yield archive.end()

    async def _kept_by_others(self, face_ids: Iterable[str]) -> list[dict[str, Any]]:
        found = await self._profiles.find(face_ids)
        return [{"face_id": each, "attributes": dict(found[each].attributes)} for each in sorted(found)]

    async def _merged_into(self, person_id: str) -> list[PersonRecord]:
        """Return all who became somebody, however many merges it took."""
        everybody = await self._people.everybody()
        ids, more = {person_id}, {person_id}
        while more:
            more = {each.person_id for each in everybody if each.merged_into in more} - ids
            ids |= more
        return [each for each in everybody if each.person_id in ids - {person_id}]

    async def _pages(self, person_id: str) -> AsyncIterator[tuple[Sighting, ...]]:
        after: str | None = None
        while True:
            page = await self._sightings.of_person(person_id, limit=PAGE, after=after)
            yield page.sightings
            if (after := page.after) is None:
                return

    async def _sightings_of(self, person_id: str) -> AsyncIterator[Part]:
        async for page in self._pages(person_id):
            for each in page:
                yield each

    async def _parts_of_results(self, person_id: str) -> AsyncIterator[Part]:
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(image_id: str) -> dict[str, Any] | None:
            async with turns:
                try:
                    result = await self._results.get(image_id)
                except (NotFoundError, ValidationError):  # deleted this moment; or damaged, so that nothing is known
                    return None
            theirs = [face for face in result.recognition.faces if face.person and face.person.person_id == person_id]
            return {
                "image": result.image.model_dump(mode="json"),
                "faces": [face.model_dump(mode="json") for face in theirs],
            }

        told = ""
        async for page in self._pages(person_id):
            ids = [each for each in dict.fromkeys(each.image_id for each in page) if each != told]
            for part in await asyncio.gather(*map(one, ids)):
                if part is not None:
                    yield part
            told = ids[-1] if ids else told  # a picture with several faces of theirs may go on in the next page

    async def _signed(self, person_ids: Iterable[str]) -> list[dict[str, Any]]:
        """Return when somebody signed in and out; no index has it by person, so all are looked through."""
        ids = set(person_ids)
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=self._attendance,
            FilterExpression="begins_with(about, :day)",
            ExpressionAttributeValues={":day": {"S": "day:"}},
            ConsistentRead=True,
        )
        signed = [
            {"at": item["at"]["S"], "direction": item["direction"]["S"]}
            async for page in pages
            for item in page["Items"]
            if item["person_id"]["S"] in ids
        ]
        return sorted(signed, key=lambda each: each["at"])

    async def _entries(self, person_ids: Iterable[str]) -> AsyncIterator[Part]:
        told = set[str]()
        for person_id in person_ids:
            after: str | None = None
            while True:
                page = await self._audit.of_person(person_id, limit=PAGE, after=after)
                for each in page.entries:
                    if told.isdisjoint(each.people):  # else it was told of another of them
                        yield each
                if (after := page.after) is None:
                    break
            told.add(person_id)


async def _each(parts: Iterable[T]) -> AsyncIterator[T]:
    for part in parts:
        yield part


async def _json(parts: AsyncIterator[Part]) -> AsyncIterator[bytes]:
    """Yield a list in JSON, a line for each part."""
    before = b"[\n"
    async for part in parts:
        plain = part.model_dump(mode="json") if isinstance(part, BaseModel) else part
        yield before + json.dumps(plain, ensure_ascii=False).encode()
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"
