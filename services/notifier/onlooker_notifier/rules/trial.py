"""Runs a rule over the newest pictures, as if it had been there when they came: whether it tells, or why not."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from heapq import nlargest
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.facts import Event, Facts, Happening
from onlooker_notifier.conditions.language import AbsenceLeaf
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.watching.counting import absences_among
from onlooker_shared.errors import NotFoundError
from onlooker_shared.images import ImageRef
from onlooker_shared.objects import list_objects
from onlooker_shared.results import FAILURES, RESULTS, Results
from onlooker_shared.sweeping import image_id_in

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

MOST_PICTURES = 500
"""Pictures that a rule is run over at most."""
AT_ONCE = 16
"""Results that are read at the same time."""
LISTED = 100_000
"""Results that are looked through for the newest ones; the bucket has them in no order."""


class WhyNot(BaseModel):
    """Why a rule does not tell of a picture."""

    model_config = ConfigDict(frozen=True)

    place: str = Field(description="The part of the rule that says so, as in `when.all[1].label`.")
    reason: str
    known: bool = Field(description="False: what was asked about was not looked for in this picture.")


class TriedPicture(BaseModel):
    """What a rule makes of one picture."""

    model_config = ConfigDict(frozen=True)

    image_id: str
    bucket: str
    key: str
    event: Happening
    uploaded_at: datetime
    tells: bool
    why_not: WhyNot | None
    persons: tuple[str, ...] = Field(description="Of the faces that match: who they are, sorted.")
    faces: tuple[int, ...] = Field(description="That match: their numbers in the recognition, from 0.")
    labels: tuple[str, ...] = Field(description="That match, sorted.")
    texts: tuple[str, ...] = Field(description="Lines that match, sorted.")


class TriedAbsence(BaseModel):
    """A time for which no picture came that was waited for."""

    model_config = ConfigDict(frozen=True)

    since: datetime = Field(description="The last such picture, the hours in which is looked, or the oldest picture.")
    told_at: datetime = Field(description="When it would have been told.")


class Trial(BaseModel):
    """What a rule would have told."""

    model_config = ConfigDict(frozen=True)

    pictures: tuple[TriedPicture, ...] = Field(description="Newest first.")
    told: int = Field(description="How many of them it tells of.")
    absences: tuple[TriedAbsence, ...] = Field(
        default=(),
        description="What a rule about an absence would have told since the oldest of these pictures, oldest first; a"
        " hundred at most.",
    )
    channels: int = Field(description="By how many channels; by none nobody would hear of it.")
    enabled: bool = Field(description="Whether the rule is; it was tried as if it were.")
    complete: bool = Field(description="False: there are so many pictures that newer ones may be missing here.")


class Album:
    """The newest pictures.

    Args:
        s3: the process's client.
        results: what was recognized.
    """

    def __init__(self, s3: "S3Client", results: Results) -> None:
        self._s3 = s3
        self._results = results

    async def newest(self, count: int) -> tuple[list[tuple[ImageRef, Facts]], bool]:
        """Return the newest pictures, newest first, and whether all there are were looked through.

        Raises:
            botocore.exceptions.ClientError: S3 refuses.
        """
        found, complete = await self._listed()
        chosen = nlargest(count, found)
        gate = asyncio.Semaphore(AT_ONCE)

        async def read(event: Event, image_id: str) -> tuple[ImageRef, Facts] | None:
            async with gate:
                return await self._read(event, image_id)

        pictures = await asyncio.gather(*(read(event, image_id) for _, event, image_id in chosen))
        there = [each for each in pictures if each is not None]
        return sorted(there, key=lambda each: each[0].uploaded_at, reverse=True), complete

    async def _listed(self) -> tuple[list[tuple[datetime, Event, str]], bool]:
        found: list[tuple[datetime, Event, str]] = []
        async for moment, event, image_id in self._entries():
            if len(found) == LISTED:
                return found, False
            found.append((moment, event, image_id))
        return found, True

    async def _entries(self) -> AsyncIterator[tuple[datetime, Event, str]]:
        prefixes: tuple[tuple[str, Event], ...] = ((FAILURES, "failed"), (RESULTS, "recognized"))
        for prefix, event in prefixes:
            async for entry in list_objects(self._s3, self._results.bucket, prefix):
                yield entry["LastModified"], event, image_id_in(entry["Key"], prefix)

    async def _read(self, event: Event, image_id: str) -> tuple[ImageRef, Facts] | None:
        try:
            if event == "failed":
                failure = await self._results.get_failure(image_id)
                return failure.image, facts.of_failed(failure.image, failure.reason)
            result = await self._results.get(image_id)
        except NotFoundError:  # deleted since it was listed
            return None
        return result.image, facts.of_recognized(result.image, result.recognition)


def tried(rule: Rule, pictures: Sequence[tuple[ImageRef, Facts]], *, complete: bool, now: datetime) -> Trial:
    """Return what a rule makes of pictures, until now."""
    looked_at = tuple(_picture(rule, image, known) for image, known in pictures)
    absences = _absences(rule, [known for _, known in pictures], now)
    return Trial(
        pictures=looked_at,
        told=sum(each.tells for each in looked_at),
        absences=absences,
        channels=len(rule.channels),
        enabled=rule.enabled,
        complete=complete,
    )


def _absences(rule: Rule, pictures: Sequence[Facts], now: datetime) -> tuple[TriedAbsence, ...]:
    """Return what a rule would have told of what did not come, since the oldest picture."""
    watch = rule.watch
    if watch is None or not isinstance(watch.leaf, AbsenceLeaf) or not pictures:
        return ()
    seen = [known.uploaded_at.timestamp() for known in pictures if rule.awaits(known).holds]
    begins = min(known.uploaded_at.timestamp() for known in pictures)
    found = absences_among([begins, *seen], watch.hours, watch.leaf.seconds, now.timestamp())
    return tuple(
        TriedAbsence(since=datetime.fromtimestamp(each.since, UTC), told_at=datetime.fromtimestamp(each.told_at, UTC))
        for each in found
    )


def _picture(rule: Rule, image: ImageRef, known: Facts) -> TriedPicture:
    answer = rule.asked(known)
    if rule.watch is not None and rule.watch.kind == "absence" and not (awaited := rule.awaits(known)).holds:
        answer = awaited  # it ends no absence, and this is why
    why = answer.why if not answer.holds else None
    names: Iterator[str | None] = (known.faces[number].name for number in answer.faces)
    return TriedPicture(
        image_id=image.image_id,
        bucket=image.bucket,
        key=image.key,
        event=known.event,
        uploaded_at=image.uploaded_at,
        tells=bool(answer.holds),
        why_not=WhyNot(place=why.place, reason=why.words(known), known=answer.holds is not None) if why else None,
        persons=tuple(sorted({name for name in names if name})),
        faces=tuple(sorted(answer.faces)),
        labels=tuple(sorted(answer.labels)),
        texts=tuple(sorted(answer.texts)),
    )
