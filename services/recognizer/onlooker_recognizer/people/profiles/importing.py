"""Makes people of profiles: of each one a person, who has the face that the profile is about.

The id of the person follows from the FaceId, so importing again makes nobody twice and finishes what was interrupted.
What was imported belongs to Onlooker from then on: what somebody changed of a person, another import leaves as it is.
It goes page by page, so that whoever asks sees how far it is, and can go on where it ended.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from onlooker_recognizer.people.audit.log import Action, Actor, Audit
from onlooker_recognizer.people.collection.crops_store import crop_key
from onlooker_recognizer.people.consent.consents import Consents, Given
from onlooker_recognizer.people.profiles.collected import CollectedFace
from onlooker_recognizer.people.profiles.reading import Reading, read_profile
from onlooker_recognizer.people.profiles.table import Profile, Profiles
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import FaceRecord, Source
from onlooker_shared.errors import BadRequestError, ConflictError

AT_ONCE = 8
"""Profiles in work together."""
_NAMESPACE = uuid.UUID("5f1a6f0c-6a55-4d0e-9d0b-5f3f6b8a3c11")
"""Of the ids of people who were imported (RFC 9562, version 5)."""
Collected = Callable[[Sequence[str]], Awaitable[Mapping[str, CollectedFace]]]
"""Returns those faces that the collection has, by FaceId."""


class Outcome(StrEnum):
    """What became of a profile."""

    TAKEN = "taken"
    """This import made a person of it, or gave them the face."""
    KNOWN = "known"
    """It is somebody already."""
    REFUSED = "refused"
    """Nobody could be made of it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one profile."""

    face_id: str
    outcome: Outcome
    person_id: str | None = None
    reason: str | None = None
    """Why it was refused."""
    left_out: tuple[str, ...] = ()
    """What of it could not be taken, though the rest was; in words."""
    has_face: bool = True
    """Whether the collection has the face; if not, the person is not recognized until they are enrolled."""


@dataclass(frozen=True, slots=True)
class ImportedPage:
    """Some profiles, and where the next page begins: None after the last one."""

    profiles: tuple[Imported, ...]
    after: str | None


class ProfileImport:
    """Imports profiles.

    Args:
        profiles: the table that they are in.
        people: those who they become.
        collected: knows the faces.
        consents: what they agreed to.
        audit: notes who imports whom.
        clock: the time, UTC.
    """

    def __init__(
        self,
        profiles: Profiles,
        people: People,
        *,
        collected: Collected,
        consents: Consents,
        audit: Audit,
        clock: Callable[[], datetime],
    ) -> None:
        self._profiles = profiles
        self._people = people
        self._collected = collected
        self._consents = consents
        self._audit = audit
        self._clock = clock

    async def page(
        self, *, by: Actor, limit: int, after: str | None = None, consent: Given | None = None
    ) -> ImportedPage:
        """Import some profiles, and return what became of each.

        Args:
            by: who imports them.
            limit: how many at most.
            after: where the page before ended.
            consent: what all of them agreed to.

        Raises:
            BadRequestError: it is not said why, and must be.
            ConsentMissingError: none comes with it, and it must.
            UnavailableError: it cannot be noted in the audit log, or others were in the way each time.
            onlooker_shared.errors.RetryLater, botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: AWS
                does not answer, or refuses.
        """
        self._audit.allow(by)
        self._consents.demand(consent)
        page = await self._profiles.page(limit=limit, after=after)
        known = await self._people.faces(profile.face_id for profile in page.profiles)
        new = [profile for profile in page.profiles if profile.face_id not in known]
        faces = await self._collected([profile.face_id for profile in new]) if new else {}
        there = await self._people.find(person_id_of(profile.face_id) for profile in new)
        wanted = [each for each in new if each.face_id in faces or person_id_of(each.face_id) not in there]
        made = await self._import(wanted, faces, by, consent) if wanted else {}
        return ImportedPage(
            tuple(
                made.get(each.face_id)
                or (
                    Imported(each.face_id, Outcome.KNOWN, known[each.face_id].person_id)
                    if each.face_id in known
                    else Imported(each.face_id, Outcome.KNOWN, person_id_of(each.face_id), has_face=False)
                )
                for each in page.profiles
            ),
            page.after,
        )

    async def _import(
        self, profiles: Sequence[Profile], faces: Mapping[str, CollectedFace], by: Actor, consent: Given | None
    ) -> dict[str, Imported]:
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(profile: Profile) -> Imported:
            face = faces.get(profile.face_id)
            async with turns:
                try:
                    async with self._audit.around(by, Action.IMPORTED, person_id_of(profile.face_id)):
                        return await self._import_one(profile, face, by, consent)
                except (BadRequestError, ConflictError) as error:
                    reason = error.detail
                    return Imported(profile.face_id, Outcome.REFUSED, reason=reason, has_face=face is not None)

        made = {}
        for outcome in await asyncio.gather(*map(one, profiles), return_exceptions=True):
            if isinstance(outcome, BaseException):  # only when none is under way any more
                raise outcome
            made[outcome.face_id] = outcome
        return made

    async def _import_one(
        self, profile: Profile, face: CollectedFace | None, by: Actor, consent: Given | None
    ) -> Imported:
        """Make a person of a profile.

        Raises:
            BadRequestError: there is nothing that they could be called.
            ConflictError: the face cannot be theirs; the words say why.
        """
        reading = read_profile(profile, face.external_image_id if face else None)
        person_id = person_id_of(profile.face_id)
        if consent is not None and not await self._consents.any_open(person_id):
            await self._consents.record(person_id, consent, recorded_by=by.owner)
        made = await self._make(person_id, reading)
        if face is not None:
            await self._people.add_face(self._record(profile.face_id, person_id, face))
        return Imported(
            profile.face_id,
            Outcome.TAKEN if made or face is not None else Outcome.KNOWN,
            person_id,
            left_out=reading.left_out if made else (),
            has_face=face is not None,
        )

    async def _make(self, person_id: str, reading: Reading) -> bool:
        """Make a person, and return whether they were not there since an earlier import, or one that is under way."""
        try:
            await self._people.create(
                reading.name, attributes=reading.attributes, external_id=reading.external_id, person_id=person_id
            )
        except ConflictError:
            if not await self._people.find([person_id]):
                await self._consents.forget(person_id)
                raise  # nobody of this id is to be
            return False
        return True

    def _record(self, face_id: str, person_id: str, face: CollectedFace) -> FaceRecord:
        return FaceRecord(
            face_id=face_id,
            person_id=person_id,
            source=Source.IMPORTED,
            bounding_box=face.bounding_box,
            confidence=face.confidence,
            model=face.model,
            crop=crop_key(face_id),  # where one would be: nobody kept it
            added_at=self._clock(),
        )


def person_id_of(face_id: str) -> str:
    """Return the id of the person whom a profile becomes."""
    return uuid.uuid5(_NAMESPACE, face_id).hex
