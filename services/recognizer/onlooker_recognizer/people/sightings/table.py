"""Where people were seen, in DynamoDB.

    about              sighting_id
    person:{id}        {time}#{image_id}#{digest}   where a person was seen, in the order of time
    day:{date}         {time}#{image_id}#{digest}   who was seen on a day (UTC)
    image:{image_id}   {time}#{image_id}#{digest}   who is in a picture

A sighting is under all three or none, and its person's count, first and last time change in the same transaction.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from onlooker_recognizer.people.registry.items import moment
from onlooker_recognizer.people.registry.records import Sighting
from onlooker_recognizer.people.registry.transactions import MOST_ACTIONS, Tries, read, write
from onlooker_recognizer.people.sightings.items import PLACES, POSITION, Change, sighting_id, steps
from onlooker_recognizer.people.sightings.tallies import Ends, Tally, count, tally_of
from onlooker_shared.errors import BadRequestError

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

AT_ONCE = (MOST_ACTIONS - 1) // PLACES
"""Sightings of one person that one transaction can record, with their count."""
WRITES_AT_ONCE = 8
"""Transactions that are under way together for one picture."""
Recorded = Mapping[str, Sighting]
"""Sightings by their ids."""


@dataclass(frozen=True, slots=True)
class SightingPage:
    """Some sightings, newest first, and where the next page begins: None after the last one."""

    sightings: tuple[Sighting, ...]
    after: str | None


class Sightings:
    """The table of sightings, and what the table of people says of them. Its errors pass as botocore raises them.

    Args:
        dynamodb: the process's client.
        table: the name of the table of sightings.
        people: the name of the table of people.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, people: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._people = people

    async def settle(self, image_id: str, sightings: Iterable[Sighting]) -> list[Sighting]:
        """Make what is recorded of one picture equal to this; return those whose people are gone or were merged.

        Interrupted, it is done by settling again. Of two who settle one picture at once the last one prevails.

        Raises:
            ValueError: a sighting is of another picture.
            UnavailableError: others were in the way each time.
        """
        wanted = {sighting_id(sighting): sighting for sighting in sightings}
        if any(sighting.image_id != image_id for sighting in wanted.values()):
            raise ValueError("a sighting is of another picture")
        refused: list[Sighting] = []
        tries, together = Tries(), True
        changes = await self._changes(image_id, wanted)
        while changes:
            refused += [wanted.pop(each) for each in await self._record(changes, together=together)]
            changes = await self._changes(image_id, wanted)  # also what another wrote who settled at the same time
            if changes:
                await tries.again()
                together = False
                changes = await self._changes(image_id, wanted)
        return refused

    async def of_picture(self, image_id: str) -> list[Sighting]:
        """Return who was seen in a picture."""
        return list((await self._recorded(image_id)).values())

    async def of_person(self, person_id: str, *, limit: int, after: str | None = None) -> SightingPage:
        """Return where a person was seen, newest first.

        Raises:
            BadRequestError: `after` is not where a page ended.
        """
        return await self._page(f"person:{person_id}", limit, after)

    async def of_day(self, day: date, *, limit: int, after: str | None = None) -> SightingPage:
        """Return who was seen on a day (UTC), newest first.

        Raises:
            BadRequestError: `after` is not where a page ended.
        """
        return await self._page(f"day:{day.isoformat()}", limit, after)

    async def _page(self, about: str, limit: int, after: str | None) -> SightingPage:
        if after is not None and not POSITION.fullmatch(after):
            raise BadRequestError("This cursor belongs to another list; start again without one.")
        found = await self._query(about, limit=limit + 1, before=after)
        page = list(found.items())[:limit]
        return SightingPage(
            tuple(sighting for _, sighting in page), page[-1][0] if page and len(found) > limit else None
        )

    async def _recorded(self, image_id: str) -> Recorded:
        return await self._query(f"image:{image_id}")

    async def _query(
        self, about: str, *, limit: int | None = None, before: str | None = None, newest_first: bool = True
    ) -> dict[str, Sighting]:
        condition, values = "about = :about", {":about": {"S": about}}
        if before is not None:
            condition, values = f"{condition} AND sighting_id < :before", values | {":before": {"S": before}}
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
            ScanIndexForward=not newest_first,
            PaginationConfig={} if limit is None else {"MaxItems": limit, "PageSize": limit},
        )
        return {
            item["sighting_id"]["S"]: Sighting.model_validate_json(item["body"]["S"])
            async for page in pages
            for item in page["Items"]
        }

    async def _changes(self, image_id: str, wanted: Recorded) -> list[Change]:
        recorded = await self._recorded(image_id)
        return [
            Change(each, sighting, comes=each not in recorded, goes=each not in wanted)
            for each, sighting in {**recorded, **wanted}.items()
            if recorded.get(each) != wanted.get(each)
        ]

    async def _record(self, changes: Sequence[Change], *, together: bool) -> list[str]:
        """Write what can be written of it now, and return the ids of sightings whose people are gone or merged.

        Args:
            changes: what is otherwise.
            together: whether to put several people into one transaction: fewer calls, if nobody is in the way.
        """
        by_person: defaultdict[str, list[Change]] = defaultdict(list)
        for change in changes:
            by_person[change.sighting.person_id].append(change)
        items = await read(self._dynamodb, self._people, "person_id", by_person)
        tallies = {tally.person_id: tally for tally in map(tally_of, items)}
        refused = {
            change.sighting_id
            for person_id, theirs in by_person.items()
            for change in theirs
            if change.comes and (person_id not in tallies or tallies[person_id].merged)
        }
        whole = [
            await self._steps(tallies.get(person_id), [each for each in theirs if each.sighting_id not in refused])
            for person_id, theirs in by_person.items()
        ]
        transactions = [each for each in (_joined(whole) if together else whole) if each]
        for start in range(0, len(transactions), WRITES_AT_ONCE):
            await self._write(transactions[start : start + WRITES_AT_ONCE])
        return sorted(refused)

    async def _write(self, transactions: "Iterable[list[TransactWriteItemTypeDef]]") -> None:
        """Write some at once, and raise an error only when none is under way any more."""
        writes = (write(self._dynamodb, each) for each in transactions)
        for outcome in await asyncio.gather(*writes, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def _steps(self, tally: Tally | None, changes: Sequence[Change]) -> "list[TransactWriteItemTypeDef]":
        """Return what one transaction can do of the changes to a person's sightings."""
        some = changes[:AT_ONCE]
        actions = [action for change in some for action in steps(self._table, change)]
        added = [moment(change.sighting.seen_at) for change in some if change.comes]
        removed = [moment(change.sighting.seen_at) for change in some if change.goes]
        if tally is not None and (added or removed):
            ends = None
            if tally.loses_an_end(removed):
                ends = await self._ends_without(tally.person_id, {each.sighting_id for each in some if each.goes})
            actions.append(count(self._people, tally, added, removed, ends))
        return actions

    async def _ends_without(self, person_id: str, removed: Collection[str]) -> Ends:
        """Return the times of a person's first and last sighting besides some."""
        last, first = [
            next((moment(sighting.seen_at) for each, sighting in found.items() if each not in removed), None)
            for found in [
                await self._query(f"person:{person_id}", limit=len(removed) + 1, newest_first=newest_first)
                for newest_first in (True, False)
            ]
        ]
        return Ends(first, last)


def _joined(steps: "Iterable[list[TransactWriteItemTypeDef]]") -> "list[list[TransactWriteItemTypeDef]]":
    """Return as few transactions as do all of it, none of them too large."""
    joined: list[list[TransactWriteItemTypeDef]] = [[]]
    for each in steps:
        if len(joined[-1]) + len(each) > MOST_ACTIONS:
            joined.append([])
        joined[-1] += each
    return joined
