"""Consents: who agreed that somebody is known, to what, and until when.

    person_id    consent_id
    {person}     {random}                       a consent
    due          {at}#{person}#{consent}        one that ends, or ended, at a time: written with it

Who is known by consents is so as long as one of them is open: when the last one ended, they are erased. What is due
says when to look, so that it need not be looked through all consents each minute; the consents say whether it is so.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from onlooker_recognizer.people.enrolment.refusals import ConsentMissingError
from onlooker_recognizer.people.registry.items import moment
from onlooker_recognizer.people.registry.records import MAX_NAME, PersonId, Record
from onlooker_recognizer.people.registry.transactions import Tries, write
from onlooker_shared.errors import NotFoundError, UnprocessableError

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

    from onlooker_recognizer.people.registry.items import Item

MAX_PURPOSE = 500
"""Characters."""
DUE = "due"
"""What the table has the ends of consents under."""

log = structlog.stdlib.get_logger(__name__)


class Given(BaseModel):
    """A consent as somebody tells of it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    given_by: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME)] = Field(
        description="Who agreed: the person, or who may speak for them."
    )
    purpose: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_PURPOSE)] = Field(
        description="What for."
    )
    until: AwareDatetime | None = Field(
        default=None,
        description="When it ends by itself; null: not. Whose last consent ended is erased within minutes, for good.",
    )


class ConsentRecord(Record):
    """A consent."""

    consent_id: str
    person_id: PersonId
    given_by: str
    given_at: datetime
    purpose: str
    until: datetime | None = None
    recorded_by: str = Field(description="The owner of the access key by which it was recorded.")
    withdrawn_at: datetime | None = None

    def open_at(self, now: datetime) -> bool:
        """Whether it holds."""
        return self.withdrawn_at is None and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Due:
    """That a consent ended."""

    person_id: str
    """Whose it was when it was written; they may have been merged since."""
    entry_id: str


