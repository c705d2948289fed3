"""Pictures are made to say who is in them by what is known of people now.

    results ──> who is recorded there ──> whose faces, who people are ──> results, if they are still the same
    (each)      (each)                    (all together)                  ──> messages (ten at once) ──> sightings

What a picture is to say follows from the records (`labels`), which are read after the result and before it is stored on
condition that it is still the same. So whoever else changes the picture or the records at the same time, it ends as
the records are: what was overtaken is looked at again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog
from pydantic import ValidationError

from onlooker_recognizer.metrics import RELABELLED
from onlooker_recognizer.people.identification import labels
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import Sighting
from onlooker_recognizer.people.registry.transactions import Tries
from onlooker_recognizer.people.sightings.items import sighting_id
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.publisher import Publisher
from onlooker_shared.results import Known, Results, StoredResult

AT_ONCE = 16
"""Reads or writes of pictures that are under way together."""
SETTLED_AT_ONCE = 8
"""Pictures whose sightings are written together: those of one person are in one another's way, at their count."""

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True)
class _Picture:
    """A picture that is being brought up to date."""

    image_id: str
    told: bool = False
    recorded_by_us: bool = False


@dataclass(slots=True)
class _Look:
    """A picture's result, and what the records said after it was read."""

    picture: _Picture
    known: Known
    wanted: StoredResult
    recorded: Sequence[Sighting]
    to_record: Sequence[Sighting]

    @property
    def changed(self) -> bool:
        """Whether the result is to say otherwise."""
        return self.wanted is not self.known.result

    @property
    def astray(self) -> bool:
        """Whether something else is to be recorded than is."""
        return _by_id(self.to_record) != _by_id(self.recorded)

    def since(self, then: datetime | None) -> bool:
        """Whether the result was changed since."""
        when = self.wanted.recognition.identified_at
        return then is not None and when is not None and when >= then


class Renewing:
    """Brings pictures up to date.

    Args:
        people: whose faces are.
        judge: knows who people are by now.
        sightings: where they were seen.
        results: what is changed.
        publisher: tells of it.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        people: People,
        judge: Judge,
        sightings: Sightings,
        results: Results,
        publisher: Publisher,
        clock: Callable[[], datetime],
    ) -> None:
        self._people = people
        self._judge = judge
        self._sightings = sightings
        self._results = results
        self._publisher = publisher
        self._clock = clock

    async def renew(self, image_ids: Iterable[str], *, since: datetime | None = None) -> int:
        """Bring pictures up to date, and tell of those that changed; return how many were told of.

        Args:
            image_ids: which; those that are not there any more are done with, and damaged ones left as they are.
            since: if one was changed since then, that is told again: whoever changed it may have died before.

        Raises:
            UnavailableError: others changed one of them each time.
        """
        pictures = [_Picture(image_id) for image_id in dict.fromkeys(image_ids)]
        left, tries = pictures, Tries()
        while left:
            left = await self._round(left, since)
            if left:
                await tries.again()  # they may have been recognized again, or deleted, since they were read
        return sum(picture.told for picture in pictures)

    async def _round(self, pictures: Sequence[_Picture], since: datetime | None) -> list[_Picture]:
        """Do what can be done now, and return the pictures that have to be looked at again."""
        found = list(zip(pictures, await _each(self._read, pictures, AT_ONCE), strict=True))
        looks = await self._look([(picture, known) for picture, known in found if known])
        stored = await _each(self._store, looks, AT_ONCE)
        done = [look for look, is_stored in zip(looks, stored, strict=True) if is_stored]
        await self._tell([look for look in done if look.changed or (look.since(since) and not look.picture.told)])
        astray = [look for look in done if look.astray]
        await _each(self._record, astray, SETTLED_AT_ONCE)
        gone = [picture for picture, known in found if known is None and picture.recorded_by_us]
        await _each(self._forget, gone, SETTLED_AT_ONCE)
        overtaken = [look.picture for look, is_stored in zip(looks, stored, strict=True) if not is_stored]
        return [*overtaken, *(look.picture for look in astray), *gone]

    async def _read(self, picture: _Picture) -> Known | None:
        try:
            return await self._results.look(picture.image_id)
        except ValidationError as error:  # one damaged result must not stop the others
            log.warning("relabel.unreadable", image_id=picture.image_id, document=error.title)
            return None

    async def _look(self, there: Sequence[tuple[_Picture, Known]]) -> list[_Look]:
        """Return what the results are to be, by records that are read now."""
        recorded = await _each(lambda each: self._sightings.of_picture(each[0].image_id), there, AT_ONCE)
        faces = [face for _, known in there for face in known.result.recognition.faces]
        own = {face.face_id for face in faces if face.face_id}
        owners = {face_id: each.person_id for face_id, each in (await self._people.faces(own)).items()} if own else {}
        everybody = labels.mentioned(faces, owners, (each for some in recorded for each in some))
        people = await self._judge.resolved(everybody)
        return [
            self._compared(picture, known, seen, people, owners)
            for (picture, known), seen in zip(there, recorded, strict=True)
        ]

    def _compared(
        self,
        picture: _Picture,
        known: Known,
        recorded: Sequence[Sighting],
        people: labels.People,
        owners: labels.Owners,
    ) -> _Look:
        before = known.result.recognition
        after = labels.up_to_date(before, recorded, people, owners, now=self._clock())
        return _Look(
            picture,
            known,
            wanted=known.result if after is before else known.result.model_copy(update={"recognition": after}),
            recorded=recorded,
            to_record=labels.sightings(known.result.image, after, recorded, people),
        )

    async def _store(self, look: _Look) -> bool:
        """Return whether the result is as it is to be; not if somebody else stored another meanwhile."""
        return not look.changed or await self._results.replace(look.wanted, look.known)

    async def _tell(self, looks: Sequence[_Look]) -> None:
        await self._publisher.publish_all([look.wanted.identified(self._results.bucket) for look in looks])
        for look in looks:
            if not look.picture.told:
                RELABELLED.inc()
            look.picture.told = True

    async def _record(self, look: _Look) -> None:
        await self._sightings.settle(look.picture.image_id, look.to_record)
        look.picture.recorded_by_us = True

    async def _forget(self, picture: _Picture) -> None:
        """Have nothing be recorded of a picture that was deleted, and what was recorded of it, before we did."""
        await self._sightings.settle(picture.image_id, ())
        picture.recorded_by_us = False


async def _each(work: Callable[[Item], Awaitable[Outcome]], items: Sequence[Item], at_once: int) -> list[Outcome]:
    """Return what comes of each, in their order; an error is raised once none is under way any more."""
    turns = asyncio.Semaphore(at_once)

    async def one(item: Item) -> Outcome:
        async with turns:
            return await work(item)

    outcomes = []
    for outcome in await asyncio.gather(*map(one, items), return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
        outcomes.append(outcome)
    return outcomes


def _by_id(sightings: Sequence[Sighting]) -> dict[str, Sighting]:
    return {sighting_id(sighting): sighting for sighting in sightings}
