"""Who is known not to be whom: somebody said so, and is never asked again, whomever either is merged into."""

from typing import TYPE_CHECKING

from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.registry.transactions import Tries, write
from onlooker_recognizer.people.suggestions.items import (
    DIFFERENT,
    are_there,
    both_are_there,
    different_key,
    open_key,
    query,
)
from onlooker_recognizer.people.suggestions.records import pair_id

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef


class Differences:
    """Knows who is not whom. Its errors pass as botocore raises them.

    Args:
        dynamodb: the process's client.
        table: the name of the table of suggestions.
        people: the name of the table of people.
        judge: knows who merged people are by now.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, people: str, judge: Judge) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._people = people
        self._judge = judge

    async def differ(self, one: str, other: str) -> bool:
        """Note that two people are not one, and return whether it is noted: not if one is gone or was merged.

        Nobody is asked about them any more.

        Raises:
            UnavailableError: others were in the way each time.
        """
        steps: list[TransactWriteItemTypeDef] = [
            *both_are_there(self._people, (one, other)),
            {"Put": {"TableName": self._table, "Item": different_key(one, other)}},
            {"Put": {"TableName": self._table, "Item": different_key(other, one)}},
            {"Delete": {"TableName": self._table, "Key": open_key(pair_id(one, other))}},
        ]
        tries = Tries()
        while not await write(self._dynamodb, steps):
            if not await are_there(self._dynamodb, self._people, (one, other)):
                return False
            await tries.again()
        return True

    async def are_different(self, one: str, other: str) -> bool:
        """Whether two people are known not to be one, also by what was said of those who were merged into them."""
        said = {one: await self._different_from(one), other: await self._different_from(other)}
        now = await self._judge.resolved({*said[one], *said[other]})
        became = {person_id: {now[each].person_id for each in said[person_id] if each in now} for person_id in said}
        return other in became[one] or one in became[other]

    async def move(self, person_id: str, to: str) -> None:
        """Have all this hold of whom a person was merged into; repeating it changes nothing.

        Raises:
            UnavailableError: others were in the way each time.
        """
        for other in await self._different_from(person_id):
            await self._inherit(to, other)
            for key in (different_key(person_id, other), different_key(other, person_id)):
                await self._dynamodb.delete_item(TableName=self._table, Key=key)

    async def _inherit(self, person_id: str, other: str) -> None:
        """Note that two are not one, whoever they are by now, unless they were merged all the same, or one is gone."""
        tries = Tries()
        while True:
            now = await self._judge.resolved({person_id, other})
            if len(now) < len({person_id, other}) or now[person_id].person_id == now[other].person_id:
                return
            if await self.differ(now[person_id].person_id, now[other].person_id):
                return
            await tries.again()

    async def _different_from(self, person_id: str) -> set[str]:
        items = await query(self._dynamodb, self._table, f"{DIFFERENT}{person_id}")
        return {item["entry_id"]["S"] for item in items}