class Consents:
    """The table of consents. Its errors pass as botocore raises them.

    Args:
        dynamodb: the process's client.
        table: the table's name.
        clock: the time, UTC.
        required: whether nobody is made known without one.
    """

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, *, clock: Callable[[], datetime], required: bool = False
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock
        self._required = required

    def demand(self, given: Given | None) -> None:
        """See to it that somebody can be made known by a consent.

        Raises:
            ConsentMissingError: there is none, and it is required.
            UnprocessableError: it has ended already.
        """
        if given is None and self._required:
            raise ConsentMissingError
        if given is not None and given.until is not None and given.until <= self._clock():
            raise UnprocessableError("This consent has ended already: `until` is in the past.")

    async def admit(self, person_id: str, given: Given | None = None) -> None:
        """See to it that more may be known of a person: by a consent that comes with it, or one that is open.

        Raises:
            ConsentMissingError: there is none, and it is required.
            UnprocessableError: it has ended already.
        """
        if given is not None or (self._required and not await self.any_open(person_id)):
            self.demand(given)

    async def record(self, person_id: str, given: Given, *, recorded_by: str) -> ConsentRecord:
        """Note a consent, and return it.

        Raises:
            UnprocessableError: it has ended already.
        """
        self.demand(given)
        consent = ConsentRecord(
            **given.model_dump(exclude={"until"}),
            until=given.until and given.until.astimezone(UTC),
            consent_id=uuid.uuid4().hex,
            person_id=person_id,
            given_at=self._clock(),
            recorded_by=recorded_by,
        )
        tries = Tries()
        while not await self._write(consent, "attribute_not_exists(person_id)", due=consent.until):
            await tries.again()
        return consent

    async def of_person(self, person_id: str) -> list[ConsentRecord]:
        """Return a person's consents, first given first."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="person_id = :person",
            ExpressionAttributeValues={":person": {"S": person_id}},
            ConsistentRead=True,
        )
        found = [_consent(item) async for page in pages for item in page["Items"]]
        return sorted(found, key=lambda consent: (consent.given_at, consent.consent_id))

    async def any_open(self, person_id: str) -> bool:
        """Whether one of a person's consents holds."""
        now = self._clock()
        return any(consent.open_at(now) for consent in await self.of_person(person_id))

    async def withdraw(self, person_id: str, consent_id: str) -> ConsentRecord:
        """End a consent, and return it; one that was withdrawn stays as it is.

        Raises:
            NotFoundError: the person gave none with this id.
        """
        known = {consent.consent_id: consent for consent in await self.of_person(person_id)}
        if consent_id not in known:
            raise NotFoundError(f"There is no consent with the id {consent_id} of this person.")
        consent = known[consent_id]
        if consent.withdrawn_at is not None:
            return consent
        withdrawn = consent.model_copy(update={"withdrawn_at": self._clock()})
        condition = "body = :known"  # or one that was erased this moment would come back
        if await self._write(withdrawn, condition, due=withdrawn.withdrawn_at, known=_item(consent)["body"]):
            return withdrawn
        return await self.withdraw(person_id, consent_id)  # somebody else did, this moment

    async def move(self, person_id: str, to: str) -> None:
        """Make a person's consents another's, whom they were merged into; repeating it changes nothing."""
        for consent in await self.of_person(person_id):
            moved = consent.model_copy(update={"person_id": to})
            await self._dynamodb.put_item(TableName=self._table, Item=_item(moved))
            await self._delete(consent)

    async def forget(self, person_id: str) -> None:
        """Delete the consents of somebody who was not made known after all."""
        for consent in await self.of_person(person_id):
            await self._delete(consent)

    async def due(self) -> list[Due]:
        """Return the consents that ended until now, and are not settled."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="person_id = :due AND consent_id < :now",
            ExpressionAttributeValues={":due": {"S": DUE}, ":now": {"S": f"{moment(self._clock())}~"}},
            ConsistentRead=True,
        )
        ids = [item["consent_id"]["S"] async for page in pages for item in page["Items"]]
        return [Due(each.split("#")[1], each) for each in ids]

    async def settle(self, due: Due) -> None:
        """Note that nothing follows any more from a consent's end."""
        key: Item = {"person_id": {"S": DUE}, "consent_id": {"S": due.entry_id}}
        await self._dynamodb.delete_item(TableName=self._table, Key=key)

    async def ended(self) -> list[str]:
        """Return the ids of those who gave consents of which none holds any more, by looking through all consents."""
        now = self._clock()
        found: defaultdict[str, bool] = defaultdict(bool)
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        async for page in pages:
            for item in page["Items"]:
                person_id = item["person_id"]["S"]
                if person_id == DUE:
                    continue
                try:
                    found[person_id] |= _consent(item).open_at(now)
                except (KeyError, ValueError):  # damaged by hand: nobody is erased by that
                    log.warning("consent.unreadable", person_id=person_id)
                    found[person_id] = True
        return sorted(person_id for person_id, holds in found.items() if not holds)

    async def _write(
        self,
        consent: ConsentRecord,
        condition: str,
        *,
        due: datetime | None,
        known: "AttributeValueTypeDef | None" = None,
    ) -> bool:
        """Write a consent on a condition, with when it is due; return whether the condition held."""
        put: TransactWriteItemTypeDef = {
            "Put": {"TableName": self._table, "Item": _item(consent), "ConditionExpression": condition}
        }
        if known is not None:
            put["Put"]["ExpressionAttributeValues"] = {":known": known}
        steps = [put]
        if due is not None:
            entry_id = f"{moment(due)}#{consent.person_id}#{consent.consent_id}"
            entry: Item = {"person_id": {"S": DUE}, "consent_id": {"S": entry_id}}
            steps.append({"Put": {"TableName": self._table, "Item": entry}})
        return await write(self._dynamodb, steps)

    async def _delete(self, consent: ConsentRecord) -> None:
        item = _item(consent)
        await self._dynamodb.delete_item(
            TableName=self._table, Key={"person_id": item["person_id"], "consent_id": item["consent_id"]}
        )


def _item(consent: ConsentRecord) -> "Item":
    return {
        "person_id": {"S": consent.person_id},
        "consent_id": {"S": consent.consent_id},
        "body": {"S": consent.model_dump_json(exclude_none=True)},
    }


def _consent(item: "Item") -> ConsentRecord:
    return ConsentRecord.model_validate_json(item["body"]["S"])
