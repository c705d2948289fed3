"""Somebody says that two people are one, or that one is two: records, faces and the collection follow, then the past.

Whatever is interrupted is finished by asking for the same again.
"""

import hashlib
import uuid
from collections.abc import Sequence

import structlog

from onlooker_recognizer.people.changes.relabelling import Relabelling
from onlooker_recognizer.people.collection.collection import Collection
from onlooker_recognizer.people.consent.consents import Consents
from onlooker_recognizer.people.registry.names import cleaned_attributes
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import MAX_FACES, FaceRecord, PersonRecord, State
from onlooker_recognizer.people.registry.transactions import Tries
from onlooker_recognizer.people.suggestions.differences import Differences
from onlooker_shared.errors import BadRequestError, ConflictError, NotFoundError

log = structlog.stdlib.get_logger(__name__)


class Grouping:
    """Merges and splits people.

    Its methods raise, besides what they name:
    UnavailableError: others were in the way each time.
    RetryLater, botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: AWS does not answer, or refuses.

    Args:
        people: who is known.
        collection: where faces are.
        relabelling: brings the past up to date.
        consents: what people agreed to.
        differences: who is known not to be whom.
    """

    def __init__(
        self,
        people: People,
        collection: Collection,
        relabelling: Relabelling,
        consents: Consents,
        differences: Differences,
    ) -> None:
        self._people = people
        self._collection = collection
        self._relabelling = relabelling
        self._consents = consents
        self._differences = differences

    async def merge(self, person_id: str, into: str) -> PersonRecord:
        """Make a person another one, and return that one: they get faces, pictures, and what they lack of the rest.

        A stranger gets the name of whom somebody named. Into a person who was merged, it is into who they became.

        Raises:
            NotFoundError: one of them is not there.
            BadRequestError: they are one person already.
            ConflictError: the person was merged into somebody else before, or both have more faces or attributes
                than one can have.
        """
        source, target = await self._merged(person_id, into)
        log.info("person.merged", person_id=person_id, into=target.person_id)
        target = await self._inherit(target.person_id, source)
        for face in await self._people.faces_of(person_id):
            await self._people.move_face(face.face_id, target.person_id)
        await self._consents.move(person_id, target.person_id)
        await self._differences.move(person_id, target.person_id)
        await self._relabelling.person(source)
        await self._collection.delete_user(person_id)
        return await self.together(target.person_id)

    async def split(
        self, person_id: str, face_ids: Sequence[str], *, into: str | None = None, name: str | None = None
    ) -> PersonRecord:
        """Make some of a person's faces somebody else's, and return whose they are then.

        The pictures that they are from follow. Those that only resembled them stay: which face they resembled most is
        not kept.

        Args:
            person_id: whose they are.
            face_ids: which.
            into: whose they are to be.
            name: of a new person, if that is nobody who is known; without it they are a stranger.

        Raises:
            NotFoundError: one of them is not there.
            BadRequestError: it would be the same person, or the name is not taken.
            ConsentMissingError: it would be a new person, who agreed to nothing, and must have.
            ConflictError: a face is somebody else's, or the other one would have more faces than one can have.
        """
        person = await self._people.resolve(person_id)
        faces = await self._people.faces(face_ids)
        if missing := sorted(set(face_ids) - faces.keys()):
            raise NotFoundError(f"There is no face with the id {missing[0]} (any more).")
        target = await self._people.resolve(into) if into else await self._apart(person, sorted(faces), name)
        if target.person_id == person.person_id:
            raise BadRequestError("The faces are this person's already; name somebody else.")
        for face in faces.values():
            await self._is_of(face, person, target)
        _have_room(target, faces)
        for face_id in faces:
            await self._people.move_face(face_id, target.person_id)
        left = (await self._people.find([person.person_id])).get(person.person_id)
        if left is not None and left.face_ids:  # else all that is known of them moved, and they may well be one
            await self._differences.differ(person.person_id, target.person_id)
        log.info("person.split", person_id=person.person_id, into=target.person_id, faces=len(faces))
        await self._relabelling.pictures({face.image_id for face in faces.values() if face.image_id})
        await self.moved(sorted(faces), person.person_id)
        return await self.together(target.person_id)

    async def moved(self, face_ids: Sequence[str], before: str) -> None:
        """Have the collection know that faces are not a person's any more."""
        await self._collection.disassociate(before, face_ids)
        left = (await self._people.find([before])).get(before)
        if left is None or not left.is_user:
            await self._collection.delete_user(before)

    async def _merged(self, person_id: str, into: str) -> tuple[PersonRecord, PersonRecord]:
        """Note that a person is another one; return them as they were before, and the other one."""
        tries = Tries()
        while True:
            source, target = await self._people.get(person_id), await self._people.resolve(into)
            if target.person_id == source.person_id:
                raise BadRequestError("Both are one person already; a person cannot be merged into themselves.")
            if source.merged_into is not None:
                now = await self._people.resolve(person_id)
                if now.person_id == target.person_id:
                    return source, target
                raise ConflictError(f"This person was merged into {now.person_id} before; merge that one.")
            _have_room(target, source.face_ids)
            _united(source, target)
            try:
                await self._people.change(
                    person_id, version=source.version, state=State.MERGED, merged_into=target.person_id
                )
            except ConflictError:  # one of them was changed this moment: look again
                await tries.again()
                continue
            return source, target

    async def _inherit(self, person_id: str, source: PersonRecord) -> PersonRecord:
        """Give a person what they lack and whoever was merged into them had."""
        named = source.number is None or source.name != f"Unknown {source.number}"
        tries = Tries()
        while True:
            target = await self._people.resolve(person_id)
            gets_name = named and target.state is State.UNKNOWN
            try:
                inherited = await self._people.change(
                    target.person_id,
                    version=target.version,  # what somebody changes at this moment is not to be undone
                    name=source.name if gets_name else target.name,
                    state=State.KNOWN if gets_name else target.state,
                    attributes=_united(source, target),
                    external_id=target.external_id or source.external_id,
                )
            except ConflictError:
                await tries.again()
                continue
            if gets_name:
                await self._relabelling.person(inherited)
            return inherited

    async def _apart(self, person: PersonRecord, face_ids: Sequence[str], name: str | None) -> PersonRecord:
        """Return the new person whom faces are to be; asked for again, it is the same one."""
        told = "\0".join((person.person_id, name or "", *face_ids))
        person_id = hashlib.sha256(told.encode()).hexdigest()[:32]
        known = (await self._people.find([person_id])).get(person_id)
        if known is not None and known.merged_into is None:
            return known
        if known is not None or await self._people.is_erased(person_id):  # split, merged or erased, and split again
            person_id = uuid.uuid4().hex
        self._consents.demand(None)
        if name is None:
            return await self._people.create_unknown(person_id=person_id)
        return await self._people.create(name, person_id=person_id)

    async def _is_of(self, face: FaceRecord, person: PersonRecord, target: PersonRecord) -> None:
        """See to it that a face is a person's, or that of whom it is to be already.

        Raises:
            ConflictError: it is somebody else's.
        """
        owner = await self._people.resolve(face.person_id)
        if owner.person_id not in {person.person_id, target.person_id}:
            raise ConflictError(f"The face {face.face_id} is that of the person {owner.person_id}; split that one.")

    async def together(self, person_id: str) -> PersonRecord:
        """Have a person be found by all their faces together, and return them."""
        person = await self._people.get(person_id)
        if person.is_user:
            await self._collection.associate(person_id, person.face_ids)
        return person


def _have_room(person: PersonRecord, face_ids: Sequence[str] | dict[str, FaceRecord]) -> None:
    if len({*person.face_ids, *face_ids}) > MAX_FACES:
        raise ConflictError(
            f"They would have more than {MAX_FACES} faces, and nobody can have more; remove some first "
            "(DELETE /people/{person_id}/faces/{face_id})."
        )


def _united(source: PersonRecord, target: PersonRecord) -> dict[str, str]:
    """Return the attributes that two people have as one.

    Raises:
        ConflictError: they are more than one person can have.
    """
    try:
        return cleaned_attributes({**source.attributes, **target.attributes})
    except BadRequestError as error:
        raise ConflictError(f"As one person they would have too much: {error.detail}") from error
