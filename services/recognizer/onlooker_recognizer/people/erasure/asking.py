"""Somebody asks that a person be erased: from the answer on they are known no more; the rest follows."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

import structlog

from onlooker_recognizer.people.audit.log import Action, Actor, Audit
from onlooker_recognizer.people.erasure.erasing import Erasing
from onlooker_recognizer.people.erasure.records import Erasure, Erasures, Place, Policy, Receipt, State
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord
from onlooker_recognizer.people.registry.tombstones import Tombstones
from onlooker_recognizer.people.registry.transactions import Tries
from onlooker_shared.errors import ConflictError

log = structlog.stdlib.get_logger(__name__)


class Erasers:
    """Has people erased, and tells what became of it.

    Args:
        people: who is known.
        tombstones: who was erased.
        erasures: how far each erasure is.
        erasing: does it.
        audit: notes that it was asked for.
        policy: what becomes of pictures.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        people: People,
        tombstones: Tombstones,
        erasures: Erasures,
        erasing: Erasing,
        audit: Audit,
        policy: Policy,
        clock: Callable[[], datetime],
    ) -> None:
        self._people = people
        self._tombstones = tombstones
        self._erasures = erasures
        self._erasing = erasing
        self._audit = audit
        self._policy = policy
        self._clock = clock

    async def erase(self, person_id: str, actor: Actor) -> Receipt:
        """Have a person erased, with all who were merged into them; asked for again, it is the same erasure.

        Args:
            person_id: theirs.
            actor: who asks for it, and why.

        Raises:
            BadRequestError: they do not say why, and must.
            NotFoundError: there is no such person, and never was one who was erased.
            ConflictError: they were merged into somebody, who has all that is theirs.
            UnavailableError: others were in the way each time.
        """
        self._audit.allow(actor)
        if await self._people.is_erased(person_id):
            return await self.receipt(person_id)
        await self._require(person_id)
        async with self._audit.around(actor, Action.ERASED, person_id):
            return await self._erase(person_id)

    async def _require(self, person_id: str) -> PersonRecord:
        person = await self._people.get(person_id)
        if person.merged_into is not None:
            raise ConflictError(f"This person was merged into {person.merged_into}; erase that one, and both go.")
        return person

    async def _erase(self, person_id: str) -> Receipt:
        tries = Tries()
        while True:
            if await self._people.is_erased(person_id):  # by somebody else, this moment
                return await self.receipt(person_id)
            person = await self._require(person_id)
            asked_at = self._clock()
            erasure = await self._erasing.noting(
                Erasure(erasure_id=person_id, state=State.UNDER_WAY, policy=self._policy, asked_at=asked_at), person
            )
            erasure = erasure.removing(Counter({Place.PEOPLE: 1}))
            await self._erasures.put(erasure)
            if await self._people.bury(person, self._tombstones.set(person_id, person_id, asked_at)):
                break
            await tries.again()
        log.info("person.buried", person_id=person_id, faces=len(person.face_ids))
        await self._erasing.ask(person_id)
        return erasure.receipt

    async def receipt(self, erasure_id: str) -> Receipt:
        """Return what became of an erasure until now; also by the id of somebody who was merged into whom it erased.

        Raises:
            NotFoundError: nobody of this id was erased.
        """
        known = (await self._tombstones.erasures([erasure_id])).get(erasure_id, erasure_id)
        erasure, _ = await self._erasures.get(known)
        return erasure.receipt
