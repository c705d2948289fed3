"""Makes people of profiles: of each one a person, who has the face that the profile is about.

The id of the person follows from the FaceId, so importing again makes nobody twice and finishes what was interrupted.
What was imported belongs to Onlooker from then on: what somebody changed of a person, another import leaves as it is.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from onlooker_recognizer.people.collection.crops_store import crop_key
from onlooker_recognizer.people.profiles.reading import read_profile
from onlooker_recognizer.people.profiles.table import Profile, Profiles
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import FaceRecord, Source
from onlooker_shared.errors import BadRequestError, ConflictError
from onlooker_shared.recognition import BoundingBox, Percent

AT_ONCE = 8
"""Profiles in work together."""
_NAMESPACE = uuid.UUID("5f1a6f0c-6a55-4d0e-9d0b-5f3f6b8a3c11")
"""Of the ids of people who were imported (RFC 9562, version 5)."""


@dataclass(frozen=True, slots=True)
class CollectedFace:
    """What the collection says of a face (Rekognition's ListFaces)."""

    bounding_box: BoundingBox
    confidence: Percent
    model: str
    external_image_id: str | None = None


@dataclass(slots=True)
class ImportReport:
    """What became of the profiles, by FaceId."""

    taken: dict[str, str] = field(default_factory=dict)
    """Those of which this import made something; with the person's id."""
    known: dict[str, str] = field(default_factory=dict)
    """Those that are somebody already; with the person's id."""
    refused: dict[str, str] = field(default_factory=dict)
    """Those of which nobody could be made; with the reason."""
    left_out: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What of a profile could not be taken, though the rest was; in words."""
    without_face: set[str] = field(default_factory=set)
    """Those of which the collection has no face: their people are not recognized until they are enrolled."""


class ProfileImport:
    """Imports profiles.

    Args:
        profiles: the table that they are in.
        people: those who they become.
        clock: epoch seconds.
    """

    def __init__(self, profiles: Profiles, people: People, *, clock: Callable[[], float] = time.time) -> None:
        self._profiles = profiles
        self._people = people
        self._clock = clock

    async def run(self, collected: Mapping[str, CollectedFace]) -> ImportReport:
        """Import every profile, and report what became of each.

        Args:
            collected: the faces in the collection, by FaceId.
        """
        report = ImportReport()
        batch: list[Profile] = []
        async for profile in self._profiles.all():
            batch.append(profile)
            if len(batch) == AT_ONCE:
                await self._import(batch, collected, report)
                batch = []
        await self._import(batch, collected, report)
        return report

    async def _import(
        self, batch: Sequence[Profile], collected: Mapping[str, CollectedFace], report: ImportReport
    ) -> None:
        known = await self._people.faces(profile.face_id for profile in batch)
        report.known.update({face.face_id: face.person_id for face in known.values()})
        new = [profile for profile in batch if profile.face_id not in known]
        outcomes = await asyncio.gather(
            *(self._import_one(profile, collected.get(profile.face_id), report) for profile in new),
            return_exceptions=True,
        )
        for profile, outcome in zip(new, outcomes, strict=True):
            if isinstance(outcome, BadRequestError | ConflictError):
                report.refused[profile.face_id] = outcome.detail
            elif outcome is not None:
                raise outcome

    async def _import_one(self, profile: Profile, face: CollectedFace | None, report: ImportReport) -> None:
        """Make a person of a profile.

        Raises:
            BadRequestError: there is nothing that they could be called.
            ConflictError: the face cannot be theirs; the words say why.
        """
        reading = read_profile(profile, face.external_image_id if face else None)
        person_id = uuid.uuid5(_NAMESPACE, profile.face_id).hex
        try:
            await self._people.create(
                reading.name, attributes=reading.attributes, external_id=reading.external_id, person_id=person_id
            )
        except ConflictError:
            if not await self._people.find([person_id]):
                raise  # nobody of this id is to be
            there = True  # since an earlier import, or another that is under way
        else:
            there = False
            if reading.left_out:
                report.left_out[profile.face_id] = reading.left_out
        if face is None:
            report.without_face.add(profile.face_id)
        else:
            await self._people.add_face(self._record(profile.face_id, person_id, face))
        (report.known if there and face is None else report.taken)[profile.face_id] = person_id

    def _record(self, face_id: str, person_id: str, face: CollectedFace) -> FaceRecord:
        return FaceRecord(
            face_id=face_id,
            person_id=person_id,
            source=Source.IMPORTED,
            bounding_box=face.bounding_box,
            confidence=face.confidence,
            model=face.model,
            crop=crop_key(face_id),  # where one would be: nobody kept it
            added_at=datetime.fromtimestamp(self._clock(), UTC),
        )
