"""What is kept no longer: pictures and strangers by their age, and people whose last consent ended.

One recognizer of many looks at a time, every minute. What it finds it asks for, as anybody may: S3 tells of a deleted
picture, and what was made of it follows; people are erased. So it may be repeated, and stopped at any moment.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import structlog
from botocore.exceptions import ClientError

from onlooker_recognizer.metrics import EXPIRED
from onlooker_recognizer.people.audit.log import Actor
from onlooker_recognizer.people.consent.consents import Consents
from onlooker_recognizer.people.erasure.versions import Versions
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord, State
from onlooker_shared.claims import Claimed, Claims
from onlooker_shared.errors import ConflictError, NotFoundError, RetryLater, UnavailableError, describe
from onlooker_shared.objects import delete_if, how_gone, list_objects

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

LOOK_EVERY = 60.0
"""Seconds between two looks at consents that are due."""
LIST_EVERY = timedelta(hours=1)
"""Between two looks at all pictures and strangers, whose time is counted in days, and through all consents."""
LEASE = timedelta(minutes=3)
"""How long another recognizer waits for the one that looked last: some of its looks."""
CLAIM = "people-retention"
MOST = 1000
"""Pictures that one look deletes, so that consents do not wait for them."""
BY_AGE, BY_CONSENT = Actor("retention", reason="not seen for long"), Actor("retention", reason="last consent ended")

log = structlog.stdlib.get_logger(__name__)


class Erases(Protocol):
    """Has people erased."""

    async def erase(self, person_id: str, actor: Actor) -> object:
        """Have a person erased; asked for again, it is the same erasure.

        Raises:
            NotFoundError: there is no such person.
            ConflictError: they were merged into somebody else.
        """


@dataclass(frozen=True, slots=True)
class Keep:
    """How long things are kept; None: for ever."""

    pictures: timedelta | None = None
    """Since they were uploaded."""
    unknowns: timedelta | None = None
    """Since a stranger was last seen."""


class Retention:
    """Finds what is kept no longer.

    Args:
        keep: how long things are kept.
        s3: the process's client.
        images: the bucket of pictures.
        people: who is known.
        consents: what they agreed to.
        erases: has people erased.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        keep: Keep,
        s3: "S3Client",
        images: str,
        people: People,
        consents: Consents,
        erases: Erases,
        clock: Callable[[], datetime],
    ) -> None:
        self._keep = keep
        self._s3 = s3
        self._images = images
        self._versions = Versions(s3)
        self._people = people
        self._consents = consents
        self._erases = erases
        self._clock = clock

    async def end_consents(self) -> int:
        """Have those erased whose last consent ended since it was looked last, and return how many."""
        erased = 0
        for due in await self._consents.due():
            ended = await self._ended(due.person_id)
            gone = await self._erase(ended, BY_CONSENT, "consents")
            erased += gone
            if gone == len(ended):
                await self._consents.settle(due)
        return erased

    async def _ended(self, person_id: str) -> list[PersonRecord]:
        """Return whom somebody is now, if they gave consents of which none holds any more; nobody, if one does."""
        try:
            person = await self._people.resolve(person_id)
        except (NotFoundError, ConflictError):  # gone; or merged in a circle, which somebody has to undo first
            return []
        ids = {person_id, person.person_id}  # a merge may be under way
        given = [consent for each in ids for consent in await self._consents.of_person(each)]
        now = self._clock()
        return [] if not given or any(consent.open_at(now) for consent in given) else [person]

    async def end_all_consents(self) -> int:
        """Do likewise by looking through all consents: what is due may have been lost. Return how many were erased."""
        ended = {
            person.person_id: person for each in await self._consents.ended() for person in await self._ended(each)
        }
        return await self._erase(ended.values(), BY_CONSENT, "consents")

    async def end_unknowns(self) -> int:
        """Have strangers erased who were not seen for so long, and return how many."""
        if self._keep.unknowns is None:
            return 0
        before = self._clock() - self._keep.unknowns
        strangers = (person for person in await self._people.everybody() if person.state is State.UNKNOWN)
        unseen = [person for person in strangers if (person.last_seen or person.created_at) <= before]
        return await self._erase(unseen, BY_AGE, "unknowns")

    async def end_pictures(self) -> int:
        """Delete pictures that were uploaded so long ago, at most `MOST`, and return how many.

        Of a key the newest version counts; with it the earlier ones go.
        """
        if self._keep.pictures is None:
            return 0
        before = self._clock() - self._keep.pictures
        ended = 0
        async for entry in list_objects(self._s3, self._images):
            if entry["LastModified"].astimezone(UTC) <= before and await self._delete(entry["Key"], entry["ETag"]):
                ended += 1
            if ended == MOST:
                break
        EXPIRED.labels("pictures").inc(ended)
        if ended:
            log.info("retention.pictures_deleted", count=ended)
        return ended

    async def _delete(self, key: str, etag: str) -> bool:
        """Delete a picture, unless another one has its key by now; say whether."""
        try:
            await delete_if(self._s3, self._images, key, etag)
        except ClientError as error:
            if how_gone(error) is None:
                raise
            return False
        await self._versions.delete_earlier(self._images, key)
        return True

    async def _erase(self, people: Iterable[PersonRecord], by: Actor, what: str) -> int:
        erased = 0
        for person in people:
            try:
                await self._erases.erase(person.person_id, by)
            except (NotFoundError, ConflictError, UnavailableError, RetryLater) as error:  # gone, merged, or busy
                log.info("retention.not_erased", person_id=person.person_id, reason=describe(error))
                continue
            EXPIRED.labels(what).inc()
            log.info("retention.erased", person_id=person.person_id, reason=by.reason)
            erased += 1
        return erased


class RetentionTimer:
    """Has it looked for until stopped: an `onlooker_shared.service.Runs`.

    Args:
        retention: finds what is kept no longer.
        claims: have one recognizer of many look.
        clock: the time, UTC.
    """

    def __init__(self, retention: Retention, claims: Claims, *, clock: Callable[[], datetime]) -> None:
        self._retention = retention
        self._claims = claims
        self._clock = clock
        self._token = uuid.uuid4().hex
        self._listed_at: datetime | None = None
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """See `Runs`."""
        self._stopped.set()

    async def run(self) -> None:
        """See `Runs`."""
        while not self._stopped.is_set():
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - what is to end does so at the next look
                log.warning("retention.not_looked", error=describe(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), LOOK_EVERY)

    async def look(self) -> bool:
        """Look once, unless another recognizer does; say whether."""
        if not isinstance(await self._claims.claim(CLAIM, self._token, LEASE), Claimed):
            return False
        await self._retention.end_consents()
        now = self._clock()
        if self._listed_at is None or now - self._listed_at >= LIST_EVERY:
            await self._retention.end_all_consents()
            await self._retention.end_unknowns()
            if await self._retention.end_pictures() < MOST:
                self._listed_at = now
        return True
