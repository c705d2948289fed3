"""An installation in whose pictures people are identified by the real local Rekognition server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image

from onlooker_recognizer.calls import Calls
from onlooker_recognizer.conversion import Frame
from onlooker_recognizer.people.collection.answers import Indexed
from onlooker_recognizer.people.collection.crops import cut
from onlooker_recognizer.people.composing import PeopleParts, collection_name, compose_people
from onlooker_recognizer.people.registry.records import FaceRecord, PersonRecord, Source
from onlooker_recognizer.permissions import Permissions
from onlooker_recognizer.pictures import Pictures, decoded
from onlooker_recognizer.settings import RecognizerSettings
from onlooker_recognizer.translation import face as face_of
from recognizer_stage import Stage


def beside(*pictures: Path, height: int = 400) -> bytes:
    """One JPEG of several pictures, side by side."""
    parts = []
    for path in pictures:
        with Image.open(path) as opened:
            parts.append(opened.convert("RGB").resize((round(opened.width * height / opened.height), height)))
    whole = Image.new("RGB", (sum(part.width for part in parts), height))
    left = 0
    for part in parts:
        whole.paste(part, (left, 0))
        left += part.width
    out = BytesIO()
    whole.save(out, "JPEG", quality=95)
    return out.getvalue()


@dataclass(frozen=True)
class PeopleStage:
    """What tests do with people, past the recognizer."""

    stage: Stage
    parts: PeopleParts
    calls: Calls

    async def enrol(self, name: str, *pictures: bytes) -> PersonRecord:
        """Have somebody be known by the largest face of each picture."""
        person = await self.parts.people.create(name)
        for data in pictures:
            await self.add_face(person.person_id, data)
        person = await self.parts.people.get(person.person_id)
        if person.is_user:
            await self.parts.collection.associate(person.person_id, person.face_ids)
        return person

    async def add_face(self, person_id: str, data: bytes) -> FaceRecord:
        """Add the largest face of a picture."""
        answer = await self.calls.call("DetectFaces", {"Image": {"Bytes": data}})
        face = face_of(answer["FaceDetails"][0], Frame())
        crop = cut(decoded(data), face.bounding_box)
        added = await self.parts.collection.index(crop.jpeg, person_id=person_id)
        assert isinstance(added, Indexed)
        record = FaceRecord(
            face_id=added.face_id,
            person_id=person_id,
            source=Source.ENROLLED,
            bounding_box=face.bounding_box,
            confidence=added.confidence,
            brightness=added.quality.brightness,
            sharpness=added.quality.sharpness,
            model=added.model,
            crop=await self.parts.crops.put(added.face_id, crop.jpeg),
            added_at=datetime.now(UTC),
        )
        await self.parts.people.add_face(record)
        return record


@asynccontextmanager
async def people_of(stage: Stage) -> AsyncIterator[PeopleStage]:
    """Yield what a process of the recognizer knows people by, with the settings that the environment has now."""
    client = await stage.aws.client("rekognition")
    calls, settings = Calls(client, paces={}, count=lambda _: None), RecognizerSettings()
    with Pictures(max_pixels=10**8, inline_bytes=10**6, threads=2) as pictures:
        parts = compose_people(
            settings,
            stage.names,
            collection=collection_name(settings, stage.common.prefix),
            s3=await stage.aws.client("s3"),
            dynamodb=await stage.aws.client("dynamodb"),
            calls=calls,
            permissions=Permissions(client, {}),
            pictures=pictures,
            results=await stage.results,
            clock=lambda: datetime.now(UTC),
        )
        yield PeopleStage(stage, parts, calls)
