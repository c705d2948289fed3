"""What is still to be done to the past, kept until it is: a queue that loses its messages loses none of it.

It lies beside the sightings.

    about      sighting_id
    relabel    {key of the job}
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import structlog
from botocore.exceptions import ClientError
from pydantic import Field, ValidationError

from onlooker_recognizer.people.registry.records import PersonId
from onlooker_shared.messages import Message

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

ABOUT = "relabel"
RELABEL = "recognizer.relabel.v1"

log = structlog.stdlib.get_logger(__name__)


class Relabel(Message):
    """Pictures are to say who is in them by what is known now. It goes through a person's page by page."""

    type: Literal["recognizer.relabel.v1"] = "recognizer.relabel.v1"
    person_id: PersonId | None = Field(default=None, description="All pictures that they were seen in.")
    after: str | None = Field(default=None, description="Of those: where the page begins.")
    image_ids: tuple[str, ...] = Field(default=(), description="These pictures, if no person is named.")

    @property
    def key(self) -> str:
        """The same for all that ask for the same."""
        return self.person_id or self.id


class Owed:
    """Jobs that are not done yet.

    Args:
        dynamodb: the process's client.
        table: the table of sightings.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def note(self, job: Relabel) -> None:
        """Note a job; of two that ask for the same the later one is enough."""
        await self._dynamodb.put_item(
            TableName=self._table,
            Item={
                "about": {"S": ABOUT},
                "sighting_id": {"S": job.key},
                "job": {"S": job.id},
                "body": {"S": job.model_dump_json(exclude_none=True)},
            },
        )

    async def settle(self, job: Relabel) -> None:
        """Note that a job is done, unless it was asked for again meanwhile."""
        try:
            await self._dynamodb.delete_item(
                TableName=self._table,
                Key={"about": {"S": ABOUT}, "sighting_id": {"S": job.key}},
                ConditionExpression="job = :job",
                ExpressionAttributeValues={":job": {"S": job.id}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    async def older_than(self, age: timedelta, now: datetime) -> list[Relabel]:
        """Return the jobs that were asked for so long ago."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": ABOUT}},
            ConsistentRead=True,
        )
        found = []
        async for page in pages:
            for item in page["Items"]:
                try:
                    found.append(Relabel.model_validate_json(item["body"]["S"]))
                except (KeyError, ValidationError):  # damaged by hand: it must not stop the others
                    log.warning("relabel.unreadable", key=item["sighting_id"]["S"])
        return [job for job in found if job.time <= now - age]
