"""Somebody asks that a person be erased: from the answer on they are known no more; the rest follows."""

import contextlib
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
from onlooker_shared.errors import ConflictError, NotFoundError, RetryLater

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
        if await self._who(person_id) is None:
            receipt = await self.receipt(person_id)
            if receipt.state is State.UNDER_WAY:  # its message may have been lost
                await self._erasing.ask(receipt.erasure_id)
            return receipt
        async with self._audit.around(actor, Action.ERASED, person_id):
            return await self._erase(person_id)

    async def _who(self, person_id: str) -> PersonRecord | None:
        """Return who is to be erased; None if they are."""
        person = (await self._people.find([person_id])).get(person_id)
        if person is None:
            if await self._people.is_erased(person_id):
                return None
            raise NotFoundError(f"There is no person with the id {person_id} (any more).")
        if person.merged_into is not None:
            raise ConflictError(f"This person was merged into {person.merged_into}; erase that one, and both go.")
        return person

    async def _erase(self, person_id: str) -> Receipt:
        tries = Tries()
        while True:
            person = await self._who(person_id)
            if person is None:  # by somebody else, this moment
                return await self.receipt(person_id)
            known = await self._erasures.find(person_id)
            begun = self._begun(person_id, known and known[0])
            erasure = (await self._erasing.noting(begun, person)).removing(Counter({Place.PEOPLE: 1}))
            with contextlib.suppress(RetryLater):  # somebody else is at it
                await self._erasures.put(erasure, known and known[1])
                if await self._people.bury(person, self._tombstones.set(person_id, person_id, erasure.asked_at)):
                    break
            await tries.again()
        log.info("person.buried", person_id=person_id, faces=len(person.face_ids))
        await self._erasing.ask(person_id)
        return erasure.receipt

    def _begun(self, person_id: str, known: Erasure | None) -> Erasure:
        """Return an erasure that begins now; one that was not begun after all (UNDER_WAY) does not count."""
        now = self._clock()
        if known is not None and known.state is not State.UNDER_WAY:
            return known.anew(self._policy, now)
        return Erasure(erasure_id=person_id, state=State.UNDER_WAY, policy=self._policy, asked_at=now)

    async def receipt(self, erasure_id: str) -> Receipt:
        """Return what became of an erasure until now; also by the id of somebody who was merged into whom it erased.

        Raises:
            NotFoundError: nobody of this id was erased.
        """
        known = (await self._tombstones.erasures([erasure_id])).get(erasure_id)
        erasure, _ = await self._erasures.get(known or erasure_id)
        if known is None and erasure.state is State.UNDER_WAY:  # noted, and then it could not be begun
            raise NotFoundError(f"Nobody with the id {erasure_id} was erased.")
        return erasure.receipt
