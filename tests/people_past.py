"""Pictures from before, as the recognizer leaves them: results and sightings, in the buckets and tables of a stage."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from installation import ADMIN, Keys, client_of, working
from onlooker_recognizer.__main__ import compose
from onlooker_recognizer.people.changes.owed import Owed, Relabel
from onlooker_recognizer.people.changes.relabelling import Relabelling
from onlooker_recognizer.people.changes.renewing import Renewing
from onlooker_recognizer.people.collection.matching import Thresholds
from onlooker_recognizer.people.handlers import decode as decode_of_people
from onlooker_recognizer.people.identification.naming import as_person
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import FaceRecord, PersonRecord, Sighting
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.images import ImageRef
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.messages import AnyMessage, decode
from onlooker_shared.outages import Outages
from onlooker_shared.publisher import Publisher
from onlooker_shared.recognition import BoundingBox, Face
from onlooker_shared.results import Results, StoredResult, result_key
from onlooker_shared.service import Service
from people_records import a_face_of
from recognitions import NOON, a_face, a_recognition, an_image
from recognizer_stage import Stage, until

SIMILARITY = 97.0
WRITERS = 16
KEYS = {
    "admin": ADMIN,
    "reader": Principal("1", "r", frozenset({Scope.PEOPLE_READ, Scope.RECOGNITIONS_WRITE})),
    "bound": Principal("2", "b", frozenset({Scope.PEOPLE_WRITE}), bucket="images"),
}


def place(number: int) -> BoundingBox:
    """Where the face with a number (from 0) is in a picture: no two overlap."""
    return BoundingBox(left=0.2 * number, top=0.1, width=0.15, height=0.3)


@dataclass
class Past:
    """The recognizer's stores, with what tests put there and look for."""

    stage: Stage
    people: People
    sightings: Sightings
    results: Results
    publisher: Publisher
    queue_url: str
    owed: Owed
    made: dict[str, ImageRef] = field(default_factory=dict)
    one_by_one: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def judge(self) -> Judge:
        return Judge(self.people, Thresholds(person=90, candidate=70))

    async def relabelling(self, **other: Any) -> Relabelling:
        """What does the jobs, of this test's own."""
        renewed: dict[str, Any] = {
            "people": self.people,
            "judge": self.judge,
            "sightings": self.sightings,
            "results": self.results,
            "publisher": self.publisher,
            "clock": lambda: datetime.now(UTC),
        }
        renewed |= {name: other[name] for name in renewed.keys() & other.keys()}
        rest: dict[str, Any] = {
            "sightings": self.sightings,
            "owed": self.owed,
            "sqs": await self.stage.aws.client("sqs"),
            "queue_url": self.queue_url,
            "outages": Outages(),
            "clock": lambda: datetime.now(UTC),
        }
        rest |= {name: each for name, each in other.items() if name not in renewed}
        return Relabelling(renewing=Renewing(**renewed), **rest)

    async def seen(
        self, key: str, *shown: PersonRecord | Face | None, face_ids: Mapping[int, str] | None = None
    ) -> str:
        """Store a picture in which some people are seen, in this order; return its id."""
        image = an_image(key, uploaded_at=NOON + timedelta(seconds=len(self.made)))
        self.made[image.image_id] = image
        faces, sightings = [], []
        for number, who in enumerate(shown):
            face = who if isinstance(who, Face) else a_face().model_copy(update={"bounding_box": place(number)})
            if isinstance(who, PersonRecord):
                face_id = (face_ids or {}).get(number)
                face = face.model_copy(update={"person": as_person(who, SIMILARITY), "face_id": face_id})
                sightings.append(
                    Sighting(
                        person_id=who.person_id,
                        image_id=image.image_id,
                        bucket=image.bucket,
                        key=image.key,
                        seen_at=image.uploaded_at,
                        bounding_box=face.bounding_box,
                        similarity=SIMILARITY,
                        face_id=face_id,
                    )
                )
            faces.append(face)
        recognition = a_recognition(*faces, identified_at=NOON)
        await self.results.put(StoredResult(image=image, recognition=recognition, rekognition={}))
        async with self.one_by_one:  # else those of one person are in each other's way
            await self.sightings.settle(image.image_id, sightings)
        return image.image_id

    async def seen_often(self, person: PersonRecord, count: int, prefix: str = "") -> list[str]:
        """Store so many pictures of somebody; return their ids."""
        turns = asyncio.Semaphore(WRITERS)

        async def one(number: int) -> str:
            async with turns:
                return await self.seen(f"{prefix}{number}.jpg", person)

        return list(await asyncio.gather(*map(one, range(count))))

    async def face(self, person: PersonRecord, image_id: str | None = None) -> FaceRecord:
        """Add a face to somebody, of a picture if one is named."""
        face = a_face_of(person, image=self.made[image_id] if image_id else None)
        await self.people.add_face(face)
        return face

    async def names(self, image_id: str) -> list[str | None]:
        """Who is in a picture, by the names of its faces."""
        faces = (await self.results.get(image_id)).recognition.faces
        return [face.person.name if face.person else None for face in faces]

    async def recorded(self, image_id: str) -> list[str]:
        """The ids of those who are recorded in a picture."""
        return sorted(sighting.person_id for sighting in await self.sightings.of_picture(image_id))

    async def etags(self, image_ids: Sequence[str]) -> list[str]:
        s3 = await self.stage.aws.client("s3")
        heads = [await s3.head_object(Bucket=self.results.bucket, Key=result_key(each)) for each in image_ids]
        return [head["ETag"] for head in heads]

    async def delete(self, image_id: str) -> None:
        """Delete a picture's result and what is recorded of it, as the recognizer does."""
        s3 = await self.stage.aws.client("s3")
        await s3.delete_object(Bucket=self.results.bucket, Key=result_key(image_id))
        await self.sightings.settle(image_id, ())

    async def told(self, count: int) -> list[AnyMessage]:
        """The next messages to the tagger."""
        return [decode(message["Body"]) for message in await self.stage.take(self.stage.names.tagger.name, count)]

    async def jobs(self) -> list[Relabel]:
        return await self.owed.older_than(timedelta(0), datetime.now(UTC) + timedelta(hours=1))

    async def job(self) -> Relabel:
        """Take the next job from the queue; S3's test event is none."""
        while True:
            [message] = await self.stage.take(self.stage.names.recognizer_people.name, 1)
            if isinstance(job := decode_of_people(message["Body"]), Relabel):
                return job

    async def done(self) -> None:
        """Wait until nothing is left to be done to the past."""

        async def nothing_left() -> bool:
            return not await self.jobs() and await self.stage.waiting(self.stage.names.recognizer_people) == 0

        await until(nothing_left)


@dataclass
class Served:
    """The recognizer at work on a past."""

    past: Past
    service: Service

    def client(self, key: str = "admin") -> httpx.AsyncClient:
        return client_of(self.service, Keys(dict(KEYS)), key)


async def past_of(stage: Stage) -> Past:
    """The stores of a stage."""
    dynamodb, names = await stage.aws.client("dynamodb"), stage.names
    return Past(
        stage=stage,
        people=People(dynamodb, names.people.name, names.people_faces.name),
        sightings=Sightings(dynamodb, names.sightings.name, names.people.name),
        results=await stage.results,
        publisher=Publisher(await stage.aws.client("sns"), await stage.aws.topic_arn(names.image_recognized)),
        queue_url=await stage.aws.queue_url(names.recognizer_people.name),
        owed=Owed(dynamodb, names.sightings.name),
    )


@asynccontextmanager
async def served(past: Past) -> AsyncIterator[Served]:
    """The recognizer, composed as it ships and at work."""
    async with compose(past.stage.aws, past.stage.common) as service, working(service):
        yield Served(past, service)
