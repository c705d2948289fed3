"""Who read or changed what is known of people: a log that only grows.

    about                entry_id
    {person_id}          {at}#{id}    entries about a person
    all:{yyyy-mm}        {at}#{id}    all of a month

An entry is written before a person's data is shown or changed, so nothing of that happens without one; where the change
failed, a second one says so. Nobody's name or face is in it, as it outlives them.
"""

import re
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field

from onlooker_recognizer.people.registry.items import moment
from onlooker_recognizer.people.registry.records import PersonId, Record
from onlooker_recognizer.people.registry.transactions import MOST_ACTIONS, write
from onlooker_shared.errors import BadRequestError, UnavailableError, describe
from onlooker_shared.telemetry.tracing import current_trace_id

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

REASON_MISSING = "reason_missing"
"""By what programs know that whoever asks has to say why."""
POSITION = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z#[0-9a-f]{32}")
"""What an entry's key looks like."""

log = structlog.stdlib.get_logger(__name__)


class Action(StrEnum):
    """What was done."""

    READ = "read"
    LISTED = "listed"
    IDENTIFIED = "identified"
    """Somebody asked who is in a picture, and was told."""
    EXPORTED = "exported"
    ENROLLED = "enrolled"
    IMPORTED = "imported"
    """A person was made of a profile."""
    CHANGED = "changed"
    FACES_ADDED = "faces added"
    FACE_DELETED = "face deleted"
    MERGED = "merged"
    SPLIT = "split"
    TOLD = "told"
    """Somebody said whose a face in a picture is, or is not."""
    TOLD_APART = "told apart"
    """Somebody said that two people are not one, though they look alike."""
    CONSENTED = "consented"
    CONSENT_WITHDRAWN = "consent withdrawn"
    SIGNED = "signed in or out"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and why."""

    owner: str
    """Of the access key; or the part of Onlooker that does it by itself."""
    key_id: str | None = None
    reason: str | None = None


class Entry(Record):
    """What somebody did."""

    entry_id: str
    at: datetime
    action: Action
    owner: str = Field(description="Of the access key, or the part of Onlooker that did it by itself.")
    key_id: str | None = Field(default=None, description="Of the access key.")
    reason: str | None = Field(default=None, description="What the caller said (the header `Onlooker-Reason`).")
    people: tuple[PersonId, ...] = Field(default=(), description="Whom it was about; nobody where a list was shown.")
    shown: int | None = Field(default=None, description="How many people a list had.")
    failed: str | None = Field(default=None, description="The id of the entry about its beginning, where it failed.")
    trace_id: str | None = Field(default=None, description="Of the request.")


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some entries, newest first, and where the next page begins: None after the last one."""

    entries: tuple[Entry, ...]
    after: str | None


class Audit:
    """The log. Its errors pass as botocore raises them.

    Args:
        dynamodb: the process's client.
        table: the table's name.
        clock: the time, UTC.
        reasons: whether whoever asks must say why.
    """

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, *, clock: Callable[[], datetime], reasons: bool = False
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock
        self._reasons = reasons

    def allow(self, actor: Actor) -> None:
        """See to it that somebody said why, if they must.

        Raises:
            BadRequestError: they did not.
        """
        if self._reasons and actor.key_id is not None and not actor.reason:
            raise BadRequestError(
                "Say why you ask, in the header Onlooker-Reason: this installation keeps it in its audit log.",
                more={"reason": REASON_MISSING},
            )

    async def note(self, actor: Actor, action: Action, *people: str, shown: int | None = None) -> Entry:
        """Note that somebody does something; to be awaited before it is done, or shown.

        Args:
            actor: who, and why.
            action: what.
            people: the ids of whom it is about.
            shown: how many people a list has.

        Raises:
            BadRequestError: they did not say why, and must.
            UnavailableError: it cannot be noted now.
        """
        self.allow(actor)
        entry = Entry(
            entry_id=uuid.uuid4().hex,
            at=self._clock(),
            action=action,
            owner=actor.owner,
            key_id=actor.key_id,
            reason=actor.reason,
            people=tuple(dict.fromkeys(people)),
            shown=shown,
            trace_id=current_trace_id(),
        )
        await self._put(entry)
        return entry

    @asynccontextmanager
    async def around(self, actor: Actor, action: Action, *people: str) -> AsyncIterator[None]:
        """Note a change before it is made in the block, and that it failed if the block raises an error.

        Raises:
            BadRequestError, UnavailableError: as for `note`; the block is not begun.
        """
        entry = await self.note(actor, action, *people)
        try:
            yield
        except Exception:
            failure = {"entry_id": uuid.uuid4().hex, "at": self._clock(), "failed": entry.entry_id}
            try:
                await self._put(entry.model_copy(update=failure))
            except (BotoCoreError, ClientError, UnavailableError) as error:
                log.warning("audit.failure_not_noted", entry_id=entry.entry_id, error=describe(error))
            raise

    async def of_person(self, person_id: str, *, limit: int, after: str | None = None) -> AuditPage:
        """Return what was done about a person, newest first, also of one who is gone.

        Raises:
            BadRequestError: `after` is not where a page ended.
        """
        return await self._page(person_id, limit, after)

    async def of_month(self, month: str, *, limit: int, after: str | None = None) -> AuditPage:
        """Return everything that was done in a month (`2026-11`, UTC), newest first.

        Raises:
            BadRequestError: `after` is not where a page ended.
        """
        return await self._page(f"all:{month}", limit, after)

    async def _put(self, entry: Entry) -> None:
        places = [f"all:{entry.at.astimezone(UTC):%Y-%m}", *entry.people]
        for start in range(0, len(places), MOST_ACTIONS):
            some = [self._action(entry, about) for about in places[start : start + MOST_ACTIONS]]
            if not await write(self._dynamodb, some):
                raise UnavailableError("This cannot be noted in the audit log just now; try again.")

    def _action(self, entry: Entry, about: str) -> "TransactWriteItemTypeDef":
        return {
            "Put": {
                "TableName": self._table,
                "Item": {
                    "about": {"S": about},
                    "entry_id": {"S": f"{moment(entry.at)}#{entry.entry_id}"},
                    "body": {"S": entry.model_dump_json(exclude_none=True, exclude_defaults=True)},
                },
                "ConditionExpression": "attribute_not_exists(about)",
            }
        }

    async def _page(self, about: str, limit: int, after: str | None) -> AuditPage:
        if after is not None and not POSITION.fullmatch(after):
            raise BadRequestError("This cursor belongs to another list; start again without one.")
        condition, values = "about = :about", {":about": {"S": about}}
        if after is not None:
            condition, values = f"{condition} AND entry_id < :after", values | {":after": {"S": after}}
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
            ScanIndexForward=False,
            PaginationConfig={"MaxItems": limit + 1, "PageSize": limit + 1},
        )
        items = [item async for page in pages for item in page["Items"]]
        entries: Sequence[Entry] = [Entry.model_validate_json(item["body"]["S"]) for item in items[:limit]]
        return AuditPage(tuple(entries), items[limit - 1]["entry_id"]["S"] if len(items) > limit else None)
